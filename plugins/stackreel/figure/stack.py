"""The stack panel of one view, as rows, brackets, frame edges and saved frame pointer links, not yet placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from stackreel.figure.cells import CellMaker, shapes_below
from stackreel.figure.folds import ROW, PlannedRow
from stackreel.figure.lettering import brief, offset
from stackreel.figure.rows import by_row, empty_slot
from stackreel.figure.scene import Bracket, BracketKind, Cell, Column, Flag, Link, Piece, Row
from stackreel.figure.words import Words
from stackreel.frames.model import Slot, StackView
from stackreel.isa import Isa
from stackreel.listing.model import Instruction

NO_OFFSET = "·"
"""What stands in an offset column whose register does not point into the figure."""

_FARTHEST = 0x7FFF
_UNKNOWN = "??"  # gdb's name for code without a symbol

_Owner = tuple[BracketKind, int | None]
"""What a row belongs to: the kind of bracket, and the level of the frame."""


@dataclass(frozen=True)
class StackPanel:
    """The parts of a Scene that the stack panel draws."""

    rows: tuple[Row, ...]
    edges: tuple[int, ...]
    brackets: tuple[Bracket, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class _Pointers:
    sp: int
    fp: int | None
    used: tuple[Column, int] | None  # the column an operand counted from, and its displacement


def stack_panel(
    view: StackView, planned: Sequence[PlannedRow], isa: Isa, words: Words, executed: Instruction | None
) -> StackPanel:
    """Lay `view` on the rows of its reel."""
    grouped = by_row(view)
    slots = {row.address: _slots_of(row, grouped) for row in planned}
    sp, fp = view.registers[isa.sp], view.registers[isa.fp]
    names = {f.level: f.function for f in (*view.frames, *view.callers, *view.popped)}
    elsewhere = view.is_elsewhere
    maker = CellMaker(words, sp, elsewhere, names, shapes_below(view.slots, sp, elsewhere))
    inside = bool(planned) and planned[-1].address <= fp < planned[0].address + ROW
    pointers = _Pointers(sp, fp if inside else None, _used(view, isa, executed))
    rows: list[Row] = []
    for row in planned:
        pieces = _pieces(row, pointers)
        cells = (
            (maker.fold(row, slots[row.address]),)
            if row.is_fold
            else maker.row(row, slots[row.address], pieces)
        )
        quiet = {p.line for p in pieces if p.address < sp and _is_quiet(cells, p.line)}
        pieces = tuple(replace(p, is_quiet=p.line in quiet) for p in pieces)
        cells = _said_once(cells, rows[-1].cells[-1] if rows else None)
        rows.append(
            Row(
                row.address,
                row.size,
                row.lines,
                row.is_fold,
                pieces,
                cells,
                _flags(row, pieces, pointers, isa),
            )
        )
    index = {row.address: i for i, row in enumerate(planned)}
    owners = [_owner(view, row, slots[row.address], sp) for row in rows]
    return StackPanel(
        tuple(rows),
        tuple(index[f.cfa - ROW] for f in (*view.frames, *view.callers) if f.cfa - ROW in index),
        _brackets(view, owners, words),
        _links(view, index, isa),
    )


def _said_once(cells: Sequence[Cell], above: Cell | None) -> tuple[Cell, ...]:
    """Leave out that bytes were never used where the cell above says so already."""
    made: list[Cell] = []
    for cell in cells:
        is_repeated = cell.shape == "unwritten" and above is not None and above.shape == "unwritten"
        made.append(replace(cell, label="") if is_repeated else cell)
        above = cell
    return tuple(made)


def _slots_of(row: PlannedRow, grouped: Mapping[int, tuple[Slot, ...]]) -> tuple[Slot, ...]:
    inside = (
        (a for a in grouped if row.address <= a < row.address + row.size) if row.is_fold else (row.address,)
    )
    found = [slot for address in sorted(inside, reverse=True) for slot in grouped.get(address, ())]
    return tuple(found) or (empty_slot(row.address),)


def _used(view: StackView, isa: Isa, executed: Instruction | None) -> tuple[Column, int] | None:
    """Return the column the executed instruction's operand counts from, if it still counts from there."""
    if executed is None or view.executed is None:
        return None
    for operand in executed.memory:
        columns: Mapping[str, Column] = {isa.sp: "sp", isa.fp: "fp"}
        column = columns.get(operand.base)
        unmoved = view.executed.registers.get(operand.base) == view.registers.get(operand.base)
        if column and not operand.index and unmoved:
            return column, operand.displacement
    return None


