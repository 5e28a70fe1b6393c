"""Values with C types, and what C does to them: conversions, arithmetic, pointers, arrays, members.

A value is in memory (`address`), and read when it is needed, or its bytes are given. Integer arithmetic is C's on
x86-64; overflow wraps as it does in gdb. Floating point results are computed as double, then rounded.
"""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from stackreel.binary.types import (
    Array,
    Base,
    Enum,
    FunctionType,
    Member,
    Pointer,
    Struct,
    Type,
    Void,
    strip,
    type_name,
)
from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.program import INT, pointer_to
from stackreel.frames.numbers import BFLOAT, QUADRUPLE, interchange
from stackreel.frames.numbers import real as read_real
from stackreel.frames.values import Missing

CHAR = Base("char", 1, "signed char")
LONG = Base("long", 8, "signed")
UNSIGNED = Base("unsigned int", 4, "unsigned")
UNSIGNED_LONG = Base("unsigned long", 8, "unsigned")
FLOAT = Base("float", 4, "float")
DOUBLE = Base("double", 8, "float")
BOOL = Base("bool", 1, "boolean")
VOID = Void()


@dataclass(frozen=True)
class Value:
    """A value of a type. `data` None: it is memory at `address`, not read yet.

    `register` names the register it is in. `bits` is the bit-field it is, of the structure in `data`. `missing` are
    offsets of bytes that are optimized out.
    """

    type: Type
    data: bytes | None = None
    address: int | None = None
    register: str = ""
    bits: Member | None = None
    missing: Missing = field(default_factory=dict)


def whole(value: int, type_: Type = INT) -> Value:
    """Return an integer or pointer of a type, cut to its size."""
    size = type_.size
    return Value(type_, (value & ((1 << (8 * size)) - 1)).to_bytes(size, "little"))


def real(value: float, type_: Type = DOUBLE) -> Value:
    """Return a floating point value of a type."""
    inner = strip(type_)
    if interchange(inner.size, inner.name if isinstance(inner, Base) else "") in (BFLOAT, QUADRUPLE):
        raise unrecorded(f"a replay does not compute numbers of type {type_name(type_)}")
    return Value(type_, _packed(value, type_.size))


_FLOATS = {2: "<e", 4: "<f", 8: "<d"}


def _packed(value: float, size: int) -> bytes:
    if size in _FLOATS:
        try:
            return struct.pack(_FLOATS[size], value)
        except OverflowError:
            return struct.pack(_FLOATS[size], math.copysign(math.inf, value))
    if value == 0 or not math.isfinite(value):
        exponent = 0x7FFF if value else 0
        mantissa = 0 if not value else (1 << 63) | ((1 << 62) if math.isnan(value) else 0)
    else:
        fraction, power = math.frexp(abs(value))
        mantissa, exponent = int(math.ldexp(fraction, 64)), power + 16382
    sign = 0x8000 if math.copysign(1, value) < 0 else 0
    return struct.pack("<QH", mantissa, sign | exponent).ljust(size, b"\0")


def unpacked(type_: Type, data: bytes) -> float:
    """Return the number that a floating point type holds; one that no double holds is rounded."""
    inner = strip(type_)
    return read_real(data, inner.name if isinstance(inner, Base) else "")


def is_integer(type_: Type) -> bool:
    """Whether C's integer operators take the type."""
    inner = strip(type_)
    return isinstance(inner, Enum) or (isinstance(inner, Base) and inner.encoding not in ("float", "complex"))


def is_real(type_: Type) -> bool:
    """Whether it is a floating point type."""
    inner = strip(type_)
    return isinstance(inner, Base) and inner.encoding == "float"


def is_signed(type_: Type) -> bool:
    """Whether an integer type has a sign."""
    inner = strip(type_)
    if isinstance(inner, Enum):
        return inner.is_signed
    return isinstance(inner, Base) and inner.encoding in ("signed", "signed char")


def number(type_: Type, data: bytes) -> int:
    """Return the integer or address that `data` holds; of a floating point number the whole part, as a long."""
    if is_real(type_):
        return _truncated(type_, unpacked(type_, data))
    return int.from_bytes(data, "little", signed=is_signed(type_))


