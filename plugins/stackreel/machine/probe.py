"""Records a run: at every instruction of the watched code the registers, and what it reads and writes.

Until the start the program runs at full speed; then hooks see the watched ranges only, and code outside them
runs on without a call into Python (see `native.py`). What that code changed in the stack, the program's data and
the heap is found by comparing before and after, and counts as writes of the step that led there.

The hooks call Python directly with prepared buffers: a row of registers is one call of the emulator and one copy.
"""

from __future__ import annotations

import bisect
import ctypes
import struct

from unicorn import unicorn_const, x86_const
from unicorn.unicorn_py3.unicorn import uclib

from stackreel.errors import MachineError, near
from stackreel.isa import X86_64
from stackreel.machine import fxsave
from stackreel.machine.compare import changes, pieces
from stackreel.machine.engine import CODE_FUNCTION
from stackreel.machine.layout import STACK_LIMIT
from stackreel.machine.model import Ending, MappedArea, Recording, Watch
from stackreel.machine.native import AccessLog
from stackreel.machine.outcomes import LinuxError
from stackreel.machine.process import Process

NAMES = tuple(r.name for r in X86_64.registers)
WIDTHS = tuple(r.bits // 8 for r in X86_64.registers)
_RED_ZONE = X86_64.red_zone
_SP_AT = sum(WIDTHS[: NAMES.index(X86_64.sp)])
_ROW = sum(WIDTHS)
_LONGEST = 15
_MOST_HEAP = 256 << 10
_MOST_DATA = 1 << 20
_MOST_STACK_ABOVE = 1 << 20
_WINDOW_BELOW = 64 << 10
_WRITE, _READ = 17, 25  # Unicorn's kinds of access
_PREFIXES = frozenset((0x66, 0x67, 0xF2, 0xF3, 0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65, *range(0x40, 0x50)))
_STRING_OPERATIONS = frozenset((*range(0x6C, 0x70), *range(0xA4, 0xA8), *range(0xAA, 0xB0)))


class Probe:
    """The recorder of one process. Make it before the process runs; `recording()` afterwards."""

    def __init__(self, process: Process, watch: Watch) -> None:
        self.process = process
        self.engine = process.engine
        self.watch = watch
        self.mappings: tuple[MappedArea, ...] = ()
        self._ranges = sorted(watch.ranges)
        self._lows = [low for low, _ in self._ranges]
        self._log = AccessLog(native=self.engine.native)
        self._rows = bytearray()
        self._sizes = bytearray()
        self._over = bytearray()
        self._last = -1
        self._strings: dict[int, bool] = {}
        self._outside = self._crossed = False
        self._before: list[tuple[int, bytes]] = []
        self._begun = False
        self._return: int | None = None
        self._entry_sp = self._low_sp = 0
        self._ending: Ending | None = None
        self._snapshot: list[tuple[int, bytes]] = []
        self._stack = (0, 0)
        self._start_hook = 0
        self._prepare_row()
        process.stopped = self._stopped
        process.write_seen = self._kernel_wrote
        self._await_start()

    def _prepare_row(self) -> None:
        self._staging = (ctypes.c_char * _ROW)()
        address = ctypes.addressof(self._staging)
        places = [address + sum(WIDTHS[:i]) for i in range(len(WIDTHS))]
        self._ids = (ctypes.c_int * len(NAMES))(*(r.unicorn for r in X86_64.registers))
        self._places = (ctypes.c_void_p * len(NAMES))(*places)
        self._handle = self.engine.handle

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
            self._enter_directly()
        self._begun = True
        self._entry_sp = self._low_sp = sp = engine.sp
        if self.watch.registers or self.watch.start != self.process.loaded.entry:
            self._return = int.from_bytes(memory.peek(sp, sp + 8), "little")
        self.mappings = memory.mappings()
        area = memory.area_at(sp)
        self._stack = (area.low, min(area.high, sp + _MOST_STACK_ABOVE)) if area else (sp, sp)
        self._snapshot = self._watched(self._stack[0])
        engine.counter.set_always(not self.watch.everything)
        engine.on_block = None if self.watch.everything else self._on_block
        function = CODE_FUNCTION(self._on_code)
        if self.watch.everything:
            engine.hook(unicorn_const.UC_HOOK_CODE, function)
        for low, high in () if self.watch.everything else self._ranges:
            if low < high:
                engine.hook(unicorn_const.UC_HOOK_CODE, function, low, high - 1)
        kinds = unicorn_const.UC_HOOK_MEM_READ_AFTER, unicorn_const.UC_HOOK_MEM_WRITE
        for kind in kinds:
            engine.hook_address(kind, self._log.address, self._log.user)
        engine.flush_code()
        self._log.set_on(True)

    def _enter_directly(self) -> None:
        process, engine = self.process, self.engine
        given = dict(self.watch.registers)
        initial = process.loaded.stack
        values = {
            **{r.name: 0 for r in X86_64.registers if r.bits == 64 and not r.name.endswith("_base")},
            "eflags": 0x202,
            "rdi": len(process.job.argv),
            "rsi": initial.argv,
            "rdx": initial.envp,
            "rsp": initial.sp - 8,
        }
        known = [r.name for r in X86_64.registers if r.name != X86_64.pc]
        for name in given:
            if name not in known:
                raise MachineError(
                    f"there is no register {name} to start with",
                    near=near(name, known),
                    example="rsp, rbp, rdi, xmm0",
                )
        fxsave.reset(engine)
        values |= given
        numbers = {r.name: (r.unicorn, r.bits) for r in X86_64.registers}
        for name, value in values.items():
            number, bits = numbers[name]
            engine.set(number, value & ((1 << bits) - 1))
        try:
            process.memory.write(values["rsp"], struct.pack("<Q", process.loaded.entry))
        except LinuxError as error:
            raise MachineError(
                f"the run cannot start with rsp {values['rsp']:#x}: no stack is there",
                example="rsp = 0x7fffffffe518",
            ) from error
        engine.pc = self.watch.start

    # -- hooks -------------------------------------------------------------------------------------------------

    def _on_code(self, _uc: int, address: int, size: int, _user: int) -> None:
        if address == self._last and self._is_end_of_repeat(address):
            return
        if self._outside:
            self._come_back()
        elif self._crossed:
            self._crossed = False
            self._mark_over()
        if address == self._return and self.engine.sp > self._entry_sp:
            self._end(Ending("returned", pc=address))
            return
        step = len(self._sizes)
        if step >= self.watch.max_steps:
            detail = f"steps: the recording has {step} steps; raise max_steps or record fewer functions"
            self._end(Ending("limit", pc=address, detail=detail))
            return
        uclib.uc_reg_read_batch(self._handle, self._ids, self._places, len(NAMES))
        self._rows += self._staging
        self._sizes.append(size if size <= _LONGEST else 1)  # an invalid instruction has no length
        self._over.append(0)
        self._log.words[4] = step
        self._last = address

    def _on_block(self, address: int, size: int) -> None:
        if self._outside:
            return
        i = bisect.bisect_right(self._lows, address) - 1
        if i >= 0 and address < self._ranges[i][1]:
            if address + size > self._ranges[i][1]:
                self._crossed = True
            return
        if address == self._return and self.engine.sp > self._entry_sp:
            self._end(Ending("returned", pc=address))
            return
        self._go_outside()

    def _go_outside(self) -> None:
        self._outside = True
        self._last = -1
        self._log.set_on(False)
        self.engine.counter.set_always(False)
        if self._on_stack(self.engine.sp):
            self._low_sp = min(self._low_sp, self.engine.sp)
        self._before = self._watched((self._low_sp - _WINDOW_BELOW) & -4096)

    def _on_stack(self, sp: int) -> bool:
        """Whether this is the stack the recording started on, not a signal handler's own or a thread's."""
        return self._stack[1] - STACK_LIMIT <= sp <= self._stack[1]

    def _come_back(self) -> None:
        self._outside = False
        step = len(self._sizes) - 1
        before = dict(self._before)
        if step >= 0:
            for low, after in self._watched(self._before[0][0]):
                for address, size, value in changes(low, before.get(low, b""), after):
                    self._log.add(_WRITE, address, size, value, step)
        self._before = []
        self._mark_over()
        self._log.set_on(True)
        self.engine.counter.set_always(True)

    def _mark_over(self) -> None:
        if self._over:
            self._over[-1] = 1

    def _end(self, ending: Ending) -> None:
        self._ending = ending
        self.engine.stop()

    def _is_end_of_repeat(self, address: int) -> bool:
        """The emulator comes back once more to a repeated string instruction with rcx 0; a CPU does not."""
        known = self._strings.get(address)
        if known is None:
            known = self._strings[address] = _is_repeated(self.process.memory.peek(address, address + 15))
        return known and self.engine.get(x86_const.UC_X86_REG_RCX) == 0

    def _kernel_wrote(self, address: int, data: bytes) -> None:
        if not self._begun or self._outside or not self._sizes:
            return
        for place, size, value in pieces(address, data):
            self._log.add(_WRITE, place, size, value, len(self._sizes) - 1)

    # -- memory that is compared -------------------------------------------------------------------------------

    def _watched(self, stack_low: int) -> list[tuple[int, bytes]]:
        """Return the stack from `stack_low`, the program's writable data and the heap, first addresses fixed."""
        process = self.process
        low = max(stack_low, 0)
        rows = [(low, max(low, self._stack[1]))]
        rows += [(a, min(b, a + _MOST_DATA)) for a, b in process.loaded.writable]
        rows.append((process.brk_start, min(process.brk, process.brk_start + _MOST_HEAP)))
        return [(a, process.memory.peek(a, b)) for a, b in rows]

    # -- the result --------------------------------------------------------------------------------------------

    def recording(self) -> Recording | None:
        """Return what was recorded, None where the start was never reached. Call once, after the run."""
        if not self._begun:
            return None
        self._log.set_on(False)
        if self._outside:
            self._come_back()
        self._log.set_on(False)
        uclib.uc_reg_read_batch(self._handle, self._ids, self._places, len(NAMES))
        self._rows += self._staging
        pointers = (
            struct.unpack_from("<Q", self._rows, at)[0] for at in range(_SP_AT, len(self._rows), _ROW)
        )
        low = min(filter(self._on_stack, pointers), default=self._entry_sp)
        stack_low = max(low - _RED_ZONE, 0) & -16
        columns = _Columns(self._log.drain(), (self._stack[0], stack_low))
        snapshot = []
        for start, contents in self._snapshot:
            if start == self._stack[0]:
                cut = max(stack_low - start, 0)
                snapshot.append((start + cut, contents[cut:]))
            elif contents:
                snapshot.append((start, contents))
        return Recording(
            registers=NAMES,
            widths=WIDTHS,
            rows=bytes(self._rows),
            sizes=bytes(self._sizes),
            over=bytes(self._over),
            write_steps=bytes(columns.write[0]),
            write_addresses=bytes(columns.write[1]),
            write_sizes=bytes(columns.write[2]),
            write_values=bytes(columns.write[3]),
            read_steps=bytes(columns.read[0]),
            read_addresses=bytes(columns.read[1]),
            read_sizes=bytes(columns.read[2]),
            read_values=bytes(columns.read[3]),
            snapshot=tuple(snapshot),
            code=self._code(),
            stack=(max(stack_low, self._stack[0]), self._stack[1]),
        )

    def _code(self) -> tuple[tuple[int, bytes], ...]:
        memory = self.process.memory
        if not self.watch.everything:
            return tuple((low, memory.peek(low, high)) for low, high in self._ranges if low < high)
        pc_at = sum(WIDTHS[: NAMES.index(X86_64.pc)])
        executed = {
            (struct.unpack_from("<Q", self._rows, i * _ROW + pc_at)[0], size)
            for i, size in enumerate(self._sizes)
        }
        merged: list[list[int]] = []
        for low, size in sorted(executed):
            if merged and low <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], low + size)
            else:
                merged.append([low, low + size])
        return tuple((low, memory.peek(low, high)) for low, high in merged)


class _Columns:
    """Accesses as parallel columns, ordered by step; writes into the forgotten part of the stack are left out."""

    def __init__(self, rows: bytes, forgotten: tuple[int, int]) -> None:
        self.write = [bytearray() for _ in range(4)]
        self.read = [bytearray() for _ in range(4)]
        low, high = forgotten
        for address, value, size, kind, step in struct.iter_unpack("<QQIIQ", rows):
            if kind == _WRITE and low <= address < high:
                continue
            columns = self.write if kind == _WRITE else self.read
            columns[0] += step.to_bytes(4, "little")
            columns[1] += address.to_bytes(8, "little")
            columns[2].append(size)
            columns[3] += (value & ((1 << 8 * size) - 1)).to_bytes(8, "little")


def _is_repeated(code: bytes) -> bool:
    repeated = False
    for byte in code:
        if byte in _PREFIXES:
            repeated = repeated or byte in (0xF2, 0xF3)
        else:
            return repeated and byte in _STRING_OPERATIONS
    return False
