"""`info registers`: general registers, single ones, and what a trace does not hold."""

from __future__ import annotations

from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.formats import raw_and_natural
from stackreel.claims.gdb.registers import (
    GENERAL,
    UNRECORDED,
    UNRECORDED_GROUPS,
    register_type,
    register_value,
)
from stackreel.claims.gdb.state import State


def info_registers(state: State, rest: str) -> str:
    """`info registers [NAME…]`."""
    if state.position is None:
        raise GdbError("The program has no registers now.")
    names = rest.split() or ["general"]
    lines = ""
    for written in names:
        name = written.removeprefix("$")
        if name in UNRECORDED or name in UNRECORDED_GROUPS:
            raise unrecorded(
                f"`info registers {name}` shows registers that are not in a trace; xmm0 to xmm15 are"
            )
        for one_ in GENERAL if name == "general" else (name,):
            lines += _register(state, one_, written, lines)
    return lines


def _register(state: State, name: str, written: str, before: str) -> str:
    type_ = register_type(name)
    if type_ is None:
        raise GdbError(f"{before}Invalid register `{written.removeprefix('$')}'")
    value = register_value(name, state.frame.registers)
    if value is None:
        raise unrecorded(f"what {name} was in frame {state.level} cannot be told from the trace")
    raw, natural = raw_and_natural(name, type_, value, state.reader)
    if not natural:
        return f"{name:<15}{raw}\n"
    return f"{name:<15}{raw:<20}{natural}\n"


def info_all_registers(state: State, rest: str) -> str:
    """`info all-registers`: not in a trace, which has neither x87 nor AVX registers; single ones are."""
    if rest:
        return info_registers(state, rest)
    raise unrecorded("a trace holds general and vector registers, not all: info registers lists those it has")
