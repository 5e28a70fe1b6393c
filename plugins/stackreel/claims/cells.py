"""A variable as the expression language sees it: bytes with a C type, its members and elements.

Types are those of the binary's debug information, the text of a value is gdb's. It trusts that bytes and type
belong together; what a pointer points at is read when it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from stackreel.binary.types import Array, Base, Enum, Member, Pointer, Struct, Type, strip, type_name
from stackreel.claims.subject import CellKind
from stackreel.frames import element_type, format_value
from stackreel.frames.values import NOTHING, Missing, Surroundings, bit_field, character_size, field_bytes

_BASES: dict[str, CellKind] = {
    "signed": "signed",
    "unsigned": "unsigned",
    "boolean": "unsigned",
    "float": "real",
    "complex": "aggregate",
    "signed char": "character",
    "unsigned char": "unsigned",
    "utf": "unsigned",
    "address": "pointer",
}

_MASK = (1 << 64) - 1


@dataclass(frozen=True)
class TypedCell:
    """An object of a C type; `raw` are its bytes (None: not known, then `shown` says why).

    `bits` is the width of a bit-field, None for all else.
    """

    c_type: Type
    raw: bytes | None
    address: int | None
    near: Surroundings = field(repr=False)
    missing: Missing = field(default_factory=dict, repr=False)
    text: str = ""
    is_go: bool = False
    bits: int | None = None

    @property
    def kind(self) -> CellKind:
        """What sort of value it is."""
        inner = strip(self.c_type)
        if isinstance(inner, Base):
            return _BASES[inner.encoding]
        if isinstance(inner, Pointer):
            return "pointer"
        if isinstance(inner, Enum):
            return "signed" if inner.is_signed else "unsigned"
        is_text = isinstance(inner, Array) and len(inner.counts) == 1 and character_size(inner.element) == 1
        return "text" if is_text else "aggregate"

    @property
    def type(self) -> str:
        """Its type as gdb names it."""
        return type_name(self.c_type)

    @property
    def core(self) -> str:
        """The name of its type behind typedefs, without qualifiers."""
        return _core(self.c_type)

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.c_type.size

    @property
    def width(self) -> int:
        """Its width in bits, less than its size for a bit-field."""
        return 8 * self.size if self.bits is None else self.bits

    @property
    def data(self) -> bytes | None:
        """Its bytes; None where any of them is not known."""
        return None if self.missing else self.raw

    @property
    def shown(self) -> str:
        """Its value as gdb prints it."""
        return self.text or format_value(self.c_type, self.raw, self.near, self.missing)

    def members(self) -> tuple[str, ...]:
        """Names of all members, those of anonymous structures and unions included."""
        inner = strip(self.c_type)
        if isinstance(inner, Pointer):
            inner = strip(inner.target)
        return tuple(_names(inner)) if isinstance(inner, Struct) else ()

    def member(self, name: str) -> TypedCell | None:
        """The member `name`, of what a pointer points at too (`->` in C)."""
        inner = strip(self.c_type)
        if isinstance(inner, Pointer):
            pointed = self.element(0)
            return None if pointed is None else pointed.member(name)
        if not isinstance(inner, Struct):
            return None
        for member in inner.members:
            if member.name == name:
                return self._member(member)
            if not member.name and isinstance(strip(member.type), Struct):
                found = self._member(member).member(name)
                if found is not None:
                    return found
        return None

    def _member(self, member: Member) -> TypedCell:
        if member.bits is not None:
            return self._bit_field(member)
        return self._part(member.type, member.offset)

    def _part(self, type_: Type, offset: int) -> TypedCell:
        size = type_.size
        raw = None if self.raw is None else self.raw[offset : offset + size]
        missing = {at - offset: why for at, why in self.missing.items() if offset <= at < offset + size}
        address = None if self.address is None else self.address + offset
        return TypedCell(type_, raw, address, self.near, missing, is_go=self.is_go)

    def placed(self, address: int) -> TypedCell:
        """An object of the same type at another address, read from memory."""
        return self._read(self.c_type, address)

    def _read(self, type_: Type, address: int) -> TypedCell:
        address &= _MASK
        raw = self.near.read(address, type_.size)
        why = "" if raw is not None else f"the {type_.size} bytes at {address:#x} are not known"
        return TypedCell(type_, raw, address, self.near, NOTHING, why, self.is_go)

    def _bit_field(self, member: Member) -> TypedCell:
        """Return a bit-field as its type holds it; it has no address."""
        if self.data is None:
            return TypedCell(member.type, None, None, self.near, text="not known", bits=member.bits)
        raw = field_bytes(member, self.data)
        text = bit_field(member, self.data, self.near)
        return TypedCell(member.type, raw, None, self.near, text=text, bits=member.bits)

    def element(self, index: int) -> TypedCell | None:
        """The array's element, or what the pointer plus `index` points at; None where there is none."""
        inner = strip(self.c_type)
        if isinstance(inner, Array):
            element = element_type(inner)
            count = inner.counts[0]
            inside = isinstance(count, int) and 0 <= index < count
            return self._part(element, index * element.size) if inside else None
        if isinstance(inner, Pointer) and inner.target.size and self.data is not None:
            size = inner.target.size
            return self._read(inner.target, int.from_bytes(self.data, "little") + index * size)
        return None


def _core(type_: Type) -> str:
    inner = strip(type_)
    return f"{_core(inner.target)} {inner.sign}" if isinstance(inner, Pointer) else type_name(inner)


def _names(struct: Struct) -> list[str]:
    found: list[str] = []
    for member in struct.members:
        inner = strip(member.type)
        if member.name:
            found.append(member.name)
        elif isinstance(inner, Struct):
            found += _names(inner)
    return found
