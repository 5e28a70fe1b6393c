"""What the CPU reports, as the signals Linux makes of it (arch/x86/kernel/traps.c, arch/x86/mm/fault.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unicorn import x86_const as x86

from stackreel.machine.engine import Fault, Trap
from stackreel.machine.layout import TASK_SIZE
from stackreel.machine.linux import Errno, Signal
from stackreel.machine.outcomes import Refused
from stackreel.machine.signals import (
    FPE_INTDIV,
    ILL_ILLOPN,
    SEGV_ACCERR,
    SEGV_MAPERR,
    SI_KERNEL,
    TRAP_BRKPT,
    TRAP_TRACE,
    SignalInfo,
    force,
)

if TYPE_CHECKING:
    from stackreel.machine.process import Process

_DIVISION, _DEBUG, _BREAKPOINT, _OVERFLOW, _OPCODE, _DOUBLE, _PROTECTION, _PAGE = 0, 1, 3, 4, 6, 8, 13, 14
_OLD_SYSTEM_CALL = 0x80
_CANONICAL_BITS, _ABOVE, _UPPER = 47, 0xFFF << 52, 0x1F
_KERNEL = -(1 << _CANONICAL_BITS) & ((1 << 64) - 1)
_RDPMC, _INT6, _INT1 = b"\x0f\x33", b"\xcd\x06", b"\xf1"


def fault(process: Process, event: Fault) -> None:
    """Turn an access that is not allowed into SIGSEGV."""
    address = _whole(event.address)
    error = 4 | (2 if event.access == "write" else 0) | (16 if event.access == "fetch" else 0)
    if address < _KERNEL and address >> _CANONICAL_BITS:
        force(process, SignalInfo(Signal.SIGSEGV, SI_KERNEL, 0, trap=_PROTECTION))
        return
    area = process.memory.area_at(address)
    if area is None:
        present = address >= TASK_SIZE  # of what is the kernel's a program learns nothing
        info = SignalInfo(Signal.SIGSEGV, SEGV_MAPERR, address, trap=_PAGE, error=error | present)
    else:
        present = bool(area.protection)
        info = SignalInfo(Signal.SIGSEGV, SEGV_ACCERR, address, trap=_PAGE, error=error | present)
    force(process, info)


def _whole(address: int) -> int:
    """Return the address of an access: the emulator tells 52 bits, and the kernel's half has those above set."""
    return address | _ABOVE if address >> _CANONICAL_BITS == _UPPER else address


def trap(process: Process, event: Trap) -> None:
    """Turn an exception of the CPU into the signal Linux sends for it.

    Raises Refused for a double fault: a CPU that runs a program never reports one, so the emulator is wrong.
    """
    engine, number = process.engine, event.number
    pc = engine.pc
    if event.by_instruction:
        _interrupt(process, number)
        return
    match number:
        case 0:
            info = SignalInfo(Signal.SIGFPE, FPE_INTDIV, pc, trap=_DIVISION)
        case 1:
            info = SignalInfo(Signal.SIGTRAP, TRAP_TRACE, pc, trap=_DEBUG)
        case 6:
            info = _invalid(process, pc)
        case 8:
            raise Refused(
                f"the emulator took a fault at {pc:#x} for a double fault; it is in error, not the program"
            )
        case _:
            info = SignalInfo(Signal.SIGSEGV, SI_KERNEL, 0, trap=_PROTECTION, error=event.error)
    force(process, info)


def _invalid(process: Process, pc: int) -> SignalInfo:
    """An instruction that the emulator does not know; three of them a CPU does."""
    code = process.memory.peek(pc, pc + 2)
    if code in (_RDPMC, _INT6):
        error = 0 if code == _RDPMC else _OPCODE * 8 + 2
        return SignalInfo(Signal.SIGSEGV, SI_KERNEL, 0, trap=_PROTECTION, error=error)
    if code.startswith(_INT1):
        process.engine.pc = pc + len(_INT1)
        return SignalInfo(Signal.SIGTRAP, TRAP_BRKPT, pc + len(_INT1), trap=_DEBUG)
    return SignalInfo(Signal.SIGILL, ILL_ILLOPN, pc, trap=_OPCODE)


def _interrupt(process: Process, number: int) -> None:
    """`int $number`, or `int3`: three of them a program may use, the others fault, and rip stays."""
    engine = process.engine
    if number == _OLD_SYSTEM_CALL:
        process.note("the program used int $0x80, the system calls of 32-bit programs; it got ENOSYS")
        engine.set(x86.UC_X86_REG_RAX, -Errno.ENOSYS & 0xFFFF_FFFF_FFFF_FFFF)
        return
    if number == _BREAKPOINT:
        info = SignalInfo(Signal.SIGTRAP, SI_KERNEL, 0, trap=number)
    elif number == _OVERFLOW:
        info = SignalInfo(Signal.SIGSEGV, SI_KERNEL, 0, trap=number)
    else:
        engine.pc -= 2
        info = SignalInfo(Signal.SIGSEGV, SI_KERNEL, 0, trap=_PROTECTION, error=number * 8 + 2)
    force(process, info)
