"""Frames as gdb numbers them, inlined calls included, and what an expression needs of each.

It stands on the rooms below: which activation runs is `frames.activations`, unwinding `frames.unwind`. Past the end
of the recorded function only the innermost frame is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from stackreel.binary import CallSite, Expression, LineRow, VariableInfo, entry_value
from stackreel.claims.gdb.program import Program
from stackreel.frames import SIGNAL_FRAME, Analyst
from stackreel.frames.activations import Activations, observe
from stackreel.frames.context import FrameContext
from stackreel.frames.known import Known
from stackreel.frames.rules import Rules
from stackreel.frames.unwind import Unwinder, UnwoundFrame
from stackreel.trace import Trace


@dataclass(frozen=True)
class CalledContext(FrameContext):
    """A frame whose values at function entry are those its caller says it passed, as gdb finds them.

    `site` finds the call and its caller's frame, None where the caller has no debug information or called another
    function than this.
    """

    site: Callable[[], tuple[CallSite, FrameContext] | None] = field(default=lambda: None, compare=False)

    def entry_value(self, expression: Expression) -> int | None:
        """Return what an expression was when the function was entered."""
        found = self.site()
        return None if found is None else entry_value(found[0], expression, found[1])


@dataclass(frozen=True)
class GdbFrame:
    """A frame of gdb's backtrace.

    `pc` is where it executes or will go on, `lookup` an address inside of the instruction it is in. `depth` counts
    the inlined calls at its pc that are inside of it. `has_symbols`: its function has debug information. `saved` are
    the addresses at which its caller's registers are kept. `row` is None, `file` empty and `line` 0 where no source
    line is known. `is_known` is False where its callers are not in the trace. `begins`: it is an inlined call that
    starts at the pc. `block` are the first addresses of the inlined calls it is in, its own first.
    """

    level: int
    function: str
    pc: int
    lookup: int
    registers: Mapping[str, int]
    cfa: int
    return_address: int | None
    return_slot: int
    saved: Mapping[str, int]
    context: FrameContext
    depth: int
    is_inlined: bool
    is_signal: bool
    has_symbols: bool
    file: str
    line: int
    row: LineRow | None
    is_known: bool = True
    begins: bool = False
    block: tuple[int, ...] = ()

    @property
    def shows_address(self) -> bool:
        """Whether gdb writes the pc: it is not the first instruction of its source line."""
        return not self.depth and (self.row is None or self.pc != self.row.low or not self.row.is_stmt)

    @property
    def nesting(self) -> int:
        """How many frames around it run the same activation: those that it is inlined into."""
        return len(self.block)

    @property
    def identity(self) -> Identity:
        """What tells a frame from others, as gdb's frame id does."""
        return self.cfa, self.function, self.block


Identity = tuple[int, str, tuple[int, ...]]
"""A frame's canonical frame address, function, and the inlined calls it is in."""


def beginning(frames: tuple[GdbFrame, ...]) -> int:
    """Return how many inlined calls start at the pc: but after stepi, gdb has not entered them yet."""
    return next(n for n, frame in enumerate(frames) if not frame.begins)


def hidden(frames: tuple[GdbFrame, ...], asked: Sequence[str]) -> int:
    """Return how many inlined calls that start at a breakpoint are not entered: those inside of what was asked for.

    `asked` are the functions by whose names breakpoints were set there, empty for lines and addresses.
    """
    most = beginning(frames)
    inlined = [frame.function for frame in frames[:most]]
    return min(inlined.index(name) if name in inlined else most if name else 0 for name in asked)


def without(frames: tuple[GdbFrame, ...], hidden: int) -> tuple[GdbFrame, ...]:
    """Return frames without the innermost `hidden`, numbered anew."""
    return tuple(replace(frame, level=frame.level - hidden) for frame in frames[hidden:])


