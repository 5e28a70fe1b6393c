"""The parameters and locals of a frame: where each is now, and its value as gdb's `info locals` prints it.

Trusts DWARF for what is in scope and where; a variable whose place or value is not known is `<optimized out>`, as in
gdb. Values at function entry are taken from the trace where gdb has to find them through the caller.
"""

from __future__ import annotations

from dataclasses import dataclass

from stackreel.binary import (
    DebugInfo,
    InMemory,
    InRegister,
    OptimizedOut,
    Piece,
    Pieces,
    Place,
    Value,
    VariableInfo,
    evaluate,
    resolve,
)
from stackreel.binary.types import Type, type_name
from stackreel.frames.context import FrameContext
from stackreel.frames.layout import Placed
from stackreel.frames.model import Role, Variable
from stackreel.frames.values import OPTIMIZED_OUT, SYNTHETIC_POINTER, Missing, format_value


@dataclass(frozen=True)
class Found:
    """A variable of a frame, and its place where that is memory of this call alone."""

    variable: Variable
    placed: Placed | None


def variables(debug: DebugInfo, lookup: int, level: int, context: FrameContext) -> tuple[Found, ...]:
    """Return what is visible at `lookup`; `level` counts inlined calls from the innermost, as `scope` does."""
    return tuple(_find(info, context, lookup) for info in debug.scope(lookup, level))


def _find(info: VariableInfo, context: FrameContext, pc: int) -> Found:
    type_ = resolve(info.type, context, pc)
    place = info.place(context)
    address = place.address if isinstance(place, InMemory) else None
    variable = Variable(
        name=info.name,
        type=type_name(type_),
        value=_value(info.name, type_, place, context),
        size=type_.size,
        address=address,
        register=place.name if isinstance(place, InRegister) else None,
        is_parameter=info.is_parameter,
    )
    placed = None
    slot = _home(info, context) if address is None else address
    if slot is not None and not info.is_static and type_.size:
        role: Role = "parameter" if info.is_parameter else "local"
        placed = Placed(info.name, type_, slot, type_.size, role, info.is_result)
    return Found(variable, placed)


def _home(info: VariableInfo, context: FrameContext) -> int | None:
    """Return the address of the slot a parameter is spilled to while its value is elsewhere."""
    place = evaluate(info.home, context) if info.home is not None else None
    return place.address if isinstance(place, InMemory) else None


def _value(name: str, type_: Type, place: Place, context: FrameContext) -> str:
    size = type_.size
    if isinstance(place, OptimizedOut):
        return _lost(place)
    raw, missing = contents(place, size, context)
    if missing:
        return format_value(type_, raw, context.known, missing)
    if raw is None:
        if isinstance(place, InMemory):
            return f"<error reading variable {name} (Cannot access memory at address {place.address:#x})>"
        return OPTIMIZED_OUT
    return format_value(type_, raw, context.known)


def contents(place: Place, size: int, context: FrameContext) -> tuple[bytes | None, Missing]:
    """Return the bytes of a variable of `size` bytes, None where they are not known, and which parts are not."""
    if isinstance(place, Pieces):
        return _assemble(place, size, context)
    return _bytes(place, 0, size, context), {}


def _bytes(
    place: InMemory | InRegister | Value | OptimizedOut, offset: int, size: int, context: FrameContext
) -> bytes | None:
    """Return `size` bytes from byte `offset` of a place on."""
    if isinstance(place, InMemory):
        return context.known.read(place.address + offset, size)
    if isinstance(place, InRegister):
        value = context.register(place.name)
        return (
            None
            if value is None
            else (value >> (8 * offset)).to_bytes(32, "little")[:size].ljust(size, b"\0")
        )
    if isinstance(place, Value):
        return place.to_bytes(offset + size)[offset:]
    return None


def _assemble(place: Pieces, size: int, context: FrameContext) -> tuple[bytes, Missing]:
    """Put pieces together bit by bit; what is not known is zero, and named as missing."""
    total, at = 0, 0
    missing: dict[int, str] = {}
    for piece in place.pieces:
        value = _bits(piece, context)
        if value is None:
            why = _lost(piece.place) if isinstance(piece.place, OptimizedOut) else OPTIMIZED_OUT
            missing |= dict.fromkeys(range(at // 8, min((at + piece.bits + 7) // 8, size)), why)
        else:
            total |= value << at
        at += piece.bits
    missing |= dict.fromkeys(range(at // 8, size), OPTIMIZED_OUT)
    data = (total & ((1 << (8 * size)) - 1)).to_bytes(size, "little")
    return data, missing


def _lost(place: OptimizedOut) -> str:
    """Return what gdb writes for a value that is not there; of an implicit pointer only what it points to is known."""
    return SYNTHETIC_POINTER if place.reason == "synthetic pointer" else OPTIMIZED_OUT


def _bits(piece: Piece, context: FrameContext) -> int | None:
    raw = _bytes(piece.place, 0, (piece.offset + piece.bits + 7) // 8, context)
    if raw is None:
        return None
    return int.from_bytes(raw, "little") >> piece.offset & ((1 << piece.bits) - 1)
