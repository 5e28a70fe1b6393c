"""Takes a fresh CPU from ring 0, where Unicorn starts it, to ring 3, so that privileged instructions fault."""

from __future__ import annotations

import struct

from unicorn import x86_const
from unicorn.unicorn_py3.unicorn import Uc

_WORK_PAGE = 0x10000
_USER_CODE, _USER_DATA = 0x33, 0x2B
_CR4_OSFXSR, _CR4_OSXMMEXCPT, _CR4_OSXSAVE = 1 << 9, 1 << 10, 1 << 18
_RESUME_FLAGS = 0x202


def enter_user_mode(uc: Uc) -> None:
    """Go to ring 3 by `iretq`, as a kernel does: writing the selectors alone would leave ring 0's rights."""
    table = bytearray(0x40)
    table[_USER_DATA & 0xF8 : (_USER_DATA & 0xF8) + 8] = _descriptor(0xF3, 0xC)
    table[_USER_CODE & 0xF8 : (_USER_CODE & 0xF8) + 8] = _descriptor(0xFB, 0xA)
    uc.mem_map(_WORK_PAGE, 0x1000)
    uc.mem_write(_WORK_PAGE, bytes(table))
    uc.mem_write(_WORK_PAGE + 0x800, b"\x48\xcf")
    frame = struct.pack("<5Q", 0, _USER_CODE, _RESUME_FLAGS, 0, _USER_DATA)
    uc.mem_write(_WORK_PAGE + 0x900, frame)
    uc.reg_write(x86_const.UC_X86_REG_GDTR, (0, _WORK_PAGE, len(table) - 1, 0))
    cr4 = uc.reg_read(x86_const.UC_X86_REG_CR4)
    cr4 = (cr4 | _CR4_OSFXSR | _CR4_OSXMMEXCPT) & ~_CR4_OSXSAVE
    uc.reg_write(x86_const.UC_X86_REG_CR4, cr4)
    uc.reg_write(x86_const.UC_X86_REG_RSP, _WORK_PAGE + 0x900)
    uc.emu_start(_WORK_PAGE + 0x800, 0, count=1)
    uc.mem_unmap(_WORK_PAGE, 0x1000)
    uc.reg_write(x86_const.UC_X86_REG_FPCW, 0x37F)
    uc.reg_write(x86_const.UC_X86_REG_MXCSR, 0x1F80)


def _descriptor(access: int, flags: int) -> bytes:
    """A flat segment descriptor (Intel SDM volume 3, 3.4.5)."""
    return struct.pack("<HHBBBB", 0xFFFF, 0, 0, access, 0xF | flags << 4, 0)
