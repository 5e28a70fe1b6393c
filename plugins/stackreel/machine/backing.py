"""The pages that the emulator has been given, in few regions.

Unicorn looks at all pairs of its regions when it makes one, and at all of them when it removes one. So where there are
many, those that touch and have the same protection are made one; and where there are still too many, pages are taken
out of the emulator and put aside (`parked.py`) until they are used: those given first, and those around pages whose
protection changes. Code is left in the regions it was given in, as translations of it would be lost: a program that
has code in thousands of places apart is slow.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise

from stackreel.machine.engine import Engine
from stackreel.machine.layout import PAGE
from stackreel.machine.linux import PROT_EXEC, PROT_READ
from stackreel.machine.outcomes import LimitReached
from stackreel.machine.parked import Parked
from stackreel.machine.ranges import Ranges, between

NO_MEMORY = "memory: this machine has not enough of it for the program"

_MANY = 64  # regions, from which on they are joined
_MOST = 4  # times as many, from which on pages are put aside
_JOINED = 1 << 20  # bytes that joined regions may always have
_CHUNK = 1 << 16
_ZERO = bytes(_CHUNK)


class Backing:
    """Regions of the emulator: sorted, apart. `size` is how many bytes they and the pages put aside have."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._uc = engine.uc
        self._lows: list[int] = []
        self._highs: list[int] = []
        self._kinds: list[int] = []
        self._many = _MANY
        self._cleared = Ranges()
        self._parked = Parked()
        self._recent: dict[int, None] = {}  # beginnings of regions, the one made last at the end
        self.size = 0

    def within(self, low: int, high: int) -> list[tuple[int, int]]:
        """Return the parts of a range that are given."""
        first, last = self._touched(low, high)
        return [(max(self._lows[i], low), min(self._highs[i], high)) for i in range(first, last)]

    def missing(self, low: int, high: int) -> list[tuple[int, int]]:
        """Return the parts of a range that are not given."""
        return between(self.within(low, high), low, high)

    def has(self, address: int) -> bool:
        """Whether the page of an address is given."""
        i = bisect_right(self._lows, address) - 1
        return i >= 0 and address < self._highs[i]

    def held(self, low: int, high: int) -> list[tuple[int, bytes]]:
        """Return what the pages of a range hold that are given or put aside, by address, in any order."""
        given = [(a, bytes(self._uc.mem_read(a, b - a))) for a, b in self.within(low, high)]
        aside = [
            (max(a, low), held[max(low - a, 0) : high - a])
            for a, held in self._parked.pieces(low & -PAGE, high + PAGE - 1 & -PAGE)
        ]
        return given + aside

    def places(self, low: int, high: int) -> list[tuple[int, int]]:
        """Return the parts of a range that are given or put aside."""
        return sorted(self.within(low, high) + self._parked.within(low, high))

    def more(self, low: int, high: int) -> int:
        """Return by how much `size` grows where this range, which is not given, is given."""
        return high - low - self._parked.size(low, high)

    def give(self, low: int, high: int, protection: int, contents: bytes, used: tuple[int, int]) -> bool:
        """Give pages that are not: what they held when put aside, or else these bytes, then zero.

        What is `used` stays given. False where the host has no memory.
        """
        kind = _unicorn_protection(protection)
        i = bisect_left(self._lows, low)
        if not self._insert(i, low, high, kind, contents):
            return False
        for at, held in self._parked.pieces(low, high):
            self._uc.mem_write(at, held)
            self.size -= len(held)
        self._parked.drop(low, high)
        if len(self._lows) > self._many:
            self._join()
            self._many = max(_MANY, 2 * len(self._lows))
        if len(self._lows) > _MOST * _MANY:
            self._park_oldest(used)
        return True

    def take(self, low: int, high: int) -> None:
        """Take pages back."""
        self._cleared.remove(low, high)
        for i in reversed(range(*self._touched(low, high))):
            if not self._park_around(i, low, high):
                self._remove(self._cut(i, low, high))
        self._drop_parked(low, high)

    def clear(self, low: int, high: int) -> None:
        """Make pages read as zero when they are used again: take back what is a whole region, write zeros elsewhere."""
        self._drop_parked(low, high)
        for a, b in self.within(low, high):
            i = bisect_right(self._lows, a) - 1
            if (a, b) == (self._lows[i], self._highs[i]):
                self.take(a, b)
            else:
                self._uc.mem_write(a, bytes(b - a))
                self._cleared.add(a, b)

    def reclaim(self, low: int, high: int) -> None:
        """Take back what was cleared and is zero still, in pieces that are large; not in this range, as it is used."""
        self._cleared.remove(low, high)
        for a, b in list(self._cleared.downwards()):
            for first, last in self._zero(a, b):
                self.take(first, last)
        self._cleared = Ranges()

    def _zero(self, low: int, high: int) -> list[tuple[int, int]]:
        """Return the large parts of a range that are zero, of regions without code."""
        found = Ranges()
        for i in range(*self._touched(low, high)):
            if not self._kinds[i] & PROT_EXEC:
                a, b = max(self._lows[i], low), min(self._highs[i], high)
                contents = bytes(self._uc.mem_read(a, b - a))
                for at in range(0, b - a, PAGE):
                    if contents[at : at + PAGE] == _ZERO[:PAGE]:
                        found.add(a + at, a + at + PAGE)
        return [part for part in found.within(low, high) if part[1] - part[0] >= _CHUNK]

    def protect(self, low: int, high: int, protection: int) -> None:
        """Change the protection of the pages of a range that are given."""
        kind = _unicorn_protection(protection)
        for i in reversed(range(*self._touched(low, high))):
            if self._kinds[i] != kind and not self._park_around(i, low, high):
                part = self._cut(i, low, high)
                self._uc.mem_protect(self._lows[part], self._highs[part] - self._lows[part], kind)
                self._kinds[part] = kind

    # -- regions -----------------------------------------------------------------------------------------------

    def _touched(self, low: int, high: int) -> tuple[int, int]:
        first = bisect_right(self._highs, low)
        return first, max(first, bisect_left(self._lows, high))

    def _insert(self, i: int, low: int, high: int, kind: int, contents: bytes) -> bool:
        """Make a region of these bytes, then zero, the one of number `i`; False where the host has no memory."""
        if not self._engine.give_memory(low, high - low, kind):
            return False
        for at in range(0, len(contents), _CHUNK):
            chunk = contents[at : at + _CHUNK]
            if chunk != _ZERO[: len(chunk)]:
                self._uc.mem_write(low + at, chunk)
        self._lows.insert(i, low)
        self._highs.insert(i, high)
        self._kinds.insert(i, kind)
        self._recent[low] = None
        self.size += high - low
        return True

    def _put_back(self, i: int, low: int, high: int, kind: int, contents: bytes) -> None:
        if not self._insert(i, low, high, kind, contents):
            raise LimitReached(NO_MEMORY)

    def _remove(self, i: int) -> bytes:
        """Remove a region; return what it held."""
        low, high = self._lows.pop(i), self._highs.pop(i)
        self._kinds.pop(i)
        del self._recent[low]
        contents = bytes(self._uc.mem_read(low, high - low))
        self._uc.mem_unmap(low, high - low)
        self.size -= high - low
        return contents

    def _cut(self, i: int, low: int, high: int) -> int:
        """Cut a region at the ends of a range; return the number of the part inside.

        What is left is cut, too, the smaller the nearer: most likely the next cut is beside this one.
        """
        first, last, kind = self._lows[i], self._highs[i], self._kinds[i]
        low, high = max(first, low), min(last, high)
        if (low, high) != (first, last):
            ends = sorted(
                {first, last, *_doubling(low, first, low - high), *_doubling(high, last, high - low)}
            )
            contents = self._remove(i)
            for n, (a, b) in enumerate(pairwise(ends)):
                self._put_back(i + n, a, b, kind, contents[a - first : b - first])
        return bisect_left(self._lows, low)

    def _park_oldest(self, used: tuple[int, int]) -> None:
        """Put half of the regions aside, those given first; none of code, none that is `used`, none that is large."""
        for low in list(self._recent)[: len(self._recent) // 2]:
            i = bisect_left(self._lows, low)
            if self._may_be_parked(i) and (self._highs[i] <= used[0] or used[1] <= low):
                self._park(i)

    def _park_around(self, i: int, low: int, high: int) -> bool:
        """Put a region aside instead of cutting it at the ends of a range; tell whether it was."""
        is_cut = self._lows[i] < low or high < self._highs[i]
        if not is_cut or len(self._lows) <= _MANY or not self._may_be_parked(i):
            return False
        self._park(i)
        return True

    def _may_be_parked(self, i: int) -> bool:
        return not self._kinds[i] & PROT_EXEC and self._highs[i] - self._lows[i] <= _JOINED

    def _park(self, i: int) -> None:
        low = self._lows[i]
        contents = self._remove(i)
        self._parked.put(low, contents)
        self.size += len(contents)

    def _drop_parked(self, low: int, high: int) -> None:
        self.size -= self._parked.size(low, high)
        self._parked.drop(low, high)

    def _join(self) -> None:
        """Join regions that touch and are alike, but none of code, up to a size in proportion to all."""
        most = max(_JOINED, 1 << (self.size >> 6).bit_length())
        last = len(self._lows)
        for first in reversed(range(len(self._lows))):
            if first and self._is_one(first - 1, first, self._highs[last - 1], most):
                continue
            if last - first > 1:
                low, high, kind = self._lows[first], self._highs[last - 1], self._kinds[first]
                parts = [self._remove(i) for i in reversed(range(first, last))]
                self._put_back(first, low, high, kind, b"".join(reversed(parts)))
            last = first

    def _is_one(self, a: int, b: int, high: int, most: int) -> bool:
        """Whether a region can be joined with the next one, and all up to `high`."""
        kind = self._kinds[a]
        return (
            self._highs[a] == self._lows[b]
            and kind == self._kinds[b]
            and not kind & PROT_EXEC
            and high - self._lows[a] <= most
        )


def _doubling(at: int, end: int, step: int) -> Iterator[int]:
    """Yield places from `at` to before `end`, each twice as far from the one before."""
    while (at - end) * step < 0:
        yield at
        at, step = at + step, 2 * step


def _unicorn_protection(protection: int) -> int:
    """Unicorn's bits are Linux's; on x86 what may be written or executed may be read."""
    return protection | PROT_READ if protection else 0
