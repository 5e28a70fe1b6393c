"""Floating point numbers as gdb 13 prints them: as many digits as tell two numbers of the format apart.

IEEE 754 binary32 and binary64, and the x87 80-bit format (Intel SDM volume 1, 4.2.2), whose value is exact here.
"""

from __future__ import annotations

import math
import struct
from decimal import ROUND_HALF_EVEN, Context, Decimal

_X87_DIGITS = 21
_FRACTIONS = {4: 23, 8: 52}
_EXACT = Context(prec=17000, Emax=20000, Emin=-20000)


def floating(data: bytes) -> str:
    """Write the number in 4, 8 or 16 (10 used) bytes; other sizes as hexadecimal."""
    if len(data) in _FRACTIONS:
        return _ieee(data)
    if len(data) in (10, 12, 16):
        return _x87(data[:10])
    return "0x" + data[::-1].hex()


def _ieee(data: bytes) -> str:
    value = float(struct.unpack("<f" if len(data) == 4 else "<d", data)[0])
    if not math.isfinite(value):
        fraction = _FRACTIONS[len(data)]
        raw = int.from_bytes(data, "little")
        return _special(bool(raw >> (8 * len(data) - 1)), raw & ((1 << fraction) - 1))
    return ("%.9g" if len(data) == 4 else "%.17g") % value


def _special(negative: bool, fraction: int) -> str:
    sign = "-" if negative else ""
    return f"{sign}nan({fraction:#x})" if fraction else f"{sign}inf"


def _x87(data: bytes) -> str:
    mantissa, head = struct.unpack("<QH", data)
    negative, exponent = bool(head >> 15), head & 0x7FFF
    if exponent == 0x7FFF:
        fraction = mantissa & ((1 << 63) - 1)
        return _special(negative, mantissa if fraction else 0)
    sign = "-" if negative else ""
    if exponent and not mantissa >> 63:
        return "<invalid float value>"
    if not mantissa:
        return sign + "0"
    power = max(exponent, 1) - 16383 - 63
    exact = _EXACT.multiply(Decimal(mantissa), _EXACT.power(Decimal(2), Decimal(power)))
    return sign + _general(exact, _X87_DIGITS)


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
