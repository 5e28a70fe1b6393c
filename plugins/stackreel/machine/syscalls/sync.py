"""Waiting for other threads: futex, and what a single thread meets of it (kernel/futex)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from stackreel.machine.clock import SECOND
from stackreel.machine.linux import Errno
from stackreel.machine.outcomes import LinuxError, Waits

if TYPE_CHECKING:
    from stackreel.machine.process import Process
    from stackreel.machine.syscalls import Arguments

FUTEX_WAIT, FUTEX_WAKE, FUTEX_REQUEUE, FUTEX_CMP_REQUEUE, FUTEX_WAKE_OP = 0, 1, 3, 4, 5
FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET = 9, 10
_OPERATION, _REALTIME = 0x7F, 0x100


def futex(p: Process, a: Arguments) -> int:
    """Wait at a word, or wake who waits there: with one thread, nobody."""
    word, how, value, timeout = a[0], a[1], a[2] & 0xFFFF_FFFF, a[3]
    if word % 4:
        raise LinuxError(Errno.EINVAL)
    match how & _OPERATION:
        case 0 | 9:
            if int.from_bytes(p.read(word, 4), "little") != value:
                raise LinuxError(Errno.EAGAIN)
            deadline = _deadline(p, timeout, how) if timeout else None
            raise Waits(
                deadline, word=word, timed_out=-Errno.ETIMEDOUT, what=f"in futex for the word at {word:#x}"
            )
        case 1 | 3 | 5 | 10:
            return 0
        case 4:
            if int.from_bytes(p.read(word, 4), "little") != a[5] & 0xFFFF_FFFF:
                raise LinuxError(Errno.EAGAIN)
            return 0
        case _:
            raise LinuxError(Errno.ENOSYS)


def _deadline(p: Process, address: int, how: int) -> int:
    seconds, nanoseconds = struct.unpack("<qq", p.read(address, 16))
    if seconds < 0 or not 0 <= nanoseconds < SECOND:
        raise LinuxError(Errno.EINVAL)
    span = int(seconds * SECOND + nanoseconds)
    if how & _OPERATION == FUTEX_WAIT:
        return p.clock.now() + span
    return p.clock.now() + span - (p.clock.wall() if how & _REALTIME else p.clock.now())


TABLE = {202: futex}
