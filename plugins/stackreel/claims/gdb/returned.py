"""What a function left in its result registers, for `finish`: C's, by psABI 3.2.3; to gdb, Go's return nothing."""

from __future__ import annotations

from stackreel.binary.types import Array, Base, FunctionType, Struct, Type, Void, strip
from stackreel.claims.gdb.answers import unrecorded
from stackreel.claims.gdb.stack import GdbFrame
from stackreel.claims.gdb.state import State
from stackreel.claims.gdb.typed import Value, is_real


def returned_by(state: State, frame: GdbFrame) -> Value | None:
    """Return what a function left in its result registers (psABI 3.2.3); None for void, or where it is not known."""
    function = state.program.debug.function_at(frame.lookup)
    if function is None:
        return None
    type_ = state.program.function_type(function)
    if not isinstance(type_, FunctionType) or isinstance(strip(type_.result), Void):
        return None
    result, registers = type_.result, state.frame.registers
    size = result.size
    classes = _classes(result)
    if classes is None:
        return Value(result, state.reader.need(registers["rax"], size), registers["rax"])
    integers, vectors = [registers["rax"], registers["rdx"]], [registers["xmm0"], registers["xmm1"]]
    parts = [(vectors if c == "sse" else integers).pop(0) & (1 << 64) - 1 for c in classes]
    data = b"".join(part.to_bytes(8, "little") for part in parts)[:size]
    return Value(result, data)


def _classes(type_: Type) -> list[str] | None:
    """Return the class of each eightbyte of a result; None where it is returned in memory."""
    inner = strip(type_)
    if isinstance(inner, Base) and inner.encoding == "float" and inner.size > 8:
        raise unrecorded("the value is returned in an x87 register, which a trace does not hold")
    if inner.size > 16:
        return None
    found = ["sse"] * ((inner.size + 7) // 8)
    for offset, part in _scalars(inner, 0):
        if not is_real(part):
            for index in range(offset // 8, (offset + max(part.size, 1) - 1) // 8 + 1):
                found[index] = "integer"
    return found


def _scalars(type_: Type, offset: int) -> list[tuple[int, Type]]:
    inner = strip(type_)
    if isinstance(inner, Struct):
        return [pair for m in inner.members for pair in _scalars(m.type, offset + m.offset)]
    if isinstance(inner, Array):
        size = max(inner.element.size, 1)
        return [pair for at in range(0, inner.size, size) for pair in _scalars(inner.element, offset + at)]
    return [(offset, inner)]
