"""A listing of named functions of a binary.

Purpose: find each function's bytes, disassemble them, add the source line of each instruction. It trusts the
image's symbols and DWARF's line table; where there is no DWARF, lines are 0 and files empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from stackreel.binary import Function, Image, LineRow
from stackreel.binary.called import Described, functions_called
from stackreel.listing.decode import disassemble
from stackreel.listing.godialect import GoDialect, go_dialect
from stackreel.listing.model import FunctionListing, Instruction, Listing, Syntax


class Lines(Described, Protocol):
    """What this room asks of debug information."""

    def line_at(self, pc: int) -> LineRow | None:
        """Return the source line that `pc` belongs to."""

    def function_at(self, pc: int) -> Function | None:
        """Return the function whose code is at `pc`."""


def list_functions(image: Image, debug: Lines | None, names: Sequence[str], syntax: Syntax) -> Listing:
    """Disassemble functions in the order of `names`, at the image's run-time addresses.

    Of a name that several local functions have, all are listed. Raises SymbolError (with near matches) for a name that
    is not a function of the image.
    """
    go = go_dialect(image) if syntax == "go" else None
    found = (function for name in names for function in functions_called(image, debug, name))
    return Listing(syntax, tuple(_function(image, debug, function, syntax, go) for function in found))


def _function(
    image: Image, debug: Lines | None, function: Function, syntax: Syntax, go: GoDialect | None
) -> FunctionListing:
    code = image.read(function.low, function.high - function.low)
    instructions = tuple(
        _placed(instruction, debug)
        for instruction in disassemble(code, function.low, syntax, image.symbolize, go)
    )
    known = debug.function_at(function.low) if debug else None
    file, line = (instructions[0].file, known.line) if known and instructions else ("", 0)
    return FunctionListing(function.name, function.low, function.high, instructions, file, line)


def _placed(instruction: Instruction, debug: Lines | None) -> Instruction:
    row = debug.line_at(instruction.address) if debug else None
    return replace(instruction, file=row.file, line=row.line) if row else instruction
