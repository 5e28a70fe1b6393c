"""Virtual time: a nanosecond an instruction from a fixed day on, and jumps where the program sleeps."""

from __future__ import annotations

from collections.abc import Callable

EPOCH = 1_704_067_200
"""When every run starts: 2024-01-01 00:00:00 UTC, in seconds."""

_BOOT = 100 * 1_000_000_000  # what the monotonic clock shows at the start
SECOND = 1_000_000_000


class Clock:
    """The clocks of a process, driven by the number of instructions executed."""

    def __init__(self, instructions: Callable[[], int]) -> None:
        self._instructions = instructions
        self._skipped = 0

    def elapsed(self) -> int:
        """Nanoseconds since the start of the process."""
        return self._instructions() + self._skipped

    def now(self) -> int:
        """The monotonic clock, in nanoseconds."""
        return _BOOT + self.elapsed()

    def wall(self) -> int:
        """The real-time clock, in nanoseconds since 1970."""
        return EPOCH * SECOND + self.elapsed()

    def used(self) -> int:
        """CPU time of the process, in nanoseconds."""
        return self._instructions()

    def ticks(self) -> int:
        """The time stamp counter."""
        return self.now()

    def advance_to(self, monotonic: int) -> None:
        """Sleep until the monotonic clock shows this."""
        self._skipped += max(0, monotonic - self.now())
