"""Characters and strings of the program as gdb 13 prints them in a UTF-8 locale.

Runs of more than ten equal characters are written once with their count; after 200 characters (a run counts as
all of them) follow three dots. Bytes that are no character are octal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

LIMIT = 200
"""gdb's `print elements`."""

REPEATS = 10
"""gdb's `print repeats`."""

_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 27: "\\033", 92: "\\\\"}


def character(code: int, quote: str, size: int) -> str:
    """Write one character of `size` bytes as it stands between quotes of the kind `quote`."""
    if code in _ESCAPES:
        return _ESCAPES[code]
    if chr_or_none(code, size) is None:
        return f"\\{code:03o}" if code <= 0o777 else f"\\x{code:x}"
    plain = chr(code)
    return "\\" + plain if plain == quote else plain


def chr_or_none(code: int, size: int) -> str | None:
    """Return the printable character with this code; a single byte is one only if it is ASCII."""
    if (size == 1 and code >= 0x80) or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return None
    plain = chr(code)
    return plain if plain.isprintable() else None


_Unit = tuple[str, str | bytes]


def string(data: bytes, size: int = 1, *, force_dots: bool = False) -> str:
    """Write a string of `size`-byte characters, without the terminator; quotes included."""
    if not data:
        return '""'
    parts: list[str] = []
    taken, plain = 0, ""
    groups = [(unit, len(list(run))) for unit, run in groupby(_units(data, size))]
    rest = _cut(groups)
    for (kind, what), count in rest:
        taken += count
        if kind == "incomplete":
            parts, plain = _flush(parts, plain)
            parts.append("<incomplete sequence " + _octal(what) + ">")
        elif count > REPEATS:
            parts, plain = _flush(parts, plain)
            parts.append(f"'{_unit(kind, what, chr(39), size)}' <repeats {count} times>")
        else:
            plain += _unit(kind, what, '"', size) * count
    parts, _ = _flush(parts, plain)
    dots = force_dots or len(rest) < len(groups) or taken < sum(count for _, count in groups)
    return ", ".join(parts) + ("..." if dots else "")


def _cut(groups: list[tuple[_Unit, int]]) -> list[tuple[_Unit, int]]:
    """Return the groups up to the limit; only a run that is written as one may go beyond it."""
    kept: list[tuple[_Unit, int]] = []
    left = LIMIT
    for unit, count in groups:
        if left <= 0:
            break
        kept.append((unit, count))
        left -= count
    return kept


def _flush(parts: list[str], plain: str) -> tuple[list[str], str]:
    return ([*parts, f'"{plain}"'] if plain else parts), ""


def _unit(kind: str, what: str | bytes, quote: str, size: int) -> str:
    if isinstance(what, str):
        return character(ord(what), quote, max(size, 2))
    return character(int.from_bytes(what, "little"), quote, size)


def _octal(what: str | bytes) -> str:
    raw = what.encode() if isinstance(what, str) else what
    return "".join(f"\\{byte:03o}" for byte in raw)


def _units(data: bytes, size: int) -> Iterator[_Unit]:
    """Split into characters: text, single bytes that are none, and an unfinished sequence at the end."""
    if size > 1:
        codec = {2: "utf-16-le", 4: "utf-32-le"}[size]
        for at in range(0, len(data), size):
            unit = data[at : at + size]
            yield _decoded(unit, codec) or ("bytes", unit)
        return
    at = 0
    while at < len(data):
        length = _utf8_length(data[at])
        unit = data[at : at + length]
        if length > 1 and len(unit) < length and all(b & 0xC0 == 0x80 for b in unit[1:]):
            yield "incomplete", unit
            return
        found = _decoded(unit, "utf-8") if length > 1 else None
        if found is None:
            yield "bytes", data[at : at + 1]
            at += 1
        else:
            yield found
            at += length


def _decoded(unit: bytes, codec: str) -> _Unit | None:
    try:
        text = unit.decode(codec)
    except UnicodeDecodeError:
        return None
    return ("text", text) if len(text) == 1 and (text.isprintable() or ord(text) < 128) else None


def _utf8_length(first: int) -> int:
    if 0xC2 <= first < 0xE0:
        return 2
    if 0xE0 <= first < 0xF0:
        return 3
    return 4 if 0xF0 <= first < 0xF8 else 1


def elements(values: Iterable[str]) -> str:
    """Write an array's elements: runs of more than ten equal ones once, dots after 200 (a run counts as ten)."""
    parts: list[str] = []
    printed = 0
    for value, run in groupby(values):
        count = len(list(run))
        if count > REPEATS:
            if printed >= LIMIT:
                return "{" + ", ".join(parts) + "...}"
            parts.append(f"{value} <repeats {count} times>")
            printed += REPEATS
            continue
        room = min(count, LIMIT - printed)
        parts += [value] * room
        printed += room
        if room < count:
            return "{" + ", ".join(parts) + "...}"
    return "{" + ", ".join(parts) + "}"
