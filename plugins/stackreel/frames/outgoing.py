"""What the running function of Go's stack convention has at the bottom of its frame: results and arguments of calls.

The area belongs to one call after another. After a call has returned it is that call's, until one of the next call's
arguments is written; then it is the next call's, which a recorded trace knows: its arguments where they are written,
and the room of its results where the function has had nothing written yet. What its other calls left there has no
name. Trusts the trace for which call comes next; calls stepped over have no names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stackreel.frames.activations import Activation, Activations
from stackreel.frames.layout import Placed
from stackreel.frames.regions import Holding
from stackreel.frames.written import Written

_CALLS = ("call", "over")

Passed = tuple[int, Placed]
"""A parameter, and the position at which its function was entered."""


@dataclass(frozen=True)
class Outgoing:
    """Finds what calls before and after a position have there; `entered` gives an activation's frame as it began."""

    written: Written
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
            latest = [(placed, self._latest(placed, position)) for placed in self._of(following)]
            begun = last is None or last.entry == "over" or any(step >= since for _, step in latest)
            if begun:
                first = self.written.begin(running)
                own = (p for p, step in latest if step >= since or (p.is_result and step < first))
                yield from ((following.begin, placed) for placed in own)
        if last is not None and last.entry == "call" and not begun:
            left = (placed for placed in self._of(last) if self._latest(placed, position) < since)
            yield from ((last.begin, placed) for placed in left)

    def is_call_of(self, called: Activation | None, position: int) -> bool:
        """Tell whether an activation is a call that the function that runs at a position made itself."""
        running = self.activations.at(position)
        return called is not None and running is not None and called.parent == running.index

    def _of(self, call: Activation) -> Iterator[Placed]:
        holding = self.entered(call)
        yield from (placed for placed in holding.placed if placed.address >= holding.frame.cfa)

    def _latest(self, placed: Placed, position: int) -> int:
        """Return the last step before a position that wrote any byte of a parameter, -1 where none did."""
        inside = range(placed.address, placed.address + placed.size)
        origins = (self.written.origin(at, position) for at in inside)
        return max((origin[0] for origin in origins if origin is not None), default=-1)
