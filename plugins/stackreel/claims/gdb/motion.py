"""Moving through the recorded run as gdb's stepping commands move through a process.

Positions of the trace take the place of a running program. Stepping by lines follows gdb 13's
process_event_stop_test (infrun.c): ranges of the line table, calls stepped over, a stop at the start of a statement
of another line. What the trace does not hold (the inside of a call stepped over, what comes after its end) raises
UnrecordedError.
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
    """

    why: Why
    position: int
    is_same_frame: bool = False


@dataclass(frozen=True)
class _Line:
    """The step in progress: its range, frame and line (gdb's step_range, step_frame_id, current_line)."""

    low: int
    high: int
    activation: int | None
    file: str
    line: int

    def holds(self, pc: int) -> bool:
        """Whether the step is still inside of its line; as in gdb, in whatever activation."""
        return self.low <= pc < self.high


class Motion:
    """Moves over one trace; `stops_at` are the addresses of breakpoints in force."""

    def __init__(
        self, trace: Trace, program: Program, stacks: Stacks, recorded: Collection[str] = ()
    ) -> None:
        self._trace = trace
        self._program = program
        self._stacks = stacks
        self._recorded = recorded

    # --- facts ---------------------------------------------------------------------------------------------------

    def _top(self, position: int) -> int | None:
        return self._stacks.activations.top[position]

    @cached_property
    def _functions(self) -> frozenset[str]:
        """Names of the functions with recorded instructions, and those said to be recorded."""
        found = (self._program.function_at(pc) for pc in self._trace.code)
        return frozenset([*self._recorded, *(f.name for f in found if f is not None)])

    def check_reachable(self, addresses: Collection[int]) -> None:
        """Raise UnrecordedError for a breakpoint in code whose execution the trace does not show."""
        for address in addresses:
            function = self._program.function_at(address)
            if function is None or function.name not in self._functions:
                name = function.name if function else f"{address:#x}"
                raise unrecorded(f"whether the breakpoint in {name} is reached is not in the trace", name)

    def instruction(self, position: int) -> Instruction:
        """Return the instruction about to execute."""
        pc = self._trace.pc(position)
        return one(self._trace.code.get(pc, b"\x90"), pc, "att", self._program.image.symbolize)

    def _next(self, position: int) -> int | Stop:
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
        return self._program.function("main")

    def _starts_at_main(self) -> bool:
        return self.main is not None and self.main.low == self._trace.start

    def exit_status(self) -> int:
        """Return the status the process exits with: what exit was given, or what main returned."""
        if self._trace.end.reason == "exited":
            return self._trace.end.status
        return self._trace.register("rax", len(self._trace)) & 0xFF

    # --- motions -------------------------------------------------------------------------------------------------

    def run(self, stops_at: Collection[int], position: int | None) -> Stop:
        """Go on to the next breakpoint; `position` None: from the start, which counts as arriving there."""
        self.check_reachable(stops_at)
        if position is None:
            if self._trace.pc(0) in stops_at:
                return Stop("breakpoint", 0)
            position = 0
        return self._until(position, stops_at, lambda k: False, "location")

    def to(self, stops_at: Collection[int], position: int, wanted: Callable[[int], bool], why: Why) -> Stop:
        """Go on until a position is wanted, or a breakpoint."""
        self.check_reachable(stops_at)
        return self._until(position, stops_at, wanted, why)

    def _until(
        self, position: int, stops_at: Collection[int], wanted: Callable[[int], bool], why: Why
    ) -> Stop:
        while True:
            following = self._next(position)
            if isinstance(following, Stop):
                return following
            position = following
            if wanted(position):
                return Stop(
                    "breakpoint" if self._trace.pc(position) in stops_at and why == "step" else why, position
                )
            if self._trace.pc(position) in stops_at:
                return Stop("breakpoint", position)

    def instruction_step(self, stops_at: Collection[int], position: int, *, over: bool) -> Stop:
        """Execute one instruction; `over`: with the whole of what it calls."""
        self.check_reachable(stops_at)
        before = self._top(position)
        if position < len(self._trace) and self._trace.over[position] and not over:
            raise self._unseen(position)
        following = self._next(position)
        if isinstance(following, Stop):
            if position == len(self._trace):
                raise unrecorded("the trace ends here, where the function it started in returned")
            return following
        position = following
        if self._trace.pc(position) in stops_at:
            return Stop("breakpoint", position)
        if over and self._is_below(position, before):
            return self._back(position, stops_at, before)
        return Stop("step", position, is_same_frame=self._is_same(position, position, before, before))

    def _unseen(self, position: int) -> Exception:
        found = self.instruction(position)
        target = self._program.function_at(found.target) if found.target is not None else None
        place = self._program.image.symbolize(found.address)
        name = "" if target is None else target.name.removesuffix("@plt")
        return unrecorded(
            f"the instruction at {place or hex(found.address)} goes on in"
            f" {name or 'code'} that is not recorded; nexti steps over it",
            name,
        )

    def _is_below(self, position: int, activation: int | None) -> bool:
        """Whether a position is inside of a call made by an activation."""
        rows, index = self._stacks.activations.rows, self._top(position)
        while index is not None and index != activation:
            index = rows[index].parent
        return index == activation and self._top(position) != activation and activation is not None

    def _back(self, position: int, stops_at: Collection[int], activation: int | None) -> Stop:
        """Go on until an activation, or one around it, runs again."""
        stop = self._until(position, stops_at, lambda k: not self._is_below(k, activation), "step")
        if stop.why != "step":
            return stop
        return Stop("step", stop.position, is_same_frame=self._top(stop.position) == activation)

    def _is_same(self, begun: int, position: int, first: int | None, now: int | None) -> bool:
        return self._top(position) == now == first

    def line_step(
        self, stops_at: Collection[int], position: int, *, into: bool, forward: bool = False
    ) -> Stop:
        """Execute to the start of another line; `into` calls with lines, or over them; `forward`: as `until` does."""
        self.check_reachable(stops_at)
        self._check_inlined(position)
        pc = self._trace.pc(position)
        row, function = self._program.row(pc), self._program.function_at(pc)
        begun = self._named(position)
        if row is None:
            low, high = (function.low, function.high) if function else (pc, pc + 1)
            step = _Line(low, high, self._top(position), "", 0)
        else:
            low = function.low if forward and function else row.low
            step = _Line(low, row.high, self._top(position), row.file, row.line)
        while True:
            moved = self._moved(position, stops_at, step, into=into)
            if isinstance(moved, Stop):
                return moved
            position = moved
            pc, top = self._trace.pc(position), self._top(position)
            if step.holds(pc):
                continue
            self._check_inlined(position)
            row = self._program.row(pc)
            if row is None:
                return self._ended(position, step, begun)
            is_other = (row.file, row.line) != (step.file, step.line)
            if pc == row.low and is_other:
                if row.is_stmt:
                    return self._ended(position, step, begun)
                if top == step.activation:
                    continue
            step = _Line(row.low, row.high, top, row.file, row.line)

    def _check_inlined(self, position: int) -> None:
        """Refuse to step by lines through inlined calls, for which gdb has rules that are not followed here."""
        calls = self._program.debug.inlined(self._trace.pc(position))
        if calls:
            raise unrecorded(
                f"a replay does not step by lines into {calls[0].name}, which is inlined here; stepi does,"
                " and a breakpoint on the line to go to"
            )

    def _ended(self, position: int, step: _Line, begun: str) -> Stop:
        same = self._top(position) == step.activation and self._named(position) == begun
        return Stop("step", position, is_same_frame=same)

    def _named(self, position: int) -> str:
        return self._program.function_name(self._trace.pc(position))

    def _moved(self, position: int, stops_at: Collection[int], step: _Line, *, into: bool) -> int | Stop:
        """Make one move of a line step: an instruction, or a call with all it does."""
        if into and position < len(self._trace) and self._trace.over[position]:
            self._check_callee(position)
        following = self._next(position)
        if isinstance(following, Stop):
            return following
        if self._trace.pc(following) in stops_at:
            return Stop("breakpoint", following)
        is_inside = bool(self._trace.over[position]) and self._is_below(following, step.activation)
        if not is_inside and (step.holds(self._trace.pc(following)) or not self._is_callee(following, step)):
            return following
        if into and not is_inside:
            entered = self._entered(following, stops_at)
            if entered is not None:
                return entered
        stop = self._back(following, stops_at, step.activation)
        return stop.position if stop.why == "step" else stop

    def _is_callee(self, position: int, step: _Line) -> bool:
        """Whether a position is in a function that the frame of a step called."""
        now = self._stacks.activations.at(position)
        return now is not None and now.parent is not None and now.parent == step.activation

    def _entered(self, position: int, stops_at: Collection[int]) -> Stop | None:
        """Return the stop after the prologue of a function just entered; None where it has no lines."""
        pc, top = self._trace.pc(position), self._top(position)
        function = self._program.function_at(pc)
        if function is None or self._program.row(pc) is None:
            return None
        target = self._program.debug.after_prologue(function)
        if target == pc:
            return Stop("step", position)
        return self._until(
            position, stops_at, lambda k: self._trace.pc(k) == target and self._top(k) == top, "step"
        )

    def _check_callee(self, position: int) -> None:
        """Raise UnrecordedError where gdb would step into a function that is not recorded."""
        found = self.instruction(position)
        callee = self._callee(found, position)
        if callee is not None and self._program.row(callee.low) is not None and found.kind == "call":
            raise unrecorded(
                f"step goes into {callee.name}, which is not recorded; next steps over it", callee.name
            )

    def _callee(self, found: Instruction, position: int) -> Function | None:
        target = found.target
        if target is None and found.operands.startswith("*%"):
            target = self._trace.register(found.operands[2:], position)
        return None if target is None else self._program.function_at(target)

    def has_returned(self, frame: GdbFrame, position: int) -> bool:
        """Whether a position is where a frame has just returned to."""
        sp = self._trace.register(self._trace.architecture.sp, position)
        return self._trace.pc(position) == frame.return_address and sp == frame.cfa

    def finish(self, stops_at: Collection[int], position: int, frame: GdbFrame) -> Stop:
        """Run until a frame has returned to the one around it."""
        return self.to(stops_at, position, lambda k: self.has_returned(frame, k), "finish")
