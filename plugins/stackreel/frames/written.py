"""Who wrote a byte of the stack, and whether a call writes it at all: before the position or after it.

What Go's runtime copies with a stack it moves was written by whoever wrote it on the old one; pointers it corrects on
the way are still theirs. Trusts the trace for who wrote what. Of code stepped over only the bytes that it changed are
known, so what it wrote is told a row at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from stackreel.frames.activations import Activation, Activations
from stackreel.frames.layout import ROW
from stackreel.trace import StackMove, Trace

Origin = tuple[int, int]
"""The step that wrote a byte, and the address the byte then had."""


@dataclass(frozen=True)
class Written:
    """Tells who wrote the bytes of one trace."""

    trace: Trace
    activations: Activations
    _own: dict[tuple[int, int], bool] = field(default_factory=dict, init=False)
    _lows: dict[Origin, int] = field(default_factory=dict, init=False)

    def origin(self, address: int, position: int) -> Origin | None:
        """Return who wrote the byte that is at `address` at a position, None for bytes never written."""
        step = self.trace.memory(position).writer(address)
        if step is None:
            return None
        move = self.trace.move(step)
        if move is None or not self._is_copied(move, address):
            return step, address
        is_same = self._is_same(move, address)
        return self.origin(address - move.by, step) or (None if is_same else (step, address))

    def low(self, step: int, address: int) -> int:
        """Return where the first write of a step that has a byte begins, 0 where none has it."""
        key = (step, address)
        if key not in self._lows:
            having = (
                a.address for a in self.trace.writes.of(step) if a.address <= address < a.address + a.size
            )
            self._lows[key] = next(having, 0)
        return self._lows[key]

    def begin(self, activation: Activation) -> int:
        """Return the position at which the call of an activation was entered, on whichever stack."""
        return self._lives(activation)[0].begin

    def is_own(self, activation: Activation, address: int) -> bool:
        """Tell whether the byte at `address` is written at any time while the call of an activation lasts."""
        key = (activation.index, address)
        if key not in self._own:
            lives = self._lives(activation)
            self._own[key] = any(self._is_written(row, address - activation.cfa + row.cfa) for row in lives)
        return self._own[key]

    def _is_written(self, row: Activation, address: int) -> bool:
        end = len(self.trace) if row.end is None else row.end
        if any(not self.trace.over[step] for step in self._steps(address, row.begin, end)):
            return True
        low = address & -ROW
        around = (step for at in range(low, low + ROW) for step in self._steps(at, row.begin, end))
        return any(self.trace.over[step] for step in around)

    def _steps(self, address: int, first: int, end: int) -> Iterator[int]:
        """Yield the steps that wrote a byte, those left out that only moved the stack."""
        for step in self.trace.history.writers(address, first, end):
            move = self.trace.move(step)
            if move is None or not self._is_copied(move, address):
                yield step

    def _lives(self, activation: Activation) -> tuple[Activation, ...]:
        """Return the activations that are one call, on the stacks it was on one after the other."""
        lives = [activation]
        while (index := lives[0].copy_of) is not None:
            lives.insert(0, self.activations.rows[index])
        later = {row.copy_of: row for row in self.activations.rows if row.copy_of is not None}
        while lives[-1].index in later:
            lives.append(later[lives[-1].index])
        return tuple(lives)

    def _is_copied(self, move: StackMove, address: int) -> bool:
        """Tell whether the byte at `address` was copied when the stack moved, on its own or in a pointer corrected."""
        if not move.after[0] <= address < move.after[1]:
            return False
        if self._is_same(move, address):
            return True
        row = address & -ROW
        before = self.trace.memory(move.step).read(row - move.by, ROW)
        after = self.trace.memory(move.step + 1).read(row, ROW)
        if before is None or after is None:
            return False
        return move.adjusted(int.from_bytes(before, "little")) == int.from_bytes(after, "little")

    def _is_same(self, move: StackMove, address: int) -> bool:
        old, new = self.trace.memory(move.step), self.trace.memory(move.step + 1)
        return old.read(address - move.by, 1) == new.read(address, 1)
