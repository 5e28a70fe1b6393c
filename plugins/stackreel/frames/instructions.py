"""The few x86-64 instructions that make and unmake frames, recognised from their bytes.

Calls, returns, and stores of a whole register (`push`, `mov %reg, memory`), which is how a callee-saved register
is saved. Everything else is `other`: this is no disassembler. It trusts that the bytes are one whole instruction.
Encodings: Intel SDM volume 2 (CALL, RET, PUSH, MOV; chapter 2 for prefixes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_PREFIXES = frozenset({0x66, 0xF2, 0xF3, 0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65})
_REGISTERS = (
    *("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"),
    *("r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"),
)
_RETURNS = frozenset({0xC3, 0xC2})


@dataclass(frozen=True)
class Shape:
    """What an instruction does to frames.

    `target` is the distance from the next instruction to the callee, None where it is not in the bytes.
    `stored` names the 64-bit register that a `push` or `mov` stores, empty for any other instruction.
    """

    kind: Literal["call", "return", "push", "other"]
    target: int | None = None
    stored: str = ""


def shape(code: bytes) -> Shape:
    """Return the shape of one instruction given its bytes."""
    at = 0
    while at < len(code) and code[at] in _PREFIXES:
        at += 1
    rex = 0
    if at < len(code) and code[at] & 0xF0 == 0x40:
        rex = code[at]
        at += 1
    if at >= len(code):
        return Shape("other")
    opcode, rest = code[at], code[at + 1 :]
    if opcode == 0xE8 and len(rest) == 4:
        return Shape("call", target=int.from_bytes(rest, "little", signed=True))
    if opcode in _RETURNS:
        return Shape("return")
    if opcode == 0xFF and rest and rest[0] >> 3 & 7 == 2:
        return Shape("call")
    if 0x50 <= opcode <= 0x57:
        return Shape("push", stored=_REGISTERS[(opcode & 7) | (rex & 1) << 3])
    if opcode == 0x89 and rex & 8 and rest and rest[0] >> 6 != 3:
        return Shape("other", stored=_REGISTERS[(rest[0] >> 3 & 7) | (rex & 4) << 1])
    return Shape("other")


def keeps_frame_pointer(code: bytes) -> int | None:
    """Return the offset at which `push %rbp; mov %rsp,%rbp` is done in a function's first bytes, None without."""
    start = 4 if code.startswith(b"\xf3\x0f\x1e\xfa") else 0  # endbr64
    for setup in (b"\x55\x48\x89\xe5", b"\x55\x48\x8b\xec"):
        if code.startswith(setup, start):
            return start + len(setup)
    return None
