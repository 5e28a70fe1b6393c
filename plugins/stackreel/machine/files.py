"""Open files of the process: the three standard ones, files of the tree, pipes and event counters.

Nothing here touches the host but `Output`, which collects what the program prints and may pass it on to
descriptors of this (worker) process.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from stackreel.machine.linux import Errno
from stackreel.machine.outcomes import LimitReached, LinuxError
from stackreel.machine.randomness import Stream
from stackreel.machine.tree import Node

O_ACCMODE, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC = 3, 1, 2, 0o100, 0o200, 0o1000
O_APPEND, O_NONBLOCK, O_DIRECTORY, O_CLOEXEC = 0o2000, 0o4000, 0o200000, 0o2000000
S_IFIFO, S_IFCHR, S_IFDIR, S_IFREG = 0o010000, 0o020000, 0o040000, 0o100000
MOST_OPEN = 1024
POLLIN, POLLOUT, POLLERR, POLLHUP, POLLNVAL = 1, 4, 8, 0x10, 0x20
_PIPE_SIZE, _WHOLE = 64 << 10, 4096  # what a pipe holds; writes of up to so many bytes are not split
_MOST_COUNT = (1 << 64) - 2
MOST_OF_DEVICE = 1 << 20  # that one read of an endless device gives


class Output:
    """Collects what goes to standard output (1) and standard error (2), `limit` bytes in all.

    `passed` maps 1 and 2 to descriptors of the host that get it as well, as it comes.
    """

    def __init__(self, limit: int, passed: dict[int, int] | None = None) -> None:
        self._limit = limit
        self._passed = passed or {}
        self.collected = {1: bytearray(), 2: bytearray()}

    @property
    def written(self) -> int:
        """How many bytes were collected."""
        return sum(map(len, self.collected.values()))

    def write(self, stream: int, data: bytes) -> None:
        """Take bytes of stream 1 or 2. Raises LimitReached beyond the limit, LinuxError EPIPE where nobody reads."""
        room = self._limit - self.written
        self.collected[stream] += data[:room]
        if stream in self._passed:
            rest = data[:room]
            try:
                while rest:
                    rest = rest[os.write(self._passed[stream], rest) :]
            except BrokenPipeError:
                raise LinuxError(Errno.EPIPE) from None
        if len(data) > room:
            raise LimitReached(
                f"output: the program printed more than {self._limit} bytes; raise the limit on output"
            )


@dataclass
class Pipe:
    """Bytes between the two ends of a pipe, how many ends are open, how often that changed."""

    data: bytearray = field(default_factory=bytearray)
    readers: int = 1
    writers: int = 1
    changes: int = 0


class OpenFile:
    """An open file description: what `dup` shares. The base is a file that can be neither read nor written."""

    node = Node("", "null")
    flags = 0
    position = 0

    @property
    def changes(self) -> int:
        """A number that is another one when the file may have become ready again."""
        return 0

    def readiness(self) -> int:
        """Return what `poll` tells: POLL* bits."""
        return POLLIN | POLLOUT

    def read(self, size: int) -> bytes | None:
        """Return up to `size` bytes, none at the end, None where there are none yet."""
        raise LinuxError(Errno.EBADF)

    def write(self, data: bytes) -> int | None:
        """Take bytes and return how many, None where there is no room yet."""
        raise LinuxError(Errno.EBADF)

    def mode(self) -> int:
        """Type and permission bits for `stat`."""
        return S_IFIFO | 0o600

    def size(self) -> int:
        """Size in bytes for `stat`."""
        return 0

    def close(self) -> None:
        """The last descriptor is gone."""


class Input(OpenFile):
    """Standard input: a pipe that holds the example's bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int) -> bytes:
        """Take the next bytes."""
        taken, self._data = self._data[:size], self._data[size:]
        return taken


class Printed(OpenFile):
    """Standard output or error."""

    flags = O_WRONLY

    def __init__(self, stream: int, output: Output) -> None:
        self._stream = stream
        self._output = output

    def write(self, data: bytes) -> int:
        """Print."""
        self._output.write(self._stream, data)
        return len(data)


class TreeFile(OpenFile):
    """A file, folder or device of the tree, opened for reading (devices for writing, too)."""

    def __init__(self, node: Node, flags: int, random: Stream) -> None:
        self.node = node
        self.flags = flags
        self._random = random

    def read(self, size: int) -> bytes:
        """Read at the position and move it."""
        data = self.read_at(size, self.position)
        self.position += len(data)
        return data

    def read_at(self, size: int, position: int) -> bytes:
        """Read at a position of a file."""
        match self.node.kind:
            case "folder":
                raise LinuxError(Errno.EISDIR)
            case "null":
                return b""
            case "zero":
                return bytes(min(size, MOST_OF_DEVICE))
            case "random":
                return self._random.take(min(size, MOST_OF_DEVICE))
            case "file":
                return (self.node.data or b"")[position : position + size]

    def write(self, data: bytes) -> int:
        """Devices take everything; files are opened for reading only."""
        if self.node.kind in ("file", "folder"):
            raise LinuxError(Errno.EBADF)
        return len(data)

    def mode(self) -> int:
        """Type and permissions: readable by all, folders and libraries executable."""
        match self.node.kind:
            case "file":
                return S_IFREG | (0o755 if self.node.is_library else 0o644)
            case "folder":
                return S_IFDIR | 0o755
            case _:
                return S_IFCHR | 0o666

    def size(self) -> int:
        """Bytes of a file."""
        return len(self.node.data or b"")


