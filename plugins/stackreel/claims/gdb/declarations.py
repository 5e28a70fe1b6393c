"""Types written around a name, as C declares it, and what such a declaration is built around."""

from __future__ import annotations

from stackreel.binary.types import (
    Array,
    Enum,
    FunctionType,
    Pointer,
    Qualified,
    Type,
    parameter_list,
    type_name,
)


def core_of(type_: Type) -> Type:
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


def enumeration(core: Enum) -> str:
    """Write an enumeration with its names."""
    parts, following = [], 0
    for name, number in core.values:
        parts.append(name if number == following else f"{name} = {number}")
        following = number + 1
    head = f"enum {core.name} " if core.name else "enum "
    return f"{head}{{{', '.join(parts)}}}"


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
            name, inner = f"{name}({parameter_list(inner)})", inner.result
        else:
            return f"{type_name(inner)} {name}".rstrip()


def strip_once(type_: Qualified) -> Type:
    """Return the type behind all qualifiers in front."""
    inner: Type = type_
    while isinstance(inner, Qualified):
        inner = inner.target
    return inner
