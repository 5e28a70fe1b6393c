"""The live frames of a position, innermost first, up to the function the trace started in.

Call frame information and the shadow call stack are two witnesses. Where they agree on a frame's CFA, the rules say
where registers are saved. Where they do not, or there is no rule, the recorded call is the fact: the CFA is rsp
before it, the caller's registers are those it had. Frames of code that was not recorded lie between; they are found
by rules alone, and where there is no rule they are one frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from stackreel.binary import Image, UnwindRow
from stackreel.frames.activations import Activation, Activations
from stackreel.frames.instructions import shape
from stackreel.frames.known import Known
from stackreel.frames.model import SavedRegister
from stackreel.frames.rules import Rules
from stackreel.trace import Trace

_LIMIT = 4096
_GO_PRESERVES = ("rbp",)
"""Of Go's functions; all other registers are the caller's to save (beside r14, which is its goroutine)."""
_Store = tuple[int, str, SavedRegister]
"""The step, the kind of its instruction, and what it stored where."""


@dataclass(frozen=True)
class UnwoundFrame:
    """A live frame before its variables are looked at.

    `pc` is where it executes or will go on; `lookup` an address inside the instruction it is in (pc - 1 after a
    call). `registers` are the frame's own registers as far as they are known. `saved` is what the rules say; `pushed`
    adds what the prologue has pushed already and the rules, which need not say so at once, name later. `activation`
    is None for frames of unrecorded code; `is_signal` marks the kernel's frame under a signal handler. `row` is None
    where the frame was found by observation.
    """

    pc: int
    lookup: int
    registers: Mapping[str, int]
    cfa: int
    low: int
    return_slot: int
    return_address: int | None
    saved: tuple[SavedRegister, ...]
    pushed: tuple[SavedRegister, ...]
    activation: Activation | None
    is_signal: bool
    row: UnwindRow | None


@dataclass(frozen=True)
class _Place:
    """Where unwinding has come to."""

    pc: int
    lookup: int
    registers: Mapping[str, int]
    low: int
    is_certain: bool


class Unwinder:
    """Finds frames; `rows` gives the call frame information of an address."""

    def __init__(
        self,
        trace: Trace,
        image: Image,
        activations: Activations,
        rows: Callable[[int], UnwindRow | None],
    ) -> None:
        self._trace = trace
        self._image = image
        self._activations = activations
        self._rows = rows
        isa = trace.architecture
        self._sp = isa.sp
        self._preserved = _GO_PRESERVES if image.go_version else isa.callee_saved
        self._by_activation: dict[int, tuple[_Store, ...]] = {}

    def frames(self, position: int) -> tuple[UnwoundFrame, ...]:
        """Return the frames of a position; none where the first function has returned."""
        chain = list(self._activations.live(position))
        known = Known(self._trace.memory(position), self._image)
        pc = self._trace.pc(position)
        registers = self._state(position)
        place: _Place | None = _Place(pc, pc, registers, registers[self._sp], is_certain=True)
        frames: list[UnwoundFrame] = []
        while place is not None and chain and len(frames) < _LIMIT:
            frame = self._frame(place, chain[0], position, known)
            frames.append(frame)
            if frame.activation is not None:
                chain.pop(0)
            place = self._caller(frame, chain, position, known)
        return tuple(frames)

    def _state(self, position: int) -> dict[str, int]:
        return dict(self._trace.state(position))

    def _frame(self, place: _Place, candidate: Activation, position: int, known: Known) -> UnwoundFrame:
        row = self._rows(place.lookup)
        rules = None if row is None else Rules(row, place.registers, known)
        cfa = None if rules is None else rules.cfa()
        if rules is not None and cfa is not None:
            between = place.low < cfa < candidate.cfa and not place.is_certain
            if cfa == candidate.cfa:
                kind = "" if self._image.go_version else "push"
                stored = self._stored(candidate, position, place.low, kind)
                frame = _by_rule(place, rules, cfa, candidate, stored)
                if (
                    self._image.go_version
                ):  # its rules are for the CFA alone: where rbp is kept, they never say
                    frame = replace(frame, saved=(*frame.saved, *frame.pushed), pushed=())
                return frame
            if between or rules.row.is_signal_frame:
                return _by_rule(place, rules, cfa, None, ())
        if not place.is_certain and not self._is_in(place.lookup, candidate):
            high = candidate.cfa if candidate.entry == "over" else self._left_sp(candidate, position)
            merged = candidate if candidate.entry == "over" else None
            return _observed(place, max(high, place.low), merged, (), known)
        return _observed(place, candidate.cfa, candidate, self._stored(candidate, position, place.low), known)

    def _stored(
        self, activation: Activation, position: int, low: int, kind: str = ""
    ) -> tuple[SavedRegister, ...]:
        """Return the callee-saved registers an activation has stored, and not yet popped, at a position."""
        return tuple(
            saved
            for step, made, saved in self._stores(activation)
            if step < position and saved.address >= low and kind in ("", made)
        )

    def _now(self, name: str, left: int, position: int) -> int:
        """Return what a register held at position `left`, as it is where the stack was moved since."""
        return self._trace.adjusted(self._trace.columns[name][left], left, position)

    def _caller(
        self, frame: UnwoundFrame, chain: list[Activation], position: int, known: Known
    ) -> _Place | None:
        """Return where the frame's caller is, given the activations that are left."""
        if not chain:
            return None
        row, activation = frame.row, frame.activation
        registers: dict[str, int] = {}
        if row is not None:
            rules = Rules(row, frame.registers, known)
            for name in frame.registers:
                value = rules.value(name, frame.cfa)
                if value is not None:
                    registers[name] = value
        registers[self._sp] = frame.cfa
        certain = activation is not None and activation.entry != "entered"
        left = self._left_by(frame, chain[0])
        if left is not None and (certain or row is None):
            # the step that left the caller was recorded: what a callee must preserve is known, not inferred
            registers |= {name: self._now(name, left, position) for name in self._preserved}
        if left is not None and certain:
            after = self._trace.pc(left) + self._trace.sizes[left]
            return _Place(after, after - 1, registers, frame.cfa, is_certain=True)
        if frame.return_address is None or (row is None and activation is None):
            return self._resume(frame, chain[0], position)
        inside = frame.return_address if frame.is_signal else frame.return_address - 1
        return _Place(frame.return_address, inside, registers, frame.cfa, is_certain=False)

    def _resume(self, frame: UnwoundFrame, candidate: Activation, position: int) -> _Place | None:
        """Skip unrecorded code without rules: go on where the activation under it was left."""
        left = self._last_own_step(candidate)
        if left is None:
            return None
        after = self._trace.pc(left) + self._trace.sizes[left]
        registers = {name: self._now(name, left, position) for name in self._trace.registers}
        return _Place(after, after - 1, registers, frame.cfa, is_certain=True)

    def _left_by(self, frame: UnwoundFrame, candidate: Activation) -> int | None:
        if frame.activation is not None and frame.activation.parent == candidate.index:
            return frame.activation.left
        return None

    def _left_sp(self, candidate: Activation, position: int) -> int:
        left = self._last_own_step(candidate)
        return candidate.cfa if left is None else self._now(self._sp, left, position)

    def _last_own_step(self, candidate: Activation) -> int | None:
        child = next((r for r in reversed(self._activations.rows) if r.parent == candidate.index), None)
        return None if child is None else child.left

    def _is_in(self, address: int, candidate: Activation) -> bool:
        function = self._image.function_at(candidate.pc)
        return function is not None and function.low <= address < function.high

    def _stores(self, activation: Activation) -> tuple[_Store, ...]:
        """Return the callee-saved registers an activation stored while they held its caller's value."""
        found = self._by_activation.get(activation.index)
        if found is None:
            found = self._observe_stores(activation)
            if activation.copy_of is not None:
                found = (*self._copied_stores(activation, activation.copy_of), *found)
            self._by_activation[activation.index] = found
        return found

    def _copied_stores(self, activation: Activation, original: int) -> tuple[_Store, ...]:
        """Return what the original of an activation had stored when the stack was moved, as it was copied."""
        old, moved = self._activations.rows[original], activation.begin - 1
        by = activation.cfa - old.cfa
        return tuple(
            (
                step,
                made,
                SavedRegister(s.name, s.address + by, self._trace.adjusted(s.value, moved, moved + 1)),
            )
            for step, made, s in self._stores(old)
        )

    def _observe_stores(self, activation: Activation) -> tuple[_Store, ...]:
        trace, begin = self._trace, activation.begin
        found: dict[str, _Store] = {}
        end = len(trace) if activation.end is None else activation.end
        for i in range(begin, end):
            if self._activations.top[i] != activation.index:
                continue
            did = shape(trace.code.get(trace.pc(i), b""))
            name = did.stored
            if name in found or name not in self._preserved:
                continue
            value = trace.columns[name][i]
            wrote = trace.writes.of(i)
            if value == trace.columns[name][begin] and wrote and wrote[0].address < activation.cfa - 8:
                found[name] = (i, did.kind, SavedRegister(name, wrote[0].address, value))
        return tuple(sorted(found.values(), key=lambda row: -row[2].address))


