"""Typed bytes written as gdb 13 writes them, with its default settings.

It trusts that types are those of the binary, and asks `Surroundings` for what pointers point at. It formats; where
a variable is, and whether it still has a value, is `variables.py`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from stackreel.binary.model import SymbolOffset
from stackreel.binary.types import (
    Array,
    Base,
    Enum,
    FunctionType,
    Member,
    Pointer,
    Qualified,
    Struct,
    Type,
    Typedef,
    Void,
    strip,
    type_name,
)
from stackreel.frames.gotext import go_string
from stackreel.frames.numbers import floating
from stackreel.frames.text import LIMIT, character, elements, string

OPTIMIZED_OUT = "<optimized out>"
SYNTHETIC_POINTER = "<synthetic pointer>"

_QUOTE = "'"
_WIDE = {"wchar_t": "L", "char16_t": "u", "char32_t": "U"}


class Surroundings(Protocol):
    """What a value's text needs beside its bytes."""

    def read(self, address: int, size: int) -> bytes | None:
        """Return memory, None where it is not known."""

    def symbolize(self, address: int) -> SymbolOffset | None:
        """Return the symbol an address belongs to."""


Missing = Mapping[int, str]
"""Offsets of the bytes of a value that are not known, and what gdb writes in their place."""

NOTHING: Missing = {}


def format_value(type_: Type, data: bytes | None, near: Surroundings, missing: Missing = NOTHING) -> str:
    """Write a value as `info locals` does: pointers without their type. None for `data` is memory out of reach."""
    if data is None:
        return "<error: Cannot access memory>"
    if missing and len(missing) == len(data) and len(set(missing.values())) == 1:
        return missing[0]
    inner = strip(type_)
    if isinstance(inner, Struct):
        return _struct(inner, data, near, missing)
    if isinstance(inner, Array):
        return _array(type_, inner, data, near, missing)
    if missing:
        return missing[min(missing)]
    return _SCALARS[type(inner)](type_, inner, data, near)


def shows_type(type_: Type) -> bool:
    """Whether `print` writes the type before a value: gdb's c_value_print."""
    inner = strip(type_)
    if not isinstance(inner, Pointer) or inner.sign != "*":
        return False
    target = inner.target
    while isinstance(target, Qualified):
        target = target.target
    return isinstance(type_, Typedef) or not (isinstance(target, Base) and target.name == "char")


def character_size(type_: Type) -> int:
    """Return the size of a character type, 0 for other types; a typedef of char counts, as in gdb."""
    inner = strip(type_)
    if isinstance(inner, Base) and (
        inner.encoding in ("signed char", "unsigned char", "utf") or _wide(type_)
    ):
        return inner.size
    return 0


def _wide(type_: Type) -> str:
    """Return the prefix of a wide character's literals, empty for a narrow one."""
    while isinstance(type_, Typedef | Qualified):
        if isinstance(type_, Typedef) and type_.name in _WIDE:
            return _WIDE[type_.name]
        type_ = type_.target
    return _WIDE.get(type_.name, "") if isinstance(type_, Base) else ""


def _number(data: bytes, *, signed: bool = False) -> int:
    return int.from_bytes(data, "little", signed=signed)


def _base(type_: Type, inner: Type, data: bytes, near: Surroundings) -> str:
    assert isinstance(inner, Base)
    if inner.encoding == "float":
        return floating(data, inner.name)
    if inner.encoding == "complex":
        half, name = len(data) // 2, inner.name.removeprefix("complex ")
        return f"{floating(data[:half], name)} + {floating(data[half:], name)}i"
    if inner.encoding == "boolean" and _number(data) < 2:
        return "true" if _number(data) else "false"
    signed = inner.encoding in ("signed", "signed char")
    value = _number(data, signed=signed)
    size = character_size(type_)
    if not size:
        return str(value)
    return f"{value} {_wide(type_)}'{character(_number(data), _QUOTE, size)}'"


def _pointer(type_: Type, inner: Type, data: bytes, near: Surroundings) -> str:
    assert isinstance(inner, Pointer)
    address = _number(data)
    if inner.sign != "*":
        pointed = near.read(address, inner.target.size)
        return f"@{address:#x}: {format_value(inner.target, pointed, near)}"
    symbol = near.symbolize(address)
    text = f"{address:#x} <{symbol}>" if symbol is not None else f"{address:#x}"
    size = character_size(inner.target)
    if not size or not address or isinstance(strip(inner.target), FunctionType):
        return text
    return f"{text} {_pointed(address, size, _wide(inner.target), near)}"


