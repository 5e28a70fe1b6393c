"""Bytes to instructions: Capstone behind the spelling of binutils, or of Go.

Purpose: the one place that calls Capstone 5. Bytes it cannot decode become `(bad)`, one byte each, as objdump
prints them (`?` in Go's syntax); nothing stops a listing. Capstone's handles are kept, one for text
and one for register access. It does not know functions or source lines (see functions.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import capstone

from stackreel.binary.model import SymbolOffset
from stackreel.isa import X86_64
from stackreel.listing import plan9
from stackreel.listing.godialect import GoDialect
from stackreel.listing.model import Instruction, Kind, MemoryOperand, Syntax
from stackreel.listing.operands import SIZES, Immediate, Memory
from stackreel.listing.registers import full_names, with_stack
from stackreel.listing.rules import WAITED
from stackreel.listing.spelling import Spelled, spell

Symbolize = Callable[[int], SymbolOffset | None]

_U64 = (1 << 64) - 1
_LONGEST = 15
_FWAIT = 0x9B
_BAD = Spelled("(bad)", "", "(bad)", ())
_NAMELESS = GoDialect(lambda _: None)
_GO_BAD = _BAD._replace(head="?")
_RETURNS = frozenset(["ret", "retf", "retfq", "iret", "iretq"])
_SYSTEM = frozenset(["syscall", "sysenter"])


def disassemble(
    code: bytes, address: int, syntax: Syntax, symbolize: Symbolize, go: GoDialect | None = None
) -> Iterator[Instruction]:
    """Yield the instructions of `code`, which lies at `address`, to its last byte.

    `symbolize` names addresses (None: no name). `go` is the dialect of syntax `go` (see `go_dialect`); without it
    that is the newest, with the names of `symbolize`.
    """
    at = 0
    while at < len(code):
        instruction = one(code[at : at + _LONGEST], address + at, syntax, symbolize, go)
        yield instruction
        at += len(instruction.code)


def one(
    code: bytes, address: int, syntax: Syntax, symbolize: Symbolize, go: GoDialect | None = None
) -> Instruction:
    """Decode the first instruction of `code` (at least 1 byte) as if it lay at `address`; see `disassemble`."""
    size, spelled = decode(code, address, syntax, go or GoDialect(symbolize))
    code = code[:size]
    target = _target(spelled)
    comment = _comment(spelled, address + size, symbolize)
    if syntax == "go" and "(IP)" not in spelled.operands:
        comment = ""  # the operand is the name
    is_bad = spelled.mnemonic == _BAD.mnemonic
    reads, writes = (frozenset(), frozenset()) if is_bad else _access(code, spelled.mnemonic)
    return Instruction(
        address=address,
        code=code,
        mnemonic=spelled.head,
        operands=spelled.operands,
        text=f"{spelled.head} {spelled.operands}".rstrip(),
        kind=_kind(spelled),
        target=target,
        symbol=symbolize(target) if target is not None else None,
        comment=comment,
        location=symbolize(address),
        file="",
        line=0,
        reads=reads,
        writes=writes,
        memory=tuple(_memory(o) for o in spelled.records if isinstance(o, Memory)),
    )


def decode(code: bytes, address: int, syntax: Syntax, go: GoDialect | None = None) -> tuple[int, Spelled]:
    """Return the length in bytes and the spelling of the first instruction: `one` without its records."""
    found = next(_handle(False).disasm_lite(code, address, 1), None)
    if found is None:
        return 1, _GO_BAD if syntax == "go" else _BAD
    _, size, name, operands = found
    if syntax == "go":
        go = go or _NAMELESS
        head, text = plan9.spell(code[:size], address, name, operands, go.symbolize, modern=go.modern)
        return size, spell(code[:size], name, operands, att=False)._replace(head=head, operands=text)
    if code[0] == _FWAIT and size == 1 and len(code) > 1:
        rest, spelled = decode(code[1:], address + 1, syntax, go)
        if spelled.mnemonic in WAITED and spelled.head == spelled.mnemonic:
            name = WAITED[spelled.mnemonic]
            return rest + 1, spelled._replace(head=name, mnemonic=name)
    return size, spell(code[:size], name, operands, att=syntax == "att")


@lru_cache(maxsize=2)
def _handle(detail: bool) -> Any:  # noqa: ANN401 - capstone publishes no types
    handle = capstone.Cs(*X86_64.capstone)
    handle.syntax = capstone.CS_OPT_SYNTAX_INTEL
    handle.detail = detail
    return handle


@lru_cache(maxsize=4096)
def _access(code: bytes, mnemonic: str) -> tuple[frozenset[str], frozenset[str]]:
    found = next(_handle(True).disasm(code, 0, 1), None)
    if found is None:
        return frozenset(), frozenset()
    reads, writes = found.regs_access()
    named = (full_names(found.reg_name(number) for number in numbers) for numbers in (reads, writes))
    read, written = (with_stack(mnemonic, names) for names in named)
    return read, written


def _kind(spelled: Spelled) -> Kind:
    name = spelled.mnemonic
    if name == "call":
        return "call"
    if name == "jmp":
        return "jump"
    if name in _RETURNS:
        return "return"
    if name in _SYSTEM or (name == "int" and spelled.records == (Immediate(0x80),)):
        return "syscall"
    if name[0] == "j" or name.startswith("loop"):
        return "branch"
    return "other"


def _target(spelled: Spelled) -> int | None:
    name = spelled.mnemonic
    if name[0] != "j" and name not in ("call", "xbegin") and not name.startswith("loop"):
        return None
    first = spelled.records[0] if spelled.records else None
    return first.value & _U64 if isinstance(first, Immediate) else None


def _comment(spelled: Spelled, after: int, symbolize: Symbolize) -> str:
    for operand in spelled.records:
        if isinstance(operand, Memory) and operand.base in ("rip", "eip") and not operand.indexed:
            address = after + operand.displacement & (_U64 if operand.base == "rip" else _U64 >> 32)
            symbol = symbolize(address)
            return f"{address:#x} <{symbol}>" if symbol else f"{address:#x}"
    return ""


def _memory(operand: Memory) -> MemoryOperand:
    return MemoryOperand(
        base=operand.base,
        index=operand.indexed,
        scale=operand.scale,
        displacement=operand.displacement,
        size=_BYTES.get(operand.size, 0),
        segment=operand.segment,
    )


_BYTES = SIZES | {"oword": 16, "tbyte": 10}
