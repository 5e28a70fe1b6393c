"""The address space of the process: areas as /proc/self/maps has them, mapped into the emulator when touched.

The list of areas is the truth; the emulator is given pages of an area when the program or the kernel first
touches them, in pieces, so that a reservation of any size costs nothing and the host's memory stays bounded by
`limit` bytes. Placement is the kernel's without randomisation: top-down below `MMAP_TOP`, huge mappings aligned
to huge pages (mm/mmap.c of Linux 6.18).
"""

from __future__ import annotations

from stackreel.machine.areas import Area, Areas
from stackreel.machine.backing import NO_MEMORY, Backing
from stackreel.machine.engine import Engine
from stackreel.machine.layout import (
    HUGE_PAGE,
    LOWEST,
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

_PIECE = 1 << 20  # bytes given at a time at first; more where much is in use, as many pieces would be slow
_STACK_PIECE = 1 << 18  # how much more than the page it needs a stack grows by
TOTAL_MEMORY = 16 << 30
"""What the process is told the machine has; one mapping larger than it is refused, as Linux does by default."""


class AddressSpace:
    """The memory of a process; `limit` is how many bytes of it may be in use."""

    def __init__(self, limit: int, *, native: bool | None = None) -> None:
        self.engine = Engine(self._on_fault, native=native)
        self.limit = limit
        self.areas = Areas()
        self._given = Backing(self.engine)
        self.over_limit = False

    # -- areas -------------------------------------------------------------------------------------------------

    def area_at(self, address: int) -> Area | None:
        """Return the area an address is in."""
        return self.areas.at(address)

    def overlapping(self, low: int, high: int) -> list[Area]:
        """Return the areas that a half-open range touches, in order."""
        return self.areas.overlapping(low, high)

    def covered(self, low: int, high: int) -> bool:
        """Whether the whole range is mapped."""
        return self.areas.covered(low, high)

    def find_gap(self, size: int, *, offset: int | None = None, hinted: bool = False) -> int:
        """Return where the kernel puts a new mapping of `size` bytes; `offset` is that in a file, None without.

        `hinted`: the program named a place that is taken. Raises LinuxError ENOMEM where nothing is free.
        """
        of_file = offset is not None
        if (of_file and size >= HUGE_PAGE) or (not of_file and not hinted and size % HUGE_PAGE == 0):
            start = offset or 0
            first = (start + HUGE_PAGE - 1) & -HUGE_PAGE
            if start + size - first >= HUGE_PAGE:
                place = self.areas.highest_gap(size + HUGE_PAGE)
                if place is not None:
                    shift = (start - place) % HUGE_PAGE
                    return place + (shift or HUGE_PAGE)
        found = self.areas.highest_gap(size)
        if found is None:
            raise LinuxError(Errno.ENOMEM)
        return found

    def map(self, area: Area) -> None:
        """Map an area of whole pages, replacing what is there."""
        self.unmap(area.low, area.high - area.low)
        self.areas.add(area)

    def unmap(self, low: int, size: int) -> None:
        """Remove all mappings in a range."""
        hit = self.areas.cut(low, low + size)
        self._given.take(low, low + size)
        if any(area.protection & PROT_EXEC for area in hit):
            self.engine.flush_code()

    def protect(self, low: int, size: int, protection: int) -> None:
        """Change the protection of a range up to the first page that is not mapped; that raises LinuxError ENOMEM."""
        end = self.areas.end_of(low, low + size)
        self.areas.protect(low, end, protection)
        self._given.protect(low, end, protection)
        if end < low + size:
            raise LinuxError(Errno.ENOMEM)

    def discard(self, low: int, size: int) -> None:
        """Give pages back: they read as the file has them, or as zero, when touched again."""
        for area in self.areas.overlapping(low, low + size):
            first, last = max(area.low, low), min(area.high, low + size)
            if area.file:
                self._given.take(first, last)
            else:
                self._given.clear(first, last)

    def mappings(self) -> tuple[MappedArea, ...]:
        """Return the areas as /proc/self/maps shows them."""
        return self.areas.mappings()

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
        for at, held in self._given.held(low, high):
            out[at - low : at - low + len(held)] = held
        return bytes(out)

    def present(self, low: int, high: int) -> list[tuple[int, int]]:
        """Return the parts of a range that the emulator has been given."""
        return self._given.places(low, high)

    def poke(self, address: int, data: bytes) -> None:
        """Write whatever the protection is (the loader). The range must be mapped."""
        for area in list(self.overlapping(address, address + len(data))):
            self._give(
                max(area.low, page_down(address)),
                min(area.high, page_up(address + len(data))),
                area,
                (address, address + len(data)),
            )
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
            self._give(*self._piece(area, page_down(at), page_up(stop)), area, (address, end))
            at = stop

    def _on_fault(self, _access: str, address: int, size: int) -> bool:
        """Give the pages of an access that hit an area not yet present; False where the access is not allowed."""
        at = page_up(address + 1) if self._given.has(address) else address
        if at >= address + max(size, 1) or at >= TASK_SIZE:
            return False
        area = self.area_at(at) or self._grow_stack(at)
        if area is None or not area.protection or self._given.has(at):
            return False
        low, high = self._piece(area, page_down(at), page_up(at + 1))
        if area.grows_down:
            low, high = max(area.low, low - _STACK_PIECE), area.high
        try:
            self._give(low, high, area, (address, address + size))
        except LimitReached:
            self.over_limit = True
            return False
        return True

    def _piece(self, area: Area, low: int, high: int) -> tuple[int, int]:
        """Return what of an area is given where these pages of it are wanted: more, so that there are few pieces."""
        if area.grows_down:
            return low, high
        size = max(_PIECE, 1 << (self._given.size >> 3).bit_length())
        return max(area.low, low & -size), min(area.high, (high + size - 1) & -size)

    def _grow_stack(self, address: int) -> Area | None:
        below, above = self.areas.around(address)
        if above is None or not above.grows_down or above.high - page_down(address) > STACK_LIMIT:
            return None
        if below is not None and below.high + STACK_GAP > page_down(address):
            return None
        lowest = max(above.high - STACK_LIMIT, below.high + STACK_GAP if below else LOWEST)
        return self.areas.grow(above, max(lowest, page_down(address) - _STACK_PIECE))

    def _give(self, low: int, high: int, area: Area, used: tuple[int, int]) -> None:
        """Give the pages of a range that are not; `used` is what stays given where the limit is near."""
        for a, b in self._given.missing(low, high):
            if self._given.size + self._given.more(a, b) > self.limit:
                self._given.reclaim(page_down(used[0]), page_up(used[1]))
            if self._given.size + self._given.more(a, b) > self.limit:
                raise LimitReached(
                    f"memory: the program uses more than {self.limit} bytes; raise the limit on memory"
                )
            contents = area.file[a - area.file_low : b - area.file_low] if area.file else b""
            if not self._given.give(a, b, area.protection, contents, used):
                raise LimitReached(NO_MEMORY)
