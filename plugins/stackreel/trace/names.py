"""What moments and golden traces need to know of names: functions, symbols and source lines, as a narrow door.

`ProgramNames` is that door over a binary's image and its line rows; tests write their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from stackreel.binary.model import Function, LineRow, SymbolOffset


class Names(Protocol):
    """Names of a program at run-time addresses."""

    def function(self, name: str) -> Function:
        """The function of this name; SymbolError with near matches where there is none or several."""

    def function_at(self, address: int) -> Function | None:
        """The function whose range holds `address`."""

    def symbolize(self, address: int) -> SymbolOffset | None:
        """The address as `name+offset`."""

    def lines(self) -> Sequence[LineRow]:
        """All rows of the line table, in address order; empty without debug information."""


class _Image(Protocol):
    def function(self, name: str) -> Function: ...

    def function_at(self, address: int) -> Function | None: ...

    def symbolize(self, address: int) -> SymbolOffset | None: ...


@dataclass(frozen=True)
class ProgramNames:
    """Names from a binary's image, lines from its debug information."""

    image: _Image
    rows: Sequence[LineRow] = ()

    def function(self, name: str) -> Function:
        """See `Names`."""
        return self.image.function(name)

    def function_at(self, address: int) -> Function | None:
        """See `Names`."""
        return self.image.function_at(address)

    def symbolize(self, address: int) -> SymbolOffset | None:
        """See `Names`."""
        return self.image.symbolize(address)

    def lines(self) -> Sequence[LineRow]:
        """See `Names`."""
        return self.rows
