"""Slips of the pen that make a block something else than YAML: what each is called, and what would be right.

Only a text that YAML has already refused is looked at; no line is a mistake for being found here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from stackreel.page.blocks import KEY_EXAMPLES


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
_KEY = re.compile(r"(?P<indent> *)(?P<key>(?:(?!:\s).)*[^\s:]):(?:\s+(?P<value>.*?))?\s*")
_NO_SPACE = re.compile(rf" *(?P<slip>(?P<key>{'|'.join(KEY_EXAMPLES)}):)(?P<value>[^\s:].*?)\s*")
_QUOTED = ("'", '"', "[", "{", "|", ">", "&", "*", "#", "!")
"""What a value begins with that is no plain text."""


def _no_space(lines: Sequence[str], number: int) -> Slip | None:
    """Tell that `key:` has no space behind it."""
    found = _NO_SPACE.fullmatch(lines[number])
    if found is None:
        return None
    right = f"{found['key']}: {found['value']}"
    return Slip(number, found.end("slip"), f"a space is missing after `{found['slip']}`", right)


def _too_deep(lines: Sequence[str], number: int) -> Slip | None:
    """Tell that a key stands further in than the one above it, whose value is on its own line."""
    found = _KEY.fullmatch(lines[number])
    above = next((line for line in reversed(lines[:number]) if line.strip()), "")
    key = _KEY.fullmatch(above)
    if not found or not key or not key["value"] or len(found["indent"]) <= len(key["indent"]):
        return None
    if key["value"].startswith(_QUOTED) or not (found["key"] in KEY_EXAMPLES or key["indent"]):
        return None
    said = f"`{found['key']}:` is indented further than `{key['key']}:` above it, by spaces or a tab"
    return Slip(number, found.start("key"), said, key["indent"] + lines[number].strip())


def _colon(lines: Sequence[str], number: int) -> Slip | None:
    """Tell that there is another colon in a text without quotes."""
    found = _KEY.fullmatch(lines[number])
    value = found["value"] if found else None
    if not found or not value or value.startswith(_QUOTED) or not re.search(r":(\s|$)", value):
        return None
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    said = "text with `: ` in it has to be in quotes"
    return Slip(number, found.start("value"), said, f'{found["key"]}: "{quoted}"')


def _named(lines: Sequence[str], number: int) -> Iterator[Slip]:
    for pattern, said, example in _SLIPS:
        found = pattern.search(lines[number])
        if found:
            yield Slip(number, found.start("slip"), said, example)


_FINDERS: tuple[Callable[[Sequence[str], int], Slip | None], ...] = (
    lambda lines, number: next(_named(lines, number), None),
    _no_space,
    _too_deep,
    _colon,
)
_LINES = 2
"""How many lines up to the one that YAML names: what it stumbles over may be the end of the line before."""


def slip(text: str, line: int) -> Slip | None:
    """Return the slip that makes `text` no YAML at `line` (from 0) or right before it, None where it is another."""
    lines = text.split("\n")
    for number in range(min(line, len(lines) - 1), max(line - _LINES, -1), -1):
        for find in _FINDERS:
            found = find(lines, number)
            if found is not None:
                return found
    return None
