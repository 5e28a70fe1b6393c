"""Operators on typed values: what C and gdb make of their operands' types.

The scope is needed to read operands that are in memory. Operators that would change the program raise
UnrecordedError: a replay shows a recorded run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from stackreel.binary.types import Array, Base, FunctionType, Pointer, Struct, Type, Void, strip
from stackreel.claims.gdb.answers import GdbError, UnrecordedError
from stackreel.claims.gdb.program import DATA, INT, pointer_to
from stackreel.claims.gdb.scope import Scope
from stackreel.claims.gdb.typed import (
    BOOL,
    COMPARISONS,
    LONG,
    UNSIGNED,
    UNSIGNED_LONG,
    Value,
    common,
    element,
    integers,
    is_integer,
    is_real,
    number,
    promoted,
    real,
    reals,
    stride,
    target,
    unpacked,
    whole,
)
from stackreel.frames.values import field_bytes

_REPEATS_LIMIT = 1 << 20
_MASK = (1 << 64) - 1
_NO_PLACE = "Attempt to take address of value not located in memory."


def as_address(found: Value, scope: Scope) -> int:
    """Return a value as an address."""
    inner = strip(found.type)
    if found.type != DATA and isinstance(inner, FunctionType | Array) and found.address is not None:
        return found.address
    if isinstance(inner, FunctionType) and found.address is None:
        raise GdbError(_NO_PLACE)
    return as_integer(found, scope) & _MASK


def as_integer(found: Value, scope: Scope) -> int:
    """Return a value as a number: of a floating point one the whole part."""
    if isinstance(strip(found.type), Struct | Void):
        raise GdbError("Value can't be converted to integer.")
    return number(found.type, scope.known_data(found))


def pointed(pointer: Value, scope: Scope) -> Value:
    """Return what a pointer points at."""
    return Value(target(pointer.type) or Void(), None, as_address(pointer, scope))


def _decayed(found: Value) -> Value:
    """Return an array in memory or a function as a pointer, as C's operators take it."""
    inner = strip(found.type)
    if found.address is not None and isinstance(inner, Array):
        return whole(found.address, pointer_to(element(inner)))
    if found.address is not None and isinstance(inner, FunctionType) and found.type != DATA:
        return whole(found.address, pointer_to(found.type))
    return found


def binary(sign: str, left: Value, right: Value, scope: Scope) -> Value:
    """Apply an operator of two operands that are both evaluated."""
    left, right = _decayed(left), _decayed(right)
    kinds = [strip(side.type) for side in (left, right)]
    if any(isinstance(kind, Struct) for kind in kinds):
        raise GdbError(f"Structure has no component named operator{sign}.")
    if any(isinstance(kind, Void) for kind in kinds):
        return _void(sign, kinds, scope)
    if any(isinstance(kind, Pointer) for kind in kinds):
        return _pointers(sign, left, right, scope)
    if not all(is_integer(kind) or is_real(kind) for kind in kinds):
        raise GdbError(_NO_NUMBER)
    type_ = common(left.type, right.type)
    if is_real(type_):
        x, y = as_real(left, scope), as_real(right, scope)
        return logical(COMPARISONS[sign](x, y), scope) if sign in COMPARISONS else reals(sign, x, y, type_)
    if sign in ("<<", ">>"):
        type_ = promoted(left.type)
    a, b = (number(side.type, _bits(side, scope)) for side in (left, right))
    return _compared(sign, a, b, type_, scope) if sign in COMPARISONS else integers(sign, a, b, type_)


def _void(sign: str, kinds: Sequence[Type], scope: Scope) -> Value:
    """Apply an operator where an operand has no value: only two that both have none are equal."""
    if sign not in COMPARISONS:
        raise GdbError(_NO_NUMBER)
    if sign not in ("==", "!="):
        raise GdbError("Invalid type combination in ordering comparison.")
    if kinds[0] != kinds[1]:
        raise GdbError("Invalid type combination in equality test.")
    return logical(sign == "==", scope)


def logical(is_true: bool, scope: Scope) -> Value:
    """Return what a comparison gives: an int in C, a bool in Go."""
    return whole(int(is_true), BOOL if scope.is_go else INT)


_NO_NUMBER = "Argument to arithmetic operation not a number or boolean."


def _compared(sign: str, left: int, right: int, type_: Type, scope: Scope) -> Value:
    if type_ in (UNSIGNED, UNSIGNED_LONG):
        mask = (1 << (8 * type_.size)) - 1
        left, right = left & mask, right & mask
    return logical(COMPARISONS[sign](left, right), scope)


def _bits(found: Value, scope: Scope) -> bytes:
    """Return the bytes of a scalar; a bit-field's own."""
    data = scope.known_data(found)
    return data if found.bits is None else field_bytes(found.bits, data)


def as_real(found: Value, scope: Scope) -> float:
    """Return a number as a floating point one."""
    data = _bits(found, scope)
    return unpacked(found.type, data) if is_real(found.type) else float(number(found.type, data))


