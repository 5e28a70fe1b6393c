"""From what dot drew to SVG with classes: the roles' colours become classes, and what dot cannot draw is added.

Places come from dot; shapes are ours: flags, pills, dots, brackets with turned names, the hatch of the red zone.
Colours and fonts are figure.css's alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stackreel.figure.drawn import Box, PanelDrawing, Text
from stackreel.figure.lettering import ELLIPSIS, MONO_ADVANCE, NO_BREAK, is_gridded, natural
from stackreel.figure.metrics import PAD, StackColumns, stack_columns
from stackreel.figure.roles import TEXT_CLASSES
from stackreel.figure.runs import cell_runs
from stackreel.figure.scene import Scene
from stackreel.figure.svg import element, escaped, number

_TIP = 6
"""Length of a flag's point."""

_SHORTEST_GRID = 3
"""Characters up to which a run needs no textLength."""

_DROP = 0.07
"""What dot's baselines lack to the middle of a line, in em."""

_BRACKET_INSET = 2
_NAME_GAP = 4
_NAME_SIZES = (10, 9)
_LEAST_NAME = 2


@dataclass(frozen=True)
class Layers:
    """Markup from the ground up."""

    ground: list[str]
    marks: list[str]
    text: list[str]

    def markup(self) -> str:
        """Return all of it."""
        return "".join((*self.ground, *self.marks, *self.text))


def code_markup(drawing: PanelDrawing) -> str:
    """Return the inside of the code panel."""
    layers = Layers([], [], [])
    for box in drawing.boxes:
        _code_box(box, layers)
    pills = _pills(drawing)
    layers.text.extend(_text(run, pills, None) for run in drawing.texts)
    return layers.markup()


def stack_markup(drawing: PanelDrawing, scene: Scene, hatch: str) -> str:
    """Return the inside of the stack panel; `hatch` is the id of the pattern for the red zone.

    Raises ToolError where dot did not draw the cells of `scene`.
    """
    layers = Layers([], [], [])
    columns = stack_columns(scene)
    brackets = iter(scene.brackets)
    for box in drawing.boxes:
        if box.role.startswith("bracket"):
            _bracket(box, next(brackets).names, hatch, layers)
        elif box.role.startswith(("pill", "flag")):
            layers.marks.append(_sign(box))
    pills = _pills(drawing)
    runs = cell_runs(drawing, scene, columns)
    layers.ground[:0] = runs.ground
    layers.marks[:0] = runs.marks
    layers.marks.extend(runs.links)
    layers.text.extend(_text(run, pills, columns) for run in drawing.texts)
    return layers.markup()


def hatch_pattern(ident: str) -> str:
    """Return the definition of the hatch."""
    stripe = element("path", class_="hl", d="M0 0V5")
    return element(
        "defs",
        element("pattern", stripe, id=ident, width="5", height="5", pattern_units="userSpaceOnUse",
                pattern_transform="rotate(45)"),
    )  # fmt: skip


def _code_box(box: Box, layers: Layers) -> None:
    if box.role == "executed":
        layers.ground.append(_rect("band", box))
        layers.ground.append(element("rect", class_="bar", x=box.x, y=box.y, width=3, height=box.height))
    elif box.role in ("key stale", "key red zone"):
        kind = "stale" if box.role == "key stale" else "red"
        layers.ground.append(_rect(f"box {kind}", box))
    else:
        layers.marks.append(_sign(box))


def _rect(kind: str, box: Box) -> str:
    return element("rect", class_=kind, x=box.x, y=box.y, width=box.width, height=box.height)


def _sign(box: Box) -> str:
    """Return a pill, a flag or a dot."""
    kind, _, which = box.role.partition(" ")
    if kind == "pill":
        return element("rect", class_="pw" if which == "written" else "pr", x=box.x, y=box.y, width=box.width,
                       height=box.height, rx=box.height / 2)  # fmt: skip
    if kind == "flag":
        left, top, bottom = number(box.x + 0.5), number(box.y + 0.5), number(box.y + box.height - 0.5)
        right, shoulder = number(box.x + box.width), number(box.x + box.width - _TIP)
        middle = number(box.y + box.height / 2)
        return element("path", class_="fo" if which == "fp" else "fs",
                       d=f"M{left} {top}H{shoulder}L{right} {middle}L{shoulder} {bottom}H{left}Z")  # fmt: skip
    radius = box.width / 2
    return element("circle", class_="dc" if kind == "changed" else "ds", cx=box.x + radius,
                   cy=box.y + box.height / 2, r=radius - 0.4)  # fmt: skip


