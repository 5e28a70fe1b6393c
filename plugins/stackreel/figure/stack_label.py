"""The stack panel as a DOT label: offsets, addresses, flags, cells and the room for brackets, on a grid of lines."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from stackreel.figure.dot import Face, cell, gap, line, pile, table, text
from stackreel.figure.lettering import mono, sans, squeeze
from stackreel.figure.metrics import (
    BRACKET,
    CHANNEL,
    FOOT,
    HALF,
    HEAD,
    NAME,
    PAD,
    POINTER,
    SUBHEAD,
    StackColumns,
    stack_columns,
)
from stackreel.figure.roles import BoxRole, TextRole
from stackreel.figure.scene import Bracket, Cell, Flag, Piece, Row, Scene, Shape
from stackreel.figure.words import Words
from stackreel.frames.model import Mark

FLAG = 13
"""Height of a flag."""

PILL = 11
"""Height of a pill."""

_LINE = 12
_PILL_PAD = 9
_LABEL = 34  # where a pill begins after a short label
_AFTER = 6
_SIDE = CHANNEL + BRACKET + NAME
_PILLS: Mapping[Mark, tuple[BoxRole, TextRole]] = {
    "written": ("pill written", "on dark"),
    "read": ("pill read", "pill"),
}
_TONES: Mapping[Shape, TextRole] = {
    "live": "ink",
    "red zone": "ink",
    "stale": "stale",
    "unwritten": "ghost",
}
_BRACKETS: Mapping[str, BoxRole] = {
    "frame": "bracket frame",
    "red zone": "bracket red zone",
    "stale": "bracket stale",
}


def port(address: int) -> str:
    """Return the name of the port of the cell at `address`."""
    return f"p{address:x}"


def stack_label(scene: Scene) -> str:
    """Return the stack panel's table."""
    words = Words(scene.language)
    columns = stack_columns(scene)
    brackets = {bracket.first: bracket for bracket in scene.brackets}
    covered = {i for b in scene.brackets for i in range(b.first, b.last + 1)}
    rows = [*_heading(scene, columns, words)]
    for index, row in enumerate(scene.rows):
        rows += _row(row, scene, columns, words, _side(index, scene, brackets, covered))
    lower = text(squeeze(words("lower"), columns.cell + _SIDE, sans(9)), "heading", 9, "sans")
    rows.append(_strut(FOOT) + cell("", columns.cell_left, FOOT, columns=4)
                + cell(lower, columns.cell + _SIDE, FOOT, columns=4))  # fmt: skip
    return table(rows, "stack panel")


def _strut(height: int) -> str:
    return cell("", 0, height)


def _heading(scene: Scene, columns: StackColumns, words: Words) -> tuple[str, str]:
    def head(phrase: str, width: int) -> str:
        return text(squeeze(words(phrase), width, sans(9)), "heading", 9, "sans")

    pointers = columns.address + POINTER
    first = (
        cell(head("offset from", 2 * columns.offset), 2 * columns.offset, HEAD, columns=2)
        + cell(
            line(gap(7), cell(head("address", pointers - 7), pointers - 7, HEAD)), pointers, HEAD, columns=2
        )
        + cell(head("higher", columns.cell), columns.cell, HEAD)
        + cell(head("frame", _SIDE), _SIDE, HEAD, columns=3)
    )
    room = pointers - 7 + columns.cell
    prefix = text(squeeze(f"{scene.prefix}…", room, mono(9)), "heading", 9)
    second = (
        "".join(
            cell(text(r, "heading", 9), columns.offset, SUBHEAD, align="RIGHT") for r in (scene.fp, scene.sp)
        )
        + cell(line(gap(7), cell(prefix, room, SUBHEAD)), room + 7, SUBHEAD, columns=3)
        + cell("", _SIDE, SUBHEAD, columns=3)
    )
    return _strut(HEAD) + first, _strut(SUBHEAD) + second


