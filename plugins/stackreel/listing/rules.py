"""Tables of spellings: what binutils calls what Capstone names otherwise, and AT&T's suffixes.

Purpose: data only. Rows were found by comparing with objdump 2.40 over whole binaries; the test of this room
keeps them honest. Names on the left are Capstone's (Intel syntax) unless said otherwise.
"""

from __future__ import annotations

RENAMED = {
    "wait": "fwait",
    "iretd": "iret",
    "sal": "shl",
    "pushfq": "pushf",
    "popfq": "popf",
    "xlatb": "xlat",
    "sysret": "sysretd",
    "sysexit": "sysexitd",
}
"""Both syntaxes."""

ATT_RENAMED = {
    "cbw": "cbtw",
    "cwde": "cwtl",
    "cdqe": "cltq",
    "cwd": "cwtd",
    "cdq": "cltd",
    "cqo": "cqto",
    "retf": "lret",
    "retfq": "lretq",
    "movsxd": "movslq",
    "sysretd": "sysretl",
    "sysexitd": "sysexitl",
}
"""AT&T only; left side is binutils' Intel name."""

ATT_OPERANDS = {
    "monitor": "%rax,%ecx,%edx",
    "monitorx": "%rax,%ecx,%edx",
    "mwait": "%eax,%ecx",
    "mwaitx": "%eax,%ecx,%ebx",
}
"""Operands binutils writes in AT&T only."""

LETTERS = {"byte": "b", "word": "w", "dword": "l", "qword": "q"}
"""AT&T's suffix of a memory operand."""

SUFFIXED = frozenset(
    [
        "add",
        "or",
        "adc",
        "sbb",
        "and",
        "sub",
        "xor",
        "cmp",
        "mov",
        "test",
        "inc",
        "dec",
        "neg",
        "not",
        "mul",
        "imul",
        "div",
        "idiv",
        "rol",
        "ror",
        "rcl",
        "rcr",
        "shl",
        "sal",
        "shr",
        "sar",
        "bt",
        "bts",
        "btr",
        "btc",
        "nop",
        "movs",
        "cmps",
        "ins",
        "outs",
    ]
)
"""Take a suffix where no register says the size."""

ALWAYS_SUFFIXED = frozenset(
    ["cvtsi2sd", "cvtsi2ss", "vcvtsi2sd", "vcvtsi2ss", "vcvtusi2sd", "vcvtusi2ss", "crc32", "ptwrite"]
)
"""Take a suffix with any memory operand, whatever registers stand beside it."""

VECTOR_SUFFIXED = frozenset(
    [
        "vcvtpd2dq",
        "vcvttpd2dq",
        "vcvtpd2ps",
        "vcvtpd2udq",
        "vcvttpd2udq",
        "vcvtqq2ps",
        "vcvtuqq2ps",
        "vfpclassps",
        "vfpclasspd",
    ]
)
"""Take x, y or z after the width of a memory operand."""
VECTOR_LETTERS = {"xmmword": "x", "ymmword": "y", "zmmword": "z"}

_FLOAT = {"dword": "s", "qword": "l", "xword": "t", "tbyte": "t"}
_LONG = {"word": "s", "dword": "l", "qword": "ll"}
X87_SUFFIXES = {
    **dict.fromkeys(
        ["fld", "fst", "fstp", "fadd", "fmul", "fcom", "fcomp", "fsub", "fsubr", "fdiv", "fdivr"], _FLOAT
    ),
    **dict.fromkeys(["fild", "fist", "fistp", "fisttp"], _LONG),
    **dict.fromkeys(["fiadd", "fimul", "ficom", "ficomp", "fisub", "fisubr", "fidiv", "fidivr"], _LONG),
}
"""AT&T's suffixes of x87 instructions with a memory operand, by its size word."""

SIZE_WORDS = {
    "": "",
    "byte": "BYTE PTR ",
    "word": "WORD PTR ",
    "dword": "DWORD PTR ",
    "fword": "FWORD PTR ",
    "qword": "QWORD PTR ",
    "xword": "TBYTE PTR ",
    "tbyte": "TBYTE PTR ",
    "oword": "OWORD PTR ",
    "xmmword": "XMMWORD PTR ",
    "ymmword": "YMMWORD PTR ",
    "zmmword": "ZMMWORD PTR ",
}
"""Intel: Capstone's size word in binutils' spelling."""

