"""Sets of addresses as ranges: which pages of the process the emulator has been given."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator


class Ranges:
    """A set of addresses as sorted half-open ranges that do not touch."""

    def __init__(self) -> None:
        self._lows: list[int] = []
        self._highs: list[int] = []

    def add(self, low: int, high: int) -> None:
        """Add a range."""
        first, last = bisect_left(self._highs, low), bisect_right(self._lows, high)
        if first < last:
            low, high = min(low, self._lows[first]), max(high, self._highs[last - 1])
        self._lows[first:last] = [low]
        self._highs[first:last] = [high]

    def remove(self, low: int, high: int) -> None:
        """Remove a range."""
        first, last = self._overlapping(low, high)
        if first >= last:
            return
        left, right = self._lows[first], self._highs[last - 1]
        kept = [(a, b) for a, b in ((left, low), (high, right)) if a < b]
        self._lows[first:last] = [a for a, _ in kept]
        self._highs[first:last] = [b for _, b in kept]

    def _overlapping(self, low: int, high: int) -> tuple[int, int]:
        return bisect_right(self._highs, low), bisect_left(self._lows, high)

    def within(self, low: int, high: int) -> list[tuple[int, int]]:
        """Return the parts of a range that are in the set."""
        first, last = self._overlapping(low, high)
        return [(max(self._lows[i], low), min(self._highs[i], high)) for i in range(first, last)]

    def missing(self, low: int, high: int) -> list[tuple[int, int]]:
        """Return the parts of a range that are not in the set."""
        return between(self.within(low, high), low, high)

    def downwards(self) -> Iterator[tuple[int, int]]:
        """Go through the ranges from the highest on."""
        return zip(reversed(self._lows), reversed(self._highs), strict=True)

    def total(self) -> int:
        """Return the number of addresses."""
        return sum(self._highs) - sum(self._lows)


def between(parts: Iterable[tuple[int, int]], low: int, high: int) -> list[tuple[int, int]]:
    """Return what sorted parts of a range leave of it."""
    gaps = []
    for a, b in parts:
        if a > low:
            gaps.append((low, a))
        low = b
    if low < high:
        gaps.append((low, high))
    return gaps
