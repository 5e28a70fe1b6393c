"""Stack figures: views become scenes, scenes become SVG, text and tables. Drawn by Graphviz, styled by figure.css."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackreel.lazy import exports

if TYPE_CHECKING:
    from stackreel.figure.cell_table import brief_table, table
    from stackreel.figure.characters import text
    from stackreel.figure.drawing import Cache, Drawing, Panel, draw, page_svg, standalone_svg
    from stackreel.figure.graphviz_run import identity, version
    from stackreel.figure.reel import LINES, ROWS, compose
    from stackreel.figure.scene import Scene
    from stackreel.figure.source import dot_source
    from stackreel.figure.spelling import Spelling, spellings
    from stackreel.figure.style import css, standalone_css
    from stackreel.figure.words import LANGUAGES, Words


__all__ = [
    "LANGUAGES",
    "LINES",
    "ROWS",
    "Cache",
    "Drawing",
    "Panel",
    "Scene",
    "Spelling",
    "Words",
    "brief_table",
    "compose",
    "css",
    "dot_source",
    "draw",
    "identity",
    "page_svg",
    "sentence",
    "spellings",
    "standalone_css",
    "standalone_svg",
    "table",
    "text",
    "version",
]

__getattr__ = exports(
    __name__,
    {
        "cell_table": "brief_table table",
        "characters": "text",
        "drawing": "Cache Drawing Panel draw page_svg standalone_svg",
        "graphviz_run": "identity version",
        "reel": "LINES ROWS compose",
        "scene": "Scene",
        "source": "dot_source",
        "spelling": "Spelling spellings",
        "style": "css standalone_css",
        "words": "LANGUAGES Words",
    },
)


def sentence(scene: Scene) -> str:
    """Return what the instruction of `scene` did, in one sentence without a full stop."""
    return scene.sentence
