"""The register list of a reel: which registers, under which names, and their values in each view."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stackreel.figure.code import CodePanels, Place
from stackreel.figure.scene import Change, FlagBit, RegisterLine
from stackreel.frames.model import StackView
from stackreel.isa import Isa
from stackreel.listing.model import Instruction

_FEW = 6
"""With fewer registers than this, those of the code shown are added."""

_MANY = 8
_MOST = 14
_SHOWN_FLAGS = ("ZF", "SF", "CF", "OF")
_SMALL = 0x10000
_WORD = re.compile(r"[a-z][a-z0-9]+")
_SINGLE = re.compile(r"(?:s|p)s$|ss2|ss2sd")


@dataclass(frozen=True)
class RegisterPlan:
    """Which registers every view of a reel shows, by the names its code uses; `wide` are vector registers."""

    names: tuple[str, ...]
    wide: tuple[str, ...]
    flags: tuple[str, ...]
    singles: frozenset[str]


def plan_registers(
    views: Sequence[StackView],
    known: Mapping[int, Place],
    code: CodePanels,
    isa: Isa,
    chosen: Sequence[str] | None = None,
) -> RegisterPlan:
    """Choose the registers: pc, sp, fp and those the executed and the next instructions use, or `chosen`."""
    used = [i for v in views for i in _used(v, known)]
    shown = [known[a].instruction for panel in code.panels for a in sorted(panel.shown)]
    general = [r.name for r in isa.general()]
    always = (isa.pc, isa.sp, isa.fp)
    if chosen is None:
        wanted = {r for i in used for r in i.reads | i.writes} | set(_results(views, isa))
        if len(wanted & set(general) - set(always)) + len(always) < _FEW:
            wanted |= set(_more(wanted, shown, general, always))
        order = dict.fromkeys((isa.results[0], *isa.arguments, *general))
        names = (*always, *(r for r in order if r in wanted and r not in always))[:_MOST]
    else:
        names = tuple(isa.parts[name].parent if name in isa.parts else name for name in chosen)
    parts = _parts(views, shown, isa)
    executed = [known[v.executed.pc].instruction for v in views if v.executed and v.executed.pc in known]
    vectors = {r.name for r in isa.registers if r.bits > 64}
    touched = {r for i in used for r in i.reads} if chosen is None else set()
    return RegisterPlan(
        tuple(parts.get(name, name) for name in names if name not in vectors),
        tuple(
            r.name
            for r in isa.registers
            if r.name in vectors and (r.name in names or r.name in touched or _moves(r.name, views))
        ),
        tuple(f for f in _SHOWN_FLAGS if f in isa.flag_bits)
        if any(isa.flags in i.reads for i in used)
        else (),
        frozenset(r for i in executed if _SINGLE.search(i.mnemonic.lower()) for r in i.reads | i.writes),
    )


def _used(view: StackView, known: Mapping[int, Place]) -> Iterable[Instruction]:
    if view.executed and not view.executed.over and view.executed.pc in known:
        yield known[view.executed.pc].instruction
    if view.next_pc in known:
        yield known[view.next_pc].instruction


def _results(views: Sequence[StackView], isa: Isa) -> Iterable[str]:
    """A call stepped over leaves its result; the other registers it changed are of no interest."""
    return isa.results[:1] if any(v.executed and v.executed.over for v in views) else ()


def _more(
    wanted: set[str], shown: Sequence[Instruction], general: Sequence[str], always: Sequence[str]
) -> Iterable[str]:
    room = _MANY - len(always) - len(wanted & set(general) - set(always))
    others = dict.fromkeys(
        r for i in shown for r in sorted(i.reads | i.writes) if r in general and r not in always
    )
    return [r for r in others if r not in wanted][:room]


def _moves(name: str, views: Sequence[StackView]) -> bool:
    return any(
        v.executed and not v.executed.over and v.executed.registers.get(name) != v.registers.get(name)
        for v in views
    )


def _parts(views: Sequence[StackView], shown: Sequence[Instruction], isa: Isa) -> Mapping[str, str]:
    """Return registers that the code shown names by a 32-bit or smaller part only, and that name.

    Where the upper half holds something in any view, the whole register is shown.

    Go's syntax names them in capitals, without a width: they keep their full names.
    """
    mentioned = {word for i in shown for word in _WORD.findall(i.operands)}
    halves = {part.parent: part.name for part in isa.parts.values() if part.bits == 32}
    partly = {isa.parts[word].parent for word in mentioned if word in isa.parts}
    return {
        parent: halves[parent]
        for parent in partly
        if parent not in mentioned
        and parent in halves
        and all(v.registers.get(parent, 0) >> 32 == 0 for v in views)
    }


def general_lines(
    view: StackView, plan: RegisterPlan, isa: Isa, instruction: Instruction | None
) -> tuple[RegisterLine, ...]:
    """Return the general registers as `view` has them."""
    return tuple(
        RegisterLine(name, value_text(name, view.registers, isa), _change(name, view, isa, instruction))
        for name in plan.names
    )


def wide_lines(
    view: StackView, plan: RegisterPlan, isa: Isa, instruction: Instruction | None
) -> tuple[RegisterLine, ...]:
    """Return the vector registers as `view` has them: the lowest number, and all bytes."""
    return tuple(
        RegisterLine(
            name,
            _lowest(view.registers.get(name, 0), is_single=name in plan.singles),
            _change(name, view, isa, instruction),
            f"{view.registers.get(name, 0):#x}",
        )
        for name in plan.wide
    )


def flag_bits(view: StackView, plan: RegisterPlan, isa: Isa) -> tuple[FlagBit, ...]:
    """Return the flags as `view` has them."""
    now = view.registers.get(isa.flags, 0)
    before = view.executed.registers.get(isa.flags, now) if view.executed else now
    return tuple(
        FlagBit(name, now >> isa.flag_bits[name] & 1, bool((now ^ before) >> isa.flag_bits[name] & 1))
        for name in plan.flags
    )


def parent_of(name: str, isa: Isa) -> str:
    """Return the whole register `name` is (a part of)."""
    return isa.parts[name].parent if name in isa.parts else name


def _change(name: str, view: StackView, isa: Isa, instruction: Instruction | None) -> Change:
    if view.executed is None or view.has_failed:
        return ""
    parent = parent_of(name, isa)
    before = view.executed.registers.get(parent)
    if (
        parent in view.changed
        or parent == isa.pc
        or (before is not None and before != view.registers.get(parent))
    ):
        return "changed"
    is_written = instruction is not None and parent in instruction.writes and not view.executed.over
    return "same" if is_written else ""


def value_text(name: str, registers: Mapping[str, int], isa: Isa) -> str:
    """Return the value of register or part `name`: addresses in hexadecimal, small numbers in decimal."""
    part = isa.parts.get(name)
    value = (
        registers.get(part.parent, 0) >> part.shift & (1 << part.bits) - 1 if part else registers.get(name, 0)
    )
    if name in (isa.pc, isa.sp, isa.fp):
        return f"{value:#x}"
    return number(value, part.bits if part else 64)


def number(value: int, bits: int) -> str:
    """Write an unsigned `value` of `bits` bits: as a decimal where it is near 0, of either sign, else in hex."""
    if value < _SMALL:
        return str(value)
    return str(value - (1 << bits)) if value > (1 << bits) - _SMALL else f"{value:#x}"


def _lowest(value: int, *, is_single: bool) -> str:
    if is_single:
        (single,) = struct.unpack("<f", (value & 0xFFFFFFFF).to_bytes(4, "little"))
        return f"{single:.7g}"
    (double,) = struct.unpack("<d", (value & (1 << 64) - 1).to_bytes(8, "little"))
    return repr(double).removesuffix(".0") if abs(double) < 1e16 else f"{double!r}"
