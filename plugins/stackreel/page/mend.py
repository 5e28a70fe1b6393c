"""What of an article can be set right by what is true: outputs of sessions, and the literals of claims.

Nothing is written here. An edit replaces whole lines of the author's file; lines without an edit stay byte for byte.
What cannot be mended is what its author has to look at: a claim that compares otherwise, an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from stackreel.claims.outputs import mended
from stackreel.claims.restate import restated
from stackreel.errors import StackreelError
from stackreel.page.blocks import Objdump, Session
from stackreel.page.collect import Item, collect
from stackreel.page.context import Page
from stackreel.page.judge import at_moment
from stackreel.page.plans import Request
from stackreel.page.sessions import Replayed, dump, dumped, replayed
from stackreel.page.snippets import Part
from stackreel.page.statements import Judged, Statement
from stackreel.page.studio import Studio
from stackreel.page.validate import Placed


@dataclass(frozen=True)
class Edit:
    """Lines [first, last) of a file, counted from 0, become `lines`."""

    first: int
    last: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Mended:
    """An article set right: its new text, and what is left for its author."""

    text: str
    left: tuple[StackreelError, ...]


def mend(part: Part, text: str, studio: Studio) -> Mended:
    """Set right what can be of an article's file. `text` is all of it, with its own line ends; so is the result."""
    now = text.split("\n")
    plain = part.seen(text.replace("\r\n", "\n"))
    page = replace(part.page, source=plain)
    left: list[StackreelError] = []
    edits: list[Edit] = []
    for item in reversed(collect(page, plain)):  # from the right, so that columns stay true
        for one in _item(item, page, now, studio):
            if isinstance(one, StackreelError):
                left.append(one)
            elif one.last - one.first == len(one.lines) == 1:
                now[one.first] = one.lines[0]
            else:
                edits.append(one)
    for edit in sorted(edits, key=lambda one: one.first, reverse=True):
        now[edit.first : edit.last] = edit.lines
    return Mended("\n".join(now), tuple(reversed(left)))


def _item(item: Item, page: Page, lines: Sequence[str], studio: Studio) -> Iterator[Edit | StackreelError]:
    subject = item.subject
    if isinstance(subject, StackreelError):
        yield subject
    elif isinstance(subject, Statement):
        outcome = studio.judge(subject)
        if not isinstance(outcome, Judged):
            edit = _claim(subject, lines, studio)
            yield from outcome if edit is None else (edit,)
    elif isinstance(subject.block, Session | Objdump):
        yield from _output(subject, page, lines, studio)
    else:
        yield from studio.verify(page, subject)


def _claim(statement: Statement, lines: Sequence[str], studio: Studio) -> Edit | None:
    """Return the line with the claim made true, None where it cannot be."""
    try:
        run = studio.library.subject(statement.example).recorded_run
        new = restated(statement.text, at_moment(run, statement.moment, statement.place))
    except StackreelError:
        return None
    number = statement.place.line - 1
    line = lines[number]
    column = _found(line, statement)
    if new is None or column < 0:
        return None
    return Edit(number, number + 1, (line[:column] + new + line[column + len(statement.text) :],))


def _found(line: str, statement: Statement) -> int:
    """Return where in its line the text of a statement begins, -1 where it is not there as it was read."""
    wanted = statement.place.column - 1 + statement.shift
    for column in (wanted, wanted + 1):  # a quote of YAML may stand before it
        if line.startswith(statement.text, column):
            return column
    return line.find(statement.text) if line.count(statement.text) == 1 else -1


def _output(
    placed: Placed, page: Page, lines: Sequence[str], studio: Studio
) -> Iterator[Edit | StackreelError]:
    try:
        found = _compared(studio.request(page, placed), studio)
    except StackreelError:
        yield from studio.verify(page, placed)
        return
    for one in found:
        if one.error is None:
            continue
        if one.outcome.error is not None:
            yield from (error for error in studio.verify(page, placed) if error.message == one.error.message)
            continue
        exchange = one.outcome.exchange
        written = exchange.expected or ""
        first = exchange.line
        prefix, end = lines[first][: placed.tail.column], "\r" if lines[first].endswith("\r") else ""
        new = tuple(
            lines[first + row] if isinstance(row, int) else (prefix + row).rstrip() + end
            for row in mended(written, one.outcome.actual)
        )
        yield Edit(first, first + len(written.splitlines()), new)


def _compared(request: Request, studio: Studio) -> tuple[Replayed, ...]:
    subject = studio.library.subject(request.example)
    if isinstance(request.placed.block, Session):
        return replayed(subject, request)
    compared = dump(request, dumped(subject, request))
    return () if compared is None else (compared,)
