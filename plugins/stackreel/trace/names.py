"""What moments and golden traces need to know of names: functions, symbols and source lines, as a narrow door.

`ProgramNames` is that door over a binary's image and its line rows; tests write their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from stackreel.binary.called import function_called
from stackreel.binary.debug import DebugInfo, read_debug
from stackreel.binary.image import Image
from stackreel.binary.model import Function, LineRow, SymbolOffset
from stackreel.trace.images import open_image


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


@dataclass(frozen=True)
class ProgramNames:
    """Names from a binary's image, lines from its debug information where it has any."""

    image: Image
    debug: DebugInfo

    def function(self, name: str) -> Function:
        """See `Names`."""
        return function_called(self.image, self.debug, name)

    def function_at(self, address: int) -> Function | None:
        """See `Names`."""
        return self.image.function_at(address)

    def symbolize(self, address: int) -> SymbolOffset | None:
        """See `Names`."""
        return self.image.symbolize(address)

    def lines(self) -> Sequence[LineRow]:
        """See `Names`."""
        return self.debug.lines


def program_names(program: bytes, name: str) -> ProgramNames:
    """Return the names of a program at the addresses it has when it runs. Raises BinaryError."""
    image = open_image(program, name)
    return ProgramNames(image, read_debug(image))


def defined_functions(program: bytes, source: str) -> tuple[str, ...]:
    """Return the functions that come from the file `source`, in the order of their lines.

    A binary without debug information has none.
    """
    functions = read_debug(open_image(program, source)).functions
    mine = [f for f in functions if f.file == source or f.file.endswith("/" + source)]
    return tuple(dict.fromkeys(f.name for f in sorted(mine, key=lambda f: (f.line, f.low))))
