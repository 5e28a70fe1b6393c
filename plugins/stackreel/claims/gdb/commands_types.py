"""`whatis` and `ptype`: the type of an expression or of a type's name."""

from __future__ import annotations

from collections.abc import Callable

from stackreel.binary.types import (
    Array,
    Enum,
    FunctionType,
    Pointer,
    Qualified,
    Struct,
    Type,
    Typedef,
    strip,
    type_name,
)
from stackreel.claims.gdb.answers import GdbError
from stackreel.claims.gdb.evaluate import value
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
    node = parse(rest, scope.is_type)
    if node.kind == "type" and node.type is not None:
        return scope.type(node.type), True
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
        return FunctionType(_resolved(type_.result), type_.parameters, type_.is_variadic, type_.is_prototyped)
    return type_


def _core(type_: Type) -> Type:
    """Return the struct, union or enum a declaration is made of; else the type itself."""
    at = type_
    while True:
        if isinstance(at, Pointer):
            at = at.target
        elif isinstance(at, Array):
            at = at.element
        elif isinstance(at, Qualified):
            at = at.target
        elif isinstance(at, FunctionType):
            at = at.result
        else:
            return at


def _written(type_: Type) -> str:
    core = _core(type_)
    name = type_name(type_)
    body = _body(core)
    if body is None:
        return name
    head = type_name(core)
    whole, _, rest = name.partition(head)
    return f"{whole}{body}{rest}"


def _body(core: Type, indent: int = 0) -> str | None:
    if isinstance(core, Enum):
        return _enum(core)
    if not isinstance(core, Struct):
        return None
    head = f"{core.keyword} {core.name} {{" if core.name else f"{core.keyword} {{"
    if not core.is_complete:
        return f"{head}\n{' ' * indent}    <incomplete type>\n{' ' * indent}}}"
    lines = [head]
    for member in core.members:
        lines.append(" " * (indent + 4) + _member(member.name, member.type, member.bits, indent + 4))
    if not core.members:
        lines.append(" " * (indent + 4) + "<no data fields>")
    return "\n".join([*lines, " " * indent + "}"])


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
        inner = _body(core, indent) or ""
        text = text.replace(type_name(core), inner, 1)
    return f"{text} : {bits};" if bits is not None else f"{text};"


def declaration(type_: Type, name: str) -> str:
    """Write the declaration of a name: `int (*fp)(int)`, `char tail[4]`."""
    marker = "\x00"
    text = type_name(_named(type_, marker))
    if marker in text:
        return text.replace(f" {marker}", f" {name}" if name else "").replace(marker, name)
    return f"{text} {name}".rstrip()


def _named(type_: Type, marker: str) -> Type:
    return type_


_Writer = Callable[[Type], str]
_ = (strip, _Writer)
