"""From a variable to the parts of it that a figure shows: members of structures, elements of arrays, bytes of strings.

A part never crosses an 8-byte row: what is larger than a row (long double, __int128, a union) has its value at its
lowest part. Trusts the sizes and offsets of the type.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from stackreel.binary.types import Array, Member, Struct, Type, strip
from stackreel.frames.gowords import is_byte_slice
from stackreel.frames.model import Role
from stackreel.frames.values import character_size, element_type

ROW = 8
"""Bytes of a row of the figure."""

Kind = Literal["value", "text", "bits", "rest", "word"]
"""What is shown: a typed value, characters, bit-fields, the upper bytes of a larger value, a machine word."""


@dataclass(frozen=True)
class Part:
    """Bytes with a name: `size` at `address`.

    `whole` is the size of the value that starts at `address` (more than `size` where it goes on in the next row).
    `members` are the bit-fields a part of kind `bits` holds, offsets counted from `address`.
    """

    address: int
    size: int
    name: str
    type: Type | None
    role: Role
    kind: Kind = "value"
    whole: int = 0
    members: tuple[Member, ...] = ()

    @property
    def high(self) -> int:
        """The address after the last byte."""
        return self.address + self.size


@dataclass(frozen=True)
class Placed:
    """A variable in memory; `is_result`: a function of Go returns it."""

    name: str
    type: Type
    address: int
    size: int
    role: Role
    is_result: bool = False


def parts(placed: Placed, low: int, high: int) -> Iterator[Part]:
    """Yield the parts of a variable that touch [low, high), in address order, split at rows."""
    for part in _parts(placed.name, placed.type, placed.address, placed.size, (low, high)):
        yield from split(replace(part, role=placed.role if part.role == "local" else part.role))


def split(part: Part) -> Iterator[Part]:
    """Split a part at rows; only the lowest piece keeps a value that is larger than it."""
    at = part.address
    while at < part.high:
        size = min(ROW - at % ROW, part.high - at)
        if at == part.address:
            yield replace(part, size=size, whole=max(part.size, part.whole))
        elif part.kind == "value":
            yield Part(at, size, f"{part.name} (high)", part.type, part.role, "rest", size)
        else:
            yield replace(part, address=at, size=size, whole=size)
        at += size


def _parts(name: str, type_: Type, address: int, size: int, window: tuple[int, int]) -> Iterator[Part]:
    if address >= window[1] or address + size <= window[0]:
        return
    inner = strip(type_)
    if isinstance(inner, Struct) and inner.go == "string" and size == 2 * ROW:  # pointer and length
        yield Part(address, ROW, f"{name}.str", type_, "local", whole=size)
        yield from _parts(f"{name}.len", inner.members[-1].type, address + ROW, ROW, window)
    elif isinstance(inner, Struct) and is_byte_slice(type_):
        yield Part(address, ROW, f"{name}.array", type_, "local", whole=size)
        for member in inner.members[1:]:
            yield from _parts(f"{name}.{member.name}", member.type, address + member.offset, ROW, window)
    elif isinstance(inner, Struct) and inner.keyword != "union" and inner.members:
        yield from _struct(name, inner, address, size, window)
    elif isinstance(inner, Array) and inner.element.size:
        yield from _array(name, inner, address, size, window)
    elif size:
        yield Part(address, size, name, type_, "local")


def _array(name: str, inner: Array, address: int, size: int, window: tuple[int, int]) -> Iterator[Part]:
    element = element_type(inner)
    if len(inner.counts) == 1 and character_size(element) and not inner.is_vector:
        yield from _text(name, element, address, size)
        return
    step = element.size
    if not step:
        return
    first = max((window[0] - address) // step, 0)
    last = min(-(-(window[1] - address) // step), size // step)
    for index in range(first, last):
        yield from _parts(f"{name}[{index}]", element, address + index * step, step, window)


def _text(name: str, element: Type, address: int, size: int) -> Iterator[Part]:
    """Yield one part a row, named for the bytes it holds where there are several."""
    at, width = address, element.size
    while at < address + size:
        taken = min(ROW - at % ROW, address + size - at)
        first, last = (at - address) // width, (at + taken - 1 - address) // width
        label = name if taken == size else f"{name}[{first}]" if first == last else f"{name}[{first}..{last}]"
        yield Part(at, taken, label, element, "local", "text")
        at += taken


def _struct(name: str, inner: Struct, address: int, size: int, window: tuple[int, int]) -> Iterator[Part]:
    at = 0
    for is_bits, members in groupby(inner.members, key=lambda m: m.bits is not None):
        for low, high, made in _bits(name, members) if is_bits else _whole(name, members, address, window):
            if at < low:
                yield Part(address + at, low - at, "", None, "padding", "word")
            if is_bits:
                yield replace(made[0], address=address + low)
            else:
                yield from made
            at = max(at, high)
    if at < size:
        yield Part(address + at, size - at, "", None, "padding", "word")


def _whole(
    name: str, members: Iterator[Member], address: int, window: tuple[int, int]
) -> Iterator[tuple[int, int, tuple[Part, ...]]]:
    for member in members:
        label = f"{name}.{member.name}" if member.name and not member.is_base else name
        size = member.type.size
        inside = _parts(label, member.type, address + member.offset, size, window)
        yield member.offset, member.offset + size, tuple(inside)


def _bits(name: str, members: Iterator[Member]) -> Iterator[tuple[int, int, tuple[Part, ...]]]:
    """Yield neighbouring bit-fields as one part."""
    group = [m for m in members if m.bits]
    if not group:
        return
    low = min(m.offset + m.bit_offset // 8 for m in group)
    high = max(m.offset + (m.bit_offset + (m.bits or 0) + 7) // 8 for m in group)
    label = f"{name}." + ",".join(m.name for m in group if m.name)
    moved = tuple(replace(m, offset=m.offset - low) if m.offset >= low else m for m in group)
    yield low, high, (Part(low, high - low, label, None, "local", "bits", members=moved),)
