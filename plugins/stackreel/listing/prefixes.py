"""Which prefix bytes binutils prints as words of their own, and which the instruction uses up.

Purpose: `rep`, `lock`, `bnd`, `notrack`, `cs nopw`, `data16 lea`, `rex.W call`. A prefix that changes nothing is
printed by its name; of several of one kind the last one can be used. It trusts operands already read. It follows
what objdump 2.40 prints, not Capstone, which forgets unused prefixes. Intel SDM volume 2, 2.1.1 and 2.2.1.
"""

from __future__ import annotations

from stackreel.listing.encoding import SEGMENTS, Encoding
from stackreel.listing.operands import Immediate, Memory, Operand, Register

_WORD_REGISTERS = frozenset(
    ["ax", "bx", "cx", "dx", "si", "di", "bp", "sp", *(f"r{n}w" for n in range(8, 16))]
)
_BYTE_REGISTERS = frozenset(
    ["al", "bl", "cl", "dl", "sil", "dil", "bpl", "spl", *(f"r{n}b" for n in range(8, 16))]
)
_REPEATED = {0x6C: "rep", 0x6E: "rep", 0xA4: "rep", 0xA6: "repz", 0xAA: "rep", 0xAC: "rep", 0xAE: "repz"}
"""String instructions by their even opcode (0F map 0), and how F3 reads before them."""
_BRANCHES = frozenset(["jmp", "call", "ret"])
_PLAIN = frozenset(
    [0x05, 0x0B, 0x0D, 0x31, 0x34, 0xA2, 0xAF]
    + [
        n
        for low, high in (
            (0x18, 0x20),
            (0x40, 0x50),
            (0x80, 0xAE),
            (0xB0, 0xB8),
            (0xBA, 0xBC),
            (0xBE, 0xC2),
            (0xC8, 0xD0),
        )
        for n in range(low, high)
    ]
)
"""Opcodes of map 0F whose meaning 66, F2 and F3 do not select."""
_CONVERSIONS = (0x98, 0x99)
_EXCHANGES = frozenset(["xchg", "xadd", "cmpxchg", "cmpxchg8b", "cmpxchg16b", "add", "or", "adc", "sbb", "and",
                        "sub", "xor", "inc", "dec", "neg", "not", "bts", "btr", "btc"])  # fmt: skip
_NO_WIDE = frozenset(["push", "pop", "call", "jmp", "ret", "nop", "leave"])
"""Instructions that are 64-bit by nature: REX.W is of no use to them."""


def words(
    encoding: Encoding, mnemonic: str, operands: tuple[Operand, ...], sib: int, *, att: bool
) -> list[str]:
    """Return the printed prefixes in order. `sib` is -1 where there is no SIB byte."""
    prefixes = encoding.prefixes
    if not prefixes:
        return []
    last = {byte: at for at, byte in enumerate(prefixes)}
    found: list[str] = []
    for at, byte in enumerate(prefixes):
        newest = last[byte] == at
        if byte & 0xF0 == 0x40:
            used = at == len(prefixes) - 1 and rex_used(encoding, mnemonic, operands, sib)
            word = (
                "rex"
                + ("." if byte & 15 else "")
                + "".join(c for c, b in zip("WRXB", (8, 4, 2, 1), strict=True) if byte & b)
            )
        elif byte == 0x66:
            used, word = newest and operand_size_used(encoding, operands), "data16"
        elif byte == 0x67:
            used, word = newest and address_size_used(mnemonic, operands), "addr32"
        elif byte in (0xF2, 0xF3):
            used, word = _repeat(encoding, mnemonic, byte, operands)
            used = used and newest
        elif byte == 0xF0:
            used, word = False, "lock"
        else:
            used, word = _segment(encoding, mnemonic, operands, byte, att=att)
            used = used and newest
        if not used:
            found.append(word)
    return found


