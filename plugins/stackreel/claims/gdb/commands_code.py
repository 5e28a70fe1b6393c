"""Commands about symbols and lines: info line, info symbol, info address."""

from __future__ import annotations

from dataclasses import replace

from stackreel.binary import VariableInfo
from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.evaluate import address_of
from stackreel.claims.gdb.places import line_spot, split
from stackreel.claims.gdb.state import State


def info_symbol(state: State, rest: str) -> str:
    """`info symbol ADDRESS`."""
    if not rest:
        raise GdbError("Argument required (address).")
    address = address_of(rest, state.scope)
    symbol = state.program.image.symbolize(address)
    section = state.program.image.section_at(address)
    if symbol is None or section is None:
        return f"No symbol matches {rest}.\n"
    name = f"{symbol.name} + {symbol.offset}" if symbol.offset else symbol.name
    of = f" of {state.trace.program.path}" if state.has_run else ""
    return f"{name} in section {section.name}{of}\n"


def info_address(state: State, rest: str) -> str:
    """`info address NAME`."""
    if not rest:
        raise GdbError("Argument required.")
    program = state.program
    frame = state.frame if state.position is not None else None
    local = [v for v in state.stacks.scope(frame) if v.name == rest] if frame is not None else []
    if local:
        return f'Symbol "{rest}" is {_place(state, max(local, key=lambda v: v.depth))}.\n'
    variable = next(iter(program.globals_named(rest)), None)
    if variable is not None and variable.address is not None:
        return f'Symbol "{rest}" is static storage at address {variable.address:#x}.\n'
    described = program.function(rest)
    if described is not None and program.debug.function_at(described.low) is not None:
        return f'Symbol "{rest}" is a function at address {described.low:#x}.\n'
    address = program.address(rest)
    if address is None:
        raise GdbError(f'No symbol "{rest}" in current context.')
    return f'Symbol "{rest}" is at {address:#x} in a file compiled without debugging.\n'


def _place(state: State, info: VariableInfo) -> str:
    """Return where a local variable is, as long as it is there all the time."""
    code = b"" if info.location is None else info.location.code
    if len(code) == 9 and code[0] == 0x03:  # DW_OP_addr
        address = int.from_bytes(code[1:], "little") + state.program.image.bias
        return f"static storage at address {address:#x}"
    if info.location is None and info.constant is not None:
        return "constant"
    unit = state.program.debug.unit_at(state.frame.lookup)
    if unit is not None and not unit.has_location_lists and code[:1] == b"\x91":
        return f"a complex DWARF expression:\n     0: DW_OP_fbreg {_signed_leb(code[1:])}\n"
    raise unrecorded(
        f"a replay does not write out all places of `{info.name}`; p &{info.name} says where it is"
    )


def _signed_leb(code: bytes) -> int:
    value, shift = 0, 0
    for byte in code:
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value - (1 << shift) if byte & 0x40 else value
    return value


def info_line(state: State, rest: str) -> str:
    """`info line [PLACE]`."""
    program = state.program
    if not rest:
        current = state.current_line()
        if current is None:
            return "No line number information available.\n"
        return _line_range(state, current.file, max(state.listed.last, 1), None)
    if rest.startswith("*"):
        address = address_of(rest[1:], state.scope)
        row = program.row(address)
        if row is None:
            where = program.angled(address)
            return f"No line number information available for address {address:#x}{where}\n"
        return _line_range(state, row.file, row.line, address)
    file, name = split(rest, state.scope, state.current_line())
    if isinstance(name, int):
        return _line_range(state, file, name, None)
    function = program.function(name)
    if function is None:
        raise GdbError(f'Function "{name}" not defined.')
    row = program.row(function.low)
    if row is None:
        return (
            f"No line number information available for address {function.low:#x}"
            f"{program.angled(function.low)}\n"
        )
    return _line_range(state, row.file, row.line, function.low)


def _line_range(state: State, file: str, line: int, address: int | None) -> str:
    program = state.program
    if address is None:
        spot = line_spot(program, file, line)
        if spot is None:
            return f'Line number {line} is out of range for "{file}".\n'
        address = spot.address
        if spot.line != line:
            where = f"{address:#x}{program.angled(address)}"
            state.listed = replace(state.listed, last=line + 1)  # where `info line` goes on
            state.examine_next(address, "i")
            return f'Line {line} of "{file}" is at address {where} but contains no code.\n'
    row = program.row(address)
    assert row is not None
    state.listed = replace(state.listed, last=line + 1)
    state.examine_next(row.low, "i")
    start = f"{row.low:#x}{program.angled(row.low)}"
    end = f"{row.high:#x}{program.angled(row.high)}"
    return f'Line {line} of "{file}" starts at address {start} and ends at {end}.\n'
