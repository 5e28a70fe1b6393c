"""Evaluating a gdb expression in a scope: one small function a kind of node, found in a table.

Nothing is changed but convenience variables: a replay shows a recorded run, so that assignments to the program and
calls of its functions raise UnrecordedError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from stackreel.binary.types import Array, Base, FunctionType, Pointer, Struct, Type, Void, strip
from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.program import DATA, INT, pointer_to
from stackreel.claims.gdb.scope import Scope
from stackreel.claims.gdb.syntax import Node, parse
from stackreel.claims.gdb.typed import (
    CHAR,
    COMPARISONS,
    DOUBLE,
    FLOAT,
    LONG,
    UNSIGNED,
    UNSIGNED_LONG,
    Value,
    common,
    element,
    integers,
    is_integer,
    is_real,
    members,
    number,
    promoted,
    real,
    reals,
    stride,
    target,
    unpacked,
    whole,
)

_ESCAPES = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27}
_REPEATS_LIMIT = 1 << 20


def evaluate(text: str, scope: Scope) -> Value:
    """Return the value of an expression. Raises GdbError with gdb's message; UnrecordedError."""
    node = parse(text, scope.is_type)
    if node.kind == "type":
        raise GdbError("Attempt to use a type name as an expression")
    return value(node, scope)


def address_of(text: str, scope: Scope) -> int:
    """Return the address an expression means: its value, of a function its start, of an array its place."""
    return as_address(evaluate(text, scope), scope)


def as_address(found: Value, scope: Scope) -> int:
    """Return a value as an address."""
    inner = strip(found.type)
    if found.type != DATA and isinstance(inner, FunctionType | Array) and found.address is not None:
        return found.address
    return number(found.type, scope.known_data(found)) & (1 << 64) - 1


def value(node: Node, scope: Scope) -> Value:
    """Evaluate a node."""
    return _NODES[node.kind](node, scope)


# --- leaves ------------------------------------------------------------------------------------------------------


def _number(node: Node, _scope: Scope) -> Value:
    text = node.text.lower()
    if not text.startswith("0x") and re.search(r"[.e]", text):
        return _real_literal(node.text)
    digits = text.rstrip("ul")
    suffix = text[len(digits) :]
    octal = len(digits) > 1 and digits[0] == "0" and not digits.startswith("0x")
    try:
        found = int(digits, 8 if octal else 0)
    except ValueError:
        raise GdbError(f'Invalid number "{node.text}".') from None
    if found >> 64:
        raise GdbError("Numeric constant too large.")
    return whole(found, _literal_type(found, suffix, is_decimal=digits[0] != "0" or found == 0))


def _literal_type(found: int, suffix: str, *, is_decimal: bool) -> Type:
    """Return the first of C's types for a literal that holds it."""
    is_long, is_unsigned = "l" in suffix, "u" in suffix
    candidates = ((INT, 31), (UNSIGNED, 32), (LONG, 63), (UNSIGNED_LONG, 64))
    for type_, bits in candidates:
        unsigned = type_ in (UNSIGNED, UNSIGNED_LONG)
        if (is_long and type_.size < 8) or (is_unsigned and not unsigned):
            continue
        if unsigned and is_decimal and not is_unsigned and bits < 64:
            continue
        if not found >> bits:
            return type_
    return UNSIGNED_LONG


def _real_literal(text: str) -> Value:
    body = text.rstrip("fFlL")
    try:
        found = float(body)
    except ValueError:
        raise GdbError(f'Invalid number "{text}".') from None
    suffix = text[len(body) :].lower()
    types = {"f": FLOAT, "l": Base("long double", 16, "float")}
    return real(found, types.get(suffix, DOUBLE))


def _unescaped(body: str) -> bytes:
    found, at = bytearray(), 0
    while at < len(body):
        if body[at] != "\\":
            found += body[at].encode()
            at += 1
            continue
        octal = re.match(r"\\([0-7]{1,3})", body[at:])
        if octal:
            found.append(int(octal.group(1), 8) & 0xFF)
            at += octal.end()
        else:
            following = body[at + 1 : at + 2]
            found += bytes((_ESCAPES[following],)) if following in _ESCAPES else following.encode()
            at += 2
    return bytes(found)


