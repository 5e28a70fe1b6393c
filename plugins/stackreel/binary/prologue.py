"""Where the prologue of a function ends, by the rules by which gdb 13 places a breakpoint on it.

Follows gdb's `skip_prologue_sal`, `skip_prologue_using_linetable`, `amd64_analyze_prologue` (GCC) and
`skip_prologue_using_sal` (Clang). It does not
know stack realignment in a prologue, nor that of x32.
"""

from __future__ import annotations

from bisect import bisect_right

from stackreel.binary.image import Image
from stackreel.binary.model import Function, LineRow
from stackreel.binary.unit import DebugUnit

_ENDBR64 = b"\xf3\x0f\x1e\xfa"
_PUSH_RBP = b"\x55"
_MOV_RSP_RBP = (b"\x48\x89\xe5", b"\x48\x8b\xec", b"\x89\xe5", b"\x8b\xec")


def after_prologue(
    image: Image, unit: DebugUnit | None, function: Function, *, stepping: bool = False
) -> int:
    """Return the address of the breakpoint; `unit` is the function's, None where it has no DWARF.

    `stepping`: where `step` into the function ends, which looks at its code alone.
    """
    if unit is not None and not stepping and _trusts_locations(unit):
        return function.low
    marked = None if unit is None or stepping else _marked_end(unit, function)
    if marked is not None:
        return marked
    if unit is not None and "clang" in unit.producer:
        return _after_second_row(unit, function)
    pc = _after_frame_set_up(image, function)
    row = None if unit is None else _row_at(unit, pc)
    if row is not None and row.low != pc and row.high < function.high:
        return row.high
    return pc


def _trusts_locations(unit: DebugUnit) -> bool:
    return unit.producer.startswith("GNU ") and unit.has_location_lists


def _marked_end(unit: DebugUnit, function: Function) -> int | None:
    """Return where the compiler says that the prologue ends, as Go's and Clang do."""
    return next(
        (i.address for i in unit.items if function.low <= i.address < function.high and i.ends_prologue), None
    )


def _row_at(unit: DebugUnit, pc: int) -> LineRow | None:
    i = bisect_right(unit.rows, pc, key=lambda r: r.low) - 1
    return unit.rows[i] if i >= 0 and pc < unit.rows[i].high else None


def _after_frame_set_up(image: Image, function: Function) -> int:
    """Return the address after `push %rbp; mov %rsp,%rbp`; the function's start where it has no such frame."""
    code = image.read(function.low, min(16, function.high - function.low))
    at = 4 if code.startswith(_ENDBR64) else 0
    if not code.startswith(_PUSH_RBP, at):
        return function.low
    move = next((m for m in _MOV_RSP_RBP if code.startswith(m, at + 1)), None)
    return function.low if move is None else function.low + at + 1 + len(move)


def _after_second_row(unit: DebugUnit, function: Function) -> int:
    """Return where the line table first goes on to a line that is not before the first one's."""
    starts = [i for i in unit.items if i.address == function.low and i.line]
    first = _row_at(unit, function.low)
    if first is None or len(starts) > 1:
        return function.low
    row = first
    while row.high < function.high:
        following = _row_at(unit, row.high)
        if following is None or following.line >= row.line or following.file != row.file:
            return row.high
        row = following
    return function.low
