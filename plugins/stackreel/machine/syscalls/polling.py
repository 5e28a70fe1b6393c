"""Waiting for descriptors: poll, select, epoll (fs/select.c, fs/eventpoll.c). Signal masks given are not set."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from stackreel.machine.epoll import Epoll, Interest
from stackreel.machine.files import O_CLOEXEC, POLLIN, POLLNVAL, POLLOUT, TreeFile
from stackreel.machine.linux import Errno
from stackreel.machine.outcomes import LinuxError, Waits
from stackreel.machine.syscalls.clocks import span

if TYPE_CHECKING:
    from stackreel.machine.process import Process
    from stackreel.machine.syscalls import Arguments

_ADD, _DELETE, _MODIFY = 1, 2, 3
_EVENT = struct.Struct("<IQ")
_MOST = 1024
_MILLISECOND = 1_000_000


def _signed(value: int) -> int:
    value &= 0xFFFF_FFFF
    return value - (1 << 32) if value >> 31 else value


def _milliseconds(value: int) -> int | None:
    timeout = _signed(value)
    return None if timeout < 0 else timeout * _MILLISECOND


def poll(p: Process, a: Arguments) -> int:
    """Which descriptors are ready."""
    return _poll(p, a[0], a[1] & 0xFFFF_FFFF, _milliseconds(a[2]))


def ppoll(p: Process, a: Arguments) -> int:
    """As poll, with a timespec."""
    return _poll(p, a[0], a[1] & 0xFFFF_FFFF, span(p, a[2]) if a[2] else None)


def _poll(p: Process, table: int, count: int, timeout: int | None) -> int:
    if count > _MOST:
        raise LinuxError(Errno.EINVAL)
    raw = bytearray(p.read(table, 8 * count))
    rows = [struct.unpack_from("<ihh", raw, 8 * i) for i in range(count)]

    def found() -> list[int]:
        return [_ready(p, fd) & (wanted | ~(POLLIN | POLLOUT)) if fd >= 0 else 0 for fd, wanted, _ in rows]

    now = found()
    if not any(now) and timeout != 0:
        deadline = None if timeout is None else p.clock.now() + timeout
        raise Waits(deadline, ready=lambda: any(found()), what="in poll for a descriptor")
    for i, events in enumerate(now):
        struct.pack_into("<H", raw, 8 * i + 6, events & 0xFFFF)
    p.write(table, bytes(raw))
    return sum(map(bool, now))


def _ready(p: Process, fd: int) -> int:
    try:
        return p.files.get(fd).readiness()
    except LinuxError:
        return POLLNVAL


def pselect6(p: Process, a: Arguments) -> int:
    """As select, with a timespec."""
    return _select(p, a, span(p, a[4]) if a[4] else None)


def select(p: Process, a: Arguments) -> int:
    """Which descriptors of three sets are ready."""
    timeout = None
    if a[4]:
        seconds, micro = struct.unpack("<qq", p.read(a[4], 16))
        timeout = (seconds * 1_000_000 + micro) * 1000
        if timeout < 0:
            raise LinuxError(Errno.EINVAL)
    return _select(p, a, timeout)


def _select(p: Process, a: Arguments, timeout: int | None) -> int:
    count = min(a[0] & 0xFFFF_FFFF, _MOST)
    size = (count + 63) // 64 * 8
    sets = [int.from_bytes(p.read(at, size), "little") if at else 0 for at in a[1:4]]
    wanted = [(fd, [s >> fd & 1 for s in sets]) for fd in range(count) if any(s >> fd & 1 for s in sets)]
    for fd, _ in wanted:
        p.files.get(fd)

    def found() -> list[int]:
        out = [0, 0, 0]
        for fd, (reads, writes, _) in wanted:
            ready = _ready(p, fd)
            out[0] |= (reads and bool(ready & ~POLLOUT)) << fd
            out[1] |= (writes and bool(ready & POLLOUT)) << fd
        return out

    now = found()
    if not any(now) and timeout != 0:
        deadline = None if timeout is None else p.clock.now() + timeout
        raise Waits(deadline, ready=lambda: any(found()), what="in select for a descriptor")
    for at, bits in zip(a[1:4], now, strict=True):
        if at:
            p.write(at, bits.to_bytes(size, "little"))
    return sum(bits.bit_count() for bits in now)


def epoll_create1(p: Process, a: Arguments) -> int:
    """An epoll descriptor."""
    if a[0] & 0xFFFF_FFFF & ~O_CLOEXEC:
        raise LinuxError(Errno.EINVAL)
    return p.files.add(Epoll(), close_on_exec=bool(a[0] & O_CLOEXEC))


def epoll_create(p: Process, a: Arguments) -> int:
    """As epoll_create1; the size only has to be positive."""
    if _signed(a[0]) <= 0:
        raise LinuxError(Errno.EINVAL)
    return epoll_create1(p, (0,) * 6)


def _epoll(p: Process, fd: int) -> Epoll:
    file = p.files.get(fd)
    if not isinstance(file, Epoll):
        raise LinuxError(Errno.EINVAL)
    return file


def epoll_ctl(p: Process, a: Arguments) -> int:
    """Add, change or remove a descriptor that is watched."""
    operation, fd = a[1] & 0xFFFF_FFFF, a[2] & 0xFFFF_FFFF
    file, epoll = p.files.get(fd), _epoll(p, a[0])
    if isinstance(file, TreeFile) and file.node.kind in ("file", "folder"):
        raise LinuxError(Errno.EPERM)
    if file is epoll or operation not in (_ADD, _DELETE, _MODIFY):
        raise LinuxError(Errno.EINVAL)
    known = fd in epoll.interests and epoll.interests[fd].file is file
    if operation == _ADD and known:
        raise LinuxError(Errno.EEXIST)
    if operation != _ADD and not known:
        raise LinuxError(Errno.ENOENT)
    if operation == _DELETE:
        del epoll.interests[fd]
    else:
        events, data = _EVENT.unpack(p.read(a[3], _EVENT.size))
        epoll.interests[fd] = Interest(file, events, data)
    return 0


def epoll_wait(p: Process, a: Arguments) -> int:
    """Tell what became ready."""
    return _epoll_wait(p, a, _milliseconds(a[3]))


def epoll_pwait2(p: Process, a: Arguments) -> int:
    """As epoll_wait, with a timespec."""
    return _epoll_wait(p, a, span(p, a[3]) if a[3] else None)


def _epoll_wait(p: Process, a: Arguments, timeout: int | None) -> int:
    epoll, most = _epoll(p, a[0]), _signed(a[2])
    if most <= 0:
        raise LinuxError(Errno.EINVAL)
    for fd, interest in list(epoll.interests.items()):
        if not p.files.holds(interest.file):
            del epoll.interests[fd]
    told = epoll.take(most)
    if not told and timeout != 0:
        deadline = None if timeout is None else p.clock.now() + timeout
        raise Waits(deadline, ready=lambda: bool(epoll.readiness()), what="in epoll_wait for a descriptor")
    p.write(a[1], b"".join(_EVENT.pack(*row) for row in told))
    return len(told)


TABLE = {
    7: poll,
    23: select,
    213: epoll_create,
    232: epoll_wait,
    233: epoll_ctl,
    270: pselect6,
    271: ppoll,
    281: epoll_wait,  # epoll_pwait
    291: epoll_create1,
    441: epoll_pwait2,
}
