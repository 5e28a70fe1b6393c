"""The boxes of one row of one view: slots laid on the row's pieces, labelled, valued and shaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from stackreel.figure.folds import ROW, PlannedRow
from stackreel.figure.lettering import clean
from stackreel.figure.rows import empty_slot
from stackreel.figure.scene import Cell, Piece, Shape
from stackreel.figure.words import Words
from stackreel.frames.model import Slot

GHOST = "··"
"""What stands for a byte never written."""

_GHOSTS_A_LINE = 4
_UNNAMED = ("padding", "unused", "data")
_BASE = re.compile(r"\w+")
_NUMBER = re.compile(r"(?P<before>.*?)(?P<number>\d+)(?P<after>\D*)")


@dataclass(frozen=True)
class CellMaker:
    """Makes the cells of one view. `frames` maps a frame's level to its function.

    `is_elsewhere` tells of an address whether it is on a stack that is not in use.
    """

    words: Words
    stack_pointer: int
    is_elsewhere: Callable[[int], bool]
    frames: Mapping[int, str]
    shapes: Mapping[int, Shape]

    def fold(self, row: PlannedRow, slots: Sequence[Slot]) -> Cell:
        """Return the one box of a fold: the run's size, and the name where all of it has one."""
        bases = {base[0] if (base := _BASE.match(slot.name)) else "" for slot in slots}
        name = bases.pop() if len(bases) == 1 else ""
        written = [slot for slot in slots if slot.data is not None] or slots
        top = max(written, key=lambda slot: slot.address, default=empty_slot(row.address))
        mark = next((slot.mark for slot in slots if slot.mark), top.mark)
        return Cell(row.address, row.size, 0, 1, clean(name), bool(name), self.words("fold", size=row.size), "",
                    True, self._shape(top), mark, self._frame(top))  # fmt: skip

    def row(self, row: PlannedRow, slots: Sequence[Slot], pieces: Sequence[Piece]) -> tuple[Cell, ...]:
        """Return the boxes of `row`, top down; together they cover all of `pieces`."""
        ends = [*(p.address for p in reversed(pieces)), row.address + ROW]
        groups: list[list[Slot]] = []
        covered: list[tuple[int, int]] = []
        for slot in _split(slots or (empty_slot(row.address),), ends):
            low = max(e for e in ends if e <= slot.address)
            high = min(e for e in ends if e >= slot.address + slot.size)
            if covered and high > covered[-1][0]:
                groups[-1].append(slot)
                covered[-1] = (min(low, covered[-1][0]), covered[-1][1])
            else:
                groups.append([slot])
                covered.append((low, high))
        lines = {piece.address: piece for piece in pieces}
        cells = []
        for group, (low, high) in zip(groups, covered, strict=True):
            parts = [p for a, p in lines.items() if low <= a < high]
            line, count = min(p.line for p in parts), sum(p.lines for p in parts)
            cell = self._cell(group[0]) if len(group) == 1 else self._joined(group)
            cells.append(replace(cell, address=low, size=high - low, line=line, lines=count))
        return tuple(cells)

    def _joined(self, slots: Sequence[Slot]) -> Cell:
        """Return one box for several small slots: first and last name and all values, or the bytes where unnamed."""
        cells = [self._cell(slot) for slot in reversed(slots)]
        names = [cell.label for cell in cells if cell.is_name]
        first = cells[0]
        mark = next((cell.mark for cell in cells if cell.mark), first.mark)
        is_ghost = all(cell.is_ghost or not cell.value for cell in cells)
        if not names:
            return replace(self._bytes(slots), mark=mark)
        values = " ".join(cell.value for cell in cells if cell.value)
        return replace(first, label=_span(names[0], names[-1]), is_name=True, value=values, note="", mark=mark,
                       is_ghost=is_ghost)  # fmt: skip

    def _bytes(self, slots: Sequence[Slot]) -> Cell:
        """Return unnamed bytes, some never written, the highest on the left as in a number."""
        if all(slot.data is None for slot in slots):
            whole = replace(slots[-1], size=sum(slot.size for slot in slots))
            return self._cell(whole)
        shown = [
            text
            for slot in slots
            for text in (
                [GHOST] * slot.size if slot.data is None else [f"{b:02x}" for b in reversed(slot.data)]
            )
        ]
        lines = [" ".join(shown[i : i + _GHOSTS_A_LINE]) for i in range(0, len(shown), _GHOSTS_A_LINE)]
        written = next(self._cell(slot) for slot in slots if slot.data is not None)
        return replace(written, label=self.words("data"), value=lines[0], note=" ".join(lines[1:]))

    def _cell(self, slot: Slot) -> Cell:
        shape = self._shape(slot)
        is_named = bool(slot.name) and slot.role not in ("return address", "saved register", *_UNNAMED)
        is_ghost = slot.data is None and slot.role not in ("padding", "unused")
        label, value = self._label(slot), ""
        note = f"<{clean(str(slot.symbol))}>" if slot.symbol else clean(slot.note)
        if shape == "unwritten":
            label, is_named, is_ghost = self.words("not used yet"), False, True
        if is_ghost:
            value, note = _ghost(slot.size, "" if shape == "unwritten" else note)
        elif slot.role not in ("padding", "unused"):
            value = clean(slot.value) or _number(slot)
        return Cell(slot.address, slot.size, 0, 1, label, is_named, value, note, is_ghost, shape, slot.mark,
                    self._frame(slot))  # fmt: skip

    def _label(self, slot: Slot) -> str:
        if slot.role == "unused" and slot.frame is None and self._shape(slot) == "live":
            return self.words("caller")
        if slot.role == "saved register":
            return self.words("saved register", name=clean(slot.name))
        if slot.role == "return address":
            return self.words("return address")
        if slot.role in _UNNAMED or not slot.name:
            return self.words(slot.role if slot.role in _UNNAMED else "data")
        return clean(slot.name)

    def _frame(self, slot: Slot) -> str:
        return clean(self.frames.get(slot.frame, "")) if slot.frame is not None else ""

    def _shape(self, slot: Slot) -> Shape:
        if slot.address + slot.size > self.stack_pointer and not self.is_elsewhere(slot.address):
            return "live"
        return self.shapes.get(slot.address & -ROW, "unwritten") if slot.state == "unwritten" else slot.state


