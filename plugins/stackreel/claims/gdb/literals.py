"""Literals of a gdb expression: numbers with C's types, characters, strings."""

from __future__ import annotations

import re

from stackreel.binary.types import Array, Base, Type
from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.program import INT
from stackreel.claims.gdb.typed import (
    CHAR,
    DOUBLE,
    FLOAT,
    LONG,
    UNSIGNED,
    UNSIGNED_LONG,
    Value,
    real,
    whole,
)

_ESCAPES = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27}


def number_literal(written: str) -> Value:
    """Return an integer or floating point literal. Raises GdbError."""
    text = written.lower()
    if not text.startswith("0x") and re.search(r"[.e]", text):
        return _real_literal(written)
    digits = text.rstrip("ul")
    suffix = text[len(digits) :]
    octal = len(digits) > 1 and digits[0] == "0" and not digits.startswith("0x")
    try:
        found = int(digits, 8 if octal else 0)
    except ValueError:
        raise GdbError(f'Invalid number "{written}".') from None
    if found >> 64:
        raise GdbError("Numeric constant too large.")
    return whole(found, _literal_type(found, suffix, is_decimal=digits[0] != "0" or found == 0))


def is_digits(text: str) -> bool:
    """Whether a text is a number that gdb counts with. Raises UnrecordedError for one longer than gdb's own."""
    if not (text.isascii() and text.isdigit()):
        return False
    if len(text) > _LONGEST_NUMBER:
        raise unrecorded(f"a replay does not count as far as {text}")
    return True


_LONGEST_NUMBER = 9
"""Digits of the numbers that surely fit gdb's int."""


def _literal_type(found: int, suffix: str, *, is_decimal: bool) -> Type:
    """Return the first of C's types for a literal that holds it."""
    is_long, is_unsigned = "l" in suffix, "u" in suffix
    candidates = ((INT, 31), (UNSIGNED, 32), (LONG, 63), (UNSIGNED_LONG, 64))
    for type_, bits in candidates:
        unsigned = type_ in (UNSIGNED, UNSIGNED_LONG)
        if (is_long and type_.size < 8) or (is_unsigned and not unsigned):
            continue
        if unsigned and is_decimal and not is_unsigned and bits < 64:
            continue
        if not found >> bits:
            return type_
    return UNSIGNED_LONG


def _real_literal(text: str) -> Value:
    body = text.rstrip("fFlL")
    try:
        found = float(body)
    except ValueError:
        raise GdbError(f'Invalid number "{text}".') from None
    suffix = text[len(body) :].lower()
    types = {"f": FLOAT, "l": Base("long double", 16, "float")}
    return real(found, types.get(suffix, DOUBLE))


def _unescaped(body: str) -> bytes:
    found, at = bytearray(), 0
    while at < len(body):
        if body[at] != "\\":
            found += body[at].encode()
            at += 1
            continue
        octal = re.match(r"\\([0-7]{1,3})", body[at:])
        if octal:
            found.append(int(octal.group(1), 8) & 0xFF)
            at += octal.end()
        else:
            following = body[at + 1 : at + 2]
            found += bytes((_ESCAPES[following],)) if following in _ESCAPES else following.encode()
            at += 2
    return bytes(found)


def is_name(written: str) -> bool:
    """Whether quotes of a character are around a name: gdb takes more than two characters for one."""
    return len(_unescaped(written[1:-1])) > _LONGEST_CHARACTER


_LONGEST_CHARACTER = 2


def character_literal(written: str) -> Value:
    """Return a character with its quotes. Raises GdbError."""
    data = _unescaped(written[1:-1])
    if not data:
        raise GdbError("Empty character constant.")
    if len(data) > 1:
        raise GdbError("Invalid character constant.")
    return Value(CHAR, data)


def string_literal(*written: str) -> Value:
    """Return strings with their quotes, one after another, as an array of char."""
    data = b"".join(_unescaped(part[1:-1]) for part in written) + b"\0"
    return Value(Array(CHAR, (len(data),)), data)