def _bracket(box: Box, names: tuple[str, ...], hatch: str, layers: Layers) -> None:
    top, bottom = box.y + _BRACKET_INSET, box.y + box.height - _BRACKET_INSET
    if box.role == "bracket red zone":
        bar = element("rect", x=box.x, y=top, width=box.width, height=bottom - top, fill=f"url(#{hatch})")
        layers.ground.append(bar)
    else:
        right = box.x + box.width - 1
        shape = f"M{number(box.x)} {number(top)}H{number(right)}V{number(bottom)}H{number(box.x)}"
        kind = "bf" if box.role == "bracket frame" else "bs"
        layers.ground.append(element("path", class_=kind, d=shape))
    name, size = _fitting(names, box.height - _NAME_GAP)
    if name:
        place = f"translate({number(box.x + box.width + 11)} {number(box.y + box.height / 2)}) rotate(-90)"
        layers.text.append(element("text", escaped(name), class_=f"w m c s{size}", transform=place))


def _fitting(names: tuple[str, ...], room: float) -> tuple[str, int]:
    """Return the longest wording that fits and its size; where none does, the beginning of the first name alone."""
    for size in _NAME_SIZES:
        for name in names:
            if natural(name, size) <= room:
                return name, size
    size = _NAME_SIZES[-1]
    short = names[-1]
    while short and natural(short + ELLIPSIS, size) > room:
        short = short[:-1]
    return (short + ELLIPSIS if len(short) >= _LEAST_NAME else ""), size


def _text(run: Text, pills: Sequence[Box], columns: StackColumns | None) -> str:
    content = run.content.strip(NO_BREAK + " ").replace(NO_BREAK, " ")
    lead = len(run.content) - len(run.content.lstrip(NO_BREAK + " "))
    width = len(content) * run.size * MONO_ADVANCE
    x = run.x + (lead * run.size * MONO_ADVANCE if run.is_mono else 0)
    y = run.y + _DROP * run.size
    classes = ["" if run.is_mono else "w", TEXT_CLASSES[run.role], "" if run.size == 11 else f"s{run.size}"]
    if run.role == "stale" and not run.is_mono:
        classes[1] = "z"
    pill = next((b for b in pills if _holds(b, run)), None)
    if pill and not run.is_mono:
        classes.append("c")
        x = pill.x + pill.width / 2
    end = _right_edge(run, columns) if columns and run.is_mono else None
    if end is not None:
        classes.append("e")
        x = end
    grid = width if run.is_mono and len(content) > _SHORTEST_GRID and is_gridded(content) else ""
    has_runs = "  " in content
    return element(
        "text",
        escaped(content),
        class_=" ".join(filter(None, classes)),
        x=x,
        y=y,
        text_length=grid,
        xml_space="preserve" if has_runs else "",
    )


def _pills(drawing: PanelDrawing) -> Sequence[Box]:
    return [box for box in drawing.boxes if box.role.startswith("pill")]


def _holds(box: Box, run: Text) -> bool:
    return box.x - 2 <= run.x <= box.x + box.width and box.y <= run.y <= box.y + box.height


def _right_edge(run: Text, columns: StackColumns) -> float | None:
    """Return the right edge of a column whose text stands against it, None for columns set from the left."""
    edges: Iterator[tuple[float, float, float]] = iter(
        (
            (0, columns.offset, columns.offset),
            (columns.offset, 2 * columns.offset, 2 * columns.offset),
            (columns.cell_left + PAD + 1, columns.cell_right, columns.cell_right - PAD),
        )
    )
    return next(
        (edge for low, high, edge in edges if low <= run.x < high and run.role != "heading"), None
    ) or (_heading_edge(run, columns))


def _heading_edge(run: Text, columns: StackColumns) -> float | None:
    if run.role == "heading" and run.x < 2 * columns.offset:
        return columns.offset if run.x < columns.offset else 2 * columns.offset
    return None
