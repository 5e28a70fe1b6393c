"""The row set of a reel: which 8-byte rows every figure of it shows, and how each is split.

A row is drawn in all figures if any of them needs it, and split wherever any of them splits it, so that nothing
moves from one step to the next. Where rows are many, runs that no step touches are folded into one row each: those
without a name first, variables only where that is not enough.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stackreel.frames.model import Slot, StackView
from stackreel.isa import Isa

ROW = 8
"""Bytes of a row."""

_HALF = 4
_MOST_PIECES = 6  # int8, int16, bool and what pads them are five
_SHORTEST_FOLD = 2
_SHORTEST_NAMED = 3  # rows of a variable are worth more
_WIDEST_GAP = 0x10000  # bytes between rows of one stack
_BASE = re.compile(r"\w+")
_FIXED_ROLES = ("return address", "saved register")


@dataclass(frozen=True)
class PlannedRow:
    """A row of `size` bytes at `address`; `cuts` are the offsets its pieces begin at, rising from 0."""

    address: int
    size: int
    cuts: tuple[int, ...]
    is_fold: bool = False

    @property
    def lines(self) -> int:
        """How many lines (half rows) it is high: two for a whole row, else one a piece."""
        return 1 if self.is_fold else max(2, len(self.cuts))


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
    return tuple(_bridged(rows if limit is None else _fold(rows, views, grouped, isa, limit)))


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


def _bridged(rows: Iterable[PlannedRow]) -> Iterator[PlannedRow]:
    """Yield `rows` with a fold in the place of each open gap."""
    above = None
    for row in rows:
        end = row.address + row.size
        if above is not None and end < above:
            yield PlannedRow(end, above - end, (0,), is_fold=True)
        yield row
        above = row.address


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
            if slot.name or slot.role in _FIXED_ROLES:
                cuts |= ends
            elif slot.data is not None:
                cuts |= {end for end in ends if end % _HALF == 0}
    if len(cuts) > _MOST_PIECES:
        cuts = {cut for cut in cuts if cut % _HALF == 0}
    return tuple(sorted(cuts))


def _pointed(view: StackView, isa: Isa) -> frozenset[int]:
    """Return the rows that pointers and links of a figure of `view` name."""
    held = {s.address for f in view.frames for s in f.saved} | {s.value for f in view.frames for s in f.saved}
    held |= set(_corrected(view))
    return frozenset(_floor(a) for a in (view.registers[isa.sp], view.registers[isa.fp], *held))


def _corrected(view: StackView) -> Iterator[int]:
    """Yield where pointers lie and point to that a move of the stack corrected, on the new one and the old."""
    move = view.executed.move if view.executed else None
    if move is not None:
        for slot in view.slots:
            if slot.mark and slot.data is not None and len(slot.data) == ROW:
                held = int.from_bytes(slot.data, "little")
                yield from (slot.address, slot.address - move.by, held, held - move.by)


def _is_shown(view: StackView, slots: Sequence[Slot]) -> bool:
    """Tell whether a row of `view` is to be seen: what its instruction touched, what a call is made of.

    What code stepped over left in bytes without a name is not.
    """
    is_over = view.executed is not None and view.executed.over
    return any((s.mark and (s.name or not is_over)) or s.role in _FIXED_ROLES for s in slots)


def _fold(
    rows: Sequence[PlannedRow],
    views: Sequence[StackView],
    grouped: Sequence[Mapping[int, tuple[Slot, ...]]],
    isa: Isa,
    limit: int,
) -> Iterator[PlannedRow]:
    busy = frozenset().union(*(_pointed(view, isa) for view in views))
    both = list(zip(views, grouped, strict=True))
    seen = [row.address in busy or any(_is_shown(v, g.get(row.address, ())) for v, g in both) for row in rows]
    constant = [_is_constant(row.address, both) for row in rows]
    kinds = [_kind(row.address, grouped) for row in rows]
    unnamed = [not s and not k for s, k in zip(seen, kinds, strict=True)]
    quiet = [u and c for u, c in zip(unnamed, constant, strict=True)]
    free = [not s and (c or not k) for s, c, k in zip(seen, constant, kinds, strict=True)]
    folded: Mapping[int, int] = {}
    for chosen, is_joined in ((quiet, False), (unnamed, False), (free, False), (free, True)):
        if len(rows) - sum(end - first - 1 for first, end in folded.items()) > limit:
            folded = _choose(chosen, kinds, len(rows) - limit, is_joined=is_joined)
    i = 0
    while i < len(rows):
        end = folded.get(i, i)
        if end > i:
            low, high = rows[end - 1].address, rows[i].address + ROW
            yield PlannedRow(low, high - low, (0,), is_fold=True)
        else:
            yield rows[i]
        i = max(end, i + 1)


def _choose(free: Sequence[bool], kinds: Sequence[str], excess: int, *, is_joined: bool) -> Mapping[int, int]:
    """Return the runs to fold, as half-open ranges of indices: until `excess` rows are saved, unnamed ones first.

    Of runs with and of runs without names the longest come first. `is_joined`: a run may be of several kinds.
    """
    runs: list[tuple[bool, int, int]] = []
    start = 0
    for i in range(1, len(free) + 1):
        is_over = i == len(free) or not free[i] or not free[start]
        if is_over or (kinds[i] != kinds[start] and not is_joined):
            is_named = any(kinds[start:i])
            if free[start] and i - start >= (_SHORTEST_NAMED if is_named else _SHORTEST_FOLD):
                runs.append((is_named, start, i))
            start = i
    folded: dict[int, int] = {}
    for _, first, end in sorted(runs, key=lambda run: (run[0], run[1] - run[2], run[1])):
        if excess > 0:
            folded[first] = end
            excess -= end - first - 1
    return folded


def _kind(row: int, grouped: Sequence[Mapping[int, tuple[Slot, ...]]]) -> str:
    """Return what a row belongs to: an array's name, nothing for unnamed rows, the row itself for several names."""
    names = {slot.name for rows in grouped for slot in rows.get(row, ()) if slot.name}
    bases = {base[0] for name in names if (base := _BASE.match(name))}
    return bases.pop() if len(bases) == 1 else f"{row:x}" if bases else ""


def _is_constant(row: int, both: Sequence[tuple[StackView, Mapping[int, tuple[Slot, ...]]]]) -> bool:
    """Tell whether the bytes of `row` are the same in all views in which its stack is in use."""
    seen = {_bytes(row, rows.get(row, ())) for view, rows in both if not view.is_elsewhere(row)}
    return len(seen) <= 1


def _bytes(row: int, slots: Sequence[Slot]) -> tuple[int | None, ...]:
    content: list[int | None] = [None] * ROW
    for slot in slots:
        if slot.data is not None:
            content[slot.address - row : slot.address - row + slot.size] = slot.data
    return tuple(content)
