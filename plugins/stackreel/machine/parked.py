"""Pages of the program that the emulator has not at present: what they hold is kept here until they are used again."""

from __future__ import annotations

from stackreel.machine.layout import PAGE
from stackreel.machine.ranges import Ranges


class Parked:
    """Contents by page."""

    def __init__(self) -> None:
        self._pages: dict[int, bytes] = {}
        self._where = Ranges()

    def put(self, low: int, contents: bytes) -> None:
        """Keep whole pages."""
        self._where.add(low, low + len(contents))
        for at in range(0, len(contents), PAGE):
            self._pages[low + at] = contents[at : at + PAGE]

    def within(self, low: int, high: int) -> list[tuple[int, int]]:
        """Return the parts of a range that are kept here."""
        return self._where.within(low, high)

    def pieces(self, low: int, high: int) -> list[tuple[int, bytes]]:
        """Return address and contents of the pages of a range, joined where they touch."""
        return [
            (a, b"".join(self._pages[page] for page in range(a, b, PAGE)))
            for a, b in self._where.within(low, high)
        ]

    def size(self, low: int, high: int) -> int:
        """Return how many bytes of a range are kept here."""
        return sum(b - a for a, b in self._where.within(low, high))

    def drop(self, low: int, high: int) -> None:
        """Forget the pages of a range."""
        for a, b in self._where.within(low, high):
            for page in range(a, b, PAGE):
                del self._pages[page]
        self._where.remove(low, high)
