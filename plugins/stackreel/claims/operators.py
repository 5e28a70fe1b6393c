"""Nodes that combine values: arithmetic with C's meaning, comparisons, and, or, not, the output formats."""

from __future__ import annotations

import operator
from collections.abc import Callable

from stackreel.claims.context import Context, child, kind_of, number_of, token, truth_of, whole
from stackreel.claims.numbers import Number, combined, fit, shape_of
from stackreel.claims.objects import operand
from stackreel.claims.parse import Node
from stackreel.claims.pointers import moved
from stackreel.claims.values import Real, Truth, Value, as_number, formatted, ordered, reals, same
from stackreel.frames.numbers import nearest

MAX_SHIFT = 256
MAX_BITS = 1024

# --- operators ---------------------------------------------------------------------------------------------------

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
    left = operand(context, child(node, 0))
    for index in rest:
        name = implied or token(node, index - 1)
        left = _apply(context, node, name, left, operand(context, child(node, index)))
    return left


def _apply(context: Context, node: Node, name: str, left: Value, right: Value) -> Value:
    a, b = as_number(left), as_number(right)
    if isinstance(a, Number) and isinstance(b, Number):
        pointer = moved(context, node, name, a, b)
        return _whole(context, node, name, a, b) if pointer is None else pointer
    if name not in _FLOATING or not isinstance(a, Real | Number) or not isinstance(b, Real | Number):
        raise context.fail(node, f"`{name}` does not take {kind_of(left)} and {kind_of(right)}")
    if name == "/" and not b.value:
        raise context.fail(node, "division by zero")
    try:
        x, y, size = reals(a, b)
        return Real(nearest(_FLOATING[name](x, y), size), size=size)
    except OverflowError as error:
        raise context.fail(node, "the number is too large for floating point") from error


def _whole(context: Context, node: Node, name: str, a: Number, b: Number) -> Number:
    if name in ("/", "%") and not b.value:
        raise context.fail(node, "division by zero")
    if name in ("<<", ">>") and not 0 <= b.value <= MAX_SHIFT:
        raise context.fail(node, f"a shift is by 0 to {MAX_SHIFT} bits, not {b.value}")
    value, (bits, signed, typed) = combined(name, a, b)
    if value.bit_length() > MAX_BITS:
        raise context.fail(node, f"the number has more than {MAX_BITS} bits")
    style = a.style if name in ("<<", ">>") else "hex" if "hex" in (a.style, b.style) else "decimal"
    return Number(value, bits, signed, "hex" if style == "hex" else "decimal", typed=typed)


def _comparison(context: Context, node: Node) -> Value:
    if len(node.children) > 3:
        first, second = (f"{_written(context, node, at)}" for at in (0, 2))
        raise context.fail(node, f"comparisons do not chain: write `{first} and {second}`")
    left, right = (operand(context, child(node, index)) for index in (0, 2))
    return Truth(_compare(context, node, token(node, 1), left, right))


def _written(context: Context, node: Node, at: int) -> str:
    """Return the text of two operands of a chain and of what is between them."""
    first, last = child(node, at).meta, child(node, at + 2).meta
    return context.text[first.column - 1 : last.end_column - 1]


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


def _parts(context: Context, node: Node) -> list[bool]:
    """Return every part of `and` or `or`: one that does not decide may be misspelt all the same."""
    return [truth_of(context, child(node, i)) for i in range(len(node.children))]


def _disjunction(context: Context, node: Node) -> Value:
    return Truth(any(_parts(context, node)))


def _conjunction(context: Context, node: Node) -> Value:
    return Truth(all(_parts(context, node)))


def _negate(context: Context, node: Node) -> Value:
    return Truth(not truth_of(context, child(node, 0)))


def _minus(context: Context, node: Node) -> Value:
    value = context.value(child(node, 0))
    if isinstance(value, Real):
        return Real(-value.value, size=value.size)
    return _alone(whole(context, child(node, 0), value), operator.neg)


def _complement(context: Context, node: Node) -> Value:
    return _alone(number_of(context, child(node, 0)), operator.invert)


def _alone(number: Number, apply: Callable[[int], int]) -> Number:
    bits, signed, typed = shape_of(number)
    return Number(fit(apply(number.value), bits, signed=signed), bits, signed, number.style, typed=typed)


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
