"""Source lines in a trace: when a line is reached, and when it is done.

A line is its address ranges. It is reached where its activation was elsewhere just before, so that a call that
comes back into the line is not a second visit, and a recursive call of the same line is. Compilers put instructions
before a statement that lead to it and count to its line (Go's jumps to the next instruction): it is reached at the
statement, which the line table marks, where gdb's breakpoints are too but for a function's first line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from stackreel.binary.model import LineRow
from stackreel.trace.trace import Trace


def files_named(name: str, rows: Sequence[LineRow]) -> tuple[str, ...]:
    """Return the files `name` may mean: itself, or those whose path ends with it."""
    files = sorted({row.file for row in rows})
    if name in files:
        return (name,)
    return tuple(file for file in files if file.endswith("/" + name))


@dataclass(frozen=True)
class LineVisits:
    """The visits of a line with these half-open address ranges; `statements` are those the line table marks as such."""

    trace: Trace
    found: Sequence[tuple[int, int]]
    statements: Sequence[tuple[int, int]] = ()

    @cached_property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """The ranges that hold any byte, in address order."""
        return tuple(sorted((low, high) for low, high in self.found if low < high))

    @cached_property
    def _lows(self) -> list[int]:
        return [low for low, _ in self.ranges]

    def inside(self, pc: int) -> bool:
        """Tell whether an address belongs to the line."""
        at = bisect_right(self._lows, pc) - 1
        return at >= 0 and pc < self.ranges[at][1]

    @cached_property
    def arrivals(self) -> tuple[int, ...]:
        """The positions at which the line is reached."""
        activations = self.trace.activations.of
        was_inside: dict[int, bool] = {}
        early: dict[int, int] = {}  # by activation: the visit that has not come to a statement yet
        found: list[int] = []
        for k in range(len(self.trace) + 1):
            pc, activation = self.trace.pc(k), activations[k]
            inside = self.inside(pc)
            if inside and not was_inside.get(activation):
                early[activation] = len(found)
                found.append(k)
            if not inside:
                early.pop(activation, None)
            elif activation in early and self._is_statement(pc):
                found[early.pop(activation)] = k
            was_inside[activation] = inside
        return tuple(sorted(found))

    def _is_statement(self, pc: int) -> bool:
        return any(low <= pc < high for low, high in self.statements)

    def done(self, k: int) -> int | None:
        """Return when the line reached at `k` is done: first position outside it in the same activation.

        Where the activation returns from inside the line, the position just after. None where the trace ends
        before either.
        """
        of = self.trace.activations.of
        end = self.trace.activations.rows[of[k]].end
        for j in range(k + 1, len(self.trace) + 1):
            if j == end or (of[j] == of[k] and not self.inside(self.trace.pc(j))):
                return j
        return None
