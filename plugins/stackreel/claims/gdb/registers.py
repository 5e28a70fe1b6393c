"""Registers as gdb has them on x86-64: order, types, parts, and those a Linux process always has the same.

gdb's i386 and amd64 target descriptions say the types; the segment registers of a 64-bit Linux process are
constants of the kernel (arch/x86/include/asm/segment.h). x87, AVX and mask registers are not in a trace, nor is what
only the kernel knows (`UNRECORDED`).
"""

from __future__ import annotations

from collections.abc import Mapping

from stackreel.binary.types import Array, Base, FunctionType, Member, Pointer, Struct, Type, Void
from stackreel.claims.gdb.program import pointer_to
from stackreel.isa import X86_64, SubRegister

SEGMENTS = {"cs": 0x33, "ss": 0x2B, "ds": 0, "es": 0, "fs": 0, "gs": 0}
_LEGACY = ("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp")
GENERAL = (
    *_LEGACY,
    *(f"r{n}" for n in range(8, 16)),
    *("rip", "eflags", *SEGMENTS),
)
"""What `info registers` lists, in its order."""

VECTORS = tuple(f"xmm{n}" for n in range(16))
ALIASES = {"pc": "rip", "sp": "rsp", "fp": "rbp", "ps": "eflags"}

UNRECORDED = frozenset(
    (
        *(f"st{n}" for n in range(8)),
        *("fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop", "mxcsr", "orig_rax", "pkru"),
        *(f"k{n}" for n in range(8)),
        *(f"xmm{n}" for n in range(16, 32)),
        *(f"{kind}{n}{half}" for kind in ("ymm", "zmm") for n in range(32) for half in ("", "h")),
    )
)
"""Registers that gdb has and a trace has not. Which of them gdb has goes with the CPU."""

UNRECORDED_GROUPS = frozenset(["all", "float", "mmx", "restore", "save", "sse", "system", "vector"])
"""Groups of registers that some of those are in."""

_LOW_BYTES = {f"r{n}b" for n in range(8, 16)}


def _part(name: str) -> SubRegister | None:
    """Return the part of a register that gdb has under a name: it calls the low byte of r8 `r8l`."""
    if name in _LOW_BYTES:
        return None
    return X86_64.parts.get(f"{name[:-1]}b" if f"{name[:-1]}b" in _LOW_BYTES and name[-1:] == "l" else name)


INT64 = Base("int64_t", 8, "signed")
_SIGNED = {8: Base("int8_t", 1, "signed"), 16: Base("int16_t", 2, "signed"), 32: Base("int32_t", 4, "signed")}
INT32 = Base("int32_t", 4, "signed")
FLAGS = Base("i386_eflags", 4, "unsigned")
CODE = pointer_to(FunctionType(Void(), (), is_variadic=False, is_prototyped=False))
DATA_POINTER: Pointer = pointer_to(Void())
BFLOAT16 = Base("bfloat16", 2, "float")
HALF = Base("_Float16", 2, "float")

_LANES = (
    ("v8_bfloat16", BFLOAT16), ("v8_half", HALF), ("v4_float", Base("float", 4, "float")),
    ("v2_double", Base("double", 8, "float")), ("v16_int8", _SIGNED[8]), ("v8_int16", _SIGNED[16]),
    ("v4_int32", INT32), ("v2_int64", INT64),
)  # fmt: skip
VEC128 = Struct(
    "union",
    "vec128",
    16,
    True,
    lambda: (
        *(Member(name, Array(lane, (16 // lane.size,), is_vector=True), 0) for name, lane in _LANES),
        Member("uint128", Base("uint128_t", 16, "unsigned"), 0),
    ),
)


def register_type(name: str) -> Type | None:
    """Return the type of a register or part of one; None where gdb has no register of this name here."""
    name = ALIASES.get(name, name)
    if name == "rip":
        return CODE
    if name in ("rsp", "rbp"):
        return DATA_POINTER
    if name == "eflags":
        return FLAGS
    if name in SEGMENTS:
        return INT32
    if name in ("fs_base", "gs_base"):
        return Base("long", 8, "signed")
    if name in VECTORS:
        return VEC128
    if name in GENERAL:
        return INT64
    part = _part(name)
    return None if part is None else _SIGNED[part.bits]


def register_value(name: str, registers: Mapping[str, int]) -> int | None:
    """Return a register's value in a frame; None where it is not known there."""
    name = ALIASES.get(name, name)
    if name in SEGMENTS:
        return SEGMENTS[name]
    part = _part(name)
    if part is None:
        return registers.get(name)
    parent = registers.get(part.parent)
    return None if parent is None else (parent >> part.shift) & ((1 << part.bits) - 1)


_FLAG_NAMES = {
    0: "CF", 1: "", 2: "PF", 4: "AF", 6: "ZF", 7: "SF", 8: "TF", 9: "IF", 10: "DF", 11: "OF", 14: "NT", 16: "RF",
    17: "VM", 18: "AC", 19: "VIF", 20: "VIP", 21: "ID",
}  # fmt: skip


def flags_text(value: int) -> str:
    """Write flags as gdb does: `[ ZF PF ]`, lowest bit first."""
    names = [name for bit, name in _FLAG_NAMES.items() if value >> bit & 1 and name]
    return " ".join(("[", *names, "]"))
