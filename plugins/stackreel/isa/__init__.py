"""An instruction set as data: registers, their parts, the ABI's roles. No third-party library, no behaviour."""

from stackreel.isa.model import Isa, Register, SubRegister, SyscallConvention
from stackreel.isa.x86_64 import X86_64

BY_NAME = {X86_64.name: X86_64}

__all__ = ["BY_NAME", "X86_64", "Isa", "Register", "SubRegister", "SyscallConvention"]
