"""The areas of a process, as the kernel keeps them: in order, and neighbours that are alike are one (mm/vma.c).

Which pages the emulator has of them is not known here, see `memory.py`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from stackreel.machine.layout import LOWEST, MMAP_TOP
from stackreel.machine.linux import PROT_EXEC, PROT_READ, PROT_WRITE
from stackreel.machine.model import MappedArea
from stackreel.machine.ranges import Ranges


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

    def goes_on(self, other: Area) -> bool:
        """Whether `other` begins where this one ends and is like it."""
        return (
            (self.high, self.protection, self.name, self.shared)
            == (other.low, other.protection, other.name, other.shared)
            and not (self.grows_down or other.grows_down)
            and self.file is other.file
            and (not self.file or self.file_low == other.file_low)
        )


class Areas:
    """Areas that do not overlap, by address."""

    def __init__(self) -> None:
        self._areas: list[Area] = []
        self._lows: list[int] = []
        self._taken = Ranges()

    def __iter__(self) -> Iterator[Area]:
        """Go through them in order."""
        return iter(self._areas)

    def at(self, address: int) -> Area | None:
        """Return the area an address is in."""
        i = bisect_right(self._lows, address) - 1
        return self._areas[i] if i >= 0 and address < self._areas[i].high else None

    def around(self, address: int) -> tuple[Area | None, Area | None]:
        """Return the areas below and above an address that is in none."""
        i = bisect_right(self._lows, address)
        return self._areas[i - 1] if i else None, self._areas[i] if i < len(self._areas) else None

    def overlapping(self, low: int, high: int) -> list[Area]:
        """Return the areas that a half-open range touches, in order."""
        first, last = self._touched(low, high)
        return self._areas[first:last]

    def covered(self, low: int, high: int) -> bool:
        """Whether the whole range is mapped."""
        return not self._taken.missing(low, high)

    def end_of(self, low: int, high: int) -> int:
        """Return the first address of a range that is not mapped; its end where all is."""
        return next((first for first, _ in self._taken.missing(low, high)), high)

    def add(self, area: Area) -> None:
        """Add an area where there is none."""
        i = bisect_left(self._lows, area.low)
        self._put(i, i, [area])
        self._taken.add(area.low, area.high)

    def cut(self, low: int, high: int) -> list[Area]:
        """Remove a range; return the areas that it touched, as they were."""
        first, last = self._touched(low, high)
        hit = self._areas[first:last]
        if hit:
            self._put(
                first,
                last,
                [part for area in hit for part in _outside(area, low, high)],
            )
            self._taken.remove(low, high)
        return hit

    def protect(self, low: int, high: int, protection: int) -> None:
        """Change the protection of what is mapped in a range."""
        first, last = self._touched(low, high)
        parts: list[Area] = []
        for area in self._areas[first:last]:
            inside = replace(
                area,
                low=max(area.low, low),
                high=min(area.high, high),
                protection=protection,
            )
            parts += sorted([*_outside(area, low, high), inside], key=lambda a: a.low)
        self._put(first, last, parts)

    def grow(self, area: Area, low: int) -> Area:
        """Make an area longer downwards (the stack), to where nothing is."""
        grown = replace(area, low=low)
        i = bisect_left(self._lows, area.low)
        self._areas[i], self._lows[i] = grown, low
        self._taken.add(low, area.high)
        return grown

    def highest_gap(self, size: int) -> int | None:
        """Return the highest place for `size` bytes below the top of the area of mmap; None where there is none."""
        top = MMAP_TOP
        for low, high in self._taken.downwards():
            if low >= MMAP_TOP:
                continue
            if high <= top and top - high >= size:
                return top - size
            top = min(top, low)
        return top - size if top - size >= LOWEST else None

    def mappings(self) -> tuple[MappedArea, ...]:
        """Return the areas as /proc/self/maps shows them; neighbours that look alike are one."""
        rows: list[MappedArea] = []
        for area in self._areas:
            last = rows[-1] if rows else None
            if last and (last.high, last.permissions, last.name) == (
                area.low,
                area.letters,
                area.name,
            ):
                rows[-1] = replace(last, high=area.high)
            else:
                rows.append(MappedArea(area.low, area.high, area.letters, area.name))
        return tuple(rows)

    def _touched(self, low: int, high: int) -> tuple[int, int]:
        """Return from which to before which number the areas touch a range."""
        first = bisect_right(self._lows, low) - 1
        if first < 0 or self._areas[first].high <= low:
            first += 1
        return first, max(first, bisect_left(self._lows, high))

    def _put(self, first: int, last: int, parts: list[Area]) -> None:
        """Have `parts` in the place of some areas, joined with each other and the neighbours where they are alike."""
        below, above = (
            self._areas[max(first - 1, 0) : first],
            self._areas[last : last + 1],
        )
        joined: list[Area] = []
        for area in (*below, *parts, *above):
            if joined and joined[-1].goes_on(area):
                joined[-1] = replace(joined[-1], high=area.high)
            else:
                joined.append(area)
        place = slice(first - len(below), last + len(above))
        self._areas[place] = joined
        self._lows[place] = [a.low for a in joined]


def _outside(area: Area, low: int, high: int) -> Iterator[Area]:
    """Yield the parts of an area that are not in a range."""
    if area.low < low:
        yield replace(area, high=low)
    if area.high > high:
        yield replace(area, low=high)
