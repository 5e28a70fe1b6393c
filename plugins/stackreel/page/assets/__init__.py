"""The files a page of figures needs beside it: one style sheet and one script, named after their contents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files

from stackreel import figure

FOLDER = "assets/stackreel"
"""Where a site keeps them, as other themes' assets are kept."""


@dataclass(frozen=True)
class Asset:
    """A file of a site: its address relative to the site's root, and what is in it."""

    uri: str
    content: str


def style() -> Asset:
    """Return the style sheet: the drawings' and the page's."""
    return _asset("stackreel", "css", figure.css() + _read("page.css"))


def script() -> Asset:
    """Return the script, an ES module."""
    return _asset("reel", "js", _read("reel.js"))


def assets() -> tuple[Asset, Asset]:
    """Return the style sheet and the script."""
    return style(), script()


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


def _asset(name: str, kind: str, content: str) -> Asset:
    digest = hashlib.sha256(content.encode()).hexdigest()[:10]
    return Asset(f"{FOLDER}/{name}.{digest}.{kind}", content)
