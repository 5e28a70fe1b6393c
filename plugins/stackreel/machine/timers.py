"""Timers of the process: alarm, setitimer and timer_create; each sends a signal when its clock shows its time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stackreel.machine.clock import Clock
from stackreel.machine.signals import SignalInfo

if TYPE_CHECKING:
    from stackreel.machine.threads import Thread

Key = tuple[str, int]


@dataclass(frozen=True)
class Timer:
    """Goes off at `deadline`, then every `interval` (0: never again), nanoseconds of the monotonic clock.

    With `of_cpu`, of the CPU time the process used. The signal goes to `thread`, or to the process.
    """

    deadline: int
    interval: int
    signal: SignalInfo | None
    of_cpu: bool = False
    thread: Thread | None = None


class Timers:
    """The timers that are set, under a key each."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._set: dict[Key, Timer] = {}

    def set(self, key: Key, timer: Timer) -> None:
        """Set a timer, or again."""
        self._set[key] = timer

    def clear(self, key: Key) -> None:
        """Set a timer no longer."""
        self._set.pop(key, None)

    def left(self, key: Key) -> tuple[int, int]:
        """Return the nanoseconds until a timer goes off and its interval; zeroes where it is not set."""
        timer = self._set.get(key)
        if timer is None:
            return 0, 0
        return max(1, timer.deadline - self._now(timer)), timer.interval

    def _now(self, timer: Timer) -> int:
        return self._clock.used() if timer.of_cpu else self._clock.now()

    def soonest(self) -> int | None:
        """Return how many nanoseconds of running it takes until one goes off."""
        return min((max(0, t.deadline - self._now(t)) for t in self._set.values()), default=None)

    def next_wake(self) -> int | None:
        """Return when, on the monotonic clock, the first one goes off that does so while all wait."""
        return min((t.deadline for t in self._set.values() if not t.of_cpu), default=None)

    def take_due(self, lead: int) -> list[Timer]:
        """Return those that go off now or within `lead` nanoseconds, first ones first; set them anew."""
        if not self._set:
            return []
        due = [(t.deadline, key, t) for key, t in self._set.items() if t.deadline <= self._now(t) + lead]
        for _, key, timer in sorted(due, key=lambda row: row[:2]):
            if timer.interval:
                missed = (self._now(timer) + lead - timer.deadline) // timer.interval
                self._set[key] = replace(timer, deadline=timer.deadline + (missed + 1) * timer.interval)
            else:
                del self._set[key]
        return [timer for _, _, timer in sorted(due, key=lambda row: row[:2])]
