"""Sets of addresses as ranges: which pages of the process the emulator has been given."""

from __future__ import annotations

import bisect


class Ranges:
    """A set of addresses as sorted half-open ranges that do not touch."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, int]] = []

    def add(self, low: int, high: int) -> None:
        """Add a range."""
        kept = []
        for a, b in self._rows:
            if b < low or a > high:
                kept.append((a, b))
            else:
                low, high = min(low, a), max(high, b)
        bisect.insort(kept, (low, high))
        self._rows = kept

    def remove(self, low: int, high: int) -> None:
        """Remove a range."""
        kept = []
        for a, b in self._rows:
            if b <= low or a >= high:
                kept.append((a, b))
                continue
            if a < low:
                kept.append((a, low))
            if b > high:
                kept.append((high, b))
        self._rows = kept

    def within(self, low: int, high: int) -> list[tuple[int, int]]:
        """Return the parts of a range that are in the set."""
        return [(max(a, low), min(b, high)) for a, b in self._rows if a < high and b > low]

    def missing(self, low: int, high: int) -> list[tuple[int, int]]:
        """Return the parts of a range that are not in the set."""
        gaps = []
        for a, b in self.within(low, high):
            if a > low:
                gaps.append((low, a))
            low = b
        if low < high:
            gaps.append((low, high))
        return gaps

    def total(self) -> int:
        """Return the number of addresses."""
        return sum(b - a for a, b in self._rows)
