"""Floating point numbers: read as doubles, and as gdb 13 prints them, with the digits that tell two of a format apart.

IEEE 754 binary16, binary32, binary64 and binary128, bfloat16, and the x87 80-bit format (Intel SDM volume 1, 4.2.2).
Of the formats of one size a type's name tells which it is. What is printed is exact, also where a double is not.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

_X87_DIGITS = 21
_EXACT = Context(prec=17000, Emax=20000, Emin=-20000)


@dataclass(frozen=True)
class Format:
    """An interchange format of IEEE 754: bits of its exponent and its fraction, and the digits gdb prints."""

    exponent: int
    fraction: int
    digits: int


BFLOAT = Format(8, 7, 4)
QUADRUPLE = Format(15, 112, 36)
_BY_SIZE = {2: Format(5, 10, 5), 4: Format(8, 23, 9), 8: Format(11, 52, 17)}
_BY_NAME = {
    (2, "bfloat16"): BFLOAT, (2, "__bf16"): BFLOAT,
    (16, "_Float128"): QUADRUPLE, (16, "__float128"): QUADRUPLE,
}  # fmt: skip


def interchange(size: int, name: str = "") -> Format | None:
    """Return the format of a type that has `size` bytes; None for x87's and for sizes that no format has."""
    return _BY_NAME.get((size, name)) or _BY_SIZE.get(size)


def real(data: bytes, name: str = "") -> float:
    """Return the number that a type of this name holds; one that no double holds is rounded to the nearest."""
    found = interchange(len(data), name)
    if found is None:
        return _rounded(*_x87_parts(data))
    if len(data) in (4, 8):
        return float(struct.unpack("<f" if len(data) == 4 else "<d", data)[0])
    return _rounded(*_parts(data, found))


def _rounded(negative: bool, significand: int | None, power: int) -> float:
    if significand is None:
        return math.nan
    try:
        size = math.ldexp(significand, power) if power < _INFINITE else math.inf
    except OverflowError:
        size = math.inf
    return -size if negative else size


_INFINITE = 1 << 20
"""A power of two that stands for an infinite number."""


def _parts(data: bytes, form: Format) -> tuple[bool, int | None, int]:
    """Return sign, significand (None: not a number) and the power of two that it is multiplied by."""
    raw = int.from_bytes(data, "little")
    fraction = raw & ((1 << form.fraction) - 1)
    highest = (1 << form.exponent) - 1
    exponent = raw >> form.fraction & highest
    negative = bool(raw >> (form.exponent + form.fraction))
    if exponent == highest:
        return negative, None if fraction else 1, _INFINITE
    significand = fraction | 1 << form.fraction if exponent else fraction
    return negative, significand, max(exponent, 1) - (highest >> 1) - form.fraction


def _x87_parts(data: bytes) -> tuple[bool, int | None, int]:
    """Return the same of an x87 number; what the processor takes for invalid is not a number either."""
    mantissa, head = struct.unpack("<QH", data[:10])
    negative, exponent = bool(head >> 15), head & 0x7FFF
    if exponent == 0x7FFF:
        return negative, 1 if mantissa == 1 << 63 else None, _INFINITE
    if exponent and not mantissa >> 63:
        return negative, None, 0
    return negative, mantissa, max(exponent, 1) - 16383 - 63


def nearest(value: float, size: int, name: str = "") -> float:
    """Return the number of a format that is nearest, of two the even one; a double for the formats that have more."""
    form = interchange(size, name)
    if form is None or form is QUADRUPLE:
        form = _BY_SIZE[8]
    if not value or not math.isfinite(value):
        return value
    highest = (value.bit_length() if isinstance(value, int) else math.frexp(value)[1]) - 1
    bias = (1 << (form.exponent - 1)) - 1
    unit = Fraction(2) ** (max(highest, 1 - bias) - form.fraction)
    found = round(Fraction(value) / unit) * unit
    return math.copysign(math.inf, value) if abs(found) >= 1 << (bias + 1) else float(found)


def floating(data: bytes, name: str = "") -> str:
    """Write the number that a type of this name holds; sizes that no format has as hexadecimal."""
    found = interchange(len(data), name)
    if found is not None:
        return _ieee(data, found)
    if len(data) in (10, 12, 16):
        return _x87(data[:10])
    return "0x" + data[::-1].hex()


def _ieee(data: bytes, form: Format) -> str:
    negative, significand, power = _parts(data, form)
    if power == _INFINITE:
        raw = int.from_bytes(data, "little")
        return _special(negative, raw & ((1 << form.fraction) - 1))
    if len(data) in (4, 8):
        return f"%.{form.digits}g" % real(data)
    return _exactly(negative, significand or 0, power, form.digits)


def _special(negative: bool, fraction: int) -> str:
    sign = "-" if negative else ""
    return f"{sign}nan({fraction:#x})" if fraction else f"{sign}inf"


def _x87(data: bytes) -> str:
    mantissa, head = struct.unpack("<QH", data)
    negative, exponent = bool(head >> 15), head & 0x7FFF
    if exponent == 0x7FFF:
        fraction = mantissa & ((1 << 63) - 1)
        return _special(negative, mantissa if fraction else 0)
    if exponent and not mantissa >> 63:
        return "<invalid float value>"
    return _exactly(negative, mantissa, max(exponent, 1) - 16383 - 63, _X87_DIGITS)


def _exactly(negative: bool, significand: int, power: int, digits: int) -> str:
    sign = "-" if negative else ""
    if not significand:
        return sign + "0"
    exact = _EXACT.multiply(Decimal(significand), _EXACT.power(Decimal(2), Decimal(power)))
    return sign + _general(exact, digits)


def _general(value: Decimal, digits: int) -> str:
    """Write a positive number as C's %g with this many significant digits."""
    rounded = Context(prec=digits, rounding=ROUND_HALF_EVEN, Emax=20000, Emin=-20000).plus(value)
    exponent = rounded.adjusted()
    text = "".join(map(str, rounded.as_tuple().digits)).rstrip("0") or "0"
    if -4 <= exponent < digits:
        if exponent < 0:
            return "0." + "0" * (-exponent - 1) + text
        whole, fraction = text[: exponent + 1].ljust(exponent + 1, "0"), text[exponent + 1 :]
        return f"{whole}.{fraction}" if fraction else whole
    head = text[0] + ("." + text[1:] if len(text) > 1 else "")
    return f"{head}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
