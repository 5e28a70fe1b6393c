"""Applying call frame information: from one frame's registers to its CFA and to its caller's registers.

Trusts that the rules belong to the pc; memory or registers that are not known give None, never a guess. DWARF 5
section 6.4.1; a register without a rule keeps its value, as gdb has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stackreel.binary import Expression, InMemory, RegisterRule, UnwindRow, Value, evaluate
from stackreel.frames.context import FrameContext
from stackreel.frames.known import Known
from stackreel.frames.model import SavedRegister

_MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Rules:
    """The rules of one row, applied to one frame's registers and memory."""

    row: UnwindRow
    registers: Mapping[str, int]
    known: Known

    def cfa(self) -> int | None:
        """Return the canonical frame address."""
        rule = self.row.cfa
        if rule.expression is not None:
            return self._expression(rule.expression, ())
        base = self.registers.get(rule.register)
        return None if base is None else (base + rule.offset) & _MASK

    def slot(self, name: str, cfa: int) -> int | None:
        """Return the address at which the caller's value of a register is kept, None where it is not in memory."""
        rule = self.row.registers.get(name)
        return None if rule is None else self._slot(rule, cfa)

    def value(self, name: str, cfa: int) -> int | None:
        """Return the caller's value of a register."""
        rule = self.row.registers.get(name)
        if rule is None or rule.kind == "same":
            return self.registers.get(name)
        slot = self._slot(rule, cfa)
        if slot is not None:
            return self.known.word(slot)
        if rule.kind == "register":
            return self.registers.get(rule.register)
        if rule.kind == "val_offset":
            return (cfa + rule.offset) & _MASK
        return self._expression(rule.expression, (cfa,)) if rule.kind == "val_expression" else None

    def saved(self, cfa: int, low: int) -> tuple[SavedRegister, ...]:
        """Return the registers that lie in the frame [low, cfa), highest first, the return address left out.

        A rule may still name a slot that has been popped (gcc writes none for `leave`): it is not listed.
        """
        found: list[SavedRegister] = []
        for name in self.row.registers:
            slot = self.slot(name, cfa)
            value = None if slot is None else self.known.word(slot)
            if (
                name != self.row.return_register
                and slot is not None
                and value is not None
                and low <= slot < cfa
            ):
                found.append(SavedRegister(name, slot, value))
        return tuple(sorted(found, key=lambda s: -s.address))

    def _slot(self, rule: RegisterRule, cfa: int) -> int | None:
        if rule.kind == "offset":
            return (cfa + rule.offset) & _MASK
        return self._expression(rule.expression, (cfa,)) if rule.kind == "expression" else None

    def _expression(self, code: bytes, initial: tuple[int, ...]) -> int | None:
        place = evaluate(Expression(code), FrameContext(self.registers, self.known), initial)
        if isinstance(place, InMemory):
            return place.address
        return place.data if isinstance(place, Value) and isinstance(place.data, int) else None
