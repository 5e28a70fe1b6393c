"""Signals: who handles them, and the frame the kernel puts on the stack for a handler.

The frame is that of setup_rt_frame (arch/x86/kernel/signal_64.c) on a CPU without XSAVE: the FXSAVE image, 64-byte
aligned below the red zone; below it `struct rt_sigframe` (return address, ucontext, siginfo), so that rsp is 8
below a multiple of 16 when the handler starts. `rt_sigreturn` restores all of it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unicorn import x86_const as x86

from stackreel.machine import fxsave
from stackreel.machine.linux import PROT_EXEC, Signal
from stackreel.machine.model import Ending
from stackreel.machine.outcomes import LinuxError

if TYPE_CHECKING:
    from stackreel.machine.process import Process
    from stackreel.machine.threads import Thread

SA_NOCLDSTOP, SA_SIGINFO, SA_RESTORER, SA_ONSTACK = 1, 4, 0x0400_0000, 0x0800_0000
SA_RESTART, SA_NODEFER, SA_RESETHAND = 0x1000_0000, 0x4000_0000, 0x8000_0000
SIG_DFL, SIG_IGN = 0, 1
SS_ONSTACK, SS_DISABLE, SS_AUTODISARM = 1, 2, 1 << 31
SI_USER, SI_KERNEL, SI_TKILL, SI_TIMER = 0, 0x80, -6, -2
SEGV_MAPERR, SEGV_ACCERR, FPE_INTDIV, ILL_ILLOPN, TRAP_BRKPT, TRAP_TRACE, BUS_ADRALN = 1, 2, 1, 2, 1, 2, 1

MOST = 64
_IGNORED = {Signal.SIGCHLD, Signal.SIGCONT, Signal.SIGURG, Signal.SIGWINCH}
_STOPPING = {Signal.SIGSTOP, Signal.SIGTSTP, Signal.SIGTTIN, Signal.SIGTTOU}
_UNBLOCKABLE = 1 << (Signal.SIGKILL - 1) | 1 << (Signal.SIGSTOP - 1)
_SYNCHRONOUS = {Signal.SIGSEGV, Signal.SIGBUS, Signal.SIGILL, Signal.SIGTRAP, Signal.SIGFPE, Signal.SIGSYS}

_UC_FLAGS = 2 | 4  # UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS; no UC_FP_XSTATE
_FRAME_SIZE, _RED_ZONE = 440, 128
_CONTEXT_AT, _SIGINFO_AT = 8, 312
_MCONTEXT_AT, _MASK_AT = _CONTEXT_AT + 40, _CONTEXT_AT + 40 + 256
_TRAP_FLAG, _DIRECTION_FLAG, _RESUME_FLAG = 1 << 8, 1 << 10, 1 << 16
_USER_FLAGS = 0x50DD5  # the bits of eflags that sigreturn takes from the frame
_CODE_SEGMENT, _STACK_SEGMENT = 0x33, 0x2B

_PREFIXES = b"\x66\xf2\xf3"
_VECTOR_PREFIXES = (b"\xc4", b"\xc5", b"\x62")

_IN_CONTEXT = (  # struct sigcontext_64, in order
    x86.UC_X86_REG_R8,
    x86.UC_X86_REG_R9,
    x86.UC_X86_REG_R10,
    x86.UC_X86_REG_R11,
    x86.UC_X86_REG_R12,
    x86.UC_X86_REG_R13,
    x86.UC_X86_REG_R14,
    x86.UC_X86_REG_R15,
    x86.UC_X86_REG_RDI,
    x86.UC_X86_REG_RSI,
    x86.UC_X86_REG_RBP,
    x86.UC_X86_REG_RBX,
    x86.UC_X86_REG_RDX,
    x86.UC_X86_REG_RAX,
    x86.UC_X86_REG_RCX,
    x86.UC_X86_REG_RSP,
    x86.UC_X86_REG_RIP,
    x86.UC_X86_REG_EFLAGS,
)


@dataclass(frozen=True)
class Action:
    """What a program wants done with a signal: SIG_DFL, SIG_IGN or a handler's address, and SA_* flags."""

    handler: int = SIG_DFL
    flags: int = 0
    restorer: int = 0
    mask: int = 0


@dataclass(frozen=True)
class AlternateStack:
    """A stack for handlers (sigaltstack)."""

    base: int
    size: int
    flags: int

    def holds(self, sp: int) -> bool:
        """Whether the stack pointer is on it."""
        return not self.flags & SS_AUTODISARM and self.base < sp <= self.base + self.size


NO_ALTERNATE = AlternateStack(0, 0, SS_DISABLE)


