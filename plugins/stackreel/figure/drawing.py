"""Scenes to drawings: DOT, dot, SVG with classes, text and table.

All scenes handed over together go through as few dot processes as can be, and none at all if they are cached.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from stackreel.figure.cell_table import table
from stackreel.figure.characters import text
from stackreel.figure.drawn import read_panels
from stackreel.figure.finish import code_markup, hatch_pattern, stack_markup
from stackreel.figure.graphviz_run import identity, svg_of
from stackreel.figure.metrics import GAP, PANEL, code_height, stack_height
from stackreel.figure.scene import Scene
from stackreel.figure.source import dot_source, identifier
from stackreel.figure.style import standalone_css
from stackreel.figure.svg import NAMESPACE, element, escaped
from stackreel.figure.words import Words

PanelName = Literal["code", "stack"]


class Cache(Protocol):
    """Where drawings of dot are kept between builds: text by key, a key once stored never changes its meaning."""

    def get(self, key: str) -> str | None:
        """Return what was stored under `key`, or None."""
        ...

    def __setitem__(self, key: str, value: str) -> None:
        """Store `value` under `key`."""
        ...


@dataclass(frozen=True)
class Panel:
    """One panel as SVG elements in its own units, without the `svg` around them; `defs` are what it refers to."""

    name: PanelName
    width: int
    height: int
    title: str
    description: str
    body: str
    defs: str


@dataclass(frozen=True)
class Drawing:
    """A finished figure.

    `svg` is for a page that has figure.css: one `svg` element a panel, code first. `width` and `height` are those
    of the panels side by side, in units. `text` is the figure in characters, `table` the same content as an HTML
    table.
    """

    ident: str
    svg: str
    width: int
    height: int
    title: str
    description: str
    text: str
    table: str
    sentence: str
    panels: tuple[Panel, ...]


def draw(scenes: Sequence[Scene], cache: Cache | None = None) -> tuple[Drawing, ...]:
    """Return the drawings of `scenes`, in order; what `cache` has is not drawn again.

    Raises ToolError where dot is missing, fails, or lacks its fonts.
    """
    if not scenes:
        return ()
    sources = [dot_source(scene) for scene in scenes]
    dot = identity()
    keys = [_key(dot, source) for source in sources]
    drawn = {key: found for key in keys if cache is not None and (found := cache.get(key)) is not None}
    missing = {
        scene.ident: source
        for scene, source, key in zip(scenes, sources, keys, strict=True)
        if key not in drawn
    }
    fresh = svg_of(missing)
    for scene, key in zip(scenes, keys, strict=True):
        if key not in drawn:
            drawn[key] = fresh[scene.ident]
            if cache is not None:
                cache[key] = drawn[key]
    return tuple(_drawing(scene, drawn[key]) for scene, key in zip(scenes, keys, strict=True))


def _key(dot: str, source: str) -> str:
    return hashlib.sha256(f"dot {dot}\n{source}".encode()).hexdigest()


def _drawing(scene: Scene, svg: str) -> Drawing:
    words = Words(scene.language)
    code, stack = read_panels(svg, scene.ident)
    hatch = f"{identifier(scene.ident)}-hatch"
    is_hatched = any(bracket.kind == "red zone" for bracket in scene.brackets)
    panels = (
        Panel("code", PANEL, code_height(scene), words("title code"), _code_description(scene, words),
              code_markup(code), ""),
        Panel("stack", PANEL, stack_height(scene), scene.title, scene.description,
              stack_markup(stack, scene, hatch), hatch_pattern(hatch) if is_hatched else ""),
    )  # fmt: skip
    ident = identifier(scene.ident)
    return Drawing(
        ident=ident,
        svg="".join(_panel_svg(ident, panel) for panel in panels),
        width=2 * PANEL + GAP,
        height=max(panel.height for panel in panels),
        title=scene.title,
        description=scene.description,
        text=text(scene),
        table=table(scene),
        sentence=scene.sentence,
        panels=panels,
    )


def _code_description(scene: Scene, words: Words) -> str:
    executed = next((line.text for line in scene.code if line.is_executed), "")
    following = next((line for line in scene.code if line.is_next and not line.is_heading), None)
    pc = f"{scene.next_pc:#x}"
    if scene.outcome == "failed":
        return words("code failed", instruction=" ".join(executed.split())) if executed else ""
    said = [words("code executed", instruction=" ".join(executed.split()))] if executed else []
    if scene.outcome == "ended":
        said.append(words("code ended" if following else "code ended elsewhere", address=pc))
    elif following:
        said.append(words("code next", instruction=" ".join(following.text.split())))
    else:
        said.append(words("code elsewhere", address=pc))
    return " ".join(said)


def _panel_svg(ident: str, panel: Panel) -> str:
    return _svg(f"{ident}-{panel.name}", panel, panel.defs + panel.body)


def _svg(ident: str, of: Panel | Drawing, content: str) -> str:
    """Return an `svg` element of the size and with the title and description of `of`."""
    head = element("title", escaped(of.title), id=f"{ident}-t")
    head += element("desc", escaped(of.description), id=f"{ident}-d")
    return element(
        "svg",
        head + content,
        xmlns=NAMESPACE,
        class_="sd",
        view_box=f"0 0 {of.width} {of.height}",
        width=of.width,
        height=of.height,
        role="img",
        aria_labelledby=f"{ident}-t {ident}-d",
    )


def page_svg(drawing: Drawing, panels: Sequence[PanelName] = ("code", "stack")) -> str:
    """Return the `svg` elements of the chosen panels, for a page that has figure.css."""
    chosen = [panel for name in panels for panel in drawing.panels if panel.name == name]
    return "".join(_panel_svg(drawing.ident, panel) for panel in chosen)


def standalone_svg(drawing: Drawing) -> str:
    """Return one SVG document with both panels side by side and its own style, light or dark as the reader's system."""
    groups, left = "", 0
    for panel in drawing.panels:
        groups += panel.defs + element("g", panel.body, transform=f"translate({left})" if left else "")
        left += panel.width + GAP
    style = element("style", escaped(standalone_css()).replace("&gt;", ">"))
    document = _svg(drawing.ident, drawing, style + groups)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'