def _by_rule(
    place: _Place, rules: Rules, cfa: int, activation: Activation | None, pushed: tuple[SavedRegister, ...]
) -> UnwoundFrame:
    row = rules.row
    saved = rules.saved(cfa, place.low)
    slot = rules.slot(row.return_register, cfa)
    return UnwoundFrame(
        pc=place.pc,
        lookup=place.lookup,
        registers=place.registers,
        cfa=cfa,
        low=place.low,
        return_slot=cfa - 8 if slot is None else slot,
        return_address=rules.value(row.return_register, cfa)
        if row.return_register in row.registers
        else None,
        saved=saved,
        pushed=tuple(p for p in pushed if p.name not in {s.name for s in saved}),
        activation=activation,
        is_signal=row.is_signal_frame,
        row=row,
    )


def _observed(
    place: _Place, cfa: int, activation: Activation | None, saved: tuple[SavedRegister, ...], known: Known
) -> UnwoundFrame:
    return UnwoundFrame(
        pc=place.pc,
        lookup=place.lookup,
        registers=place.registers,
        cfa=cfa,
        low=place.low,
        return_slot=cfa - 8,
        return_address=known.word(cfa - 8),
        saved=saved,
        pushed=(),
        activation=activation,
        is_signal=False,
        row=None,
    )
