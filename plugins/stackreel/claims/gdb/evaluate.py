"""Evaluating a gdb expression in a scope: one small function a kind of node, found in a table.

Nothing is changed but convenience variables: a replay shows a recorded run, so that assignments to the program and
calls of its functions raise UnrecordedError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from stackreel.binary.types import Array, Pointer, Struct, Void, strip, type_name
from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.literals import character_literal, number_literal, string_literal
from stackreel.claims.gdb.nodes import Node
from stackreel.claims.gdb.operators import (
    UNARY,
    address,
    as_address,
    as_integer,
    binary,
    cast,
    changing,
    logical,
    pointed,
    repeated,
    truth,
)
from stackreel.claims.gdb.program import INT
from stackreel.claims.gdb.registers import register_type
from stackreel.claims.gdb.scope import Scope, is_history
from stackreel.claims.gdb.syntax import parse
from stackreel.claims.gdb.typed import (
    UNSIGNED_LONG,
    Value,
    is_integer,
    is_real,
    members,
    stride,
    target,
    whole,
)
from stackreel.frames.values import part


def evaluate(text: str, scope: Scope) -> Value:
    """Return the value of an expression. Raises GdbError with gdb's message; UnrecordedError."""
    node = parse(text, scope)
    if node.kind == "type":
        raise GdbError("Attempt to use a type name as an expression")
    return value(node, scope)


def address_of(text: str, scope: Scope) -> int:
    """Return the address an expression means: its value, of a function its start, of an array its place."""
    return as_address(evaluate(text, scope), scope)


def integer_of(text: str, scope: Scope) -> int:
    """Return the number an expression is."""
    return as_integer(evaluate(text, scope), scope)


def value(node: Node, scope: Scope) -> Value:
    """Evaluate a node."""
    return _NODES[node.kind](node, scope)


def _member(node: Node, scope: Scope) -> Value:
    base = value(node.operands[0], scope)
    if isinstance(strip(base.type), Pointer):
        base = pointed(base, scope)
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
    missing = part(base.missing, found.offset, found.type.size)
    return Value(found.type, base.data[found.offset : end], missing=missing)


def _index(node: Node, scope: Scope) -> Value:
    base, at = (value(n, scope) for n in node.operands)
    inner = strip(base.type)
    if not isinstance(inner, Pointer | Array):
        raise GdbError(f"cannot subscript something of type `{type_name(base.type)}'")
    index = as_integer(at, scope)
    type_ = target(base.type) or Void()
    if isinstance(inner, Array) and base.data is not None:
        count = inner.counts[0]
        if not 0 <= index < (count if isinstance(count, int) else 0):
            raise GdbError("no such vector element" if inner.is_vector else f"no such element {index}")
        at_, size = index * type_.size, type_.size
        return Value(type_, base.data[at_ : at_ + size], missing=part(base.missing, at_, size))
    start = base.address if isinstance(inner, Array) else as_address(base, scope)
    return Value(type_, None, ((start or 0) + index * stride(type_)) & (1 << 64) - 1)


def _binary(node: Node, scope: Scope) -> Value:
    left, right = node.operands
    if node.text in ("&&", "||"):
        first = truth(value(left, scope), scope)
        decides = first == (node.text == "||")
        return logical(first if decides else truth(value(right, scope), scope), scope)
    if node.text == "@":
        return repeated(value(left, scope), value(right, scope), scope)
    return binary(node.text, value(left, scope), value(right, scope), scope)


def _unary(node: Node, scope: Scope) -> Value:
    operand = node.operands[0]
    if node.text in ("++", "--"):
        return _counted(node, scope)[1]
    found = value(operand, scope)
    if node.text == "&":
        return address(found, operand.text if operand.kind == "name" else "")
    return UNARY[node.text](found, scope)


def _cast(node: Node, scope: Scope) -> Value:
    assert node.type is not None
    return cast(value(node.operands[0], scope), scope.type(node.type), scope)


