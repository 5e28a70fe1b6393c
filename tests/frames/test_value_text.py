"""How values are written, where a program for gdb would say no more (see test_against_gdb for all kinds)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackreel.binary import SymbolOffset
from stackreel.binary.types import (
    Array,
    Base,
    Enum,
    FunctionType,
    Member,
    Pointer,
    Qualified,
    Struct,
    Type,
    Typedef,
)
from stackreel.frames import format_value
from stackreel.frames.layout import Placed, parts
from stackreel.frames.numbers import floating
from stackreel.frames.values import shows_type

INT = Base("int", 4, "signed")
SHORT = Base("short", 2, "signed")
CHAR = Base("char", 1, "signed char")
DOUBLE = Base("double", 8, "float")
LONG_DOUBLE = Base("long double", 16, "float")


@dataclass
class Around:
    memory: dict[int, bytes] = field(default_factory=dict)
    symbols: dict[int, SymbolOffset] = field(default_factory=dict)

    def read(self, address: int, size: int) -> bytes | None:
        for low, data in self.memory.items():
            if low <= address and address + size <= low + len(data):
                return data[address - low : address - low + size]
        return None

    def symbolize(self, address: int) -> SymbolOffset | None:
        return self.symbols.get(address)


def pointer(target: Type) -> Pointer:
    return Pointer(lambda: target)


def word(value: int) -> bytes:
    return value.to_bytes(8, "little")


def test_a_string_that_leaves_known_memory() -> None:
    near = Around({0x5000: b"abc"})
    assert format_value(pointer(CHAR), word(0x5000), near) == (
        '0x5000 "abc"<error: Cannot access memory at address 0x5003>'
    )


@pytest.mark.parametrize(
    ("type_", "is_shown"),
    [
        (INT, False),
        (pointer(INT), True),
        (pointer(CHAR), False),
        (pointer(Qualified("const", CHAR)), False),
        (pointer(Base("unsigned char", 1, "unsigned char")), True),
        (pointer(Typedef("letter", CHAR)), True),
        (Typedef("text", pointer(CHAR)), True),
        (pointer(FunctionType(INT, (INT,), is_variadic=False, is_prototyped=True)), True),
    ],
)
def test_print_names_the_type_of_a_pointer_but_to_char(type_: Type, is_shown: bool) -> None:
    assert shows_type(type_) == is_shown


def test_bytes_that_are_optimized_out() -> None:
    point = Struct("struct", "point", 8, True, lambda: (Member("x", INT, 0), Member("y", INT, 4)))
    missing = dict.fromkeys(range(4, 8), "<optimized out>")
    assert format_value(point, bytes(8), Around(), missing) == "{x = 0, y = <optimized out>}"
    assert (
        format_value(point, bytes(8), Around(), dict.fromkeys(range(8), "<optimized out>"))
        == "<optimized out>"
    )


def test_an_enumeration_that_is_no_set_of_flags() -> None:
    enum = Enum("e", 4, (("A", 1), ("B", 3)))
    assert format_value(enum, (2).to_bytes(4, "little"), Around()) == "2"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("0000000000000080ff3f0000", "1"),
        ("00000000000000c000c00000", "-3"),
        ("00000000000000000080", "-0"),
        ("0000000000000080ff7f", "inf"),
        ("00000000000000c0ffff", "-nan(0xc000000000000000)"),
        ("0000000000000000ff3f", "<invalid float value>"),
    ],
)
def test_x87_numbers(data: str, text: str) -> None:
    assert floating(bytes.fromhex(data).ljust(16, b"\0")) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_doubles_read_back_as_themselves(value: float) -> None:
    assert float(floating(struct.pack("<d", value))) == value


@given(st.binary(max_size=300))
def test_any_bytes_make_a_string(data: bytes) -> None:
    assert format_value(Array(CHAR, (len(data),)), data, Around())


def cut(type_: Type, address: int) -> list[tuple[int, int, str, str]]:
    placed = Placed("v", type_, address, type_.size, "local")
    return [(p.address, p.size, p.name, p.kind) for p in parts(placed, 0, 1 << 32)]


def test_parts_of_a_structure() -> None:
    inner = Struct("struct", "", 4, True, lambda: (Member("a", SHORT, 0), Member("b", SHORT, 2)))
    outer = Struct(
        "struct", "outer", 24, True,
        lambda: (Member("tag", CHAR, 0), Member("", inner, 4), Member("d", DOUBLE, 8),
                 Member("low", INT, 16, 3, 0), Member("high", INT, 16, 9, 3)),
    )  # fmt: skip
    assert cut(outer, 0x1000) == [
        (0x1000, 1, "v.tag", "value"),
        (0x1001, 3, "", "word"),
        (0x1004, 2, "v.a", "value"),
        (0x1006, 2, "v.b", "value"),
        (0x1008, 8, "v.d", "value"),
        (0x1010, 2, "v.low,high", "bits"),
        (0x1012, 6, "", "word"),
    ]


def test_parts_of_arrays() -> None:
    assert cut(Array(SHORT, (3,)), 0x1006) == [
        (0x1006, 2, "v[0]", "value"),
        (0x1008, 2, "v[1]", "value"),
        (0x100A, 2, "v[2]", "value"),
    ]
    assert [row[2] for row in cut(Array(INT, (2, 2)), 0x1000)] == ["v[0][0]", "v[0][1]", "v[1][0]", "v[1][1]"]
    assert cut(Array(CHAR, (11,)), 0x1005) == [
        (0x1005, 3, "v[0..2]", "text"),
        (0x1008, 8, "v[3..10]", "text"),
    ]
    assert cut(Array(CHAR, (4,)), 0x1000) == [(0x1000, 4, "v", "text")]


def test_a_value_larger_than_a_row() -> None:
    assert cut(LONG_DOUBLE, 0x1000) == [(0x1000, 8, "v", "value"), (0x1008, 8, "v (high)", "rest")]


def test_a_large_array_costs_only_its_window() -> None:
    placed = Placed("v", Array(INT, (1 << 40,)), 0x1000, 1 << 42, "local")
    assert [p.name for p in parts(placed, 0x1000 + 400, 0x1000 + 408)] == ["v[100]", "v[101]"]