class PipeEnd(OpenFile):
    """The reading or the writing end of a pipe."""

    def __init__(self, pipe: Pipe, flags: int) -> None:
        self.pipe = pipe
        self.flags = flags

    @property
    def changes(self) -> int:
        """Every read, write and close."""
        return self.pipe.changes

    def readiness(self) -> int:
        """Return what the end is good for, and whether the other one is gone."""
        pipe = self.pipe
        if self.flags & O_WRONLY:
            has_room = _PIPE_SIZE - len(pipe.data) >= _WHOLE
            return (POLLOUT if has_room else 0) | (0 if pipe.readers else POLLERR)
        return (POLLIN if pipe.data else 0) | (0 if pipe.writers else POLLHUP)

    def read(self, size: int) -> bytes | None:
        """Take bytes of the pipe."""
        if self.flags & O_WRONLY:
            raise LinuxError(Errno.EBADF)
        if not self.pipe.data:
            return None if self.pipe.writers else b""
        self.pipe.changes += 1
        taken = bytes(self.pipe.data[:size])
        del self.pipe.data[:size]
        return taken

    def write(self, data: bytes) -> int | None:
        """Put bytes into the pipe."""
        if not self.flags & O_WRONLY:
            raise LinuxError(Errno.EBADF)
        if not self.pipe.readers:
            raise LinuxError(Errno.EPIPE)
        room = _PIPE_SIZE - len(self.pipe.data)
        if room < min(len(data), _WHOLE):
            return None
        self.pipe.data += data[:room]
        self.pipe.changes += 1
        return min(len(data), room)

    def close(self) -> None:
        """One end less."""
        self.pipe.changes += 1
        if self.flags & O_WRONLY:
            self.pipe.writers -= 1
        else:
            self.pipe.readers -= 1


class Counter(OpenFile):
    """An event counter (eventfd)."""

    flags = O_RDWR

    def __init__(self, value: int, *, semaphore: bool) -> None:
        self.value = value
        self._semaphore = semaphore
        self._changes = 0

    @property
    def changes(self) -> int:
        """Every read and write."""
        return self._changes

    def readiness(self) -> int:
        """Readable where it is not zero."""
        return (POLLIN if self.value else 0) | (POLLOUT if self.value < _MOST_COUNT else 0)

    def read(self, size: int) -> bytes | None:
        """Take the count, or one of it."""
        if size < 8:
            raise LinuxError(Errno.EINVAL)
        if not self.value:
            return None
        taken = 1 if self._semaphore else self.value
        self.value -= taken
        self._changes += 1
        return taken.to_bytes(8, "little")

    def write(self, data: bytes) -> int | None:
        """Add to the count."""
        more = int.from_bytes(data[:8], "little")
        if len(data) < 8 or more > _MOST_COUNT:
            raise LinuxError(Errno.EINVAL)
        if self.value + more > _MOST_COUNT:
            return None
        self.value += more
        self._changes += 1
        return 8


class Descriptors:
    """The table from file descriptors to open files."""

    def __init__(self, stdin: bytes, output: Output) -> None:
        self._files: dict[int, OpenFile] = {0: Input(stdin), 1: Printed(1, output), 2: Printed(2, output)}
        self.close_on_exec: set[int] = set()

    def get(self, fd: int) -> OpenFile:
        """Return the file of a descriptor. Raises LinuxError EBADF."""
        file = self._files.get(fd & 0xFFFF_FFFF)
        if file is None:
            raise LinuxError(Errno.EBADF)
        return file

    def add(self, file: OpenFile, *, lowest: int = 0, close_on_exec: bool = False) -> int:
        """Give a file the lowest free descriptor. Raises LinuxError EMFILE."""
        fd = next((n for n in range(lowest, MOST_OPEN) if n not in self._files), None)
        if fd is None:
            raise LinuxError(Errno.EMFILE)
        self.put(fd, file, close_on_exec=close_on_exec)
        return fd

    def put(self, fd: int, file: OpenFile, *, close_on_exec: bool = False) -> None:
        """Give a file this descriptor, closing what it was."""
        if not 0 <= fd < MOST_OPEN:
            raise LinuxError(Errno.EBADF)
        if fd in self._files:
            self.close(fd)
        self._files[fd] = file
        if close_on_exec:
            self.close_on_exec.add(fd)

    def close(self, fd: int) -> None:
        """Free a descriptor. Raises LinuxError EBADF."""
        file = self.get(fd)
        del self._files[fd & 0xFFFF_FFFF]
        self.close_on_exec.discard(fd)
        if file not in self._files.values():
            file.close()

    def holds(self, file: OpenFile) -> bool:
        """Whether a descriptor is open for this file."""
        return file in self._files.values()

    def close_range(self, first: int, last: int) -> None:
        """Free all descriptors of a range, both ends included."""
        for fd in sorted(self._files):
            if first <= fd <= last:
                self.close(fd)
