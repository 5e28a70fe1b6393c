"""Threads as the kernel keeps them: a record each, and the registers of those that do not run."""

from __future__ import annotations

from dataclasses import dataclass, field

from stackreel.machine import signals
from stackreel.machine.context import Context
from stackreel.machine.outcomes import Waits


@dataclass(eq=False)
class Thread:
    """A thread of the process; `context` holds its registers unless it is the one that runs.

    While it waits, `waiting` says for what. When the wait is over it has either a `result` for its system call,
    or is to try it `again`, or a signal ended it: `interrupted` is then what it waited for.
    """

    tid: int
    context: Context | None = None
    name: bytes = b""
    is_named: bool = False
    blocked: int = 0
    pending: list[signals.SignalInfo] = field(default_factory=list)
    alternate: signals.AlternateStack = signals.NO_ALTERNATE
    clear_tid: int = 0
    waiting: Waits | None = None
    result: int | None = None
    again: bool = False
    interrupted: Waits | None = None
    saved_mask: int | None = None
    pc: int = 0
