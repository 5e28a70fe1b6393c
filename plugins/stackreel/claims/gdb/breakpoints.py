"""Breakpoints as records: what was asked for, and the places in the code it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Location:
    """A place of a breakpoint; `is_valid` is False where its condition names what is not known there."""

    address: int
    file: str
    line: int
    is_enabled: bool = True
    is_valid: bool = True


@dataclass(frozen=True)
class Breakpoint:
    """A breakpoint: where it was asked for (`spec`), its places, and how often it was hit.

    `function` is the function that was asked for, where it was one; `condition` an expression, empty for none.
    """

    number: int
    spec: str
    locations: tuple[Location, ...]
    function: str = ""
    condition: str = ""
    is_temporary: bool = False
    is_enabled: bool = True
    hits: int = 0
    ignored: int = 0

    @property
    def has_several(self) -> bool:
        """Whether it has several places."""
        return len(self.locations) > 1

    def place(self, address: int) -> int | None:
        """Return the number, from 1, of its place at an address; None where it has none in force."""
        if not self.is_enabled:
            return None
        return next(
            (
                n
                for n, at in enumerate(self.locations, 1)
                if at.address == address and at.is_enabled and at.is_valid
            ),
            None,
        )

    def named(self, address: int) -> str:
        """Return its number as a stop at an address shows it: `2`, or `2.1` where it has several places."""
        return f"{self.number}.{self.place(address)}" if self.has_several else f"{self.number}"

    def set(self, index: int, *, is_enabled: bool) -> Breakpoint:
        """Return it with one place enabled or disabled; `index` from 0."""
        changed = replace(self.locations[index], is_enabled=is_enabled)
        return replace(self, locations=(*self.locations[:index], changed, *self.locations[index + 1 :]))


def table(breakpoints: Mapping[int, Breakpoint], what: Mapping[tuple[int, int], str]) -> str:
    """Return what `info breakpoints` shows; `what` says by number and address what is there."""
    lines = f"{'Num':<8}{'Type':<15}{'Disp':<5}{'Enb':<4}{'Address':<18} What\n"
    for one in breakpoints.values():
        keep = "del" if one.is_temporary else "keep"
        first = one.locations[0]
        where = (
            "<MULTIPLE>        "
            if one.has_several
            else f"0x{first.address:016x} {what[one.number, first.address]}"
        )
        lines += f"{one.number:<8}{'breakpoint':<15}{keep:<5}{'y' if one.is_enabled else 'n':<4}{where}\n"
        if one.condition:
            lines += f"\tstop only if {one.condition}\n"
        if one.hits:
            lines += f"\tbreakpoint already hit {one.hits} time{'s' if one.hits > 1 else ''}\n"
        if one.ignored:
            lines += f"\tignore next {one.ignored} hits\n"
        for n, at in enumerate(one.locations, 1):
            if one.has_several:
                number = f"{one.number}.{n}"
                lines += (
                    f"{number:<28}{_enabled(one, at):<4}0x{at.address:016x} {what[one.number, at.address]}\n"
                )
    if any(not at.is_valid for one in breakpoints.values() for at in one.locations):
        lines += "(*): Breakpoint condition is invalid at this location.\n"
    return lines


def _enabled(one: Breakpoint, at: Location) -> str:
    """Return whether a place is in force: `y-` where only the breakpoint is disabled, `N*` where it makes no sense."""
    if not at.is_valid:
        return "N*"
    if not at.is_enabled:
        return "n"
    return "y" if one.is_enabled else "y-"
