"""What an article says of the machine without a claim: numbers, registers with values and listings typed by hand.

A number is covered where a statement or a session of the same page has it. Numbers in code of other languages count
as theirs, unless the block looks like a debugger's output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from stackreel.errors import Place
from stackreel.isa import BY_NAME
from stackreel.page.collect import Item, collect
from stackreel.page.context import Page
from stackreel.page.fences import OURS, everything
from stackreel.page.statements import Statement
from stackreel.page.validate import Placed

_NUMBER = re.compile(r"\b0x[0-9a-fA-F]+\b")
_NAMES = sorted(
    {*BY_NAME["x86_64"].parts, *(r.name for r in BY_NAME["x86_64"].registers)}, key=len, reverse=True
)
_REGISTER = re.compile(
    rf"`?%?\b(?:{'|'.join(_NAMES)})`?\s*(?:={{1,2}}|is|holds|contains|:|为|是|等于|里是|里恰好是|变为|变成)\s*`?\$?-?\d[\w]*"
)
_LISTING = re.compile(r"<\+\d+>:|^\s*[0-9a-f]{4,16}:\s+[0-9a-f]{2} |^=> 0x|^\(gdb\) ", re.MULTILINE)

Kind = Literal["number", "register", "listing"]


@dataclass(frozen=True)
class Uncovered:
    """Something an article says that nothing checks."""

    kind: Kind
    place: Place
    text: str

    def __str__(self) -> str:
        """One line of a report."""
        return f"{self.place}: {self.kind} {self.text}"


def uncovered(page: Page, text: str) -> tuple[Uncovered, ...]:
    """Return what of the article `text` (its whole file) no claim covers, in the order of its lines."""
    items = collect(page, text)
    covered = frozenset(_numbers(items))
    lines = text.split("\n")
    fences = everything(lines)
    inside = {n for fence in fences for n in range(fence.first, fence.last)}
    spans = _spans(items)
    found = [
        one
        for number, line in enumerate(lines)
        if number not in inside
        for one in _in_line(page.file, number, _blanked(line, spans.get(number + 1, ())), covered)
    ]
    for fence in fences:
        if not fence.name.startswith(OURS) and _LISTING.search("\n".join(fence.body)):
            found.append(
                Uncovered(
                    "listing", Place(page.file, fence.first + 1), f"in a block of {fence.name or 'text'}"
                )
            )
    return tuple(sorted(found, key=lambda one: one.place))


def _numbers(items: Sequence[Item]) -> Iterator[int]:
    """Yield the numbers that statements and sessions have."""
    for item in items:
        if isinstance(item.subject, Statement):
            said = item.subject.text
        elif isinstance(item.subject, Placed):
            said = "\n".join(item.subject.tail.lines)
        else:
            said = ""
        yield from (int(number, 16) for number in _NUMBER.findall(said))


def _spans(items: Sequence[Item]) -> dict[int, list[tuple[int, int]]]:
    """Return where in each line statements stand: column and length."""
    found: dict[int, list[tuple[int, int]]] = {}
    for item in items:
        if isinstance(item.subject, Statement) and item.place.column:
            length = item.subject.shift + len(item.subject.text)
            found.setdefault(item.place.line, []).append((item.place.column - 1, length))
    return found


def _blanked(line: str, spans: Sequence[tuple[int, int]]) -> str:
    for column, length in spans:
        line = line[:column] + " " * length + line[column + length :]
    return line


def _in_line(file: str, number: int, line: str, covered: frozenset[int]) -> Iterator[Uncovered]:
    taken: list[tuple[int, int]] = []
    for said in _REGISTER.finditer(line):
        taken.append(said.span())
        value = _NUMBER.search(said[0])
        if value is None or int(value[0], 16) not in covered:
            yield Uncovered("register", Place(file, number + 1, said.start() + 1), said[0])
    for said in _NUMBER.finditer(line):
        if int(said[0], 16) not in covered and not any(a <= said.start() < b for a, b in taken):
            yield Uncovered("number", Place(file, number + 1, said.start() + 1), said[0])
