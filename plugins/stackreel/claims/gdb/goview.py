"""Go's types as gdb 13 sees them: it takes them for types of an unknown language, written as C's.

gdb leaves out the names Go gives to pointers (`*T`), takes a value of a function type for the function itself, and
writes parameters of generic types apart where the whole reads as a C++ name. What figures and claims show is Go's own
spelling (see `binary.gotypes`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from stackreel.binary.types import Array, FunctionType, Pointer, Struct, Type, Typedef

_TEMPLATE = re.compile(r"[\w<>,]+>")

BASIC = frozenset(
    [
        *(
            "bool",
            "byte",
            "char",
            "complex64",
            "complex128",
            "float32",
            "float64",
            "int",
            "int8",
            "int16",
            "int32",
        ),
        *("int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr", "void"),
    ]
)
"""Types gdb knows by itself."""

KEYWORDS = frozenset(["cap", "chan", "const", "interface", "iota", "len", "new", "nil", "struct", "type"])
"""Words that begin nothing in gdb's grammar of Go."""


def as_gdb(type_: Type) -> Type:
    """Return a type of Go as gdb has it."""
    if isinstance(type_, Typedef):
        target = type_.target
        if isinstance(target, Pointer):
            pointed = target.target
            if isinstance(pointed, FunctionType):  # a function value
                return Typedef(type_.name, _function(pointed))
            return as_gdb(target)
        return Typedef(_apart(type_.name), as_gdb(target))
    if isinstance(type_, Pointer):
        return replace(type_, _target=lambda: as_gdb(type_.target))
    if isinstance(type_, Array):
        return replace(type_, element=as_gdb(type_.element))
    if isinstance(type_, Struct):
        return replace(
            type_,
            name=_apart(type_.name),
            _members=lambda: tuple(replace(m, type=as_gdb(m.type)) for m in type_.members),
        )
    return _function(type_) if isinstance(type_, FunctionType) else type_


def _function(type_: FunctionType) -> FunctionType:
    return replace(
        type_, result=as_gdb(type_.result), parameters=tuple(as_gdb(part) for part in type_.parameters)
    )


def _apart(name: str) -> str:
    return name.replace(",", ", ") if _TEMPLATE.fullmatch(name) else name
