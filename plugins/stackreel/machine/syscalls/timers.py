"""Timers that send signals: alarm, setitimer, timer_create (kernel/time/itimer.c, posix-timers.c)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from stackreel.machine import signals
from stackreel.machine.clock import SECOND
from stackreel.machine.linux import Errno, Signal
from stackreel.machine.outcomes import LinuxError
from stackreel.machine.timers import Key, Timer

if TYPE_CHECKING:
    from stackreel.machine.process import Process
    from stackreel.machine.syscalls import Arguments

_INTERVAL_TIMERS = {  # ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF: signal, whether CPU time counts
    0: (Signal.SIGALRM, False),
    1: (Signal.SIGVTALRM, True),
    2: (Signal.SIGPROF, True),
}
_CPU_CLOCKS = (2, 3)
_WALL_CLOCKS = (0, 5, 8, 11)
_SIGEV_SIGNAL, _SIGEV_NONE, _SIGEV_THREAD_ID = 0, 1, 4
_TIMER_ABSTIME = 1
_MICROSECOND = 1000


def alarm(p: Process, a: Arguments) -> int:
    """SIGALRM in some seconds of virtual time."""
    left, _ = _set_interval(p, 0, (a[0] & 0xFFFF_FFFF) * SECOND, 0)
    return max(1, (left + SECOND // 2) // SECOND) if left else 0


def _set_interval(p: Process, which: int, value: int, interval: int) -> tuple[int, int]:
    number, of_cpu = _INTERVAL_TIMERS[which]
    timers, key = p.scheduler.timers, ("interval", which)
    before = timers.left(key)
    if value:
        now = p.clock.used() if of_cpu else p.clock.now()
        timers.set(key, Timer(now + value, interval, signals.from_kernel(number), of_cpu))
    else:
        timers.clear(key)
    p.scheduler.set_bound()
    return before


def _known_interval(which: int) -> int:
    which &= 0xFFFF_FFFF
    if which not in _INTERVAL_TIMERS:
        raise LinuxError(Errno.EINVAL)
    return which


def _itimerval(value: int, interval: int) -> bytes:
    parts = (*divmod(interval // _MICROSECOND, 1_000_000), *divmod(-(-value // _MICROSECOND), 1_000_000))
    return struct.pack("<qqqq", *parts)


def setitimer(p: Process, a: Arguments) -> int:
    """Set an interval timer."""
    which = _known_interval(a[0])
    words = struct.unpack("<qqqq", p.read(a[1], 32)) if a[1] else (0, 0, 0, 0)
    if any(not 0 <= micro < 1_000_000 for micro in words[1::2]) or min(words) < 0:
        raise LinuxError(Errno.EINVAL)
    interval, value = (
        words[i] * SECOND + words[i + 1] * _MICROSECOND for i in (0, 2)
    )  # fmt: skip
    before = _set_interval(p, which, value, interval)
    if a[2]:
        p.write(a[2], _itimerval(*before))
    return 0


def getitimer(p: Process, a: Arguments) -> int:
    """Tell an interval timer."""
    p.write(a[1], _itimerval(*p.scheduler.timers.left(("interval", _known_interval(a[0])))))
    return 0


def timer_create(p: Process, a: Arguments) -> int:
    """Make a timer; it is set by timer_settime."""
    clock = a[0] & 0xFFFF_FFFF
    number, how, value, thread = int(Signal.SIGALRM), _SIGEV_SIGNAL, len(p.posix_timers), None
    if a[1]:
        value, number, how, tid = struct.unpack("<QiiI", p.read(a[1], 20))
        if how & _SIGEV_THREAD_ID:
            thread = p.scheduler.find(tid)
        if how & ~_SIGEV_THREAD_ID not in (_SIGEV_SIGNAL, _SIGEV_NONE) or (how & 4 and thread is None):
            raise LinuxError(Errno.EINVAL)
        if not 1 <= number <= signals.MOST and not how & _SIGEV_NONE:
            raise LinuxError(Errno.EINVAL)
    identity = max(p.posix_timers, default=-1) + 1
    info = signals.SignalInfo(number, signals.SI_TIMER, sender=(identity, 0), value=value)
    is_of_cpu = (
        clock in _CPU_CLOCKS or clock >> 31 == 1
    )  # of the process or, with a negative number, of a thread
    p.posix_timers[identity] = Timer(0, 0, None if how & _SIGEV_NONE else info, is_of_cpu, thread)
    if clock in _WALL_CLOCKS:
        p.wall_timers.add(identity)
    p.write(a[2], struct.pack("<i", identity))
    return 0


def _timer(p: Process, identity: int) -> tuple[Key, Timer]:
    timer = p.posix_timers.get(identity & 0xFFFF_FFFF)
    if timer is None:
        raise LinuxError(Errno.EINVAL)
    return ("posix", identity & 0xFFFF_FFFF), timer


def _itimerspec(value: int, interval: int) -> bytes:
    return struct.pack("<qqqq", *divmod(interval, SECOND), *divmod(value, SECOND))


def timer_settime(p: Process, a: Arguments) -> int:
    """Set or stop a timer."""
    key, timer = _timer(p, a[0])
    words = struct.unpack("<qqqq", p.read(a[2], 32))
    if any(not 0 <= nano < SECOND for nano in words[1::2]) or min(words) < 0:
        raise LinuxError(Errno.EINVAL)
    interval, value = (words[i] * SECOND + words[i + 1] for i in (0, 2))
    timers = p.scheduler.timers
    before = timers.left(key)
    if value:
        now = p.clock.used() if timer.of_cpu else p.clock.now()
        shown = p.clock.wall() if key[1] in p.wall_timers else now
        deadline = now + value - (shown if a[1] & _TIMER_ABSTIME else 0)
        timers.set(key, Timer(deadline, interval, timer.signal, timer.of_cpu, timer.thread))
    else:
        timers.clear(key)
    p.scheduler.set_bound()
    if a[3]:
        p.write(a[3], _itimerspec(*before))
    return 0


def timer_gettime(p: Process, a: Arguments) -> int:
    """Tell a timer."""
    p.write(a[1], _itimerspec(*p.scheduler.timers.left(_timer(p, a[0])[0])))
    return 0


def timer_getoverrun(p: Process, a: Arguments) -> int:
    """No signal was ever too late."""
    _timer(p, a[0])
    return 0


def timer_delete(p: Process, a: Arguments) -> int:
    """Remove a timer."""
    key, _ = _timer(p, a[0])
    p.scheduler.timers.clear(key)
    del p.posix_timers[key[1]]
    p.wall_timers.discard(key[1])
    p.scheduler.set_bound()
    return 0


TABLE = {
    36: getitimer,
    37: alarm,
    38: setitimer,
    222: timer_create,
    223: timer_settime,
    224: timer_gettime,
    225: timer_getoverrun,
    226: timer_delete,
}
