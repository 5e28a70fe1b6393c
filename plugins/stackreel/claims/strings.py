r"""C's string and character literals: read, and written so that they can be read again.

A string is text; a byte of it that is no UTF-8 is a lone surrogate, as Python's `surrogateescape` has it, and is
written as three octal digits, which is how gdb writes it.
"""

from __future__ import annotations

import re

_SIMPLE = {
    "a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "e": 27, '"': 34, "'": 39, "?": 63, "\\": 92,
}  # fmt: skip
_WRITTEN = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}

_PART = re.compile(r"\\(?:x(?P<hex>[0-9a-fA-F]+)|(?P<octal>[0-7]{1,3})|(?P<simple>.))|(?P<plain>[^\\]+)")
_BYTE = 0xFF

CHARACTERS = r"\n \t \0 \x41 \101 \\ \" \'"
"""The escapes, for errors."""


class EscapeError(ValueError):
    """An escape that C does not have; the message names it."""


def text_of(data: bytes) -> str:
    """Return bytes of the program as text."""
    return data.decode("utf-8", "surrogateescape")


def unquoted(literal: str) -> str:
    """Read a string or character literal, quotes included in `literal`. Raises EscapeError."""
    data = bytearray()
    for part in _PART.finditer(literal[1:-1]):
        data += part["plain"].encode("utf-8", "surrogateescape") if part["plain"] else bytes([_escaped(part)])
    return text_of(bytes(data))


def _escaped(part: re.Match[str]) -> int:
    if part["simple"]:
        if part["simple"] not in _SIMPLE:
            raise EscapeError(part.group())
        return _SIMPLE[part["simple"]]
    code = int(part["hex"], 16) if part["hex"] else int(part["octal"], 8)
    if code > _BYTE:
        raise EscapeError(part.group())
    return code


def character_code(literal: str) -> int:
    """Read a character literal as its number; one of a single byte has C's sign. Raises EscapeError."""
    text = unquoted(literal)
    code = ord(text)
    if 0xDC80 <= code <= 0xDCFF:  # a byte from 0x80 on
        return code - 0xDD00
    return code


def quoted(text: str) -> str:
    """Write a string as a C literal."""
    return '"' + "".join(map(_written, text)) + '"'


def _written(character: str) -> str:
    code = ord(character)
    if code in _WRITTEN:
        return _WRITTEN[code]
    if character.isprintable():
        return character
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))
