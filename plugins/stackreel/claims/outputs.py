"""Written output beside the true one, line by line: which lines agree, and how to mend the written one.

`...` in what was written means anything, as in `claims.gdb.replay`; it stays where it is when the rest is mended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Literal

from stackreel.claims.gdb import first_difference

_ANYTHING = "..."
_ONE = 10
"""What a line costs that is dropped or added, or changed into another: less than one dropped and one added."""

_ALIKE = 9
"""What a line costs that is changed into one with the same first word."""

Kind = Literal["keep", "change", "drop", "add", "any"]


@dataclass(frozen=True)
class Pair:
    """A written line and the true one that belongs to it; None where there is none."""

    kind: Kind
    written: int | None
    true: int | None


@lru_cache(maxsize=8)
def pair(written: str, true: str) -> tuple[Pair, ...]:
    """Pair lines with the fewest changes; a line `...` takes any number of true ones without being paired.

    Where it may be several, the earlier true line is paired.
    """
    rows, columns = _lines(written), _lines(true)
    head = _alike(rows, columns)
    tail = _alike(rows[head:][::-1], columns[head:][::-1])
    middle = _aligned(rows[head : len(rows) - tail], columns[head : len(columns) - tail])
    return (
        *(Pair("keep", n, n) for n in range(head)),
        *(Pair(one.kind, _later(one.written, head), _later(one.true, head)) for one in middle),
        *(Pair("keep", len(rows) - n, len(columns) - n) for n in range(tail, 0, -1)),
    )


@dataclass(frozen=True)
class _Line:
    """A line without white space at its end, and its first word; `is_open`: it has `...` in it."""

    text: str
    word: str
    is_open: bool

    @property
    def is_any(self) -> bool:
        return self.is_open and self.text.strip() == _ANYTHING

    def stands_for(self, true: _Line) -> bool:
        if self.is_open:
            return first_difference(self.text, true.text) is None
        return self.text == true.text


def _lines(text: str) -> tuple[_Line, ...]:
    return tuple(
        _Line(line.rstrip(), next(iter(line.split(maxsplit=1)), ""), _ANYTHING in line)
        for line in text.splitlines()
    )


def _later(line: int | None, by: int) -> int | None:
    return None if line is None else line + by


def _alike(written: Sequence[_Line], true: Sequence[_Line]) -> int:
    """Return with how many lines both begin that are the same, without any that has `...` in it."""
    count = 0
    for row, column in zip(written, true, strict=False):
        if row.is_open or row.text != column.text:
            break
        count += 1
    return count


def _aligned(written: Sequence[_Line], true: Sequence[_Line]) -> list[Pair]:
    """Return the pairs of the lines between those that both sides begin and end with."""
    cost = [list(range(0, _ONE * len(true) + 1, _ONE))]
    for row in written:
        cost.append(_next_row(cost[-1], row, true))
    found: list[Pair] = []
    i, j = len(written), len(true)
    while i or j:
        kind: Kind | None = _step(cost, written, true, (i, j))
        i -= kind in ("keep", "change", "drop", "any")
        j -= kind in ("keep", "change", "add", None)
        if kind is not None:
            found.append(Pair(kind, None if kind == "add" else i, None if kind in ("drop", "any") else j))
    return found[::-1]


def _next_row(before: list[int], row: _Line, true: Sequence[_Line]) -> list[int]:
    """Return what it costs to come from the lines up to `row` to the first 0, 1, 2 … true ones."""
    if row.is_any:
        return list(accumulate(before, min))
    last = before[0] + _ONE
    costs = [last]
    for j, column in enumerate(true):
        both = before[j]
        if row.is_open or row.text == column.text:
            both += _change(row, column)
        else:
            both += _ALIKE if row.word == column.word else _ONE
        last = min(both, last + _ONE, before[j + 1] + _ONE)
        costs.append(last)
    return costs


def _step(
    cost: list[list[int]], written: Sequence[_Line], true: Sequence[_Line], at: tuple[int, int]
) -> Kind | None:
    """Return the last step to a pair of lengths; None for a true line that `...` takes."""
    i, j = at
    if i and written[i - 1].is_any:
        return "any" if not j or cost[i - 1][j] <= cost[i][j - 1] else None
    steps: list[tuple[int, Kind]] = []
    if j:
        steps.append((cost[i][j - 1] + _ONE, "add"))
    if i and j:
        change = _change(written[i - 1], true[j - 1])
        total = cost[i - 1][j - 1] + change
        steps.insert(len(steps) if change else 0, (total, "change" if change else "keep"))
    if i:
        steps.append((cost[i - 1][j] + _ONE, "drop"))
    return min(steps, key=lambda step: step[0])[1]


def _change(written: _Line, true: _Line) -> int:
    """Return what it costs to make a written line the true one."""
    if written.stands_for(true):
        return 0
    return _ALIKE if written.word == true.word else _ONE


def counterpart(written: str, true: str, line: int) -> str | None:
    """Return the true line that belongs to line `line` (from 0) of what was written; None where there is none."""
    rows = true.splitlines()
    for one in pair(written, true):
        if one.written == line and one.true is not None:
            return rows[one.true]
    return None


def surplus(written: str, true: str) -> str | None:
    """Return the first true line that nothing written stands for; None where there is none."""
    rows = true.splitlines()
    return next(
        (rows[one.true] for one in pair(written, true) if one.kind == "add" and one.true is not None),
        None,
    )


def mended(written: str, true: str) -> tuple[int | str, ...]:
    """Return the lines that make what was written true, with as few changes as can be: numbers are lines that stay."""
    new = true.splitlines()
    lines: list[int | str] = []
    for one in pair(written, true):
        if one.kind in ("keep", "any") and one.written is not None:
            lines.append(one.written)
        elif one.true is not None:
            lines.append(new[one.true])
    return tuple(lines)
