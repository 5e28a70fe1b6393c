"""What an author typed by hand on purpose: a comment in the article that says so, and why.

`<!-- stackreel: typed REASON -->` behind text is about its line; alone on a line it is about what follows it, up to
the next blank line or the end of the fenced block. A reason has to be given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from stackreel.page.fences import everything

FORM = "<!-- stackreel: typed quoted from the psABI, 3.2.2 -->"
"""A right comment, for the report."""

_BEGUN = re.compile(r"<!--\s*stackreel\s*:")
_COMMENT = re.compile(r"<!--\s*stackreel\s*:\s*(?P<word>\w*)[\s:，：,]*(?P<reason>.*?)\s*-->")
_WORD = "typed"


@dataclass(frozen=True)
class Excuse:
    """A comment: its line (from 0), why, and the lines [first, last) it is about."""

    line: int
    reason: str
    first: int
    last: int


@dataclass(frozen=True)
class Excuses:
    """The comments of an article; `wrong` says what is wrong with others, by line (from 0)."""

    found: Sequence[Excuse] = ()
    wrong: Mapping[int, str] = field(default_factory=dict)

    def over(self, line: int) -> Excuse | None:
        """Return the comment that is about a line."""
        return next((one for one in self.found if one.first <= line < one.last), None)


def excuses(lines: Sequence[str]) -> Excuses:
    """Read the comments of an article outside its fenced blocks."""
    fences = {fence.first: fence.last for fence in everything(lines)}
    inside = {n for first, last in fences.items() for n in range(first, last)}
    found: list[Excuse] = []
    wrong: dict[int, str] = {}
    for number, line in enumerate(lines):
        if number in inside or not _BEGUN.search(line):
            continue
        comment = _COMMENT.search(line)
        if comment is None or comment["word"] != _WORD or not comment["reason"]:
            wrong[number] = f"this comment excuses nothing; it reads {FORM}"
            continue
        is_alone = not line.replace(comment[0], "").strip(" >\t")
        first, last = _following(lines, number, fences) if is_alone else (number, number + 1)
        found.append(Excuse(number, comment["reason"], first, last))
    return Excuses(tuple(found), wrong)


def _following(lines: Sequence[str], number: int, fences: Mapping[int, int]) -> tuple[int, int]:
    """Return the lines of what follows line `number`: past blank lines and other comments, one block."""
    first = number + 1
    while first < len(lines) and (not lines[first].strip(" >\t") or _BEGUN.search(lines[first])):
        first += 1
    last = first
    while last < len(lines) and lines[last].strip(" >\t"):
        if last in fences:
            return first, fences[last]
        last += 1
    return first, last
