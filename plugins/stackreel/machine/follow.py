"""Whose steps are recorded: those of the thread that entered the start, in a Go program of its goroutine.

A goroutine is followed from thread to thread, and over the runtime's copying of its stack. It is known by its `g`,
which Go on Linux x86-64 keeps in the word below the thread's FS base; `g` begins with the stack's bounds (`stack.lo`,
`stack.hi` of runtime/runtime2.go). What the runtime does on a thread's own stack (g0) is not the goroutine's. Where
everything is recorded, it is everything of the thread.

Both words are the program's to change, so they are only believed where the stack pointer agrees with them.
"""

from __future__ import annotations

import struct

from unicorn import x86_const

from stackreel.machine.model import StackMove
from stackreel.machine.process import Process
from stackreel.machine.threads import Thread

_BUILT_BY_GO = b"\xff Go buildinf:"  # what debug/buildinfo looks for
_BOUNDS = struct.Struct("<QQ")


class Followed:
    """The thread or goroutine that runs when this is made, and `stack`, the half-open range of its stack."""

    def __init__(self, process: Process, *, everything: bool) -> None:
        self._process = process
        self._thread: Thread = process.thread
        self._g = 0
        sp = process.engine.sp
        area = process.memory.area_at(sp)
        self.stack = (area.low, area.high) if area else (sp, sp)
        self.heap = (process.brk_start, process.brk_start)
        if not everything and _BUILT_BY_GO in process.job.program:
            g = self._current_g()
            low, high = self._bounds(g)
            if low <= sp < high and area is not None and area.low <= low and high <= area.high:
                self._g, self.stack, self.heap = g, (low, high), (area.low, area.high)

    @property
    def is_goroutine(self) -> bool:
        """Whether it is a goroutine, not a thread."""
        return bool(self._g)

    def runs(self) -> bool:
        """Whether it is the one that runs."""
        if self._g:
            return self._current_g() == self._g
        return self._process.thread is self._thread

    def moved(self, step: int) -> StackMove | None:
        """Return that its stack was moved since the last call, as of the end of step `step`; None where it was not."""
        if not self._g:
            return None
        bounds, before = self._bounds(self._g), self.stack
        if bounds == before or not bounds[0] < bounds[1]:
            return None
        self.stack = bounds
        return StackMove(step, before, bounds)

    def bring_back(self) -> None:
        """Give the engine the registers of its thread, for looking at them when the run is over."""
        if not self._g and self._process.thread is not self._thread and self._thread.context is not None:
            self._thread.context.restore()

    def _current_g(self) -> int:
        base = self._process.engine.get(x86_const.UC_X86_REG_FS_BASE)
        return int.from_bytes(self._process.memory.peek(base - 8, base), "little") if base >= 8 else 0

    def _bounds(self, g: int) -> tuple[int, int]:
        low, high = _BOUNDS.unpack(self._process.memory.peek(g, g + _BOUNDS.size))
        return low, high