class Stacks:
    """The frames at any position of a trace."""

    def __init__(self, trace: Trace, program: Program) -> None:
        self._trace = trace
        self._program = program
        self.frames = lru_cache(maxsize=512)(self._frames)

    @cached_property
    def activations(self) -> Activations:
        """The calls of the trace."""
        outermost = Analyst(self._trace, self._program.image, self._program.debug).frames(0)
        start = self._trace.register(self._trace.architecture.sp, 0) + 8
        return observe(self._trace, outermost[-1].cfa if outermost else start, self._is_entry)

    def _is_entry(self, pc: int) -> bool:
        function = self._program.image.function_at(pc)
        return function is not None and function.low == pc

    @cached_property
    def _unwinder(self) -> Unwinder:
        return Unwinder(self._trace, self._program.image, self.activations, self._program.debug.unwind)

    def known(self, position: int) -> Known:
        """Return memory at a position."""
        return Known(self._trace.memory(position), self._program.image)

    def _frames(self, position: int) -> tuple[GdbFrame, ...]:
        """Return the frames at a position, innermost first, up to main."""
        known = self.known(position)
        found: list[GdbFrame] = []
        unwound = self._unwinder.frames(position)
        if self._program.is_go:
            unwound = _keeping_rbp(unwound)
        contexts = self._contexts(unwound, known)
        for frame, context in zip(unwound, contexts, strict=True):
            found += self._expanded(frame, context, len(found))
            if frame.pc and found[-1].function == self._program.main:
                break
        return tuple(found) or (self._bare(position, known),)

    def _expanded(self, frame: UnwoundFrame, context: FrameContext, level: int) -> list[GdbFrame]:
        debug = self._program.debug
        function = debug.function_at(frame.lookup)
        row = self._program.row(frame.lookup)
        calls = () if function is None or frame.is_signal else debug.inlined(frame.lookup)
        places = [(row.file, row.line) if row else ("", 0), *((c.call_file, c.call_line) for c in calls)]
        names = [*(c.name for c in calls), self._name(frame)]
        return [
            GdbFrame(
                level=level + depth,
                function=name,
                pc=frame.pc,
                lookup=frame.lookup,
                registers=frame.registers,
                cfa=frame.cfa,
                return_address=frame.return_address,
                return_slot=frame.return_slot,
                saved=_saved(frame, context.known),
                context=context,
                depth=depth,
                is_inlined=depth < len(calls),
                begins=depth < len(calls) and calls[depth].low == frame.pc,
                block=tuple(call.entry for call in calls[depth:]),
                is_signal=frame.is_signal,
                has_symbols=function is not None and not frame.is_signal,
                file=places[depth][0],
                line=places[depth][1],
                row=row,
            )
            for depth, name in enumerate(names)
        ]

    def _name(self, frame: UnwoundFrame) -> str:
        return SIGNAL_FRAME if frame.is_signal else self._program.function_name(frame.lookup)

    def _contexts(self, unwound: tuple[UnwoundFrame, ...], known: Known) -> list[FrameContext]:
        """Return the context of each frame; each knows its caller's."""
        found: list[FrameContext] = []
        outer: tuple[UnwoundFrame, FrameContext] | None = None
        for frame in reversed(unwound):
            context = self._context(frame, outer, known)
            outer = (frame, context)
            found.insert(0, context)
        return found

    def _context(
        self, frame: UnwoundFrame, outer: tuple[UnwoundFrame, FrameContext] | None, known: Known
    ) -> FrameContext:
        debug = self._program.debug
        function = debug.function_at(frame.lookup)

        def site() -> tuple[CallSite, FrameContext] | None:
            found = None if outer is None else debug.call_site(outer[0].pc)
            if outer is None or found is None or function is None or found.target != function.name:
                return None
            return found, outer[1]

        return CalledContext(
            registers=frame.registers,
            known=known,
            canonical=frame.cfa,
            base=None if function is None else debug.frame_base(frame.lookup),
            function_low=0 if function is None else function.low,
            site=site,
        )

    def _bare(self, position: int, known: Known) -> GdbFrame:
        """Return the frame of code that nothing but its pc is known of."""
        registers, pc = self._trace.state(position), self._trace.pc(position)
        sp = registers[self._trace.architecture.sp]
        row = self._program.row(pc)
        return GdbFrame(
            level=0,
            function=self._program.function_name(pc),
            pc=pc,
            lookup=pc,
            registers=registers,
            cfa=sp,
            return_address=None,
            return_slot=sp,
            saved={},
            context=FrameContext(registers, known),
            depth=0,
            is_inlined=False,
            is_signal=False,
            has_symbols=self._program.debug.function_at(pc) is not None,
            file=row.file if row else "",
            line=row.line if row else 0,
            row=row,
            is_known=False,
        )

    def at_entry(self, frame: GdbFrame, name: str) -> int | None:
        """Return what a parameter was when its function was entered, as far as the caller says what it passed."""
        function = self._program.debug.function_at(frame.lookup)
        if function is None or frame.is_inlined:
            return None
        info = next((v for v in self._program.debug.scope(function.low) if v.name == name), None)
        place = None if info is None else info.location
        if place is None or len(place.code) != 1 or not 0x50 <= place.code[0] < 0x70:  # DW_OP_reg0 to reg31
            return None
        return frame.context.entry_value(place)

    def scope(self, frame: GdbFrame) -> tuple[VariableInfo, ...]:
        """Return the variables visible in a frame, as gdb lists them; parameters first."""
        return self._program.scope(frame.lookup, frame.depth) if frame.has_symbols else ()


def _keeping_rbp(unwound: tuple[UnwoundFrame, ...]) -> tuple[UnwoundFrame, ...]:
    """Return Go's frames with the rbp gdb finds: its rules never say where it is kept, so it is the inner one's."""
    found = list(unwound[:1])
    for frame in unwound[1:]:
        inner, held = found[-1], found[-1].registers.get("rbp")
        if inner.row is None or "rbp" in inner.row.registers or held is None:
            found.append(frame)
        else:
            found.append(replace(frame, registers={**frame.registers, "rbp": held}))
    return tuple(found)


def _saved(frame: UnwoundFrame, known: Known) -> Mapping[str, int]:
    """Return where call frame information says the caller's registers are kept; as in gdb, popped ones too."""
    if frame.row is None:
        return {s.name: s.address for s in frame.saved}
    rules = Rules(frame.row, frame.registers, known)
    slots = {name: rules.slot(name, frame.cfa) for name in frame.row.registers}
    return {name: slot for name, slot in slots.items() if slot is not None}
