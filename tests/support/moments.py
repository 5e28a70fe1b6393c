"""A moment made by hand, for expressions that need no trace."""

from __future__ import annotations

from dataclasses import dataclass

from stackreel.binary.model import SymbolOffset
from stackreel.claims.subject import CellKind
from stackreel.errors import near


@dataclass(frozen=True)
class FixedCell:
    kind: CellKind
    type: str
    size: int
    address: int | None
    data: bytes | None
    shown: str

    @property
    def is_go(self) -> bool:
        return False

    @property
    def width(self) -> int:
        return 8 * self.size

    def placed(self, address: int) -> FixedCell:
        return self

    def member(self, name: str) -> FixedCell | None:
        return None

    def members(self) -> tuple[str, ...]:
        return ()

    def element(self, index: int) -> FixedCell | None:
        return None


_REGISTERS = {"eax": (3, 32), "rsp": (0x7000, 64), "rdi": (0x8000, 64)}
_MEMORY = {0x7000: (0x40055E).to_bytes(8, "little"), 0x8000: b"hi\n\0"}
_CELLS = {
    "low": FixedCell("signed", "int", 4, 0x7010, b"\xfe\xff\xff\xff", "-2"),
    "c": FixedCell("character", "char", 1, 0x7014, b"a", "97 'a'"),
}
_SYMBOLS = {"main": 0x400540, "sum": 0x400526}


@dataclass(frozen=True)
class FixedMoment:
    """eax 3, rsp 0x7000 with main+30 there, rdi a string, `low` -2, `c` 'a'."""

    def register(self, name: str) -> tuple[int, int] | None:
        return _REGISTERS.get(name)

    def memory(self, address: int, size: int) -> bytes | None:
        for base, data in _MEMORY.items():
            if base <= address and address + size <= base + len(data):
                return data[address - base :][:size]
        return None

    def variable(self, name: str, function: str | None) -> FixedCell | None:
        return None if function else _CELLS.get(name)

    def variables(self, function: str | None = None) -> tuple[str, ...]:
        return () if function else tuple(_CELLS)

    def constant(self, name: str) -> int | None:
        return None

    def typed(self, written: str, value: int | None = None) -> FixedCell | None:
        return None

    def function(self) -> str:
        return "main"

    def has_scope(self, name: str) -> bool:
        return name == "main"

    def functions_like(self, name: str) -> tuple[str, ...]:
        return near(name, ("main", "sum"))

    def address_of(self, name: str) -> int | None:
        return _SYMBOLS.get(name)

    def symbolize(self, address: int) -> SymbolOffset | None:
        found = [(at, name) for name, at in _SYMBOLS.items() if at <= address]
        return SymbolOffset(max(found)[1], address - max(found)[0]) if found else None

    def stack(self) -> tuple[int, int, int]:
        return 0x7FFF0000, 0x7FFF8000, 0

    def region(self, address: int) -> str:
        return ""

    def elsewhere(self, moment: str) -> FixedMoment:
        return self
