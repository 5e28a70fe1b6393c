"""Copies of the CPU's whole state, and two words of it that Unicorn has no register for.

The emulator under Unicorn remembers the last fault of the contributory kind (division, protection …; Intel SDM volume
3, 6.15) until the fault is delivered, and takes the next one for a double fault. Under Unicorn no fault is delivered
inside of it, so the memory would last for ever. It knows the error code of the fault as well. Where the two words lie
in the state differs between versions: they are found by two faults in an emulator made for that, and that setting the
first one helps is tried there.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache

from unicorn import unicorn_const as uc_const
from unicorn import x86_const
from unicorn.unicorn_py3.unicorn import Uc, UcError, uclib

CONTRIBUTORY = frozenset((0, 10, 11, 12, 13))
"""Vectors of the faults that make a double fault of the next one."""

_NONE = b"\xff\xff\xff\xff"
_PAGE = 0x1000
_SELECTOR = 0xFFF8
_DIVIDE, _PROTECT = b"\xf7\xf1", b"\x8e\xd8"  # div %ecx by zero; mov %eax,%ds beyond the descriptor table


class Context:
    """A copy of all registers of the engine: general, segment bases, flags, x87, SSE. Made while it stands still."""

    def __init__(self, uc: Uc) -> None:
        self._uc = uc  # keeps it alive: the copy is freed by its library
        self._copy = ctypes.c_void_p()
        _check(uclib.uc_context_alloc(uc._uch, ctypes.byref(self._copy)))
        self.save()

    def save(self) -> None:
        """Take the registers of the engine."""
        _check(uclib.uc_context_save(self._uc._uch, self._copy))

    def restore(self) -> None:
        """Put the registers back into the engine."""
        _check(uclib.uc_context_restore(self._uc._uch, self._copy))

    def contents(self) -> bytes:
        """Return the copy as bytes, its head included."""
        return ctypes.string_at(self._copy, uclib.uc_context_size(self._uc._uch))

    def put(self, offset: int, data: bytes) -> None:
        """Change bytes of the copy."""
        ctypes.memmove((self._copy.value or 0) + offset, data, len(data))

    def __del__(self) -> None:
        """Free the copy."""
        if self._copy:
            uclib.uc_context_free(self._copy)


def forget_fault(context: Context) -> int | None:
    """Make the emulator of this context forget the fault it has seen last; return its error code, None if it cannot."""
    offsets = _fault_offsets()
    if offsets is None:
        return None
    fault, error = offsets
    context.save()
    code = _word(context.contents(), error)
    context.put(fault, _NONE)
    context.restore()
    return code


@lru_cache(maxsize=1)
def _fault_offsets() -> tuple[int, int] | None:
    """Return where the last fault and its error code are remembered; None where that cannot be told.

    The fault is the one word that is -1, 0 after a division, 13 after a protection; the code the one that is 0, 0 and
    the selector that was loaded.
    """
    uc = Uc(uc_const.UC_ARCH_X86, uc_const.UC_MODE_64)
    uc.ctl_set_tcg_buffer_size(1 << 20)
    uc.mem_map(_PAGE, _PAGE)
    uc.mem_write(_PAGE, _DIVIDE + _PROTECT)
    uc.reg_write(x86_const.UC_X86_REG_RAX, _SELECTOR)
    seen: list[int] = []

    def on_interrupt(_uc: Uc, number: int, _data: object) -> None:
        seen.append(number)
        uc.emu_stop()

    uc.hook_add(uc_const.UC_HOOK_INTR, on_interrupt)
    context = Context(uc)
    states = [context.contents()]
    for address in (_PAGE, _PAGE + len(_DIVIDE)):
        context.restore()
        uc.emu_start(address, 0)
        states.append(Context(uc).contents())
    words = {at: tuple(_word(state, at) for state in states) for at in range(0, len(states[0]) - 3, 4)}
    faults = [
        at for at, seen_there in words.items() if seen_there == (int.from_bytes(_NONE, "little"), 0, 13)
    ]
    codes = [at for at, seen_there in words.items() if seen_there == (0, 0, _SELECTOR)]
    if len(faults) != 1 or len(codes) != 1 or seen != [0, 13]:
        return None
    context.save()
    context.put(faults[0], _NONE)
    context.restore()
    uc.emu_start(_PAGE, 0)
    return (faults[0], codes[0]) if seen == [0, 13, 0] else None


def _word(state: bytes, at: int) -> int:
    return int.from_bytes(state[at : at + 4], "little")


def _check(status: int) -> None:
    if status != uc_const.UC_ERR_OK:
        raise UcError(status)
