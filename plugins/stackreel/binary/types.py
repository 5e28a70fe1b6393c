"""C's and Go's types as records, and their names as gdb 13 writes them (Go's: as Go does).

Sizes are in bytes, as DWARF states them. The target of a pointer is read when it is asked for, so that a type that
refers to itself is a finite record. Only what C and Go have (and C++ classes as structures with bases) is described.
Follows DWARF 5 chapter 5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from stackreel.binary.location import Expression

Encoding = Literal[
    "signed", "unsigned", "boolean", "float", "complex", "signed char", "unsigned char", "utf", "address"
]
Qualifier = Literal["const", "volatile", "restrict", "_Atomic"]
GoKind = Literal["", "interface", "slice", "string"]
"""Which of Go's own types a structure stands for, empty for structures as written."""


@dataclass(frozen=True)
class Void:
    """No type: what `void *` points to, what a procedure returns."""

    size: int = 0


@dataclass(frozen=True)
class Base:
    """A type of the language itself: `int`, `double`, `_Bool`."""

    name: str
    size: int
    encoding: Encoding


@dataclass(frozen=True)
class Pointer:
    """A pointer, or with `sign` `&` or `&&` a C++ reference."""

    _target: Callable[[], Type] = field(repr=False, compare=False)
    size: int = 8
    sign: str = "*"

    @cached_property
    def target(self) -> Type:
        """The type pointed to; BinaryError where its description is damaged."""
        return self._target()


@dataclass(frozen=True)
class Bound:
    """A bound of a VLA, known only at run time (see `resolve` in `variables.py`).

    `at(pc)` is an expression, None where the compiler dropped it. With `variable` it is the place of a variable of
    that type that holds the bound, else it computes the bound. `is_upper`: the highest index, not the count.
    """

    at: Callable[[int], Expression | None] = field(repr=False, compare=False)
    variable: Type | None
    is_upper: bool


@dataclass(frozen=True)
class Array:
    """An array, outermost dimension first: `int m[2][3]` has counts (2, 3) and element int.

    A count is None where the array is flexible or its size unknown, and a Bound where it is computed at run time
    (a VLA). `is_vector` marks GNU vector types.
    """

    element: Type
    counts: tuple[int | Bound | None, ...]
    is_vector: bool = False

    @property
    def size(self) -> int:
        """Size in bytes; 0 where a count is not known."""
        size = self.element.size
        for count in self.counts:
            size *= count if isinstance(count, int) else 0
        return size


@dataclass(frozen=True)
class Member:
    """A member of a structure or union at a byte offset.

    For a bit-field, `bits` is its width and `bit_offset` its lowest bit counted from bit 0 of the byte at offset.
    `name` is empty for an anonymous structure or union; `is_base` marks a C++ base class.
    """

    name: str
    type: Type
    offset: int
    bits: int | None = None
    bit_offset: int = 0
    is_base: bool = False


@dataclass(frozen=True)
class Struct:
    """A structure, union or class; `name` is empty where it has none. `is_complete` is False for a declaration.

    `go` names the type of Go's that the members (`str` and `len`, say) make up.
    """

    keyword: Literal["struct", "union", "class"]
    name: str
    size: int
    is_complete: bool
    _members: Callable[[], tuple[Member, ...]] = field(repr=False, compare=False)
    go: GoKind = ""

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """Members in the order of declaration; BinaryError where their description is damaged."""
        return self._members()


@dataclass(frozen=True)
class Enum:
    """An enumeration with the integers its names stand for."""

    name: str
    size: int
    values: tuple[tuple[str, int], ...]
    is_signed: bool = False


@dataclass(frozen=True)
class Typedef:
    """Another name for a type."""

    name: str
    target: Type

    @property
    def size(self) -> int:
        """Size in bytes of what it names."""
        return self.target.size


@dataclass(frozen=True)
class Qualified:
    """A type with `const`, `volatile`, `restrict` or `_Atomic` added."""

    qualifier: Qualifier
    target: Type

    @property
    def size(self) -> int:
        """Size in bytes of the type without the qualifier."""
        return self.target.size


@dataclass(frozen=True)
class FunctionType:
    """The type of a function; gdb gives it size 1."""

    result: Type
    parameters: tuple[Type, ...]
    is_variadic: bool
    is_prototyped: bool
    size: int = 1


Type = Void | Base | Pointer | Array | Struct | Enum | Typedef | Qualified | FunctionType

_ORDER: tuple[Qualifier, ...] = ("const", "volatile", "restrict", "_Atomic")


def strip(type_: Type) -> Type:
    """Return the type behind typedefs and qualifiers."""
    while isinstance(type_, Typedef | Qualified):
        type_ = type_.target
    return type_


def type_name(type_: Type) -> str:
    """Return the type's name as gdb's `whatis` of a variable writes it: `const char *`, `int (*)(int)`, `int [3]`."""
    base, prefix, suffix = _parts(type_)
    return f"{base} {prefix}{suffix}" if prefix or suffix else base


def _parts(type_: Type) -> tuple[str, str, str]:
    """Return what stands before the declarator, left of its name, and right of its name."""
    qualifiers, inner = _unqualify(type_)
    if isinstance(inner, Pointer):
        base, prefix, suffix = _parts(inner.target)
        target = _unqualify(inner.target)[1]
        gap = " " if prefix[-1:].isalpha() else ""
        prefix += "".join((gap, "(" if isinstance(target, Array | FunctionType) else "", inner.sign))
        suffix = (")" if isinstance(target, Array | FunctionType) else "") + suffix
        return base, " ".join((prefix, *qualifiers)), suffix
    if isinstance(inner, Array):
        element = inner.element
        for qualifier in qualifiers:
            element = Qualified(qualifier, element)
        base, prefix, suffix = _parts(element)
        return base, prefix, "".join(map(_dimension, inner.counts)) + suffix
    if isinstance(inner, FunctionType):
        base, prefix, suffix = _parts(inner.result)
        return base, prefix, f"({parameter_list(inner)})" + suffix
    return " ".join((*qualifiers, _simple(inner))), "", ""


def _dimension(count: int | Bound | None) -> str:
    if count is None:
        return "[]"
    return f"[{count}]" if isinstance(count, int) else "[variable length]"


def parameter_list(function: FunctionType) -> str:
    """Return a function's parameters as they are written between its brackets."""
    names = [type_name(p) for p in function.parameters]
    if function.is_variadic:
        names.append("...")
    elif not names and function.is_prototyped:
        names.append("void")
    return ", ".join(names)


def _unqualify(type_: Type) -> tuple[list[Qualifier], Type]:
    found: set[Qualifier] = set()
    while isinstance(type_, Qualified):
        found.add(type_.qualifier)
        type_ = type_.target
    return [q for q in _ORDER if q in found], type_


def _simple(type_: Type) -> str:
    if isinstance(type_, Struct):
        return f"{type_.keyword} {type_.name or '{...}'}"
    if isinstance(type_, Enum):
        return f"enum {type_.name or '{...}'}"
    if isinstance(type_, Base | Typedef):
        return type_.name
    return "void"
