"""The row set of a reel: which 8-byte rows every figure of it shows, and how each is split.

A row is drawn in all figures if any of them needs it, and split wherever any of them splits it, so that nothing
moves from one step to the next. Where rows are many, runs that no step touches are folded; see `folds`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from stackreel.figure.folds import FIXED_ROLES, ROW, PlannedRow, fold
from stackreel.frames.model import Slot, StackView
from stackreel.isa import Isa

_HALF = 4
_MOST_PIECES = 6  # int8, int16, bool and what pads them are five
_WIDEST_GAP = 0x10000  # bytes between rows of one stack


def empty_slot(address: int) -> Slot:
    """Return what stands in a row a view knows nothing of."""
    return Slot(address, ROW, None, "unused", "", "", "", None, "unwritten", "", None)


def by_row(view: StackView) -> Mapping[int, tuple[Slot, ...]]:
    """Group the slots of `view` by the address of their row, each group highest address first."""
    rows: dict[int, list[Slot]] = {}
    for slot in sorted(view.slots, key=lambda s: -s.address):
        rows.setdefault(_floor(slot.address), []).append(slot)
    return {address: tuple(slots) for address, slots in rows.items()}


def plan(views: Sequence[StackView], isa: Isa, limit: int | None = None) -> tuple[PlannedRow, ...]:
    """Return the rows all of `views` are drawn on, highest address first; folds where there are over `limit`.

    Without a limit nothing is folded; what is far between two stacks has one row for all of it.
    """
    grouped = [by_row(view) for view in views]
    needed = [row for view, rows in zip(views, grouped, strict=True) for row in _needed(view, rows, isa)]
    if not needed:
        return ()
    stacks = {stack for view in views for stack in (*_own(view), *view.others)}
    rows = [PlannedRow(a, ROW, _cuts(a, grouped)) for a in _filled(needed, stacks if len(stacks) > 1 else ())]
    borders = {view.callers[0].low for view in views if view.callers}
    return tuple(_bridged(rows if limit is None else fold(rows, views, grouped, isa, limit), borders))


def _own(view: StackView) -> Iterator[tuple[int, int]]:
    """Yield the range of the stack in use, that of frames which were not recorded apart."""
    border = view.callers[0].low if view.callers else view.high
    yield from ((low, high) for low, high in ((view.low, border), (border, view.high)) if low < high)


def _filled(needed: Iterable[int], stacks: Collection[tuple[int, int]]) -> list[int]:
    """Return `needed`, highest first, with the rows between them; a gap between two stacks stays open.

    `stacks` are the ranges of several, where they are known.
    """
    ordered = sorted(set(needed), reverse=True)
    rows = ordered[:1]
    for address in ordered[1:]:
        is_one = not stacks or any(low <= address and rows[-1] < high for low, high in stacks)
        if is_one and rows[-1] - address <= _WIDEST_GAP:
            rows += range(rows[-1] - ROW, address, -ROW)
        rows.append(address)
    return rows


def _bridged(rows: Iterable[PlannedRow], borders: Collection[int]) -> Iterator[PlannedRow]:
    """Yield `rows` with a fold in the place of each open gap; what is folded above one at a border is one with it.

    `borders` are where frames that were not recorded end.
    """
    above: PlannedRow | None = None
    for row in rows:
        end = row.address + row.size
        if above is not None and end < above.address:
            size = above.address - end
            if above.is_fold and end in borders:
                above = PlannedRow(end, size + above.size, (0,), is_fold=True)
            else:
                yield above
                above = PlannedRow(end, size, (0,), is_fold=True)
        if above is not None:
            yield above
        above = row
    if above is not None:
        yield above


def _floor(address: int) -> int:
    return address & -ROW


def _needed(view: StackView, rows: Mapping[int, tuple[Slot, ...]], isa: Isa) -> Iterator[int]:
    stack_pointer = view.registers[isa.sp]
    if view.low - ROW <= stack_pointer <= view.high:
        yield _floor(stack_pointer)
    if view.low <= view.registers[isa.fp] < view.high:
        yield _floor(view.registers[isa.fp])
    for address, slots in rows.items():
        is_above = address + ROW > stack_pointer and not view.is_elsewhere(address)
        is_live = is_above and any(slot.frame is not None for slot in slots)
        if is_live or any(s.data is not None or s.mark or s.state == "red zone" for s in slots):
            yield address


def _cuts(row: int, grouped: Sequence[Mapping[int, tuple[Slot, ...]]]) -> tuple[int, ...]:
    """Return where pieces begin: wherever something named begins or ends in any view, and between halves used apart."""
    cuts = {0}
    for rows in grouped:
        for slot in rows.get(row, ()):
            ends = {slot.address - row, (slot.address - row + slot.size) % ROW}
            if slot.name or slot.role in FIXED_ROLES:
                cuts |= ends
            elif slot.data is not None:
                cuts |= {end for end in ends if end % _HALF == 0}
    if len(cuts) > _MOST_PIECES:
        cuts = {cut for cut in cuts if cut % _HALF == 0}
    return tuple(sorted(cuts))
