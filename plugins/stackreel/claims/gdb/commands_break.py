"""Breakpoints: break, tbreak, delete, enable, disable, info breakpoints."""

from __future__ import annotations

import re
from dataclasses import replace

from stackreel.claims.gdb.answers import GdbError
from stackreel.claims.gdb.commands_data import undisplay
from stackreel.claims.gdb.places import Spot, code_at
from stackreel.claims.gdb.state import Breakpoint, State
from stackreel.claims.gdb.syntax import parse


def break_(state: State, rest: str) -> str:
    """`break [PLACE]`."""
    return _set(state, rest, is_temporary=False)


def tbreak(state: State, rest: str) -> str:
    """`tbreak [PLACE]`."""
    return _set(state, rest, is_temporary=True)


def _set(state: State, rest: str, *, is_temporary: bool) -> str:
    rest, condition = _split(rest)
    if rest:
        spot = code_at(rest, state.scope, state.current_line())
    elif state.position is not None:
        frame = state.frame
        spot = Spot(frame.pc, frame.file, frame.line)
    else:
        raise GdbError("No default breakpoint address now.")
    if condition:
        _check(state, condition, spot)
    note = _note(state, spot.address)
    one = Breakpoint(
        state.count("breakpoint"),
        rest,
        spot.address,
        spot.file,
        spot.line,
        spot.function,
        condition,
        is_temporary=is_temporary,
    )
    state.breakpoints[one.number] = one
    kind = "Temporary breakpoint" if is_temporary else "Breakpoint"
    where = f": file {spot.file}, line {spot.line}." if spot.line else ""
    return f"{note}{kind} {one.number} at {spot.address:#x}{where}\n"


_IF = re.compile(r"(?:^|\s)if(?=[\s(])")


def _split(rest: str) -> tuple[str, str]:
    """Split `PLACE if CONDITION`."""
    found = _IF.search(rest)
    return (rest, "") if found is None else (rest[: found.start()].strip(), rest[found.end() :].strip())


def _check(state: State, condition: str, spot: Spot) -> None:
    """Raise gdb's error where a condition cannot be read, or names what is not known at its place."""
    known = {v.name for v in state.program.debug.scope(spot.address)}
    scope = state.scope
    waiting = [parse(condition, scope)]
    while waiting:
        node = waiting.pop()
        waiting += node.operands
        if node.kind == "name" and node.text not in known:
            scope.known(node.text)


def condition(state: State, rest: str) -> str:
    """`condition NUMBER [EXPRESSION]`."""
    word, _, said = rest.partition(" ")
    if not word:
        raise GdbError("Argument required (breakpoint number).")
    if not word.isdigit():
        raise GdbError(f"Bad breakpoint argument: '{word}'")
    if int(word) not in state.breakpoints:
        raise GdbError(f"No breakpoint number {word}.")
    one = state.breakpoints[int(word)]
    if said:
        _check(state, said, Spot(one.address, one.file, one.line))
    state.breakpoints[one.number] = replace(one, condition=said.strip())
    return "" if said else f"Breakpoint {one.number} now unconditional.\n"


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
        if one.condition:
            lines += f"\tstop only if {one.condition}\n"
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
    symbol = state.program.symbolize(one.address)
    return "" if symbol is None else f"<{symbol.name}+{symbol.offset}>"
