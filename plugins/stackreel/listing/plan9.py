"""From Capstone's Intel text to Go's own syntax, Plan 9's, as `go tool objdump` prints it.

Purpose: `MOVQ 0x10(SP), AX`, `CALL main.add1(SB)`. Operands run from source to destination; sizes are suffixes of
the mnemonic, registers have one name for all widths. Go's disassembler derives the suffix of an instruction without
a memory operand from the operand size of its encoding, not from its registers (`TESTL AL, AL`): so does this.
Up to Go 1.21 comparisons were printed source first like everything else, later left to right (`CMPQ SP, 0x10(R14)`).
Specification: the Go assembler guide (go.dev/doc/asm) and the output of `go tool objdump` itself, which the
tests compare with. It trusts Capstone's operands (operands.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from stackreel.binary.model import SymbolOffset
from stackreel.listing import encoding as encodings
from stackreel.listing.encoding import Encoding
from stackreel.listing.operands import SIZES, Immediate, Memory, Operand, Register, parse

Symbolize = Callable[[int], SymbolOffset | None]

_WIDE = {
    **{
        f"{p}{n}": n.upper() for n in ("ax", "bx", "cx", "dx", "si", "di", "sp", "bp") for p in ("", "e", "r")
    },
    **{f"r{n}{s}": f"R{n}" for n in range(8, 16) for s in ("", "d", "w", "b")},
    **{n: n[:2].upper() for n in ("sil", "dil", "bpl", "spl")},
    **{
        n: n.upper()
        for n in ("al", "bl", "cl", "dl", "ah", "bh", "ch", "dh", "cs", "ds", "es", "fs", "gs", "ss")
    },
    **{f"xmm{n}": f"X{n}" for n in range(32)},
    **{f"ymm{n}": f"Y{n}" for n in range(32)},
    **{f"zmm{n}": f"Z{n}" for n in range(32)},
    **{f"k{n}": f"K{n}" for n in range(8)},
    **{f"mm{n}": f"M{n}" for n in range(8)},
    **{f"st({n})": f"F{n}" for n in range(8)},
    "rip": "IP",
    "eip": "IP",
}
_GENERAL_64 = frozenset(
    ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rsp", "rbp", *(f"r{n}" for n in range(8, 16))]
)
_SIZED = frozenset(
    [
        "adc",
        "add",
        "and",
        "bsf",
        "bsr",
        "bt",
        "btc",
        "btr",
        "bts",
        "cmp",
        "cmpxchg",
        "cvtsi2sd",
        "cvtsi2ss",
        "cvtsd2si",
        "cvtss2si",
        "cvttsd2si",
        "cvttss2si",
        "dec",
        "div",
        "idiv",
        "imul",
        "in",
        "inc",
        "lea",
        "mov",
        "movnti",
        "mul",
        "neg",
        "nop",
        "not",
        "or",
        "out",
        "pop",
        "push",
        "rcl",
        "rcr",
        "rol",
        "ror",
        "sar",
        "sbb",
        "shl",
        "shld",
        "shr",
        "shrd",
        "sub",
        "test",
        "xadd",
        "xchg",
        "xor",
    ]
)
_RENAMED = {
    "movabs": "mov",
    "sal": "shl",
    "int3": "int",
    "jrcxz": "jcxz",
    "cqo": "cqo",
    "ud2": "ud2",
    "movzx": "movzx",
    "endbr64": "nop",
}
_SUFFIX = {8: "B", 16: "W", 32: "L", 64: "Q"}
_REPEATS = {"rep": "REP; ", "repe": "REP; ", "repz": "REP; ", "repne": "REPNE; ", "repnz": "REPNE; "}
_SIGNED = {"W": 16, "L": 32}
_STRING = {"rdi": "es", "rsi": "ds"}
_STRINGS = frozenset(f"{name}{size}" for name in ("movs", "stos", "cmps", "scas", "lods") for size in "bwdq")
_UNSIZED = frozenset(["lea", "prefetchnta", "prefetcht0", "prefetcht1", "prefetcht2"])
_U64 = (1 << 64) - 1


class _Context(NamedTuple):
    """What an operand's spelling depends on beside itself; `after` is the address of the next instruction."""

    name: str
    suffix: str
    form: str
    after: int
    symbolize: Symbolize
    modern: bool
    vector: bool

    def implied_segment(self, memory: Memory) -> str:
        """The segment Go names for a string instruction's operand; empty for other instructions."""
        string = self.name in _STRINGS and not memory.indexed and not memory.displacement
        return _STRING.get(memory.base, "") if string and not self.vector else ""

    @property
    def unsized(self) -> bool:
        """Whether the memory operand is an address and no access."""
        return self.name in _UNSIZED


