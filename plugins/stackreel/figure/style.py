"""The style sheet of the drawings: as a site includes it once, and as a single SVG carries it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_FILE = "figure.css"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s*([{}:;,>])\s*|\s+")
_PROPERTY = re.compile(r"(--sd-[\w-]+)\s*:\s*([^;}]+)")
_USE = re.compile(r"(?<![\w-])([a-z][a-z-]*):([^;{}]*var\(--sd-[\w-]+\)[^;{}]*)")
_VARIABLE = re.compile(r"var\((--sd-[\w-]+)\)")
_DRAWING_END = "/* in a page */"
_AUTO = ":root{color-scheme:light dark}"


@cache
def css() -> str:
    """Return figure.css: a site includes it once, and may set any of its properties anew."""
    return files(__package__).joinpath(_FILE).read_text(encoding="utf-8")


@cache
def standalone_css() -> str:
    """Return the rules of the drawing alone, compact, for an SVG that stands by itself.

    It follows the reader's light or dark. Every declaration that uses a property has one before it with the light
    value, so that renderers without properties (librsvg and the like) draw the light figure.
    """
    drawing = css().partition(_DRAWING_END)[0]
    compact = _SPACE.sub(lambda m: m[1] or " ", _COMMENT.sub("", drawing)).strip().replace(";}", "}")
    light = light_values()
    return _AUTO + _USE.sub(lambda use: f"{use[1]}:{_plain(use[2], light)};{use[0]}", compact)


def _plain(value: str, light: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda name: light[name[1]], value)


@cache
def light_values() -> Mapping[str, str]:
    """Return the properties as their first, plain declaration has them: the light theme."""
    block = _COMMENT.sub("", css()).partition("@")[0]
    return {name: value.strip() for name, value in _PROPERTY.findall(block)}
