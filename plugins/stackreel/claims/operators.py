"""Nodes that combine values: arithmetic with C's meaning, comparisons, and, or, not, the output formats."""

from __future__ import annotations

import operator
from collections.abc import Callable

from stackreel.claims.context import Context, child, kind_of, number_of, token, truth_of
from stackreel.claims.parse import Node
from stackreel.claims.values import Number, Real, Text, Truth, Value, fit, formatted, ordered, same

MAX_SHIFT = 256
MAX_BITS = 1024

# --- operators ---------------------------------------------------------------------------------------------------

_INTEGER: dict[str, Callable[[int, int], int]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul,
    "|": operator.or_, "^": operator.xor, "&": operator.and_,
}  # fmt: skip
_FLOATING: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip
_ORDER: dict[str, Callable[[int], bool]] = {
    "<": lambda o: o < 0, "<=": lambda o: o <= 0, ">": lambda o: o > 0, ">=": lambda o: o >= 0,
}  # fmt: skip
_IMPLIED = {"union": "|", "exclusive": "^", "intersection": "&"}


def _operation(context: Context, node: Node) -> Value:
    """Left-associative operators: `a + b - c` is one node; for `|`, `^` and `&` the operator itself is implied."""
    implied = _IMPLIED.get(str(node.data))
    rest = list(range(1, len(node.children))) if implied else list(range(2, len(node.children), 2))
    left = context.value(child(node, 0))
    for index in rest:
        name = implied or token(node, index - 1)
        left = _apply(context, node, name, left, context.value(child(node, index)))
    return left


def _apply(context: Context, node: Node, name: str, left: Value, right: Value) -> Value:
    if isinstance(left, Real) or isinstance(right, Real):
        if (
            name not in _FLOATING
            or not isinstance(left, (Real, Number))
            or not isinstance(right, (Real, Number))
        ):
            raise context.fail(node, f"`{name}` does not take {kind_of(left)} and {kind_of(right)}")
        if name == "/" and not float(right.value):
            raise context.fail(node, "division by zero")
        return Real(_FLOATING[name](float(left.value), float(right.value)))
    a, b = (
        Number(v.address, 64, signed=False, style="hex")
        if isinstance(v, Text) and v.address is not None
        else v
        for v in (left, right)
    )
    if not isinstance(a, Number) or not isinstance(b, Number):
        raise context.fail(node, f"`{name}` does not take {kind_of(left)} and {kind_of(right)}")
    bits = max(a.bits, b.bits)
    signed = all(n.signed for n in (a, b) if n.bits == bits) if bits else True
    result = _integer(context, node, name, a, b)
    if result.bit_length() > MAX_BITS:
        raise context.fail(node, f"the number has more than {MAX_BITS} bits")
    style = "hex" if "hex" in (a.style, b.style) else "decimal"
    return Number(
        fit(result, bits, signed=signed), bits, signed=signed, style="hex" if style == "hex" else "decimal"
    )


def _integer(context: Context, node: Node, name: str, a: Number, b: Number) -> int:
    if name in ("/", "%"):
        if not b.value:
            raise context.fail(node, "division by zero")
        quotient = abs(a.value) // abs(b.value) * (1 if (a.value < 0) == (b.value < 0) else -1)
        return quotient if name == "/" else a.value - quotient * b.value
    if name in ("<<", ">>"):
        if not 0 <= b.value <= MAX_SHIFT:
            raise context.fail(node, f"a shift is by 0 to {MAX_SHIFT} bits, not {b.value}")
        return a.value << b.value if name == "<<" else a.value >> b.value
    return _INTEGER[name](a.value, b.value)


def _comparison(context: Context, node: Node) -> Value:
    """Comparisons chain as in mathematics: `a < b < c`."""
    values = [context.value(child(node, i)) for i in range(0, len(node.children), 2)]
    names = [token(node, i) for i in range(1, len(node.children), 2)]
    return Truth(
        all(_compare(context, node, n, a, b) for n, a, b in zip(names, values, values[1:], strict=False))
    )


def _compare(context: Context, node: Node, name: str, left: Value, right: Value) -> bool:
    if name in ("==", "!="):
        equal = same(left, right)
        if equal is None:
            raise context.fail(node, f"{kind_of(left)} and {kind_of(right)} cannot be compared")
        return equal == (name == "==")
    order = ordered(left, right)
    if order is None:
        raise context.fail(node, f"{kind_of(left)} and {kind_of(right)} have no order")
    return _ORDER[name](order)


def _disjunction(context: Context, node: Node) -> Value:
    return Truth(any(truth_of(context, child(node, i)) for i in range(len(node.children))))


def _conjunction(context: Context, node: Node) -> Value:
    return Truth(all(truth_of(context, child(node, i)) for i in range(len(node.children))))


def _negate(context: Context, node: Node) -> Value:
    return Truth(not truth_of(context, child(node, 0)))


def _minus(context: Context, node: Node) -> Value:
    value = context.value(child(node, 0))
    if isinstance(value, Real):
        return Real(-value.value)
    number = number_of(context, child(node, 0))
    return Number(
        fit(-number.value, number.bits, signed=number.signed), number.bits, number.signed, number.style
    )


def _complement(context: Context, node: Node) -> Value:
    number = number_of(context, child(node, 0))
    return Number(
        fit(~number.value, number.bits, signed=number.signed), number.bits, number.signed, number.style
    )


def _formatted(context: Context, node: Node) -> Value:
    return formatted(number_of(context, child(node, 0)), token(node, 1)[1:])


OPERATORS: dict[str, Callable[[Context, Node], Value]] = {
    "union": _operation,
    "exclusive": _operation,
    "intersection": _operation,
    "shift": _operation,
    "sum": _operation,
    "product": _operation,
    "comparison": _comparison,
    "disjunction": _disjunction,
    "conjunction": _conjunction,
    "negate": _negate,
    "minus": _minus,
    "complement": _complement,
    "formatted": _formatted,
}
"""The function of each kind of node here."""
