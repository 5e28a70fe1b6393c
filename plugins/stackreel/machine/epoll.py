"""epoll: which of a set of descriptors became ready (fs/eventpoll.c), level- or edge-triggered."""

from __future__ import annotations

from dataclasses import dataclass

from stackreel.machine.files import POLLIN, OpenFile

EPOLLERR, EPOLLHUP, EPOLLET, EPOLLONESHOT = 8, 0x10, 1 << 31, 1 << 30
_ALWAYS = EPOLLERR | EPOLLHUP


@dataclass
class Interest:
    """A descriptor that is watched: what for, what the program wants told, and at which change it was told last."""

    file: OpenFile
    events: int
    data: int
    told: int = -1

    def found(self) -> int:
        """Return the events to tell now."""
        events = self.file.readiness() & (self.events | _ALWAYS)
        return 0 if self.events & EPOLLET and self.told == self.file.changes else events


class Epoll(OpenFile):
    """An epoll descriptor; `interests` in the order they were added."""

    def __init__(self) -> None:
        self.interests: dict[int, Interest] = {}

    def readiness(self) -> int:
        """Readable where something is to be told."""
        return POLLIN if any(i.found() for i in self.interests.values()) else 0

    def take(self, most: int) -> list[tuple[int, int]]:
        """Return up to `most` pairs of events and data, those told longest ago first."""
        told: list[tuple[int, int]] = []
        for fd, interest in list(self.interests.items()):
            events = interest.found()
            if not events or len(told) == most:
                continue
            told.append((events, interest.data))
            interest.told = interest.file.changes
            if interest.events & EPOLLONESHOT:
                interest.events = 0
            self.interests[fd] = self.interests.pop(fd)
        return told
