"""Instructions that the emulator asks about: what this CPU and this kernel answer to them."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

from unicorn import x86_const

from stackreel.machine import cpuid
from stackreel.machine.outcomes import Refused

if TYPE_CHECKING:
    from stackreel.machine.engine import Engine

_INSTRUCTION = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_IN = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_void_p)
_OUT = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint32, ctypes.c_void_p
)
_CPUID_RESULTS = (
    x86_const.UC_X86_REG_RAX,
    x86_const.UC_X86_REG_RBX,
    x86_const.UC_X86_REG_RCX,
    x86_const.UC_X86_REG_RDX,
)


class Special:
    """The answers of one engine; made once, it hooks the instructions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        for number, function in (
            (x86_const.UC_X86_INS_SYSCALL, _INSTRUCTION(self._on_syscall)),
            (x86_const.UC_X86_INS_SYSENTER, _INSTRUCTION(self._on_sysenter)),
            (x86_const.UC_X86_INS_CPUID, _INSTRUCTION(self._on_cpuid)),
            (x86_const.UC_X86_INS_RDTSC, _INSTRUCTION(self._on_rdtsc)),
            (x86_const.UC_X86_INS_RDTSCP, _INSTRUCTION(self._on_rdtsc)),
            (x86_const.UC_X86_INS_IN, _IN(self._on_in)),
            (x86_const.UC_X86_INS_OUT, _OUT(self._on_out)),
        ):
            engine.hook_instruction(number, function)

    def _on_syscall(self, _uc: int, _user: int) -> int:
        self._engine.system_call()
        return 0

    def _on_sysenter(self, _uc: int, _user: int) -> int:
        if self._engine.is_over:
            return 0
        raise Refused("sysenter: the system calls of 32-bit programs")

    def _on_cpuid(self, _uc: int, _user: int) -> int:
        get = self._engine.get
        leaf, subleaf = (get(r) & 0xFFFF_FFFF for r in (x86_const.UC_X86_REG_RAX, x86_const.UC_X86_REG_RCX))
        for register, value in zip(_CPUID_RESULTS, cpuid.cpuid(leaf, subleaf), strict=True):
            self._engine.set(register, value)
        return 1

    def _on_rdtsc(self, _uc: int, _user: int) -> int:
        ticks = self._engine.tsc()
        self._engine.set(x86_const.UC_X86_REG_RAX, ticks & 0xFFFF_FFFF)
        self._engine.set(x86_const.UC_X86_REG_RDX, ticks >> 32)
        return 1

    def _on_in(self, _uc: int, _port: int, _size: int, _user: int) -> int:
        self._engine.refuse_port()
        return 0

    def _on_out(self, _uc: int, _port: int, _size: int, _value: int, _user: int) -> None:
        self._engine.refuse_port()
