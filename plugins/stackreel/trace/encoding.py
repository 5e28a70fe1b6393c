"""How numbers and memory are written in a stored trace: short, exact, the same on every host.

A column is a text of differences between neighbours in hexadecimal, a repeated difference once with its count:
`400540 1 3 0*5 -2f`. Memory is a list of [offset, hexadecimal] pieces between runs of zeros.
Reading trusts nothing: counts are bounded by the length expected, values by their width. Damage is a ValueError,
which `storage.py` turns into a StorageError.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_TOKEN = re.compile(r"(-?[0-9a-f]+)(?:\*([1-9][0-9]*))?")
_ZEROS = re.compile(rb"\0{16,}")
_BLOCK_LIMIT = 1 << 31


def write_column(values: Iterable[int]) -> str:
    """Return a column as text."""
    tokens: list[str] = []
    last, delta, count = 0, 0, 0
    for value in values:
        if count and value - last == delta:
            count += 1
        else:
            _put(tokens, delta, count)
            delta, count = value - last, 1
        last = value
    _put(tokens, delta, count)
    return " ".join(tokens)


def _put(tokens: list[str], delta: int, count: int) -> None:
    if count:
        tokens.append(f"{delta:x}" if count == 1 else f"{delta:x}*{count}")


def read_column(text: object, length: int, bits: int) -> list[int]:
    """Return the column of `length` unsigned values of `bits` bits; ValueError where it is not one."""
    values: list[int] = []
    last, limit = 0, 1 << bits
    for token in _text(text).split():
        found = _TOKEN.fullmatch(token)
        if not found:
            raise ValueError(f"{token!r} is not a difference")
        delta, count = int(found[1], 16), int(found[2] or 1)
        if count > length - len(values):
            raise ValueError(f"a column has more than {length} values")
        for _ in range(count):
            last += delta
            if not 0 <= last < limit:
                raise ValueError(f"{last:#x} does not fit in {bits} bits")
            values.append(last)
    if len(values) != length:
        raise ValueError(f"a column has {len(values)} values, not {length}")
    return values


def write_memory(data: bytes) -> list[list[int | str]]:
    """Return a block of memory as pieces that are not zero."""
    pieces: list[list[int | str]] = []
    at = 0
    for gap in (*_ZEROS.finditer(data), None):
        end = gap.start() if gap else len(data)
        if end > at:
            pieces.append([at, data[at:end].hex()])
        at = gap.end() if gap else end
    return pieces


def read_memory(pieces: object, size: int) -> bytes:
    """Return the block of `size` bytes; ValueError where the pieces do not fit it."""
    if not 0 <= size <= _BLOCK_LIMIT:
        raise ValueError(f"a block of {size} bytes")
    data = bytearray(size)
    for piece in _list(pieces):
        offset, text = _list(piece)
        part = bytes.fromhex(_text(text))
        low = whole(offset, 64)
        if low + len(part) > size:
            raise ValueError("a piece of memory is outside its block")
        data[low : low + len(part)] = part
    return bytes(data)


def whole(value: object, bits: int) -> int:
    """Return `value` if it is an unsigned number of at most `bits` bits; ValueError otherwise."""
    if type(value) is not int or not 0 <= value < 1 << bits:
        raise ValueError(f"{value!r} is not a number of {bits} bits")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a text")  # noqa: TRY004  one error for all damage
    return value


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is not a list")  # noqa: TRY004  one error for all damage
    return value
