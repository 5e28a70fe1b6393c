"""Arithmetic on the typed values of DWARF expressions.

The generic type (None) is an unsigned 64-bit number; divisions and comparisons take it as signed, as gdb does.
Follows DWARF 5 section 2.5.1.4.
"""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Callable, Mapping

from stackreel.binary.types import Base
from stackreel.errors import BinaryError

Item = tuple[int | float, Base | None]

MASK = (1 << 64) - 1
_FLOATS = {4: "<f", 8: "<d"}


class Unknown(Exception):  # noqa: N818 - not an error: a value that is not known here
    """The context does not know a register, memory or the caller's value."""


def signed(item: Item) -> int | float:
    """Return the number an item stands for, the generic type taken as signed."""
    value, base = item
    if base is None:
        return int(value) - (1 << 64) if int(value) >> 63 else value
    return value


def wrap(value: int | float, base: Base | None) -> Item:
    """Bring a number into the range of its type; raises Unknown for what C leaves undefined."""
    if base is not None and base.encoding == "float":
        return _rounded(float(value), base), base
    if isinstance(value, float) and not math.isfinite(value):
        raise Unknown("an infinite number as an integer")
    if base is None:
        return int(value) & MASK, None
    bits = 8 * base.size
    number = int(value) & ((1 << bits) - 1)
    if base.encoding in ("signed", "signed char") and number >> (bits - 1):
        number -= 1 << bits
    return number, base


def _rounded(value: float, base: Base) -> float:
    """Return the number of a floating point type next to a double: what is too large for a float is infinite."""
    if base.size != 4 or not math.isfinite(value):
        return value
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def encode(value: int | float, base: Base) -> bytes:
    """Return a typed value's bytes; raises Unknown for floating point wider than double."""
    if base.encoding == "float":
        if base.size not in _FLOATS:
            raise Unknown(f"a value of type {base.name}")
        return struct.pack(_FLOATS[base.size], _rounded(float(value), base))
    return (int(value) & ((1 << 8 * base.size) - 1)).to_bytes(base.size, "little")


def decode(data: bytes, base: Base) -> Item:
    """Return the typed value that bytes hold; raises Unknown for floating point wider than double."""
    if base.encoding == "float":
        if base.size not in _FLOATS or len(data) != base.size:
            raise Unknown(f"a value of type {base.name}")
        return float(struct.unpack(_FLOATS[base.size], data)[0]), base
    return wrap(int.from_bytes(data[: base.size], "little"), base)


def _in_type(item: Item, base: Base | None) -> Item:
    """Return the operand in the range of the operation's type, where its own differs."""
    return item if item[1] == base else wrap(item[0], base)


def arithmetic(opcode: int, a: Item, b: Item) -> Item:
    """Return `a` and `b` combined by a binary operation of `BINARY`, in the type of `a`."""
    name = BINARY[opcode]
    base = a[1]
    a, b = _in_type(a, base), _in_type(b, base)
    if name == "div" and base is None:
        a, b = (signed(a), None), (signed(b), None)
    if base is not None and base.encoding == "float":
        if name not in _FLOAT_ARITHMETIC:
            raise BinaryError(
                "a DWARF expression is damaged: it computes with bits of a floating point number"
            )
        return wrap(_FLOAT_ARITHMETIC[name](float(a[0]), float(b[0])), base)
    if name in ("div", "mod") and not b[0]:
        raise Unknown("a division by zero")
    return wrap(_INTEGER_ARITHMETIC[name](int(a[0]), int(b[0])), base)


def _quotient(a: int, b: int) -> int:
    """Divide towards zero, as C does."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def _float_quotient(a: float, b: float) -> float:
    """Divide as IEEE 754 says; what is not a number has the sign that x86 gives it."""
    if b:
        return a / b
    if math.isnan(a) or not a:
        return a if math.isnan(a) else -math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _arithmetic_shift(a: int, b: int) -> int:
    return (a - (1 << 64) if a >> 63 else a) >> min(b, 63) if b >= 0 else 0


_INTEGER_ARITHMETIC: Mapping[str, Callable[[int, int], int]] = {
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "plus": operator.add,
    "minus": operator.sub,
    "mul": operator.mul,
    "div": _quotient,
    "mod": operator.mod,
    "shl": lambda a, b: a << b if 0 <= b < 128 else 0,
    "shr": lambda a, b: a >> b if 0 <= b < 128 else 0,
    "shra": _arithmetic_shift,
}
_FLOAT_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "plus": operator.add,
    "minus": operator.sub,
    "mul": operator.mul,
    "div": _float_quotient,
}
BINARY = {
    0x1A: "and",
    0x1B: "div",
    0x1C: "minus",
    0x1D: "mod",
    0x1E: "mul",
    0x21: "or",
    0x22: "plus",
    0x24: "shl",
    0x25: "shr",
    0x26: "shra",
    0x27: "xor",
}
COMPARISONS: Mapping[int, Callable[[float, float], bool]] = {
    0x29: operator.eq,
    0x2A: operator.ge,
    0x2B: operator.gt,
    0x2C: operator.le,
    0x2D: operator.lt,
    0x2E: operator.ne,
}
