"""Values as `print`, `display` and `info registers` write them: in their own way, or in a format letter's.

Follows gdb 13's print_scalar_formatted and generic_val_print. What a plain value looks like is `frames.values`'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stackreel.binary.types import Array, Base, FunctionType, Pointer, Struct, Type, Void, strip, type_name
from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.literals import is_digits
from stackreel.claims.gdb.memory import Reader
from stackreel.claims.gdb.registers import FLAGS, VEC128, flags_text
from stackreel.claims.gdb.structures import below, braced, code, plain
from stackreel.claims.gdb.typed import Value, element, is_real, is_signed, number
from stackreel.frames.numbers import floating
from stackreel.frames.text import character, elements
from stackreel.frames.values import (
    NOTHING,
    SYNTHETIC_POINTER,
    Missing,
    bit_field,
    field_bytes,
    format_value,
    shows_type,
)
from stackreel.frames.values import part as missing_part

_LETTERS = frozenset("xduotacfsz")
_FORM = re.compile(r"/\s*(\S*)\s*")
_FORMAT = re.compile(r"(-?[0-9]+)?([a-z]*)$")
_MOST = 100_000


@dataclass(frozen=True)
class Format:
    """What follows a command's slash; `letter` and `size` empty and `count` 1 where nothing was written."""

    letter: str = ""
    size: str = ""
    count: int = 1


def split_form(rest: str) -> tuple[str, str]:
    """Split `/4xw $rsp` into the format without its slash and the expression."""
    match = _FORM.match(rest)
    return ("", rest) if match is None else (match.group(1), rest[match.end() :])


def parse_format(text: str, default: Format) -> Format:
    """Read `4xw`, without the slash. Raises GdbError."""
    match = _FORMAT.match(text)
    if match is None:
        raise GdbError(f'Invalid number "{text}".')
    said = match.group(1) or "1"
    count = int(said) if is_digits(said.removeprefix("-")) else 1
    if abs(count) > _MOST:
        raise unrecorded(f"a replay shows at most {_MOST} units at a time, not {abs(count)}")
    letter, size = "", ""
    for one in match.group(2):
        if one in "bhwg":
            size = one
        elif one != "r":  # raw: without pretty-printers, of which a replay has none
            letter = one
    if letter and letter not in _LETTERS and letter != "i":
        raise GdbError(f'Undefined output format "{letter}".')
    return Format(letter or default.letter, size or default.size, count)


def print_format(text: str, command: str, last: str = "") -> str:
    """Return the format letter of `print` or `output`, `last` where none is given. Raises GdbError for nonsense."""
    found = parse_format(text, Format(last))
    if found.size:
        raise GdbError(f'Size letters are meaningless in "{command}" command.')
    if found.count != 1:
        raise GdbError(f'Item count other than 1 is meaningless in "{command}" command.')
    if found.letter == "i":
        raise GdbError(f'Format letter "i" is meaningless in "{command}" command.')
    return found.letter


def shown(value: Value, data: bytes, near: Reader, letter: str = "", *, top: bool = True) -> str:
    """Write a value whose bytes are `data`; `top`: as `print` does, pointers with their type."""
    inner = strip(value.type)
    if value.missing and len(value.missing) >= len(data) and len(set(value.missing.values())) == 1:
        why = next(iter(value.missing.values()))
        is_typed = why == SYNTHETIC_POINTER and top and shows_type(value.type)
        return f"({type_name(value.type)}) {why}" if is_typed else why
    if isinstance(inner, Void):
        return "void"
    if isinstance(inner, FunctionType):
        if letter and near.program.is_go:
            raise unrecorded("a replay does not show the first byte of a function value")
        if letter:
            raise GdbError("Value can't be converted to integer.")
        return code(value.type, value.address or 0, near)
    if value.bits is not None and letter in ("", "s"):
        return bit_field(value.bits, data, near)
    if letter and letter != "s":
        held = data if value.bits is None else field_bytes(value.bits, data)
        return formatted(value.type, held, letter, near, near.depth, value.missing)
    if value.type is VEC128 or inner is VEC128 or _is_lane(inner):
        return _vector(value.type, data, near, near.depth)
    if value.type == FLAGS:
        return flags_text(int.from_bytes(data, "little"))
    text = plain(value.type, data, near, value.missing, value.address)
    return f"({type_name(value.type)}) {text}" if top and shows_type(value.type) else text


def _is_lane(inner: Type) -> bool:
    return isinstance(inner, Array) and inner.is_vector and is_real(inner.element) and inner.element.size == 2


