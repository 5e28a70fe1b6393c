"""From debugging information entries to the records of `types.py`.

Trusts nothing: a type that contains itself, or one nested too deep, raises BinaryError. Types are read once a unit.
Follows DWARF 5 chapter 5; bit-fields of DWARF 3 (DW_AT_bit_offset) are converted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, Protocol, TypeAlias

from elftools.dwarf.die import DIE

from stackreel.binary.dies import attribute, children, guarded, name_of, number, type_die
from stackreel.binary.gotypes import go_type
from stackreel.binary.location import Expression, Unit
from stackreel.binary.types import (
    Array,
    Base,
    Bound,
    Encoding,
    Enum,
    FunctionType,
    Member,
    Pointer,
    Qualified,
    Qualifier,
    Struct,
    Type,
    Typedef,
    Void,
)
from stackreel.errors import BinaryError

_ENCODINGS: dict[int, Encoding] = {
    1: "address",
    2: "boolean",
    3: "complex",
    4: "float",
    5: "signed",
    6: "signed char",
    7: "unsigned",
    8: "unsigned char",
    16: "utf",
}
_GDB_NAMES = {  # names of integer types as compilers write them, and as gdb 13 canonicalises them
    "long int": "long",
    "long unsigned int": "unsigned long",
    "long long int": "long long",
    "long long unsigned int": "unsigned long long",
    "short int": "short",
    "short unsigned int": "unsigned short",
    "unsigned __int128": "unsigned int __int128",
}
_Keyword: TypeAlias = Literal["struct", "union", "class"]
_KEYWORDS: dict[str, _Keyword] = {
    "DW_TAG_structure_type": "struct",
    "DW_TAG_union_type": "union",
    "DW_TAG_class_type": "class",
}
_QUALIFIERS: dict[str, Qualifier] = {
    "DW_TAG_const_type": "const",
    "DW_TAG_volatile_type": "volatile",
    "DW_TAG_restrict_type": "restrict",
    "DW_TAG_atomic_type": "_Atomic",
}
_POINTERS = {
    "DW_TAG_pointer_type": "*",
    "DW_TAG_reference_type": "&",
    "DW_TAG_rvalue_reference_type": "&&",
}
_DEPTH_LIMIT = 100


class ExpressionReader(Unit, Protocol):
    """A unit that can say which expression an attribute holds at a pc."""

    def expression(self, die: DIE, name: str, pc: int) -> Expression | None:
        """Return the expression, None where none holds."""


class TypeReader:
    """Reads types of one unit, each once."""

    def __init__(self, unit: ExpressionReader, *, is_go: bool = False) -> None:
        self._unit = unit
        self._is_go = is_go
        self._known: dict[int, Type] = {}
        self._open: list[int] = []

    def of(self, die: DIE) -> Type:
        """Return the type an entry has by DW_AT_type, Void where it has none."""
        target = type_die(die)
        return Void() if target is None else self.read(target)

    def read(self, die: DIE) -> Type:
        """Return the type that an entry describes."""
        if die.offset in self._known:
            return self._known[die.offset]
        if die.offset in self._open or len(self._open) > _DEPTH_LIMIT:
            raise BinaryError("the debug information is damaged: a type contains itself")
        self._open.append(die.offset)
        try:
            found = go_type(die, self._read(die)) if self._is_go else self._read(die)
        finally:
            self._open.pop()
        self._known[die.offset] = found
        return found

    def _read(self, die: DIE) -> Type:
        tag = str(die.tag)
        if tag in _POINTERS:
            return Pointer(guarded(lambda: self.of(die)), number(die, "DW_AT_byte_size", 8), _POINTERS[tag])
        if tag in _QUALIFIERS:
            return Qualified(_QUALIFIERS[tag], self.of(die))
        if tag in _KEYWORDS:
            return self._struct(die, _KEYWORDS[tag])
        if tag in _READERS:
            return _READERS[tag](self, die)
        return Base(name_of(die) or "void", number(die, "DW_AT_byte_size"), "unsigned")

    def _base(self, die: DIE) -> Type:
        encoding = _ENCODINGS.get(number(die, "DW_AT_encoding"), "unsigned")
        name = name_of(die)
        return Base(_GDB_NAMES.get(name, name), number(die, "DW_AT_byte_size"), encoding)

    def _typedef(self, die: DIE) -> Type:
        return Typedef(name_of(die), self.of(die))

    def _enum(self, die: DIE) -> Type:
        values = tuple(
            (name_of(c), number(c, "DW_AT_const_value"))
            for c in children(die)
            if c.tag == "DW_TAG_enumerator"
        )
        return Enum(name_of(die), number(die, "DW_AT_byte_size", 4), values, any(v < 0 for _, v in values))

    def _function(self, die: DIE) -> Type:
        inside = list(children(die))
        parameters = tuple(self.of(c) for c in inside if c.tag == "DW_TAG_formal_parameter")
        variadic = any(c.tag == "DW_TAG_unspecified_parameters" for c in inside)
        prototyped = self._is_go or bool(number(die, "DW_AT_prototyped"))  # only C has others
        return FunctionType(self.of(die), parameters, variadic and prototyped, prototyped)

    def _array(self, die: DIE) -> Type:
        dimensions = ("DW_TAG_subrange_type", "DW_TAG_enumeration_type")
        counts = tuple(self._count(c) for c in children(die) if c.tag in dimensions)
        return Array(self.of(die), counts or (None,), bool(number(die, "DW_AT_GNU_vector")))

    def _count(self, die: DIE) -> int | Bound | None:
        for name, is_upper in (("DW_AT_count", False), ("DW_AT_upper_bound", True)):
            found = attribute(die, name)
            if found is None:
                continue
            form = str(found.form)
            if form.startswith("DW_FORM_ref"):
                holder = die.get_DIE_from_attribute(name)
                return Bound(
                    partial(self._unit.expression, holder, "DW_AT_location"), self.of(holder), is_upper
                )
            if isinstance(found.value, int) and form not in ("DW_FORM_sec_offset", "DW_FORM_loclistx"):
                value = found.value + is_upper
                # a flexible or zero-length array has the upper bound -1, in a form as wide as the compiler likes
                return 0 if value >> 32 else value
            return Bound(partial(self._unit.expression, die, name), None, is_upper)
        return None

    def _struct(self, die: DIE, keyword: _Keyword) -> Type:
        complete = not number(die, "DW_AT_declaration")
        return Struct(
            keyword,
            name_of(die),
            number(die, "DW_AT_byte_size"),
            complete,
            guarded(lambda: tuple(self._member(c) for c in children(die) if _is_member(c))),
        )

    def _member(self, die: DIE) -> Member:
        type_ = self.of(die)
        offset = number(die, "DW_AT_data_member_location")
        bits, bit_offset = None, 0
        if attribute(die, "DW_AT_bit_size") is not None:
            bits = number(die, "DW_AT_bit_size")
            if attribute(die, "DW_AT_data_bit_offset") is not None:
                offset, bit_offset = divmod(number(die, "DW_AT_data_bit_offset"), 8)
            else:  # DWARF 3 counts from the highest bit of the storage unit
                size = number(die, "DW_AT_byte_size") or type_.size
                lowest = 8 * (offset + size) - number(die, "DW_AT_bit_offset") - bits
                offset, bit_offset = divmod(lowest, 8)
        return Member(name_of(die), type_, offset, bits, bit_offset, die.tag == "DW_TAG_inheritance")


def _is_member(die: DIE) -> bool:
    if die.tag == "DW_TAG_inheritance":
        return True
    return bool(die.tag == "DW_TAG_member" and not number(die, "DW_AT_external"))


_READERS: dict[str, Callable[[TypeReader, DIE], Type]] = {
    "DW_TAG_base_type": TypeReader._base,
    "DW_TAG_typedef": TypeReader._typedef,
    "DW_TAG_enumeration_type": TypeReader._enum,
    "DW_TAG_subroutine_type": TypeReader._function,
    "DW_TAG_subprogram": TypeReader._function,
    "DW_TAG_array_type": TypeReader._array,
}
