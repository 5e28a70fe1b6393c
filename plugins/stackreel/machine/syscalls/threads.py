"""Threads: beginning, ending, giving way (kernel/fork.c, exit.c, sched). New processes are refused."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unicorn import x86_const

from stackreel.machine.context import Context
from stackreel.machine.linux import Errno
from stackreel.machine.model import Ending
from stackreel.machine.outcomes import LinuxError
from stackreel.machine.scheduler import leave_futex

if TYPE_CHECKING:
    from stackreel.machine.process import Process
    from stackreel.machine.syscalls import Arguments

CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_SIGHAND, CLONE_THREAD = 0x100, 0x200, 0x400, 0x800, 0x1_0000
CLONE_SETTLS, CLONE_PARENT_SETTID, CLONE_CHILD_CLEARTID = 0x8_0000, 0x10_0000, 0x20_0000
CLONE_CHILD_SETTID = 0x100_0000
_OF_A_THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD
_MEMBARRIER_QUERY, _MEMBARRIER_GLOBAL, _MEMBARRIER_PRIVATE, _MEMBARRIER_REGISTER = 0, 1, 8, 16
_CLONE_ARGS_SIZE = 64  # of the first version of struct clone_args
MOST_THREADS = 1000


@dataclass(frozen=True)
class _Wanted:
    """What a new thread is to be: CLONE_* flags, top of its stack, where its number is written, its TLS."""

    flags: int
    stack: int
    parent_tid: int
    child_tid: int
    tls: int


def clone(p: Process, a: Arguments) -> int:
    """Start a thread: it returns 0 here, on its own stack."""
    return _clone(p, _Wanted(*a[:5]), "56 (clone)")


def clone3(p: Process, a: Arguments) -> int:
    """As clone, asked for by a structure."""
    if a[1] < _CLONE_ARGS_SIZE:
        raise LinuxError(Errno.EINVAL)
    flags, _, child_tid, parent_tid, _, base, length, tls = struct.unpack("<8Q", p.read(a[0], 64))
    stack = base + length if base else 0
    return _clone(p, _Wanted(flags, stack, parent_tid, child_tid, tls), "435 (clone3)")


def _clone(p: Process, wanted: _Wanted, name: str) -> int:
    flags = wanted.flags
    if flags & _OF_A_THREAD != _OF_A_THREAD:
        p.note(f"system call {name} refused with EPERM: this process cannot start another")
        raise LinuxError(Errno.EPERM)
    if len(p.threads) >= MOST_THREADS:
        raise LinuxError(Errno.EAGAIN)
    engine, tid = p.engine, struct.pack("<I", p.scheduler.new_tid())
    if flags & CLONE_PARENT_SETTID:
        p.write(wanted.parent_tid, tid)
    if flags & CLONE_CHILD_SETTID:
        p.write(wanted.child_tid, tid)
    parent = Context(engine.uc)
    engine.set(x86_const.UC_X86_REG_RAX, 0)
    if wanted.stack:
        engine.set(x86_const.UC_X86_REG_RSP, wanted.stack)
    if flags & CLONE_SETTLS:
        engine.set(x86_const.UC_X86_REG_FS_BASE, wanted.tls)
    child = Context(engine.uc)
    parent.restore()
    thread = p.scheduler.start(child)
    thread.clear_tid = wanted.child_tid if flags & CLONE_CHILD_CLEARTID else 0
    return thread.tid


def exit_(p: Process, a: Arguments) -> None:
    """End the thread; with the last one the process ends."""
    if len(p.threads) == 1:
        p.finish(Ending("exited", status=a[0] & 0xFF, pc=p.engine.pc))
    leave_futex(p, p.thread)
    p.scheduler.end()


def exit_group(p: Process, a: Arguments) -> int:
    """The end of all threads."""
    p.finish(Ending("exited", status=a[0] & 0xFF, pc=p.engine.pc))


def sched_yield(p: Process, _a: Arguments) -> int:
    """Let others run."""
    p.scheduler.give_way()
    return 0


def membarrier(_p: Process, a: Arguments) -> int:
    """Order memory between threads: with one CPU it always is."""
    command = a[0] & 0xFFFF_FFFF
    if command == _MEMBARRIER_QUERY:
        return _MEMBARRIER_GLOBAL | _MEMBARRIER_PRIVATE | _MEMBARRIER_REGISTER
    if command not in (_MEMBARRIER_GLOBAL, _MEMBARRIER_PRIVATE, _MEMBARRIER_REGISTER):
        raise LinuxError(Errno.EINVAL)
    return 0


TABLE = {
    24: sched_yield,
    56: clone,
    60: exit_,
    231: exit_group,
    324: membarrier,
    435: clone3,
}
