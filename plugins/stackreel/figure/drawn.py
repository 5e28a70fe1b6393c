"""dot's SVG as shapes and texts with roles: a parser, without any opinion on what is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from stackreel.errors import ToolError
from stackreel.figure.dot import MONO
from stackreel.figure.roles import BOX_ROLES, TEXT_ROLES, BoxRole, TextRole

_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Box:
    """A filled cell."""

    role: BoxRole
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Text:
    """A run of text: its left end and baseline, size in units, whether in the mono face."""

    role: TextRole
    x: float
    y: float
    size: int
    is_mono: bool
    content: str


@dataclass(frozen=True)
class PanelDrawing:
    """What dot drew of one panel, from the panel's upper left corner; in document order."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    texts: tuple[Text, ...]


def read_panels(svg: str, name: str) -> tuple[PanelDrawing, PanelDrawing]:
    """Return the code panel and the stack panel of dot's document `svg`.

    Raises ToolError, naming the figure `name`, where it is not what the DOT source asked for.
    """
    try:
        root = ElementTree.fromstring(svg.encode())
    except ElementTree.ParseError as error:
        raise ToolError(f"dot's drawing of {name} is not well-formed XML: {error}") from error
    nodes = {
        (node.findtext(f"{_SVG}title") or ""): node
        for node in root.iter(f"{_SVG}g")
        if node.get("class", "").split(" ")[0] == "node"
    }
    if not {"code", "stack"} <= nodes.keys():
        raise ToolError(f"dot's drawing of {name} lacks a panel")
    return _panel(nodes["code"], name), _panel(nodes["stack"], name)


def _panel(node: ElementTree.Element, name: str) -> PanelDrawing:
    boxes = list(_boxes(node))
    if not boxes or not boxes[0].role.endswith("panel"):
        raise ToolError(f"dot's drawing of {name} lacks a panel's ground")
    ground, *rest = boxes
    return PanelDrawing(
        ground.width,
        ground.height,
        tuple(Box(b.role, b.x - ground.x, b.y - ground.y, b.width, b.height) for b in rest),
        tuple(
            Text(t.role, t.x - ground.x, t.y - ground.y, t.size, t.is_mono, t.content) for t in _texts(node)
        ),
    )


def _boxes(node: ElementTree.Element) -> Iterator[Box]:
    for polygon in node.iter(f"{_SVG}polygon"):
        role = BOX_ROLES.get(polygon.get("fill", ""))
        if role is None:
            continue
        points = [tuple(map(float, point.split(","))) for point in polygon.get("points", "").split()]
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        yield Box(role, min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _texts(node: ElementTree.Element) -> Iterator[Text]:
    for text in node.iter(f"{_SVG}text"):
        role = TEXT_ROLES.get(text.get("fill", ""))
        if role is None or not text.text:
            continue
        yield Text(
            role,
            float(text.get("x", "0")),
            float(text.get("y", "0")),
            round(float(text.get("font-size", "0"))),
            text.get("font-family") == MONO,
            text.text,
        )
