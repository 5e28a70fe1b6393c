"""The address space of the process: areas as /proc/self/maps has them, mapped into the emulator when touched.

The list of areas is the truth; the emulator is given pages of an area when the program or the kernel first
touches them, in pieces, so that a reservation of any size costs nothing and the host's memory stays bounded by
`limit` bytes. Placement is the kernel's without randomisation: top-down below `MMAP_TOP`, huge mappings aligned
to huge pages (mm/mmap.c of Linux 6.18).
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field, replace

from stackreel.machine.engine import Engine
from stackreel.machine.layout import (
    HUGE_PAGE,
    LOWEST,
    MMAP_TOP,
    PAGE,
    STACK_GAP,
    STACK_LIMIT,
    TASK_SIZE,
    page_down,
    page_up,
)
from stackreel.machine.linux import PROT_EXEC, PROT_READ, PROT_WRITE, Errno
from stackreel.machine.model import MappedArea
from stackreel.machine.outcomes import LimitReached, LinuxError
from stackreel.machine.ranges import Ranges

_EAGER = 1 << 20  # areas up to this size are given to the emulator whole
_PIECE = 1 << 20  # of larger ones at first; pieces grow with what is in use, as many of them would be slow
_STACK_PIECE = 1 << 18  # how much more than the page it needs a stack grows by
TOTAL_MEMORY = 16 << 30
"""What the process is told the machine has; one mapping larger than it is refused, as Linux does by default."""


@dataclass(frozen=True)
class Area:
    """A half-open range of pages with one protection (PROT_* bits); `name` as /proc/self/maps shows it.

    Pages hold the bytes of `file`, whose byte 0 belongs at address `file_low`, and zero where it has none.
    """

    low: int
    high: int
    protection: int
    name: str = ""
    grows_down: bool = False
    shared: bool = False
    file: bytes = field(default=b"", repr=False, compare=False)
    file_low: int = 0

    @property
    def letters(self) -> str:
        """Permissions as /proc/self/maps writes them."""
        r, w, x = (self.protection & bit for bit in (PROT_READ, PROT_WRITE, PROT_EXEC))
        return f"{'r' if r else '-'}{'w' if w else '-'}{'x' if x else '-'}{'s' if self.shared else 'p'}"


class AddressSpace:
    """The memory of a process; `limit` is how many bytes of it may be in use."""

    def __init__(self, limit: int, *, native: bool | None = None) -> None:
        self.engine = Engine(self._on_fault, native=native)
        self.limit = limit
        self.areas: list[Area] = []
        self._present = Ranges()
        self._used = 0
        self.over_limit = False

    # -- areas -------------------------------------------------------------------------------------------------

    def area_at(self, address: int) -> Area | None:
        """Return the area an address is in."""
        i = bisect.bisect_right(self.areas, address, key=lambda a: a.low) - 1
        return self.areas[i] if i >= 0 and address < self.areas[i].high else None

    def overlapping(self, low: int, high: int) -> list[Area]:
        """Return the areas that a half-open range touches, in order."""
        first = max(0, bisect.bisect_right(self.areas, low, key=lambda a: a.low) - 1)
        last = bisect.bisect_left(self.areas, high, key=lambda a: a.low)
        return [a for a in self.areas[first:last] if a.high > low]

    def covered(self, low: int, high: int) -> bool:
        """Whether the whole range is mapped."""
        for area in self.overlapping(low, high):
            if area.low > low:
                return False
            low = area.high
        return low >= high

    def find_gap(self, size: int, *, offset: int | None = None, hinted: bool = False) -> int:
        """Return where the kernel puts a new mapping of `size` bytes; `offset` is that in a file, None without.

        `hinted`: the program named a place that is taken. Raises LinuxError ENOMEM where nothing is free.
        """
        of_file = offset is not None
        if (of_file and size >= HUGE_PAGE) or (not of_file and not hinted and size % HUGE_PAGE == 0):
            start = offset or 0
            first = (start + HUGE_PAGE - 1) & -HUGE_PAGE
            if start + size - first >= HUGE_PAGE:
                place = self._highest_gap(size + HUGE_PAGE)
                if place is not None:
                    shift = (start - place) % HUGE_PAGE
                    return place + (shift or HUGE_PAGE)
        found = self._highest_gap(size)
        if found is None:
            raise LinuxError(Errno.ENOMEM)
        return found

    def _highest_gap(self, size: int) -> int | None:
        top = MMAP_TOP
        for area in reversed(self.areas):
            if area.low >= MMAP_TOP:
                continue
            if top - area.high >= size and area.high <= top:
                return top - size
            top = min(top, area.low)
        return top - size if top - size >= LOWEST else None

    def map(self, area: Area) -> None:
        """Map an area of whole pages, replacing what is there."""
        self.unmap(area.low, area.high - area.low)
        bisect.insort(self.areas, area, key=lambda a: a.low)
        is_small = area.high - area.low <= _EAGER
        if is_small and area.protection and not area.grows_down and not area.file:
            self._give(area.low, area.high, area)

    def unmap(self, low: int, size: int) -> None:
        """Remove all mappings in a range."""
        high = low + size
        hit = self.overlapping(low, high)
        if not hit:
            return
        kept = [a for a in self.areas if a.high <= low or a.low >= high]
        for area in hit:
            if area.low < low:
                kept.append(replace(area, high=low))
            if area.high > high:
                kept.append(replace(area, low=high))
        self.areas = sorted(kept, key=lambda a: a.low)
        for a, b in self._present.within(low, high):
            self.engine.uc.mem_unmap(a, b - a)
            self._used -= b - a
        self._present.remove(low, high)
        if any(area.protection & PROT_EXEC for area in hit):
            self.engine.flush_code()

    def protect(self, low: int, size: int, protection: int) -> None:
        """Change the protection of a range. Raises LinuxError ENOMEM where part of it is not mapped."""
        high = low + size
        whole = self.covered(low, high)
        kept = [a for a in self.areas if a.high <= low or a.low >= high]
        for area in self.overlapping(low, high):
            if area.low < low:
                kept.append(replace(area, high=low))
            if area.high > high:
                kept.append(replace(area, low=high))
            kept.append(
                replace(area, low=max(area.low, low), high=min(area.high, high), protection=protection)
            )
        self.areas = sorted(kept, key=lambda a: a.low)
        for a, b in self._present.within(low, high):
            self.engine.uc.mem_protect(a, b - a, _unicorn_protection(protection))
        if not whole:
            raise LinuxError(Errno.ENOMEM)

    def extend(self, area: Area, high: int) -> None:
        """Make an area longer upwards (the heap)."""
        self.areas = [replace(a, high=high) if a is area else a for a in self.areas]

    def discard(self, low: int, size: int) -> None:
        """Give pages back: they read as zero when touched again."""
        for a, b in self._present.within(low, low + size):
            self.engine.uc.mem_unmap(a, b - a)
            self._used -= b - a
            self._present.remove(a, b)

    def mappings(self) -> tuple[MappedArea, ...]:
        """Return the areas as /proc/self/maps shows them: neighbours that are alike are one."""
        rows: list[MappedArea] = []
        for area in self.areas:
            last = rows[-1] if rows else None
            if last and (last.high, last.permissions, last.name) == (area.low, area.letters, area.name):
                rows[-1] = replace(last, high=area.high)
            else:
                rows.append(MappedArea(area.low, area.high, area.letters, area.name))
        return tuple(rows)

    # -- contents ----------------------------------------------------------------------------------------------

    def read(self, address: int, size: int) -> bytes:
        """Read as the kernel reads for a program. Raises LinuxError EFAULT where it may not."""
        self._touch(address, size, PROT_READ | PROT_WRITE | PROT_EXEC)
        return bytes(self.engine.uc.mem_read(address, size)) if size else b""

    def write(self, address: int, data: bytes) -> None:
        """Write as the kernel writes for a program. Raises LinuxError EFAULT where it may not."""
        self._touch(address, len(data), PROT_WRITE)
        if data:
            self.engine.uc.mem_write(address, data)

    def read_string(self, address: int, limit: int = PAGE) -> bytes:
        """Read a NUL-terminated string without its end. Raises LinuxError EFAULT, ENAMETOOLONG."""
        found = b""
        while len(found) < limit:
            piece = self.read(address, min(PAGE - address % PAGE, limit - len(found)))
            end = piece.find(b"\0")
            if end >= 0:
                return found + piece[:end]
            found += piece
            address += len(piece)
        raise LinuxError(Errno.ENAMETOOLONG)

    def peek(self, low: int, high: int) -> bytes:
        """Read what is there without touching: pages not mapped or not yet given read as zero."""
        out = bytearray(high - low)
        for a, b in self._present.within(low, high):
            out[a - low : b - low] = self.engine.uc.mem_read(a, b - a)
        return bytes(out)

    def present(self, low: int, high: int) -> list[tuple[int, int]]:
        """Return the parts of a range that were ever touched."""
        return self._present.within(low, high)

    def poke(self, address: int, data: bytes) -> None:
        """Write whatever the protection is (the loader). The range must be mapped."""
        for area in list(self.overlapping(address, address + len(data))):
            self._give(max(area.low, page_down(address)), min(area.high, page_up(address + len(data))), area)
        self.engine.uc.mem_write(address, data)

    # -- giving pages to the emulator --------------------------------------------------------------------------

    def _touch(self, address: int, size: int, protection: int) -> None:
        end = address + size
        if not size:
            return
        if end > TASK_SIZE or address < 0:
            raise LinuxError(Errno.EFAULT)
        at = address
        while at < end:
            area = self.area_at(at) or self._grow_stack(at)
            if area is None or not area.protection & protection:
                raise LinuxError(Errno.EFAULT)
            stop = min(end, area.high)
            self._give(page_down(at), page_up(stop), area)
            at = stop

    def _on_fault(self, _access: str, address: int, size: int) -> bool:
        """Give the pages of an access that hit an area not yet present; False where the access is not allowed."""
        first = self._present_at(address)
        at = address if not first else page_up(address + 1)
        if at >= address + max(size, 1) or at >= TASK_SIZE:
            return False
        area = self.area_at(at) or self._grow_stack(at)
        if area is None or not area.protection or self._present_at(at):
            return False
        size_of_piece = max(_PIECE, 1 << (self._used >> 3).bit_length())
        piece_low = at & -size_of_piece
        piece_high = piece_low + size_of_piece
        if area.grows_down:
            piece_low, piece_high = page_down(at) - _STACK_PIECE, area.high
        try:
            self._give(max(area.low, piece_low), min(area.high, piece_high), area)
        except LimitReached:
            self.over_limit = True
            return False
        return True

    def _present_at(self, address: int) -> bool:
        return bool(self._present.within(address, address + 1))

    def _grow_stack(self, address: int) -> Area | None:
        above = next((a for a in self.areas if a.low > address), None)
        if above is None or not above.grows_down or above.high - page_down(address) > STACK_LIMIT:
            return None
        below = next((a for a in reversed(self.areas) if a.high <= address), None)
        if below is not None and below.high + STACK_GAP > page_down(address):
            return None
        lowest = max(above.high - STACK_LIMIT, below.high + STACK_GAP if below else LOWEST)
        grown = replace(above, low=max(lowest, page_down(address) - _STACK_PIECE))
        self.areas[self.areas.index(above)] = grown
        return grown

    def _give(self, low: int, high: int, area: Area) -> None:
        for a, b in self._present.missing(low, high):
            self._used += b - a
            if self._used > self.limit:
                self._used -= b - a
                raise LimitReached(
                    f"memory: the program uses more than {self.limit} bytes; raise the limit on memory"
                )
            if not self.engine.give_memory(a, b - a, _unicorn_protection(area.protection)):
                raise LimitReached("memory: this machine has not enough of it for the program")
            self._present.add(a, b)
            contents = area.file[a - area.file_low : b - area.file_low] if area.file else b""
            if contents:
                self.engine.uc.mem_write(a, contents)


def _unicorn_protection(protection: int) -> int:
    """Unicorn's bits are Linux's; on x86 what may be written or executed may be read."""
    return protection | PROT_READ if protection else 0
