"""Running a transcript against a session, and comparing what was written with what gdb prints.

Trailing space never counts. A written line `...` stands for any lines, none included; `...` within a line for
anything within it. Where nothing is written under a command nothing is compared. What the trace cannot know
becomes the outcome of its command, and the session goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from stackreel.claims.gdb.transcript import Exchange
from stackreel.errors import Place, StackreelError

ANYTHING = "..."
_SPACE = re.compile(r"(?:\\?[ \t])+")


class Runs(Protocol):
    """What answers commands: a `Session`."""

    def run(self, command: str) -> str:
        """Return what gdb prints for a command."""


@dataclass(frozen=True)
class Outcome:
    """What became of an exchange.

    `actual` is gdb's output. `matches` is False where the output written differs, or where there is an `error`: what
    the trace cannot know. `line` is the first line of the page that differs, 0 where none does.
    """

    exchange: Exchange
    actual: str
    matches: bool
    line: int = 0
    error: StackreelError | None = None


def replay(session: Runs, exchanges: Iterable[Exchange]) -> tuple[Outcome, ...]:
    """Run the commands in order and judge each."""
    return tuple(_outcome(session, exchange) for exchange in exchanges)


def _outcome(session: Runs, exchange: Exchange) -> Outcome:
    try:
        actual = session.run(exchange.command)
    except StackreelError as error:
        placed = error.at(Place("", exchange.line))
        return Outcome(exchange, "", matches=False, line=exchange.line, error=placed)
    if exchange.expected is None:
        return Outcome(exchange, actual, matches=True)
    differs = first_difference(exchange.expected, actual)
    line = 0 if differs is None else exchange.line + 1 + differs
    return Outcome(exchange, actual, matches=differs is None, line=line)


def first_difference(expected: str, actual: str) -> int | None:
    """Return the index of the first line of `expected` that cannot be matched; None where all of it is.

    Output that goes on after the last line differs at the last line.
    """
    wanted, found = _lines(expected), _lines(actual)
    reached = {0}  # how many lines of `found` the lines of `wanted` so far can stand for
    for index, line in enumerate(wanted):
        if line.strip() == ANYTHING:
            reached = set(range(min(reached), len(found) + 1))
        else:
            reached = {j + 1 for j in reached if j < len(found) and _same(line, found[j])}
        if not reached:
            return index
    return None if len(found) in reached else max(len(wanted) - 1, 0)


def _lines(text: str) -> Sequence[str]:
    lines = [line.rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _same(wanted: str, found: str) -> bool:
    if ANYTHING not in wanted:
        return wanted == found
    # what stands for anything moves the columns that tabs lead to: between words any white space is as good
    pattern = ".*".join(_SPACE.sub(r"[ \\t]+", re.escape(part)) for part in wanted.split(ANYTHING))
    return re.fullmatch(pattern, found) is not None
