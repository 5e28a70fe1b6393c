"""Code that no symbol names, as what was executed of it shows: stretches of instructions, without a function's name.

Where functions begin and end is unknown in a stripped program; so are instructions that were never reached, but for
those in short gaps between others, which have to fit exactly. It trusts the executed instructions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from stackreel.binary import Image
from stackreel.errors import BinaryError
from stackreel.listing.decode import disassemble, one
from stackreel.listing.model import FunctionListing, Instruction, Syntax

_GAP = 32
"""Bytes between executed instructions that are taken for code too: a branch not taken, a jump over a few lines."""


def list_nameless(
    image: Image, code: Mapping[int, bytes], wanted: Collection[int], syntax: Syntax
) -> tuple[FunctionListing, ...]:
    """Disassemble the nameless stretches of `code` that hold an address of `wanted`, each with an empty name.

    `code` is what was executed, instructions by address, of whatever file; those of the image's functions are left
    out.
    """
    executed = sorted(address for address in code if image.function_at(address) is None)
    found = (_listing(stretch) for stretch in _stretches(image, executed, code, syntax))
    return tuple(f for f in found if any(f.low <= address < f.high for address in wanted))


def _stretches(
    image: Image, executed: Sequence[int], code: Mapping[int, bytes], syntax: Syntax
) -> Iterator[list[Instruction]]:
    """Yield instructions that follow each other."""
    stretch: list[Instruction] = []
    for address in executed:
        end = stretch[-1].address + len(stretch[-1].code) if stretch else address
        between = _between(image, end, address, syntax)
        if between is None:
            yield stretch
            stretch, between = [], []
        stretch += [*between, one(code[address], address, syntax, image.symbolize)]
    if stretch:
        yield stretch


def _between(image: Image, low: int, high: int, syntax: Syntax) -> list[Instruction] | None:
    """Return the instructions that fill [low, high); None where it is too much, or not made of instructions."""
    if not 0 <= high - low <= _GAP:
        return None
    try:
        made = list(disassemble(image.read(low, high - low), low, syntax, image.symbolize))
    except BinaryError:  # another file's code
        return None
    return None if any("bad" in instruction.mnemonic for instruction in made) else made


def _listing(stretch: Sequence[Instruction]) -> FunctionListing:
    high = stretch[-1].address + len(stretch[-1].code)
    return FunctionListing("", stretch[0].address, high, tuple(stretch))