def _repeat(encoding: Encoding, mnemonic: str, byte: int, operands: tuple[Operand, ...]) -> tuple[bool, str]:
    word = "repz" if byte == 0xF3 else "repnz"
    if encoding.map == 0:
        even = encoding.opcode & 0xFE
        if even in _REPEATED:
            return False, _REPEATED[even] if byte == 0xF3 else word
        if encoding.opcode == 0x90:
            return byte == 0xF3 and mnemonic == "pause", word
    if byte == 0xF2 and (mnemonic in _BRANCHES or mnemonic[0] == "j"):
        return False, "bnd"
    locked = 0xF0 in encoding.prefixes or mnemonic == "xchg"
    if locked and mnemonic in _EXCHANGES and operands and isinstance(operands[0], Memory):
        return False, "xrelease" if byte == 0xF3 else "xacquire"
    if encoding.map == 1 and encoding.opcode in (0x1E, 0xB8, 0xBC, 0xBD) and mnemonic != "nop":
        return True, word
    return encoding.map >= 2 or (encoding.map == 1 and encoding.opcode not in _PLAIN), word


def _segment(
    encoding: Encoding, mnemonic: str, operands: tuple[Operand, ...], byte: int, *, att: bool
) -> tuple[bool, str]:
    word = SEGMENTS[byte]
    if byte == 0x3E and encoding.map == 0 and encoding.opcode == 0xFF and mnemonic in _BRANCHES:
        return False, "notrack"
    if att and byte in (0x2E, 0x3E) and mnemonic[0] == "j" and mnemonic != "jmp":
        return True, word  # branch hint: written behind the mnemonic
    return any(isinstance(o, Memory) and o.segment == word for o in operands), word


def hint(encoding: Encoding, mnemonic: str) -> str:
    """AT&T's branch hint: `,pn`, `,pt` or nothing."""
    if mnemonic[0] != "j" or mnemonic == "jmp":
        return ""
    return ",pn" if 0x2E in encoding.prefixes else ",pt" if 0x3E in encoding.prefixes else ""


def operand_size_used(encoding: Encoding, operands: tuple[Operand, ...]) -> bool:
    """Whether 66 selects the instruction or makes an operand 16 bits wide."""
    if encoding.map >= 2 or (
        encoding.map == 1 and encoding.opcode not in _PLAIN and encoding.opcode not in (0xB8, 0xBC, 0xBD)
    ):
        return True
    if encoding.map == 0 and encoding.opcode in (0x68, 0x6A):
        return True
    if encoding.map == 0 and encoding.opcode in _CONVERSIONS:
        return not encoding.rex & 8
    return any(
        (isinstance(o, Register) and o.name in _WORD_REGISTERS)
        or (isinstance(o, Memory) and o.size == "word")
        for o in operands
    )


def address_size_used(mnemonic: str, operands: tuple[Operand, ...]) -> bool:
    """Whether 67 changes how an address is computed."""
    return mnemonic.startswith(("jec", "loop")) or any(isinstance(o, Memory) for o in operands)


def rex_used(encoding: Encoding, mnemonic: str, operands: tuple[Operand, ...], sib: int) -> bool:
    """Whether every bit of the REX prefix means something: only then binutils does not print it."""
    rex = encoding.rex
    registers = [o for o in operands if isinstance(o, Register)]
    if rex == 0x40:
        return any(r.name in _BYTE_REGISTERS for r in registers)
    if rex & 8 and (mnemonic in _NO_WIDE or not _wide(encoding, operands)):
        return False
    if rex & 4 and (len([o for o in operands if not isinstance(o, Immediate)]) < 2):
        return False
    return not (rex & 2 and sib < 0)


def _wide(encoding: Encoding, operands: tuple[Operand, ...]) -> bool:
    if not operands or encoding.map >= 2:
        return True
    if encoding.map == 1 and encoding.opcode not in _PLAIN:
        return encoding.opcode in (0x2A, 0x2C, 0x2D, 0x6E, 0x7E, 0xAE, 0xB8, 0xBC, 0xBD, 0xC3, 0xC7) or any(
            isinstance(o, Register) and o.name[0] == "r" for o in operands
        )
    return any(
        (isinstance(o, Register) and o.name[0] == "r" and o.name[-1] not in "bwd")
        or (isinstance(o, Memory) and o.size in ("qword", "", "fword"))
        for o in operands
    )
