"""Written output beside the true one, line by line: which lines agree, and how to mend the written one.

`...` in what was written means anything, as in `claims.gdb.replay`; it stays where it is when the rest is mended.
"""

from __future__ import annotations

from dataclasses import dataclass
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


def pair(written: list[str], true: list[str]) -> list[Pair]:
    """Pair lines with the fewest changes; a line `...` takes any number of true ones without being paired.

    Where it may be several, the earlier true line is paired.
    """
    rows, columns = len(written), len(true)
    cost = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows + 1):
        for j in range(columns + 1):
            if i or j:
                cost[i][j] = min(c for c, _ in _steps(cost, written, true, (i, j)))
    found: list[Pair] = []
    i, j = rows, columns
    while i or j:
        _, (kind, i, j) = min(_steps(cost, written, true, (i, j)), key=lambda step: step[0])
        if kind != "pass":
            paired = kind in ("keep", "change")
            found.append(
                Pair(
                    kind,
                    i if paired or kind in ("drop", "any") else None,
                    j if paired or kind == "add" else None,
                )
            )
    return found[::-1]


def _steps(
    cost: list[list[int]], written: list[str], true: list[str], at: tuple[int, int]
) -> list[tuple[int, tuple[Kind | Literal["pass"], int, int]]]:
    """Return each way to come to a pair of lengths: its cost, its kind, and the lengths before."""
    i, j = at
    found: list[tuple[int, tuple[Kind | Literal["pass"], int, int]]] = []
    is_any = i > 0 and written[i - 1].strip() == _ANYTHING
    if is_any:
        found.append((cost[i - 1][j], ("any", i - 1, j)))
        if j:
            found.append((cost[i][j - 1], ("pass", i, j - 1)))
        return found
    if j:
        found.append((cost[i][j - 1] + _ONE, ("add", i, j - 1)))
    if i and j:
        change = _change(written[i - 1], true[j - 1])
        found.insert(
            0 if not change else 1,
            (cost[i - 1][j - 1] + change, ("change" if change else "keep", i - 1, j - 1)),
        )
    if i:
        found.append((cost[i - 1][j] + _ONE, ("drop", i - 1, j)))
    return found


def _change(written: str, true: str) -> int:
    """Return what it costs to make a written line the true one."""
    if first_difference(written, true) is None:
        return 0
    return _ALIKE if written.split()[:1] == true.split()[:1] else _ONE


def counterpart(written: str, true: str, line: int) -> str | None:
    """Return the true line that belongs to line `line` (from 0) of what was written; None where there is none."""
    rows = true.splitlines()
    for one in pair(written.splitlines(), rows):
        if one.written == line and one.true is not None:
            return rows[one.true]
    return None


def surplus(written: str, true: str) -> str | None:
    """Return the first true line that nothing written stands for; None where there is none."""
    rows = true.splitlines()
    return next(
        (
            rows[one.true]
            for one in pair(written.splitlines(), rows)
            if one.kind == "add" and one.true is not None
        ),
        None,
    )


def mended(written: str, true: str) -> tuple[int | str, ...]:
    """Return the lines that make what was written true, with as few changes as can be: numbers are lines that stay."""
    new = true.splitlines()
    lines: list[int | str] = []
    for one in pair(written.splitlines(), new):
        if one.kind in ("keep", "any") and one.written is not None:
            lines.append(one.written)
        elif one.true is not None:
            lines.append(new[one.true])
    return tuple(lines)
