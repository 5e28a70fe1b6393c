"""From Capstone's Intel text to binutils' text in AT&T and Intel syntax.

Purpose: one decoded instruction becomes (prefixes and mnemonic, operands) as gdb 13 and objdump 2.40 print them.
Operands are read into records (operands.py), prefixes from the bytes (prefixes.py, encoding.py), exceptions are
rows of rules.py. It trusts Capstone's choice of instruction and operands. It adds no symbols.
"""

from __future__ import annotations

from typing import NamedTuple

from stackreel.listing import encoding as encodings
from stackreel.listing import rules
from stackreel.listing.encoding import Encoding, Shape
from stackreel.listing.operands import SIZES, Immediate, Memory, Operand, Register, parse
from stackreel.listing.prefixes import hint, words

_U64 = (1 << 64) - 1
_REGISTER_BITS = {
    **dict.fromkeys(["al", "bl", "cl", "dl", "ah", "bh", "ch", "dh", "sil", "dil", "bpl", "spl"], 8),
    **dict.fromkeys((f"r{n}b" for n in range(8, 16)), 8),
    **dict.fromkeys(["ax", "bx", "cx", "dx", "si", "di", "bp", "sp"], 16),
    **dict.fromkeys((f"r{n}w" for n in range(8, 16)), 16),
    **dict.fromkeys(["eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp"], 32),
    **dict.fromkeys((f"r{n}d" for n in range(8, 16)), 32),
}
_ACCUMULATOR = {"byte": "al", "word": "ax", "dword": "eax", "qword": "rax"}
_BYTE_IMMEDIATES = frozenset([0xC0, 0xC1, 0xCD, 0xE4, 0xE5, 0xE6, 0xE7])
_SHIFT_BY_ONE = (0xD0, 0xD1)
_INDIRECT = frozenset(["jmp", "call"])
_WORD_IMMEDIATES = frozenset(["ret", "retf", "retfq"])
_PORTS = frozenset(["in", "out", "ins", "outs"])
_NO_SHAPE = Shape(False, -1)


class Spelled(NamedTuple):
    """An instruction ready to print: `head` is prefixes and mnemonic; records of what the text was made from."""

    head: str
    operands: str
    mnemonic: str
    records: tuple[Operand, ...]


def spell(code: bytes, mnemonic: str, text: str, *, att: bool) -> Spelled:
    """Spell one instruction; `mnemonic` and `text` are Capstone's in Intel syntax, its addresses absolute."""
    encoding = encodings.parse(code)
    name, records = _normalise(code, encoding, mnemonic.rsplit(" ", 1)[-1], parse(text))
    memory = next((o for o in records if isinstance(o, Memory)), None)
    shape = _shape(code, encoding, memory)
    prefixes = words(encoding, name, records, shape.sib, att=att)
    if att:
        shown, operands = _att(encoding, name, records, memory, shape)
        shown += hint(encoding, name)
    else:
        shown, operands = _intel(encoding, name, records, shape)
    return Spelled(" ".join([*prefixes, shown]), operands, name, records)


def _shape(code: bytes, encoding: Encoding, memory: Memory | None) -> Shape:
    direct = encoding.map == 0 and (
        0xA0 <= encoding.opcode <= 0xAF or encoding.opcode in (0x6C, 0x6D, 0x6E, 0x6F, 0xD7)
    )
    if memory is None or (direct and encoding.form == "legacy"):
        return _NO_SHAPE
    return encodings.shape(code, encoding)


# ---- operands as binutils has them, before a syntax is chosen


def _normalise(
    code: bytes, encoding: Encoding, name: str, records: tuple[Operand, ...]
) -> tuple[str, tuple[Operand, ...]]:
    name = rules.RENAMED.get(name, name)
    if encoding.form == "legacy" and encoding.map == 0:
        if encoding.opcode in rules.X87_REGISTER_FORMS and code[encoding.modrm] >= 0xC0:
            return _x87(code, encoding, name, records)
        if encoding.opcode in _STRINGS:
            return _string(encoding, records)
        if encoding.opcode == 0x90 and 0x66 in encoding.prefixes and name == "nop" and not encoding.rex & 8:
            return "xchg", (Register("ax", ""), Register("ax", ""))
        if encoding.opcode in (0x68, 0x6A) and 0x66 in encoding.prefixes:
            return "pushw", (Immediate(_first_immediate(records) & 0xFFFF),)
        if encoding.opcode == 0xC8:
            return name, (Immediate(_first_immediate(records) & 0xFFFF), Immediate(code[-1]))
        if encoding.opcode in _SHIFT_BY_ONE and len(records) == 1:
            return name, (*records, Immediate(1))
        if encoding.opcode == 0xD7:
            return name, (Memory("byte", _override(encoding, "ds"), "rbx", "", 1, 0, ""),)
    if name.endswith("pclmulqdq") and isinstance(records[-1], Immediate):
        kind = rules.PCLMUL.get(records[-1].value & 0xFF)
        if kind is not None:
            return name.replace("qdq", kind + "dq"), records[:-1]
    return name, tuple(_sized(code, encoding, name, o, records) for o in records)


