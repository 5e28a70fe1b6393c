"""What a system call or an event may lead to besides a result: raised, and handled in one place each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stackreel.machine.linux import Errno
from stackreel.machine.model import Ending


class LinuxError(Exception):
    """A system call failed with this error number; the table turns it into the negative result."""

    def __init__(self, errno: Errno) -> None:
        super().__init__(errno.name)
        self.errno = errno


class LimitReached(Exception):  # noqa: N818 - not an error of the program: the run is over
    """A bound of the run is reached; `detail` names it and how to raise it."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Refused(Exception):  # noqa: N818 - a feature this process does not have, told to the author
    """The program needs something this process does not have; `detail` names it."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Finished(Exception):  # noqa: N818 - the end of a run is no error
    """The program is over; `ending` says how."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.reason)
        self.ending = ending


@dataclass(eq=False)
class Waits(Exception):  # noqa: N818 - a thread that waits is no error
    """The system call waits: until `deadline` (nanoseconds of the monotonic clock, None for ever) or a wake-up.

    `word` is the address of a futex it waits at, 0 for none, and `bitset` which wake-ups there it wants;
    `timed_out` is the result when the deadline comes. Where `ready` is given, the call is tried again once that
    is true. After a signal it starts again if it `restarts` and the handler has SA_RESTART; otherwise the time left
    is written to `left_at`, where that is not 0.
    """

    deadline: int | None
    word: int = 0
    bitset: int = 0xFFFF_FFFF
    timed_out: int = 0
    ready: Callable[[], bool] | None = None
    restarts: bool = False
    left_at: int = 0
    what: str = ""
