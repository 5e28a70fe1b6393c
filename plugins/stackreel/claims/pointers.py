"""C's arithmetic with pointers: by elements, where the pointer has a type.

Addresses without a type (registers, memory read as `ptr`, functions, all of Go's) count bytes. An operator that C
does not have for pointers takes the address, as in `p % 16`.
"""

from __future__ import annotations

from stackreel.claims.context import Context
from stackreel.claims.numbers import Number, fit
from stackreel.claims.parse import Node
from stackreel.claims.subject import Cell

_BITS = 64
_IN_BYTES = "for bytes write `(long)` before a pointer: `(long)p - (long)q`"


def address_in(cell: Cell, address: int) -> Number:
    """Return `address` as a pointer to objects such as `cell`; Go's has a type, but counts bytes."""
    return Number(address, _BITS, signed=False, style="hex", typed="raw" if cell.is_go else "c", pointee=cell)


def moved(context: Context, node: Node, name: str, left: Number, right: Number) -> Number | None:
    """Return what `+` or `-` makes where an operand is a pointer of C; None where none is. Raises ExpressionError."""
    a, b = (side.pointee if side.typed == "c" else None for side in (left, right))
    if (a is None and b is None) or name not in ("+", "-"):
        return None
    if a is not None and b is not None:
        return _difference(context, node, name, left, right)
    if a is None:
        if name == "-":
            return None  # an address less a pointer: not C, and so in bytes
        a, left, right = b, right, left
    assert a is not None
    if right.bits == _BITS and right.typed == "raw":
        what = "sum" if name == "+" else "difference in elements"
        raise context.fail(node, f"a pointer to `{a.type}` and an address have no {what}; {_IN_BYTES}")
    step = right.value * (a.size or 1)
    value = left.value + step if name == "+" else left.value - step
    return address_in(a, fit(value, _BITS, signed=False))


def _difference(context: Context, node: Node, name: str, left: Number, right: Number) -> Number:
    assert left.pointee is not None
    assert right.pointee is not None
    a, b = left.pointee, right.pointee
    if name == "+":
        raise context.fail(node, "two pointers have no sum")
    if a.core != b.core:
        raise context.fail(node, f"pointers to `{a.type}` and to `{b.type}` have no difference; {_IN_BYTES}")
    distance = fit(left.value - right.value, _BITS, signed=True)
    size = a.size or 1
    if distance % size:
        raise context.fail(node, f"they are {distance} bytes apart, and a `{a.type}` has {size}; {_IN_BYTES}")
    return Number(distance // size, _BITS, typed="c")