def _sized(
    code: bytes, encoding: Encoding, name: str, operand: Operand, records: tuple[Operand, ...]
) -> Operand:
    if isinstance(operand, Memory):
        size = "" if name == "movabs" else rules.SIZE_OF.get(name, operand.size)
        if encoding.opcode == 0xFF and name in _INDIRECT and not size:
            size = "fword"
        segment = operand.segment if operand.segment in ("fs", "gs") else ""
        if operand.base and not operand.indexed and _index_only(code, encoding):
            operand = operand._replace(base="", indexed=operand.base)
        return operand._replace(size=size, segment=segment)
    if isinstance(operand, Immediate):
        return Immediate(operand.value & _mask(encoding, name, records))
    return operand


def _index_only(code: bytes, encoding: Encoding) -> bool:
    """Whether a SIB byte names an index and no base, which Capstone shows as a base where the scale is 1."""
    if code[encoding.modrm] & 0xC7 != 4:
        return False
    sib = code[encoding.modrm + 1]
    return sib & 7 == 5 and sib >> 3 != 4


def _mask(encoding: Encoding, name: str, records: tuple[Operand, ...]) -> int:
    """All ones of an immediate's width: the operand it is combined with, or a byte."""
    if name[0] in "jl" or name in ("call", "xbegin", "push"):
        return _U64
    if encoding.form != "legacy":
        return 0xFFFFFFFF if encoding.form == "xop" and encoding.map == 10 else 0xFF
    if name in _WORD_IMMEDIATES:
        return 0xFFFF
    if encoding.map or encoding.opcode in _BYTE_IMMEDIATES:
        return 0xFF
    first = records[0]
    if isinstance(first, Register):
        return (1 << _REGISTER_BITS.get(first.name, 64)) - 1
    if isinstance(first, Memory):
        return (1 << 8 * SIZES.get(first.size, 8)) - 1
    return _U64 if name == "mov" else 0xFF


def _first_immediate(records: tuple[Operand, ...]) -> int:
    first = records[0]
    return first.value if isinstance(first, Immediate) else 0


def _x87(
    code: bytes, encoding: Encoding, name: str, records: tuple[Operand, ...]
) -> tuple[str, tuple[Operand, ...]]:
    modrm = code[encoding.modrm]
    row = rules.X87_REGISTER_FORMS[encoding.opcode][modrm >> 3 & 7]
    if not row:
        return name, records
    name, _, form = row.partition(" ")
    numbered = Register(f"st({modrm & 7})", "")
    return name, tuple(numbered if part == "i" else Register("st", "") for part in form.split(","))


_STRINGS = {
    0x6C: ("ins", "DX"),
    0x6E: ("outs", "XS"),
    0xA4: ("movs", "DS"),
    0xA6: ("cmps", "SD"),
    0xAA: ("stos", "DA"),
    0xAC: ("lods", "AS"),
    0xAE: ("scas", "AD"),
}
"""String instructions: Intel's operands as D(estination), S(ource), A(ccumulator), X (dx)."""
_STRINGS |= {opcode + 1: row for opcode, row in _STRINGS.items()}


def _string(encoding: Encoding, records: tuple[Operand, ...]) -> tuple[str, tuple[Operand, ...]]:
    name, form = _STRINGS[encoding.opcode]
    size = next((o.size for o in records if isinstance(o, Memory)), "byte")
    letter = "e" if 0x67 in encoding.prefixes else "r"
    parts: dict[str, Operand] = {
        "D": Memory(size, "es", letter + "di", "", 1, 0, ""),
        "S": Memory(size, _override(encoding, "ds"), letter + "si", "", 1, 0, ""),
        "A": Register(_ACCUMULATOR[size], ""),
        "X": Register("dx", ""),
    }
    return name, tuple(parts[part] for part in form)


def _override(encoding: Encoding, default: str) -> str:
    for byte in reversed(encoding.prefixes):
        if byte in (0x64, 0x65):
            return encodings.SEGMENTS[byte]
    return default


# ---- Intel


def _intel(encoding: Encoding, name: str, records: tuple[Operand, ...], shape: Shape) -> tuple[str, str]:
    texts: list[str] = []
    for operand in records:
        if isinstance(operand, Register):
            if not operand.name and texts:  # rounding: belongs to the register before it
                texts[-1] += operand.mask
            else:
                texts.append(operand.name + operand.mask)
        elif isinstance(operand, Immediate):
            texts.append("1" if _by_one(encoding) else hex(operand.value))
        else:
            texts.append(_intel_memory(operand, shape))
    return name, ",".join(texts)


