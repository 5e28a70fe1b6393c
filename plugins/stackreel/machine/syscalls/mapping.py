"""Memory: mmap, munmap, mprotect, mremap, brk, madvise and the like (mm/mmap.c, mm/mremap.c)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stackreel.machine.areas import Area
from stackreel.machine.files import TreeFile
from stackreel.machine.layout import LOWEST, PAGE, TASK_SIZE, page_down, page_up
from stackreel.machine.linux import (
    MAP_ANONYMOUS,
    MAP_FIXED,
    MAP_FIXED_NOREPLACE,
    MAP_GROWSDOWN,
    MAP_NORESERVE,
    MAP_SHARED,
    MAP_TYPE,
    PROT_EXEC,
    PROT_READ,
    PROT_WRITE,
    Errno,
)
from stackreel.machine.memory import TOTAL_MEMORY
from stackreel.machine.outcomes import LinuxError

if TYPE_CHECKING:
    from stackreel.machine.process import Process
    from stackreel.machine.syscalls import Arguments

_PROT_SEM, _GROWS_DOWN, _GROWS_UP = 8, 0x0100_0000, 0x0200_0000
_HIGHEST = 1 << 64
_PROTECTION = PROT_READ | PROT_WRITE | PROT_EXEC
MREMAP_MAYMOVE, MREMAP_FIXED, MREMAP_DONTUNMAP = 1, 2, 4
MADV_DONTNEED, MADV_FREE, MADV_REMOVE = 4, 8, 9
_ADVICE = {0, 1, 2, 3, MADV_DONTNEED, MADV_FREE, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 25}


def mmap(p: Process, a: Arguments) -> int:
    """Map memory or a file; private copies only (a shared mapping of a file is one, too)."""
    address, length, protection, flags, fd, offset = a
    fd &= 0xFFFF_FFFF
    size = page_up(length)
    if not length or offset % PAGE or flags & MAP_TYPE not in (1, 2, 3):
        raise LinuxError(Errno.EINVAL)
    if size > TASK_SIZE or length > TASK_SIZE:
        raise LinuxError(Errno.ENOMEM)
    file, name, file_offset = b"", "", None
    if not flags & MAP_ANONYMOUS:
        opened = p.files.get(fd)
        if not isinstance(opened, TreeFile) or opened.node.kind not in ("file", "zero"):
            raise LinuxError(Errno.ENODEV)
        if flags & MAP_TYPE == MAP_SHARED and protection & PROT_WRITE and opened.node.kind == "file":
            raise LinuxError(Errno.EACCES)
        if opened.node.kind == "file":
            file, name, file_offset = opened.node.data or b"", opened.node.path, offset
    where = _place(p, address, size, flags, file_offset)
    if protection & PROT_WRITE and not flags & MAP_NORESERVE and size > TOTAL_MEMORY:
        raise LinuxError(Errno.ENOMEM)
    p.memory.map(
        Area(
            where,
            where + size,
            protection & _PROTECTION,
            name,
            grows_down=bool(flags & MAP_GROWSDOWN),
            shared=flags & MAP_TYPE == MAP_SHARED,
            file=file,
            file_low=where - offset if file else 0,
        )
    )
    if file_offset is not None:
        p.saw_module(name, file, where, file_offset, size)
    return where


def _place(p: Process, address: int, size: int, flags: int, offset: int | None) -> int:
    if flags & (MAP_FIXED | MAP_FIXED_NOREPLACE):
        if address % PAGE:
            raise LinuxError(Errno.EINVAL)
        if address + size > TASK_SIZE:
            raise LinuxError(Errno.ENOMEM)
        if address < LOWEST:
            raise LinuxError(Errno.EPERM)
        if not flags & MAP_FIXED and p.memory.overlapping(address, address + size):
            raise LinuxError(Errno.EEXIST)
        return address
    hint = page_down(address)
    if hint:
        hint = max(hint, LOWEST)
        if hint + size <= TASK_SIZE and not p.memory.overlapping(hint, hint + size):
            return hint
    return p.memory.find_gap(size, offset=offset, hinted=bool(hint))


def munmap(p: Process, a: Arguments) -> int:
    """Unmap a range."""
    address, length = a[:2]
    if address % PAGE or not length or address + length > TASK_SIZE:
        raise LinuxError(Errno.EINVAL)
    p.memory.unmap(address, page_up(length))
    return 0


def mprotect(p: Process, a: Arguments) -> int:
    """Change the protection of a range; with PROT_GROWSDOWN from the beginning of the stack it is in.

    What is wrong is found in the order of do_mprotect_pkey (mm/mprotect.c).
    """
    address, length, protection = a[:3]
    grows = protection & (_GROWS_DOWN | _GROWS_UP)
    if grows == _GROWS_DOWN | _GROWS_UP or address % PAGE:
        raise LinuxError(Errno.EINVAL)
    if not length:
        return 0
    end = address + page_up(length)
    if end > _HIGHEST:
        raise LinuxError(Errno.ENOMEM)
    if protection & ~(grows | _PROTECTION | _PROT_SEM):
        raise LinuxError(Errno.EINVAL)
    first = next(iter(p.memory.overlapping(address, end)), None)
    if first is None or (first.low > address and not grows & _GROWS_DOWN):
        raise LinuxError(Errno.ENOMEM)
    if grows & _GROWS_UP or (grows and not first.grows_down):
        raise LinuxError(Errno.EINVAL)
    if grows:
        address = first.low
    p.memory.protect(address, end - address, protection & _PROTECTION)
    return 0


def mremap(p: Process, a: Arguments) -> int:
    """Resize a mapping, moving it where it must."""
    old, old_length, new_length, flags, target = a[:5]
    old_size, new_size = page_up(old_length), page_up(new_length)
    if old % PAGE or not new_size or not old_size or flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED):
        raise LinuxError(Errno.EINVAL)
    area = p.memory.area_at(old)
    if area is None or old + old_size > area.high:
        raise LinuxError(Errno.EFAULT)
    if new_size > TOTAL_MEMORY:
        raise LinuxError(Errno.ENOMEM)
    if not flags & MREMAP_FIXED:
        if new_size <= old_size:
            p.memory.unmap(old + new_size, old_size - new_size) if new_size < old_size else None
            return old
        end = old + old_size
        if area.high == end and end + new_size - old_size <= TASK_SIZE:
            more = new_size - old_size
            if not p.memory.overlapping(end, end + more):
                _map_like(p, area, end, more, 0)
                return old
        if not flags & MREMAP_MAYMOVE:
            raise LinuxError(Errno.ENOMEM)
        target = p.memory.find_gap(new_size)
    elif target % PAGE or target < LOWEST or target + new_size > TASK_SIZE:
        raise LinuxError(Errno.EINVAL)
    used = [
        (low, p.memory.peek(low, high)) for low, high in p.memory.present(old, old + min(old_size, new_size))
    ]
    p.memory.unmap(old, old_size)
    _map_like(p, area, target, new_size, target - old)
    for low, contents in used:
        p.memory.poke(target + low - old, contents)
    return target


def _map_like(p: Process, area: Area, address: int, size: int, moved: int) -> None:
    """Map what an area is of, its file `moved` bytes from where the area has it."""
    p.memory.map(
        replace(area, low=address, high=address + size, grows_down=False, file_low=area.file_low + moved)
    )


def brk(p: Process, a: Arguments) -> int:
    """Move the end of the heap; the old end is the answer where it cannot be moved."""
    wanted = a[0]
    if wanted < p.brk_start:
        return p.brk
    low, high = page_up(p.brk), page_up(wanted)
    if high > low:
        if high - p.brk_start > TOTAL_MEMORY or p.memory.overlapping(low, high) or high > TASK_SIZE:
            return p.brk
        p.memory.map(Area(low, high, PROT_READ | PROT_WRITE, "[heap]"))
    elif high < low:
        p.memory.unmap(high, low - high)
    p.brk = wanted
    return wanted


def madvise(p: Process, a: Arguments) -> int:
    """Give pages back where the advice says so; the rest is advice."""
    address, length, advice = a[:3]
    advice &= 0xFFFF_FFFF
    size = page_up(length)
    if address % PAGE or address + size > TASK_SIZE or advice not in _ADVICE:
        raise LinuxError(Errno.EINVAL)
    if advice == MADV_DONTNEED:
        p.memory.discard(address, size)
    if size and not p.memory.covered(address, address + size):
        raise LinuxError(Errno.ENOMEM)
    return 0


def msync(p: Process, a: Arguments) -> int:
    """Nothing is ever written back; that it is mapped is checked."""
    if not p.memory.covered(page_down(a[0]), page_up(a[0] + a[1])):
        raise LinuxError(Errno.ENOMEM)
    return 0


def mincore(p: Process, a: Arguments) -> int:
    """All that is mapped counts as resident."""
    address, length, out = a[:3]
    if address % PAGE:
        raise LinuxError(Errno.EINVAL)
    if not p.memory.covered(address, address + page_up(length)):
        raise LinuxError(Errno.ENOMEM)
    p.write(out, b"\1" * (page_up(length) // PAGE))
    return 0


TABLE = {
    9: mmap,
    10: mprotect,
    11: munmap,
    12: brk,
    25: mremap,
    26: msync,
    27: mincore,
    28: madvise,
    149: msync,  # mlock
    150: msync,  # munlock
}