def _vector(type_: Type, data: bytes, near: Reader, depth: int | None = None) -> str:
    inner = strip(type_)
    if isinstance(inner, Struct):
        return braced([f"{m.name} = {_vector(m.type, data, near)}" for m in inner.members], depth)
    if isinstance(inner, Array):
        size = inner.element.size
        return elements(
            _vector(inner.element, data[at : at + size], near) for at in range(0, len(data), size)
        )
    return format_value(type_, data, near)


def formatted(  # noqa: PLR0913, PLR0917 - as many as `plain` has, and the letter
    type_: Type,
    data: bytes,
    letter: str,
    near: Reader,
    depth: int | None = None,
    missing: Missing = NOTHING,
) -> str:
    """Write a value in a format, member by member and element by element; `depth` as in `structures`."""
    inner = strip(type_)
    if isinstance(inner, Array):
        part = element(inner)
        size = max(part.size, 1)
        return elements(
            formatted(part, data[at : at + size], letter, near, below(depth), missing_part(missing, at, size))
            for at in range(0, len(data), size)
        )
    if isinstance(inner, Struct):
        parts = []
        for member in inner.members:
            raw = data[member.offset : member.offset + member.type.size]
            if member.bits is not None:
                raw = field_bytes(member, data)
            lost = NOTHING if member.bits else missing_part(missing, member.offset, member.type.size)
            try:
                text = formatted(member.type, raw, letter, near, below(depth), lost)
            except GdbError as e:
                text = f"<error reading variable: {e}>"
            parts.append(f"{member.name} = {text}" if member.name else text)
        return braced(parts, depth)
    if missing:
        return missing[min(missing)]
    if letter == "f" and isinstance(inner, Base) and is_real(inner):
        return floating(data, inner.name)
    if is_real(type_) and letter in _OF_INTEGERS:
        data = number(type_, data).to_bytes(8, "little", signed=True)
    if len(data) > 8 and letter in _OF_INTEGERS:
        raise GdbError("That operation is not available on integers of more than 8 bytes.")
    return scalar(data, letter, near, signed=is_signed(type_) or is_real(type_))


_OF_INTEGERS = "ac"
"""Formats of numbers up to 8 bytes: they take the whole part of a floating point one; the others show its bits."""


def scalar(data: bytes, letter: str, near: Reader, *, signed: bool = True, pad: bool = False) -> str:
    """Write one number; `pad`: as `x` does, to the full width of its size."""
    return _SCALARS[letter](data, near, signed, pad)


def _unsigned(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _hexadecimal(data: bytes, near: Reader, signed: bool, pad: bool) -> str:
    return f"0x{_unsigned(data):0{2 * len(data) if pad else 1}x}"


def _octal(data: bytes, near: Reader, signed: bool, pad: bool) -> str:
    value = _unsigned(data)
    return f"0{value:o}" if value else "0"


def _binary(data: bytes, near: Reader, signed: bool, pad: bool) -> str:
    return f"{_unsigned(data):0{8 * len(data) if pad else 1}b}"


def _address(data: bytes, near: Reader, signed: bool, pad: bool) -> str:
    value = int.from_bytes(data, "little", signed=signed) & (1 << 64) - 1
    return f"{value:#x}{near.program.angled(value)}"


def _character(data: bytes, near: Reader, signed: bool, pad: bool) -> str:
    code = data[0]
    value = code - 256 if signed and code > 127 else code
    return f"{value} '{character(code, chr(39), 1)}'"


def _float(data: bytes, near: Reader, signed: bool, pad: bool) -> str:
    if len(data) in (4, 8, 16):
        return floating(data)
    return str(int.from_bytes(data, "little", signed=signed))


_SCALARS: Mapping[str, Callable[[bytes, Reader, bool, bool], str]] = {
    "x": _hexadecimal,
    "z": lambda data, near, signed, pad: _hexadecimal(data, near, signed, True),
    "d": lambda data, near, signed, pad: str(int.from_bytes(data, "little", signed=True)),
    "u": lambda data, near, signed, pad: str(_unsigned(data)),
    "o": _octal,
    "t": _binary,
    "a": _address,
    "c": _character,
    "f": _float,
}


def raw_and_natural(name: str, type_: Type, value: int, near: Reader) -> tuple[str, str]:
    """Return the two columns of `info registers`; a vector register has only one."""
    data = value.to_bytes(type_.size, "little")
    if type_ is VEC128:
        return formatted(type_, data, "x", near, near.depth), ""
    if isinstance(strip(type_), Pointer) and name not in ("rip", "pc"):
        return f"{value:#x}", f"{value:#x}"
    return f"{value:#x}", shown(Value(type_, data), data, near, top=False)
