"""Signals: actions, masks, sending and waiting (kernel/signal.c)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from stackreel.machine import signals
from stackreel.machine.linux import Errno, Signal
from stackreel.machine.outcomes import LinuxError, Waits
from stackreel.machine.signals import (
    SI_TKILL,
    SI_USER,
    SS_AUTODISARM,
    SS_DISABLE,
    SS_ONSTACK,
    Action,
    AlternateStack,
    SignalInfo,
)
from stackreel.machine.syscalls.clocks import span

if TYPE_CHECKING:
    from stackreel.machine.process import Process
    from stackreel.machine.syscalls import Arguments
    from stackreel.machine.threads import Thread

SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK = 0, 1, 2
_MOST = 64
_SMALLEST_STACK = 2048
_UNBLOCKABLE = 1 << (Signal.SIGKILL - 1) | 1 << (Signal.SIGSTOP - 1)


def rt_sigaction(p: Process, a: Arguments) -> int:
    """Set and tell what is done with a signal."""
    number, new, old, size = a[:4]
    number &= 0xFFFF_FFFF
    if size != 8 or not 1 <= number <= _MOST or (new and number in (Signal.SIGKILL, Signal.SIGSTOP)):
        raise LinuxError(Errno.EINVAL)
    before = p.actions.get(number, Action())
    action = Action(*struct.unpack("<QQQQ", p.read(new, 32))) if new else None
    if old:
        p.write(old, struct.pack("<QQQQ", before.handler, before.flags, before.restorer, before.mask))
    if action is not None:
        p.actions[number] = action
    return 0


def rt_sigprocmask(p: Process, a: Arguments) -> int:
    """Change and tell which signals are blocked."""
    how, new, old, size = a[:4]
    if size != 8:
        raise LinuxError(Errno.EINVAL)
    before = p.thread.blocked
    if new:
        mask = int.from_bytes(p.read(new, 8), "little")
        match how & 0xFFFF_FFFF:
            case 0:
                now = before | mask
            case 1:
                now = before & ~mask
            case 2:
                now = mask
            case _:
                raise LinuxError(Errno.EINVAL)
        p.thread.blocked = now & ~_UNBLOCKABLE
    if old:
        p.write(old, struct.pack("<Q", before))
    return 0


def rt_sigreturn(p: Process, _a: Arguments) -> None:
    """Back from a handler."""
    signals.leave_handler(p)


def rt_sigpending(p: Process, a: Arguments) -> int:
    """Which signals wait."""
    pending = {1 << (info.number - 1) for info in (*p.thread.pending, *p.pending)}
    waiting = sum(pending) & p.thread.blocked
    p.write(a[0], struct.pack("<Q", waiting))
    return 0


def rt_sigsuspend(p: Process, a: Arguments) -> int:
    """Wait for a signal with another mask."""
    mask = int.from_bytes(p.read(a[0], 8), "little")
    p.thread.saved_mask = p.thread.blocked
    p.thread.blocked = mask & ~_UNBLOCKABLE
    return pause(p, a)


def pause(p: Process, _a: Arguments) -> int:
    """Wait for a signal."""
    raise Waits(None, what="for a signal")


def rt_sigtimedwait(p: Process, a: Arguments) -> int:
    """Take a signal out of those that are blocked, waiting for one."""
    wanted = int.from_bytes(p.read(a[0], 8), "little")

    found = [i for i in (*p.thread.pending, *p.pending) if wanted & 1 << (i.number - 1)]
    info = min(found, key=lambda i: i.number, default=None)
    if info is None:
        thread = p.thread
        deadline = p.clock.now() + span(p, a[2]) if a[2] else None
        raise Waits(
            deadline,
            timed_out=-Errno.EAGAIN,
            ready=lambda: any(wanted & 1 << (i.number - 1) for i in (*thread.pending, *p.pending)),
            what="for a signal",
        )
    (p.thread.pending if info in p.thread.pending else p.pending).remove(info)
    if a[1]:
        p.write(a[1], info.siginfo())
    return info.number


def sigaltstack(p: Process, a: Arguments) -> int:
    """Set and tell the stack for handlers."""
    new, old = a[:2]
    before, sp = p.thread.alternate, p.engine.sp
    on_it = before.holds(sp)
    after = None
    if new:
        base, flags, size = struct.unpack("<QixxxxQ", p.read(new, 24))
        mode = flags & ~SS_AUTODISARM
        if on_it:
            raise LinuxError(Errno.EPERM)
        if mode not in (0, SS_ONSTACK, SS_DISABLE):
            raise LinuxError(Errno.EINVAL)
        if mode == SS_DISABLE:
            after = AlternateStack(0, 0, flags)
        elif size < _SMALLEST_STACK:
            raise LinuxError(Errno.ENOMEM)
        else:
            after = AlternateStack(base, size, flags & ~SS_ONSTACK)
    if old:
        state = SS_DISABLE if not before.size else SS_ONSTACK if on_it else 0
        flags = (before.flags & SS_AUTODISARM) | state
        p.write(old, struct.pack("<QixxxxQ", before.base, _int32(flags), before.size))
    if after is not None:
        p.thread.alternate = after
    return 0


def _int32(value: int) -> int:
    return value - (1 << 32) if value >> 31 else value


def kill(p: Process, a: Arguments) -> int:
    """Send a signal to the process itself; there is no other."""
    target, number = _int32(a[0] & 0xFFFF_FFFF), a[1] & 0xFFFF_FFFF
    if target not in (p.identity[0], 0, -1, -p.identity[0]):
        raise LinuxError(Errno.ESRCH)
    return _send(p, number, SI_USER)


def tkill(p: Process, a: Arguments) -> int:
    """Send a signal to a thread."""
    return tgkill(p, (p.identity[0], a[0], a[1], 0, 0, 0))


def tgkill(p: Process, a: Arguments) -> int:
    """Send a signal to a thread of a process."""
    process, thread = (_int32(number & 0xFFFF_FFFF) for number in a[:2])
    if process <= 0 or thread <= 0:
        raise LinuxError(Errno.EINVAL)
    target = p.scheduler.find(thread)
    if process != p.identity[0] or target is None:
        raise LinuxError(Errno.ESRCH)
    return _send(p, a[2] & 0xFFFF_FFFF, SI_TKILL, target)


def _send(p: Process, number: int, code: int, thread: Thread | None = None) -> int:
    if number > _MOST:
        raise LinuxError(Errno.EINVAL)
    if number:
        signals.send(p, SignalInfo(number, code, sender=p.identity), thread)
    return 0


TABLE = {
    13: rt_sigaction,
    14: rt_sigprocmask,
    15: rt_sigreturn,
    34: pause,
    62: kill,
    127: rt_sigpending,
    128: rt_sigtimedwait,
    130: rt_sigsuspend,
    131: sigaltstack,
    200: tkill,
    234: tgkill,
}
