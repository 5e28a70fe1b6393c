"""`in`, `out` and their string forms, which Linux lets no program use: a protection fault (Intel SDM volume 1, 19.5.1).

The emulator allows them. It asks about one in the middle of a block of instructions and executes the rest of the block
whatever the answer is. So the CPU is kept as it is at the instruction, nothing may be written from there on, and
afterwards both are put back. What it does before it asks stays: `ins` has written zero by then, and a string
instruction that is repeated no times is not asked about at all, where a CPU raises the fault.
"""

from __future__ import annotations

import re

from unicorn import unicorn_const as uc_const
from unicorn import x86_const
from unicorn.unicorn_py3.unicorn import Uc

from stackreel.machine.context import Context
from stackreel.machine.outcomes import Refused

_PAGE, _LONGEST = 0x1000, 15
_STRING = re.compile(rb"[\x26\x2e\x36\x3e\x64-\x67\xf2\xf3]*[\x40-\x4f]?([\x6c-\x6f])", re.DOTALL)
_INS = b"\x6c", b"\x6d"


class Standstill:
    """The CPU and the memory as they are at an instruction while the emulator goes on behind it, until `end`."""

    def __init__(self, uc: Uc, state: Context) -> None:
        self._uc, self._state = uc, state
        state.save()
        self.address = int(uc.reg_read(x86_const.UC_X86_REG_RIP))
        self._writable = [
            (low, high + 1 - low, kind)
            for low, high, kind in uc.mem_regions()
            if kind & uc_const.UC_PROT_WRITE
        ]
        for low, size, kind in self._writable:
            uc.mem_protect(low, size, kind & ~uc_const.UC_PROT_WRITE)
        if string_operation(uc, self.address) in _INS:
            raise Refused(
                "ins: the emulator writes to memory before it asks whether the program may use a port"
            )

    def end(self) -> None:
        """Put the CPU and the memory back."""
        for low, size, kind in self._writable:
            self._uc.mem_protect(low, size, kind)
        self._state.restore()


def string_operation(uc: Uc, address: int) -> bytes:
    """Return the operation code of the `ins` or `outs` at an address; nothing where there is another instruction."""
    code = bytes(uc.mem_read(address, min(_LONGEST, _PAGE - address % _PAGE)))
    found = _STRING.match(code)
    return found[1] if found else b""
