"""A scene as characters: listing, registers and stack below each other, at most WIDTH columns, for any fixed font.

With `ascii` the drawing uses no character outside ASCII; names and words of the scene's language stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stackreel.figure.lettering import columns, left, right, squeeze, wrapped
from stackreel.figure.scene import Cell, CodeLine, RegisterLine, Row, Scene, Shape
from stackreel.figure.words import Words

WIDTH = 100
"""Columns of a text figure, at most."""

_CELL = 44
_POINTERS = 9
_REGISTERS = 3
_INDENT = 6


@dataclass(frozen=True)
class _Pen:
    """The characters a figure is drawn with, and what words are spelled without."""

    sides: Mapping[Shape, str]
    top: str
    rule: str
    edge: str
    bottom: str
    bracket: Mapping[str, tuple[str, str, str, str]]  # first, middle, last, only
    points: str
    link: tuple[str, str, str, str]  # target, between, source, both
    executed: str
    dots: Mapping[str, str]
    spelling: Mapping[str, str]

    def word(self, text: str) -> str:
        """Spell `text` with the characters allowed."""
        for sign, plain in self.spelling.items():
            text = text.replace(sign, plain)
        return text


_UNICODE = _Pen(
    {"live": "│", "red zone": "╎", "stale": "┊", "unwritten": "┊"},
    "┌─┐",
    "├┄┤",
    "╞═╡",
    "└─┘",
    {"frame": ("┐", "│", "┘", "]"), "red zone": ("╎", "╎", "╎", "╎"), "stale": ("┊", "┊", "┊", "┊")},
    "▸",
    ("◂┐", " │", "─┘", "◂┤"),
    "✓",
    {"changed": "●", "same": "○"},
    {},
)
_ASCII = _Pen(
    {"live": "|", "red zone": "!", "stale": ":", "unwritten": ":"},
    "+-+",
    "+.+",
    "+=+",
    "+-+",
    {"frame": ("\\", "|", "/", "]"), "red zone": ("!", "!", "!", "!"), "stale": (":", ":", ":", ":")},
    ">",
    ("<+", " |", "-+", "<+"),
    "*",
    {"changed": "*", "same": "o"},
    {"↑": "^", "↓": "v", "…": "...", "⋯": "...", "·": ".", "’": "'", "“": '"', "”": '"'},
)


def text(scene: Scene, ascii: bool = False) -> str:
    """Return the figure of `scene` in characters, lines without trailing spaces, ending with a newline."""
    pen = _ASCII if ascii else _UNICODE
    words = Words(scene.language)
    parts = [
        [scene.title, *(wrapped(scene.sentence, WIDTH) if scene.sentence else [])],
        list(_code(scene, pen)),
        list(_registers(scene, pen, words)),
        list(_stack(scene, pen, words)),
    ]
    lines = [
        squeeze(pen.word(line), WIDTH, columns).rstrip() for part in parts if part for line in (*part, "")
    ]
    return "\n".join(lines[:-1]) + "\n"


def _code(scene: Scene, pen: _Pen) -> Iterator[str]:
    lines = list(scene.code)
    while lines and lines[-1] == CodeLine():
        lines.pop()
    if not lines:
        return
    yield f"{scene.code_title}  {scene.code_prefix}…" if scene.code_prefix else scene.code_title
    for line in lines:
        mark = pen.executed if line.is_executed else ""
        if line.is_next:
            mark = f"{scene.pc} {pen.points}"
        if line.is_heading:
            yield f"{mark:>{_INDENT - 1}} {line.text}" + ("" if line.is_next else ":")
            continue
        yield f"{mark:>{_INDENT - 1}} {line.address} {line.offset}  {line.text}"


def _registers(scene: Scene, pen: _Pen, words: Words) -> Iterator[str]:
    yield words("registers")
    name = max((len(r.name) for r in (*scene.registers, *scene.wide)), default=0)
    rows = -(-len(scene.registers) // _REGISTERS)
    for i in range(rows):
        yield "".join(left(_register(r, name, pen), 30) for r in scene.registers[i::rows])
    for wide in scene.wide:
        yield f"{left(_register(wide, name, pen), 30)}{wide.detail}"
    if scene.flags:
        bits = "  ".join(f"{bit.name} {bit.value}" for bit in scene.flags)
        changed = [bit.name for bit in scene.flags if bit.is_changed]
        yield f"    {words('flags')}  {bits}" + (
            f"  ({pen.dots['changed']} {' '.join(changed)})" if changed else ""
        )


def _register(register: RegisterLine, name: int, pen: _Pen) -> str:
    dot = pen.dots.get(register.change, " ")
    return f"  {dot} {register.name:<{name}}  {register.value}"


def _stack(scene: Scene, pen: _Pen, words: Words) -> Iterator[str]:
    offset, before = _offset_width(scene), _before(scene)
    yield words("offset from")
    prefix = f"{right(scene.fp, offset)} {right(scene.sp, offset)}  {pen.word(scene.prefix + '…')}"
    yield f"{left(prefix, before)}  {words('higher')}"
    above: Shape | None = None
    for index, row in enumerate(scene.rows):
        channel = _Channel(scene, index, pen)
        for cell in row.cells:
            if cell.line == 0 or cell.shape != above:
                rule = _rule(index if cell.line == 0 else -1, cell, above, scene, pen)
                if rule:
                    is_first = cell.line == 0
                    yield (
                        " " * before
                        + rule
                        + channel.above()
                        + (_side(scene, index, pen, "rule") if not is_first or _goes_on(scene, index) else "")
                    )
            above = cell.shape
            for number, content in enumerate(_content(cell, pen, words)):
                is_top = cell.line == 0 and number == 0
                margin = _margin(row, cell, scene, pen, offset) if number == 0 else ""
                side = _side(scene, index, pen, "top" if is_top else "middle")
                if cell is row.cells[-1] and number == len(_content(cell, pen, words)) - 1:
                    side = _side(scene, index, pen, "only" if is_top else "bottom")
                yield left(margin, before) + content + channel.beside(cell, number) + side
    yield " " * before + pen.bottom[0] + pen.bottom[1] * (_CELL - 2) + pen.bottom[2]
    yield f"{'':{before}}  {words('lower')}"


def _goes_on(scene: Scene, index: int) -> bool:
    return any(b.first < index <= b.last for b in scene.brackets)


def _before(scene: Scene) -> int:
    """Return the columns left of the cells."""
    return 2 * _offset_width(scene) + 5 + scene.digits + _POINTERS


def _offset_width(scene: Scene) -> int:
    return max(4, scene.offset_width)


def _rule(index: int, cell: Cell, above: Shape | None, scene: Scene, pen: _Pen) -> str:
    """Return the line above a cell: of the figure, a frame, or where the kind of cell changes."""
    if index in scene.edges:
        ends = pen.edge
    elif above is None:
        ends = pen.top
    elif cell.shape != above:
        ends = pen.rule
    else:
        return ""
    return ends[0] + ends[1] * (_CELL - 2) + ends[2]


def _margin(row: Row, cell: Cell, scene: Scene, pen: _Pen, offset: int) -> str:
    piece = next((p for p in row.pieces if p.address == cell.address), row.pieces[-1])
    flags = [f.register for f in row.flags if cell.line <= f.line < cell.line + cell.lines]
    pointer = f"{' '.join(flags)} {pen.points}" if flags else ""
    address = f"{cell.address:x}"[-scene.digits :]
    return f"{right(piece.from_fp, offset)} {right(piece.from_sp, offset)}  {address} {right(pointer, _POINTERS)} "


def _content(cell: Cell, pen: _Pen, words: Words) -> Sequence[str]:
    """Return the lines of a cell, with its sides."""
    inner = _CELL - 4
    side = pen.sides[cell.shape]
    mark = f" [{words(cell.mark)}]" if cell.mark else ""
    value = squeeze(pen.word(cell.value), inner - min(columns(cell.label), 12) - columns(mark) - 2, columns)
    label = squeeze(pen.word(cell.label), inner - columns(value) - columns(mark) - 1, columns) + mark
    lines = [label + right(value, inner - columns(label))]
    if cell.note:
        lines.append(right(squeeze(pen.word(cell.note), inner, columns), inner))
    return [f"{side} {line} {side}" for line in lines]


class _Channel:
    """The links beside the cells of one row, one column for all: they never cross, as frames are nested."""

    def __init__(self, scene: Scene, index: int, pen: _Pen) -> None:
        self._pen = pen
        self._is_source = any(link.source == index for link in scene.links)
        self._is_target = any(link.target == index for link in scene.links)
        self._passes = any(link.target < index < link.source for link in scene.links)
        self._from_above = any(link.target < index <= link.source for link in scene.links)
        self._has_any = bool(scene.links)

    def above(self) -> str:
        """Return what stands beside the rule above the row."""
        return self._cut(self._pen.link[1] if self._from_above else "  ")

    def beside(self, cell: Cell, number: int) -> str:
        """Return what stands beside line `number` of `cell`."""
        target, between, source, both = self._pen.link
        if cell.line == 0 and number == 0:
            if self._is_source and self._is_target:
                return self._cut(both)
            if self._is_source or self._is_target:
                return self._cut(source if self._is_source else target)
        is_below = self._is_target and (cell.line > 0 or number > 0)
        return self._cut(between if self._passes or is_below else "  ")

    def _cut(self, sign: str) -> str:
        return sign + " " if self._has_any else " "


def _side(scene: Scene, index: int, pen: _Pen, where: str) -> str:
    """Return the bracket and, on its first line, its name."""
    bracket = next((b for b in scene.brackets if b.first <= index <= b.last), None)
    if bracket is None:
        return ""
    first, middle, last, only = pen.bracket[bracket.kind]
    is_first, is_last = index == bracket.first, index == bracket.last
    room = WIDTH - _before(scene) - _CELL - (5 if scene.links else 3)
    names = [pen.word(name) for name in bracket.names]
    fitting = next((name for name in names if columns(name) <= room), names[-1])
    name = f" {squeeze(fitting, room, columns)}"
    if where == "only" and is_first and is_last:
        return only + name
    if where in ("top", "only") and is_first:
        return first + name
    if where in ("bottom", "only") and is_last:
        return last
    return middle
