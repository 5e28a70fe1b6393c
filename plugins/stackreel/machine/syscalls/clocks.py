"""Time: clocks and sleeping (kernel/time)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from stackreel.machine.clock import SECOND, Clock
from stackreel.machine.linux import Errno
from stackreel.machine.outcomes import LinuxError, Waits

if TYPE_CHECKING:
    from stackreel.machine.process import Process
    from stackreel.machine.syscalls import Arguments

_CLOCKS: dict[int, Callable[[Clock], int]] = {
    0: Clock.wall,
    1: Clock.now,
    2: Clock.used,
    3: Clock.used,
    4: Clock.now,
    5: Clock.wall,
    6: Clock.now,
    7: Clock.now,
    11: Clock.wall,
}
_TIMER_ABSTIME = 1


def _clock(number: int) -> Callable[[Clock], int]:
    found = _CLOCKS.get(number & 0xFFFF_FFFF)
    if found is None:
        raise LinuxError(Errno.EINVAL)
    return found


def clock_gettime(p: Process, a: Arguments) -> int:
    """What a clock shows."""
    p.write(a[1], struct.pack("<qq", *divmod(_clock(a[0])(p.clock), SECOND)))
    return 0


def clock_getres(p: Process, a: Arguments) -> int:
    """A nanosecond."""
    _clock(a[0])
    if a[1]:
        p.write(a[1], struct.pack("<qq", 0, 1))
    return 0


def gettimeofday(p: Process, a: Arguments) -> int:
    """The real-time clock in microseconds."""
    if a[0]:
        p.write(a[0], struct.pack("<qq", *divmod(p.clock.wall() // 1000, 1_000_000)))
    if a[1]:
        p.write(a[1], bytes(8))
    return 0


def time(p: Process, a: Arguments) -> int:
    """The real-time clock in seconds."""
    now = p.clock.wall() // SECOND
    if a[0]:
        p.write(a[0], struct.pack("<q", now))
    return now


def times(p: Process, a: Arguments) -> int:
    """CPU time in ticks of 10 ms."""
    if a[0]:
        p.write(a[0], struct.pack("<qqqq", p.clock.used() // 10_000_000, 0, 0, 0))
    return p.clock.now() // 10_000_000


def span(p: Process, address: int) -> int:
    """Read a `struct timespec`, in nanoseconds. Raises LinuxError EINVAL, EFAULT."""
    seconds, nanoseconds = struct.unpack("<qq", p.read(address, 16))
    if seconds < 0 or not 0 <= nanoseconds < SECOND:
        raise LinuxError(Errno.EINVAL)
    return int(seconds * SECOND + nanoseconds)


def nanosleep(p: Process, a: Arguments) -> int:
    """Sleep: time jumps."""
    raise Waits(p.clock.now() + span(p, a[0]), left_at=a[1], what="asleep")


def clock_nanosleep(p: Process, a: Arguments) -> int:
    """Sleep for a while or until a time."""
    read, time_or_span = _clock(a[0]), span(p, a[2])
    until = time_or_span - read(p.clock) if a[1] & _TIMER_ABSTIME else time_or_span
    raise Waits(p.clock.now() + until, left_at=0 if a[1] & _TIMER_ABSTIME else a[3], what="asleep")


TABLE = {
    35: nanosleep,
    96: gettimeofday,
    100: times,
    201: time,
    228: clock_gettime,
    229: clock_getres,
    230: clock_nanosleep,
}
