"""A drawing's SVG with the style of figure.css written into its elements, as WeasyPrint reads it.

WeasyPrint does not apply the page's style sheet inside an SVG, and a style sheet inside each would be matched a
thousand times. Here the one style sheet is read once, and each element gets what its classes say as attributes.
Fonts are named, those `stackreel doctor` asks for: without a name Chinese is set in Japanese letters, and without the
font that dot measured with, a text may leave its cell.

Trusts figure.css to have rules of one class or element inside `.sd`, in the order in which they win.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tinycss2.parser import parse_blocks_contents, parse_stylesheet
from tinycss2.serializer import serialize

from stackreel import figure

MONO = "DejaVu Sans Mono, Noto Sans Mono CJK SC"
SANS = "DejaVu Sans, Noto Sans CJK SC"

_FONTS = {"--sd-mono": MONO, "--sd-sans": SANS}
_USE = re.compile(r"var\((--sd-[\w-]+)\)")
_FONT = re.compile(r"(?P<size>[\d.]+)px (?P<family>.+)")
_INSIDE = ".sd "
_FOR_PAGES = "/* in a page */"

Style = Mapping[str, str]


def inked(svg: str) -> Element:
    """Return the SVG as a tree whose elements carry their style as attributes."""
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        kinds = (element.tag.rpartition("}")[2], *(f".{name}" for name in element.get("class", "").split()))
        for name, value in _style(kinds).items():
            element.set(name, value)
    return root


@cache
def _style(kinds: tuple[str, ...]) -> Style:
    """Return what the rules say of an element with this name and these classes."""
    found: dict[str, str] = {}
    for selector, style in _rules():
        if selector in kinds:
            found.update(style)
    return found


@cache
def _rules() -> tuple[tuple[str, Style], ...]:
    """Return figure.css's rules for what is inside a drawing, in its colours for a light ground."""
    properties = dict(_FONTS)
    rules: list[tuple[str, Style]] = []
    sheet = figure.css().partition(_FOR_PAGES)[0]
    for rule in parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule":
            continue
        said = {
            declared.name: serialize(declared.value).strip()
            for declared in parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
            if declared.type == "declaration"
        }
        properties = {name: value for name, value in said.items() if name.startswith("--")} | properties
        style = {name: _valued(value, properties) for name, value in said.items()}
        for selector in serialize(rule.prelude).split(","):
            if selector.strip().startswith(_INSIDE):
                rules.append((selector.strip().removeprefix(_INSIDE), _attributes(style)))
    return tuple(rules)


def _valued(text: str, properties: Style) -> str:
    return _USE.sub(lambda use: properties[use[1]], text)


def _attributes(style: Style) -> Style:
    """Return a style as presentation attributes: `font` is none of them, and lengths have no unit."""
    found = dict(style)
    font = _FONT.fullmatch(found.pop("font", ""))
    if font is not None:
        found = {"font-size": font["size"], "font-family": font["family"], **found}
    return {name: value.removesuffix("px") for name, value in found.items()}
