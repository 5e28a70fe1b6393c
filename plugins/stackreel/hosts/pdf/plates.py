"""Drawings taken out of a page's HTML before it is parsed, and what says the same in words kept as their text.

A page of reels is megabytes of SVG that is ours: parsing it as HTML would be most of the work, and WeasyPrint wants
it as a document of its own. Each drawing becomes an `img` with an address of its own. The tables under the drawings
and the player's data are for the screen.

Trusts that a drawing is what `figure` writes: one `svg` of class `sd` that holds none, with a title and a description.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from xml.etree import ElementTree

from stackreel.figure import LANGUAGES, Words

SCHEME = "drawing"
"""What the addresses of drawings begin with."""

_DRAWING = re.compile(r'<svg xmlns="http://www\.w3\.org/2000/svg" class="sd".*?</svg>', re.DOTALL)
_TABLE = re.compile(r'<details class="sd-table".*?</details>', re.DOTALL)
_REEL = re.compile(r"""<stack-reel\b(?:"[^"]*"|'[^']*'|[^>"'])*>""")
_DATA = re.compile(r" data-[a-z]+='[^']*'")
_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Plate:
    """A drawing: its SVG, its size in CSS pixels, what it shows in words.

    `is_marked`: something in it was just written or read. `state`: equal in drawings that show the same but for that.
    """

    svg: str
    width: float
    height: float
    words: str
    is_marked: bool
    state: int


@dataclass
class Plates:
    """The drawings of a document by their addresses; equal ones are kept once."""

    _by_address: dict[str, Plate] = field(default_factory=dict)

    def take(self, html: str) -> str:
        """Return a page's HTML with an `img` for each drawing, without what is for the screen alone."""
        light = _REEL.sub(lambda reel: _DATA.sub("", reel[0]), _TABLE.sub("", html))
        return _DRAWING.sub(lambda found: self.put(found[0]), light)

    def put(self, svg: str) -> str:
        """Keep a drawing; return the `img` that shows it."""
        address = f"{SCHEME}:{hashlib.sha256(svg.encode()).hexdigest()[:20]}"
        if address not in self._by_address:
            self._by_address[address] = _plate(svg)
        plate = self._by_address[address]
        return f'<img class="sd" src="{address}" alt="{escape(plate.words)}">'

    @property
    def all(self) -> Mapping[str, Plate]:
        """All drawings by their addresses."""
        return self._by_address


_MARKS = frozenset(("wr", "rd"))
_FLAGS = frozenset(("fs", "fo"))
_PILL = frozenset("oa")


def _plate(svg: str) -> Plate:
    root = ElementTree.fromstring(svg)
    said = [" ".join((root.findtext(f"{_SVG}{name}") or "").split()) for name in ("title", "desc")]
    is_marked, shown = False, []
    for element in root:
        kinds = frozenset(element.get("class", "").split())
        is_marked |= bool(kinds & _MARKS)
        is_pill = {"w", "c"} <= kinds and bool(kinds & _PILL)
        if (element.text and "x" in element.attrib and not is_pill) or kinds & _FLAGS:
            shown.append((element.get("y"), element.get("d"), element.text))
    return Plate(
        svg=svg,
        width=float(root.get("width", "0")),
        height=float(root.get("height", "0")),
        words="\n".join(filter(None, map(_without_table, said))),
        is_marked=is_marked,
        state=hash(tuple(shown)),
    )


def _without_table(said: str) -> str:
    """Return a description without the sentence that sends its reader to a table, which paper does not have."""
    for language in LANGUAGES:
        said = said.removesuffix(Words(language)("see table")).rstrip()
    return said
