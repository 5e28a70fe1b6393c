"""`whatis` and `ptype`: the type of an expression or of a type's name."""

from __future__ import annotations

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
from stackreel.claims.gdb.answers import GdbError
from stackreel.claims.gdb.evaluate import value
from stackreel.claims.gdb.registers import register_type
from stackreel.claims.gdb.state import State
from stackreel.claims.gdb.syntax import parse


def whatis(state: State, rest: str) -> str:
    """`whatis EXPRESSION`: of a typedef's name what it names, one level."""
    type_, is_name = _type(state, rest)
    if is_name and isinstance(type_, Typedef):
        type_ = type_.target
    return f"type = {type_name(type_)}\n"


def ptype(state: State, rest: str) -> str:
    """`ptype EXPRESSION`: the type with its members, typedefs resolved."""
    type_, _ = _type(state, rest)
    return f"type = {_written(_resolved(type_))}\n"


def _type(state: State, rest: str) -> tuple[Type, bool]:
    scope = state.scope
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


def _core(type_: Type) -> Type:
    """Return what a type is built around by pointers, arrays, functions and qualifiers."""
    while True:
        if isinstance(type_, Pointer | Qualified):
            type_ = type_.target
        elif isinstance(type_, Array):
            type_ = type_.element
        elif isinstance(type_, FunctionType):
            type_ = type_.result
        else:
            return type_


def _written(type_: Type) -> str:
    core = _core(type_)
    name = type_name(type_)
    body = _body(core, 0)
    return name if body is None else name.replace(type_name(core), body, 1)


def _body(core: Type, indent: int) -> str | None:
    """Return a struct, union or enum with its members, None for other types; `indent` is that of its last line."""
    if isinstance(core, Enum):
        return _enum(core)
    if not isinstance(core, Struct):
        return None
    inside, end = " " * (indent + 4), " " * indent + "}"
    head = f"{core.keyword} {core.name} {{" if core.name else f"{core.keyword} {{"
    if not core.is_complete:
        return "\n".join((head, inside + "<incomplete type>", end))
    lines = [inside + _member(m.name, m.type, m.bits, indent + 4) for m in core.members]
    return "\n".join((head, *(lines or [inside + "<no data fields>"]), end))


def _enum(core: Enum) -> str:
    parts, following = [], 0
    for name, number in core.values:
        parts.append(name if number == following else f"{name} = {number}")
        following = number + 1
    head = f"enum {core.name} " if core.name else "enum "
    return f"{head}{{{', '.join(parts)}}}"


def _member(name: str, type_: Type, bits: int | None, indent: int) -> str:
    core = _core(type_)
    text = declaration(type_, name)
    if isinstance(core, Struct | Enum) and not core.name:
        text = text.replace(type_name(core), _body(core, indent) or "", 1)
    return f"{text};" if bits is None else f"{text} : {bits};"


def declaration(type_: Type, name: str) -> str:
    """Write the declaration of a name: `int (*fp)(int)`, `char tail[4]`; without a name the type alone."""
    inner = type_
    while True:
        qualifiers: list[str] = []
        while isinstance(inner, Qualified) and isinstance(strip_once(inner), Pointer):
            qualifiers.append(inner.qualifier)
            inner = inner.target
        if isinstance(inner, Pointer):
            words = "".join(f" {q}" for q in qualifiers)
            gap = " " if words and name else ""
            name = f"{inner.sign}{words}{gap}{name}"
            if isinstance(inner.target, Array | FunctionType):
                name = f"({name})"
            inner = inner.target
        elif isinstance(inner, Array):
            counts = "".join(f"[{c}]" if isinstance(c, int) else "[]" for c in inner.counts)
            name, inner = f"{name}{counts}", inner.element
        elif isinstance(inner, FunctionType):
            name, inner = f"{name}{_parameters(inner)}", inner.result
        else:
            return f"{type_name(inner)} {name}".rstrip()


def strip_once(type_: Qualified) -> Type:
    """Return the type behind all qualifiers in front."""
    inner: Type = type_
    while isinstance(inner, Qualified):
        inner = inner.target
    return inner


def _parameters(function: FunctionType) -> str:
    """Return the parameter list with its brackets, from how the whole type is written."""
    whole = type_name(function)
    return whole[len(type_name(function.result)) + 1 :]
