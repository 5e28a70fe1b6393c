"""Nodes that denote objects of the program: variables, members, elements, what pointers point at; and their values."""

from __future__ import annotations

from dataclasses import replace

from stackreel.claims.context import Context, child, kind_of, number_of, token
from stackreel.claims.names import dotted, number_named, package_symbol, unknown
from stackreel.claims.numbers import Number, promoted
from stackreel.claims.parse import Node
from stackreel.claims.pointers import address_in
from stackreel.claims.strings import text_of
from stackreel.claims.subject import Cell
from stackreel.claims.values import Aggregate, Real, Text, Value, as_number
from stackreel.errors import MomentError, near
from stackreel.frames.numbers import real

_OBJECTS = ("name", "member", "element", "dereference", "elsewhere")
"""Nodes that can denote an object."""


# --- values ----------------------------------------------------------------------------------------------------------


def loaded(context: Context, node: Node, cell: Cell, name: str) -> Value:
    """Return the value of an object. Raises ExpressionError where it has none at the moment."""
    if cell.data is None:
        raise context.fail(node, f"`{name}` has no value at this moment ({cell.shown or 'not observed'})")
    if cell.kind == "aggregate":
        return Aggregate(cell.data, cell.shown, _decayed(cell))
    if cell.kind == "text":
        return Text(text_of(cell.data.split(b"\0", 1)[0]), pointer=_decayed(cell))
    if cell.kind == "real":
        return Real(real(cell.data, cell.core), cell.shown, cell.size)
    signed = cell.kind in ("signed", "character")
    value = Number(int.from_bytes(cell.data, "little", signed=signed), cell.width, signed=signed)
    bits, has_sign = promoted(value) if cell.width < 8 * cell.size else (value.bits, signed)
    return Number(
        value.value,
        bits,
        signed=has_sign,
        style="hex" if cell.kind == "pointer" else "decimal",
        shown=cell.shown,
        typed="go" if cell.is_go else "c",
        pointee=cell.element(0) if cell.kind == "pointer" else None,
    )


def _decayed(cell: Cell) -> Number | None:
    """Return an array in memory as a pointer to its first element; None for other objects."""
    first = cell.element(0) if cell.kind in ("aggregate", "text") else None
    return None if first is None or cell.address is None else address_in(first, cell.address)


def operand(context: Context, node: Node) -> Value:
    """Return the value of an operator's operand; an array that is not known in full is a pointer nevertheless."""
    if node.data not in ("name", "member", "element", "dereference"):
        return context.value(node)
    found = _found(context, node)
    if isinstance(found, Number):
        return found
    pointer = _decayed(found) if found.data is None else None
    return pointer or loaded(context, node, found, _called(context, node))


def value_of_object(context: Context, node: Node) -> Value:
    """Evaluate a name, a member, an element, or what a pointer points at."""
    found = _found(context, node)
    return found if isinstance(found, Number) else loaded(context, node, found, _called(context, node))


def _found(context: Context, node: Node) -> Number | Cell:
    if node.data == "name":
        return number_named(context, node)
    return package_symbol(context, node) or object_of(context, node)


def _called(context: Context, node: Node) -> str:
    return context.text[node.meta.column - 1 : node.meta.end_column - 1] or dotted(node)


# --- objects ---------------------------------------------------------------------------------------------------------


def object_of(context: Context, node: Node) -> Cell:
    """Return the object a node denotes. Raises ExpressionError where it denotes none."""
    kind = str(node.data)
    if kind == "name":
        return _variable(context, node)
    if kind == "member":
        return _member(context, node)
    if kind == "element":
        return _element(context, node)
    if kind == "dereference":
        return _pointed(context, node)
    if kind == "elsewhere":
        return object_of(elsewhere(context, node), child(node, 0))
    raise context.fail(node, "a variable is needed here")


def _variable(context: Context, node: Node) -> Cell:
    name = token(node, 0)
    found = context.subject.variable(name, None)
    if found is None and context.subject.register(name.removeprefix("$")) is not None:
        raise context.fail(
            node,
            f"`{name}` is a register, which has no type of C: `[{name}]:i32` reads memory,"
            f" `(int *){name}` is a pointer",
        )
    if found is None:
        raise unknown(context, node, name)
    return found


def _member(context: Context, node: Node) -> Cell:
    base, name = child(node, 0), token(node, 1)
    function = dotted(base)
    if base.data == "name" and context.subject.register(function.removeprefix("$")) is not None:
        _variable(context, base)  # refuses a register
    if function and context.subject.variable(function.split(".", 1)[0], None) is None:
        found = context.subject.variable(name, function)
        if found is None:
            raise unknown(context, node, name, function)
        return found
    outer = object_of(context, base) if base.data in _OBJECTS else _at(context, node, base, 0)
    found = outer.member(name)
    if found is None:
        raise context.fail(node, f"{outer.type} has no member `{name}`", near(name, outer.members()))
    return found


def _element(context: Context, node: Node) -> Cell:
    base, index = child(node, 0), number_of(context, child(node, 1)).value
    if base.data not in _OBJECTS:
        return _at(context, node, base, index)
    outer = object_of(context, base)
    _need_pointer(context, node, outer)
    found = outer.element(index)
    if found is None:
        raise context.fail(node, f"a {outer.type} has no element {index}")
    return found


def _pointed(context: Context, node: Node) -> Cell:
    inner = child(node, 0)
    if inner.data not in _OBJECTS or package_symbol(context, inner) is not None:
        return _at(context, node, inner, 0)
    outer = object_of(context, inner)
    _need_pointer(context, node, outer)
    found = outer.element(0)
    if found is None:
        raise context.fail(node, f"`*` needs a pointer, not {outer.type}; `[address]:i32` reads memory")
    return found


def _need_pointer(context: Context, node: Node, cell: Cell) -> None:
    """Raise ExpressionError where an object is a pointer that is not known."""
    if cell.kind == "pointer" and cell.data is None:
        loaded(context, node, cell, _called(context, child(node, 0)))


def _at(context: Context, node: Node, pointer: Node, index: int) -> Cell:
    """Return the object `index` elements from where a computed pointer points."""
    value = as_number(context.value(pointer))
    if not isinstance(value, Number):
        raise context.fail(node, f"a pointer is needed here, not {kind_of(value)}")
    if value.pointee is None:
        raise context.fail(node, "`*` needs a pointer that has a type; `[address]:i32` reads memory")
    return value.pointee.placed(value.unsigned() + index * value.pointee.size)


def address_of(context: Context, node: Node) -> Value:
    """Evaluate `&object`, `&function`."""
    inner = child(node, 0)
    is_variable = inner.data == "name" and context.subject.variable(token(inner, 0), None) is not None
    if inner.data == "name" and not is_variable:
        address = context.subject.address_of(token(inner, 0))
        if address is not None:
            return Number(address, 64, signed=False, style="hex")
    symbol = package_symbol(context, inner)
    if symbol is not None:
        return symbol
    cell = object_of(context, inner)
    if cell.address is None:
        raise context.fail(node, "it has no address at this moment: it is in a register or nowhere")
    return address_in(cell, cell.address)


# --- moments ---------------------------------------------------------------------------------------------------------


def elsewhere(context: Context, node: Node) -> Context:
    """Return the context of `x @ moment`. Raises ExpressionError for a moment that is not there."""
    moment = token(node, 1).strip("{} ")
    try:
        return replace(context, subject=context.subject.elsewhere(moment))
    except MomentError as e:
        raise context.fail(node, e.message, e.near) from e
