"""Names of files: open, stat, access, readlink, folders (fs/open.c, fs/stat.c, fs/readdir.c).

Nothing can be created, changed or removed: such calls return EROFS.
"""

from __future__ import annotations

import posixpath
import struct
from typing import TYPE_CHECKING

from stackreel.machine.clock import EPOCH
from stackreel.machine.files import (
    O_ACCMODE,
    O_CLOEXEC,
    O_CREAT,
    O_DIRECTORY,
    O_EXCL,
    O_TRUNC,
    OpenFile,
    TreeFile,
)
from stackreel.machine.linux import Errno
from stackreel.machine.outcomes import LinuxError
from stackreel.machine.stack import USER
from stackreel.machine.tree import Node

if TYPE_CHECKING:
    from stackreel.machine.process import Process
    from stackreel.machine.syscalls import Arguments

AT_FDCWD, AT_EMPTY_PATH = 0xFFFF_FF9C, 0x1000
_W_OK = 2
_DEVICE = 0x801
_BLOCK = 4096
_STATX_BASIC = 0x7FF
_DT = {"folder": 4, "file": 8}


def _absolute(p: Process, folder: int, address: int) -> str:
    name = p.memory.read_string(address).decode("utf-8", "surrogateescape")
    if not name:
        raise LinuxError(Errno.ENOENT)
    if name.startswith("/"):
        return name
    folder &= 0xFFFF_FFFF
    if folder == AT_FDCWD:
        return posixpath.join(p.folder, name)
    node = p.files.get(folder).node
    if node.kind != "folder":
        raise LinuxError(Errno.ENOTDIR)
    return posixpath.join(node.path, name)


def _find(p: Process, path: str) -> Node:
    special = p.own_file(posixpath.normpath(path))
    node = special or p.tree.lookup(path)
    if node is None:
        raise LinuxError(Errno.ENOENT)
    return node


def _open(p: Process, folder: int, address: int, flags: int) -> int:
    path = _absolute(p, folder, address)
    if posixpath.normpath(path) in _OWN_STREAMS:
        return p.files.add(p.files.get(_OWN_STREAMS[posixpath.normpath(path)]))
    changes = flags & O_ACCMODE or flags & O_TRUNC
    try:
        node = _find(p, path)
    except LinuxError:
        if flags & O_CREAT:
            raise LinuxError(Errno.EROFS) from None
        raise
    if flags & O_CREAT and flags & O_EXCL:
        raise LinuxError(Errno.EEXIST)
    if node.kind == "folder" and changes:
        raise LinuxError(Errno.EISDIR)
    if node.kind == "file" and changes:
        raise LinuxError(Errno.EROFS)
    if flags & O_DIRECTORY and node.kind != "folder":
        raise LinuxError(Errno.ENOTDIR)
    kept = flags & ~(O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC)
    return p.files.add(TreeFile(node, kept, p.random), close_on_exec=bool(flags & O_CLOEXEC))


_OWN_STREAMS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}


def open_(p: Process, a: Arguments) -> int:
    """Open a file."""
    return _open(p, AT_FDCWD, a[0], a[1])


def openat(p: Process, a: Arguments) -> int:
    """Open a file below a folder."""
    return _open(p, a[0], a[1], a[2])


def _stat(file: OpenFile) -> bytes:
    mode, size = file.mode(), file.size()
    inode = file.node.inode if file.node.path else 1
    return struct.pack(
        "<QQQIIIIQqqqQQQQQQ24x",
        _DEVICE if file.node.path else 13,
        inode,
        1,
        mode,
        USER if not file.node.path else 0,
        USER if not file.node.path else 0,
        0,
        0,
        size,
        _BLOCK,
        (size + 511) // 512,
        *(EPOCH, 0) * 3,
    )


def _opened(p: Process, path: str) -> OpenFile:
    stream = _OWN_STREAMS.get(posixpath.normpath(path))
    return p.files.get(stream) if stream is not None else TreeFile(_find(p, path), 0, p.random)


def fstat(p: Process, a: Arguments) -> int:
    """What a descriptor is."""
    p.write(a[1], _stat(p.files.get(a[0])))
    return 0


def stat(p: Process, a: Arguments) -> int:
    """What a path is."""
    p.write(a[1], _stat(_opened(p, _absolute(p, AT_FDCWD, a[0]))))
    return 0


def _at(p: Process, folder: int, address: int, flags: int) -> OpenFile:
    if flags & AT_EMPTY_PATH and not p.memory.read_string(address):
        return p.files.get(folder)
    return _opened(p, _absolute(p, folder, address))


def newfstatat(p: Process, a: Arguments) -> int:
    """What a path below a folder is."""
    p.write(a[2], _stat(_at(p, a[0], a[1], a[3])))
    return 0


