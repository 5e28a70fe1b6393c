"""The table under a drawing as words in the drawing's place: each slot's address, what it is, value, frame, state.

A reel's table tells runs of rows that are what they were in one row; that is undone, as the step it names may not be
on paper.

Trusts the columns and the order of `figure.cell_table`: highest address first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from stackreel.figure import LANGUAGES, Words

TABLE = '<table class="sd-cells">'
"""How such a table begins."""

MOST = 20
"""Slots that are told at most: those at the top of the stack."""

_HOLDS, _VALUE, _STATE = 4, 5, 7
"""Columns of a row."""

_COUNT = re.compile(r"\d+")
_LASTING = {
    Words(language)(name) for language in LANGUAGES for name in ("red zone", "stale", "never written")
}
"""States that last; others (written, pointed to) are of one step."""

Row = Sequence[str]
Rows = tuple[Row, ...]


def read_rows(table: str, before: Rows) -> Rows:
    """Return the rows of a table; `before` are those of the table before, which this one may refer to."""
    rows = [
        [" ".join("".join(cell.itertext()).split()) for cell in row]
        for row in ElementTree.fromstring(table).iterfind(".//tbody/tr")
    ]
    made: list[Row] = []
    for at, row in enumerate(rows):
        made += [row] if len(row) > 1 else _run(row, made, rows[at + 1 :], before)
    return tuple(made)


def _run(row: Row, above: Sequence[Row], below: Sequence[Row], before: Rows) -> Sequence[Row]:
    """Return the rows of `before` that a row of one cell stands for, or that row where they are not to be known."""
    found = _COUNT.search(row[0])
    high = next((_address(one) for one in reversed(above) if len(one) > 1), None)
    low = next((_address(one) for one in below if len(one) > 1), None)
    run = [
        one for one in before
        if len(one) > 1 and (high is None or _address(one) < high) and (low is None or _address(one) > low)
    ]  # fmt: skip
    count = int(found[0]) if found else 0
    if low is None and high is not None:
        run = run[:count]
    elif high is None and low is not None:
        run = run[-count:]
    return [_later(one) for one in run] if len(run) == count else [row]


def _address(row: Row) -> int:
    return int(row[0], 16)


def _later(row: Row) -> Row:
    """Return a row as it is a step later, when nothing was done to it."""
    states = [name for name in _LASTING if name in row[_STATE]]
    return [*row[:_STATE], ", ".join(sorted(states))]


def told(rows: Rows, more: str) -> str:
    """Return the rows that have a value, a line each; `more` says how many are left out."""
    lines = [", ".join(filter(None, (row[0], *row[_HOLDS:]))) for row in rows if len(row) == 1 or row[_VALUE]]
    left_out = [more.format(len(lines) - MOST)] if len(lines) > MOST else []
    return "\n".join((*left_out, *lines[-MOST:]))
