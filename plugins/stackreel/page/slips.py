"""Slips of the pen that make a block something else than YAML: what each is called, and what would be right.

Only a text that YAML has already refused is looked at; no line is a mistake for being found here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Slip:
    """A slip: where it stands, counted from 0, what is said of it, and a right example."""

    line: int
    column: int
    said: str
    example: str


_SLIPS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(r"^\s*[^\s:：]+(?P<slip>：)"),
        "`：` is no colon of YAML; `:` with a space is",
        "at: after main+0",
    ),
    (
        re.compile(r"^ *(?P<slip>\t)"),
        "a tab cannot indent; spaces can",
        "  main+25: two spaces before a note",
    ),
    (
        re.compile(r"(?P<slip>[\u00a0\u3000\u2000-\u200b])"),
        "there is a character that looks like a space and is none",
        "at: after main+0",
    ),
    (
        re.compile(r"(?:^\s*-|:)\s+(?P<slip>\[.*\]\s*[^\s,\]].*|[&*]\S.*)$"),
        "what begins with `[`, `&` or `*` and is text has to be in quotes",
        'expect: ["[rsp] == main+30"]',
    ),
)
_LINES = 2
"""How many lines up to the one that YAML names: what it stumbles over may be the end of the line before."""


def slip(text: str, line: int) -> Slip | None:
    """Return the slip that makes `text` no YAML at `line` (from 0) or right before it, None where it is another."""
    lines = text.split("\n")
    for number in range(min(line, len(lines) - 1), max(line - _LINES, -1), -1):
        for pattern, said, example in _SLIPS:
            found = pattern.search(lines[number])
            if found:
                return Slip(number, found.start("slip"), said, example)
    return None