def _pointed(address: int, size: int, prefix: str, near: Surroundings) -> str:
    """Write the string at an address, as far as it can be read."""
    found = bytearray()
    failed: int | None = None
    while len(found) < LIMIT * size:
        unit = near.read(address + len(found), size)
        if unit is None:
            failed = address + len(found)
            break
        if not any(unit):
            return prefix + string(bytes(found), size)
        found += unit
    if failed is not None:
        error = f"<error: Cannot access memory at address {failed:#x}>"
        return (prefix + string(bytes(found), size) if found else "") + error
    following = near.read(address + len(found), size)
    return prefix + string(bytes(found), size, force_dots=following is None or any(following))


def _enum(type_: Type, inner: Type, data: bytes, near: Surroundings) -> str:
    assert isinstance(inner, Enum)
    value = _number(data, signed=inner.is_signed)
    for name, known in inner.values:
        if known == value:
            return name
    bits = [v for _, v in inner.values if v]
    is_flags = all(v > 0 and _is_one_run(v) for v in bits) and not any(
        a & b for i, a in enumerate(bits) for b in bits[i + 1 :]
    )
    if not is_flags:
        return str(value)
    if not value:
        return "0"
    names = [name for name, v in inner.values if v and value & v]
    rest = value & ~sum(v for _, v in inner.values if value & v)
    return "(" + " | ".join([*names, *([f"unknown: {rest:#x}"] if rest else [])]) + ")"


def _is_one_run(value: int) -> bool:
    """Whether the bits that are set are neighbours."""
    lowest = value & -value
    return not (value // lowest + 1) & (value // lowest)


def _function(type_: Type, inner: Type, data: bytes, near: Surroundings) -> str:
    return "{" + type_name(type_) + "}"


def _void(type_: Type, inner: Type, data: bytes, near: Surroundings) -> str:
    return "void"


_SCALARS: Mapping[type, Callable[[Type, Type, bytes, Surroundings], str]] = {
    Base: _base,
    Pointer: _pointer,
    Enum: _enum,
    FunctionType: _function,
    Void: _void,
}


def _array(type_: Type, inner: Array, data: bytes, near: Surroundings, missing: Missing) -> str:
    element = element_type(inner)
    size = element.size
    count = len(data) // size if size else 0
    width = 0 if inner.is_vector or len(inner.counts) > 1 else character_size(element)
    if width and not missing:
        shown = data[: count * size]
        if shown and not any(shown[-width:]):
            shown = shown[:-width]
        return _wide(element) + string(shown, width)
    return elements(
        format_value(element, data[at : at + size], near, part(missing, at, size))
        for at in range(0, count * size, size)
    )


def element_type(array: Array) -> Type:
    """Return the type of an array's elements: for several dimensions, an array of one less."""
    if len(array.counts) < 2:
        return array.element
    return replace(array, counts=array.counts[1:])


def part(missing: Missing, offset: int, size: int) -> Missing:
    """Return the missing offsets of the part at `offset`."""
    return {at - offset: text for at, text in missing.items() if offset <= at < offset + size}


def _struct(inner: Struct, data: bytes, near: Surroundings, missing: Missing) -> str:
    if not inner.is_complete:
        return "<incomplete type>"
    if inner.go == "string":
        return go_string(data, near, missing)
    if not inner.members:
        return "{<No data fields>}"
    return "{" + ", ".join(_member(m, data, near, missing) for m in inner.members) + "}"


def _member(member: Member, data: bytes, near: Surroundings, missing: Missing) -> str:
    if member.bits is not None:
        value = bit_field(member, data, near)
    else:
        size = member.type.size
        raw = data[member.offset : member.offset + size]
        value = format_value(member.type, raw, near, part(missing, member.offset, size))
    if member.is_base:
        return f"<{member.name or type_name(member.type)}> = {value}"
    return f"{member.name} = {value}" if member.name else value


def bit_field(member: Member, data: bytes, near: Surroundings) -> str:
    """Write the value of a bit-field of the structure that `data` holds."""
    return format_value(member.type, field_bytes(member, data), near)


def field_bytes(member: Member, data: bytes) -> bytes:
    """Return a bit-field of the structure in `data` as its type holds the number, with its sign."""
    bits, inner = member.bits or 0, strip(member.type)
    value = _number(data[member.offset :]) >> member.bit_offset & ((1 << bits) - 1)
    signed = (isinstance(inner, Base) and inner.encoding in ("signed", "signed char")) or (
        isinstance(inner, Enum) and inner.is_signed
    )
    if signed and bits and value >> (bits - 1):
        value -= 1 << bits
    size = max(inner.size, 1)
    return (value & ((1 << (8 * size)) - 1)).to_bytes(size, "little")
