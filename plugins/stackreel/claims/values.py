"""Values of expressions: whole numbers with a width, floating point numbers, text, truth; and how they are printed.

What operators make of them is in `numbers.py`, how strings are spelt in `strings.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from stackreel.claims.numbers import Number, Style, compared, fit
from stackreel.claims.strings import quoted
from stackreel.frames.numbers import nearest


@dataclass(frozen=True)
class Real:
    """A floating point number of `size` bytes; `shown` is gdb's text where it comes from a variable."""

    value: float
    shown: str = ""
    size: int = 8


@dataclass(frozen=True)
class Text:
    """A string: a literal, a C string in memory, a symbol (with its `address`) or the name of a region.

    `pointer` is what an array of characters is to C's operators, where it is one.
    """

    value: str
    address: int | None = None
    pointer: Number | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Truth:
    """The verdict of a comparison."""

    value: bool


@dataclass(frozen=True)
class Aggregate:
    """A struct, union or array as a whole: only printed and compared by its bytes.

    `pointer` is what an array is to C's operators.
    """

    data: bytes
    shown: str
    pointer: Number | None = field(default=None, compare=False, repr=False)


Value = Number | Real | Text | Truth | Aggregate


def as_number(value: Value) -> Value:
    """Return a symbol as its address and an array as a pointer to its first element; all else as it is."""
    if isinstance(value, Text) and value.address is not None:
        return Number(value.address, 64, signed=False, style="hex")
    if isinstance(value, Text | Aggregate) and value.pointer is not None:
        return value.pointer
    return value


def same(left: Value, right: Value) -> bool | None:
    """Whether two values are equal; None where they cannot be compared."""
    if isinstance(left, Text) and isinstance(right, Text):
        return left.value == right.value
    if isinstance(left, Truth) and isinstance(right, Truth):
        return left.value == right.value
    if isinstance(left, Aggregate) and isinstance(right, Aggregate):
        return left.data == right.data
    a, b = as_number(left), as_number(right)
    if isinstance(a, Number) and isinstance(b, Number):
        return compared(a, b) == 0
    if isinstance(a, Number | Real) and isinstance(b, Number | Real):
        x, y, _ = reals(a, b)
        return x == y
    return None


def reals(left: Number | Real, right: Number | Real) -> tuple[float, float, int]:
    """Return two operands, of which one is no whole number, as C converts them, and the size of the result."""
    size = max(side.size for side in (left, right) if isinstance(side, Real))
    x, y = (
        float(nearest(side.value, size)) if isinstance(side, Number) else side.value for side in (left, right)
    )
    return x, y, size


def ordered(left: Value, right: Value) -> int | None:
    """-1, 0 or 1 as `left` is less than, equal to or greater than `right`; None where there is no order."""
    left, right = as_number(left), as_number(right)
    if isinstance(left, Number) and isinstance(right, Number):
        return compared(left, right)
    if not isinstance(left, Number | Real) or not isinstance(right, Number | Real):
        return None
    x, y, _ = reals(left, right)
    return None if math.isnan(x) or math.isnan(y) else (x > y) - (x < y)


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


def claimable(number: Number, style: Style) -> str:
    """Print a number in a style as a literal that is equal to it: one that C promotes keeps its sign, as in -0x2."""
    bare = Number(number.unsigned(), style=style)
    return (
        show(replace(number, style=style, shown=""))
        if compared(number, bare) == 0
        else _signed(number, style)
    )


def _signed(number: Number, style: Style) -> str:
    return (
        f"{number.value:#x}"
        if style == "hex"
        else f"{number.value:#b}"
        if style == "binary"
        else str(number.value)
    )


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