def _character(node: Node, _scope: Scope) -> Value:
    data = _unescaped(node.text[1:-1])
    if not data:
        raise GdbError("Empty character constant.")
    if len(data) > 1:
        raise GdbError("Invalid character constant.")
    return Value(CHAR, data)


def _string(node: Node, _scope: Scope) -> Value:
    data = _unescaped(node.text[1:-1]) + b"\0"
    return Value(Array(CHAR, (len(data),)), data)


def _member(node: Node, scope: Scope) -> Value:
    base = value(node.operands[0], scope)
    if isinstance(strip(base.type), Pointer):
        base = _pointed(base, scope)
    inner = strip(base.type)
    if not isinstance(inner, Struct):
        pointer = " pointer" if node.type is not None and node.type.words == ("->",) else ""
        raise GdbError(f"Attempt to extract a component of a value that is not a structure{pointer}.")
    found = members(inner, node.text)
    if found is None:
        raise GdbError(f"There is no member named {node.text}.")
    if found.bits is not None:
        return Value(found.type, scope.data(base), base.address, bits=found)
    if base.data is None:
        return Value(found.type, None, (base.address or 0) + found.offset)
    end = found.offset + found.type.size
    missing = {at - found.offset: why for at, why in base.missing.items() if found.offset <= at < end}
    return Value(found.type, base.data[found.offset : end], missing=missing)


def _pointed(pointer: Value, scope: Scope) -> Value:
    return Value(target(pointer.type) or Void(), None, as_address(pointer, scope))


def _index(node: Node, scope: Scope) -> Value:
    base, at = (value(n, scope) for n in node.operands)
    inner = strip(base.type)
    if not isinstance(inner, Pointer | Array):
        from_name = _c_name(base.type)
        raise GdbError(f"cannot subscript something of type `{from_name}'")
    index = number(at.type, scope.known_data(at))
    type_ = target(base.type) or Void()
    if isinstance(inner, Array) and base.data is not None:
        count = inner.counts[0]
        if not 0 <= index < (count if isinstance(count, int) else 0):
            raise GdbError("no such vector element" if inner.is_vector else f"no such element {index}")
        return Value(type_, base.data[index * type_.size : (index + 1) * type_.size])
    start = base.address if isinstance(inner, Array) else as_address(base, scope)
    return Value(type_, None, ((start or 0) + index * stride(type_)) & (1 << 64) - 1)


def _c_name(type_: Type) -> str:
    from stackreel.binary.types import type_name  # noqa: PLC0415

    return type_name(type_)


# --- operators ---------------------------------------------------------------------------------------------------


def _decayed(found: Value) -> Value:
    """Return an array in memory or a function as a pointer, as C's operators take it."""
    inner = strip(found.type)
    if found.address is not None and isinstance(inner, Array):
        return whole(found.address, pointer_to(element(inner)))
    if found.address is not None and isinstance(inner, FunctionType) and found.type != DATA:
        return whole(found.address, pointer_to(found.type))
    return found


def _binary(node: Node, scope: Scope) -> Value:
    if node.text in ("&&", "||"):
        first = _truth(node.operands[0], scope)
        if first == (node.text == "||"):
            return whole(int(first))
        return whole(int(_truth(node.operands[1], scope)))
    if node.text == "@":
        return _repeated(node, scope)
    left, right = (_decayed(value(n, scope)) for n in node.operands)
    for side in (left, right):
        if isinstance(strip(side.type), Struct):
            raise GdbError(f"Structure has no component named operator{node.text}.")
    if any(isinstance(strip(side.type), Pointer) for side in (left, right)):
        return _pointers(node.text, left, right, scope)
    for side in (left, right):
        if not is_integer(side.type) and not is_real(side.type):
            raise GdbError("Argument to arithmetic operation not a number or boolean.")
    type_ = common(left.type, right.type)
    if is_real(type_):
        a, b = (_as_real(side, scope) for side in (left, right))
        if node.text in COMPARISONS:
            return whole(int(COMPARISONS[node.text](a, b)))
        return reals(node.text, a, b, type_)
    if node.text in ("<<", ">>"):
        type_ = promoted(left.type)
    x, y = (number(side.type, _bits(side, scope)) for side in (left, right))
    if node.text in COMPARISONS:
        size = 8 * type_.size
        if type_ in (UNSIGNED, UNSIGNED_LONG):
            x, y = x & (1 << size) - 1, y & (1 << size) - 1
        return whole(int(COMPARISONS[node.text](x, y)))
    return integers(node.text, x, y, type_)


