"""Types of C written in an expression: `sizeof(struct node)`, `(char *)p`."""

from __future__ import annotations

import math

from stackreel.claims.context import Context, child, kind_of, token
from stackreel.claims.names import dotted
from stackreel.claims.numbers import Number, fit
from stackreel.claims.objects import loaded, object_of
from stackreel.claims.parse import ExpressionError, Node
from stackreel.claims.subject import Cell
from stackreel.claims.values import Real, Value, as_number
from stackreel.frames.numbers import nearest

_SIZED = "types, variables, registers and memory have a size"
_REALS = {":f32": 4, ":f64": 8}
_SCALARS = ("signed", "unsigned", "character", "pointer", "real")


def size_of(context: Context, node: Node) -> Value:
    """Evaluate `sizeof(type)` and `sizeof(expression)`."""
    return Number(_size(context, node), 64, signed=False, typed="c")


def _size(context: Context, node: Node) -> int:
    if node.data == "size_of_type":
        return _typed(context, node, token(node, 0)).size
    inner = child(node, 0)
    name = dotted(inner)
    if name:
        return _size_of_name(context, inner, name)
    if inner.data in ("element", "dereference", "member"):
        return _size_of_object(context, inner)
    if inner.data == "memory" and len(inner.children) > 1 and token(inner, 1) in _REALS:
        return _REALS[token(inner, 1)]
    value = context.value(inner)
    if isinstance(value, Number) and value.bits >= 8:
        return value.bits // 8
    raise context.fail(inner, f"{kind_of(value)} has no size here; {_SIZED}")


def _size_of_name(context: Context, inner: Node, name: str) -> int:
    """Return the size of what a name is: a variable, a register, else a type."""
    subject = context.subject
    is_bare = "." not in name
    if is_bare and subject.register(name.removeprefix("$")) is not None:
        value = context.value(inner)  # refuses a name that is a variable too
        bits = value.bits if isinstance(value, Number) else 0
        if bits < 8:
            raise context.fail(inner, f"`{name}` is one bit; {_SIZED}")
        return bits // 8
    found = None
    if not is_bare or subject.variable(name, None) is None:
        found = subject.typed(name)
    return found.size if found is not None else _size_of_object(context, inner)


def _size_of_object(context: Context, inner: Node) -> int:
    found = object_of(context, inner)
    if found.width < 8 * found.size:
        raise context.fail(
            inner, f"a bit-field has no size in C: this one has {found.width} of its type's bits"
        )
    return found.size


def cast(context: Context, node: Node) -> Value:
    """Evaluate `(type)expression`. Raises ExpressionError for what C does not convert."""
    written = token(node, 0)
    type_ = _typed(context, node, written)
    value = as_number(context.value(child(node, 1)))
    if not isinstance(value, Number | Real) or type_.kind not in _SCALARS or not type_.size:
        raise context.fail(node, f"{kind_of(value)} cannot be converted to `{written}`")
    if type_.kind == "real":
        return Real(float(nearest(value.value, type_.size, type_.core)), size=type_.size)
    is_truth = type_.core in ("_Bool", "bool")
    if isinstance(value, Real) and not math.isfinite(value.value) and not is_truth:
        raise context.fail(node, f"{value.value} is no whole number")
    whole = int(bool(value.value)) if is_truth else int(value.value)
    found = context.subject.typed(written, fit(whole, 8 * type_.size, signed=False))
    return loaded(context, node, found or type_, written)


def _typed(context: Context, node: Node, written: str) -> Cell:
    found = context.subject.typed(written)
    if found is None or not found.size:
        raise _no_type(context, node, written)
    return found


def _no_type(context: Context, node: Node, written: str) -> ExpressionError:
    return context.fail(node, f"the program has no type `{written}`, or none with a size")
