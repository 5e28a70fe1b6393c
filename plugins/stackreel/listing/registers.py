"""Which registers an instruction reads and writes, in a trace's names.

Purpose: Capstone's access lists, narrowed to the registers a trace records: `eax` is `rax`, `ymm3` is `xmm3`, the
flags are `eflags`. It trusts Capstone but for the stack pointer of stack instructions, which it adds itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from stackreel.isa import X86_64

_FULL = (
    {r.name: r.name for r in X86_64.registers}
    | {part.name: part.parent for part in X86_64.parts.values()}
    | {f"{wide}{n}": f"xmm{n}" for wide in ("ymm", "zmm") for n in range(16)}
    | {"rflags": "eflags", "eip": "rip", "fs": "fs_base", "gs": "gs_base"}
)
_STACK = frozenset(["push", "pop", "call", "ret", "leave", "enter", "pushf", "popf", "pushw"])


def full_names(names: Iterable[str]) -> frozenset[str]:
    """Map register names of any width to those a trace records; registers it does not record are left out."""
    return frozenset(_FULL[name] for name in names if name in _FULL)


def with_stack(mnemonic: str, names: frozenset[str]) -> frozenset[str]:
    """Add rsp for the instructions that move it without naming it."""
    return names | {"rsp"} if mnemonic in _STACK else names
