"""Values of expressions: whole numbers with a width, floating point numbers, text, truth.

Arithmetic is exact (unbounded) as long as no operand has a width; a result of operands with a width is cut to the
wider one, as C's unsigned and two's complement arithmetic is. Comparisons of a sized with an unsized number
are made modulo the width, so that `eax == -1` and `eax == 0xffffffff` both hold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

Style = Literal["hex", "decimal", "binary", "character", "symbol", "gdb"]


@dataclass(frozen=True)
class Number:
    """A whole number. `bits` 0 is a literal without a width; `style` is how it is printed; `shown` gdb's own text."""

    value: int
    bits: int = 0
    signed: bool = True
    style: Style = "decimal"
    shown: str = ""

    def unsigned(self) -> int:
        """The value modulo its width; a literal's own value."""
        return self.value & ((1 << self.bits) - 1) if self.bits else self.value


@dataclass(frozen=True)
class Real:
    """A floating point number; `shown` is gdb's text where it comes from a variable."""

    value: float
    shown: str = ""


@dataclass(frozen=True)
class Text:
    """A string: a literal, a C string in memory, a symbol or the name of a region."""

    value: str
    address: int | None = None


@dataclass(frozen=True)
class Truth:
    """The verdict of a comparison."""

    value: bool


@dataclass(frozen=True)
class Aggregate:
    """A struct, union or array as a whole: only printed and compared by its bytes."""

    data: bytes
    shown: str


Value = Number | Real | Text | Truth | Aggregate


def fit(value: int, bits: int, *, signed: bool) -> int:
    """Cut `value` to `bits` bits and read it as signed or unsigned; 0 bits keeps it."""
    if not bits:
        return value
    value &= (1 << bits) - 1
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def same(left: Value, right: Value) -> bool | None:
    """Whether two values are equal; None where they cannot be compared."""
    if isinstance(left, Number) and isinstance(right, Number):
        bits = _common(left, right)
        mask = (1 << bits) - 1 if bits else -1
        if not _fits(left, right, bits):
            return False
        return (left.value & mask) == (right.value & mask)
    if isinstance(left, (Number, Real)) and isinstance(right, (Number, Real)):
        return float(left.value) == float(right.value)
    if isinstance(left, Text) and isinstance(right, Text):
        return left.value == right.value
    if isinstance(left, Text) and isinstance(right, Number) and left.address is not None:
        return left.address == right.value
    if isinstance(left, Number) and isinstance(right, Text):
        return same(right, left)
    if isinstance(left, Truth) and isinstance(right, Truth):
        return left.value == right.value
    if isinstance(left, Aggregate) and isinstance(right, Aggregate):
        return left.data == right.data
    return None


def _common(left: Number, right: Number) -> int:
    if left.bits and right.bits:
        return 0 if left.bits != right.bits else left.bits
    return left.bits or right.bits


def _fits(left: Number, right: Number, bits: int) -> bool:
    """A literal that does not fit the other side's width is never equal to it."""
    return not bits or all(n.bits or -(1 << (bits - 1)) <= n.value < (1 << bits) for n in (left, right))


def ordered(left: Value, right: Value) -> int | None:
    """-1, 0 or 1 as `left` is less than, equal to or greater than `right`; None where there is no order."""
    if not isinstance(left, (Number, Real)) or not isinstance(right, (Number, Real)):
        return None
    if (isinstance(left, Real) and math.isnan(left.value)) or (
        isinstance(right, Real) and math.isnan(right.value)
    ):
        return None
    return (left.value > right.value) - (left.value < right.value)


_FORMATS: dict[str, Style] = {"x": "hex", "d": "decimal", "b": "binary", "c": "character"}


def formatted(value: Number, letter: str) -> Number:
    """Return `value` to be printed as `:x`, `:d`, `:b` or `:c` says."""
    return replace(value, style=_FORMATS[letter], shown="")


def show(value: Value) -> str:
    """Print a value as an article shows it: numbers in their style, strings quoted, truth as true or false."""
    if isinstance(value, Number):
        return value.shown or _number(value)
    if isinstance(value, Real):
        return value.shown or repr(value.value)
    if isinstance(value, Truth):
        return "true" if value.value else "false"
    if isinstance(value, Aggregate):
        return value.shown
    return value.value if value.address is not None else quoted(value.value)


def _number(number: Number) -> str:
    if number.style == "hex":
        return f"{number.unsigned():#x}" if number.bits or number.value >= 0 else f"-{-number.value:#x}"
    if number.style == "binary":
        return f"{number.unsigned():#b}"
    if number.style == "character":
        code = number.value & 0xFF
        plain = chr(code) if 32 <= code < 127 and chr(code) not in "'\\" else f"\\{code:03o}"
        return f"{fit(code, 8, signed=True)} '{plain}'"
    return str(number.value)


_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def quoted(text: str) -> str:
    """Write a string as C does."""
    body = "".join(_ESCAPES.get(c, c if c.isprintable() else f"\\{ord(c):03o}") for c in text)
    return f'"{body}"'


def unquoted(literal: str) -> str:
    """Read the body of a C string or character literal, quotes included in `literal`."""
    back = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
    out: list[str] = []
    body = iter(literal[1:-1])
    for c in body:
        if c == "\\":
            escaped = next(body, "\\")
            out.append(back.get(escaped, escaped))
        else:
            out.append(c)
    return "".join(out)
