"""`ptype/o`: a structure with the offset and size of its members, and the holes between them.

Follows gdb 13's print_offset_data (typeprint.c) and c_type_print_base_struct_union.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stackreel.binary.types import Enum, Member, Qualified, Struct, Type, type_name
from stackreel.claims.gdb.declarations import core_of, declaration, enumeration

_COLUMN = 27
_HEAD = "/* offset      |    size */  "


@dataclass
class _Place:
    """Where in the outermost structure the members are, in bits, and where the last one ended.

    gdb keeps one for all members of a structure, so that those of an array's elements count from the last one's.
    """

    offset: int = 0
    end: int = 0


def with_offsets(type_: Type, *, is_named: bool) -> str:
    """Return what `ptype/o` prints, empty for what has no members; `is_named`: a typedef led to the type."""
    core = core_of(type_)
    if not isinstance(core, Struct):
        return ""
    is_plain = type_ == core or isinstance(type_, Qualified)
    head = _HEAD if is_plain and not is_named else ""
    body = _body(core, 0, _Place(), is_whole=True)
    return f"{head}type = {type_name(type_).replace(type_name(core), body, 1)}\n"


def _body(core: Struct, level: int, place: _Place, *, is_whole: bool) -> str:
    """Return a structure; `is_whole`: with what it measures in the end."""
    inside = " " * (_COLUMN + level + 4)
    lines = [f"{core.keyword} {core.name} {{" if core.name else f"{core.keyword} {{"]
    if not core.is_complete:
        lines.append(f"{inside}<incomplete type>")
    elif not core.members:
        lines.append(f"{inside}<no data fields>")
    within = _Place()
    for member in core.members if core.is_complete else ():
        lines += _measured(core, member, place)
        lines[-1] += " " * (level + 4) + _member(member, level + 4, place, within)
    if is_whole:
        lines += [*_hole(place, 8 * core.size, "padding"), ""]
        lines.append(f"{inside}/* total size (bytes): {core.size:4} */")
    lines.append(" " * (_COLUMN + level + (0 if level else 2)) + "}")
    return "\n".join(lines)


def _measured(core: Struct, member: Member, place: _Place) -> Iterator[str]:
    """Yield the hole before a member, then the column with its offset and size."""
    size = member.type.size
    if core.keyword == "union":
        yield f"/*                {size:6} */"
        return
    at = 8 * member.offset + (member.bit_offset if member.bits is not None else 0)
    yield from _hole(place, at, "hole")
    byte, bit = divmod(at + place.offset, 8)
    where = f"{byte:6}   " if member.bits is None else f"{byte:6}:{bit:2}"
    yield f"/* {where}   |  {size:6} */"
    place.end = at + (8 * size if member.bits is None else member.bits)


def _hole(place: _Place, at: int, what: str) -> Iterator[str]:
    if not 0 < place.end < at:
        return
    size, bits = divmod(at - place.end, 8)
    if bits:
        yield f"/* XXX {bits:2}-bit {what:7}    */"
    if size:
        yield f"/* XXX {size:2}-byte {what:7}   */"


def _member(member: Member, level: int, place: _Place, within: _Place) -> str:
    text = declaration(member.type, member.name)
    own = member.type.target if isinstance(member.type, Qualified) else member.type
    core = core_of(member.type)
    if isinstance(own, Struct):
        within.offset, within.end = place.offset + 8 * member.offset, 0
        text = text.replace(type_name(own), _body(own, level, within, is_whole=True), 1)
    elif isinstance(core, Struct) and not core.name:
        text = text.replace(type_name(core), _body(core, level, within, is_whole=False), 1)
    elif isinstance(core, Enum) and not core.name:
        text = text.replace(type_name(core), enumeration(core), 1)
    return f"{text};" if member.bits is None else f"{text} : {member.bits};"
