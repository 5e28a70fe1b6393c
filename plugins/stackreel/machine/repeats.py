"""Repeated string instructions: which they are, and the one time too often that the emulator comes to them."""

from __future__ import annotations

from unicorn import x86_const

from stackreel.machine.process import Process

_PREFIXES = frozenset((0x66, 0x67, 0xF2, 0xF3, 0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65, *range(0x40, 0x50)))
_STRING_OPERATIONS = frozenset((*range(0x6C, 0x70), *range(0xA4, 0xA8), *range(0xAA, 0xB0)))


class Repeats:
    """The repeated string instructions of a process; code that was looked at is taken not to change."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._known: dict[int, bool] = {}

    def is_end(self, address: int) -> bool:
        """Tell whether the instruction, come to again, is over: the emulator comes back with rcx 0, a CPU does not."""
        known = self._known.get(address)
        if known is None:
            known = self._known[address] = _is_repeated(self._process.memory.peek(address, address + 15))
        return known and self._process.engine.get(x86_const.UC_X86_REG_RCX) == 0


def _is_repeated(code: bytes) -> bool:
    repeated = False
    for byte in code:
        if byte in _PREFIXES:
            repeated = repeated or byte in (0xF2, 0xF3)
        else:
            return repeated and byte in _STRING_OPERATIONS
    return False
