"""Types as they are written: C's own words in any order, `struct pair`, a typedef's name, pointers to them, arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stackreel.binary.types import Array, Base, FunctionType, Qualified, Qualifier, Type, Void
from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.nodes import Declarator
from stackreel.claims.gdb.program import Program, pointer_to
from stackreel.claims.gdb.syntax import parse

_BASIC: Mapping[tuple[str, ...], Type] = {
    ("void",): Void(),
    ("char",): Base("char", 1, "signed char"),
    ("char", "signed"): Base("signed char", 1, "signed char"),
    ("char", "unsigned"): Base("unsigned char", 1, "unsigned char"),
    ("short",): Base("short", 2, "signed"),
    ("short", "unsigned"): Base("unsigned short", 2, "unsigned"),
    (): Base("int", 4, "signed"),
    ("unsigned",): Base("unsigned int", 4, "unsigned"),
    ("long",): Base("long", 8, "signed"),
    ("long", "unsigned"): Base("unsigned long", 8, "unsigned"),
    ("long", "long"): Base("long long", 8, "signed"),
    ("long", "long", "unsigned"): Base("unsigned long long", 8, "unsigned"),
    ("__int128",): Base("__int128", 16, "signed"),
    ("__int128", "unsigned"): Base("unsigned __int128", 16, "unsigned"),
    ("_Bool",): Base("_Bool", 1, "boolean"),
    ("float",): Base("float", 4, "float"),
    ("double",): Base("double", 8, "float"),
    ("double", "long"): Base("long double", 16, "float"),
}
"""C's own types, by their words in order without `int`, and without `signed` but for char."""

_STANDARD: Mapping[str, Type] = {
    "int8_t": _BASIC["char", "signed"],
    "uint8_t": _BASIC["char", "unsigned"],
    "int16_t": _BASIC["short",],
    "uint16_t": _BASIC["short", "unsigned"],
    "int32_t": _BASIC[()],
    "uint32_t": _BASIC["unsigned",],
    "int64_t": _BASIC["long",],
    "uint64_t": _BASIC["long", "unsigned"],
    "intptr_t": _BASIC["long",],
    "uintptr_t": _BASIC["long", "unsigned"],
    "ssize_t": _BASIC["long",],
    "size_t": _BASIC["long", "unsigned"],
}
"""Types of the standard headers, for programs that do not use them."""

_QUALIFIERS: Mapping[str, Qualifier] = {"const": "const", "volatile": "volatile"}
_MOST = (1 << 31) - 1
"""As many elements an array has in gdb at most, which keeps their count in an int."""

_OWN_WORDS = frozenset(["int", "signed", *(word for words in _BASIC for word in words)])


def type_of(program: Program, declared: Declarator) -> Type:
    """Return the type that was written. Raises GdbError where there is none of its name."""
    type_ = _base(program, declared.words)
    for layer in declared.layers:
        type_ = _function(program, type_, layer) if isinstance(layer, tuple) else _layered(type_, layer)
    return type_


def type_written(program: Program, written: str) -> Type | None:
    """Return the type that a text is, in C; None where it is none, or the program has none of its name."""
    try:
        node = parse(written, _Names(program))
        found = type_of(program, node.type) if node.kind == "type" and node.type is not None else None
    except GdbError:
        found = None
    return found or _STANDARD.get(written)


@dataclass(frozen=True)
class _Names:
    """What words mean where a type is written."""

    program: Program
    is_go: bool = False

    def is_type(self, name: str) -> bool:
        """Whether a name is a type of the program."""
        return self.program.type_named(name) is not None

    def is_file(self, name: str) -> bool:
        """Whether a name is that of a source file: none is a type's."""
        return False

    def is_package(self, name: str) -> bool:
        """Whether a name is a package of Go: none is."""
        return False


def _base(program: Program, words: tuple[str, ...]) -> Type:
    if words[0] in ("struct", "union", "enum"):
        found = program.type_named(" ".join(words))
        if found is None:
            raise GdbError(f"No {words[0]} type named {words[1]}.")
        return found
    basic = _basic(words)
    if basic is not None:
        return basic
    found = program.type_named(words[0])
    if found is None:
        raise GdbError(f'No symbol "{words[0]}" in current context.')
    return found


def _layered(type_: Type, layer: str | int) -> Type:
    if layer == "*":
        return pointer_to(type_)
    if isinstance(layer, str) and layer in _QUALIFIERS:
        return Qualified(_QUALIFIERS[layer], type_)
    if isinstance(layer, int) and layer > _MOST:
        raise unrecorded(f"a replay does not know a type of {layer} elements")
    count = layer if isinstance(layer, int) else None
    if isinstance(type_, Array):
        return Array(type_.element, (count, *type_.counts))
    return Array(type_, (count,))


def _function(program: Program, result: Type, written: tuple[Declarator, ...]) -> Type:
    parameters = tuple(type_of(program, one) for one in written)
    if parameters == (Void(),):
        return FunctionType(result, (), is_variadic=False, is_prototyped=True)
    return FunctionType(result, parameters, is_variadic=False, is_prototyped=bool(parameters))


def _basic(words: tuple[str, ...]) -> Type | None:
    """Return the type of C's own words, in any order C takes them."""
    if not _OWN_WORDS.issuperset(words):
        return None
    kept = (w for w in words if w != "int" and (w != "signed" or "char" in words))
    return _BASIC.get(tuple(sorted(kept)))
