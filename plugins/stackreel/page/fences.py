"""Find the fenced blocks of a Markdown text that are ours, in lists, admonitions, tabs and block quotes too.

Works on lines, before Markdown does, and knows no Markdown beyond what is needed not to be fooled: fences
of other languages (an article may show our syntax in a longer fence) and HTML comments are skipped whole. A
fence closes with the same characters at the same depth, as in pymdownx.superfences. It never fails: a fence
that is never closed is returned as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from stackreel.errors import near

OURS = "stack-"
"""What the names of all our fences begin with."""

NAMES = (
    "stack-figure",
    "stack-reel",
    "stack-listing",
    "stack-text",
    "stack-memory",
    "stack-check",
    "stack-gdb",
    "stack-objdump",
)
"""The names there are; what may stand in each is in `blocks.KINDS`."""

_ALIKE = 0.85
"""Likeness above which a name is taken for a slip: `stack-figur` is, `stack-trace` (not ours) is not."""

_OPENING = re.compile(r"(?P<prefix>[ >]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)")
_BRACED = re.compile(r"\{\s*\.(?P<name>[\w-]+)(?P<rest>[^}]*)\}")


@dataclass(frozen=True)
class Fence:
    """A fenced block: lines [first, last) of the text, counted from 0, fence lines included.

    `name` is the word after the fence, `rest` what follows it on that line. `prefix` is what stands before it
    (spaces, `>`), `body` the lines between without it. `closed` is False where the text ends first; the block
    is then its opening line only.
    """

    name: str
    rest: str
    prefix: str
    first: int
    last: int
    body: tuple[str, ...]
    closed: bool


def scan(lines: Sequence[str], names: Sequence[str]) -> tuple[Fence, ...]:
    """Return the fences of `lines` called one of `names`, or misspelling one, in order.

    Tabs are expected to be expanded already (`str.expandtabs(4)`), as Markdown does.
    """
    return tuple(fence for fence in _all(lines) if _is_ours(fence.name, names))


def everything(lines: Sequence[str]) -> tuple[Fence, ...]:
    """Return the fences of `lines`, of whatever language, in order."""
    return tuple(_all(lines))


def prose(lines: Sequence[str]) -> tuple[int, ...]:
    """Return the numbers of the lines that belong to no fenced block, of whatever language."""
    inside = {number for fence in _all(lines) for number in range(fence.first, fence.last)}
    return tuple(number for number in range(len(lines)) if number not in inside)


def _all(lines: Sequence[str]) -> Iterator[Fence]:
    """Yield every fenced block."""
    at = 0
    in_comment = False
    while at < len(lines):
        opening = None if in_comment else _OPENING.fullmatch(lines[at].rstrip())
        if opening is None:
            in_comment = _comment_after(lines[at], in_comment)
            at += 1
            continue
        fence = _fence(lines, at, opening)
        yield fence
        at = fence.last


def _fence(lines: Sequence[str], first: int, opening: re.Match[str]) -> Fence:
    """Read the fence that opens on line `first`, up to its closing line or to where its container ends."""
    prefix, mark = opening["prefix"], opening["fence"]
    name, rest = _info(opening["info"].strip())
    body: list[str] = []
    for number in range(first + 1, len(lines)):
        line = _inside(lines[number], prefix)
        if line is None:
            break
        if line.strip() == mark and len(line) - len(line.lstrip(" ")) < 4:
            return Fence(name, rest, prefix, first, number + 1, tuple(body), closed=True)
        body.append(line)
    return Fence(name, rest, prefix, first, first + 1, (), closed=False)


def _info(info: str) -> tuple[str, str]:
    """Split `name rest` or `{.name rest}`."""
    braced = _BRACED.match(info)
    if braced:
        return braced["name"], (braced["rest"] + info[braced.end() :]).strip()
    name, _, rest = info.partition(" ")
    return name, rest.strip()


def _inside(line: str, prefix: str) -> str | None:
    """Return `line` without the container's prefix, None where the container has ended."""
    if line.startswith(prefix):
        return line[len(prefix) :]
    bare = prefix.rstrip()
    if line.rstrip() == bare or (not bare and not line.strip()):
        return ""
    if bare and line.startswith(bare):
        return line[len(bare) :]
    return None


def _comment_after(line: str, inside: bool) -> bool:
    """Tell whether an HTML comment is open after `line`."""
    opened, closed = line.rfind("<!--"), line.rfind("-->")
    if inside:
        return closed < 0 or opened > closed
    return opened >= 0 and opened > closed


def _is_ours(name: str, names: Sequence[str]) -> bool:
    return name in names or bool(misspelt(name, names))


def misspelt(name: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return the names that `name` very likely means; none for a right name or another language."""
    if name in names or not name.startswith(OURS[:-1]):
        return ()
    return tuple(n for n in near(name, names) if SequenceMatcher(None, name, n).ratio() >= _ALIKE)