def _pieces(row: PlannedRow, pointers: _Pointers) -> tuple[Piece, ...]:
    cuts = sorted(row.cuts, reverse=True)
    lines = row.lines if len(cuts) == 1 else 1
    pieces = []
    for line, cut in enumerate(cuts):
        address = row.address + cut
        from_sp = address - pointers.sp
        from_fp = None if pointers.fp is None else address - pointers.fp
        distances = {"sp": from_sp, "fp": from_fp}
        used: Column = ""
        if pointers.used and distances[pointers.used[0]] == pointers.used[1]:
            used = pointers.used[0]
        pieces.append(Piece(address, line, lines, _offset(from_fp), _offset(from_sp), used, is_quiet=False))
    return tuple(pieces)


def _offset(distance: int | None) -> str:
    return NO_OFFSET if distance is None or abs(distance) > _FARTHEST else offset(distance)


def _is_quiet(cells: Sequence[Cell], line: int) -> bool:
    covering = (c for c in cells if c.line <= line < c.line + c.lines)
    return any(c.shape in ("stale", "unwritten") for c in covering)


def _flags(row: PlannedRow, pieces: Sequence[Piece], pointers: _Pointers, isa: Isa) -> tuple[Flag, ...]:
    flags = []
    for register, value, is_sp in ((isa.sp, pointers.sp, True), (isa.fp, pointers.fp, False)):
        if value is not None and row.address <= value < row.address + row.size:
            line = next((p.line for p in pieces if p.address <= value), 0)
            flags.append(Flag(register, line, is_sp))
    return tuple(flags)


def _links(view: StackView, index: Mapping[int, int], isa: Isa) -> tuple[Link, ...]:
    saved = [s for f in view.frames for s in f.saved if s.name == isa.fp]
    return tuple(
        Link(index[s.address], index[s.value])
        for s in saved
        if s.address in index and s.value in index and s.value > s.address
    )


def _brackets(view: StackView, found: Sequence[_Owner | None], words: Words) -> tuple[Bracket, ...]:
    owners = list(found)
    for i in range(1, len(owners)):  # gaps in what a popped frame left belong to it
        before, own = owners[i - 1], owners[i]
        if own == ("stale", None) and before and before[0] == "stale":
            owners[i] = before
    brackets = []
    start = 0
    for i in range(1, len(owners) + 1):
        if i == len(owners) or owners[i] != owners[start]:
            owner = owners[start]
            if owner:
                brackets.append(Bracket(start, i - 1, owner[0], _names(view, *owner, words)))
            start = i
    return tuple(brackets)


def _owner(view: StackView, row: Row, slots: Sequence[Slot], sp: int) -> _Owner | None:
    if row.address + row.size > sp and not view.is_elsewhere(row.address):
        frames = (*view.frames, *view.callers)
        levels = [f.level for f in frames if f.low < row.address + row.size and row.address < f.cfa]
        return ("frame", min(levels)) if levels else None
    shapes = {cell.shape for cell in row.cells}
    if "red zone" in shapes:
        return "red zone", view.frames[0].level if view.frames else None
    if "stale" in shapes:
        levels = [s.frame for s in slots if s.frame is not None and s.state == "stale"]
        return "stale", levels[0] if levels else None
    return None


def _names(view: StackView, kind: BracketKind, level: int | None, words: Words) -> tuple[str, ...]:
    name = next(
        (brief(f.function) for f in (*view.frames, *view.callers, *view.popped) if f.level == level), ""
    )
    if kind == "frame" and name == _UNKNOWN:
        return words("frame unknown"), words("unknown"), _UNKNOWN
    if kind == "frame":
        return words("frame of", name=name), name
    if kind == "red zone":
        return (*((words("red zone of", name=name),) if name else ()), words("red zone"))
    if any(f.level == level and f.is_left_behind for f in view.popped):
        return words("left behind", name=name), words("left behind short")
    if name and level is not None and level < 0:
        is_jumped = any(f.level == level and f.is_jumped for f in view.popped)
        return (
            words("jumped" if is_jumped else "returned", name=name),
            words("stale of", name=name),
            words("stale"),
        )
    return words("popped"), words("stale")
