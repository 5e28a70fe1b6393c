"""Breakpoints: break, tbreak, condition, delete, enable, disable, info breakpoints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.breakpoints import Breakpoint, Location, table
from stackreel.claims.gdb.commands_display import undisplay
from stackreel.claims.gdb.literals import is_digits
from stackreel.claims.gdb.places import NO_LINE, Spot, canonical, spots
from stackreel.claims.gdb.state import State
from stackreel.claims.gdb.syntax import parse


def break_(state: State, rest: str) -> str:
    """`break [PLACE]`."""
    return _set(state, rest, is_temporary=False)


def tbreak(state: State, rest: str) -> str:
    """`tbreak [PLACE]`."""
    return _set(state, rest, is_temporary=True)


def _set(state: State, rest: str, *, is_temporary: bool) -> str:
    rest, condition = _split(rest)
    where = ""
    if rest:
        found = _found(state, rest)
        where = canonical(rest, state.scope, state.current_line()) if len(found) > 1 else ""
    elif state.position is not None:
        frame = state.frame
        found = (Spot(frame.pc, frame.file, frame.line),)
    else:
        raise GdbError("No default breakpoint address now.")
    locations = tuple(Location(spot.address, spot.file, spot.line) for spot in found)
    locations, warnings = _checked(state, condition, locations)
    notes = "".join(_note(state, spot.address) for spot in found)
    one = Breakpoint(
        state.count("breakpoint"), rest, locations, found[0].function, condition, is_temporary=is_temporary
    )
    state.breakpoints[one.number] = one
    kind = "Temporary breakpoint" if is_temporary else "Breakpoint"
    first = found[0]
    place = f": file {first.file}, line {first.line}." if first.line else ""
    if one.has_several:
        place = f": {where}. ({len(found)} locations)"
    warned = "".join(
        f"warning: failed to validate condition at location {n}, disabling:\n  {error}\n"
        for n, error in warnings.items()
    )
    return f"{notes}{warned}{kind} {one.number} at {first.address:#x}{place}\n"


def _found(state: State, rest: str) -> tuple[Spot, ...]:
    try:
        return spots(rest, state.scope, state.current_line())
    except GdbError as error:
        if str(error) != NO_LINE:
            raise
    raise GdbError(f'Undefined convenience variable or function "{rest}" not defined.')


_IF = re.compile(r"(?:^|\s)if(?=[\s(])")


def _split(rest: str) -> tuple[str, str]:
    """Split `PLACE if CONDITION`."""
    found = _IF.search(rest)
    return (rest, "") if found is None else (rest[: found.start()].strip(), rest[found.end() :].strip())


def _checked(
    state: State, condition: str, locations: Sequence[Location]
) -> tuple[tuple[Location, ...], dict[int, GdbError]]:
    """Return the places with whether the condition makes sense there, and gdb's errors by their numbers.

    Raises gdb's error where it makes sense at none.
    """
    wrong: dict[int, GdbError] = {}
    for number, at in enumerate(locations, 1):
        try:
            if condition:
                _check(state, condition, at)
        except GdbError as error:
            wrong[number] = error
    if wrong and len(wrong) == len(locations):
        raise wrong[1]
    return tuple(replace(at, is_valid=n not in wrong) for n, at in enumerate(locations, 1)), wrong


def _check(state: State, condition: str, at: Location) -> None:
    """Raise gdb's error where a condition cannot be read, or names what is not known at its place."""
    known = {v.name for v in state.program.debug.scope(at.address)}
    scope = state.scope
    waiting = [parse(condition, scope)]
    while waiting:
        node = waiting.pop()
        if node.kind in ("assign", "after") or (node.kind == "unary" and node.text in ("++", "--")):
            raise unrecorded("a replay looks at a condition more often than gdb: it cannot change a value")
        if node.kind == "scoped":
            scope.known_in(node.text, node.operands[0].text)
        elif node.kind == "in file":
            scope.in_file(node.text, node.operands[0].text)
        elif node.kind == "global":
            scope.global_name(node.text)
        elif node.kind != "name":
            waiting += node.operands
        elif node.text not in known:
            scope.known(node.text)


def condition(state: State, rest: str) -> str:
    """`condition NUMBER [EXPRESSION]`."""
    word, _, said = rest.partition(" ")
    if not word:
        raise GdbError("Argument required (breakpoint number).")
    if not is_digits(word):
        raise GdbError(f"Bad breakpoint argument: '{rest}'")
    if int(word) not in state.breakpoints:
        raise GdbError(f"No breakpoint number {word}.")
    one = state.breakpoints[int(word)]
    locations, warnings = _checked(state, said.strip(), one.locations)
    state.breakpoints[one.number] = replace(one, condition=said.strip(), locations=locations)
    if not said:
        return f"Breakpoint {one.number} now unconditional.\n"
    lines = ""
    for n, (before, after) in enumerate(zip(one.locations, locations, strict=True), 1):
        if n in warnings and before.is_valid:
            where = f"{one.number}.{n}"
            lines += (
                f"warning: failed to validate condition at location {where}, disabling:\n  {warnings[n]}\n"
            )
        elif after.is_valid and not before.is_valid:
            lines += f"Breakpoint {one.number}'s condition is now valid at location {n}, enabling.\n"
    return lines