def _intel_memory(operand: Memory, shape: Shape) -> str:
    size = rules.SIZE_WORDS[operand.size]
    mask = operand.mask
    if mask.startswith("{1to"):
        size = size.replace("PTR", "BCST")
        mask = mask[mask.index("}") + 1 :]
    segment = operand.segment + ":" if operand.segment else ""
    index = _index(operand, shape)
    if not operand.base and not index:
        return f"{size}{segment or 'ds:'}{hex(operand.displacement & _U64)}{mask}"
    parts = [part for part in (operand.base, f"{index}*{operand.scale}" if index else "") if part]
    tail = ""
    if shape.displaced and operand.base == "rip" and operand.displacement < 0:
        tail = "+" + hex(operand.displacement & _U64)
    elif shape.displaced:
        tail = f"{'-' if operand.displacement < 0 else '+'}{hex(abs(operand.displacement))}"
    return f"{size}{segment}[{'+'.join(parts)}{tail}]{mask}"


def _index(operand: Memory, shape: Shape) -> str:
    """The index register; `riz` where a SIB byte holds none though the base needs no SIB byte."""
    if shape.sib >= 0 and operand.base and shape.sib & 7 != 4 and operand.indexed in ("", "riz", "eiz"):
        return "eiz" if operand.base[0] == "e" or operand.base.endswith("d") else "riz"
    return "" if operand.indexed in ("riz", "eiz") else operand.indexed


# ---- AT&T


def _att(
    encoding: Encoding, name: str, records: tuple[Operand, ...], memory: Memory | None, shape: Shape
) -> tuple[str, str]:
    fixed = rules.ATT_OPERANDS.get(name)
    if fixed is not None:
        return name, fixed
    shown = records[:1] if _by_one(encoding) else records
    texts = [_att_operand(name, operand, shape) for operand in shown]
    if name != "enter":
        texts.reverse()
    if name in _INDIRECT and not isinstance(records[0], Immediate):
        texts[0] = "*" + texts[0]
    return _att_name(encoding, name, records, memory), ",".join(texts)


def _by_one(encoding: Encoding) -> bool:
    """A shift by the constant 1 of opcodes D0 and D1, which no byte encodes."""
    return encoding.map == 0 and encoding.opcode in _SHIFT_BY_ONE and encoding.form == "legacy"


def _att_name(encoding: Encoding, name: str, records: tuple[Operand, ...], memory: Memory | None) -> str:
    if name in ("movzx", "movsx"):
        source, target = (_letter(o) for o in (records[1], records[0]))
        return name[:-1] + source + target
    if name in rules.ATT_SWAPPED and encoding.opcode in (0xDC, 0xDE) and isinstance(records[0], Register):
        return rules.ATT_SWAPPED[name]
    name = rules.ATT_RENAMED.get(name, name)
    if memory is None:
        return name
    size = memory.size
    if name in rules.X87_SUFFIXES:
        return name + rules.X87_SUFFIXES[name].get(size, "")
    if name in rules.VECTOR_SUFFIXED:
        return name + rules.VECTOR_LETTERS.get(size, "")
    if name in _INDIRECT and size == "fword":
        return "l" + name
    if name in ("push", "pop"):
        return name + ("w" if size == "word" else "")
    if name in rules.ALWAYS_SUFFIXED or (name in rules.SUFFIXED and _unsized(encoding, name, records)):
        return name + rules.LETTERS.get(size, "")
    return name


def _unsized(encoding: Encoding, name: str, records: tuple[Operand, ...]) -> bool:
    """Whether no register gives the operand size; the count in cl does not."""
    if encoding.map == 0 and encoding.opcode in (0xD2, 0xD3):
        return True
    return name in _PORTS or not any(isinstance(o, Register) for o in records)


def _letter(operand: Operand) -> str:
    if isinstance(operand, Memory):
        return rules.LETTERS.get(operand.size, "")
    if isinstance(operand, Register):
        return {8: "b", 16: "w", 32: "l"}.get(_REGISTER_BITS.get(operand.name, 64), "q")
    return ""


def _att_operand(name: str, operand: Operand, shape: Shape) -> str:
    if isinstance(operand, Register):
        if operand.name == "dx" and name in _PORTS:
            return "(%dx)"
        mask = operand.mask.replace("{k", "{%k")
        return ("%" + operand.name if operand.name else "") + mask
    if isinstance(operand, Immediate):
        return hex(operand.value) if _is_target(name) else "$" + hex(operand.value)
    return _att_memory(operand, shape)


def _is_target(name: str) -> bool:
    return name[0] == "j" or name in ("call", "xbegin") or name.startswith("loop")


def _att_memory(operand: Memory, shape: Shape) -> str:
    segment = f"%{operand.segment}:" if operand.segment else ""
    index = _index(operand, shape)
    mask = operand.mask.replace("{k", "{%k")
    if not operand.base and not index:
        return f"{segment}{hex(operand.displacement & _U64)}{mask}"
    shown = ""
    if shape.displaced:
        shown = f"{'-' if operand.displacement < 0 else ''}{hex(abs(operand.displacement))}"
    base = "%" + operand.base if operand.base else ""
    inner = f"{base},%{index},{operand.scale}" if index else base
    return f"{segment}{shown}({inner}){mask}"
