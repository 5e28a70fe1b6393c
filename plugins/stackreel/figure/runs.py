"""The cells of the stack panel as few shapes: one outline a run of like cells, rules inside, marks and links on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from stackreel.errors import ToolError
from stackreel.figure.drawn import Box, PanelDrawing
from stackreel.figure.metrics import CHANNEL, StackColumns, row_tops
from stackreel.figure.scene import Cell, Link, Scene, Shape
from stackreel.figure.svg import element, number

_ORDER: Sequence[Shape] = ("unwritten", "stale", "red zone", "live")
"""From the faintest outline to the strongest, which is drawn last."""

_CLASSES: Mapping[Shape, str] = {
    "live": "box",
    "red zone": "box red",
    "stale": "box stale",
    "unwritten": "box none",
}
_INSETS: Mapping[str, float] = {"written": 1, "read": 0.75}
_CHAIN = 5  # a link that ends where another begins: both keep this far from the middle of the row
_BEND = 6
_HEAD = 7


@dataclass(frozen=True)
class CellRuns:
    """Markup of outlines and rules, of marked cells and frame edges, and of links."""

    ground: list[str]
    marks: list[str]
    links: list[str]


@dataclass(frozen=True)
class _Placed:
    cell: Cell
    row: int
    top: float
    bottom: float


def cell_runs(drawing: PanelDrawing, scene: Scene, columns: StackColumns) -> CellRuns:
    """Return the cells of `scene` where dot put them.

    Raises ToolError where dot's cells are not those of the scene.
    """
    placed = _placed(drawing, scene)
    left, right = columns.cell_left, columns.cell_right
    ground: list[str] = []
    runs = sorted(_runs(placed), key=lambda run: _ORDER.index(run[0].cell.shape))
    for run in runs:
        ground += _outline(run, left, right)
    marks = [_mark(p, left, right) for p in placed if p.cell.mark]
    tops = row_tops(scene)
    if scene.edges:
        rules = "".join(f"M{left} {tops[row]}H{right}" for row in sorted(scene.edges))
        marks.append(element("path", class_="edge", d=rules))
    return CellRuns(ground, marks, _links(scene.links, tops, right))


def _placed(drawing: PanelDrawing, scene: Scene) -> list[_Placed]:
    roles = {"written", "read", *_ORDER}
    boxes = [box for box in drawing.boxes if box.role in roles]
    cells = [(i, cell) for i, row in enumerate(scene.rows) for cell in row.cells]
    wanted = [cell.mark or cell.shape for _, cell in cells]
    if [box.role for box in boxes] != wanted:
        raise ToolError(f"dot's drawing of {scene.ident} has other cells than its source")
    return [_place(box, i, cell) for box, (i, cell) in zip(boxes, cells, strict=True)]


def _place(box: Box, row: int, cell: Cell) -> _Placed:
    return _Placed(cell, row, box.y, box.y + box.height)


def _runs(placed: Sequence[_Placed]) -> list[list[_Placed]]:
    runs: list[list[_Placed]] = []
    for item in placed:
        if runs and runs[-1][-1].cell.shape == item.cell.shape:
            runs[-1].append(item)
        else:
            runs.append([item])
    return runs


def _outline(run: Sequence[_Placed], left: int, right: int) -> list[str]:
    top, bottom = run[0].top, run[-1].bottom
    shapes = [
        element(
            "rect", class_=_CLASSES[run[0].cell.shape], x=left, y=top, width=right - left, height=bottom - top
        )
    ]
    for kind, is_half in (("row", False), ("half", True)):
        rules = [
            f"M{left} {number(below.top)}h{right - left}"
            for above, below in pairwise(run)
            if (above.row == below.row) == is_half
        ]
        if rules:
            shapes.append(element("path", class_=kind, d="".join(rules)))
    return shapes


def _mark(placed: _Placed, left: int, right: int) -> str:
    inset = _INSETS[placed.cell.mark]
    return element(
        "rect",
        class_="wr" if placed.cell.mark == "written" else "rd",
        x=left + inset,
        y=placed.top + inset,
        width=right - left - 2 * inset,
        height=placed.bottom - placed.top - 2 * inset,
    )


def _links(links: Sequence[Link], tops: Sequence[int], right: int) -> list[str]:
    """Return elbows in the channel right of the cells: a dot where the address is held, a head where it points."""
    sources = {link.source for link in links}
    targets = {link.target for link in links}

    def middle(row: int) -> float:
        return (tops[row] + tops[row + 1]) / 2

    drawn = []
    for link in links:
        start = middle(link.source) - (_CHAIN if link.source in targets else 0)
        end = middle(link.target) + (_CHAIN if link.target in sources else 0)
        reach = CHANNEL - 8 - _BEND
        bend = min(_BEND, (start - end) / 2)
        path = (
            f"M{right} {number(start)}h{reach}q{number(bend)} 0 {number(bend)} -{number(bend)}"
            f"V{number(end + bend)}q0 -{number(bend)} -{number(bend)} -{number(bend)}H{right + _HEAD - 1}"
        )
        drawn.append(element("path", class_="ln", d=path))
        drawn.append(element("path", class_="ar", d=f"M{right + 1} {number(end)}l{_HEAD} -3.6v7.2z"))
        drawn.append(element("circle", class_="ar", cx=right, cy=start, r=2))
    return drawn
