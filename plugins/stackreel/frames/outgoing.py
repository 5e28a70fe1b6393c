"""What the running function of Go's stack convention has at the bottom of its frame: results and arguments of calls.

The area belongs to one call after another. After a call has returned it is that call's, as far as it is not written
anew; then it is the next call's, which a recorded trace knows: its arguments where they are written, its results
from the beginning. Trusts the trace for which call comes next; calls stepped over have no names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stackreel.frames.activations import Activation, Activations
from stackreel.frames.layout import Placed
from stackreel.frames.regions import Holding
from stackreel.trace import Trace

_CALLS = ("call", "over")

Passed = tuple[int, Placed]
"""A parameter, and the position at which its function was entered."""


@dataclass(frozen=True)
class Outgoing:
    """Finds what calls before and after a position have there; `entered` gives an activation's frame as it began."""

    trace: Trace
    activations: Activations
    entered: Callable[[Activation], Holding]

    def parameters(self, position: int) -> Iterator[Passed]:
        """Yield the arguments and results of the last and of the next call of the function that runs at a position."""
        running = self.activations.at(position)
        if running is None:
            return
        calls = [row for row in self.activations.rows if row.parent == running.index and row.entry in _CALLS]
        last = next((c for c in reversed(calls) if c.end is not None and c.end <= position), None)
        following = next((c for c in calls if c.begin > position), None)
        since = running.begin if last is None or last.end is None else last.end
        begun = False
        if following is not None and following.entry == "call":
            own = [(placed, self._is_written(placed, since, position)) for placed in self._of(following)]
            begun = last is None or last.entry == "over" or any(is_written for _, is_written in own)
            if begun:
                yield from ((following.begin, placed) for placed, is_own in own if placed.is_result or is_own)
        if last is not None and last.entry == "call" and not begun:
            left = (placed for placed in self._of(last) if not self._is_written(placed, since, position))
            yield from ((last.begin, placed) for placed in left)

    def is_call_of(self, called: Activation | None, position: int) -> bool:
        """Tell whether an activation is a call that the function that runs at a position made itself."""
        running = self.activations.at(position)
        return called is not None and running is not None and called.parent == running.index

    def _of(self, call: Activation) -> Iterator[Placed]:
        holding = self.entered(call)
        yield from (placed for placed in holding.placed if placed.address >= holding.frame.cfa)

    def _is_written(self, placed: Placed, since: int, position: int) -> bool:
        written = self.trace.history.writers
        inside = range(placed.address, placed.address + placed.size)
        return any(next(written(at, since, position), None) is not None for at in inside)