def _side(index: int, scene: Scene, brackets: Mapping[int, Bracket], covered: set[int]) -> tuple[str, bool]:
    """Return what stands right of the cells from row `index` on, and whether each line needs it anew."""
    bracket = brackets.get(index)
    if bracket is None:
        return ("", True) if index in covered else (cell("", _SIDE, HALF, columns=3), False)
    lines = sum(row.lines for row in scene.rows[bracket.first : bracket.last + 1])
    parts = ((CHANNEL, None), (BRACKET, _BRACKETS[bracket.kind]), (NAME, None))
    return "".join(cell("", width, lines * HALF, rows=lines, box=box) for width, box in parts), True


def _row(row: Row, scene: Scene, columns: StackColumns, words: Words, side: tuple[str, bool]) -> list[str]:
    pieces = {piece.line: piece for piece in row.pieces}
    cells = {made.line: made for made in row.cells}
    lines = []
    for number in range(row.lines):
        made = _strut(HALF)
        if number in pieces:
            made += _piece(pieces[number], row, scene, columns)
        if number == 0:
            made += cell(_flags(row), POINTER, row.lines * HALF, rows=row.lines)
        if number in cells:
            made += _cell(cells[number], row, columns, words)
        if number == 0 or not side[1]:
            made += side[0]
        lines.append(made)
    return lines


def _piece(piece: Piece, row: Row, scene: Scene, columns: StackColumns) -> str:
    height = piece.lines * HALF
    tone: TextRole = "stale" if piece.is_quiet else "quiet"
    roles: dict[str, TextRole] = {"fp": tone, "sp": tone}
    if piece.used:
        roles[piece.used] = "used"
    address = text(f"{piece.address:x}"[-scene.digits :], "stale" if piece.is_quiet else "ink", 10)
    if row.is_fold:
        address = text(f"{row.address:x}"[-scene.digits :], tone, 10)
    return (
        cell(text(piece.from_fp, roles["fp"], 10), columns.offset, height, align="RIGHT", rows=piece.lines)
        + cell(text(piece.from_sp, roles["sp"], 10), columns.offset, height, align="RIGHT", rows=piece.lines)
        + cell(
            line(gap(7), cell(address, columns.address - 7, height)),
            columns.address,
            height,
            rows=piece.lines,
        )
    )


def _flags(row: Row) -> str:
    """Return the flags of a row: at the line each points to, two of one line above each other."""
    if not row.flags:
        return ""
    height = row.lines * HALF
    whole = len(row.pieces) == 1 and not row.is_fold
    middles = [row.lines * HALF / 2 if whole else (flag.line + 0.5) * HALF for flag in row.flags]
    tops = [round(middle - FLAG / 2) for middle in middles]
    flags = sorted(zip(tops, row.flags, strict=True), key=lambda pair: pair[0])
    if len(flags) == 2 and flags[1][0] - flags[0][0] < FLAG + 1:
        first = max(1, min(height - 2 * FLAG - 1, round(sum(middles) / 2) - FLAG - 1))
        flags = [(first, flags[0][1]), (min(first + FLAG + 2, height - FLAG), flags[1][1])]
    parts: list[tuple[str, int]] = []
    at = 0
    for top, flag in flags:
        parts += [("", top - at), (_flag(flag), FLAG)]
        at = top + FLAG
    return pile(POINTER, *parts, ("", height - at))


def _flag(flag: Flag) -> str:
    width = POINTER - 6
    role: TextRole = "on dark" if flag.is_sp else "on light"
    name = text(squeeze(flag.register, width - 6, mono(9)), role, 9)
    return line(gap(3), cell(line(gap(5), cell(name, width - 5, FLAG)), width, FLAG,
                             box="flag sp" if flag.is_sp else "flag fp"), gap(3))  # fmt: skip


