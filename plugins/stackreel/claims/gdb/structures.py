"""Structures and arrays part by part: on one line, or over lines as `set print pretty on` has them.

Follows gdb 13's cp_print_value_fields and generic_val_print_array. `depth` is gdb's recurse, the nesting of what is
written; None where everything stands on one line. What a part looks like is `frames.values`' business.
"""

from __future__ import annotations

from collections.abc import Sequence

from stackreel.binary.types import Array, FunctionType, Member, Struct, Type, strip, type_name
from stackreel.claims.gdb.memory import Reader
from stackreel.claims.gdb.program import TEXT
from stackreel.frames.text import elements
from stackreel.frames.values import NOTHING, Missing, bit_field, element_type, format_value, part


def braced(parts: Sequence[str], depth: int | None) -> str:
    """Put the members of a structure in braces."""
    if depth is None:
        return "{" + ", ".join(parts) + "}"
    inside, end = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    return "{" + ",".join(inside + part_ for part_ in parts) + end + "}"


def below(depth: int | None) -> int | None:
    """Return the depth of the parts of what stands at `depth`."""
    return None if depth is None else depth + 1


def code(type_: Type, address: int, near: Reader) -> str:
    """Write a function: its type, not by the name Go gives it, and where it is."""
    shown = type_ if type_ is TEXT else strip(type_)
    return f"{{{type_name(shown)}}} {address:#x}{near.program.angled(address)}"


def plain(
    type_: Type, data: bytes, near: Reader, missing: Missing = NOTHING, address: int | None = None
) -> str:
    """Write a value without a format; `address` is where it is, None where it is not in memory."""
    return _Plain(near).text(type_, data, missing, address, near.depth)


class _Plain:
    def __init__(self, near: Reader) -> None:
        self._near = near

    def text(self, type_: Type, data: bytes, missing: Missing, address: int | None, depth: int | None) -> str:
        inner = strip(type_)
        is_lost = bool(missing) and len(missing) >= len(data) and len(set(missing.values())) == 1
        if isinstance(inner, FunctionType) and not missing:
            return code(type_, address or 0, self._near)
        if isinstance(inner, Struct) and _has_parts(inner) and not is_lost:
            members = (self._member(m, data, missing, address, depth) for m in inner.members)
            return braced(tuple(members), depth)
        if isinstance(inner, Array) and not is_lost:
            element = element_type(inner)
            if isinstance(strip(element), Struct | Array | FunctionType) and element.size:
                return elements(self._elements(element, data, missing, address, depth))
        return format_value(type_, data, self._near, missing)

    def _elements(
        self, element: Type, data: bytes, missing: Missing, address: int | None, depth: int | None
    ) -> list[str]:
        size = element.size
        return [
            self.text(
                element, data[at : at + size], part(missing, at, size), _moved(address, at), below(depth)
            )
            for at in range(0, len(data) // size * size, size)
        ]

    def _member(
        self, member: Member, data: bytes, missing: Missing, address: int | None, depth: int | None
    ) -> str:
        at, size = member.offset, member.type.size
        if member.bits is not None:
            value = bit_field(member, data, self._near)
        else:
            lost = part(missing, at, size)
            value = self.text(member.type, data[at : at + size], lost, _moved(address, at), below(depth))
        if member.is_base:
            return f"<{member.name or type_name(member.type)}> = {value}"
        return f"{member.name} = {value}" if member.name else value


def _moved(address: int | None, offset: int) -> int | None:
    return None if address is None else address + offset


def _has_parts(struct: Struct) -> bool:
    return struct.is_complete and struct.go != "string" and bool(struct.members)