def _memory(node: Node, scope: Scope) -> Value:
    assert node.type is not None
    if isinstance(strip(scope.type(node.type)), Void):
        raise GdbError("Attempt to dereference a generic pointer.")
    return Value(scope.type(node.type), None, as_address(value(node.operands[0], scope), scope))


def _size_of(node: Node, scope: Scope) -> Value:
    if node.type is not None:
        if "[]" in node.type.layers:
            raise unrecorded(
                "gdb's size of an array without a length is that of an element: a replay has none"
            )
        type_ = scope.type(node.type)
        return whole(1 if isinstance(strip(type_), Void) else type_.size, INT)
    type_ = value(node.operands[0], replace(scope, is_typing=True)).type
    return whole(1 if isinstance(strip(type_), Void) else type_.size, UNSIGNED_LONG)


def _conditional(node: Node, scope: Scope) -> Value:
    condition, then, otherwise = node.operands
    return value(then if truth(value(condition, scope), scope) else otherwise, scope)


def _comma(node: Node, scope: Scope) -> Value:
    value(node.operands[0], scope)
    return value(node.operands[1], scope)


def _assign(node: Node, scope: Scope) -> Value:
    left, right = node.operands
    if scope.is_typing:
        return value(left, scope)
    if not _is_convenience(left, scope):
        return changing(value(left, scope), scope)
    if node.text != "=":
        right = Node("binary", node.text[:-1], (left, right))
    return _kept(left, value(right, scope), scope)


def _is_convenience(node: Node, scope: Scope) -> bool:
    """Whether a node is a variable of the session, which may be set; a register is the program's."""
    if node.kind != "dollar":
        return False
    if is_history(node.text):
        raise GdbError("Left operand of assignment is not a modifiable lvalue.")
    scope.dollar(node.text)  # of a register gdb says so where there is none
    return register_type(node.text[1:]) is None


def _kept(left: Node, found: Value, scope: Scope) -> Value:
    """Set a variable of the session."""
    kept = Value(found.type, scope.known_data(found), found.address)
    scope.convenience[left.text[1:]] = kept
    return kept


def _counted(node: Node, scope: Scope) -> tuple[Value, Value]:
    """Add one to a variable of the session, or take one away; return it as it was and as it is."""
    left = node.operands[0]
    before = value(left, scope)
    if scope.is_typing:
        return before, before
    if not _is_convenience(left, scope):
        changing(before, scope)
    if isinstance(strip(before.type), Array):
        raise unrecorded("a replay does not count an array up or down")
    if not (is_integer(before.type) or is_real(before.type) or isinstance(strip(before.type), Pointer)):
        raise GdbError("Not a numeric type.")
    return before, _kept(left, binary(node.text[0], before, whole(1), scope), scope)


def _call(node: Node, scope: Scope) -> Value:
    value(node.operands[0], scope)
    if scope.frame is None:
        raise GdbError("You can't do that without a process to debug.")
    raise unrecorded("a replay cannot call functions of the program: it shows the run that was recorded")


def _type(node: Node, scope: Scope) -> Value:
    raise GdbError("Attempt to use a type name as an expression")


_NODES: Mapping[str, Callable[[Node, Scope], Value]] = {
    "number": lambda node, scope: number_literal(node.text),
    "character": lambda node, scope: character_literal(node.text),
    "string": lambda node, scope: string_literal(node.text, *(part.text for part in node.operands)),
    "dollar": lambda node, scope: scope.dollar(node.text),
    "name": lambda node, scope: scope.name(node.text),
    "global": lambda node, scope: scope.global_name(node.text),
    "scoped": lambda node, scope: scope.scoped(node.text, node.operands[0].text),
    "in file": lambda node, scope: scope.in_file(node.text, node.operands[0].text),
    "member": _member,
    "index": _index,
    "binary": _binary,
    "unary": _unary,
    "after": lambda node, scope: _counted(node, scope)[0],
    "cast": _cast,
    "memory": _memory,
    "sizeof": _size_of,
    "conditional": _conditional,
    "comma": _comma,
    "assign": _assign,
    "call": _call,
    "type": _type,
}
