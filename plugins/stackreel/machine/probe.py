"""Records a run: at every instruction of the watched code the registers, and what it reads and writes.

Until the start the program runs at full speed; then hooks see the watched ranges only, and code outside them
runs on without a call into Python (see `native.py`). What that code changed in the stack, the program's data and
the heap is found by comparing before and after, and counts as writes of the step that led there.

At an instruction one call of the emulator writes all registers where they are kept (see `states.py`), memory
accesses are noted as they happen (see `accesses.py`); what needs a decision is decided here.
"""

from __future__ import annotations

import bisect
from dataclasses import replace

from unicorn import unicorn_const

from stackreel.isa import X86_64
from stackreel.machine.accesses import AccessLog
from stackreel.machine.compare import pieces
from stackreel.machine.direct import enter_directly
from stackreel.machine.engine import CODE_FUNCTION, Fault
from stackreel.machine.follow import Followed
from stackreel.machine.layout import STACK_LIMIT
from stackreel.machine.model import Ending, MappedArea, Recording, StackMove, Watch
from stackreel.machine.process import Process
from stackreel.machine.repeats import Repeats
from stackreel.machine.states import NAMES, WIDTHS, StateLog
from stackreel.machine.watched import MOST_STACK_ABOVE, Blocks, differences, watched

_RED_ZONE = X86_64.red_zone
_MOST_BYTES = 512 << 20
_WINDOW_BELOW = 64 << 10