SIZE_OF = {
    **dict.fromkeys(
        [
            "vpgatherdd",
            "vpgatherqd",
            "vgatherdps",
            "vgatherqps",
            "vpscatterdd",
            "vpscatterqd",
            "vscatterdps",
            "vscatterqps",
        ],
        "dword",
    ),
    **dict.fromkeys(
        [
            "vpgatherdq",
            "vpgatherqq",
            "vgatherdpd",
            "vgatherqpd",
            "vpscatterdq",
            "vpscatterqq",
            "vscatterdpd",
            "vscatterqpd",
        ],
        "qword",
    ),
    **dict.fromkeys(
        [
            "lea",
            "sgdt",
            "sidt",
            "lgdt",
            "lidt",
            "fxsave",
            "fxsave64",
            "fxrstor",
            "fxrstor64",
            "xsave",
            "xsave64",
            "xsavec",
            "xsavec64",
            "xsaveopt",
            "xsaveopt64",
            "xsaves",
            "xsaves64",
            "xrstor",
            "xrstor64",
            "xrstors",
            "xrstors64",
            "fnsave",
            "frstor",
            "fldenv",
            "fnstenv",
            "lddqu",
            "vlddqu",
        ],
        "",
    ),
    "cmpxchg16b": "oword",
    "comisd": "qword",
    "ucomisd": "qword",
    "vcomisd": "qword",
    "vucomisd": "qword",
    "comiss": "dword",
    "ucomiss": "dword",
    "vcomiss": "dword",
    "vucomiss": "dword",
}
"""Intel: the size binutils gives a memory operand where Capstone says another."""

WAITED = {
    "fnstsw": "fstsw",
    "fnstcw": "fstcw",
    "fnstenv": "fstenv",
    "fnsave": "fsave",
    "fninit": "finit",
    "fnclex": "fclex",
}
"""x87 instructions that binutils joins with an fwait before them."""

PCLMUL = {0x00: "lqlq", 0x01: "hqlq", 0x10: "lqhq", 0x11: "hqhq"}
"""The four meanings of pclmulqdq's immediate, as binutils' mnemonics have them: `pclmul…dq`."""

X87_REGISTER_FORMS: dict[int, tuple[str, str, str, str, str, str, str, str]] = {
    0xD8: (
        "fadd st,i",
        "fmul st,i",
        "fcom i",
        "fcomp i",
        "fsub st,i",
        "fsubr st,i",
        "fdiv st,i",
        "fdivr st,i",
    ),
    0xD9: ("fld i", "fxch i", "", "", "", "", "", ""),
    0xDA: ("fcmovb st,i", "fcmove st,i", "fcmovbe st,i", "fcmovu st,i", "", "", "", ""),
    0xDB: (
        "fcmovnb st,i",
        "fcmovne st,i",
        "fcmovnbe st,i",
        "fcmovnu st,i",
        "",
        "fucomi st,i",
        "fcomi st,i",
        "",
    ),
    0xDC: (
        "fadd i,st",
        "fmul i,st",
        "fcom i",
        "fcomp i",
        "fsubr i,st",
        "fsub i,st",
        "fdivr i,st",
        "fdiv i,st",
    ),
    0xDD: ("ffree i", "", "fst i", "fstp i", "fucom i", "fucomp i", "", ""),
    0xDE: ("faddp i,st", "fmulp i,st", "", "", "fsubrp i,st", "fsubp i,st", "fdivrp i,st", "fdivp i,st"),
    0xDF: ("ffreep i", "", "", "", "", "fucomip st,i", "fcomip st,i", ""),
}
"""x87 instructions on registers, by opcode and ModRM.reg, as Intel writes them; empty: Capstone's own text."""

ATT_SWAPPED = {
    "fsub": "fsubr",
    "fsubr": "fsub",
    "fdiv": "fdivr",
    "fdivr": "fdiv",
    "fsubp": "fsubrp",
    "fsubrp": "fsubp",
    "fdivp": "fdivrp",
    "fdivrp": "fdivp",
}
"""AT&T syntax exchanges these where the destination is not st(0): the assembler of System V did."""
