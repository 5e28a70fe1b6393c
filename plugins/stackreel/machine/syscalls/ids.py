"""Who and where the process is, its limits, its end, and the thread's own words (kernel/sys.c, exit.c, fork.c)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from unicorn import x86_const

from stackreel.machine.files import MOST_OF_DEVICE
from stackreel.machine.layout import STACK_LIMIT, TASK_SIZE
from stackreel.machine.linux import Errno
from stackreel.machine.memory import TOTAL_MEMORY
from stackreel.machine.outcomes import LinuxError
from stackreel.machine.stack import USER

if TYPE_CHECKING:
    from stackreel.machine.process import Process
    from stackreel.machine.syscalls import Arguments

ARCH_SET_GS, ARCH_SET_FS, ARCH_GET_FS, ARCH_GET_GS = 0x1001, 0x1002, 0x1003, 0x1004
_INFINITE = (1 << 64) - 1
_RESOURCES = {3: (STACK_LIMIT, _INFINITE), 4: (0, _INFINITE), 6: (4096, 4096), 7: (1024, 4096)}
_MOST_RESOURCES = 16
_LONGEST_NAME = 15
_WSTOPPED, _WEXITED, _WCONTINUED, _WNOWAIT = 2, 4, 8, 0x0100_0000
_WAIT_OPTIONS = 1 | _WSTOPPED | _WCONTINUED | 0xE000_0000  # WNOHANG, and __WNOTHREAD, __WALL, __WCLONE
_RANDOM_FLAGS, _RANDOM_KINDS = (
    7,
    6,
)  # GRND_NONBLOCK, GRND_RANDOM, GRND_INSECURE; the latter two exclude each other
_SYSTEM = ("Linux", "stackreel", "6.18.0", "#1 SMP", "x86_64", "(none)")


def _same(value: int):  # type: ignore[no-untyped-def] # noqa: ANN202 - the type is that of the table
    def function(_p: Process, _a: Arguments) -> int:
        return value

    return function


def getpid(p: Process, _a: Arguments) -> int:
    """The process."""
    return p.identity[0]


def gettid(p: Process, _a: Arguments) -> int:
    """The thread."""
    return p.thread.tid


def set_tid_address(p: Process, a: Arguments) -> int:
    """Where the thread wants 0 written when it ends."""
    p.thread.clear_tid = a[0]
    return p.thread.tid


def set_robust_list(_p: Process, a: Arguments) -> int:
    """The list of robust mutexes; nobody is left to look at it."""
    if a[1] != 24:
        raise LinuxError(Errno.EINVAL)
    return 0


def rseq(p: Process, a: Arguments) -> int:
    """Restartable sequences: the area is told the CPU once; nothing is ever restarted."""
    address, length, flags = a[0], a[1] & 0xFFFF_FFFF, a[2]
    if length < 32 or address % 32 or flags & ~1:
        raise LinuxError(Errno.EINVAL)
    if flags:
        p.write(address, struct.pack("<II", 0, 0xFFFF_FFFF))
    else:
        p.write(address, bytes(8))
        p.write(address + 20, bytes(8))
    return 0


def arch_prctl(p: Process, a: Arguments) -> int:
    """The segment bases."""
    registers = {
        ARCH_SET_FS: x86_const.UC_X86_REG_FS_BASE,
        ARCH_GET_FS: x86_const.UC_X86_REG_FS_BASE,
        ARCH_SET_GS: x86_const.UC_X86_REG_GS_BASE,
        ARCH_GET_GS: x86_const.UC_X86_REG_GS_BASE,
    }
    register = registers.get(a[0])
    if register is None:
        raise LinuxError(Errno.EINVAL)
    if a[0] in (ARCH_GET_FS, ARCH_GET_GS):
        p.write(a[1], struct.pack("<Q", p.engine.get(register)))
        return 0
    if a[1] >= TASK_SIZE:
        raise LinuxError(Errno.EPERM)
    p.engine.set(register, a[1])
    return 0


def prctl(p: Process, a: Arguments) -> int:
    """The thread's name."""
    match a[0] & 0xFFFF_FFFF:
        case 15:
            name = b""
            while len(name) < _LONGEST_NAME and (letter := p.read(a[1] + len(name), 1)) != b"\0":
                name += letter
            p.thread.name = name
            p.thread.is_named = True
            return 0
        case 16:
            of_file = p.job.path.rsplit("/", 1)[-1].encode("utf-8", "surrogateescape")
            name = p.thread.name if p.thread.is_named else of_file[:_LONGEST_NAME]
            p.write(a[1], name.ljust(_LONGEST_NAME + 1, b"\0"))
            return 0
        case _:
            raise LinuxError(Errno.EINVAL)


def uname(p: Process, a: Arguments) -> int:
    """The system."""
    p.write(a[0], b"".join(text.encode().ljust(65, b"\0") for text in _SYSTEM))
    return 0