def _cell(made: Cell, row: Row, columns: StackColumns, words: Words) -> str:
    height = made.lines * HALF
    inner = columns.cell - 2 * PAD
    lines = _lines(made, inner, words)
    if len(lines) == 1:
        content = cell(lines[0], inner, height)
    else:
        space = (height - 2 * _LINE) // 2
        content = cell(pile(inner, ("", space), (lines[0], _LINE), (lines[1], _LINE),
                            ("", height - 2 * _LINE - space)), inner, height)  # fmt: skip
    return cell(line(gap(PAD), content, gap(PAD)), columns.cell, height, rows=made.lines,
                box=made.mark or made.shape, port=port(made.address))  # fmt: skip


def _lines(made: Cell, inner: int, words: Words) -> tuple[str, ...]:
    """Return the one or two lines of a cell, each `inner` wide."""
    tone = _tone(made.shape)
    label_role: TextRole = (
        tone if made.is_name else ("quiet" if made.shape in ("live", "red zone") else "ghost")
    )
    value_role: TextRole = "strong" if made.mark else ("ghost" if made.is_ghost else tone)
    note_role: TextRole = (
        "ghost" if made.is_ghost else ("quiet" if made.shape in ("live", "red zone") else "stale")
    )
    face: Face = "mono" if made.is_name else "sans"
    measure = mono(11) if made.is_name else sans(10)
    size = 11 if made.is_name else 10
    value, note = made.value, made.note
    if made.lines == 1 and note:
        value, note = f"{value} {note}".strip(), ""
    tag, tag_width = pill(made.mark, words) if made.mark else ("", 0)

    def left(width: int) -> str:
        return text(squeeze(made.label, width, measure), label_role, size, face)

    def right(content: str, role: TextRole, width: int, points: int) -> str:
        return cell(text(squeeze(content, width, mono(points)), role, points), width, _LINE, align="RIGHT")

    label_width = ceil(measure(made.label)) if made.label else 0
    value_width = ceil(mono(11)(value)) if value else 0
    if made.lines == 1:
        least = max(_LABEL, min(label_width, (inner - tag_width) * 9 // 20))
        value_width = min(value_width, inner - tag_width - least)
    with_tag = max(_LABEL, label_width + _AFTER) + tag_width
    if made.lines == 1 or (not note and (with_tag if tag else label_width) + value_width <= inner):
        room = inner - value_width - tag_width
        if not tag:
            return (line(cell(left(room), room, _LINE), right(value, value_role, value_width, 11))
                    if value else line(cell(left(inner), inner, _LINE)),)  # fmt: skip
        before = max(1, min(max(_LABEL, label_width + _AFTER), room))
        cells = cell(left(before), before, _LINE) + cell(tag, tag_width, PILL)
        if room > before:
            cells += gap(room - before, _LINE)
        return (line(cells + (right(value, value_role, value_width, 11) if value else "")),)
    if (
        not note and label_width + value_width > inner
    ):  # too long a value for the first line: all of the second
        value_width = min(value_width, inner - tag_width)
        first = line(cell(left(inner), inner, _LINE))
        below = right(value, value_role, inner - tag_width, 11)
        return first, line((cell(tag, tag_width, PILL) if tag else "") + below)
    value_width = min(value_width, inner - min(label_width, inner // 2))
    first = line(cell(left(inner - value_width), inner - value_width, _LINE)
                 + (right(value, value_role, value_width, 11) if value_width else ""))  # fmt: skip
    rest = inner - tag_width
    points = 11 if made.is_ghost and "··" in note else 10
    second = line((cell(tag, tag_width, PILL) if tag else "") + right(note, note_role, rest, points))
    return first, second


def _tone(shape: Shape) -> TextRole:
    return _TONES[shape]


def pill(mark: Mark, words: Words) -> tuple[str, int]:
    """Return a pill and its width."""
    box, role = _PILLS[mark]
    word = words(mark)
    width = ceil(sans(9)(word)) + _PILL_PAD - 2
    return line(cell(text(word, role, 9, "sans"), width, PILL, align="CENTER", box=box)), width