def shapes_below(
    slots: Sequence[Slot], stack_pointer: int, is_elsewhere: Callable[[int], bool]
) -> Mapping[int, Shape]:
    """Return, for each row below the stack pointer or of another stack, the shape its never written slots take.

    A gap above red zone or stale bytes is drawn as they are; below the last of them nothing was used.
    """
    shapes: dict[int, Shape] = {}
    others = [s for s in slots if is_elsewhere(s.address)]
    own = [s for s in slots if s.address < stack_pointer and not is_elsewhere(s.address)]
    for part in (own, others):
        shapes |= _shapes_of(part)
    return shapes


def _shapes_of(slots: Sequence[Slot]) -> Mapping[int, Shape]:
    shapes: dict[int, Shape] = {}
    current: Shape = "unwritten"
    for slot in sorted(slots, key=lambda s: s.address):
        if slot.state in ("red zone", "stale"):
            current = "red zone" if slot.state == "red zone" else "stale"
        shapes[slot.address & -ROW] = current
    return shapes


def _split(slots: Sequence[Slot], ends: Sequence[int]) -> Sequence[Slot]:
    """Cut slots that hold nothing at the row's cuts, so that they already have the halves other steps need."""
    result: list[Slot] = []
    for slot in slots:
        cuts = [e for e in ends if slot.address < e < slot.address + slot.size]
        if (
            slot.data is not None
            or slot.name
            or slot.role in ("return address", "saved register")
            or not cuts
        ):
            result.append(slot)
            continue
        bounds = [slot.address, *cuts, slot.address + slot.size]
        pieces = [replace(slot, address=a, size=b - a) for a, b in pairwise(bounds)]
        result += reversed(pieces)
    return result


def _span(first: str, last: str) -> str:
    """Return both names as one: `buf[4…7]`, or as much as they share allows."""
    if first == last:
        return first
    ends = [_NUMBER.fullmatch(name) for name in (first, last)]
    if (
        ends[0]
        and ends[1]
        and ends[0]["before"] == ends[1]["before"]
        and ends[0]["after"] == ends[1]["after"]
    ):
        return f"{ends[0]['before']}{ends[0]['number']}…{ends[1]['number']}{ends[0]['after']}"
    return f"{first} … {last}"


def _ghost(size: int, note: str) -> tuple[str, str]:
    """Return the two lines that stand for `size` bytes never written; a note keeps the second."""
    if note:
        return "", note
    groups = [" ".join([GHOST] * min(_GHOSTS_A_LINE, size - i)) for i in range(0, size, _GHOSTS_A_LINE)]
    return groups[0], groups[1] if len(groups) > 1 else ""


def _number(slot: Slot) -> str:
    data = slot.data or b""
    return f"{int.from_bytes(data, 'little'):#x}"


def digits_of(addresses: Sequence[int], least: int = 4) -> tuple[str, int]:
    """Return what the hexadecimal forms of `addresses` begin with, and how many digits are left (`least` or more)."""
    texts = [f"{address:x}" for address in addresses] or [""]
    if len({len(text) for text in texts}) != 1:
        return "0x", max(map(len, texts))
    alike = next(
        (i for i, signs in enumerate(zip(*texts, strict=True)) if len(set(signs)) > 1), len(texts[0])
    )
    digits = max(least, len(texts[0]) - alike)
    return "0x" + texts[0][: len(texts[0]) - digits], digits