def _bits(found: Value, scope: Scope) -> bytes:
    """Return the bytes of a scalar; a bit-field's own."""
    data = scope.known_data(found)
    if found.bits is None:
        return data
    width = found.bits.bits or 0
    raw = int.from_bytes(data[found.bits.offset :], "little") >> found.bits.bit_offset & ((1 << width) - 1)
    if number(found.type, b"\xff" * found.type.size) < 0 and width and raw >> (width - 1):
        raw -= 1 << width
    size = found.type.size
    return (raw & ((1 << (8 * size)) - 1)).to_bytes(size, "little")


def _as_real(found: Value, scope: Scope) -> float:
    data = _bits(found, scope)
    return unpacked(data) if is_real(found.type) else float(number(found.type, data))


def _pointers(sign: str, left: Value, right: Value, scope: Scope) -> Value:
    a, b = (as_address(side, scope) for side in (left, right))
    if sign in COMPARISONS:
        return whole(int(COMPARISONS[sign](a, b)))
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


def _truth(node: Node, scope: Scope) -> bool:
    found = _decayed(value(node, scope))
    return bool(_as_real(found, scope))


def _repeated(node: Node, scope: Scope) -> Value:
    base, times = (value(n, scope) for n in node.operands)
    count = number(times.type, scope.known_data(times))
    if base.address is None or base.bits is not None:
        raise GdbError("Only values in memory can be extended with '@'.")
    if not 0 < count < _REPEATS_LIMIT:
        raise GdbError(f"Invalid number {count} of repetitions.")
    return Value(Array(base.type, (count,)), None, base.address)


def _unary(node: Node, scope: Scope) -> Value:
    found = value(node.operands[0], scope)
    return _address(found, node.operands[0]) if node.text == "&" else _UNARY[node.text](found, scope)


def _arithmetic(found: Value) -> None:
    if isinstance(strip(found.type), Struct):
        raise GdbError("Structure has no component named operator-.")


def _minus(found: Value, scope: Scope) -> Value:
    _arithmetic(found)
    if is_real(found.type):
        return real(-unpacked(scope.known_data(found)), found.type)
    if not is_integer(found.type):
        raise GdbError("Argument to arithmetic operation not a number or boolean.")
    return whole(-number(found.type, _bits(found, scope)), promoted(found.type))


def _plus(found: Value, scope: Scope) -> Value:
    if is_real(found.type):
        return Value(found.type, scope.known_data(found))
    return whole(number(found.type, _bits(found, scope)), promoted(found.type))


def _complement(found: Value, scope: Scope) -> Value:
    if not is_integer(found.type):
        raise GdbError("Argument to complement operation not an integer, boolean.")
    return whole(~number(found.type, _bits(found, scope)), promoted(found.type))


def _not(found: Value, scope: Scope) -> Value:
    return whole(int(not _as_real(_decayed(found), scope)))


def _contents(found: Value, scope: Scope) -> Value:
    inner = strip(found.type)
    if isinstance(inner, FunctionType) and found.type != DATA:
        return found
    if isinstance(inner, Array):
        return _index_zero(found, inner)
    if isinstance(inner, Pointer) and not isinstance(strip(inner.target), Void):
        return _pointed(found, scope)
    if isinstance(inner, Base) and is_integer(inner):
        return Value(LONG, None, as_address(found, scope))
    raise GdbError("Attempt to take contents of a non-pointer value.")


def _index_zero(found: Value, inner: Array) -> Value:
    type_ = element(inner)
    if found.data is not None:
        return Value(type_, found.data[: type_.size])
    return Value(type_, None, found.address)


