"""DWARF expressions by hand: each operation has one known answer."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field

import pytest

from stackreel.binary import (
    CallSite,
    Expression,
    InMemory,
    InRegister,
    OptimizedOut,
    Piece,
    Pieces,
    Value,
    entry_value,
    evaluate,
    frame_base_value,
)
from stackreel.binary.lists import Entry, Lists
from stackreel.binary.types import Base
from stackreel.errors import BinaryError

TYPES = {
    1: Base("int", 4, "signed"),
    2: Base("double", 8, "float"),
    3: Base("unsigned char", 1, "unsigned char"),
    4: Base("float", 4, "float"),
}


class Unit:
    """A unit at a bias, with two addresses and four base types."""

    bias = 0x1000

    def address(self, index: int) -> int:
        return (0x20, 0x30)[index] + self.bias

    def base_type(self, offset: int) -> Base:
        return TYPES[offset]


@dataclass(frozen=True)
class Frame:
    """A context with fixed answers."""

    registers: dict[str, int] = field(
        default_factory=lambda: {"rax": 7, "rbp": 0x100, "rsp": 0xF0, "xmm0": 0}
    )
    entry: int | None = None

    def register(self, name: str) -> int | None:
        return self.registers.get(name)

    def memory(self, address: int, size: int) -> bytes | None:
        return bytes(range(address & 0xFF, (address & 0xFF) + size)) if address < 0x1000 else None

    def cfa(self) -> int | None:
        return 0x110

    def frame_base(self) -> int | None:
        return 0x110

    def entry_value(self, expression: Expression) -> int | None:
        return self.entry if expression.code == b"\x55" else None

    def thread_pointer(self) -> int | None:
        return 0x7000


def value_of(code: bytes, frame: Frame | None = None) -> object:
    return evaluate(Expression(code + b"\x9f", Unit()), frame or Frame())


@pytest.mark.parametrize(
    ("code", "place"),
    [
        (b"\x91\x6c", InMemory(0x110 - 20)),  # fbreg -20
        (b"\x76\x08", InMemory(0x108)),  # breg6 8
        (b"\x92\x06\x7f", InMemory(0xFF)),  # bregx rbp -1
        (b"\x50", InRegister("rax")),
        (b"\x61", InRegister("xmm0")),
        (b"\x90\x11", InRegister("xmm0")),  # regx 17
        (b"\x03" + struct.pack("<Q", 0x40), InMemory(0x1040)),
        (b"\xa1\x01", InMemory(0x1030)),  # addrx 1
        (b"\x9c\x23\x10", InMemory(0x120)),  # call_frame_cfa; plus_uconst 16
        (b"\x0e" + struct.pack("<Q", 0x18) + b"\xe0", InMemory(0x7018)),  # thread-local
        (b"\x0e" + struct.pack("<Q", 0x18) + b"\x9b", InMemory(0x7018)),
        (b"\x9e\x02ab", Value(b"ab")),
        (b"", OptimizedOut()),
        (b"\x72\x00", OptimizedOut("register rcx is not known")),
        (b"\x72\x00\x9f", OptimizedOut("register rcx is not known")),
        (b"\xa3\x01\x55\x9f", OptimizedOut("the value at function entry is not known")),
        (b"\xa0\1\0\0\0\0", OptimizedOut("synthetic pointer")),
        (b"\x0c" + struct.pack("<I", 0x2000) + b"\x06", OptimizedOut("memory at 0x2000 is not known")),
        (
            b"\x50\x93\x04\x93\x04\x91\x00\x93\x08",  # rax, nothing, memory
            Pieces((Piece(InRegister("rax"), 32), Piece(OptimizedOut(), 32), Piece(InMemory(0x110), 64))),
        ),
        (b"\x51\x9d\x03\x02", Pieces((Piece(InRegister("rdx"), 3, 2),))),
        (
            b"\x72\x00\x9f\x93\x04\x35\x9f\x93\x04",  # an unknown value, then 5
            Pieces((Piece(OptimizedOut("register rcx is not known"), 32), Piece(Value(5), 32))),
        ),
    ],
)
def test_places(code: bytes, place: object) -> None:
    assert evaluate(Expression(code, Unit()), Frame()) == place


def _float(value: float) -> bytes:
    """Return DW_OP_const_type of a float."""
    return b"\xa4\x04\x04" + struct.pack("<f", value)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (b"\x35\x33\x22", 8),  # lit5 lit3 plus
        (b"\x33\x35\x1c", 2**64 - 2),
        (b"\x11\x79\x33\x1b", 2**64 - 2),  # -7 / 3 is -2: the generic type divides as signed
        (b"\x11\x79\x33\x1d", (2**64 - 7) % 3),
        (b"\x09\xff\x19", 1),  # abs(-1)
        (b"\x09\xff\x31\x26", 2**64 - 1),  # -1 >> 1, arithmetic
        (b"\x09\xff\x08\x3f\x25", 1),  # logical
        (b"\x31\x34\x24", 16),
        (b"\x36\x33\x1a", 2),
        (b"\x36\x33\x21", 7),
        (b"\x36\x33\x27", 5),
        (b"\x36\x33\x1e", 18),
        (b"\x35\x1f", 2**64 - 5),
        (b"\x30\x20", 2**64 - 1),
        (b"\x09\xff\x31\x2d", 1),  # -1 < 1
        (b"\x09\xff\x31\x2b", 0),
        (b"\x31\x32\x12\x22\x22", 5),  # dup
        (b"\x31\x32\x14\x22\x22", 4),  # over
        (b"\x31\x32\x16\x1c", 1),  # swap
        (b"\x31\x32\x33\x17\x13\x1c", 2),  # rot, drop, minus: 3 1 2 -> 3 1 -> 2
        (b"\x31\x32\x15\x01\x22", 3),  # pick
        (b"\x31\x28\x01\x00\x39\x35", 5),  # branch over lit9
        (b"\x2f\x01\x00\x39\x35", 5),  # skip
        (b"\x38\x06", int.from_bytes(bytes(range(8, 16)), "little")),
        (b"\x38\x94\x02", 0x0908),
        (b"\x70\x01", 8),  # breg0 1
        (b"\x10\x80\x01", 128),
        (b"\xa2\x00", 0x20),  # constx
        (b"\x96\x35", 5),
        (b"\x09\xff\xa8\x01\x33\xa8\x01\x1b", (0).to_bytes(4, "little")),  # (int) -1 / (int) 3
        (b"\x08\xff\xa8\x03\x31\xa8\x03\x22", b"\0"),  # unsigned char 255 + 1
        (b"\x35\xa8\x02\x32\xa8\x02\x1b", struct.pack("<d", 2.5)),
        (b"\xa4\x04\x04" + struct.pack("<f", 1.5) + b"\xa8\x01", (1).to_bytes(4, "little")),
        (b"\xa4\x04\x04" + struct.pack("<f", 1.5) + b"\xa9\x01", struct.pack("<f", 1.5)),
        (_float(0.0) + b"\x12\x1b", struct.pack("<f", -math.nan)),  # dup; 0 / 0
        (_float(1.0) + _float(-0.0) + b"\x1b", struct.pack("<f", -math.inf)),
        (_float(3e38) + b"\x12\x22", struct.pack("<f", math.inf)),
        (
            _float(1.0) + _float(3.0) + b"\x1b\xa8\x02",
            struct.pack("<d", 0.3333333432674408),
        ),  # a float's third
        (b"\xa5\x00\x01\xa8\x00", 7),  # regval_type rax int; back to the generic type
        (b"\x38\xa6\x01\x03", b"\x08"),
        (b"\x35\xf7\x00", 5),  # DW_OP_GNU_convert
    ],
)
def test_values(code: bytes, value: object) -> None:
    assert value_of(code) == Value(value)  # type: ignore[arg-type]  # the table holds both forms


def test_values_at_function_entry_come_from_the_context() -> None:
    assert value_of(b"\xa3\x01\x55", Frame(entry=9)) == Value(9)
    assert value_of(b"\xf3\x01\x55\x31\x22", Frame(entry=9)) == Value(10)


def test_what_a_caller_passed_has_its_bits() -> None:
    places = {b"\x61": _float(3.0), b"\x55": b"\x33", b"\x54": b"\x50", b"\x51": b"\x72\x00"}
    site = CallSite(0, "f", False, tuple((Expression(p), Expression(v, Unit())) for p, v in places.items()))
    passed = {place: entry_value(site, Expression(place), Frame()) for place in places}
    assert passed == {
        b"\x61": int.from_bytes(struct.pack("<f", 3.0), "little"),
        b"\x55": 3,
        b"\x54": 7,  # what rax holds
        b"\x51": None,
    }


def test_frame_bases_and_unwinding_rules() -> None:
    assert frame_base_value(Expression(b"\x56"), Frame()) == 0x100  # reg6: its value
    assert frame_base_value(Expression(b"\x9c"), Frame()) == 0x110
    assert frame_base_value(Expression(b"\x53"), Frame()) is None
    assert evaluate(Expression(b"\x23\x08"), Frame(), (0x200,)) == InMemory(0x208)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (b"\x22", "its stack is empty"),
        (b"\x06", "its stack is empty"),
        (b"\x15\x05", "its stack is empty"),
        (b"\x03\x01", "ends too early"),
        (b"\x01", "unknown operation 0x1"),
        (b"\x2f\xfd\xff", "does not come to an end"),
        (b"\x12" * 5 + b"\x31", "its stack is empty"),
        (b"\x2f\x00\x70", "branches out of itself"),
        (b"\x31\x94\xff", "reads 255 bytes"),
    ],
)
def test_damaged_expressions(code: bytes, message: str) -> None:
    with pytest.raises(BinaryError, match=message):
        evaluate(Expression(code, Unit()), Frame())


def lists(data: bytes, version: int) -> Lists:
    return Lists(data, version, 0x1000, 0x1100, Unit().address, has_code=True)


def test_location_lists_of_dwarf_4() -> None:
    words = struct.pack("<QQH", 0, 8, 1) + b"\x50"
    words += struct.pack("<QQ", 2**64 - 1, 0x40) + struct.pack("<QQH", 1, 3, 0) + struct.pack("<QQ", 0, 0)
    assert list(lists(b"??" + words, 4).entries(2)) == [
        Entry((0x1100, 0x1108), b"\x50"),
        Entry((0x1041, 0x1043), b""),
    ]
    with pytest.raises(BinaryError, match="ends too early"):
        list(lists(words[:-1], 4).entries(0))
    with pytest.raises(BinaryError, match="beyond its section"):
        lists(words, 4).entries(500)


def test_location_lists_of_dwarf_5() -> None:
    data = b"".join(
        (
            b"\x09\x01\x02",  # view_pair
            b"\x04\x00\x08\x01\x50",  # offset_pair
            b"\x05\x01\x51",  # default_location
            b"\x06" + struct.pack("<Q", 0x200) + b"\x04\x01\x02\x00",  # base_address
            b"\x01\x00\x04\x00\x01\x00",  # base_addressx
            b"\x02\x00\x01\x00",  # startx_endx
            b"\x03\x00\x05\x00",  # startx_length
            b"\x07" + struct.pack("<QQ", 1, 2) + b"\x00",  # start_end
            b"\x08" + struct.pack("<Q", 1) + b"\x06\x00",  # start_length
            b"\x00",
        )
    )
    assert list(lists(data, 5).entries(0)) == [
        Entry((0x1100, 0x1108), b"\x50"),
        Entry(None, b"\x51"),
        Entry((0x1201, 0x1202)),
        Entry((0x1020, 0x1021)),
        Entry((0x1020, 0x1030)),
        Entry((0x1020, 0x1025)),
        Entry((0x1001, 0x1002)),
        Entry((0x1001, 0x1007)),
    ]
    with pytest.raises(BinaryError, match="unknown entry 0x42"):
        list(lists(b"\x42", 5).entries(0))
