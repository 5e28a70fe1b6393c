"""Which rows of the stack a range of positions needs: one window for each stack that was in use.

A thread has one stack. A goroutine's is moved where it is too small, so a range may need several; the moment right
after a move also needs what lies on the old one. Trusts the trace; knows nothing of variables but the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from stackreel.frames.activations import Activation, Activations
from stackreel.frames.layout import ROW
from stackreel.frames.ownership import RED_ZONE, Ownership
from stackreel.trace import Trace

_WIDEST = 1 << 20
"""Bytes of a stack the trace did not begin on that may lie above rsp; what is further away is another one's."""

Range = tuple[int, int]
"""A half-open range of addresses, or of positions."""


@dataclass(frozen=True)
class Windows:
    """Finds the windows of one trace; `ends` gives where what is above the outermost frame ends at a position."""

    trace: Trace
    activations: Activations
    ownership: Ownership
    ends: Callable[[int], Iterable[int]]

    def of(self, first: int, last: int) -> tuple[Range, ...]:
        """Return 8-byte aligned half-open ranges, one for each stack in use from `first` to `last`, in that order."""
        before = self.trace.move(first - 1) if first else None
        return tuple(self._window(*part) for part in self._parts(first - (before is not None), last))

    def in_use(self, windows: Sequence[Range], position: int) -> Range:
        """Return the one of `windows` that shows the stack in use at a position, else the first."""
        low, high = self.trace.stack_at(position)
        return next((w for w in windows if w[0] < high and low < w[1]), windows[0])

    def _parts(self, first: int, last: int) -> Iterator[Range]:
        """Yield the parts of a range of positions, both ends included, in which one stack was in use."""
        for move in self.trace.moves:
            if first <= move.step < last:
                yield first, move.step
                first = move.step + 1
        yield first, last

    def start(self, position: int) -> Activation:
        """Return the function the trace starts in, on the stack in use at a position."""
        return next(row for row in reversed(self._tops) if row.begin <= position)

    @cached_property
    def _tops(self) -> Sequence[Activation]:
        """The function the trace starts in: its activation, and the copies of it where the stack was moved."""
        tops = [self.activations.rows[0]]
        tops += [row for row in self.activations.rows if row.parent is None and row.copy_of is not None]
        return tops

    def _window(self, first: int, last: int) -> Range:
        """Return the range of the rows that positions `first` to `last` of one stack touch.

        From the lowest rsp, or what recorded instructions themselves read or wrote below it, up to the CFA of the
        outermost frame, or of Go's runtime beyond it, and the arguments passed to it on the stack. Where `first` is
        the moment just after a function returned, all that this function left below rsp belongs to it.
        """
        sps = self.trace.columns[self.trace.architecture.sp]
        lowest, highest = self.trace.stack_at(first)
        inside = [k for k in range(first, last + 1) if lowest <= sps[k] <= highest]
        if not inside:
            inside = list(range(first, last + 1))
        low = min(sps[k] for k in inside)
        for k in inside:
            low = min(low, *self._touched(k - 1, sps[k], highest), sps[k]) if k else low
        top = self.activations.at(first)
        if top is not None and first in inside:
            low = min(low, self.ownership.red_zone(top, first, sps[first]))
            gone = (a for a in self.activations.ended(first) if a.entry != "over" and a.end == first)
            left = [a for a in gone if a.index not in self.activations.left_behind]
            low = min([low, *(self.ownership.lowest(a, first) for a in left)])
        tops = [low + ROW, self.start(first).cfa, *(end for k in {first, last} for end in self.ends(k))]
        if first not in inside or not lowest <= sps[first] <= highest:  # a stack the trace did not begin on
            tops += [a.cfa for k in {first, last} for a in self.activations.live(k)]
            tops = [top for top in tops if low < top <= low + _WIDEST]
        return low & -ROW, (max(tops) + ROW - 1) & -ROW

    def _touched(self, i: int, sp: int, highest: int) -> Iterator[int]:
        """Yield the addresses, down to the end of the red zone, that step `i` read or wrote itself."""
        if self.trace.over[i]:
            return
        least = min(sp, self.trace.columns[self.trace.architecture.sp][i])
        for accesses in (self.trace.writes.of(i), self.trace.reads.of(i)):
            yield from (a.address for a in accesses if least - RED_ZONE <= a.address < highest)
