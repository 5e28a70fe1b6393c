"""The files a page of figures needs beside it: one style sheet and one script, named after their contents.

The player is written as ES modules, and served as one classic script: browsers refuse modules to a page opened as
a file. The modules import only each other, by name, and no two declare the same name.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from importlib.resources import files

from stackreel import figure
from stackreel.page.player_words import PLAYER_WORDS

FOLDER = "assets/stackreel"
"""Where a site keeps them, as other themes' assets are kept."""


@dataclass(frozen=True)
class Asset:
    """A file of a site: its address relative to the site's root, and what is in it."""

    uri: str
    content: str


def style() -> Asset:
    """Return the style sheet: the drawings' and the page's."""
    return _asset("stackreel", "css", figure.css() + _read("page.css") + _read("player.css"))


def script() -> Asset:
    """Return the script, a classic one to be deferred."""
    return _asset("reel", "js", _bundled())


def assets() -> tuple[Asset, Asset]:
    """Return the style sheet and the script."""
    return style(), script()


_MODULES = ("dom", "words", "steps", "settings", "calls", "spelling", "adjust", "table", "panel", "regions",
            "codepanel", "pane", "timeline", "source", "sentence", "style", "copying", "save", "menus", "taking",
            "sync", "strip", "uncover", "kept", "address", "keys", "pointing", "playback", "reel")  # fmt: skip
"""The modules of the player, each after those it imports."""

_IMPORT = re.compile(r"^import .*? from \"\./\w+\.js\";\n", re.MULTILINE | re.DOTALL)
_EXPORT = re.compile(r"^export (?=const|class|function|async)", re.MULTILINE)
_STYLE = 'DRAWING_STYLE = ""'
_WORDS = "PLAYER_WORDS = {}"


def _bundled() -> str:
    """Return all modules as one script with a scope of its own."""
    parts = [_EXPORT.sub("", _IMPORT.sub("", _read(f"player/{name}.js"))) for name in _MODULES]
    body = "\n".join(parts).replace(_STYLE, f"DRAWING_STYLE = {json.dumps(figure.standalone_css())}")
    words = json.dumps(PLAYER_WORDS, ensure_ascii=False)
    body = body.replace(_WORDS, f"PLAYER_WORDS = {words}")
    return f'(() => {{\n"use strict";\n{body}}})();\n'


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


def _asset(name: str, kind: str, content: str) -> Asset:
    digest = hashlib.sha256(content.encode()).hexdigest()[:10]
    return Asset(f"{FOLDER}/{name}.{digest}.{kind}", content)
