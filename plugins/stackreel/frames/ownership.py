"""Whose bytes are those below rsp: the history of who laid claim to each byte of the stack.

An activation claims bytes by moving rsp below them (`exposed`), or by storing below rsp (`red zone`); the call
claims the return address for the callee. Of code stepped over only the bytes it changed are claimed, for the callee.
The latest claim holds until another activation makes one, which is how long a stale slot keeps its name.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from stackreel.frames.activations import Activation, Activations
from stackreel.trace import Trace

ClaimKind = Literal["exposed", "red zone", "changed"]


@dataclass(frozen=True)
class Claim:
    """Bytes [low, high) claimed by an activation (its index), in force from `position` on."""

    position: int
    low: int
    high: int
    owner: int
    kind: ClaimKind


@dataclass(frozen=True)
class Ownership:
    """Claims in the order they were made; `extents` maps an activation's index to its claims."""

    claims: tuple[Claim, ...]
    positions: tuple[int, ...]
    extents: dict[int, tuple[Claim, ...]]

    def latest(self, position: int) -> Iterator[Claim]:
        """Claims in force at a position, latest first; of two that overlap, the first seen holds."""
        for index in range(bisect_right(self.positions, position) - 1, -1, -1):
            yield self.claims[index]

    def lowest(self, activation: Activation, position: int) -> int:
        """Return the lowest byte an activation had claimed by a position, the red zone included."""
        made = [c.low for c in self.extents.get(activation.index, ()) if c.position <= position]
        return min(made, default=activation.cfa)

    def red_zone(self, activation: Activation, position: int, sp: int) -> int:
        """Return the lowest byte an activation has stored below rsp and within 128 of it, or rsp."""
        return min(
            (
                c.low
                for c in self.extents.get(activation.index, ())
                if c.kind == "red zone" and c.position <= position and sp - RED_ZONE <= c.low < sp
            ),
            default=sp,
        )


RED_ZONE = 128
"""psABI 3.2.2: the 128 bytes below rsp that signal handlers leave alone."""


def claim(trace: Trace, activations: Activations) -> Ownership:
    """Read the claims of a whole trace."""
    claims: list[Claim] = []
    sp = trace.columns[trace.architecture.sp]
    copies: dict[int, list[Activation]] = {}
    for row in activations.rows:
        if row.copy_of is not None:
            copies.setdefault(row.begin, []).append(row)
    callees = {row.begin: row for row in activations.rows if row.entry == "over" and row.copy_of is None}
    for row in activations.rows:
        if row.entry == "start" and row.copy_of is None:
            claims.append(Claim(0, sp[0], row.cfa, row.index, "exposed"))
    for i in range(len(trace)):
        position, running, arrived = i + 1, activations.at(i), activations.at(i + 1)
        if position in copies:
            claims.extend(_copied(copies[position], position, sp[position]))
        elif trace.over[i]:
            callee = callees.get(position) or _stepped_over(activations, position)
            if callee is not None:
                claims.extend(_changed(trace, i, callee))
        elif running is not None:
            claims.extend(_stored(trace, i, running, min(sp[i], sp[position])))
        if arrived is not None and arrived is not running and arrived.entry == "tail":
            claims.append(Claim(position, sp[position], arrived.cfa, arrived.index, "exposed"))
        elif arrived is not None and sp[position] < sp[i] and position not in copies:
            high = min(sp[i], arrived.cfa) if arrived is running else arrived.cfa
            claims.append(Claim(position, sp[position], high, arrived.index, "exposed"))
    extents: dict[int, list[Claim]] = {}
    for made in claims:
        extents.setdefault(made.owner, []).append(made)
    positions = tuple(made.position for made in claims)
    return Ownership(tuple(claims), positions, {index: tuple(made) for index, made in extents.items()})


def _stepped_over(activations: Activations, position: int) -> Activation | None:
    return next((row for row in activations.live(position) if row.entry == "over"), None)


def _copied(copies: list[Activation], position: int, sp: int) -> Iterator[Claim]:
    """Claim what the runtime copied: each activation's bytes, down to those of the one it called."""
    lows = [*(row.cfa for row in copies[1:]), sp]
    for row, low in zip(copies, lows, strict=True):
        yield Claim(position, low, row.cfa, row.index, "exposed")


def _stored(trace: Trace, i: int, running: Activation, sp: int) -> Iterator[Claim]:
    for access in trace.writes.of(i):
        if trace.stack_at(i)[0] <= access.address < sp:
            high = min(access.address + access.size, sp)
            yield Claim(i + 1, access.address, high, running.index, "red zone")


def _changed(trace: Trace, i: int, callee: Activation) -> Iterator[Claim]:
    """Claim whole rows: of what unrecorded code wrote only the bytes that differ from before are known."""
    for access in trace.writes.of(i):
        low = access.address & -8
        high = min((access.address + access.size + 7) & -8, callee.cfa)
        if trace.stack_at(i)[0] <= low < high:
            yield Claim(i + 1, low, high, callee.index, "changed")