def _pointers(sign: str, left: Value, right: Value, scope: Scope) -> Value:
    a, b = (as_address(side, scope) for side in (left, right))
    if sign in COMPARISONS:
        return logical(COMPARISONS[sign](a, b), scope)
    both = all(isinstance(strip(side.type), Pointer) for side in (left, right))
    if sign == "-" and both:
        step = stride(target(left.type) or Void())
        difference = (a - b + (1 << 63)) % (1 << 64) - (1 << 63)
        return whole(difference // step, LONG)
    if sign in ("+", "-") and not both:
        pointer, other = (left, right) if isinstance(strip(left.type), Pointer) else (right, left)
        step = stride(target(pointer.type) or Void())
        offset = number(other.type, _bits(other, scope)) * step
        start = as_address(pointer, scope)
        return whole(start + offset if sign == "+" else start - offset, pointer.type)
    return integers(sign, a, b, LONG)


def truth(found: Value, scope: Scope) -> bool:
    """Whether a value is not zero."""
    return bool(as_real(_decayed(found), scope))


def repeated(base: Value, times: Value, scope: Scope) -> Value:
    """Return gdb's `base@times`: an array of objects that lie one after another in memory."""
    if not is_integer(times.type):
        raise GdbError('Non-integral right operand for "@" operator.')
    count = number(times.type, scope.known_data(times))
    if base.address is None or base.bits is not None:
        raise GdbError("Only values in memory can be extended with '@'.")
    if not 0 < count < _REPEATS_LIMIT:
        raise GdbError(f"Invalid number {count} of repetitions.")
    return Value(Array(base.type, (count,)), None, base.address)


def _minus(found: Value, scope: Scope) -> Value:
    if isinstance(strip(found.type), Struct):
        raise GdbError("Structure has no component named operator-.")
    if is_real(found.type):
        return real(0.0 - unpacked(found.type, scope.known_data(found)), found.type)  # so does gdb
    if not is_integer(found.type):
        raise GdbError("Argument to negate operation not a number.")
    return whole(-number(found.type, _bits(found, scope)), promoted(found.type))


def _plus(found: Value, scope: Scope) -> Value:
    if is_real(found.type):
        return Value(found.type, scope.known_data(found))
    if not is_integer(found.type):
        raise GdbError("Argument to positive operation not a number.")
    return whole(number(found.type, _bits(found, scope)), promoted(found.type))


def _complement(found: Value, scope: Scope) -> Value:
    if not is_integer(found.type):
        raise GdbError("Argument to complement operation not an integer, boolean.")
    return whole(~number(found.type, _bits(found, scope)), promoted(found.type))


def _not(found: Value, scope: Scope) -> Value:
    return logical(not as_real(_decayed(found), scope), scope)


def _contents(found: Value, scope: Scope) -> Value:
    inner = strip(found.type)
    if isinstance(inner, FunctionType | Struct) and found.address is None:
        raise GdbError(_NO_PLACE)
    if isinstance(inner, FunctionType) and found.type != DATA:
        return found
    if isinstance(inner, Array):
        return _index_zero(found, inner)
    if isinstance(inner, Pointer) and not isinstance(strip(inner.target), Void):
        return pointed(found, scope)
    if isinstance(inner, Base) and is_integer(inner):
        return Value(LONG, None, as_address(found, scope))
    if isinstance(inner, Struct):
        raise GdbError("Structure has no component named operator*.")
    raise GdbError("Attempt to take contents of a non-pointer value.")


def _index_zero(found: Value, inner: Array) -> Value:
    type_ = element(inner)
    if found.data is not None:
        return Value(type_, found.data[: type_.size])
    return Value(type_, None, found.address)


def address(found: Value, name: str) -> Value:
    """Return `&found`; `name` is the variable's, where it is one. Raises GdbError for what is not in memory."""
    if found.address is not None and found.bits is not None:
        size = max(found.type.size, 1)
        bit = 8 * found.bits.offset + found.bits.bit_offset
        return whole(found.address + bit // (8 * size) * size, pointer_to(found.type))
    if found.address is None:
        if found.register and name:
            held = found.register
            raise GdbError(f'Address requested for identifier "{name}" which is in register ${held}')
        if name:
            raise GdbError(f"Can't take address of \"{name}\" which isn't an lvalue.")
        raise GdbError(_NO_PLACE)
    return whole(found.address, pointer_to(found.type))


def changing(found: Value, scope: Scope) -> Value:
    """Refuse to change the program."""
    raise UnrecordedError("a replay cannot change the program: it shows the run that was recorded")


UNARY: Mapping[str, Callable[[Value, Scope], Value]] = {
    "-": _minus, "+": _plus, "~": _complement, "!": _not, "*": _contents, "++": changing, "--": changing,
}  # fmt: skip
"""The operators of one operand, but `&`, which needs its name."""


def cast(found: Value, type_: Type, scope: Scope) -> Value:
    """Convert a value to a type. Raises GdbError where C has no such conversion."""
    if found.type == DATA:
        return Value(type_, None, found.address)
    inner = strip(type_)
    if isinstance(inner, Void):
        return Value(type_, b"")
    if isinstance(strip(found.type), Void):
        if inner.size != 1 or not isinstance(inner, Base):  # to gdb no value is a byte
            raise GdbError("Invalid cast.")
        return whole(0, type_)
    if isinstance(inner, Struct | Array):
        if strip(found.type) == inner or (strip(found.type).size == inner.size and found.address is not None):
            return Value(type_, found.data, found.address)
        raise GdbError("Invalid cast.")
    found = _decayed(found)
    if isinstance(strip(found.type), Struct | Array):
        raise GdbError("Invalid cast.")
    data = _bits(found, scope)
    if is_real(type_):
        return real(as_real(found, scope), type_)
    plain = number(found.type, data)
    if isinstance(inner, Base) and inner.encoding == "boolean":
        plain = int(bool(plain))
    return whole(plain, type_)
