"""Which rows of a reel are folded where they are many: runs that no step touches, into one row each.

Those that tell least about what is running go first: frames that are only waiting, without names before variables;
then what lies beyond the recorded code; then what is unnamed in the frame that runs. Its variables are folded where
they alone are too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stackreel.frames.model import Frame, Slot, StackView
from stackreel.isa import Isa

ROW = 8
"""Bytes of a row."""

FIXED_ROLES = ("return address", "saved register")
"""What a call is made of."""

_SHORTEST_FOLD = 2
_SHORTEST_NAMED = 3  # rows of a variable are worth more
_BASE = re.compile(r"\w+")

Rows = Mapping[int, tuple[Slot, ...]]
"""The slots of a view by the address of their row."""


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
    return any((s.mark and (s.name or not is_over)) or s.role in FIXED_ROLES for s in slots)


def fold(
    rows: Sequence[PlannedRow], views: Sequence[StackView], grouped: Sequence[Rows], isa: Isa, limit: int
) -> Iterator[PlannedRow]:
    """Yield `rows` with runs folded until there are at most `limit`, or nothing is left to fold.

    `grouped` are the slots of `views` by row.
    """
    folded: Mapping[int, int] = {}
    kinds = [_kind(row.address, grouped) for row in rows]
    for chosen, is_joined in _choices(rows, kinds, list(zip(views, grouped, strict=True)), isa, limit):
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


def _choices(
    rows: Sequence[PlannedRow],
    kinds: Sequence[str],
    both: Sequence[tuple[StackView, Rows]],
    isa: Isa,
    limit: int,
) -> Iterator[tuple[Sequence[bool], bool]]:
    """Yield which rows may be folded, more and more of them, and whether a run may be of several kinds."""
    busy = frozenset().union(*(_pointed(view, isa) for view, _ in both))
    seen = [row.address in busy or any(_is_shown(v, g.get(row.address, ())) for v, g in both) for row in rows]
    constant = [_is_constant(row.address, both) for row in rows]
    unnamed = [not s and not k for s, k in zip(seen, kinds, strict=True)]
    quiet = [u and c for u, c in zip(unnamed, constant, strict=True)]
    free = [not s and (c or not k) for s, c, k in zip(seen, constant, kinds, strict=True)]
    vital = [any(_is_vital(row.address, v, g) for v, g in both) for row in rows]
    waits = [not any(_is_running(v, g.get(row.address, ())) for v, g in both) for row in rows]
    waits = [w and not v for w, v in zip(waits, vital, strict=True)]
    beyond = [all(_is_beyond(row.address, v, g.get(row.address, ()), isa) for v, g in both) for row in rows]
    others, nothing = [not v for v in vital], [False] * len(rows)
    levels = [(waits, nothing), (waits, beyond), (others, beyond)]
    if sum(vital) > limit:
        levels.append(([True] * len(rows), beyond))
    for allowed, more in levels:
        for chosen, is_joined in ((quiet, False), (unnamed, False), (free, False), (free, True)):
            yield [(c and a) or m for c, a, m in zip(chosen, allowed, more, strict=True)], is_joined


def _is_running(view: StackView, slots: Sequence[Slot]) -> bool:
    """Tell whether the frame that runs has something in a row."""
    level = view.frames[0].level if view.frames else None
    return any(slot.frame is not None and slot.frame == level and slot.data is not None for slot in slots)


def _is_vital(row: int, view: StackView, grouped: Rows) -> bool:
    """Tell whether a row holds a variable of the frame that runs, or an argument it was passed on the stack."""
    if not view.frames:
        return False
    running = view.frames[0]
    if any(
        s.name and s.role in ("parameter", "local") and s.frame == running.level for s in grouped.get(row, ())
    ):
        return True
    return running.cfa <= row and all(
        _is_argument(at, running, grouped) for at in range(running.cfa, row + 1, ROW)
    )


def _is_argument(row: int, frame: Frame, grouped: Rows) -> bool:
    names = {variable.name for variable in frame.variables if variable.is_parameter}
    bases = (
        slot.name.partition(".")[0].partition("[")[0]
        for slot in grouped.get(row, ())
        if slot.role == "parameter"
    )
    return any(base in names for base in bases)


def _is_beyond(row: int, view: StackView, slots: Sequence[Slot], isa: Isa) -> bool:
    """Tell whether a row belongs to the callers of what was recorded, and neither the step nor rsp concerns it."""
    pointers = {_floor(view.registers[name]) for name in (isa.sp, isa.fp)}
    is_touched = row in pointers or any(slot.mark for slot in slots)
    return bool(view.callers) and row >= view.callers[0].low and not is_touched


def _floor(address: int) -> int:
    return address & -ROW


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


def _kind(row: int, grouped: Sequence[Rows]) -> str:
    """Return what a row belongs to: an array's name, nothing for unnamed rows, the row itself for several names."""
    names = {slot.name for rows in grouped for slot in rows.get(row, ()) if slot.name}
    bases = {base[0] for name in names if (base := _BASE.match(name))}
    return bases.pop() if len(bases) == 1 else f"{row:x}" if bases else ""


def _is_constant(row: int, both: Sequence[tuple[StackView, Rows]]) -> bool:
    """Tell whether the bytes of `row` are the same in all views in which its stack is in use."""
    seen = {_bytes(row, rows.get(row, ())) for view, rows in both if not view.is_elsewhere(row)}
    return len(seen) <= 1


def _bytes(row: int, slots: Sequence[Slot]) -> tuple[int | None, ...]:
    content: list[int | None] = [None] * ROW
    for slot in slots:
        if slot.data is not None:
            content[slot.address - row : slot.address - row + slot.size] = slot.data
    return tuple(content)
