"""The FXSAVE image of the x87, MMX and SSE registers, 512 bytes (Intel SDM volume 1, 10.5.1)."""

from __future__ import annotations

import struct

from unicorn import x86_const as x86

from stackreel.machine.engine import Engine

SIZE = 512
_MXCSR_MASK = 0xFFFF
_XMM = tuple(x86.UC_X86_REG_XMM0 + n for n in range(16))
_ST = tuple(x86.UC_X86_REG_FP0 + n for n in range(8))


def save(engine: Engine) -> bytes:
    """Return the registers as `fxsave64` stores them."""
    control = engine.get(x86.UC_X86_REG_FPCW)
    status = engine.get(x86.UC_X86_REG_FPSW)
    tags = engine.get(x86.UC_X86_REG_FPTAG)
    mxcsr = engine.get(x86.UC_X86_REG_MXCSR)
    top = status >> 11 & 7
    used = sum(1 << n for n in range(8) if tags >> 2 * n & 3 != 3)
    head = struct.pack("<HHBBHQQII", control, status, used, 0, 0, 0, 0, mxcsr, _MXCSR_MASK)
    registers = b"".join(struct.pack("<QH6x", *engine.uc.reg_read(_ST[(top + n) % 8])) for n in range(8))
    vectors = b"".join(engine.get(r).to_bytes(16, "little") for r in _XMM)
    return (head + registers + vectors).ljust(SIZE, b"\0")


def restore(engine: Engine, image: bytes) -> None:
    """Load the registers as `fxrstor64` does."""
    control, status, used = struct.unpack_from("<HHB", image)
    (mxcsr,) = struct.unpack_from("<I", image, 24)
    top = status >> 11 & 7
    engine.set(x86.UC_X86_REG_FPCW, control)
    engine.set(x86.UC_X86_REG_FPSW, status)
    engine.set(x86.UC_X86_REG_FPTAG, sum(0 if used >> n & 1 else 3 << 2 * n for n in range(8)))
    engine.set(x86.UC_X86_REG_MXCSR, mxcsr & _MXCSR_MASK)
    for n in range(8):
        engine.uc.reg_write(_ST[(top + n) % 8], struct.unpack_from("<QH", image, 32 + 16 * n))
    for n, register in enumerate(_XMM):
        engine.set(register, int.from_bytes(image[160 + 16 * n :][:16], "little"))


def reset(engine: Engine) -> None:
    """Set the state a new process and a signal handler start with."""
    restore(engine, struct.pack("<HH20xI", 0x37F, 0, 0x1F80).ljust(SIZE, b"\0"))
