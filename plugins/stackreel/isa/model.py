"""The records an instruction set is described with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Register:
    """A register as a trace records it: width in bits, DWARF number (psABI figure 3.36), Unicorn's constant."""

    name: str
    bits: int
    dwarf: int | None
    unicorn: int


@dataclass(frozen=True)
class SubRegister:
    """A part of a register with a name of its own: `bits` bits of `parent` from bit `shift` up."""

    name: str
    parent: str
    shift: int
    bits: int


@dataclass(frozen=True)
class SyscallConvention:
    """Which registers carry a system call: number, arguments in order, result, and what the kernel overwrites."""

    number: str
    arguments: tuple[str, ...]
    result: str
    clobbered: tuple[str, ...]


@dataclass(frozen=True)
class Isa:
    """An instruction set and its System V ABI.

    `registers` are recorded at every step, in this order. `pc`, `sp`, `fp` and `flags` name registers of it.
    `red_zone` is in bytes. `flag_bits` maps a flag's name to its bit. `capstone` and `unicorn` are the
    (architecture, mode) constants of those libraries, as plain numbers.
    """

    name: str
    elf_machine: int
    pointer_size: int
    registers: tuple[Register, ...]
    parts: Mapping[str, SubRegister]
    pc: str
    sp: str
    fp: str
    flags: str
    flag_bits: Mapping[str, int]
    arguments: tuple[str, ...]
    vector_arguments: tuple[str, ...]
    results: tuple[str, ...]
    callee_saved: tuple[str, ...]
    red_zone: int
    syscall: SyscallConvention
    capstone: tuple[int, int]
    unicorn: tuple[int, int]

    def by_dwarf(self) -> Mapping[int, Register]:
        """Map DWARF register numbers to registers."""
        return {r.dwarf: r for r in self.registers if r.dwarf is not None}

    def general(self) -> tuple[Register, ...]:
        """The general purpose registers, program counter and flags left out."""
        return tuple(
            r for r in self.registers if r.bits == 64 and r.name not in (self.pc, "fs_base", "gs_base")
        )