class Probe:
    """The recorder of one process. Make it before the process runs; `recording()` afterwards."""

    def __init__(self, process: Process, watch: Watch) -> None:
        self.process = process
        self.engine = process.engine
        self.watch = watch
        self.mappings: tuple[MappedArea, ...] = ()
        self._ranges = sorted(watch.ranges)
        self._lows = [low for low, _ in self._ranges]
        native = self.engine.native
        self._states = StateLog(self.engine.handle, self._look, self._room, native=native)
        self._writes, self._reads = (AccessLog(self._states.step_at, native=native) for _ in range(2))
        self._over: list[int] = []
        self._repeats = Repeats(process)
        self._outside = self._crosses = self._crossed = False
        self._before: Blocks = []
        self._moves: list[StackMove] = []
        self._begun = False
        self._return: int | None = None
        self._entry_sp = self._low_sp = 0
        self._ending: Ending | None = None
        self._snapshot: Blocks = []
        self._stack = self._first_stack = (0, 0)
        self._start_hook = 0
        process.stopped = self._stopped
        process.write_seen = self._kernel_wrote
        process.refused = self._refused
        process.leaving = self._leaving
        self._await_start()

    # -- the start ---------------------------------------------------------------------------------------------

    def _await_start(self) -> None:
        address = self.process.loaded.entry if self.watch.registers else self.watch.start
        function = CODE_FUNCTION(self._reached)
        self._start_hook = self.engine.hook(unicorn_const.UC_HOOK_CODE, function, address, address)

    def _reached(self, _uc: int, _address: int, _size: int, _user: int) -> None:
        self.engine.stop()

    def _stopped(self) -> Ending | None:
        if self._begun:
            return self._ending
        address = self.process.loaded.entry if self.watch.registers else self.watch.start
        if self.engine.pc == address:
            self.engine.unhook(self._start_hook)
            self._begin()
        return None

    def _begin(self) -> None:
        engine, memory = self.engine, self.process.memory
        if self.watch.registers:
            enter_directly(self.process, self.watch)
        self._begun = True
        self._entry_sp = self._low_sp = sp = engine.sp
        if self.watch.registers or self.watch.start != self.process.loaded.entry:
            self._return = int.from_bytes(memory.peek(sp, sp + 8), "little")
            self._states.set_end(self._return)
        self.mappings = memory.mappings()
        self._followed = Followed(self.process, everything=self.watch.everything)
        low, high = self._followed.stack
        self._stack = self._first_stack = (low, min(high, sp + MOST_STACK_ABOVE))
        self._snapshot = watched(self.process, self._followed, self._stack)
        engine.counter.set_always(not self.watch.everything)
        engine.on_port = lambda: self._states.set_pending(True)
        engine.on_block = None if self.watch.everything else self._on_block
        code = self._states.address, self._states.user
        if self.watch.everything:
            engine.hook_address(unicorn_const.UC_HOOK_CODE, *code)
        for low, high in () if self.watch.everything else self._ranges:
            if low < high:
                engine.hook_address(unicorn_const.UC_HOOK_CODE, *code, low, high - 1)
        for kind, accesses in (
            (unicorn_const.UC_HOOK_MEM_READ_AFTER, self._reads),
            (unicorn_const.UC_HOOK_MEM_WRITE, self._writes),
        ):
            engine.hook_address(kind, accesses.address, accesses.user)
        engine.flush_code()
        self._note_accesses(on=True)

    # -- hooks -------------------------------------------------------------------------------------------------

    def _look(self, address: int, last: int) -> bool:
        """Decide what only seldom matters at an instruction; tell whether it is a step."""
        if self.engine.is_over:
            return False
        if self._outside:
            if not self._followed.runs():
                return False
            self._come_back()
        elif address == last and self._repeats.is_end(address):
            return False
        elif self._crossed:
            self._mark_over()
        self._crossed = False
        self._states.set_pending(False)
        if address == self._return and self.engine.sp > self._entry_sp:
            self._end(Ending("returned", pc=address))
            return False
        return True

    def _room(self, address: int) -> int:
        """Return how many steps there may still be; end the run where the recording is too long."""
        step, most = len(self._states), self.watch.max_steps
        detail = ""
        if step >= most:
            detail = f"steps: the recording has {step} steps; raise max_steps or record fewer functions"
        elif self._states.size + self._writes.size + self._reads.size > _MOST_BYTES:
            detail = f"memory: the recording has {step} steps and no room for more; record fewer functions"
        if detail:
            self._end(Ending("limit", pc=address, detail=detail))
            return 0
        return most - step

    def _note_accesses(self, *, on: bool) -> None:
        self._writes.set_on(on)
        self._reads.set_on(on)

    def _on_block(self, address: int, size: int) -> None:
        if self._outside:
            return
        if self._crosses:
            self._crossed = True
            self._states.set_pending(True)
        if self._enter(address, size):
            return
        if address == self._return and self.engine.sp > self._entry_sp:
            self._end(Ending("returned", pc=address))
            return
        self._go_outside()

    def _enter(self, address: int, size: int) -> bool:
        """Tell whether a block begins in the recorded code; note whether it goes on behind the end of it."""
        i = bisect.bisect_right(self._lows, address) - 1
        is_within = i >= 0 and address < self._ranges[i][1]
        self._crosses = is_within and address + size > self._ranges[i][1]
        self.engine.counter.set_quiet(*self._ranges[i] if is_within and not self._crosses else (0, 0))
        return is_within

    def _go_outside(self) -> None:
        self._outside = True
        self._states.set_pending(True)
        self._note_accesses(on=False)
        self.engine.counter.set_always(False)
        if self._on_stack(self.engine.sp):
            self._low_sp = min(self._low_sp, self.engine.sp)
        low = max(self._stack[0], (self._low_sp - _WINDOW_BELOW) & -4096)
        self._before = watched(self.process, self._followed, (low, self._stack[1]))

    def _leaving(self) -> None:
        """Another thread is about to run: what it does is not recorded."""
        if self._begun and not self._outside and self._followed.runs():
            self._go_outside()

    def _on_stack(self, sp: int) -> bool:
        """Whether this is the stack that is recorded, not a signal handler's own or a thread's."""
        low, high = self._stack
        return (low if self._followed.is_goroutine else high - STACK_LIMIT) <= sp <= high

    def _come_back(self) -> None:
        self._outside = False
        step = len(self._states) - 1
        if step >= 0:
            self._note_move(step)
            low = self._before[0][0] if not self._moves or self._moves[-1].step != step else self._stack[0]
            after = watched(self.process, self._followed, (low, self._stack[1]))
            for address, size, value in differences(self._before, after):
                self._writes.add(address, size, value, step)
        self._mark_over()
        self._before = []
        self._enter(*self.engine.counter.last)
        self._note_accesses(on=True)
        self.engine.counter.set_always(not self.watch.everything)

    def _note_move(self, step: int) -> None:
        """Note that the stack was copied elsewhere, with the bytes in use."""
        move = self._followed.moved(step)
        if move is None:
            return
        by = move.after[1] - move.before[1]
        self._entry_sp += by
        self._low_sp += by
        self._stack = (move.after[0], min(move.after[1], self._stack[1] + by))
        sp = self.engine.sp & -8
        if self._on_stack(sp):
            for address, size, value in pieces(sp, self.process.memory.peek(sp, self._stack[1])):
                self._writes.add(address, size, value, step)
            low = max(self._stack[0], sp - _WINDOW_BELOW)
            move = replace(move, below=(low, self.process.memory.peek(low, sp)))
        self._moves.append(move)

    def _mark_over(self) -> None:
        if len(self._states):
            self._over.append(len(self._states) - 1)

    def _end(self, ending: Ending) -> None:
        self._ending = ending
        self.engine.stop()

    def _refused(self, fault: Fault) -> None:
        """The write that was just noted was not allowed: it has not been."""
        if self._begun and not self._outside and fault.access == "write":
            self._writes.withdraw(fault.address)

    def _kernel_wrote(self, address: int, data: bytes) -> None:
        if not self._begun or self._outside or not len(self._states):
            return
        for place, size, value in pieces(address, data):
            self._writes.add(place, size, value, len(self._states) - 1)

    # -- the result --------------------------------------------------------------------------------------------

    def recording(self) -> Recording | None:
        """Return what was recorded, None where the start was never reached. Call once, after the run."""
        if not self._begun:
            return None
        self._followed.bring_back()
        if self._outside:
            self._come_back()
        elif self._crossed:
            self._mark_over()
        self._note_accesses(on=False)
        self._states.finish()
        pointers = set(self._states.values(X86_64.sp))
        self._stack = first = self._first_stack
        low = min(filter(self._on_stack, pointers), default=first[1])
        stack_low = max(low - _RED_ZONE, 0) & -16
        writes, reads = self._writes.columns((first[0], stack_low)), self._reads.columns()
        sizes = self._states.sizes()
        over = bytearray(len(sizes))
        for step in self._over:
            over[step] = 1
        snapshot = []
        for start, contents in self._snapshot:
            if start == first[0]:
                cut = max(stack_low - start, 0)
                snapshot.append((start + cut, contents[cut:]))
            elif contents:
                snapshot.append((start, contents))
        return Recording(
            registers=NAMES,
            widths=WIDTHS,
            columns=self._states.columns(),
            sizes=sizes,
            over=bytes(over),
            write_steps=writes[0],
            write_addresses=writes[1],
            write_sizes=writes[2],
            write_values=writes[3],
            read_steps=reads[0],
            read_addresses=reads[1],
            read_sizes=reads[2],
            read_values=reads[3],
            snapshot=tuple(snapshot),
            code=self._code(sizes),
            stack=(max(stack_low, first[0]), first[1]),
            moves=tuple(self._moves),
        )

    def _code(self, sizes: bytes) -> tuple[tuple[int, bytes], ...]:
        memory = self.process.memory
        if not self.watch.everything:
            return tuple((low, memory.peek(low, high)) for low, high in self._ranges if low < high)
        executed = set(zip(self._states.values(X86_64.pc), sizes, strict=False))  # the end is no step
        merged: list[list[int]] = []
        for low, size in sorted(executed):
            if merged and low <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], low + size)
            else:
                merged.append([low, low + size])
        return tuple((low, memory.peek(low, high)) for low, high in merged)
