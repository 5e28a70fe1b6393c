"""System calls: a table from Linux's number to one small function each.

A function takes the process and six arguments (unsigned 64-bit), and returns the result, or None where it has
set the registers itself. It raises LinuxError for an error number and Waits where the thread waits. A number
that is not in the table returns ENOSYS and is noted in the run's report; so are calls refused on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from stackreel.machine.linux import Errno
from stackreel.machine.outcomes import LinuxError
from stackreel.machine.syscalls import (
    clocks,
    descriptors,
    ids,
    mapping,
    paths,
    polling,
    signalling,
    sync,
    threads,
    timers,
)
from stackreel.machine.syscalls.names import NAMES, REFUSED

if TYPE_CHECKING:
    from stackreel.machine.process import Process

Arguments = tuple[int, int, int, int, int, int]
Function = Callable[["Process", Arguments], "int | None"]

TABLE: Mapping[int, Function] = {
    **mapping.TABLE,
    **descriptors.TABLE,
    **paths.TABLE,
    **polling.TABLE,
    **ids.TABLE,
    **clocks.TABLE,
    **timers.TABLE,
    **threads.TABLE,
    **sync.TABLE,
    **signalling.TABLE,
}


def call(process: Process, number: int, arguments: Arguments) -> int | None:
    """Do one system call. Raises LinuxError, Waits, and what ends the run."""
    function = TABLE.get(number)
    if function is not None:
        return function(process, arguments)
    name = NAMES.get(number, "unknown")
    if number in REFUSED:
        errno, why = REFUSED[number]
        process.note(f"system call {number} ({name}) refused with {errno.name}: {why}")
        raise LinuxError(errno)
    process.note(f"system call {number} ({name}) is not implemented; it returned ENOSYS")
    raise LinuxError(Errno.ENOSYS)
