"""Stepping by source lines, as gdb 13's process_event_stop_test (infrun.c) does it.

Ranges of the line table, calls stepped over, a stop at the start of a statement of another line. Inlined calls count
as calls: those that start at a stop are hidden (not entered yet), `step` at one enters it where it stands, and what
is inside of one is stepped through or over like a function.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from stackreel.binary import Function
from stackreel.claims.gdb.answers import unrecorded
from stackreel.claims.gdb.motion import Halts, Motion, Stop
from stackreel.claims.gdb.program import Program
from stackreel.claims.gdb.stack import GdbFrame, Identity, Stacks, beginning, without
from stackreel.listing import Instruction
from stackreel.trace import Trace


@dataclass(frozen=True)
class _Line:
    """The step in progress: gdb's step_range, step_frame_id, step_stack_frame_id, current_symtab and current_line."""

    low: int
    high: int
    frame: Identity
    activation: int | None
    file: str
    line: int

    def holds(self, pc: int) -> bool:
        """Whether the step is still inside of its line; as in gdb, in whatever activation."""
        return self.low <= pc < self.high


@dataclass(frozen=True)
class LineSteps:
    """Steps over the lines of one trace; `halts` are the breakpoints in force."""

    trace: Trace
    program: Program
    stacks: Stacks
    motion: Motion

    def step(
        self,
        halts: Halts,
        position: int,
        frame: GdbFrame,
        *,
        into: bool,
        forward: bool = False,
    ) -> Stop:
        """Execute to the start of another line; `into` calls with lines, or over them; `forward`: as `until` does.

        `frame` is the innermost one that is not hidden.
        """
        pc = self.trace.pc(position)
        row, function = self.program.row(pc), self.program.function_at(pc)
        if row is None:
            low, high = (function.low, function.high) if function else (pc, pc + 1)
        else:
            low, high = function.low if forward and function else row.low, row.high
        step = _Line(low, high, frame.identity, self.motion.top(position), frame.file, frame.line)
        return self._run(halts, position, step, self._named(position), into=into)

    def out_of(self, halts: Halts, position: int, around: GdbFrame) -> Stop:
        """Execute until an inlined call is left; `around` is the frame it is in."""
        step = _Line(around.pc, around.pc, around.identity, self.motion.top(position), "", 0)
        return self._run(halts, position, step, "", into=False)

    def _run(self, halts: Halts, position: int, step: _Line, begun: str, *, into: bool) -> Stop:
        self.motion.check_reachable(halts.addresses)
        while True:
            moved = self._moved(position, halts, step, into=into)
            if isinstance(moved, Stop):
                return moved
            position = moved
            pc = self.trace.pc(position)
            if step.holds(pc):
                continue
            row = self.program.row(pc)
            frames = self.stacks.frames(position)
            hidden = beginning(frames)
            if row is None:
                return self._ended(position, step, begun, frames, hidden)
            frame = frames[hidden]
            inlined = self._inlined(step, frames, hidden, into=into)
            if inlined is not None:
                if inlined < 0:
                    continue
                return self._ended(position, step, begun, frames, inlined)
            if pc == row.low and (row.file, row.line) != (step.file, step.line):
                if row.is_stmt:
                    return self._ended(position, step, begun, frames, hidden)
                if frame.identity == step.frame:
                    continue
                row = replace(row, line=0)  # so that a statement of the line that comes later ends the step
            step = _Line(row.low, row.high, frame.identity, self.motion.top(position), row.file, row.line)

    def _inlined(self, step: _Line, frames: tuple[GdbFrame, ...], hidden: int, *, into: bool) -> int | None:
        """Return how many inlined calls stay hidden where they end the step, -1 where it goes on, None without any."""
        frame = frames[hidden]
        if hidden and frame.identity == step.frame:
            is_same_line = (frame.file, frame.line) == (step.file, step.line)
            if into:
                return hidden - is_same_line
            return -1 if is_same_line else hidden
        around = frames[hidden + 1 : hidden + 1 + frame.nesting]
        if any(one.identity == step.frame for one in around):
            return hidden if into else -1
        return None

    def _ended(
        self, position: int, step: _Line, begun: str, frames: tuple[GdbFrame, ...], hidden: int
    ) -> Stop:
        now = without(frames, hidden)[0].identity
        is_same = now == step.frame and self._named(position) == begun
        return Stop("step", position, is_same_frame=is_same, hidden=hidden)

    def _named(self, position: int) -> str:
        return self.program.function_name(self.trace.pc(position))

    # --- calls ---------------------------------------------------------------------------------------------------

    def _moved(self, position: int, halts: Halts, step: _Line, *, into: bool) -> int | Stop:
        """Make one move of a line step: an instruction, or a call with all it does."""
        if into and position < len(self.trace) and self.trace.over[position]:
            self._check_callee(position)
        following = self.motion.next(position)
        if isinstance(following, Stop):
            return following
        if self.motion.halts_at(halts, following):
            return Stop("breakpoint", following)
        is_inside = bool(self.trace.over[position]) and self.motion.is_below(following, step.activation)
        if not is_inside and (step.holds(self.trace.pc(following)) or not self._is_callee(following, step)):
            return following
        if into and not is_inside:
            entered = self._entered(following, halts)
            if entered is not None:
                return entered
        stop = self.motion.back(following, halts, step.activation)
        return stop.position if stop.why == "step" else stop

    def _is_callee(self, position: int, step: _Line) -> bool:
        """Whether a position is in a function that the frame of a step called."""
        now = self.stacks.activations.at(position)
        return now is not None and now.parent is not None and now.parent == step.activation

    def _entered(self, position: int, halts: Halts) -> Stop | None:
        """Return the stop after the prologue of a function just entered; None where it has no lines."""
        pc, top = self.trace.pc(position), self.motion.top(position)
        function = self.program.function_at(pc)
        if function is None or self.program.row(pc) is None:
            return None
        target = self.program.debug.after_prologue(function, stepping=True)
        if target == pc:
            return Stop("step", position)
        return self.motion.until(
            position, halts, lambda k: self.trace.pc(k) == target and self.motion.top(k) == top, "step"
        )

    def _check_callee(self, position: int) -> None:
        """Raise UnrecordedError where gdb would step into a function that is not recorded."""
        found = self.motion.instruction(position)
        callee = self._callee(found, position)
        if callee is not None and self.program.row(callee.low) is not None and found.kind == "call":
            raise unrecorded(
                f"step goes into {callee.name}, which is not recorded; next steps over it", callee.name
            )

    def _callee(self, found: Instruction, position: int) -> Function | None:
        target = found.target
        if target is None and found.operands.startswith("*%"):
            target = self.trace.register(found.operands[2:], position)
        return None if target is None else self.program.function_at(target)
