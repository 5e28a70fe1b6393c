"""Threads as the kernel keeps them: a record each, and the registers of those that do not run."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field

from unicorn import unicorn_const
from unicorn.unicorn_py3.unicorn import UcError, uclib

from stackreel.machine import signals
from stackreel.machine.engine import Engine
from stackreel.machine.outcomes import Waits


class Context:
    """A copy of all registers of the engine: general, segment bases, flags, x87, SSE. Made while it stands still."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine  # keeps it alive: the copy is freed by its library
        self._copy = ctypes.c_void_p()
        _check(uclib.uc_context_alloc(engine.handle, ctypes.byref(self._copy)))
        self.save()

    def save(self) -> None:
        """Take the registers of the engine."""
        _check(uclib.uc_context_save(self._engine.handle, self._copy))

    def restore(self) -> None:
        """Put the registers back into the engine."""
        _check(uclib.uc_context_restore(self._engine.handle, self._copy))

    def __del__(self) -> None:
        """Free the copy."""
        if self._copy:
            uclib.uc_context_free(self._copy)


def _check(status: int) -> None:
    if status != unicorn_const.UC_ERR_OK:
        raise UcError(status)


@dataclass(eq=False)
class Thread:
    """A thread of the process; `context` holds its registers unless it is the one that runs.

    While it waits, `waiting` says for what. When the wait is over it has either a `result` for its system call,
    or is to try it `again`, or a signal ended it: `interrupted` is then what it waited for.
    """

    tid: int
    context: Context | None = None
    name: bytes = b""
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
