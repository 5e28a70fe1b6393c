"""What an article says of the machine without a claim: numbers, registers with values and listings typed by hand.

A number is covered where a statement or a session of the same page has it; a register with a value also where a
statement on its line is about that register. Numbers in code of other languages count as theirs, unless the block
looks like a debugger's output. What an author excuses is told apart, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from stackreel.errors import Place
from stackreel.isa import BY_NAME
from stackreel.page.collect import Item, collect
from stackreel.page.context import Page
from stackreel.page.excused import excuses
from stackreel.page.fences import OURS, everything
from stackreel.page.statements import Statement
from stackreel.page.validate import Placed

_BEFORE, _AFTER = r"(?<![0-9A-Za-z_])", r"(?![0-9A-Za-z_])"
"""The ends of a word of letters that machines use: Chinese has no space before a number."""

_NUMBER = re.compile(rf"{_BEFORE}0x[0-9a-fA-F]+{_AFTER}")
_NAMES = sorted(
    {*BY_NAME["x86_64"].parts, *(r.name for r in BY_NAME["x86_64"].registers)}, key=len, reverse=True
)
_IS = r"={1,2}|\||:|is|holds|contains|becomes|：|为|是|等于|存着|里是|里恰好是|变为|变成"
_REGISTER = re.compile(
    rf"`?[%$]?{_BEFORE}(?P<name>{'|'.join(_NAMES)}){_AFTER}`?\s*(?:{_IS})\s*`?\$?(?P<value>-?\d\w*)"
)
_LISTING = re.compile(r"<\+\d+>:|^\s*[0-9a-f]{4,16}:\s+[0-9a-f]{2} |^=> 0x|^\(gdb\) ", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->")

Kind = Literal["number", "register", "listing", "comment"]


@dataclass(frozen=True)
class Uncovered:
    """Something an article says that nothing checks; `reason` is its author's, empty where none is given."""

    kind: Kind
    place: Place
    text: str
    reason: str = ""

    def __str__(self) -> str:
        """One line of a report."""
        said = f"{self.place}: {self.kind} {self.text}"
        return f"{said}  (typed: {self.reason})" if self.reason else said


def uncovered(page: Page, text: str) -> tuple[Uncovered, ...]:
    """Return what of the article `text` (its whole file) no claim covers, in the order of its lines."""
    lines = text.split("\n")
    excused = excuses(lines)
    used = set()
    told: list[Uncovered] = []
    for one in (*_in_prose(page, text, lines), *_listings(page, lines)):
        excuse = excused.over(one.place.line - 1)
        if excuse is not None:
            used.add(excuse)
        told.append(one if excuse is None else replace(one, reason=excuse.reason))
    idle = {one.line: "excuses what needs no excuse" for one in excused.found if one not in used}
    for line, message in (*excused.wrong.items(), *idle.items()):
        told.append(Uncovered("comment", Place(page.file, line + 1), message))
    return tuple(sorted(told, key=lambda one: one.place))


def _in_prose(page: Page, text: str, lines: Sequence[str]) -> Iterator[Uncovered]:
    items = collect(page, text)
    covered = frozenset(_numbers(items))
    inside = {n for fence in everything(lines) for n in range(fence.first, fence.last)}
    statements: dict[int, list[Statement]] = {}
    for item in items:
        if isinstance(item.subject, Statement) and item.place.column:
            statements.setdefault(item.place.line - 1, []).append(item.subject)
    for number, line in enumerate(lines):
        if number not in inside:
            yield from _in_line(Place(page.file, number + 1), line, statements.get(number, ()), covered)


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


def _in_line(
    place: Place, line: str, statements: Sequence[Statement], covered: frozenset[int]
) -> Iterator[Uncovered]:
    """Yield what a line says beside its `statements` of registers and numbers."""
    for statement in statements:
        begin = statement.place.column - 1
        line = _blanked(line, begin, begin + statement.shift + len(statement.text))
    for comment in _COMMENT.finditer(line):
        line = _blanked(line, *comment.span())
    about = " ".join(statement.text for statement in statements)
    for said in _REGISTER.finditer(line):
        line = _blanked(line, *said.span())
        value, column = said["value"], said.start() + 1
        is_covered = _NUMBER.fullmatch(value) is not None and int(value, 16) in covered
        if not is_covered and not re.search(rf"{_BEFORE}{said['name']}{_AFTER}", about):
            yield Uncovered("register", replace(place, column=column), said[0])
    for said in _NUMBER.finditer(line):
        if int(said[0], 16) not in covered:
            yield Uncovered("number", replace(place, column=said.start() + 1), said[0])


def _blanked(line: str, begin: int, end: int) -> str:
    return line[:begin] + " " * (end - begin) + line[end:]


def _listings(page: Page, lines: Sequence[str]) -> Iterator[Uncovered]:
    for fence in everything(lines):
        if not fence.name.startswith(OURS) and _LISTING.search("\n".join(fence.body)):
            shown = f"in a block of {fence.name or 'text'}"
            yield Uncovered("listing", Place(page.file, fence.first + 1), shown)