def _note(state: State, address: int) -> str:
    numbers = [b for b in state.breakpoints.values() if any(at.address == address for at in b.locations)]
    if not numbers:
        return ""
    names = [f"{b.number}{'' if b.is_enabled else ' (disabled)'}" for b in numbers]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"Note: breakpoint{'s' if len(names) > 1 else ''} {listed} also set at pc {address:#x}.\n"


def delete(state: State, rest: str) -> str:
    """`delete [breakpoints] [NUMBER…]`, `delete display [NUMBER…]`."""
    if rest.startswith("display"):
        return undisplay(state, rest.removeprefix("display"))
    words = rest.removeprefix("breakpoints").split()
    said = ""
    for word in words or [str(number) for number in state.breakpoints]:
        if not _NUMBERS.fullmatch(word):
            if word[:1].isascii() and word[:1].isdigit():
                said += "warning: bad breakpoint number at or near '0'\n"
            continue  # of a word gdb says nothing either
        numbers = _range(word)
        if not numbers:
            raise GdbError("inverted range")
        for number in numbers:
            if not number:
                said += "warning: bad breakpoint number at or near '0'\n"
            elif number not in state.breakpoints:
                said += f"No breakpoint number {number}.\n"
            else:
                del state.breakpoints[number]
    return said


_NUMBERS = re.compile(r"([0-9]+)(?:-([0-9]+))?")
_PLACES = re.compile(r"([0-9]+)\.([^-]*)(?:-([0-9]+))?")
_MOST = 10_000
"""Numbers that a range is answered for, one after another."""

_ENABLE = ("count", "delete", "display", "frame-filter", "mem", "once", "pretty-printer", "probes", "xmethod")
"""Words after `enable` and `disable` that begin something else, beside `breakpoints`."""


def _range(word: str) -> range:
    match = _NUMBERS.fullmatch(word)
    assert match is not None
    return _counted(match.group(1), match.group(2))


def _counted(first: str, last: str | None) -> range:
    """Return the numbers from one to another, as they are written; none where the range is inverted."""
    if not (is_digits(first) and is_digits(last or first)):
        raise GdbError(f"Bad breakpoint number '{first}'")
    found = range(int(first), int(last or first) + 1)
    if len(found) > _MOST:
        raise unrecorded(f"a replay takes at most {_MOST} numbers at a time, not {len(found)}")
    return found


def enable(state: State, rest: str) -> str:
    """`enable [NUMBER | NUMBER.PLACE]…`."""
    return _enabled(state, rest, is_enabled=True)


def disable(state: State, rest: str) -> str:
    """`disable [NUMBER | NUMBER.PLACE]…`."""
    return _enabled(state, rest, is_enabled=False)


def _enabled(state: State, rest: str, *, is_enabled: bool) -> str:
    words = rest.removeprefix("breakpoints").split()
    if words and any(name.startswith(words[0]) for name in _ENABLE):
        raise unrecorded(f"a replay enables and disables breakpoints, not `{words[0]}`")
    for word in words or [str(number) for number in state.breakpoints]:
        places = _PLACES.fullmatch(word)
        if places is not None:
            _place_enabled(state, places, is_enabled=is_enabled)
            continue
        if not _NUMBERS.fullmatch(word):
            first, _, last = word.partition("-")
            raise GdbError(f"Bad breakpoint number '{last if is_digits(first) else word}'")
        numbers = _range(word)
        if not numbers:
            raise GdbError(f"Inverted breakpoint range at '{word}'")
        for number in numbers:
            _existing(state, number)
            state.breakpoints[number] = replace(state.breakpoints[number], is_enabled=is_enabled)
    return ""


def _existing(state: State, number: int) -> Breakpoint:
    if number not in state.breakpoints:
        raise GdbError(f"No breakpoint number {number}.")
    return state.breakpoints[number]


def _place_enabled(state: State, places: re.Match[str], *, is_enabled: bool) -> None:
    first = places.group(2)
    if not is_digits(first):
        raise GdbError(f"Bad breakpoint location number '{first}'")
    numbers = _counted(first, places.group(3))
    if not numbers:
        raise GdbError(f"Inverted breakpoint location range at '{places.group().partition('.')[2]}'")
    one = _existing(state, int(places.group(1)))
    for n in numbers:
        if not 0 < n <= len(one.locations):
            raise GdbError(f"Bad breakpoint location number '{n}'")
        if is_enabled and not one.locations[n - 1].is_valid:
            raise GdbError(f"Breakpoint {one.number}'s condition is invalid at location {n}, cannot enable.")
        one = (
            one.set(n - 1, is_enabled=is_enabled) if one.has_several else replace(one, is_enabled=is_enabled)
        )
    state.breakpoints[one.number] = one


def info_breakpoints(state: State, _rest: str) -> str:
    """`info breakpoints`."""
    if not state.breakpoints:
        return "No breakpoints or watchpoints.\n"
    all_ = list(state.breakpoints.values())
    state.examine_next(all_[-1].locations[0].address)
    what = {(one.number, at.address): _what(state, one, at) for one in all_ for at in one.locations}
    return table(state.breakpoints, what)


def _what(state: State, one: Breakpoint, at: Location) -> str:
    if not one.spec:
        return f"{at.file}:{at.line}" if at.line else ""
    if at.line:
        return f"in {state.program.function_name(at.address)} at {at.file}:{at.line}"
    symbol = state.program.symbolize(at.address)
    return "" if symbol is None else f"<{symbol.name}+{symbol.offset}>"
