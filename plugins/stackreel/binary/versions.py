"""The versions of a file's symbols: the chained tables `.gnu.version_d` and `.gnu.version_r` (gABI, GNU's additions).

Trusts nothing: an entry is looked at once in as many bytes as it takes, so that the work is bounded by the table's
size whatever the links and counts in it say.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from stackreel.binary.elf import text
from stackreel.errors import BinaryError

_DEFINITION, _NEED, _PART = struct.Struct("<HHHHIII"), struct.Struct("<HHIII"), struct.Struct("<IHHII")
_NAME = struct.Struct("<I")


class Definition(NamedTuple):
    """A version that the file defines."""

    number: int
    flags: int
    name: str


class Need(NamedTuple):
    """A version of another file that this one asks for."""

    number: int
    name: str


def definitions(table: bytes, strings: bytes) -> Iterator[Definition]:
    """Yield the versions of `.gnu.version_d`. Raises BinaryError where the table is damaged."""
    at = 0
    for _ in range(len(table) // _DEFINITION.size):
        _, flags, number, _, _, aux, step = _entry(_DEFINITION, table, at)
        yield Definition(number, flags, text(strings, *_entry(_NAME, table, at + aux)))
        if not step:
            return
        at += step
    if table:
        raise _damaged()


def needs(table: bytes, strings: bytes) -> Iterator[Need]:
    """Yield the versions of `.gnu.version_r`. Raises BinaryError where the table is damaged."""
    left = len(table) // _PART.size  # a file's entry and a version's are of one size
    at = 0
    while table:
        _, count, _, aux, step = _entry(_NEED, table, at)
        left -= 1 + count
        if left < 0:
            raise _damaged()
        yield from _parts(table, strings, at + aux, count)
        if not step:
            return
        at += step


def _parts(table: bytes, strings: bytes, at: int, count: int) -> Iterator[Need]:
    for _ in range(count):
        _, _, number, name, step = _entry(_PART, table, at)
        yield Need(number, text(strings, name))
        if not step:
            return
        at += step


def _entry(form: struct.Struct, table: bytes, at: int) -> tuple[int, ...]:
    if at + form.size > len(table):
        raise _damaged()
    return form.unpack_from(table, at)


def _damaged() -> BinaryError:
    return BinaryError("the table of the versions of its symbols is damaged")
