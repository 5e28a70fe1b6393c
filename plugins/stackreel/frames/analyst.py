"""The stack at any position of a trace: frames, variables, and every byte of a window.

Puts together the shadow call stack, unwinding, variables and slots. It trusts the trace and the binary to belong
together; damaged debug information leaves as BinaryError.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from stackreel.binary import DebugInfo, Image
from stackreel.binary.goabi0 import is_stack_convention
from stackreel.frames.activations import Activation, observe
from stackreel.frames.callers import callers
from stackreel.frames.context import FrameContext, FrameScope
from stackreel.frames.instructions import keeps_frame_pointer
from stackreel.frames.known import Known
from stackreel.frames.layout import Placed
from stackreel.frames.model import Frame, InlinedFrame, Mark, StackView
from stackreel.frames.outgoing import Outgoing
from stackreel.frames.ownership import claim
from stackreel.frames.regions import Holding, Surveyor
from stackreel.frames.rules import Rules
from stackreel.frames.slots import Cutter, in_descending_order
from stackreel.frames.unwind import Unwinder, UnwoundFrame
from stackreel.frames.variables import Found, variables
from stackreel.frames.windows import Range, Windows
from stackreel.frames.written import Written
from stackreel.trace import Trace

SIGNAL_FRAME = "<signal handler called>"
"""What gdb calls the frame the kernel makes under a signal handler."""


class Analyst:
    """Answers what the stack looks like at a position; made once for a trace, cheap to ask."""

    def __init__(self, trace: Trace, image: Image, debug: DebugInfo) -> None:
        self._trace = trace
        self._image = image
        self._debug = debug
        self._activations = observe(trace, self._start_cfa(), self._is_entry)
        self._ownership = claim(trace, self._activations)
        self._written = Written(trace, self._activations)
        self._outgoing = Outgoing(self._written, self._activations, self._entered)
        self._has_outgoing = is_stack_convention(image.go_version)
        self._unwinder = Unwinder(trace, image, self._activations, debug.unwind)
        self._surveyor = Surveyor(self._activations, self._ownership, self._reference)
        self._windows = Windows(trace, self._activations, self._ownership, self._ends)
        self._live = lru_cache(maxsize=256)(self._live_now)
        self._beyond = lru_cache(maxsize=16)(self._beyond_now)
        self._whole = lru_cache(maxsize=1024)(self._as_it_was)
        self._own_lowest: dict[int, tuple[tuple[int, int], ...]] = {}

    def frames(self, position: int) -> tuple[Frame, ...]:
        """Return the live frames at a position, innermost first."""
        return tuple(h.frame for h in self._live(position))

    def callers(self, position: int) -> tuple[Frame, ...]:
        """Return the frames beyond that of the function the trace starts in; see `stackreel.frames.callers`."""
        begun = self._windows.start(position).begin
        number = len(self._live(position))
        return tuple(replace(f, level=number + n) for n, f in enumerate(self._beyond(begun)))

    def view(self, position: int, *windows: Range) -> StackView:
        """Return the stack at a position; `windows` are half-open address ranges, by default what the position needs.

        Raises MomentError for a position outside of the trace.
        """
        trace = self._trace
        executed = trace.step(position - 1) if position else None
        windows = windows or self.windows(position, position)
        low, high = self._windows.in_use(windows, position)
        others = tuple(window for window in windows if window != (low, high))
        sp = trace.register(trace.architecture.sp, position)
        live = self._live(position)
        beyond = self.callers(position)
        survey = self._surveyor.survey(((low, high), *others), position, sp, live, beyond)
        known = Known(trace.memory(position), self._image)
        marks = tuple(self._marks(position, sp))
        arguments = self._passed([*live, *survey.popped], position)
        cutter = Cutter(trace, known, self._written, tuple(arguments), marks, self._argc)
        slots = [slot for region in survey.regions for slot in cutter.cut(region)]
        registers = trace.state(position)
        before = trace.state(position - 1) if position else registers
        wide = [r.name for r in trace.architecture.registers if r.bits == 64]
        return StackView(
            position=position,
            executed=executed,
            next_pc=trace.pc(position),
            registers=registers,
            changed=frozenset(name for name in wide if registers[name] != before[name]),
            frames=tuple(h.frame for h in live),
            popped=tuple(h.frame for h in survey.popped),
            slots=in_descending_order(slots),
            low=low,
            high=high,
            others=others,
            callers=beyond,
            next_symbol=self._image.symbolize(trace.pc(position)),
            end=trace.end if position == len(trace) else None,
        )

    def windows(self, first: int, last: int) -> tuple[Range, ...]:
        """Return the ranges of the rows that positions `first` to `last` need, one for each stack in use.

        See `stackreel.frames.windows`: 8-byte aligned, half-open; more than one only where the stack was moved.
        """
        return self._windows.of(first, last)

    def _passed(self, holdings: Sequence[Holding], position: int) -> Iterator[tuple[int, Placed]]:
        """Yield the parameters to be found in callers' frames, each with the position its function was entered at.

        Where Go passes all of them on the stack, those of calls of the running function are known without their frames.
        """
        if self._has_outgoing:
            yield from self._outgoing.parameters(position)
            holdings = [h for h in holdings if not self._outgoing.is_call_of(h.activation, position)]
        yield from _arguments(holdings)

    def _marks(self, position: int, sp: int) -> Iterator[tuple[int, int, Mark]]:
        """Yield what the executed step did; of code stepped over, only what it left above rsp.

        Where the stack was moved, what is the same on the old and the new one was copied, not written.
        """
        if not position:
            return
        i = position - 1
        high = self._trace.stack_at(position)[1]
        move, before = self._trace.move(i), self._trace.memory(i)
        for access in self._trace.writes.of(i):
            old = None if move is None else before.read(access.address - move.by, access.size)
            is_copy = old == access.value.to_bytes(access.size, "little")
            if not self._trace.over[i] or (sp <= access.address < high and not is_copy):
                yield access.address, access.address + access.size, "written"
        for access in self._trace.reads.of(i):
            yield access.address, access.address + access.size, "read"

    def _ends(self, position: int) -> Iterator[int]:
        """Yield where the arguments end that frames of a position were passed on the stack."""
        yield from (p.address + p.size for _, p in _arguments(self._live(position)))
        yield from (f.cfa for f in self.callers(position))

    def _is_entry(self, pc: int) -> bool:
        function = self._image.function_at(pc)
        return function is not None and function.low == pc

    @property
    def _argc(self) -> int | None:
        """Return where the kernel put argc, in the place of a return address, if the trace begins with the process."""
        return self._start_cfa() - 8 if self._trace.pc(0) == self._image.entry else None

    def _start_cfa(self) -> int:
        """Return the CFA of the frame the trace starts in, which may be past its prologue."""
        trace, pc = self._trace, self._trace.pc(0)
        isa = trace.architecture
        sp, fp = trace.register(isa.sp, 0), trace.register(isa.fp, 0)
        known = Known(trace.memory(0), self._image)
        function = self._image.function_at(pc)
        if function is None or function.low == pc:
            return sp + 8
        row = self._debug.unwind(pc)
        found = None if row is None else Rules(row, trace.state(0), known).cfa()
        if found is not None:
            return found
        done = keeps_frame_pointer(known.read(function.low, 8) or b"")
        return fp + 16 if done is not None and pc >= function.low + done else sp + 8

    def _live_now(self, position: int) -> tuple[Holding, ...]:
        known = Known(self._trace.memory(position), self._image)
        frames = self._unwinder.frames(position)
        return tuple(self._holding(frame, level, known) for level, frame in enumerate(frames))

    def _holding(self, frame: UnwoundFrame, level: int, known: Known) -> Holding:
        found, inlined = self._variables(frame, known)
        function = self._debug.function_at(frame.lookup)
        placed = [f.placed for f in found if f.placed is not None]
        placed += [p for _, inner in inlined for f in inner if (p := f.placed) is not None]
        line = self._debug.line_at(frame.lookup)
        calls = self._debug.inlined(frame.lookup)
        places = [(line.file, line.line) if line else ("", 0), *((c.call_file, c.call_line) for c in calls)]
        address = None if frame.return_slot == self._argc else frame.return_address
        shown = Frame(
            level=level,
            function=self._name(frame),
            pc=frame.pc,
            cfa=frame.cfa,
            low=frame.low,
            return_slot=frame.return_slot,
            return_address=address,
            return_symbol=None if address is None else self._image.symbolize(address),
            saved=frame.saved,
            variables=tuple(f.variable for f in found),
            file=places[-1][0],
            line=places[-1][1],
            inlined=tuple(
                InlinedFrame(name, tuple(f.variable for f in inner), *places[n])
                for n, (name, inner) in enumerate(inlined)
            ),
        )
        return Holding(shown, frame.activation, tuple(placed), function is not None, frame.pushed)

    def _beyond_now(self, position: int) -> tuple[Frame, ...]:
        frames = self._unwinder.frames(position)
        known = Known(self._trace.memory(position), self._image)
        found = callers(frames, self._image, self._debug.unwind, known, self._trace.architecture.sp)
        return tuple(self._located(frame) for frame in found)

    def _located(self, frame: Frame) -> Frame:
        """Return a frame with the source line that it goes on in."""
        line = self._debug.line_at(frame.pc - 1)
        return frame if line is None else replace(frame, file=line.file, line=line.line)

    def _variables(
        self, frame: UnwoundFrame, known: Known
    ) -> tuple[tuple[Found, ...], tuple[tuple[str, tuple[Found, ...]], ...]]:
        """Return the variables of a frame's own function, and those of calls inlined there, innermost first."""
        context = self._context(frame, known)
        if context is None:
            return (), ()
        calls = self._debug.inlined(frame.lookup)
        found = [variables(self._debug, frame.lookup, level, context) for level in range(len(calls) + 1)]
        return found[-1], tuple((c.name, inner) for c, inner in zip(calls, found, strict=False))

    def _context(self, frame: UnwoundFrame, known: Known) -> FrameContext | None:
        """Return what the variables of a frame are read with; None where its code is not described."""
        function = self._debug.function_at(frame.lookup)
        if function is None or frame.is_signal:
            return None
        entered = frame.activation
        return FrameContext(
            registers=frame.registers,
            known=known,
            canonical=frame.cfa,
            base=self._debug.frame_base(frame.lookup),
            function_low=function.low,
            entry=self._trace.state(entered.begin) if entered is not None and _is_first(entered) else {},
        )

    def scopes(self, position: int) -> tuple[FrameScope, ...]:
        """Return what is visible in each live frame at a position, inlined calls included, innermost first."""
        known = Known(self._trace.memory(position), self._image)
        found: list[FrameScope] = []
        for frame in self._unwinder.frames(position):
            context = self._context(frame, known)
            calls = () if context is None else self._debug.inlined(frame.lookup)
            for level, name in enumerate([*(call.name for call in calls), self._name(frame)]):
                visible = () if context is None else self._debug.scope(frame.lookup, level)
                found.append(FrameScope(name, frame.lookup, visible, context))
        return tuple(found)

    def _name(self, frame: UnwoundFrame) -> str:
        if frame.is_signal:
            return SIGNAL_FRAME
        # unrecorded code of a file that is not this image: the function that was called is known, if not what it called
        called = frame.activation.pc if frame.activation is not None else 0
        return self._function_name(frame.lookup) or self._function_name(called) or "??"

    def _function_name(self, pc: int) -> str:
        described = self._debug.function_at(pc)
        if described is not None:
            return described.name
        function = self._image.function_at(pc)
        return "" if function is None else function.name.removesuffix("@plt")

    def _reference(self, activation: Activation, position: int, level: int) -> Holding:
        """Return a frame as it was when it last was whole: at its lowest rsp, for the last time."""
        lows = [row for row in self._lowest(activation) if row[1] <= position]
        if not lows:
            return self._left_behind(self._unrecorded(activation, level))
        least = min(sp for sp, _ in lows)
        return self._left_behind(
            self._whole(activation.index, max(k for sp, k in lows if sp == least), level)
        )

    def _entered(self, activation: Activation) -> Holding:
        """Return a frame as it was when its function was entered."""
        return self._whole(activation.index, activation.begin, 0)

    def _left_behind(self, holding: Holding) -> Holding:
        """Return a popped frame, marked where it has not returned but the stack was moved, or it was jumped out of."""
        activation = holding.activation
        if activation is None:
            return holding
        is_left = activation.index in self._activations.left_behind
        marked = replace(holding.frame, is_left_behind=is_left, is_jumped=activation.jumped)
        return replace(holding, frame=marked)

    def _lowest(self, activation: Activation) -> tuple[tuple[int, int], ...]:
        """Return (rsp, position) for each position in which an activation runs."""
        found = self._own_lowest.get(activation.index)
        if found is None:
            sps, top = self._trace.columns[self._trace.architecture.sp], self._activations.top
            end = len(top) if activation.end is None else activation.end
            found = tuple((sps[k], k) for k in range(activation.begin, end) if top[k] == activation.index)
            self._own_lowest[activation.index] = found
        return found

    def _as_it_was(self, index: int, position: int, level: int) -> Holding:
        known = Known(self._trace.memory(position), self._image)
        activation = self._activations.rows[index]
        for frame in self._unwinder.frames(position):
            if frame.activation is not None and frame.activation.index == index:
                return self._holding(frame, level, known)
        return self._unrecorded(activation, level)

    def _unrecorded(self, activation: Activation, level: int) -> Holding:
        """Return the frame of a call that was stepped over: its name and its return address are all that is known."""
        after = None
        if activation.left is not None:
            after = self._trace.pc(activation.left) + self._trace.sizes[activation.left]
        frame = Frame(
            level=level,
            function=self._function_name(activation.pc) or "??",
            pc=activation.pc,
            cfa=activation.cfa,
            low=self._ownership.lowest(activation, len(self._trace)),
            return_slot=activation.cfa - 8,
            return_address=after,
            return_symbol=None if after is None else self._image.symbolize(after),
            saved=(),
            variables=(),
            file="",
            line=0,
        )
        return Holding(frame, activation, (), is_described=False)


def _is_first(activation: Activation) -> bool:
    """Tell whether the position an activation begins at is the entry of its function."""
    return activation.entry != "over" and activation.copy_of is None


def _arguments(holdings: Sequence[Holding]) -> Iterator[tuple[int, Placed]]:
    """Yield the parameters that lie above their function's frame, with the position it was entered at."""
    for holding in holdings:
        begun = 0 if holding.activation is None else holding.activation.begin
        yield from ((begun, p) for p in holding.placed if p.address >= holding.frame.cfa)
