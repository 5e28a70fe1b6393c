"""Which activation of which function runs at each position: a shadow call stack built from the trace alone.

An activation begins when a call is recorded (rsp just before the call is its CFA), when code that is not recorded
enters a recorded function (a callback, a signal handler), or when a function jumps into another with only the
return address on its stack (a tail call, which replaces it). It ends as soon as rsp has passed its return address, so
returns, longjmp and returns through code that is not recorded are one rule. A call stepped over makes an
activation that is over at once; one that calls back stays until rsp is back above it.

It trusts the recorded registers and instruction bytes; it does not look at DWARF, so it can be compared with it.
An activation on another stack (sigaltstack, makecontext) leaves those of the first stack in place. Where Go's runtime
moves the stack, what it copied are activations of their own, which go on with the call; the old ones are over.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from stackreel.frames.instructions import Shape, shape
from stackreel.trace import StackMove, Trace

Entry = Literal["start", "call", "tail", "entered", "over"]
"""How it began; `entered`: from code that was not recorded; `over`: the callee of a call stepped over."""


@dataclass(frozen=True)
class Activation:
    """One activation of one function.

    It runs from position `begin` until, at position `end`, rsp has passed its CFA (None: still live at the end).
    `pc` is where it was entered, 0 where that is not known. `left` is the step of the one below (its caller, or
    what was interrupted) that was the last before it, None for the first. `parent` is an index, None for the first.
    `copy_of` is the index of the activation that this one goes on with after the stack was moved. It `jumped` where it
    did not return: longjmp, or an exception, went on in a function further out.
    """

    index: int
    parent: int | None
    entry: Entry
    pc: int
    cfa: int
    begin: int
    left: int | None
    end: int | None
    copy_of: int | None = None
    jumped: bool = False


@dataclass(frozen=True)
class Activations:
    """All activations of a trace in the order they began, and the innermost one at each position (None: none)."""

    rows: tuple[Activation, ...]
    top: tuple[int | None, ...]

    def live(self, position: int) -> tuple[Activation, ...]:
        """Return the live activations at a position, innermost first."""
        chain: list[Activation] = []
        index = self.top[position]
        while index is not None:
            chain.append(self.rows[index])
            index = self.rows[index].parent
        return tuple(chain)

    def at(self, position: int) -> Activation | None:
        """Return the innermost live activation at a position."""
        index = self.top[position]
        return None if index is None else self.rows[index]

    @cached_property
    def left_behind(self) -> frozenset[int]:
        """Those that ended because the stack was moved, by index."""
        return frozenset(row.copy_of for row in self.rows if row.copy_of is not None)

    def ended(self, position: int) -> tuple[Activation, ...]:
        """Return those that ended at or before a position, most recently ended first."""
        over = [row for row in self.rows if row.end is not None and row.end <= position]
        return tuple(sorted(over, key=lambda row: (row.end or 0, -row.index), reverse=True))


def observe(trace: Trace, start_cfa: int, is_entry: Callable[[int], bool]) -> Activations:
    """Build the shadow call stack of a trace.

    `start_cfa` is the CFA at position 0; `is_entry` says whether an address is the first of a function.
    """
    return _Observer(trace, is_entry).run(start_cfa)


@dataclass
class _Open:
    """An activation whose end is not known yet."""

    index: int
    parent: int | None
    entry: Entry
    pc: int
    cfa: int
    begin: int
    left: int | None
    end: int | None = None
    copy_of: int | None = None
    jumped: bool = False


class _Observer:
    def __init__(self, trace: Trace, is_entry: Callable[[int], bool]) -> None:
        self._trace = trace
        self._is_entry = is_entry
        self._sp = trace.columns[trace.architecture.sp]
        self._pc = trace.columns[trace.architecture.pc]
        self._word = trace.architecture.pointer_size
        self._shapes: dict[int, Shape] = {}
        stacks = {trace.stack, *(move.after for move in trace.moves)}
        apart = [a for a in trace.areas if all(a.high <= low or a.low >= high for low, high in stacks)]
        self._areas = sorted([*stacks, *((a.low, a.high) for a in apart)])
        self._lows = [low for low, _ in self._areas]
        self._rows: list[_Open] = []
        self._stack: list[_Open] = []

    def run(self, start_cfa: int) -> Activations:
        self._push("start", self._pc[0], start_cfa, 0, None)
        top: list[int | None] = [0]
        for i in range(len(self._trace)):
            self._after(i)
            top.append(self._stack[-1].index if self._stack else None)
        rows = tuple(
            Activation(r.index, r.parent, r.entry, r.pc, r.cfa, r.begin, r.left, r.end, r.copy_of, r.jumped)
            for r in self._rows
        )
        return Activations(rows, tuple(top))

    def _after(self, i: int) -> None:
        """Bring the stack from position i to position i + 1."""
        position, pc, sp = i + 1, self._pc[i + 1], self._sp[i + 1]
        did = self._shape(i)
        following = self._pc[i] + self._trace.sizes[i]
        if did.kind == "call":
            target = 0 if did.target is None else following + did.target
            if not self._trace.over[i]:
                self._push("call", pc, self._sp[i], position, i)
                return
            self._push("over", target, self._sp[i], position, i)
        move = self._trace.move(i)
        if move is not None:
            self._copy(position, move)
        left = self._stack[-1] if self._stack else None
        for row in self._pop(position, sp):
            row.jumped = not (row is left and did.kind == "return") and self._jumps(row, i, did)
        went_on = pc == following and did.kind != "return"
        if self._stack and not went_on and self._is_entry(pc):
            self._enter(i, left)

    def _copy(self, position: int, move: StackMove) -> None:
        """End what lay on the old stack, and go on with copies of it on the new one."""
        old, self._stack = self._stack, []
        for row in old:
            if not move.before[0] < row.cfa <= move.before[1]:
                self._stack.append(row)
                continue
            row.end = position
            self._push(row.entry, row.pc, row.cfa + move.by, position, row.left)
            self._stack[-1].copy_of = row.index

    def _enter(self, i: int, left: _Open | None) -> None:
        """Judge an arrival at the first instruction of a function that no recorded call led to."""
        pc, sp, top = self._pc[i + 1], self._sp[i + 1], self._stack[-1]
        cfa = sp + self._word
        if cfa != top.cfa:
            if top is left and not self._trace.over[i] and sp == self._sp[i]:
                return  # a jump inside of one frame
            self._push("entered", pc, cfa, i + 1, i)
        elif pc != top.pc and top is left:
            self._stack.pop().end = i + 1
            self._push("tail", pc, cfa, i + 1, top.left)

    def _push(self, entry: Entry, pc: int, cfa: int, begin: int, left: int | None) -> None:
        parent = self._stack[-1].index if self._stack else None
        row = _Open(len(self._rows), parent, entry, pc, cfa, begin, left)
        self._rows.append(row)
        self._stack.append(row)

    def _pop(self, position: int, sp: int) -> list[_Open]:
        """End those that rsp has passed; return them."""
        here, over = self._area(sp), list[_Open]()
        if all(self._area(row.cfa - 1) != here for row in self._stack):
            return over  # another stack: nothing of the ones in use has been passed
        while self._stack and (self._area(self._stack[-1].cfa - 1) != here or sp >= self._stack[-1].cfa):
            over.append(self._stack.pop())
            over[-1].end = position
        return over

    def _jumps(self, row: _Open, i: int, did: Shape) -> bool:
        """Tell whether step `i`, which ends an activation, went on elsewhere than where it would have returned to."""
        pc = self._pc[i + 1]
        if row.entry in ("call", "tail") and row.left is not None:
            return pc != self._pc[row.left] + self._trace.sizes[row.left]
        return row.entry == "entered" and did.kind == "call" and pc != self._pc[i] + self._trace.sizes[i]

    def _area(self, address: int) -> int:
        index = bisect_right(self._lows, address) - 1
        return index if index >= 0 and address < self._areas[index][1] else -1

    def _shape(self, i: int) -> Shape:
        pc = self._pc[i]
        found = self._shapes.get(pc)
        if found is None:
            found = self._shapes[pc] = shape(self._trace.code.get(pc, b""))
        return found
