"""Reading, writing and looking after descriptors (fs/read_write.c, fs/fcntl.c, fs/pipe.c)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from stackreel.machine import signals
from stackreel.machine.files import (
    O_ACCMODE,
    O_CLOEXEC,
    O_NONBLOCK,
    O_WRONLY,
    POLLIN,
    POLLOUT,
    Counter,
    OpenFile,
    Pipe,
    PipeEnd,
    TreeFile,
)
from stackreel.machine.linux import Errno, Signal
from stackreel.machine.outcomes import LinuxError, Waits

if TYPE_CHECKING:
    from stackreel.machine.process import Process
    from stackreel.machine.syscalls import Arguments

_MOST = 0x7FFF_F000
_MOST_PIECES = 1024
F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC = 0, 1, 2, 3, 4, 1030
SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
FIONREAD = 0x541B


def _signed(value: int, bits: int = 64) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def _take(file: OpenFile, size: int) -> bytes:
    data = file.read(size)
    if data is None:
        if file.flags & O_NONBLOCK:
            raise LinuxError(Errno.EAGAIN)
        raise Waits(
            None,
            ready=lambda: bool(file.readiness() & ~POLLOUT),
            restarts=True,
            what="to read from a pipe that nobody writes to",
        )
    return data


def _give(p: Process, file: OpenFile, data: bytes) -> int:
    try:
        done = file.write(data)
    except LinuxError as error:
        if error.errno == Errno.EPIPE:
            signals.send(p, signals.SignalInfo(Signal.SIGPIPE, signals.SI_USER, sender=p.identity), p.thread)
        raise
    if done is None:
        if file.flags & O_NONBLOCK:
            raise LinuxError(Errno.EAGAIN)
        raise Waits(
            None,
            ready=lambda: bool(file.readiness() & ~POLLIN),
            restarts=True,
            what="to write into a pipe that nobody reads from",
        )
    return done


def read(p: Process, a: Arguments) -> int:
    """Read into a buffer."""
    fd, buffer, size = a[:3]
    file = p.files.get(fd)
    if file.flags & O_ACCMODE == O_WRONLY:
        raise LinuxError(Errno.EBADF)
    data = _take(file, min(size, _MOST))
    p.write(buffer, data)
    return len(data)


def write(p: Process, a: Arguments) -> int:
    """Write a buffer."""
    fd, buffer, size = a[:3]
    file = p.files.get(fd)
    return _give(p, file, p.read(buffer, min(size, _MOST)))


def pread64(p: Process, a: Arguments) -> int:
    """Read at a position."""
    fd, buffer, size, position = a[:4]
    if _signed(position) < 0:
        raise LinuxError(Errno.EINVAL)
    file = p.files.get(fd)
    if not isinstance(file, TreeFile):
        raise LinuxError(Errno.ESPIPE)
    data = file.read_at(min(size, _MOST), position)
    p.write(buffer, data)
    return len(data)


def pwrite64(p: Process, a: Arguments) -> int:
    """Write at a position: no file can be written."""
    if _signed(a[3]) < 0:
        raise LinuxError(Errno.EINVAL)
    file = p.files.get(a[0])
    if not isinstance(file, TreeFile):
        raise LinuxError(Errno.ESPIPE)
    return _give(p, file, p.read(a[1], min(a[2], _MOST)))


def _pieces(p: Process, table: int, count: int) -> list[tuple[int, int]]:
    if count > _MOST_PIECES:
        raise LinuxError(Errno.EINVAL)
    raw = p.read(table, 16 * count)
    return [struct.unpack_from("<QQ", raw, 16 * i) for i in range(count)]


def readv(p: Process, a: Arguments) -> int:
    """Read into several buffers."""
    done = 0
    for buffer, size in _pieces(p, a[1], a[2]):
        if not size:
            continue
        count = read(p, (a[0], buffer, size, 0, 0, 0))
        done += count
        if count < size:
            break
    return done


def writev(p: Process, a: Arguments) -> int:
    """Write several buffers as one."""
    file = p.files.get(a[0])
    return _give(
        p, file, b"".join(p.read(buffer, min(size, _MOST)) for buffer, size in _pieces(p, a[1], a[2]))
    )


def close(p: Process, a: Arguments) -> int:
    """Close a descriptor."""
    p.files.close(a[0])
    return 0


def close_range(p: Process, a: Arguments) -> int:
    """Close a range of descriptors."""
    first, last = a[0] & 0xFFFF_FFFF, a[1] & 0xFFFF_FFFF
    if first > last:
        raise LinuxError(Errno.EINVAL)
    p.files.close_range(first, last)
    return 0


def lseek(p: Process, a: Arguments) -> int:
    """Move the position of a file."""
    fd, offset, whence = a[0], _signed(a[1]), a[2] & 0xFFFF_FFFF
    file = p.files.get(fd)
    if not isinstance(file, TreeFile):
        raise LinuxError(Errno.ESPIPE)
    base = {SEEK_SET: 0, SEEK_CUR: file.position, SEEK_END: file.size()}.get(whence)
    if base is None or base + offset < 0:
        raise LinuxError(Errno.EINVAL)
    file.position = base + offset
    return file.position


def dup(p: Process, a: Arguments) -> int:
    """Another descriptor for the same file."""
    return p.files.add(p.files.get(a[0]))


def dup2(p: Process, a: Arguments) -> int:
    """A given descriptor for the same file."""
    file = p.files.get(a[0])
    if a[0] != a[1]:
        p.files.put(a[1] & 0xFFFF_FFFF, file)
    return a[1] & 0xFFFF_FFFF


def dup3(p: Process, a: Arguments) -> int:
    """As dup2, with O_CLOEXEC."""
    if a[0] == a[1]:
        raise LinuxError(Errno.EINVAL)
    p.files.put(a[1] & 0xFFFF_FFFF, p.files.get(a[0]), close_on_exec=bool(a[2] & O_CLOEXEC))
    return a[1] & 0xFFFF_FFFF


def fcntl(p: Process, a: Arguments) -> int:
    """Descriptor and file flags."""
    fd, command, argument = a[0] & 0xFFFF_FFFF, a[1] & 0xFFFF_FFFF, a[2]
    file = p.files.get(fd)
    match command:
        case 0 | 1030:
            return p.files.add(file, lowest=argument, close_on_exec=command == F_DUPFD_CLOEXEC)
        case 1:
            return int(fd in p.files.close_on_exec)
        case 2:
            (p.files.close_on_exec.add if argument & 1 else p.files.close_on_exec.discard)(fd)
            return 0
        case 3:
            return file.flags
        case 4:
            file.flags = (file.flags & ~O_NONBLOCK) | (argument & O_NONBLOCK)
            return 0
        case _:
            raise LinuxError(Errno.EINVAL)


def ioctl(p: Process, a: Arguments) -> int:
    """No file is a terminal."""
    p.files.get(a[0])
    raise LinuxError(Errno.ENOTTY)


def pipe2(p: Process, a: Arguments) -> int:
    """A pipe of the process with itself."""
    pipe, flags = Pipe(), a[1]
    ends = [
        p.files.add(PipeEnd(pipe, how | flags & O_NONBLOCK), close_on_exec=bool(flags & O_CLOEXEC))
        for how in (0, O_WRONLY)
    ]
    p.write(a[0], struct.pack("<ii", *ends))
    return 0


def pipe(p: Process, a: Arguments) -> int:
    """As pipe2, without flags."""
    return pipe2(p, (a[0], 0, 0, 0, 0, 0))


def eventfd2(p: Process, a: Arguments) -> int:
    """An event counter."""
    counter = Counter(a[0] & 0xFFFF_FFFF, semaphore=bool(a[1] & 1))
    counter.flags |= a[1] & O_NONBLOCK
    return p.files.add(counter, close_on_exec=bool(a[1] & O_CLOEXEC))


def eventfd(p: Process, a: Arguments) -> int:
    """As eventfd2, without flags."""
    return eventfd2(p, (a[0], 0, 0, 0, 0, 0))


def fsync(p: Process, a: Arguments) -> int:
    """Nothing is kept anywhere."""
    p.files.get(a[0])
    return 0


TABLE = {
    0: read,
    1: write,
    3: close,
    8: lseek,
    16: ioctl,
    17: pread64,
    18: pwrite64,
    19: readv,
    20: writev,
    22: pipe,
    32: dup,
    33: dup2,
    72: fcntl,
    74: fsync,
    75: fsync,
    284: eventfd,
    290: eventfd2,
    292: dup3,
    293: pipe2,
    436: close_range,
}
