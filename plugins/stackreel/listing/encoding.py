"""The fields of an encoded x86-64 instruction that decide how binutils spells it.

Purpose: prefixes in their order, REX, which opcode map, the opcode and the ModRM byte. It trusts that the bytes
are one whole instruction (Capstone has found its length) and does not decode operands or immediates.
Specification: Intel SDM volume 2, chapter 2 (instruction format, VEX 2.3, EVEX 2.7), AMD APM volume 3 (XOP).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Form = Literal["legacy", "vex", "evex", "xop"]

PREFIXES = frozenset(b"\x26\x2e\x36\x3e\x64\x65\x66\x67\xf0\xf2\xf3")
SEGMENTS = {0x26: "es", 0x2E: "cs", 0x36: "ss", 0x3E: "ds", 0x64: "fs", 0x65: "gs"}
_ESCAPES = {0x38: 2, 0x3A: 3}


class Encoding(NamedTuple):
    """An instruction's fields: `prefixes` in order (REX bytes included), `rex` 0 where absent.

    `map` is 0 (one-byte), 1 (0F), 2 (0F 38), 3 (0F 3A), or what VEX, EVEX or XOP name. `modrm` is the index of
    the byte after the opcode: the ModRM byte of instructions that have one.
    """

    prefixes: bytes
    rex: int
    form: Form
    map: int
    opcode: int
    modrm: int


def parse(code: bytes) -> Encoding:
    """Split the bytes of one instruction; bytes that end early give opcode 0."""
    at = rex = 0
    end = len(code)
    while at < end:
        byte = code[at]
        if byte in PREFIXES:
            rex = 0
        elif byte & 0xF0 == 0x40:
            rex = byte
        else:
            break
        at += 1
    prefixes = code[:at]
    padded = code[at : at + 6].ljust(6, b"\0")
    lead = padded[0]
    if lead == 0xC5:
        return Encoding(prefixes, rex, "vex", 1, padded[2], at + 3)
    if lead == 0xC4:
        return Encoding(prefixes, rex, "vex", padded[1] & 31, padded[3], at + 4)
    if lead == 0x62:
        return Encoding(prefixes, rex, "evex", padded[1] & 7, padded[4], at + 5)
    if lead == 0x8F and padded[1] & 31 >= 8:
        return Encoding(prefixes, rex, "xop", padded[1] & 31, padded[3], at + 4)
    if lead != 0x0F:
        return Encoding(prefixes, rex, "legacy", 0, lead, at + 1)
    table = _ESCAPES.get(padded[1])
    if table is not None:
        return Encoding(prefixes, rex, "legacy", table, padded[2], at + 3)
    return Encoding(prefixes, rex, "legacy", 1, padded[1], at + 2)


class Shape(NamedTuple):
    """What of a memory operand's encoding shows in the text.

    `displaced`: a displacement is encoded (it is written even where 0). `sib`: the SIB byte, -1 without one.
    """

    displaced: bool
    sib: int


def shape(code: bytes, encoding: Encoding) -> Shape:
    """Read ModRM and SIB of an instruction with a memory operand."""
    modrm = code[encoding.modrm]
    mod, rm = modrm >> 6, modrm & 7
    sib = code[encoding.modrm + 1] if rm == 4 and encoding.modrm + 1 < len(code) else -1
    no_base = mod == 0 and (rm == 5 or (sib >= 0 and sib & 7 == 5))
    return Shape(mod in (1, 2) or no_base, sib)