def sysinfo(p: Process, a: Arguments) -> int:
    """Memory and uptime."""
    uptime = p.clock.now() // 1_000_000_000
    out = struct.pack(
        "<q3QQQQQQQHHIQQI", uptime, 0, 0, 0, TOTAL_MEMORY, TOTAL_MEMORY // 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1
    )
    p.write(a[0], out.ljust(112, b"\0"))
    return 0


def prlimit64(p: Process, a: Arguments) -> int:
    """Limits are told; changes are accepted and have no effect."""
    process, resource, new, old = (a[0] & 0xFFFF_FFFF, a[1] & 0xFFFF_FFFF, *a[2:4])
    if resource >= _MOST_RESOURCES:
        raise LinuxError(Errno.EINVAL)
    if new:
        current, highest = struct.unpack("<QQ", p.read(new, 16))
        if current > highest:
            raise LinuxError(Errno.EINVAL)
    if process not in (0, p.identity[0]):
        raise LinuxError(Errno.ESRCH)
    if old:
        p.write(old, struct.pack("<QQ", *_RESOURCES.get(resource, (_INFINITE, _INFINITE))))
    return 0


def getrlimit(p: Process, a: Arguments) -> int:
    """As prlimit64, reading."""
    if not a[1] and a[0] & 0xFFFF_FFFF < _MOST_RESOURCES:
        raise LinuxError(Errno.EFAULT)
    return prlimit64(p, (0, a[0], 0, a[1], 0, 0))


def setrlimit(p: Process, a: Arguments) -> int:
    """As prlimit64, changing."""
    if not a[1]:
        raise LinuxError(Errno.EFAULT)
    return prlimit64(p, (0, a[0], a[1], 0, 0, 0))


def wait4(_p: Process, a: Arguments) -> int:
    """There are no children."""
    target, options = a[0] & 0xFFFF_FFFF, a[2] & 0xFFFF_FFFF
    if options & ~_WAIT_OPTIONS:
        raise LinuxError(Errno.EINVAL)
    raise LinuxError(Errno.ESRCH if target == 1 << 31 else Errno.ECHILD)


def waitid(_p: Process, a: Arguments) -> int:
    """There are no children."""
    kind, options = a[0] & 0xFFFF_FFFF, a[3] & 0xFFFF_FFFF
    if options & ~(_WAIT_OPTIONS | _WEXITED | _WNOWAIT) or not options & (_WEXITED | _WSTOPPED | _WCONTINUED):
        raise LinuxError(Errno.EINVAL)
    known = (0, 1, 2)  # P_ALL, P_PID, P_PGID; there is nothing a P_PIDFD could be
    raise LinuxError(Errno.ECHILD if kind in known else Errno.EBADF if kind == 3 else Errno.EINVAL)


def getrandom(p: Process, a: Arguments) -> int:
    """Random bytes, the same in every run."""
    flags = a[2] & 0xFFFF_FFFF
    if flags & ~_RANDOM_FLAGS or flags & _RANDOM_KINDS == _RANDOM_KINDS:
        raise LinuxError(Errno.EINVAL)
    size = min(a[1], MOST_OF_DEVICE)
    p.write(a[0], p.random.take(size))
    return size


def sched_getaffinity(p: Process, a: Arguments) -> int:
    """One CPU."""
    if a[1] < 8 or a[1] % 8:
        raise LinuxError(Errno.EINVAL)
    p.write(a[2], struct.pack("<Q", 1))
    return 8


def getcpu(p: Process, a: Arguments) -> int:
    """The first CPU of the first node."""
    for address in a[:2]:
        if address:
            p.write(address, bytes(4))
    return 0


def getgroups(_p: Process, _a: Arguments) -> int:
    """No further groups."""
    return 0


def getresuid(p: Process, a: Arguments) -> int:
    """Real, effective and saved ids."""
    for address in a[:3]:
        p.write(address, struct.pack("<I", USER))
    return 0


def getrusage(p: Process, a: Arguments) -> int:
    """CPU time used."""
    used = p.clock.used() // 1000
    p.write(a[1], struct.pack("<qq", *divmod(used, 1_000_000)).ljust(144, b"\0"))
    return 0


TABLE = {
    39: getpid,
    61: wait4,
    63: uname,
    97: getrlimit,
    98: getrusage,
    99: sysinfo,
    102: _same(USER),
    104: _same(USER),
    107: _same(USER),
    108: _same(USER),
    110: _same(1),  # getppid
    111: getpid,  # getpgrp
    115: getgroups,
    118: getresuid,
    120: getresuid,
    121: getpid,  # getpgid
    124: getpid,  # getsid
    157: prctl,
    158: arch_prctl,
    160: setrlimit,
    186: gettid,
    204: sched_getaffinity,
    218: set_tid_address,
    247: waitid,
    273: set_robust_list,
    302: prlimit64,
    309: getcpu,
    318: getrandom,
    334: rseq,
}
