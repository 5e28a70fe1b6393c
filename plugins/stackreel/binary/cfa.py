"""Call frame instructions: from the code of a CIE and an FDE to the rules of one row.

Trusts nothing: damaged code raises BinaryError. It applies no rule: whoever has registers and memory does. Follows
DWARF 5 section 6.4.2, and binutils for the two GNU instructions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from stackreel.binary.reader import Reader
from stackreel.errors import BinaryError
from stackreel.isa import X86_64

RuleKind = Literal["offset", "val_offset", "register", "expression", "val_expression", "same", "undefined"]

NAMES = {number: register.name for number, register in X86_64.by_dwarf().items()}
_DEPTH_LIMIT = 64


@dataclass(frozen=True)
class CfaRule:
    """The canonical frame address: `register + offset`, or the value of a DWARF expression."""

    register: str = ""
    offset: int = 0
    expression: bytes | None = None


@dataclass(frozen=True)
class RegisterRule:
    """Where the caller's value of a register is.

    offset: in memory at CFA + `offset`; val_offset: it is CFA + `offset`; register: in `register`; expression: in
    memory at the address `expression` gives (the CFA is on its stack first); val_expression: it is that value;
    same: unchanged; undefined: lost.
    """

    kind: RuleKind
    offset: int = 0
    register: str = ""
    expression: bytes = b""


@dataclass(frozen=True)
class UnwindRow:
    """The rules for the half-open address range [low, high) of a function [function_low, function_high).

    `registers` maps names to rules; a register that is not in it has the ABI's default: callee-saved ones are
    unchanged. `return_register` is the column that holds the return address (rip).
    """

    low: int
    high: int
    function_low: int
    function_high: int
    cfa: CfaRule
    registers: Mapping[str, RegisterRule]
    return_register: str
    is_signal_frame: bool


@dataclass
class State:
    """The row that call frame instructions build: CFA, rules by DWARF register number, and what they remembered."""

    code_factor: int
    data_factor: int
    location: int
    bias: int
    cfa: CfaRule = field(default_factory=CfaRule)
    rules: dict[int, RegisterRule] = field(default_factory=dict)
    initial: dict[int, RegisterRule] = field(default_factory=dict)
    stack: list[tuple[CfaRule, dict[int, RegisterRule]]] = field(default_factory=list)


def execute(reader: Reader, state: State, pc: int | None) -> tuple[int, int | None]:
    """Run instructions until the row that holds `pc` (or to the end); return where it starts and where the next does.

    Raises BinaryError for an unknown or damaged instruction.
    """
    low = state.location
    while not reader.is_done:
        opcode = reader.unsigned(1)
        primary, operand = opcode & 0xC0, opcode & 0x3F
        after = None
        if primary == 0x40:
            after = state.location + operand * state.code_factor
        elif primary == 0x80:
            state.rules[operand] = RegisterRule("offset", reader.uleb() * state.data_factor)
        elif primary == 0xC0:
            _restore(state, operand)
        elif opcode in _ADVANCES:
            after = _ADVANCES[opcode](state, reader)
        elif opcode in _INSTRUCTIONS:
            _INSTRUCTIONS[opcode](state, reader)
        else:
            raise BinaryError(f"{reader.what} holds the unknown instruction {opcode:#x}")
        if after is not None:
            if pc is not None and pc < after:
                return low, after
            state.location = low = after
    return low, None


def _restore(state: State, register: int) -> None:
    if register in state.initial:
        state.rules[register] = state.initial[register]
    else:
        state.rules.pop(register, None)


def _remember(state: State, _: Reader) -> None:
    if len(state.stack) >= _DEPTH_LIMIT:
        raise BinaryError("call frame information is damaged: it remembers too many rows")
    state.stack.append((state.cfa, dict(state.rules)))


def _recall(state: State, reader: Reader) -> None:
    if not state.stack:
        raise BinaryError(f"{reader.what} is damaged: it restores a row it never remembered")
    state.cfa, state.rules = state.stack.pop()


def _block(reader: Reader) -> bytes:
    return reader.take(reader.uleb())


def _set_cfa(state: State, cfa: CfaRule) -> None:
    state.cfa = cfa


def _set(state: State, register: int, rule: RegisterRule) -> None:
    state.rules[register] = rule


def _name(register: int) -> str:
    return NAMES.get(register, f"dwarf{register}")


_ADVANCES: Mapping[int, Callable[[State, Reader], int]] = {
    0x01: lambda s, r: r.unsigned(8) + s.bias,  # DW_CFA_set_loc
    0x02: lambda s, r: s.location + r.unsigned(1) * s.code_factor,  # advance_loc1
    0x03: lambda s, r: s.location + r.unsigned(2) * s.code_factor,
    0x04: lambda s, r: s.location + r.unsigned(4) * s.code_factor,
}

_INSTRUCTIONS: Mapping[int, Callable[[State, Reader], object]] = {
    0x00: lambda s, r: None,  # nop
    0x05: lambda s, r: _set(s, r.uleb(), RegisterRule("offset", r.uleb() * s.data_factor)),  # offset_extended
    0x06: lambda s, r: _restore(s, r.uleb()),  # restore_extended
    0x07: lambda s, r: _set(s, r.uleb(), RegisterRule("undefined")),
    0x08: lambda s, r: _set(s, r.uleb(), RegisterRule("same")),
    0x09: lambda s, r: _set(s, r.uleb(), RegisterRule("register", register=_name(r.uleb()))),
    0x0A: _remember,
    0x0B: _recall,
    0x0C: lambda s, r: _set_cfa(s, CfaRule(_name(r.uleb()), r.uleb())),  # def_cfa
    0x0D: lambda s, r: _set_cfa(s, replace(s.cfa, register=_name(r.uleb()), expression=None)),
    0x0E: lambda s, r: _set_cfa(s, replace(s.cfa, offset=r.uleb())),  # def_cfa_offset
    0x0F: lambda s, r: _set_cfa(s, CfaRule(expression=_block(r))),
    0x10: lambda s, r: _set(s, r.uleb(), RegisterRule("expression", expression=_block(r))),
    0x11: lambda s, r: _set(s, r.uleb(), RegisterRule("offset", r.sleb() * s.data_factor)),
    0x12: lambda s, r: _set_cfa(s, CfaRule(_name(r.uleb()), r.sleb() * s.data_factor)),  # def_cfa_sf
    0x13: lambda s, r: _set_cfa(s, replace(s.cfa, offset=r.sleb() * s.data_factor)),
    0x14: lambda s, r: _set(s, r.uleb(), RegisterRule("val_offset", r.uleb() * s.data_factor)),
    0x15: lambda s, r: _set(s, r.uleb(), RegisterRule("val_offset", r.sleb() * s.data_factor)),
    0x16: lambda s, r: _set(s, r.uleb(), RegisterRule("val_expression", expression=_block(r))),
    0x2E: lambda s, r: r.uleb(),  # GNU_args_size, which only exception handling needs
    0x2F: lambda s, r: _set(
        s, r.uleb(), RegisterRule("offset", -r.uleb() * s.data_factor)
    ),  # GNU_negative_offset
}
