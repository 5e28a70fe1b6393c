"""Moving through the recorded run: to breakpoints, by instructions, out of functions.

Positions of the trace take the place of a running program. Stepping by lines is `stepping`'s. What the trace does not
hold (the inside of a call stepped over, what comes after its end) raises UnrecordedError.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from stackreel.binary import Function
from stackreel.claims.gdb.answers import unrecorded
from stackreel.claims.gdb.program import Program
from stackreel.claims.gdb.stack import GdbFrame, Stacks
from stackreel.listing import Instruction, one
from stackreel.trace import Trace

Why = Literal["step", "breakpoint", "finish", "location", "exited", "killed", "signal"]


@dataclass(frozen=True)
class Stop:
    """Where a motion ended: at `position`, or with the process (`exited`, `killed`).

    `is_same_frame`: a step that ended in the frame and function it began in, of which gdb prints only the line.
    `hidden`: how many inlined calls that start here were not entered; None for all of them.
    """

    why: Why
    position: int
    is_same_frame: bool = False
    hidden: int | None = None


@dataclass(frozen=True)
class Halts:
    """Breakpoints in force: their addresses, and whether one of them holds at a position that is at one."""

    addresses: frozenset[int]
    holds: Callable[[int], bool]


class Motion:
    """Moves over one trace; `halts` are the breakpoints in force."""

    def __init__(
        self, trace: Trace, program: Program, stacks: Stacks, recorded: Collection[str] = ()
    ) -> None:
        self._trace = trace
        self._program = program
        self._stacks = stacks
        self._recorded = recorded

    # --- facts ---------------------------------------------------------------------------------------------------

    def top(self, position: int) -> int | None:
        """Return the activation that runs at a position."""
        return self._stacks.activations.top[position]

    @cached_property
    def _functions(self) -> frozenset[str]:
        """Names of the functions with recorded instructions, and those said to be recorded."""
        said = (self._program.functions(name) for name in self._recorded)
        places = (*self._trace.code, *(f.low for found in said for f in found))
        return frozenset([*self._recorded, *(self._program.recorded_name(pc) for pc in places)])

    def halts_at(self, halts: Halts, position: int) -> bool:
        """Whether a breakpoint stops the program at a position."""
        return self._trace.pc(position) in halts.addresses and halts.holds(position)

    def check_reachable(self, addresses: Collection[int]) -> None:
        """Raise UnrecordedError for a breakpoint in code whose execution the trace does not show."""
        for address in addresses:
            function = self._program.function_at(address)
            if function is None or self._program.recorded_name(address) not in self._functions:
                name = function.name if function else f"{address:#x}"
                raise unrecorded(f"whether the breakpoint in {name} is reached is not in the trace", name)

    def instruction(self, position: int) -> Instruction:
        """Return the instruction about to execute."""
        pc = self._trace.pc(position)
        return one(self._trace.code.get(pc, b"\x90"), pc, "att", self._program.symbolize)

    def next(self, position: int) -> int | Stop:
        """Return the position after one recorded step, or how the process ended."""
        count, end = len(self._trace), self._trace.end
        if position < count:
            last = position + 1 == count
            if last and end.reason == "exited":
                return Stop("exited", count)
            if last and end.reason == "signal":
                return Stop("signal", count)
            if last and end.reason in ("limit", "unsupported"):
                raise unrecorded(f"the trace ends here: {end.detail or end.reason}")
            return position + 1
        if end.reason == "signal":
            return Stop("killed", count)
        if self._starts_at_main():
            return Stop("exited", count)
        raise unrecorded("the trace ends here, where the function it started in returned")

    @cached_property
    def main(self) -> Function | None:
        """The program's main function."""
        return self._program.function(self._program.main)

    def _starts_at_main(self) -> bool:
        return self.main is not None and self.main.low == self._trace.start

    def exit_status(self) -> int:
        """Return the status the process exits with: what exit was given, or what main returned."""
        if self._trace.end.reason == "exited":
            return self._trace.end.status
        if self._program.is_go:
            return 0
        return self._trace.register("rax", len(self._trace)) & 0xFF

    # --- motions -------------------------------------------------------------------------------------------------

    def run(self, halts: Halts, position: int | None) -> Stop:
        """Go on to the next breakpoint; `position` None: from the start, which counts as arriving there."""
        self.check_reachable(halts.addresses)
        if position is None:
            if self.halts_at(halts, 0):
                return Stop("breakpoint", 0)
            position = 0
        return self.until(position, halts, lambda k: False, "location")

    def to(self, halts: Halts, position: int, wanted: Callable[[int], bool], why: Why) -> Stop:
        """Go on until a position is wanted, or a breakpoint."""
        self.check_reachable(halts.addresses)
        return self.until(position, halts, wanted, why)

    def until(self, position: int, halts: Halts, wanted: Callable[[int], bool], why: Why) -> Stop:
        """Go on from a position until one is wanted, or a breakpoint."""
        while True:
            following = self.next(position)
            if isinstance(following, Stop):
                return following
            position = following
            if wanted(position):
                return Stop(
                    "breakpoint" if self.halts_at(halts, position) and why == "step" else why, position
                )
            if self.halts_at(halts, position):
                return Stop("breakpoint", position)

    def instruction_step(self, halts: Halts, position: int, *, over: bool) -> Stop:
        """Execute one instruction; `over`: with the whole of what it calls."""
        self.check_reachable(halts.addresses)
        before = self.top(position)
        if position < len(self._trace) and self._trace.over[position] and not over:
            raise self._unseen(position)
        following = self.next(position)
        if isinstance(following, Stop):
            if position == len(self._trace):
                raise unrecorded("the trace ends here, where the function it started in returned")
            return following
        position = following
        if self.halts_at(halts, position):
            return Stop("breakpoint", position)
        if over and self.is_below(position, before):
            return self.back(position, halts, before)
        return Stop("step", position, is_same_frame=self._is_same(position, position, before, before))

    def _unseen(self, position: int) -> Exception:
        found = self.instruction(position)
        target = self._program.function_at(found.target) if found.target is not None else None
        place = self._program.symbolize(found.address)
        name = "" if target is None else target.name.removesuffix("@plt")
        return unrecorded(
            f"the instruction at {place or hex(found.address)} goes on in"
            f" {name or 'code'} that is not recorded; nexti steps over it",
            name,
        )

    def is_below(self, position: int, activation: int | None) -> bool:
        """Whether a position is inside of a call made by an activation."""
        rows, index = self._stacks.activations.rows, self.top(position)
        while index is not None and index != activation:
            index = rows[index].parent
        return index == activation and self.top(position) != activation and activation is not None

    def back(self, position: int, halts: Halts, activation: int | None) -> Stop:
        """Go on until an activation, or one around it, runs again."""
        stop = self.until(position, halts, lambda k: not self.is_below(k, activation), "step")
        if stop.why != "step":
            return stop
        return Stop("step", stop.position, is_same_frame=self.top(stop.position) == activation)

    def _is_same(self, begun: int, position: int, first: int | None, now: int | None) -> bool:
        return self.top(position) == now == first

    def has_returned(self, frame: GdbFrame, position: int) -> bool:
        """Whether a position is where a frame has just returned to."""
        sp = self._trace.register(self._trace.architecture.sp, position)
        return self._trace.pc(position) == frame.return_address and sp == frame.cfa

    def finish(self, halts: Halts, position: int, frame: GdbFrame) -> Stop:
        """Run until a frame has returned to the one around it."""
        return self.to(halts, position, lambda k: self.has_returned(frame, k), "finish")
