"""Where the code spans of a text are that say something of the machine: lines and columns.

Markdown decides what is a code span; here is only found where one of that text is written. Lines inside fences are
left out. Equal spans are told apart by their order, and what is said more often in Markdown's result than it was
found (a footnote used twice) keeps the last place.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from stackreel.page.fences import prose
from stackreel.page.statements import read_span

CODE = r"(?<![\\`])(?P<mark>`+)(?!`)(?P<code>.+?)(?<!`)(?P=mark)(?!`)"
"""A code span, as Markdown has it."""

_CODE = re.compile(CODE, re.DOTALL)
_OPEN = re.compile(r"(?<![\\`])`+\s*\{[^`]*$")
_CONTAINER = re.compile(r"^[ >]*")
_WRAPPED = 3
"""Lines that one code span may take."""


@dataclass
class Spans:
    """Line (from 0) and column (from 1) of each code span of a text that is a statement, by what it says."""

    _places: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    _taken: dict[str, int] = field(default_factory=dict)

    @classmethod
    def find(cls, lines: Sequence[str]) -> Spans:
        """Look through the lines of a text, as Markdown sees them."""
        spans = cls()
        outside = set(prose(lines))
        begun: dict[int, int] = {}  # where a line goes on after a span that began above it
        for number in sorted(outside):
            for said, column in _on_line(lines, number, outside, begun):
                spans._places.setdefault(said, []).append((number, column))
        return spans

    def take(self, written: str) -> tuple[int, int] | None:
        """Return the place of the next span that says this; None where it is nowhere in the text."""
        said = _normal(written)
        places = self._places.get(said)
        if not places:
            return None
        count = self._taken.get(said, 0)
        self._taken[said] = count + 1
        return places[min(count, len(places) - 1)]

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self._places)

    def examples(self) -> tuple[str, ...]:
        """Return the examples that the spans name; an empty name where one leaves it to the page."""
        spans = (read_span(said) for said in self._places)
        return tuple(dict.fromkeys(span.example for span in spans if span is not None))


def _normal(written: str) -> str:
    return " ".join(written.split())


def _on_line(
    lines: Sequence[str], number: int, outside: set[int], begun: dict[int, int]
) -> Iterator[tuple[str, int]]:
    """Yield what the spans that begin on a line say, and their columns; note in `begun` where one ends below."""
    first = begun.get(number, 0)
    text = " " * first + lines[number][first:]
    ends = [len(text)]
    if _OPEN.search(_CODE.sub("", text)):
        for below in range(number + 1, min(number + _WRAPPED, len(lines))):
            if below not in outside or not lines[below].strip():
                break
            text += "\n" + _CONTAINER.sub("", lines[below])
            ends.append(len(text))
    for found in _CODE.finditer(text):
        if found.start() >= ends[0]:
            break
        below = bisect_left(ends, found.end())
        if below:
            begun[number + below] = len(lines[number + below]) - (ends[below] - found.end())
        code = found["code"]
        if read_span(code) is not None:
            yield _normal(code), found.start("code") + len(code) - len(code.lstrip()) + 1
