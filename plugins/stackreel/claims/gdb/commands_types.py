"""`whatis` and `ptype`: the type of an expression or of a type's name."""

from __future__ import annotations

from dataclasses import replace

from stackreel.binary.types import (
    Array,
    Enum,
    FunctionType,
    Pointer,
    Qualified,
    Struct,
    Type,
    Typedef,
    type_name,
)
from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.declarations import core_of, declaration, enumeration, strip_once
from stackreel.claims.gdb.evaluate import value
from stackreel.claims.gdb.offsets import with_offsets
from stackreel.claims.gdb.program import pointer_to
from stackreel.claims.gdb.registers import register_type
from stackreel.claims.gdb.state import State
from stackreel.claims.gdb.syntax import parse


def whatis(state: State, rest: str) -> str:
    """`whatis EXPRESSION`: of a typedef's name what it names, one level."""
    type_, is_name = _type(state, _flags(rest)[1])
    named = strip_once(type_) if isinstance(type_, Qualified) else type_
    if is_name and isinstance(named, Typedef):
        type_ = named.target
    return f"type = {type_name(type_)}\n"


def ptype(state: State, rest: str) -> str:
    """`ptype[/o] EXPRESSION`: the type with its members, typedefs resolved; `/o`: with their offsets and sizes."""
    flags, rest = _flags(rest)
    type_, _ = _type(state, rest)
    if "o" in flags and "x" in flags:
        raise unrecorded("a replay writes offsets in decimal: ptype/o")
    resolved = _resolved(type_)
    text = with_offsets(resolved, is_named=isinstance(type_, Typedef)) if "o" in flags else ""
    return text or f"type = {_written(resolved)}\n"


_FLAGS = "rmMtToxd"


def _flags(rest: str) -> tuple[str, str]:
    """Split `/o struct pair` into flags and expression."""
    if not rest.startswith("/"):
        return "", rest
    flags, space, rest = rest[1:].partition(" ")
    for one in flags:
        if one not in _FLAGS:
            raise GdbError(f"unrecognized flag '{one}'")
    if not space:
        raise GdbError("expected space after format")
    return flags, rest.strip()


def _type(state: State, rest: str) -> tuple[Type, bool]:
    scope = replace(state.scope, is_typing=True)
    if not rest:
        if not state.history:
            raise GdbError("The history is empty.")
        return state.history[-1].type, False
    node = parse(rest, scope)
    if node.kind == "type" and node.type is not None:
        return scope.type(node.type), True
    register = register_type(node.text[1:]) if node.kind == "dollar" and scope.frame is None else None
    if register is not None:
        return register, False
    if node.kind == "unary" and node.text == "&" and node.operands[0].kind == "name":
        return pointer_to(value(node.operands[0], scope).type), False  # also of what has no address
    if node.kind == "unary" and node.text == "*":
        operand = value(node.operands[0], scope)
        if isinstance(operand.type, FunctionType):  # gdb's own: only evaluating it knows what a function is
            raise GdbError("Attempt to take contents of a non-pointer value.")
    return value(node, scope).type, False


def _resolved(type_: Type) -> Type:
    """Return the type with outer typedefs removed; qualifiers stay."""
    if isinstance(type_, Typedef):
        return _resolved(type_.target)
    if isinstance(type_, Qualified):
        return Qualified(type_.qualifier, _resolved(type_.target))
    if isinstance(type_, Pointer):
        target = _resolved(type_.target)
        return Pointer(lambda: target, type_.size, type_.sign)
    if isinstance(type_, Array):
        return Array(_resolved(type_.element), type_.counts, type_.is_vector)
    if isinstance(type_, FunctionType):
        result = _resolved(type_.result)
        return FunctionType(result, type_.parameters, type_.is_variadic, type_.is_prototyped)
    return type_


def _written(type_: Type) -> str:
    core = core_of(type_)
    name = type_name(type_)
    body = _body(core, 0)
    return name if body is None else name.replace(type_name(core), body, 1)


def _body(core: Type, indent: int) -> str | None:
    """Return a struct, union or enum with its members, None for other types; `indent` is that of its last line."""
    if isinstance(core, Enum):
        return enumeration(core)
    if not isinstance(core, Struct):
        return None
    inside, end = " " * (indent + 4), " " * indent + "}"
    head = f"{core.keyword} {core.name} {{" if core.name else f"{core.keyword} {{"
    if not core.is_complete:
        return "\n".join((head, inside + "<incomplete type>", end))
    lines = [inside + _member(m.name, m.type, m.bits, indent + 4) for m in core.members]
    return "\n".join((head, *(lines or [inside + "<no data fields>"]), end))


def _member(name: str, type_: Type, bits: int | None, indent: int) -> str:
    core = core_of(type_)
    text = declaration(type_, name)
    if isinstance(core, Struct | Enum) and not core.name:
        text = text.replace(type_name(core), _body(core, indent) or "", 1)
    return f"{text};" if bits is None else f"{text} : {bits};"
