"""Painting an address range: what is painted first stays, later layers show only where nothing is yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass
class Canvas(Generic[T]):
    """The range [low, high) and what has been painted on it: disjoint pieces, and the gaps that are left."""

    low: int
    high: int
    pieces: list[tuple[int, int, T]] = field(default_factory=list)
    gaps: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.low < self.high:
            self.gaps.append((self.low, self.high))

    def paint(self, low: int, high: int, what: T) -> list[tuple[int, int]]:
        """Paint what is still a gap of [low, high); return the pieces this made."""
        made: list[tuple[int, int]] = []
        gaps: list[tuple[int, int]] = []
        for start, end in self.gaps:
            at, to = max(start, low), min(end, high)
            if at >= to:
                gaps.append((start, end))
                continue
            made.append((at, to))
            gaps += [(a, b) for a, b in ((start, at), (to, end)) if a < b]
        self.gaps = gaps
        self.pieces += [(at, to, what) for at, to in made]
        return made

    def fill(self, what: T) -> None:
        """Paint all gaps."""
        for low, high in list(self.gaps):
            self.paint(low, high, what)

    def in_order(self) -> Iterator[tuple[int, int, T]]:
        """Yield the pieces by ascending address."""
        yield from sorted(self.pieces, key=lambda piece: piece[:2])
