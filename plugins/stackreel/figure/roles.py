"""Roles of text and boxes: the colour that stands for each in DOT, the class that stands for it in SVG.

The colours are those of the light theme as near as may be, so that a DOT file drawn by hand looks right, and no
two are equal. Which colour a reader sees is figure.css's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

TextRole = Literal[
    "ink", "strong", "quiet", "heading", "stale", "ghost", "on dark", "on light", "pill", "used"
]

TEXT_COLOURS: Mapping[TextRole, str] = {
    "ink": "#1b1c1e",
    "strong": "#1b1c1f",
    "quiet": "#5b616a",
    "heading": "#5b616b",
    "stale": "#666b73",
    "ghost": "#666b74",
    "on dark": "#ffffff",
    "on light": "#1b1c20",
    "pill": "#0b559f",
    "used": "#1b1c21",
}

TEXT_CLASSES: Mapping[TextRole, str] = {
    "ink": "",
    "strong": "b",
    "quiet": "m",
    "heading": "m",
    "stale": "z i",
    "ghost": "z",
    "on dark": "o",
    "on light": "",
    "pill": "a",
    "used": "b",
}

BoxRole = Literal[
    "code panel", "stack panel", "live", "red zone", "stale", "unwritten", "written", "read", "executed",
    "pill written", "pill read", "flag sp", "flag fp", "flag pc", "changed", "same",
    "bracket frame", "bracket red zone", "bracket stale", "key stale", "key red zone",
]  # fmt: skip

BOX_COLOURS: Mapping[BoxRole, str] = {
    "code panel": "#fffffe",
    "stack panel": "#fffffd",
    "live": "#fffefe",
    "red zone": "#fcfcfc",
    "stale": "#f4f4f5",
    "unwritten": "#fbfbfb",
    "written": "#fdebd2",
    "read": "#e4effb",
    "executed": "#eceef1",
    "pill written": "#9a4200",
    "pill read": "#fdfdfd",
    "flag sp": "#1b1c22",
    "flag fp": "#fefefe",
    "flag pc": "#1b1c23",
    "changed": "#1b1c24",
    "same": "#dfe1e4",
    "bracket frame": "#3c4148",
    "bracket red zone": "#81878f",
    "bracket stale": "#c4c8ce",
    "key stale": "#f4f4f6",
    "key red zone": "#fcfcfd",
}

TEXT_ROLES: Mapping[str, TextRole] = {colour: role for role, colour in TEXT_COLOURS.items()}
BOX_ROLES: Mapping[str, BoxRole] = {colour: role for role, colour in BOX_COLOURS.items()}