def spell(  # noqa: PLR0913 - an instruction is its bytes, place and two texts
    code: bytes, address: int, mnemonic: str, text: str, symbolize: Symbolize, *, modern: bool
) -> tuple[str, str]:
    """Spell one instruction: (prefixes and mnemonic, operands).

    `mnemonic` and `text` are Capstone's in Intel syntax. `symbolize` names an address by the symbol whose bytes
    it lies in. `modern` is the spelling of Go 1.22 and later.
    """
    encoding = encodings.parse(code)
    *prefixes, name = mnemonic.split(" ")
    name = _RENAMED.get(name, name)
    records = _implied(mnemonic, name, parse(text))
    memory = next((o for o in records if isinstance(o, Memory)), None)
    suffix = _suffix(name, records, memory, encoding, modern=modern)
    mask = next((o.mask for o in records if isinstance(o, (Register, Memory)) and o.mask), "")
    shown = _name(name, records) + suffix + (".Z" if "{z}" in mask else "")
    after = address + len(code)
    vector = any(isinstance(o, Register) and "mm" in o.name for o in records)
    context = _Context(name, suffix, encoding.form, after, symbolize, modern, vector)
    words = [_operand(o, context) for o in reversed(records)]
    if mask[1:2] == "k":
        words.insert(-1, mask[1:3].upper())
    if name == "cmp" and modern:
        words.reverse()
    head = "".join(_REPEATS.get(p, p.upper() + " ") for p in prefixes if p not in ("notrack", "bnd"))
    return head + shown, ", ".join(words)


def _implied(mnemonic: str, name: str, records: tuple[Operand, ...]) -> tuple[Operand, ...]:
    if mnemonic == "int3":
        return (Immediate(3),)
    if name in ("shl", "shr", "sar", "rol", "ror", "rcl", "rcr") and len(records) == 1:
        return (*records, Immediate(1))
    if name == "xchg" and isinstance(records[-1], Memory):
        return (records[1], records[0])
    return records


def _name(name: str, records: tuple[Operand, ...]) -> str:
    if name == "movsd" and any(isinstance(o, Register) and o.name.startswith("xmm") for o in records):
        return "MOVSD_XMM"
    return name.upper()


def _suffix(
    name: str, records: tuple[Operand, ...], memory: Memory | None, encoding: Encoding, *, modern: bool
) -> str:
    if name not in _SIZED and not (name == "popcnt" and modern):
        return ""
    if memory is not None and name != "lea" and memory.size:
        return _SUFFIX.get(8 * SIZES[memory.size], "")
    alone = len(records) == 1 or (len(records) == 2 and name in ("push", "pop"))
    if modern and alone and isinstance(records[0], Register) and records[0].name in _GENERAL_64:
        return "Q"
    return _SUFFIX[_operand_size(encoding)]


def _operand_size(encoding: Encoding) -> int:
    """The operand size the prefixes choose: 64 with REX.W, 16 with 66, else 32."""
    if encoding.rex & 8:
        return 64
    return 16 if 0x66 in encoding.prefixes else 32


def _operand(operand: Operand, context: _Context) -> str:
    if isinstance(operand, Register):
        if context.form == "vex" and not context.modern:
            return _WIDE[operand.name.replace("ymm", "xmm")]
        return _WIDE.get(operand.name, operand.name.upper())
    if isinstance(operand, Memory):
        return _memory(operand, context)
    name = context.name
    if name == "call" or name[0] == "j" or name.startswith("loop"):
        target = operand.value & _U64
        symbol = context.symbolize(target)
        return f"{symbol.name}(SB)" if symbol is not None and not symbol.offset else f"{target:#x}"
    return _immediate(operand.value, context)


def _immediate(value: int, context: _Context) -> str:
    if not context.modern:
        symbol = context.symbolize(value & _U64)
        if symbol is not None:
            return f"${symbol.name}{symbol.offset:+d}(SB)" if symbol.offset else f"${symbol.name}(SB)"
    bits = _SIGNED.get(context.suffix, 64)
    value &= (1 << bits) - 1
    if value >> (bits - 1):
        value -= 1 << bits
    return f"${value:#x}" if -(1 << 31) <= value < 1 << 31 else f"${value & _U64:#x}"


def _memory(memory: Memory, context: _Context) -> str:
    wide = context.unsized and memory.displacement < (0 if memory.base == "rip" else -0x80)
    plain = not memory.segment and not memory.indexed and memory.base in ("rip", "") and not wide
    if plain and memory.displacement and context.form != "evex":
        target = (memory.displacement + (context.after if memory.base else 0)) & _U64
        symbol = context.symbolize(target)
        if symbol is not None:
            return f"{symbol.name}{symbol.offset:+d}(SB)" if symbol.offset else f"{symbol.name}(SB)"
    segment = memory.segment or context.implied_segment(memory)
    words = [f"{segment.upper()}:"] if segment else []
    displacement = memory.displacement
    if not memory.base or wide:
        displacement &= 0xFFFFFFFF
    words.append(f"{displacement:#x}" if displacement else "0")
    if memory.base and not (context.form == "evex" and memory.base == "rip"):
        words.append(f"({_WIDE[memory.base]})")
    if memory.indexed:
        words.append(f"({_WIDE[memory.indexed]}*{memory.scale})")
    return "".join(words)
