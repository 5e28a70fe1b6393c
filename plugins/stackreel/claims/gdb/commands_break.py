"""Breakpoints: break, tbreak, delete, enable, disable, info breakpoints."""

from __future__ import annotations

from dataclasses import replace

from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.commands_data import undisplay
from stackreel.claims.gdb.places import Spot, code_at
from stackreel.claims.gdb.state import Breakpoint, State


def break_(state: State, rest: str) -> str:
    """`break [PLACE]`."""
    return _set(state, rest, is_temporary=False)


def tbreak(state: State, rest: str) -> str:
    """`tbreak [PLACE]`."""
    return _set(state, rest, is_temporary=True)


def _set(state: State, rest: str, *, is_temporary: bool) -> str:
    if " if " in f" {rest} ":
        raise unrecorded("a replay has no conditions on breakpoints")
    if rest:
        spot = code_at(rest, state.scope, state.current_line())
    elif state.position is not None:
        frame = state.frame
        spot = Spot(frame.pc, frame.file, frame.line)
    else:
        raise GdbError("No default breakpoint address now.")
    note = _note(state, spot.address)
    one = Breakpoint(
        state.count("breakpoint"),
        rest,
        spot.address,
        spot.file,
        spot.line,
        is_temporary,
    )
    state.breakpoints[one.number] = one
    kind = "Temporary breakpoint" if is_temporary else "Breakpoint"
    where = f": file {spot.file}, line {spot.line}." if spot.line else ""
    return f"{note}{kind} {one.number} at {spot.address:#x}{where}\n"


def _note(state: State, address: int) -> str:
    numbers = [b for b in state.breakpoints.values() if b.address == address]
    if not numbers:
        return ""
    names = [f"{b.number}{'' if b.is_enabled else ' (disabled)'}" for b in numbers]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"Note: breakpoint{'s' if len(names) > 1 else ''} {listed} also set at pc {address:#x}.\n"


def delete(state: State, rest: str) -> str:
    """`delete [breakpoints] [NUMBER…]`, `delete display [NUMBER…]`."""
    if rest.startswith("display"):
        return undisplay(state, rest.removeprefix("display"))
    for number in _numbers(state, rest.removeprefix("breakpoints")):
        del state.breakpoints[number]
    return ""


def enable(state: State, rest: str) -> str:
    """`enable [NUMBER…]`."""
    return _enabled(state, rest, is_enabled=True)


def disable(state: State, rest: str) -> str:
    """`disable [NUMBER…]`."""
    return _enabled(state, rest, is_enabled=False)


def _enabled(state: State, rest: str, *, is_enabled: bool) -> str:
    for number in _numbers(state, rest.removeprefix("breakpoints")):
        state.breakpoints[number] = replace(state.breakpoints[number], is_enabled=is_enabled)
    return ""


def _numbers(state: State, text: str) -> list[int]:
    words = text.split()
    if not words:
        return list(state.breakpoints)
    found: list[int] = []
    for word in words:
        if not word.isdigit():
            continue  # gdb says nothing of it either
        if int(word) not in state.breakpoints:
            raise GdbError(f"No breakpoint number {word}.")
        found.append(int(word))
    return found


def info_breakpoints(state: State, _rest: str) -> str:
    """`info breakpoints`."""
    if not state.breakpoints:
        return "No breakpoints or watchpoints.\n"
    lines = f"{'Num':<8}{'Type':<15}{'Disp':<5}{'Enb':<4}{'Address':<18} What\n"
    for one in state.breakpoints.values():
        keep = "del" if one.is_temporary else "keep"
        enabled = "y" if one.is_enabled else "n"
        lines += f"{one.number:<8}{'breakpoint':<15}{keep:<5}{enabled:<4}0x{one.address:016x} {_what(state, one)}\n"
        if one.hits:
            lines += f"\tbreakpoint already hit {one.hits} time{'s' if one.hits > 1 else ''}\n"
        if one.ignored:
            lines += f"\tignore next {one.ignored} hits\n"
    return lines


def _what(state: State, one: Breakpoint) -> str:
    if not one.spec:
        return f"{one.file}:{one.line}" if one.line else ""
    if one.line:
        return f"in {state.program.function_name(one.address)} at {one.file}:{one.line}"
    symbol = state.program.image.symbolize(one.address)
    return "" if symbol is None else f"<{symbol.name}+{symbol.offset}>"