def statx(p: Process, a: Arguments) -> int:
    """As newfstatat, in the newer form."""
    file = _at(p, a[0], a[1], a[2])
    owner = 0 if file.node.path else USER
    time = struct.pack("<qIi", EPOCH, 0, 0)
    size = file.size()
    out = struct.pack(
        "<IIQIIIHHQQQQ",
        _STATX_BASIC,
        _BLOCK,
        0,
        1,
        owner,
        owner,
        file.mode(),
        0,
        file.node.inode if file.node.path else 1,
        size,
        (size + 511) // 512,
        0,
    )
    out += time * 4 + struct.pack("<IIII", 0, 0, 8, 1)
    p.write(a[4], out.ljust(256, b"\0"))
    return 0


def access(p: Process, a: Arguments) -> int:
    """Whether a path may be used."""
    return _access(p, AT_FDCWD, a[0], a[1])


def faccessat(p: Process, a: Arguments) -> int:
    """Whether a path below a folder may be used."""
    return _access(p, a[0], a[1], a[2])


def _access(p: Process, folder: int, address: int, mode: int) -> int:
    file = _opened(p, _absolute(p, folder, address))
    if mode & _W_OK and file.node.kind in ("file", "folder") and file.node.path:
        raise LinuxError(Errno.EROFS)
    if mode & 1 and not file.mode() & 0o111:
        raise LinuxError(Errno.EACCES)
    return 0


def readlink(p: Process, a: Arguments) -> int:
    """Where a link points: /proc/self/exe is one."""
    return _readlink(p, AT_FDCWD, a[0], a[1], a[2])


def readlinkat(p: Process, a: Arguments) -> int:
    """As readlink, below a folder."""
    return _readlink(p, a[0], a[1], a[2], a[3])


def _readlink(p: Process, folder: int, address: int, buffer: int, size: int) -> int:
    path = posixpath.normpath(_absolute(p, folder, address))
    if path in ("/proc/self/exe", f"/proc/{p.identity[0]}/exe"):
        target = p.job.path
    elif path == "/proc/self/cwd":
        target = p.folder
    else:
        _find(p, path)
        raise LinuxError(Errno.EINVAL)
    data = target.encode("utf-8", "surrogateescape")[: size & 0x7FFF_FFFF]
    p.write(buffer, data)
    return len(data)


def getcwd(p: Process, a: Arguments) -> int:
    """The current folder."""
    data = p.folder.encode("utf-8", "surrogateescape") + b"\0"
    if a[1] < len(data):
        raise LinuxError(Errno.ERANGE)
    p.write(a[0], data)
    return len(data)


def chdir(p: Process, a: Arguments) -> int:
    """Change the current folder."""
    node = _find(p, _absolute(p, AT_FDCWD, a[0]))
    if node.kind != "folder":
        raise LinuxError(Errno.ENOTDIR)
    p.folder = node.path
    return 0


def getdents64(p: Process, a: Arguments) -> int:
    """The names in a folder (declared ones; libraries are not listed)."""
    file = p.files.get(a[0])
    if file.node.kind != "folder" or not isinstance(file, TreeFile):
        raise LinuxError(Errno.ENOTDIR)
    names = [".", "..", *p.tree.names_in(file.node.path)]
    out = b""
    for number in range(file.position, len(names)):
        node = p.tree.lookup(posixpath.join(file.node.path, names[number]))
        kind = _DT.get(node.kind, 2) if node else 0
        name = names[number].encode("utf-8", "surrogateescape") + b"\0"
        length = (19 + len(name) + 7) & -8
        if len(out) + length > a[2]:
            if not out:
                raise LinuxError(Errno.EINVAL)
            break
        out += struct.pack("<QqHB", node.inode if node else 1, number + 1, length, kind).ljust(19) + name
        out = out.ljust((len(out) + 7) & -8, b"\0")
        file.position = number + 1
    p.write(a[1], out)
    return len(out)


def read_only(_p: Process, _a: Arguments) -> int:
    """Nothing can be changed."""
    raise LinuxError(Errno.EROFS)


def umask(_p: Process, _a: Arguments) -> int:
    """Nothing can be created, so it does not matter."""
    return 0o022


TABLE = {
    2: open_,
    4: stat,
    5: fstat,
    6: stat,  # lstat: links of the sysroot are always followed
    21: access,
    76: read_only,  # truncate
    77: read_only,  # ftruncate
    79: getcwd,
    80: chdir,
    82: read_only,  # rename
    83: read_only,  # mkdir
    84: read_only,  # rmdir
    85: read_only,  # creat
    86: read_only,  # link
    87: read_only,  # unlink
    88: read_only,  # symlink
    89: readlink,
    90: read_only,  # chmod
    91: read_only,  # fchmod
    92: read_only,  # chown
    93: read_only,  # fchown
    95: umask,
    217: getdents64,
    257: openat,
    258: read_only,  # mkdirat
    262: newfstatat,
    263: read_only,  # unlinkat
    264: read_only,  # renameat
    267: readlinkat,
    269: faccessat,
    316: read_only,  # renameat2
    332: statx,
    439: faccessat,  # faccessat2
}
