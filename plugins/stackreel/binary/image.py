"""An ELF image: what a loader, a listing and a figure need to know of a file, at run-time addresses.

Trusts nothing of the file (see `elf.py`). It does not relocate: `read` gives what the file says, not what the
dynamic linker makes of it. Follows the ELF gABI; where Linux decides (AT_PHDR, a missing PT_GNU_STACK) its
`fs/binfmt_elf.c` and `arch/x86/include/asm/elf.h`.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from stackreel.binary.bfd import BfdSymbols
from stackreel.binary.elf import (
    DF_1_PIE,
    DT_FLAGS_1,
    DT_SONAME,
    PT_GNU_RELRO,
    PT_GNU_STACK,
    PT_INTERP,
    PT_TLS,
    ElfFile,
    parse_elf,
)
from stackreel.binary.gobuild import go_version
from stackreel.binary.model import Function, Section, Segment, Symbol, SymbolOffset
from stackreel.binary.symbols import SymbolIndex, read_symbols
from stackreel.errors import BinaryError, SymbolError, near

Kind = Literal["exec", "pie", "shared"]
_READ_LIMIT = 1 << 28
_WORD = (1 << 64) - 1
_CODE = ("function", "plt", "notype")


@dataclass(frozen=True)
class Image:
    """An ELF64 x86-64 program or shared object, `bias` added to all its addresses.

    `kind`: exec (fixed addresses), pie (static-pie too: then without interpreter), shared. `segments` are the
    PT_LOAD headers, `tls` the PT_TLS one. `needed` are the DT_NEEDED names in order. `phdr_address` is what
    Linux puts in AT_PHDR (0 where no segment holds the headers), `phdr_count` and `phdr_size` AT_PHNUM and
    AT_PHENT. `relro` is the half-open range of PT_GNU_RELRO. `symbols` are the defined ones of .symtab, or of
    .dynsym where the file is stripped, and names made for PLT entries and their slots. `damage` says what is wrong
    with the section table, where it cannot be read: there are no sections and no symbols then.
    """

    name: str
    data: bytes = field(repr=False)
    sha256: str
    bias: int
    kind: Kind
    entry: int
    segments: tuple[Segment, ...]
    tls: Segment | None
    sections: tuple[Section, ...] = field(repr=False)
    interpreter: str | None
    needed: tuple[str, ...]
    symbols: tuple[Symbol, ...] = field(repr=False)
    executable_stack: bool
    phdr_address: int
    phdr_count: int
    phdr_size: int
    relro: tuple[int, int] | None
    damage: str
    _index: SymbolIndex = field(repr=False, compare=False)

    @cached_property
    def go_version(self) -> str:
        """The Go that linked it, as `go version` prints it (`go1.15.15`); empty where it is no Go program."""
        return go_version(self)

    @property
    def low(self) -> int:
        """The lowest address a segment occupies."""
        return self.segments[0].address

    @property
    def high(self) -> int:
        """The address after the last byte a segment occupies."""
        return self.segments[-1].address + self.segments[-1].memory_size

    def read(self, address: int, size: int) -> bytes:
        """Return `size` bytes as the file has them at `address`; bytes beyond a segment's file part are zero.

        Raises BinaryError where the range is not wholly inside the segments, or larger than 256 MiB.
        """
        if not 0 <= size <= _READ_LIMIT:
            raise BinaryError(f"{self.name}: {size} bytes cannot be read at once")
        parts: list[bytes] = []
        at, end = address, address + size
        while at < end:
            segment = self.segment_at(at)
            if segment is None:
                raise BinaryError(f"{self.name}: no segment holds the address {at:#x}")
            stop = min(end, segment.address + segment.memory_size)
            start = segment.offset + at - segment.address
            part = self.data[start : min(start + stop - at, segment.offset + segment.file_size)]
            parts.append(part.ljust(stop - at, b"\0"))
            at = stop
        return b"".join(parts)

    def segment_at(self, address: int) -> Segment | None:
        """Return the PT_LOAD segment that holds `address`."""
        i = bisect_right(self._starts, address) - 1
        if i < 0:
            return None
        segment = self.segments[i]
        return segment if address < segment.address + segment.memory_size else None

    def section(self, name: str) -> Section:
        """Return the first section of this name; SymbolError with near matches where there is none."""
        found = next((s for s in self.sections if s.name == name), None)
        if found is None:
            self._need_sections()
            names = [s.name for s in self.sections if s.name]
            raise SymbolError(f"{self.name} has no section named {name}", near=near(name, names))
        return found

    def section_at(self, address: int) -> Section | None:
        """Return the loaded section that holds `address`."""
        found = self._index.section_at(address)
        return self.sections[found[2]] if found else None

    def symbol(self, name: str) -> Symbol:
        """Return the symbol of this name, global before local.

        Raises SymbolError where there is none (with near matches), or several local ones (listed), and BinaryError
        where the symbols cannot be read.
        """
        return self._pick(name, self._named.get(name, ()), "symbol")

    def function(self, name: str) -> Function:
        """Return the function (or PLT entry, or label in code) of this name, global before local.

        Raises as `symbol` does.
        """
        found = tuple(s for s in self._named.get(name, ()) if self._is_code(s))
        return self._function(self._pick(name, found, "function"))

    def functions(self, name: str) -> tuple[Function, ...]:
        """Return the function of this name, or all where there are several local ones; SymbolError for none."""
        found = [s for s in self._named.get(name, ()) if self._is_code(s)]
        if any(s.is_global for s in found) or not found:
            return (self.function(name),)
        return tuple(self._function(s) for s in {s.address: s for s in found}.values())

    def has_function(self, name: str) -> bool:
        """Whether there is a function of this name."""
        return any(self._is_code(s) for s in self._named.get(name, ()))

    def function_at(self, address: int) -> Function | None:
        """Return the function whose range holds `address`, under the name gdb gives it."""
        symbol = self._index.symbol_at(address)
        if symbol is None or not self._is_code(symbol):
            return None
        function = self._function(symbol)
        return function if address < function.high else None

    def symbolize(self, address: int) -> SymbolOffset | None:
        """Return the address as gdb's `info symbol` names it, None where no symbol reaches it."""
        return self._index.symbolize(address)

    @cached_property
    def bfd(self) -> BfdSymbols:
        """The symbols as objdump prints them, at the addresses of the file, without `bias`."""
        self._need_sections()
        made = [replace(s, address=s.address - self.bias) for s in self.symbols if s.kind == "plt"]
        return BfdSymbols(parse_elf(self.data, self.name), made)

    @cached_property
    def _starts(self) -> list[int]:
        return [s.address for s in self.segments]

    @cached_property
    def _named(self) -> dict[str, list[Symbol]]:
        named: dict[str, list[Symbol]] = {}
        for symbol in self.symbols:
            named.setdefault(symbol.name, []).append(symbol)
        return named

    def _need_sections(self) -> None:
        if self.damage:
            raise BinaryError(self.damage)

    def _is_code(self, symbol: Symbol) -> bool:
        if symbol.kind == "notype":
            segment = self.segment_at(symbol.address)
            return segment is not None and "x" in segment.permissions
        return symbol.kind in _CODE

    def _function(self, symbol: Symbol) -> Function:
        """Return it as far as its segment goes: a symbol may claim any size."""
        segment = self.segment_at(symbol.address)
        end = segment.address + segment.memory_size if segment else symbol.address
        return Function(symbol.name, symbol.address, min(self._index.end_of(symbol), end))

    def _pick(self, name: str, found: tuple[Symbol, ...] | list[Symbol], what: str) -> Symbol:
        first = next((s for s in found if s.is_global), None)
        if first is not None:
            return first
        places = sorted({s.address for s in found})
        if len(places) == 1:
            return found[0]
        if places:
            listed = ", ".join(f"{a:#x}" for a in places[:8])
            raise SymbolError(f"{self.name} has {len(places)} local {what}s named {name}: at {listed}")
        self._need_sections()
        if what == "function":
            names = [s.name for s in self.symbols if s.kind in ("function", "plt")]
        else:
            names = [s.name for s in self.symbols]
        stripped = "" if any(s.kind == "symtab" for s in self.sections) else " (its symbol table is stripped)"
        raise SymbolError(f"{self.name} has no {what} named {name}{stripped}", near=near(name, names))


