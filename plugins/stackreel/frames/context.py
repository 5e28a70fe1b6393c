"""A frame as DWARF expressions see it: registers, memory, CFA, frame base, and how its function was entered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stackreel.binary import Expression, Image, InRegister, VariableInfo, evaluate, frame_base_value
from stackreel.frames.instructions import keeps_frame_pointer
from stackreel.frames.known import Known

_FRAME_POINTER = "rbp"
_SAVED_POINTER = 16
_REGVAL_TYPE = (b"\xa5", b"\xf5")  # DW_OP_regval_type and GNU's; register numbers here are below 128
_REGX = b"\x90"


@dataclass(frozen=True)
class FrameContext:
    """A frame's registers and memory; what is absent is not known.

    `base` is the function's frame base expression, `function_low` its first address. `entry` are the registers at the
    function's entry, where the trace saw it.
    """

    registers: Mapping[str, int]
    known: Known
    canonical: int | None = None
    base: Expression | None = None
    function_low: int = 0
    entry: Mapping[str, int] = field(default_factory=dict)

    def register(self, name: str) -> int | None:
        """Return a register's value."""
        return self.registers.get(name)

    def memory(self, address: int, size: int) -> bytes | None:
        """Return `size` bytes of memory."""
        return self.known.read(address, size)

    def cfa(self) -> int | None:
        """Return the canonical frame address."""
        return self.canonical

    def frame_base(self) -> int | None:
        """Return the frame base.

        Where it is rbp (clang), rbp is the function's only from after the prologue to before the epilogue; the
        place it points at follows from the CFA at every instruction.
        """
        if self.base is None:
            return None
        place = evaluate(self.base, self)
        if place == InRegister(_FRAME_POINTER) and self.canonical is not None:
            code = self.known.read(self.function_low, 8) or b""
            if keeps_frame_pointer(code) is not None:
                return self.canonical - _SAVED_POINTER
        return frame_base_value(self.base, self)

    def entry_value(self, expression: Expression) -> int | None:
        """Return what an expression was when the function was entered."""
        if not self.entry:
            return None
        if expression.code[:1] in _REGVAL_TYPE:  # the register's bits, whatever type they are given
            expression = Expression(_REGX + expression.code[1:2], expression.unit)
        place = evaluate(expression, FrameContext(self.entry, self.known))
        return self.entry.get(place.name) if isinstance(place, InRegister) else None

    def thread_pointer(self) -> int | None:
        """Return the start of the program's thread-local block, which ends at fs_base (ELF TLS, variant II)."""
        base = self.registers.get("fs_base")
        tls = self.known.image.tls
        return None if base is None or tls is None else base - start_below(self.known.image)


@dataclass(frozen=True)
class FrameScope:
    """What is visible in a frame, or in a call inlined there: parameters, then locals, innermost block first.

    `lookup` is an address inside the instruction the frame is in; `context` None where its code is not described.
    """

    function: str
    lookup: int
    visible: tuple[VariableInfo, ...]
    context: FrameContext | None


def start_below(image: Image) -> int:
    """Return how far below the thread pointer the image's thread-local block starts."""
    if image.tls is None:
        return 0
    align = max(image.tls.align, 1)
    return -(-image.tls.memory_size // align) * align
