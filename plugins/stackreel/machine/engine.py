"""The CPU: a Unicorn engine in user mode, as a thing that runs until something happens and says what.

`Engine.run` returns an event: a system call, a fault, an exception, or a stop that was asked for. Nothing of
Linux is known here. All callbacks into Python are as small as can be; an exception in one of them is kept and
raised by `run`. The engine is in ring 3, so that privileged instructions fault as they do under Linux.

The CPU is a Westmere (x86-64-v2 with AES and PCLMUL): all it says it has is implemented. What differs from the
hardware: SSE operands that must be aligned are not checked, unmasked SIMD exceptions are not raised.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from unicorn import unicorn_const as uc_const
from unicorn import x86_const
from unicorn.unicorn_py3.unicorn import Uc, UcError, uclib

from stackreel.machine.context import CONTRIBUTORY, Context, forget_fault
from stackreel.machine.native import BlockCounter, is_supported
from stackreel.machine.outcomes import Refused
from stackreel.machine.ports import Standstill, string_operation
from stackreel.machine.special import Special
from stackreel.machine.usermode import USER_CODE, enter_user_mode

if TYPE_CHECKING:
    from _ctypes import CFuncPtr

_INSTRUCTION = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_INTERRUPT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p)
_FAULT = ctypes.CFUNCTYPE(
    ctypes.c_bool,
    ctypes.c_void_p,
    ctypes.c_int,
    ctypes.c_uint64,
    ctypes.c_int,
    ctypes.c_int64,
    ctypes.c_void_p,
)
CODE_FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint32, ctypes.c_void_p)

_TRANSLATED_CODE = 128 << 20  # address space for it; the default would be 1 GiB
_NEVER = 0xFFFF_FFFF_FFFF_F000
_ACCESS = {16: "read", 19: "read", 23: "read", 17: "write", 20: "write", 22: "write"}
_ABOUT_BLOCK = uc_const.UC_CTL_IO_READ_WRITE << 30 | 2 << 26 | uc_const.UC_CTL_TB_REQUEST_CACHE
_PLACE = (x86_const.UC_X86_REG_RIP, x86_const.UC_X86_REG_CS)
_INT, _INT3 = 0xCD, b"\xcc"
_CANONICAL_BITS = 47
_COUNT_IN_BLOCK = 1  # in struct uc_tb: u64 address, u16 number of instructions, u16 size


@dataclass(frozen=True)
class Syscall:
    """The program executed `syscall`; rip is behind it, rcx and r11 are as the CPU leaves them."""


@dataclass(frozen=True)
class Fault:
    """An access (`read`, `write` or `fetch`) at `address` that the memory does not allow; rip is at it."""

    access: str
    address: int
    mapped: bool


@dataclass(frozen=True)
class Trap:
    """The CPU's exception `number` (0 division, 6 invalid opcode, 13 protection …); rip is at the instruction.

    Or, where it is `by_instruction`, the program asked for it by `int $number` or `int3`, and rip is behind that.
    """

    number: int
    by_instruction: bool = False
    error: int = 0


@dataclass(frozen=True)
class Stop:
    """`stop` was called; rip is at the next instruction."""


Event = Syscall | Fault | Trap | Stop
_STOP = Stop()
_SYSCALL = Syscall()
_PROTECTED = Trap(13)


class Engine:
    """One CPU and its physical memory.

    `on_fault(access, address, size)` may map memory and return True, then the access is tried again.
    """

    def __init__(self, on_fault: Callable[[str, int, int], bool], *, native: bool | None = None) -> None:
        self.uc = Uc(uc_const.UC_ARCH_X86, uc_const.UC_MODE_64, x86_const.UC_CPU_X86_WESTMERE)
        self.uc.ctl_set_tcg_buffer_size(_TRANSLATED_CODE)
        self.handle = self.uc._uch  # the hooks are added without the slow wrapper of the bindings
        self.native = is_supported() if native is None else native
        self.on_fault = on_fault
        self.on_limit: Callable[[], None] | None = None
        self.on_block: Callable[[int, int], None] | None = None
        self.on_port: Callable[[], None] = lambda: None
        self.tsc: Callable[[], int] = lambda: 0
        self._block = (ctypes.c_uint64 * 2)()  # struct uc_tb
        self._event: Event | None = None
        self._port: Standstill | None = None
        self._stopping = False
        self._kept: list[CFuncPtr] = []
        self._errors: list[BaseException] = []
        enter_user_mode(self.uc)
        self._state = Context(self.uc)
        control = ctypes.cast(uclib.uc_ctl, ctypes.c_void_p).value or 0, _ABOUT_BLOCK
        self.counter = BlockCounter(self._instructions_at, self._ask, control=control, native=self.native)
        self.count_hook = self._hook_address(uc_const.UC_HOOK_BLOCK, self.counter.address, self.counter.user)
        Special(self)
        self.hook(uc_const.UC_HOOK_INTR, _INTERRUPT(self._on_interrupt))
        self.hook(uc_const.UC_HOOK_INSN_INVALID, _INSTRUCTION(self._on_invalid))
        self.hook(uc_const.UC_HOOK_MEM_INVALID, _FAULT(self._on_memory))

    # -- registers ---------------------------------------------------------------------------------------------

    def get(self, register: int) -> int:
        """Read a register by Unicorn's number."""
        return int(self.uc.reg_read(register))

    def set(self, register: int, value: int) -> None:
        """Write a register by Unicorn's number."""
        self.uc.reg_write(register, value)

    def get_many(self, registers: Sequence[int]) -> tuple[int, ...]:
        """Read registers in one call."""
        return tuple(self.uc.reg_read_batch(registers))

    @property
    def pc(self) -> int:
        """The address of the next instruction."""
        return int(self.uc.reg_read(x86_const.UC_X86_REG_RIP))

    @pc.setter
    def pc(self, address: int) -> None:
        self.uc.reg_write(x86_const.UC_X86_REG_RIP, address)

    @property
    def sp(self) -> int:
        """The stack pointer."""
        return int(self.uc.reg_read(x86_const.UC_X86_REG_RSP))

    def give_memory(self, address: int, size: int, protection: int) -> bool:
        """Map fresh zero pages; False where the host has none to give."""
        try:
            self.uc.mem_map(address, size, protection)
        except UcError as error:
            if error.errno in (uc_const.UC_ERR_NOMEM, uc_const.UC_ERR_RESOURCE):
                return False
            raise
        return True

    # -- running -----------------------------------------------------------------------------------------------

    def run(self) -> Event:
        """Run from rip until an event. Exceptions of callbacks are raised here."""
        self._event = self._port = None
        self._stopping = False
        before = sys.unraisablehook
        sys.unraisablehook = self._keep_error
        try:
            self.uc.emu_start(self.pc, _NEVER)
        except UcError as error:
            if self._event is None and not self._errors:
                raise Refused(f"the emulator stopped at {self.pc:#x}: {error}") from error
        finally:
            sys.unraisablehook = before
            if self._port is not None:
                self._port.end()
        if self._errors:
            raise self._errors.pop(0)
        pc, code = self.get_many(_PLACE)
        if code != USER_CODE:
            raise Refused(f"the program runs 32-bit code at {pc:#x}")
        if pc >> _CANONICAL_BITS and not (isinstance(self._event, Fault) and self._event.access == "fetch"):
            raise Refused(
                f"the program runs at {pc:#x}, where a CPU would not: it raises SIGSEGV at the jump"
            )
        self._settle_count()
        if isinstance(self._event, Fault) and self._event.access != "fetch" and string_operation(self.uc, pc):
            return _PROTECTED  # the right to use a port is looked at before the memory
        return self._settled(self._event) if isinstance(self._event, Trap) else self._event or _STOP

    def stop(self) -> None:
        """Make `run` return before the next instruction (from a code hook) or block."""
        self._stopping = True
        self.uc.emu_stop()

    @property
    def instructions(self) -> int:
        """Instructions executed so far."""
        return self.counter.total

    def _settle_count(self) -> None:
        """Take back the instructions of the last block that were counted at its start but not executed."""
        address, size = self.counter.last
        pc = self.pc
        if address <= pc < address + size:
            self.counter.total -= self._instructions_at(pc)

    def _settled(self, trap: Trap) -> Trap:
        """Tell a fault from an interrupt instruction, which ends its block.

        The emulator has to forget a fault that is now Linux's affair; it would make a double fault of the next one.
        """
        if self._port is not None:
            return trap
        pc, (address, size) = self.pc, self.counter.last
        code = bytes(self.uc.mem_read(address, size)) if address + size == pc else b""
        if code.endswith(bytes((_INT, trap.number))) or (trap.number == 3 and code.endswith(_INT3)):
            return Trap(trap.number, by_instruction=True)
        if trap.number not in CONTRIBUTORY:
            return trap
        error = forget_fault(self._state)
        if error is None:
            raise Refused(
                f"the emulator cannot go on after a fault at {pc:#x}: this version of Unicorn is unknown"
            )
        return replace(trap, error=error)

    @property
    def is_over(self) -> bool:
        """Whether the instruction before the present one has ended the run: this one is not executed."""
        return self._port is not None

    def _instructions_at(self, address: int) -> int:
        block = self._block
        self._check(uclib.uc_ctl(self.handle, _ABOUT_BLOCK, ctypes.c_uint64(address), ctypes.byref(block)))
        return int(block[_COUNT_IN_BLOCK]) & 0xFFFF

    def _ask(self, address: int, size: int) -> None:
        if self.on_limit is not None and self.counter.total >= self.counter.words[1]:
            self.on_limit()
        if self.on_block is not None:
            self.on_block(address, size)

    def flush_code(self) -> None:
        """Forget all translated code: hooks or code have changed."""
        self.uc.ctl_flush_tb()
        self.counter.forget()

    # -- hooks -------------------------------------------------------------------------------------------------

    def hook(self, kind: int, function: CFuncPtr, low: int = 1, high: int = 0) -> int:
        """Have `function` (a ctypes callback, kept alive here) called; without bounds everywhere. Returns a handle."""
        self._kept.append(function)
        return self._hook_address(kind, ctypes.cast(function, ctypes.c_void_p).value or 0, 0, low, high)

    def _hook_address(self, kind: int, address: int, user: int, low: int = 1, high: int = 0) -> int:
        handle = ctypes.c_size_t()
        self._check(
            uclib.uc_hook_add(
                self.handle,
                ctypes.byref(handle),
                kind,
                ctypes.c_void_p(address),
                ctypes.c_void_p(user),
                ctypes.c_uint64(low),
                ctypes.c_uint64(high),
            )
        )
        return handle.value

    hook_address = _hook_address

    def unhook(self, handle: int) -> None:
        """Remove a hook."""
        self._check(uclib.uc_hook_del(self.handle, ctypes.c_size_t(handle)))

    def hook_instruction(self, instruction: int, function: CFuncPtr) -> None:
        """Have `function` asked at an instruction (UC_X86_INS_*)."""
        self._kept.append(function)
        handle = ctypes.c_size_t()
        self._check(
            uclib.uc_hook_add(
                self.handle,
                ctypes.byref(handle),
                uc_const.UC_HOOK_INSN,
                ctypes.cast(function, ctypes.c_void_p),
                ctypes.c_void_p(0),
                ctypes.c_uint64(1),
                ctypes.c_uint64(0),
                ctypes.c_int(instruction),
            )
        )

    @staticmethod
    def _check(status: int) -> None:
        if status != uc_const.UC_ERR_OK:
            raise UcError(status)

    # -- callbacks ---------------------------------------------------------------------------------------------

    def _keep_error(self, unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.exc_value is not None:
            self._errors.append(unraisable.exc_value)
        self.uc.emu_stop()

    def _happened(self, event: Event) -> None:
        if self._port is None:
            self._event = event
        self.uc.emu_stop()

    def system_call(self) -> None:
        """The program executes `syscall`."""
        self._happened(_SYSCALL)

    def refuse_port(self) -> None:
        """The program executes `in` or `out`."""
        if self._port is None:
            self._happened(_PROTECTED)
            self._port = Standstill(self.uc, self._state)
            self.on_port()

    def _on_interrupt(self, _uc: int, number: int, _user: int) -> None:
        self._happened(Trap(number))

    def _on_invalid(self, _uc: int, _user: int) -> int:
        if self._port is None:
            self._event = Trap(6)
        return 0

    def _on_memory(self, _uc: int, kind: int, address: int, size: int, _value: int, _user: int) -> bool:
        if self._port is not None:
            return False
        access = _ACCESS.get(kind, "fetch")
        if self.on_fault(access, address, size):
            return True
        if access == "fetch" and self.pc >> _CANONICAL_BITS:
            address = self.pc  # the emulator tells 52 bits of it
        self._event = Fault(access, address, kind in (22, 23, 24))
        return False
