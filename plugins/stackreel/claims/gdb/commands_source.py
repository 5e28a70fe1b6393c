"""`list`: source lines, centred on a place, from one to another, or on from where it was."""

from __future__ import annotations

from stackreel.claims.gdb.answers import GdbError
from stackreel.claims.gdb.evaluate import address_of
from stackreel.claims.gdb.lines import source_range
from stackreel.claims.gdb.places import SourceLine, default_line, source_line
from stackreel.claims.gdb.program import NO_TABLE
from stackreel.claims.gdb.state import State


def list_(state: State, rest: str) -> str:
    """`list [PLACE | FIRST,LAST | FIRST, | ,LAST | -]`."""
    if not rest or rest == "+":
        return _on(state)
    if rest == "-":
        return _back(state)
    first, comma, last = rest.partition(",")
    if comma:
        return _between(state, first.strip(), last.strip())
    if rest.startswith("*"):
        return _at_address(state, address_of(rest[1:], state.scope))
    return _around(state, source_line(rest, state.scope, state.current_line()))


def _on(state: State) -> str:
    at = state.listed.current
    if at is None:
        found = default_line(state.program, state.list_size)
        if found is None:
            raise GdbError(NO_TABLE)
        return _around(state, found)
    if not state.listed.first:
        return _around(state, at)
    return source_range(state, at.file, at.line, at.line + state.list_size - 1)


def _back(state: State) -> str:
    at = state.listed.current
    if at is None:
        return _on(state)
    if state.listed.first <= 1:
        raise GdbError(f"Already at the start of {at.file}.")
    last = state.listed.first - 1
    return source_range(state, at.file, max(last - state.list_size + 1, 1), last)


def _around(state: State, at: SourceLine) -> str:
    first = max(at.line - state.list_size // 2, 1)
    return source_range(state, at.file, first, first + state.list_size - 1)


def _between(state: State, first: str, last: str) -> str:
    scope = state.scope
    if not first:
        end = source_line(last, scope, state.current_line())
        return source_range(state, end.file, max(end.line - state.list_size + 1, 1), end.line)
    begin = source_line(first, scope, state.current_line())
    if not last:
        return source_range(state, begin.file, begin.line, begin.line + state.list_size - 1)
    end = source_line(last, scope, begin)
    return source_range(state, begin.file, begin.line, end.line)


def _at_address(state: State, address: int) -> str:
    row = state.program.row(address)
    if row is None:
        raise GdbError(f"No source line for address {address:#x}{state.program.angled(address)}.")
    function = state.program.function_name(address)
    head = f"{address:#x} is in {function} ({row.file}:{row.line}).\n"
    return head + _around(state, SourceLine(row.file, row.line))
