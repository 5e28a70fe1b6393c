"""What operators make of two whole numbers: the width and sign they are brought to, arithmetic, comparison.

There are four sorts. Literals are exact as long as they are among themselves. Variables of C, and memory read with a
type, follow C's integer promotions and usual arithmetic conversions (C17 6.3.1.1 and 6.3.1.8), and a literal beside
one has the type that C gives it (6.4.4.1). Variables of Go are compared by their values. Registers, and memory read
without a type, are bits: what is equal to them modulo their width is equal, and they are ordered without sign.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from stackreel.claims.subject import Cell

Style = Literal["hex", "decimal", "binary", "character"]
Typed = Literal["raw", "c", "go"]

_INT = 32
_LITERALS = {
    "decimal": ((32, True), (64, True), (128, True)),
    "hex": ((32, True), (32, False), (64, True), (64, False), (128, True)),
}
"""The types of a literal, of which the first that holds it is its own: bits, and whether it has a sign."""


@dataclass(frozen=True)
class Number:
    """A whole number. `bits` 0 is a literal without a width; `style` is how it is printed; `shown` gdb's own text.

    `typed` says whose rules hold for it. A pointer has as `pointee` an object of the type that it points at.
    """

    value: int
    bits: int = 0
    signed: bool = True
    style: Style = "decimal"
    shown: str = ""
    typed: Typed = "raw"
    pointee: Cell | None = field(default=None, compare=False, repr=False)

    def unsigned(self) -> int:
        """The value modulo its width; a literal's own value."""
        return self.value & ((1 << self.bits) - 1) if self.bits else self.value


Shape = tuple[int, bool, Typed]
"""Width in bits (0: exact), whether there is a sign, whose rules hold."""


def fit(value: int, bits: int, *, signed: bool) -> int:
    """Cut `value` to `bits` bits and read it as signed or unsigned; 0 bits keeps it."""
    if not bits:
        return value
    value &= (1 << bits) - 1
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def literal_type(value: int, style: str) -> tuple[int, bool]:
    """Return width and sign of C's type for a literal; one that no type holds has as many bits as it takes."""
    for bits, signed in _LITERALS["hex" if style in ("hex", "binary") else "decimal"]:
        if fit(value, bits, signed=signed) == value:
            return bits, signed
    return value.bit_length() + 1, True


def promoted(number: Number) -> tuple[int, bool]:
    """Return width and sign after C's integer promotions."""
    if not number.bits:
        return literal_type(number.value, number.style)
    return (_INT, True) if number.bits < _INT else (number.bits, number.signed)


def shape_of(number: Number) -> Shape:
    """Return the shape of the result of an operator with one operand, and of a shift with this left one."""
    if number.bits and number.typed == "c":
        return (*promoted(number), "c")
    return number.bits, number.signed, number.typed


def common(left: Number, right: Number) -> Shape:
    """Return the shape that both operands are brought to, which is that of the result."""
    sized = [n for n in (left, right) if n.bits]
    if not sized:
        return 0, True, "raw"
    if any(n.typed == "raw" for n in sized):
        return max(promoted(n)[0] if n.typed == "c" else n.bits for n in sized), False, "raw"
    if any(n.typed == "go" for n in sized):
        bits = max(n.bits for n in sized)
        return bits, all(n.signed for n in sized if n.bits == bits), "go"
    a, b = promoted(left), promoted(right)
    bits = max(a[0], b[0])
    return bits, all(signed for width, signed in (a, b) if width == bits), "c"


def compared(left: Number, right: Number) -> int:
    """-1, 0 or 1 as `left` is less than, equal to or greater than `right`."""
    a, b = _sides(left, right)
    return (a > b) - (a < b)


def _sides(left: Number, right: Number) -> tuple[int, int]:
    """Return the numbers that are compared."""
    is_raw, is_also = (bool(n.bits) and n.typed == "raw" for n in (left, right))
    if is_raw and is_also:
        return left.unsigned(), right.unsigned()
    if is_raw:
        return left.unsigned(), _as_bits(right.value, left.bits)
    if is_also:
        return _as_bits(left.value, right.bits), right.unsigned()
    bits, signed, typed = common(left, right)
    if typed == "c":
        return fit(left.value, bits, signed=signed), fit(right.value, bits, signed=signed)
    if typed == "go":
        return _of_go(left), _of_go(right)
    return left.value, right.value


def _as_bits(value: int, bits: int) -> int:
    """Return `value` without its sign beside a register of `bits` bits; one that does not fit is never equal."""
    return fit(value, bits, signed=False) if -(1 << (bits - 1)) <= value < 1 << bits else value


def _of_go(number: Number) -> int:
    r"""Return a number as Go has it, where a character such as `'\xff'` has no sign."""
    return number.value & 0xFF if number.style == "character" and number.value < 0 else number.value


_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul,
    "|": operator.or_, "^": operator.xor, "&": operator.and_,
    "<<": operator.lshift, ">>": operator.rshift,
}  # fmt: skip


def combined(name: str, left: Number, right: Number) -> tuple[int, Shape]:
    """Apply an operator. Divisors are not 0, and shifts are by as much as the caller allows."""
    if name in ("<<", ">>"):
        shape = shape_of(left)
        a, b = left.value, right.value
    else:
        shape = common(left, right)
        a, b = left.value, right.value
        if shape[2] == "c":
            a, b = (fit(n, shape[0], signed=shape[1]) for n in (a, b))
    return fit(_computed(name, a, b), shape[0], signed=shape[1]), shape


def _computed(name: str, a: int, b: int) -> int:
    if name not in ("/", "%"):
        return _OPERATIONS[name](a, b)
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    return quotient if name == "/" else a - quotient * b