@dataclass(frozen=True)
class SignalInfo:
    """A signal with its siginfo: `code`, and either a fault's address or a sender; trap number and error code.

    For a timer's signal `sender` holds the timer's number and overruns; `value` is what its maker gave with it.
    """

    number: int
    code: int
    address: int | None = None
    sender: tuple[int, int] | None = None
    trap: int = 0
    error: int = 0
    value: int = 0

    def siginfo(self) -> bytes:
        """Return `siginfo_t`, 128 bytes."""
        head = struct.pack("<iiii", self.number, 0, self.code, 0)
        if self.address is not None:
            body = struct.pack("<Q", self.address)
        else:
            body = struct.pack("<IIQ", *(self.sender or (0, 0)), self.value)
        return (head + body).ljust(128, b"\0")


def from_kernel(number: int) -> SignalInfo:
    """A signal the kernel sends of itself."""
    return SignalInfo(number, SI_KERNEL)


# -- sending ---------------------------------------------------------------------------------------------------------


def force(process: Process, info: SignalInfo) -> None:
    """Send a signal that cannot be put off: where it is blocked or ignored the program dies of it."""
    thread = process.thread
    bit = 1 << (info.number - 1)
    action = process.actions.get(info.number, Action())
    if thread.blocked & bit or action.handler == SIG_IGN:
        thread.blocked &= ~bit
        process.actions[info.number] = Action()
    thread.pending.insert(0, info)


def send(process: Process, info: SignalInfo, thread: Thread | None = None) -> None:
    """Make a signal pending, for a thread or for any of the process, unless it is already or is ignored.

    Of the process it takes the first thread that does not block it, as Linux prefers the main one.
    """
    bit = 1 << (info.number - 1)
    target = thread or next((t for t in process.threads if not t.blocked & bit), None)
    waiting = process.pending if target is None else target.pending
    if _is_ignored(process, info.number) and target is not None and not target.blocked & bit:
        return
    if info.number < 32 and any(p.number == info.number for p in waiting):
        return
    waiting.append(info)
    if target is not None and has_deliverable(process, target):
        process.scheduler.interrupt(target)


def _is_ignored(process: Process, number: int) -> bool:
    action = process.actions.get(number, Action())
    return action.handler == SIG_IGN or (action.handler == SIG_DFL and number in _IGNORED)


def has_deliverable(process: Process, thread: Thread) -> bool:
    """Whether a signal is there that the thread does not block and that is not ignored."""
    return any(
        not thread.blocked & 1 << (p.number - 1) and not _is_ignored(process, p.number)
        for p in (*thread.pending, *process.pending)
    )


# -- delivery ------------------------------------------------------------------------------------------------------


def deliver(process: Process) -> None:
    """Before the program goes on: hand over pending signals that are not blocked."""
    thread = process.thread
    while thread.pending or process.pending:
        ready = [p for p in (*thread.pending, *process.pending) if not thread.blocked & 1 << (p.number - 1)]
        if not ready:
            break
        info = min(ready, key=lambda p: (p.number not in _SYNCHRONOUS, p.number))
        (thread.pending if info in thread.pending else process.pending).remove(info)
        if _is_ignored(process, info.number):
            continue
        action = process.actions.get(info.number, Action())
        if action.handler == SIG_DFL:
            process.finish(
                Ending("signal", signal=info.number, pc=process.engine.pc, detail=_why(process, info))
            )
        if thread.interrupted is not None:
            restarts = thread.interrupted.restarts and bool(action.flags & SA_RESTART)
            process.scheduler.interrupted_call(thread, restarts=restarts)
        _enter_handler(process, info, action)
    if thread.interrupted is not None:  # the signal is gone: another thread took it
        process.scheduler.interrupted_call(thread, restarts=True)
    if thread.saved_mask is not None:
        thread.blocked, thread.saved_mask = thread.saved_mask, None


def _why(process: Process, info: SignalInfo) -> str:
    name = Signal(info.number).name if info.number in set(Signal) else f"signal {info.number}"
    if info.number in _STOPPING:
        return f"{name} would stop the program"
    if info.number == Signal.SIGSEGV and info.code in (SEGV_MAPERR, SEGV_ACCERR):
        what = "nothing is mapped there" if info.code == SEGV_MAPERR else "not allowed there"
        verb = "writing" if info.error & 2 else "executing" if info.error & 16 else "reading"
        return f"{name} while {verb} at {info.address:#x}: {what}"
    if info.trap == 6 and info.address is not None:
        code = process.memory.peek(info.address, info.address + 15).lstrip(_PREFIXES)
        if code[:1] in _VECTOR_PREFIXES:
            return f"{name}: the emulated CPU has no AVX; compile without -mavx and -march=native"
    return name


