"""Which activation of which function a position belongs to, from nothing but the recorded steps.

A call is a step that leaves its own return address on top of the stack; its activation lasts until rsp is above
that slot again. This holds for recursion, tail calls (the activation goes on in another function), `ret` with an
operand and longjmp, and needs neither symbols nor debug information. Follows the System V psABI, 3.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from stackreel.trace.model import AccessColumns


@dataclass(frozen=True)
class Activation:
    """A call and what it did until it returned.

    `start` is the position at its first instruction, `slot` the address of its return address (where the stack was
    moved, the last one), `end` the position just after it returned, None where the trace ends before that. `parent` is
    the number of the activation that called it. The first activation is the one recording started in: slot and parent
    are None.
    """

    start: int
    slot: int | None
    end: int | None
    parent: int | None


@dataclass(frozen=True)
class Activations:
    """All activations in the order they began; `of[k]` is the number of the one position k is in."""

    rows: tuple[Activation, ...]
    of: Sequence[int]

    @classmethod
    def find(
        cls, pcs: Sequence[int], sps: Sequence[int], steps: Steps, moves: Mapping[int, int]
    ) -> Activations:
        """Follow the calls and returns of a run of n steps; `pcs` and `sps` are its n + 1 positions.

        `moves` has by how many bytes a step moved the stack.
        """
        n = len(pcs) - 1
        rows = [Activation(0, None, n if steps.returned else None, None)]
        of = [0]
        stack = [0]
        for i in range(n):
            k = i + 1
            for number in stack if i in moves else ():
                rows[number] = _moved(rows[number], moves[i])
            if steps.calls(i, pcs[i], sps[i], sps[k]):
                rows.append(Activation(k, sps[k], None, stack[-1]))
                stack.append(len(rows) - 1)
            else:
                while (slot := rows[stack[-1]].slot) is not None and sps[k] > slot:
                    number = stack.pop()
                    rows[number] = replace(rows[number], end=k)
            of.append(stack[-1])
        return cls(tuple(rows), of)


def _moved(row: Activation, by: int) -> Activation:
    return row if row.slot is None else replace(row, slot=row.slot + by)


@dataclass(frozen=True)
class Steps:
    """What telling a call from another step takes; `returned`: the trace ends where its first function did."""

    sizes: Sequence[int]
    over: Sequence[int]
    writes: AccessColumns
    returned: bool

    def calls(self, i: int, pc: int, before: int, after: int) -> bool:
        """Tell whether step `i` at `pc` is a call whose target is recorded."""
        if self.over[i] or after >= before:
            return False
        writes, back = self.writes, pc + self.sizes[i]
        return any(
            writes.addresses[row] == after and writes.values[row] == back
            for row in range(writes.first[i], writes.first[i + 1])
        )
