"""Which flags each instruction defines, and which it leaves undefined: Intel SDM volume 2, "Flags Affected".

Only what user code of the oracle's programs executes; an instruction that is not here must not touch flags, which
the comparison itself proves.
"""

from __future__ import annotations

from collections.abc import Mapping

CF, PF, AF, ZF, SF, OF = 1, 4, 0x10, 0x40, 0x80, 0x800
STATUS = CF | PF | AF | ZF | SF | OF
_ALL_UNDEFINED = (0, STATUS)
_LOGIC = (CF | PF | ZF | SF | OF, AF)

DEFINED_AND_UNDEFINED: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(
        ("add", "sub", "cmp", "neg", "adc", "sbb", "xadd", "cmpxchg", "cmps", "scas"), (STATUS, 0)
    ),
    **dict.fromkeys(("inc", "dec"), (STATUS & ~CF, 0)),
    **dict.fromkeys(("and", "or", "xor", "test"), _LOGIC),  # AF is undefined
    **dict.fromkeys(("comisd", "comiss", "ucomisd", "ucomiss", "popcnt"), (STATUS, 0)),
    **dict.fromkeys(("fcomi", "fcomip", "fucomi", "fucomip"), (CF | PF | ZF, 0)),
    **dict.fromkeys(("mul", "imul"), (CF | OF, PF | AF | ZF | SF)),
    **dict.fromkeys(("div", "idiv"), _ALL_UNDEFINED),
    **dict.fromkeys(("bsf", "bsr"), (ZF, STATUS & ~ZF)),
    **dict.fromkeys(("bt", "bts", "btr", "btc"), (CF, PF | AF | SF | OF)),
    # F3 0F BC is bsf on the guest's CPU, which has no BMI1, and tzcnt on a newer one: ZF and CF differ by definition
    "tzcnt": _ALL_UNDEFINED,
}
SHIFTS = frozenset(["shl", "shr", "sar"])
DOUBLE_SHIFTS = frozenset(["shld", "shrd"])
ROTATES = frozenset(["rol", "ror", "rcl", "rcr"])


def effect(mnemonic: str, operands: tuple[str, ...], cl: int) -> tuple[int, int]:
    """Return (flags defined, flags left undefined) by an instruction of this mnemonic (Intel's, no prefixes).

    `operands` are Intel's texts; `cl` is the count register before it.
    """
    if mnemonic not in SHIFTS | DOUBLE_SHIFTS | ROTATES:
        return DEFINED_AND_UNDEFINED.get(mnemonic, (0, 0))
    count = cl if operands[-1] == "cl" else int(operands[-1], 0)
    count &= 63 if _is_quad(operands[0]) else 31
    if count == 0:
        return 0, 0
    overflow = OF if count > 1 else 0
    if mnemonic in ROTATES:
        return (CF | OF) & ~overflow, overflow
    return STATUS & ~AF & ~overflow, AF | overflow


def _is_quad(operand: str) -> bool:
    if "PTR" in operand:
        return operand.startswith("QWORD")
    return operand.startswith("r") and operand[-1] not in "dwb"
