"""Takes a fresh CPU from ring 0, where Unicorn starts it, to ring 3, so that privileged instructions fault.

Its descriptor table is Linux's (arch/x86/kernel/cpu/common.c), so a selector that a program loads does what it does
there. It lies where no program has memory; pages of the emulator have no owner, so it can be read there, not written.
"""

from __future__ import annotations

import struct

from unicorn import unicorn_const as uc_const
from unicorn import x86_const
from unicorn.unicorn_py3.unicorn import Uc

_TABLE, _WORK_PAGE, _PAGE = 0x5_0000_0000_0000, 0x5_0000_0000_1000, 0x1000
USER_CODE, _USER_DATA = 0x33, 0x2B
_CR4_OSFXSR, _CR4_OSXMMEXCPT, _CR4_OSXSAVE = 1 << 9, 1 << 10, 1 << 18
_RESUME_FLAGS = 0x202
_ENTRIES = 16
_CODE, _DATA, _LONG, _WIDE = 0x9B, 0x93, 0xA, 0xC
_USER, _PAGES = 0x60, 0x8
_DESCRIPTORS = {
    0x08: (_CODE, _WIDE),
    0x10: (_CODE, _LONG),
    0x18: (_DATA, _WIDE),
    0x23: (_CODE | _USER, _WIDE),
    _USER_DATA: (_DATA | _USER, _WIDE),
    USER_CODE: (_CODE | _USER, _LONG),
    0x7B: (0xF5, 0x4),
}
"""Access rights and flags by selector (Intel SDM volume 3, 3.4.5). What else Linux has there no program may load.

The last one's limit is the number of the CPU, which is 0.
"""


def enter_user_mode(uc: Uc) -> None:
    """Go to ring 3 by `iretq`, as a kernel does: writing the selectors alone would leave ring 0's rights."""
    table = bytearray(8 * _ENTRIES)
    for selector, (access, flags) in _DESCRIPTORS.items():
        limit, high = (0xFFFF, 0xF) if flags & _PAGES else (0, 0)
        struct.pack_into("<HHBBBB", table, selector & ~7, limit, 0, 0, access, high | flags << 4, 0)
    uc.mem_map(_TABLE, _PAGE, uc_const.UC_PROT_READ)
    uc.mem_write(_TABLE, bytes(table))
    uc.mem_map(_WORK_PAGE, _PAGE)
    uc.mem_write(_WORK_PAGE, b"\x48\xcf")
    uc.mem_write(_WORK_PAGE + 0x900, struct.pack("<5Q", 0, USER_CODE, _RESUME_FLAGS, 0, _USER_DATA))
    uc.reg_write(x86_const.UC_X86_REG_GDTR, (0, _TABLE, len(table) - 1, 0))
    uc.reg_write(x86_const.UC_X86_REG_LDTR, (0, 0, 0, 0))
    cr4 = uc.reg_read(x86_const.UC_X86_REG_CR4)
    cr4 = (cr4 | _CR4_OSFXSR | _CR4_OSXMMEXCPT) & ~_CR4_OSXSAVE
    uc.reg_write(x86_const.UC_X86_REG_CR4, cr4)
    uc.reg_write(x86_const.UC_X86_REG_RSP, _WORK_PAGE + 0x900)
    uc.emu_start(_WORK_PAGE, 0, count=1)
    uc.mem_unmap(_WORK_PAGE, _PAGE)
    uc.reg_write(x86_const.UC_X86_REG_FPCW, 0x37F)
    uc.reg_write(x86_const.UC_X86_REG_MXCSR, 0x1F80)
