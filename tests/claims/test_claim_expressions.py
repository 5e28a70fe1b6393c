"""The expression language against a hand-made moment: values, widths, errors with their columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackreel.binary.model import SymbolOffset
from stackreel.claims import ExpressionError, evaluate
from stackreel.claims.parse import FORMATS, TYPES
from stackreel.claims.subject import CellKind
from stackreel.errors import MomentError, StackreelError, near


@dataclass(frozen=True)
class FakeCell:
    kind: CellKind
    type: str
    size: int
    address: int | None
    data: bytes | None
    shown: str
    parts: dict[str, FakeCell] = field(default_factory=dict)
    elements: tuple[FakeCell, ...] = ()

    def member(self, name: str) -> FakeCell | None:
        return self.parts.get(name)

    def members(self) -> tuple[str, ...]:
        return tuple(self.parts)

    is_go: bool = False

    @property
    def width(self) -> int:
        return 8 * self.size

    @property
    def core(self) -> str:
        return self.type

    def element(self, index: int) -> FakeCell | None:
        return self.elements[index] if 0 <= index < len(self.elements) else None

    def placed(self, address: int) -> FakeCell:
        data = FakeMoment().memory(address, self.size)
        shown = str(int.from_bytes(data or b"", "little", signed=True))
        return FakeCell(self.kind, self.type, self.size, address, data, shown, self.parts, self.elements)


def i32(value: int, address: int | None) -> FakeCell:
    return FakeCell("signed", "int", 4, address, (value & 0xFFFFFFFF).to_bytes(4, "little"), str(value))


X, Y = i32(7, 0x7000), i32(-8, 0x7004)
VARIABLES = {
    "s": i32(3, 0x7FFFFFFFE4DC),
    "argc": i32(1, 0x7FFFFFFFE4FC),
    "p": FakeCell(
        "aggregate",
        "struct point",
        8,
        0x7000,
        b"\7\0\0\0\xf8\xff\xff\xff",
        "{x = 7, y = -8}",
        {"x": X, "y": Y},
    ),
    "a": FakeCell("aggregate", "int [2]", 8, 0x7000, b"\7\0\0\0\xf8\xff\xff\xff", "{7, -8}", {}, (X, Y)),
    "q": FakeCell(
        "pointer", "int *", 8, 0x7010, (0x7000).to_bytes(8, "little"), "(int *) 0x7000", {}, (X, Y)
    ),
    "name": FakeCell("text", "char [8]", 8, 0x7020, b"ab\0\0\0\0\0\0", '"ab\\000\\000\\000\\000\\000"'),
    "half": FakeCell("real", "double", 8, 0x7030, b"\0\0\0\0\0\0\xe0\x3f", "0.5"),
    "gone": FakeCell("signed", "int", 4, None, None, "<optimized out>"),
    "c": FakeCell("character", "char", 1, 0x7040, b"a", "97 'a'"),
}
REGISTERS = {
    "rsp": (0x7FFFFFFFE4E8, 64),
    "rbp": (0x7FFFFFFFE510, 64),
    "eax": (0xFFFFFFFF, 32),
    "rdi": (0x400604, 64),
}
MEMORY = {
    0x7FFFFFFFE4E8: (0x40055E).to_bytes(8, "little"),
    0x400604: b"n: %d\n\0",
    0x7FFFFFFFE4FC: b"\1\0\0\0",
}
SYMBOLS = {"main": 0x400540, "sum": 0x400526, "printf@plt": 0x400400, "main.add": 0x500000}


@dataclass(frozen=True)
class FakeMoment:
    shift: int = 0

    def register(self, name: str) -> tuple[int, int] | None:
        found = REGISTERS.get(name)
        return (found[0] + self.shift, found[1]) if found else None

    def memory(self, address: int, size: int) -> bytes | None:
        for base, data in MEMORY.items():
            if base <= address and address + size <= base + len(data):
                return data[address - base : address - base + size]
        return None

    def variable(self, name: str, function: str | None) -> FakeCell | None:
        return VARIABLES.get(name) if function in (None, "sum") else None

    def variables(self, function: str | None = None) -> tuple[str, ...]:
        return tuple(VARIABLES) if function in (None, "sum") else ()

    def constant(self, name: str) -> int | None:
        return None

    def typed(self, written: str, value: int | None = None) -> FakeCell | None:
        return None

    def function(self) -> str:
        return "sum"

    def has_scope(self, name: str) -> bool:
        return name in ("main", "sum")

    def functions_like(self, name: str) -> tuple[str, ...]:
        return near(name, ("main", "sum"))

    def address_of(self, name: str) -> int | None:
        return SYMBOLS.get(name)

    def symbolize(self, address: int) -> SymbolOffset | None:
        return SymbolOffset("main", address - 0x400540) if 0x400540 <= address < 0x40057C else None

    def stack(self) -> tuple[int, int, int]:
        return 0x7FFF0000, 0x7FFF8000, 0

    def region(self, address: int) -> str:
        return "stack" if address >> 32 else ".text"

    def elsewhere(self, moment: str) -> FakeMoment:
        if moment != "leave sum":
            raise MomentError(f"no moment {moment}", near=("leave sum",))
        return FakeMoment(8)


TRUE = [
    "rsp == 0x7fffffffe4e8", "$rsp == rsp", "eax == -1", "eax == 0xffffffff", "eax != 1",
    "sym([rsp]) == main+30", "[rsp] == 0x40055e", "[rbp-0x14]:i32 == argc", "[rsp]:u8 == 0x5e",
    "s == 3", "sum.s == 3", "&s == 0x7fffffffe4dc", "sizeof(s) == 4", "sizeof(p) == 8",
    "p.x == 7 and p.y == -8", "a[1] == -8", "*q == 7", "q[1] == -8", "q == 0x7000", "name == \"ab\"",
    "half == 0.5", "half * 2 == 1", "c == 'a'", "c == 97", '[rdi]:str == "n: %d\\n"', "printf@plt == 0x400400",
    "main.add == 0x500000", "rsp % 16 == 8", "1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "10 - 3 - 2 == 5",
    "1 << 4 | 1 == 17", "~0 == -1", "-7 / 2 == -3", "-7 % 2 == -1", "6 ^ 3 == 5", "not 1 == 2",
    "1 == 2 or 2 == 2", "rsp @ leave sum == rsp + 8", "rsp @ {leave sum} - 8 == rsp",
    'region(rsp) == "stack"', "s + eax == 2", "rbp - rsp == 0x28", "[rsp+0]:i32 == 0x40055e",
]  # fmt: skip


@pytest.mark.parametrize("text", TRUE)
def test_true_claims_hold(text: str) -> None:
    verdict = evaluate(text, FakeMoment())
    assert verdict.is_claim
    assert verdict.holds


FALSE = [
    "rsp == 0",
    "s == 4",
    "eax == 0x1ffffffff",
    "not s == 3",
    'name == "abc"',
    "3 < 2",
    "half == 0.25",
]


@pytest.mark.parametrize("text", FALSE)
def test_false_claims_do_not_hold(text: str) -> None:
    verdict = evaluate(text, FakeMoment())
    assert verdict.is_claim
    assert not verdict.holds


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rsp", "0x7fffffffe4e8"),
        ("rsp:d", str(0x7FFFFFFFE4E8)),
        ("eax", "0xffffffff"),
        ("s", "3"),
        ("s:x", "0x3"),
        ("p", "{x = 7, y = -8}"),
        ("q", "(int *) 0x7000"),
        ("c", "97 'a'"),
        ("s:b", "0b11"),
        ("97:c", "97 'a'"),
        ("sym([rsp])", "main+30"),
        ("[rdi]:str", '"n: %d\\n"'),
        ("rsp + 8", "0x7fffffffe4f0"),
        ("rbp - rsp", "0x28"),
        ("-0x14", "-0x14"),
        ("half", "0.5"),
        ("1 == 1", "true"),
    ],
)
def test_values_print_as_an_article_shows_them(text: str, shown: str) -> None:
    assert str(evaluate(text, FakeMoment())) == shown


def test_a_claim_tells_both_sides() -> None:
    verdict = evaluate("rsp == 0x10", FakeMoment())
    assert (verdict.left, verdict.right) == ("0x7fffffffe4e8", "0x10")


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("eax = 24", "eax == 24"),
        ("(s", "(s)"),
        ("[rsp + (s", "[rsp + (s)]"),
        ("eax ==", "eax == 0"),
        ("eax == 1 and", "eax == 1"),
        ("s +", "s"),
        ("", "[rbp-0x14]:i32 == argc"),
        ("s = = 3", "[rbp-0x14]:i32 == argc"),
    ],
)
def test_the_example_is_the_author_s_own_expression_mended(text: str, example: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, FakeMoment())
    assert caught.value.example == example


def test_a_function_that_is_none_is_told() -> None:
    with pytest.raises(ExpressionError, match="there is no function and no variable `mian`") as caught:
        evaluate("mian.p", FakeMoment())
    assert caught.value.near == ("main",)
    with pytest.raises(ExpressionError, match="no variable `q` in `main` at this moment"):
        evaluate("main.q", FakeMoment())


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "no expression"),
        ("s = 3", 3, "`==` does"),
        ("(s", 3, "ends too early"),
        (
            "[rsp]:i33 == 1",
            6,
            "there is no type `i33`; there are i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, ptr",
        ),
        ("s:i32 == 3", 2, "the type `i32` says how memory is read, and stands after `[address]`"),
        ("s:y", 2, "there is no format `y`; there are x, d, b, c, at the end of an expression"),
        ("(s:x) == 3", 3, "the format `x` stands at the end of an expression"),
        ("s == ss", 6, "no variable `ss` in sum; there are s, argc, p"),
        ("p.z", 1, "struct point has no member `z`"),
        ("a[5]", 1, "no element 5"),
        ("1 / 0", 1, "division by zero"),
        ("1 << 100000", 1, "a shift is by 0 to 256 bits"),
        ("gone + 1", 1, "has no value at this moment (<optimized out>)"),
        ("[0x99]:i32 == 1", 1, "not known at this moment"),
        ("&gone", 1, "has no address"),
        ("p < 1", 1, "have no order"),
        ("s and 1 == 1", 1, "take comparisons"),
        ("rsp @ leave summ", 1, "no moment leave summ"),
        ("(" * 80 + "1" + ")" * 80, 61, "brackets"),
    ],
)
def test_errors_have_a_column_and_say_what_is_wrong(text: str, column: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, FakeMoment())
    assert words in caught.value.message
    assert caught.value.place is not None
    assert caught.value.place.column == column


TOKENS = [
    "rsp",
    "s",
    "p",
    "a",
    "[",
    "]",
    "(",
    ")",
    "+",
    "-",
    "*",
    "&",
    "~",
    "==",
    "<",
    "and",
    "not",
    ":i32",
    ":x",
    "@",
    "leave sum",
    "3",
    "0x10",
    ".",
    "x",
    "'a'",
    '"b"',
    "sizeof",
    "sym",
    "<<",
    "/",
    "1.5",
    "->",
    "q",
    "or",
    "(int)",
    "(int *)",
    "'\\377'",
    "1e400",
    "99999999999999999999",
    "%",
    "{",
    "}",
]


@given(st.lists(st.sampled_from(TOKENS), max_size=14).map(" ".join) | st.text(max_size=40))
def test_no_input_crashes_and_each_error_has_a_position(text: str) -> None:
    try:
        evaluate(text, FakeMoment())
    except StackreelError as e:
        assert e.place is not None
        assert 1 <= e.place.column <= len(text) + 1


def test_signs_in_a_row_take_no_longer_than_they_are_long() -> None:
    assert str(evaluate("- " * 200 + "s", FakeMoment())) == "3"


def test_types_and_formats_named_in_errors_are_those_of_the_grammar() -> None:
    grammar = files("stackreel.claims").joinpath("expression.lark").read_text(encoding="utf-8")
    assert f":({'|'.join(TYPES)})" in grammar
    assert f":[{''.join(FORMATS)}]" in grammar