def _enter_handler(process: Process, info: SignalInfo, action: Action) -> None:
    engine, thread = process.engine, process.thread
    values = engine.get_many(_IN_CONTEXT)
    sp = values[15] - _RED_ZONE
    alternate = thread.alternate
    if action.flags & SA_ONSTACK and not alternate.flags & SS_DISABLE and not alternate.holds(values[15]):
        sp = alternate.base + alternate.size
    state_at = (sp - fxsave.SIZE) & -64
    frame = ((state_at - _FRAME_SIZE) & -16) - 8
    saved = thread.saved_mask if thread.saved_mask is not None else thread.blocked
    thread.saved_mask = None
    flags = values[17] | (_RESUME_FLAG if info.address is not None else 0)  # a fault restarts its instruction
    machine = struct.pack(
        "<18QHHHHQQQQQ",
        *(v & 0xFFFF_FFFF_FFFF_FFFF for v in (*values[:17], flags)),
        _CODE_SEGMENT,
        0,
        0,
        _STACK_SEGMENT,
        info.error,
        info.trap,
        saved,
        info.address if info.trap == 14 and info.address is not None else 0,
        state_at,
    )
    # what the kernel does not write keeps what was there: padding, reserved words, siginfo nobody asked for
    parts = {
        0: struct.pack("<QQQQi", action.restorer, _UC_FLAGS, 0, alternate.base, alternate.flags),
        _MCONTEXT_AT - 8: struct.pack("<Q", alternate.size) + machine,
        _MASK_AT: struct.pack("<Q", saved),
        _SIGINFO_AT: info.siginfo() if action.flags & SA_SIGINFO else b"",
    }
    try:
        process.write(state_at, fxsave.save(engine))
        for at, part in parts.items():
            process.write(frame + at, part)
    except LinuxError:
        process.finish(
            Ending(
                "signal",
                signal=Signal.SIGSEGV,
                pc=engine.pc,
                detail="SIGSEGV: no room on the stack for a signal",
            )
        )
    if alternate.flags & SS_AUTODISARM:
        thread.alternate = NO_ALTERNATE
    engine.set(x86.UC_X86_REG_RDI, info.number)
    engine.set(x86.UC_X86_REG_RSI, frame + _SIGINFO_AT)
    engine.set(x86.UC_X86_REG_RDX, frame + _CONTEXT_AT)
    engine.set(x86.UC_X86_REG_RAX, 0)
    engine.set(x86.UC_X86_REG_RSP, frame)
    engine.set(x86.UC_X86_REG_EFLAGS, values[17] & ~(_TRAP_FLAG | _DIRECTION_FLAG | _RESUME_FLAG))
    engine.pc = action.handler
    fxsave.reset(engine)
    thread.blocked |= action.mask & ~_UNBLOCKABLE
    if not action.flags & SA_NODEFER:
        thread.blocked |= 1 << (info.number - 1)
    if action.flags & SA_RESETHAND:
        process.actions[info.number] = Action(SIG_DFL, action.flags, action.restorer, action.mask)


def leave_handler(process: Process) -> None:
    """rt_sigreturn: restore what the frame at rsp - 8 holds. A frame that cannot be read kills the program."""
    engine, thread = process.engine, process.thread
    frame = engine.sp - 8
    try:
        contents = process.read(frame, _SIGINFO_AT)
        values = struct.unpack_from("<18Q", contents, _MCONTEXT_AT)
        (state_at,) = struct.unpack_from("<Q", contents, _MCONTEXT_AT + 184)
        state = process.read(state_at, fxsave.SIZE) if state_at else b""
    except LinuxError:
        force(process, SignalInfo(Signal.SIGSEGV, SI_KERNEL, 0))
        return
    (mask,) = struct.unpack_from("<Q", contents, _MASK_AT)
    base, flags, size = struct.unpack_from("<QixxxxQ", contents, _CONTEXT_AT + 16)
    flags_now = engine.get(x86.UC_X86_REG_EFLAGS)
    for register, value in zip(_IN_CONTEXT, values, strict=True):
        engine.set(register, value)
    engine.set(x86.UC_X86_REG_EFLAGS, (flags_now & ~_USER_FLAGS) | (values[17] & _USER_FLAGS))
    if state:
        fxsave.restore(engine, state)
    thread.blocked = mask & ~_UNBLOCKABLE
    if not thread.alternate.holds(engine.sp):
        thread.alternate = AlternateStack(base, size, flags & ~SS_ONSTACK)


def may_execute(process: Process, address: int) -> bool:
    """Whether code may run at an address."""
    area = process.memory.area_at(address)
    return area is not None and bool(area.protection & PROT_EXEC)
