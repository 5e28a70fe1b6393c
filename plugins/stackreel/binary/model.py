"""What is known of a binary from its file alone: records, without the parser.

All addresses in these records are run-time addresses: the bias of a position independent file is already
added, so they can be compared with those of a trace. Terms are those of the ELF gABI and of DWARF 5.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    """A PT_LOAD (or PT_TLS) program header: addresses, sizes in bytes, permissions as `rwx` with dashes."""

    address: int
    memory_size: int
    offset: int
    file_size: int
    permissions: str
    align: int


@dataclass(frozen=True)
class Section:
    """A section header, for listings and for reading constants."""

    name: str
    address: int
    size: int
    offset: int
    flags: int
    kind: str


@dataclass(frozen=True)
class Symbol:
    """A symbol, or a name made for a PLT entry (`printf@plt`). `kind`: function, object, tls, notype, plt."""

    name: str
    address: int
    size: int
    kind: str
    is_global: bool


@dataclass(frozen=True)
class SymbolOffset:
    """An address as `name+offset`; `str()` is gdb's spelling without angle brackets: `main+30`, `main`."""

    name: str
    offset: int

    def __str__(self) -> str:
        """Write `name+offset` in decimal, the bare name for offset 0."""
        return f"{self.name}+{self.offset}" if self.offset else self.name


@dataclass(frozen=True)
class Function:
    """A function with its half-open address range; `file` and `line` where DWARF knows them."""

    name: str
    low: int
    high: int
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class LineRow:
    """A half-open address range that one source line produced, in address order; `file` as DWARF names it."""

    low: int
    high: int
    file: str
    line: int
    is_stmt: bool
