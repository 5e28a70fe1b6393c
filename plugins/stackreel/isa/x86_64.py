"""x86-64 and its System V psABI 1.0, as tables.

Register numbers of DWARF: psABI figure 3.36. Flags: Intel SDM volume 1, 3.4.3. The constants of Unicorn 2 and
Capstone 5 are written as numbers, so that nothing of either has to be installed to read a trace.
"""

from __future__ import annotations

from stackreel.isa.model import Isa, Register, SubRegister, SyscallConvention

_GENERAL = (  # name, DWARF number, Unicorn constant, names of its low 32, 16 and 8 bits
    ("rax", 0, 35, "eax", "ax", "al"),
    ("rbx", 3, 37, "ebx", "bx", "bl"),
    ("rcx", 2, 38, "ecx", "cx", "cl"),
    ("rdx", 1, 40, "edx", "dx", "dl"),
    ("rsi", 4, 43, "esi", "si", "sil"),
    ("rdi", 5, 39, "edi", "di", "dil"),
    ("rbp", 6, 36, "ebp", "bp", "bpl"),
    ("rsp", 7, 44, "esp", "sp", "spl"),
    ("r8", 8, 106, "r8d", "r8w", "r8b"),
    ("r9", 9, 107, "r9d", "r9w", "r9b"),
    ("r10", 10, 108, "r10d", "r10w", "r10b"),
    ("r11", 11, 109, "r11d", "r11w", "r11b"),
    ("r12", 12, 110, "r12d", "r12w", "r12b"),
    ("r13", 13, 111, "r13d", "r13w", "r13b"),
    ("r14", 14, 112, "r14d", "r14w", "r14b"),
    ("r15", 15, 113, "r15d", "r15w", "r15b"),
)
_XMM0_UNICORN = 122
_XMM0_DWARF = 17

_REGISTERS = (
    *(Register(name, 64, dwarf, unicorn) for name, dwarf, unicorn, *_ in _GENERAL),
    Register("rip", 64, 16, 41),
    Register("eflags", 32, 49, 25),
    Register("fs_base", 64, 58, 250),
    Register("gs_base", 64, 59, 251),
    *(Register(f"xmm{n}", 128, _XMM0_DWARF + n, _XMM0_UNICORN + n) for n in range(16)),
)

_PARTS = {
    part.name: part
    for name, _, _, low32, low16, low8 in _GENERAL
    for part in (
        SubRegister(low32, name, 0, 32),
        SubRegister(low16, name, 0, 16),
        SubRegister(low8, name, 0, 8),
    )
} | {high: SubRegister(high, f"r{high[0]}x", 8, 8) for high in ("ah", "bh", "ch", "dh")}

X86_64 = Isa(
    name="x86_64",
    elf_machine=62,
    pointer_size=8,
    registers=_REGISTERS,
    parts=_PARTS,
    pc="rip",
    sp="rsp",
    fp="rbp",
    flags="eflags",
    flag_bits={"CF": 0, "PF": 2, "AF": 4, "ZF": 6, "SF": 7, "TF": 8, "IF": 9, "DF": 10, "OF": 11},
    arguments=("rdi", "rsi", "rdx", "rcx", "r8", "r9"),
    vector_arguments=tuple(f"xmm{n}" for n in range(8)),
    results=("rax", "rdx"),
    callee_saved=("rbx", "rbp", "r12", "r13", "r14", "r15"),
    red_zone=128,
    syscall=SyscallConvention(
        number="rax",
        arguments=("rdi", "rsi", "rdx", "r10", "r8", "r9"),
        result="rax",
        clobbered=("rcx", "r11"),
    ),
    capstone=(3, 8),
    unicorn=(4, 8),
)