def _truncated(type_: Type, value: float) -> int:
    """Return a number as a long, as gdb does: what is too large is the largest one.

    What is not a number is that too; in the formats that the processor's own instructions do not have it is 0.
    """
    if value < -(1 << 63):
        return -(1 << 63)
    if math.isnan(value):
        inner = strip(type_)
        form = interchange(inner.size, inner.name if isinstance(inner, Base) else "")
        return 0 if inner.size == 2 or form is QUADRUPLE else (1 << 63) - 1
    return int(value) if value < 1 << 63 else (1 << 63) - 1


def promoted(type_: Type) -> Type:
    """Return the type C's integer promotions give: gdb gives an enum its unsigned int too."""
    inner = strip(type_)
    if inner.size < 4:
        return INT
    if isinstance(inner, Enum):
        return INT if inner.is_signed else UNSIGNED
    return type_


def common(left: Type, right: Type) -> Type:
    """Return the type two arithmetic operands are converted to."""
    if is_real(left) or is_real(right):
        reals = [t for t in (left, right) if is_real(t)]
        return max(reals, key=lambda t: strip(t).size)
    a, b = promoted(left), promoted(right)
    size = max(a.size, b.size)
    unsigned = any(t.size == size and not is_signed(t) for t in (a, b))
    if size > 8:
        return a if a.size == size else b
    if size == 8:
        return UNSIGNED_LONG if unsigned else LONG
    return UNSIGNED if unsigned else INT


_INTEGER: Mapping[str, Callable[[int, int], int]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul,
    "&": operator.and_, "|": operator.or_, "^": operator.xor,
}  # fmt: skip
_REAL: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul,
}  # fmt: skip
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip


def integers(sign: str, left: int, right: int, type_: Type) -> Value:
    """Apply an integer operator; the result is cut to `type_`."""
    if sign in ("/", "%"):
        if not right:
            raise GdbError("Division by zero")
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return whole(quotient if sign == "/" else left - quotient * right, type_)
    if sign in ("<<", ">>"):
        return whole(_shifted(sign, left, right, 8 * type_.size), type_)
    return whole(_INTEGER[sign](left, right), type_)


def _shifted(sign: str, left: int, right: int, bits: int) -> int:
    if not 0 <= right < bits:
        return -1 if sign == ">>" and left < 0 and right > 0 else 0
    return left << right if sign == "<<" else left >> right


def reals(sign: str, left: float, right: float, type_: Type) -> Value:
    """Apply an operator to floating point numbers."""
    if sign == "/":
        if not right:
            nan = math.isnan(left) or not left
            return real(-math.nan if nan else math.copysign(math.inf, left) * math.copysign(1, right), type_)
        return real(left / right, type_)
    if sign not in _REAL:
        raise GdbError("Integer-only operation attempted on a floating point value")
    return real(_REAL[sign](left, right), type_)


def target(type_: Type) -> Type | None:
    """Return what a pointer or array of this type has as elements; None for other types."""
    inner = strip(type_)
    if isinstance(inner, Pointer):
        return inner.target
    if isinstance(inner, Array):
        return element(inner)
    return None


def element(array: Array) -> Type:
    """Return the type of an array's elements: for several dimensions an array of one less."""
    if len(array.counts) < 2:
        return array.element
    return Array(array.element, array.counts[1:], array.is_vector)


def stride(type_: Type) -> int:
    """Return by how much adding 1 moves a pointer to `type_`; 1 for void and functions, as in GNU C."""
    inner = strip(type_)
    return 1 if isinstance(inner, Void | FunctionType) else max(inner.size, 1)


def members(struct_: Struct, name: str) -> Member | None:
    """Return the member of this name, also one of an anonymous member, with its offset in `struct_`."""
    for member in struct_.members:
        if member.name == name:
            return member
        inner = strip(member.type)
        if not member.name and isinstance(inner, Struct):
            found = members(inner, name)
            if found is not None:
                return Member(
                    found.name, found.type, member.offset + found.offset, found.bits, found.bit_offset
                )
    return None


def as_pointer(type_: Type) -> Pointer:
    """Return the type of a pointer to `type_`."""
    return pointer_to(type_)