def _address(found: Value, node: Node) -> Value:
    if found.address is not None and found.bits is not None:
        size = max(found.type.size, 1)
        bit = 8 * found.bits.offset + found.bits.bit_offset
        return whole(found.address + bit // (8 * size) * size, pointer_to(found.type))
    if found.address is None:
        if found.register and node.kind == "name" and not node.text.startswith("$"):
            held = found.register
            raise GdbError(f'Address requested for identifier "{node.text}" which is in register ${held}')
        raise GdbError("Attempt to take address of value not located in memory.")
    return whole(found.address, pointer_to(found.type))


def _changing(found: Value, scope: Scope) -> Value:
    raise _change()


def _change() -> Exception:
    return unrecorded("a replay cannot change the program: it shows the run that was recorded")


_UNARY: Mapping[str, Callable[[Value, Scope], Value]] = {
    "-": _minus, "+": _plus, "~": _complement, "!": _not, "*": _contents,
    "++": _changing, "--": _changing,
}  # fmt: skip


def _cast(node: Node, scope: Scope) -> Value:
    assert node.type is not None
    return cast(value(node.operands[0], scope), scope.type(node.type), scope)


def cast(found: Value, type_: Type, scope: Scope) -> Value:
    """Convert a value to a type. Raises GdbError where C has no such conversion."""
    if found.type == DATA:
        return Value(type_, None, found.address)
    inner = strip(type_)
    if isinstance(inner, Void):
        return Value(type_, b"")
    if isinstance(inner, Struct | Array):
        if strip(found.type) == inner or (strip(found.type).size == inner.size and found.address is not None):
            return Value(type_, found.data, found.address)
        raise GdbError("Invalid cast.")
    found = _decayed(found)
    if isinstance(strip(found.type), Struct | Array):
        raise GdbError("Invalid cast.")
    data = _bits(found, scope)
    if is_real(type_):
        return real(_as_real(found, scope), type_)
    if is_real(found.type):
        number_ = unpacked(data)
        return whole(int(number_), type_)
    plain = number(found.type, data)
    if isinstance(inner, Base) and inner.encoding == "boolean":
        plain = int(bool(plain))
    return whole(plain, type_)


def _memory(node: Node, scope: Scope) -> Value:
    assert node.type is not None
    return Value(scope.type(node.type), None, as_address(value(node.operands[0], scope), scope))


def _size_of(node: Node, scope: Scope) -> Value:
    if node.type is not None:
        return whole(scope.type(node.type).size, INT)
    return whole(value(node.operands[0], scope).type.size, UNSIGNED_LONG)


def _conditional(node: Node, scope: Scope) -> Value:
    condition, then, otherwise = node.operands
    return value(then if _truth(condition, scope) else otherwise, scope)


def _comma(node: Node, scope: Scope) -> Value:
    value(node.operands[0], scope)
    return value(node.operands[1], scope)


def _assign(node: Node, scope: Scope) -> Value:
    left = node.operands[0]
    if left.kind != "dollar" or (scope.frame is not None and scope.dollar(left.text).register):
        raise _change()
    right = node.operands[1]
    if node.text != "=":
        right = Node("binary", node.text[:-1], (left, right))
    found = value(right, scope)
    kept = Value(found.type, scope.known_data(found), found.address)
    scope.convenience[left.text[1:]] = kept
    return kept


def _call(node: Node, scope: Scope) -> Value:
    value(node.operands[0], scope)
    if scope.frame is None:
        raise GdbError("You can't do that without a process to debug.")
    raise unrecorded("a replay cannot call functions of the program: it shows the run that was recorded")


def _type(node: Node, scope: Scope) -> Value:
    raise GdbError("Attempt to use a type name as an expression")


_NODES: Mapping[str, Callable[[Node, Scope], Value]] = {
    "number": _number,
    "character": _character,
    "string": _string,
    "dollar": lambda node, scope: scope.dollar(node.text),
    "name": lambda node, scope: scope.name(node.text),
    "global": lambda node, scope: scope.global_name(node.text),
    "scoped": lambda node, scope: scope.scoped(node.text, node.operands[0].text),
    "member": _member,
    "index": _index,
    "binary": _binary,
    "unary": _unary,
    "after": lambda node, scope: _changing(value(node.operands[0], scope), scope),
    "cast": _cast,
    "memory": _memory,
    "sizeof": _size_of,
    "conditional": _conditional,
    "comma": _comma,
    "assign": _assign,
    "call": _call,
    "type": _type,
}
