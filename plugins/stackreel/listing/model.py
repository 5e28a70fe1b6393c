"""A disassembly as records: instructions in one syntax, with what each reads and writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stackreel.binary.model import SymbolOffset

Syntax = Literal["att", "intel", "go"]
Kind = Literal["call", "return", "jump", "branch", "syscall", "other"]
"""`jump` is unconditional, `branch` conditional."""


@dataclass(frozen=True)
class MemoryOperand:
    """`displacement(base, index, scale)`, `size` bytes accessed; empty names where absent."""

    base: str
    index: str
    scale: int
    displacement: int
    size: int
    segment: str


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    `text` is mnemonic and operands as gdb 13 prints them in this syntax without symbol (`call 0x400526`);
    `symbol` the direct target as symbol (`sum`), `comment` gdb's note on a rip-relative operand
    (`# 0x404010 <counter>`) without the `# `. `location` is the instruction's own place (`main+25`).
    `reads` and `writes` are full-width register names (`rax` for `eax`), flags as `eflags`.
    """

    address: int
    code: bytes
    mnemonic: str
    operands: str
    text: str
    kind: Kind
    target: int | None
    symbol: SymbolOffset | None
    comment: str
    location: SymbolOffset | None
    file: str
    line: int
    reads: frozenset[str]
    writes: frozenset[str]
    memory: tuple[MemoryOperand, ...]

    @property
    def note(self) -> str:
        """What is printed behind the operands for the target: ` <sum>`; empty where they name it (Go's syntax)."""
        return f" <{self.symbol}>" if self.symbol and not self.operands.endswith("(SB)") else ""


@dataclass(frozen=True)
class FunctionListing:
    """A function's instructions in address order, half-open range [low, high).

    `file` and `line` are where its source begins (the line of its name), where known. Without a `name` it is a
    stretch of code that may be a part of a function, or several.
    """

    name: str
    low: int
    high: int
    instructions: tuple[Instruction, ...]
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class Listing:
    """Functions in the order asked for, in one syntax."""

    syntax: Syntax
    functions: tuple[FunctionListing, ...]
