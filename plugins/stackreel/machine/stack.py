"""The initial stack, byte for byte as Linux 6.18 builds it: copy_strings, create_elf_tables (fs/binfmt_elf.c).

From the top down: eight zero bytes, the name of the program (AT_EXECFN), the strings of the environment, those
of the arguments, padding to 16, "x86_64" (AT_PLATFORM), 16 random bytes (AT_RANDOM), padding, the auxiliary
vector, envp, argv, argc. The entries of the auxiliary vector are those of the kernel in its order and number,
so that rsp is the same. The values differ from those of a host in:

- AT_SYSINFO_EHDR: at the kernel's place, but a vDSO of our own, see `vdso.py`;
- AT_HWCAP, AT_HWCAP2: of the emulated CPU, not of the host's;
- AT_MINSIGSTKSZ: the size for a CPU without XSAVE, which the emulated one is;
- AT_RANDOM: 16 fixed bytes;
- AT_UID, AT_EUID, AT_GID, AT_EGID: 1000.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from stackreel.machine.cpuid import FEATURES_EDX
from stackreel.machine.layout import PAGE, STACK_TOP

AT_NULL, AT_PHDR, AT_PHENT, AT_PHNUM, AT_PAGESZ, AT_BASE, AT_FLAGS, AT_ENTRY = 0, 3, 4, 5, 6, 7, 8, 9
AT_UID, AT_EUID, AT_GID, AT_EGID, AT_PLATFORM, AT_HWCAP, AT_CLKTCK = 11, 12, 13, 14, 15, 16, 17
AT_SECURE, AT_RANDOM, AT_HWCAP2, AT_RSEQ_FEATURE_SIZE, AT_RSEQ_ALIGN, AT_EXECFN = 23, 25, 26, 27, 28, 31
AT_SYSINFO_EHDR, AT_MINSIGSTKSZ = 33, 51

USER = 1000
RANDOM_BYTES = hashlib.sha256(b"stackreel AT_RANDOM").digest()[:16]
MINIMAL_SIGNAL_STACK = 1152
_RSEQ_FEATURE_SIZE, _RSEQ_ALIGN = 28, 32
_PLATFORM = b"x86_64\0"


@dataclass(frozen=True)
class Start:
    """What the auxiliary vector tells of the program: addresses at run time, `base` of the interpreter or 0, `vdso`."""

    phdr: int
    phnum: int
    entry: int
    base: int
    vdso: int


@dataclass(frozen=True)
class InitialStack:
    """The bytes from `sp` to the top, and where argv and envp (arrays of pointers) are."""

    sp: int
    contents: bytes
    argv: int
    envp: int


def build(start: Start, path: bytes, argv: Sequence[bytes], env: Sequence[bytes]) -> InitialStack:
    """Lay out the stack of a new process; `env` are `NAME=value` strings."""
    memory = _Downward(STACK_TOP)
    memory.push(bytes(8))
    execfn = memory.push(path + b"\0")
    envp = [memory.push(text + b"\0") for text in reversed(env)][::-1]
    argp = [memory.push(text + b"\0") for text in reversed(argv)][::-1]
    memory.align(16)
    platform = memory.push(_PLATFORM)
    random = memory.push(RANDOM_BYTES)
    vector = (
        (AT_SYSINFO_EHDR, start.vdso),
        (AT_MINSIGSTKSZ, MINIMAL_SIGNAL_STACK),
        (AT_HWCAP, FEATURES_EDX),
        (AT_PAGESZ, PAGE),
        (AT_CLKTCK, 100),
        (AT_PHDR, start.phdr),
        (AT_PHENT, 56),
        (AT_PHNUM, start.phnum),
        (AT_BASE, start.base),
        (AT_FLAGS, 0),
        (AT_ENTRY, start.entry),
        (AT_UID, USER),
        (AT_EUID, USER),
        (AT_GID, USER),
        (AT_EGID, USER),
        (AT_SECURE, 0),
        (AT_RANDOM, random),
        (AT_HWCAP2, 0),
        (AT_EXECFN, execfn),
        (AT_PLATFORM, platform),
        (AT_RSEQ_FEATURE_SIZE, _RSEQ_FEATURE_SIZE),
        (AT_RSEQ_ALIGN, _RSEQ_ALIGN),
        (AT_NULL, 0),
    )
    words = [len(argp), *argp, 0, *envp, 0]
    table = struct.pack(f"<{len(words)}Q", *words) + b"".join(struct.pack("<QQ", *row) for row in vector)
    sp = (memory.address - len(table)) & -16
    gap = bytes(memory.address - len(table) - sp)
    # STACK_ROUND rounds the place of argc; the vector follows at once and the padding is above it
    contents = table + gap + memory.contents()
    argv_at = sp + 8
    return InitialStack(sp, contents, argv_at, argv_at + 8 * (len(argp) + 1))


class _Downward:
    """Bytes that grow from a top address downwards."""

    def __init__(self, top: int) -> None:
        self.address = top
        self._parts: list[bytes] = []

    def push(self, data: bytes) -> int:
        self._parts.append(data)
        self.address -= len(data)
        return self.address

    def align(self, to: int) -> None:
        self.push(bytes(self.address % to))

    def contents(self) -> bytes:
        return b"".join(reversed(self._parts))