def read_image(data: bytes, name: str, bias: int = 0) -> Image:
    """Parse an ELF64 x86-64 executable or shared object, to be loaded at `bias`.

    `name` is what errors and records call it. Raises BinaryError, in one sentence, for any other bytes.
    """
    elf = parse_elf(data, name)
    if bias and not elf.is_dyn:
        raise BinaryError(f"{name} has fixed addresses and cannot be loaded {bias:#x} bytes higher")
    symbols, index = read_symbols(elf, bias)
    tls, relro, stack = (elf.program(kind) for kind in (PT_TLS, PT_GNU_RELRO, PT_GNU_STACK))
    interpreter = _interpreter(elf)
    return Image(
        name=name,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        bias=bias,
        kind=_kind(elf, interpreter),
        entry=(elf.entry + bias) & _WORD,
        segments=tuple(p.segment(bias) for p in elf.loads()),
        tls=tls.segment(bias) if tls else None,
        sections=tuple(s.section(bias) for s in elf.sections),
        interpreter=interpreter,
        needed=elf.needed(),
        symbols=symbols,
        executable_stack=bool(stack and stack.flags & 1),  # x86-64 Linux: not executable where it is missing
        phdr_address=_phdr_address(elf, bias),
        phdr_count=len(elf.programs),
        phdr_size=56,
        relro=(relro.address + bias, relro.address + relro.memory_size + bias) if relro else None,
        damage=elf.damage,
        _index=index,
    )


def _interpreter(elf: ElfFile) -> str | None:
    header = elf.program(PT_INTERP)
    if header is None:
        return None
    raw = elf.data[header.offset : header.offset + min(header.file_size, 4096)]
    path = raw.split(b"\0", 1)[0]
    if not path or b"\0" not in raw:
        raise BinaryError(f"{elf.name} is damaged: the path of its interpreter is not a string")
    return path.decode("utf-8", "backslashreplace")


def _kind(elf: ElfFile, interpreter: str | None) -> Kind:
    if not elf.is_dyn:
        return "exec"
    if (elf.tag(DT_FLAGS_1) or 0) & DF_1_PIE:
        return "pie"
    return "pie" if interpreter and elf.tag(DT_SONAME) is None else "shared"


def _phdr_address(elf: ElfFile, bias: int) -> int:
    for p in elf.loads():
        if p.offset <= elf.phdr_offset < p.offset + p.file_size:
            return elf.phdr_offset - p.offset + p.address + bias
    return 0
