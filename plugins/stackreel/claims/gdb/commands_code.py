"""Commands about code and symbols: disassemble, info line, info symbol, info address, info scope."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from stackreel.binary import Function, VariableInfo
from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.commands_data import code_at
from stackreel.claims.gdb.evaluate import address_of
from stackreel.claims.gdb.formats import Format
from stackreel.claims.gdb.lines import source
from stackreel.claims.gdb.places import line_spot, split
from stackreel.claims.gdb.state import Examined, State
from stackreel.listing import FunctionListing, Instruction, Listing, as_gdb, gdb_text, one

_MODIFIER = re.compile(r"/\s*(\w*)\s*")
_NO_FUNCTION = "No function contains specified address."


def disassemble(state: State, rest: str) -> str:
    """`disassemble [/mrs] [ADDRESS | LOW,HIGH | LOW,+LENGTH]`."""
    flags = ""
    while (match := _MODIFIER.match(rest)) is not None:
        flags, rest = flags + match.group(1), rest[match.end() :]
    if set(flags) - set("mrs"):
        raise GdbError("Invalid disassembly modifier.")
    if "m" in flags and "s" in flags:
        raise GdbError("Cannot specify both /m and /s.")
    pc = state.frame.pc if state.position is not None else None
    low, comma, high = _comma(rest)
    if comma:
        return _range(state, low, high, flags, pc)
    if not rest and pc is None:
        raise GdbError("No frame selected.")
    address = address_of(rest, state.scope) if rest else state.frame.lookup
    function = _whole(state, address)
    if function is None:
        raise GdbError(_NO_FUNCTION)
    instructions = tuple(_instructions(state, function.low, function.high))
    first = instructions[0]
    listing = FunctionListing(
        function.name,
        function.low,
        function.high,
        instructions,
        first.file,
        _first_line(state, function),
    )
    if "m" in flags:
        body = _by_line(state, instructions, pc, flags, function.low)
        return f"Dump of assembler code for function {function.name}:\n{body}End of assembler dump.\n"
    sources = state.program.sources if "s" in flags else None
    return as_gdb(Listing(state.flavor, (listing,)), pc, raw="r" in flags, source=sources)


def _first_line(state: State, function: Function) -> int:
    """Return the line of the line table's first row for a function, which may be hidden by a second one there."""
    unit = state.program.debug.unit_at(function.low)
    items = () if unit is None else unit.items
    return next((i.line for i in items if function.low <= i.address < function.high and i.line), 0)


def _comma(text: str) -> tuple[str, bool, str]:
    """Split at the comma outside of brackets."""
    depth = 0
    for at, one_ in enumerate(text):
        depth += (one_ in "([") - (one_ in ")]")
        if one_ == "," and not depth:
            return text[:at], True, text[at + 1 :]
    return text, False, ""


def _whole(state: State, address: int) -> Function | None:
    """Return the function an address is in, as long as its symbol says or, without one, its DWARF."""
    described = state.program.debug.function_at(address)
    if described is not None:
        return described
    return state.program.image.function_at(address)


def _instructions(state: State, low: int, high: int) -> Iterator[Instruction]:
    at = low
    while at < high:
        code = code_at(state, at)
        if not code:
            raise GdbError(f"Cannot access memory at address {at:#x}")
        instruction = one(code, at, state.flavor, state.program.image.symbolize)
        row = state.program.row(at)
        yield replace(instruction, file=row.file, line=row.line) if row else instruction
        at += len(instruction.code)


def _range(state: State, first: str, second: str, flags: str, pc: int | None) -> str:
    scope = state.scope
    low = address_of(first, scope)
    second = second.strip()
    high = low + address_of(second[1:], scope) if second.startswith("+") else address_of(second, scope)
    if high <= low:
        raise GdbError("Second argument should be greater than the first.")
    found = tuple(_instructions(state, low, high))
    head = f"Dump of assembler code from {low:#x} to {high:#x}:\n"
    if "m" in flags:
        body = _by_line(state, found, pc, flags, None)
    elif "s" in flags:
        shown = FunctionListing("", low, high, found, found[0].file, 0)
        text = as_gdb(Listing(state.flavor, (shown,)), pc, raw="r" in flags, source=state.program.sources)
        lines = text.splitlines()[1:-1]
        places = {i.address: i for i in found}
        body = "".join(f"{_renamed(state, line, places)}\n" for line in lines)
    else:
        body = "".join(_line(state, i, pc, flags, None) for i in found)
    return f"{head}{body}End of assembler dump.\n"


_ADDRESS = re.compile(r"^(=>|  ) 0x([0-9a-f]{16}) <\+\d+>:")


def _renamed(state: State, line: str, places: dict[int, Instruction]) -> str:
    """Return an instruction's line with its whole symbol, as dumps of ranges have it."""
    match = _ADDRESS.match(line)
    if match is None or int(match.group(2), 16) not in places:
        return line
    address = int(match.group(2), 16)
    name = state.program.angled(address, always=True)
    return f"{match.group(1)} 0x{address:016x}{name}:{line[match.end() :]}"


def _line(state: State, i: Instruction, pc: int | None, flags: str, low: int | None) -> str:
    arrow = "=>" if i.address == pc else "  "
    name = state.program.angled(i.address, always=True) if low is None else f" <+{i.address - low}>"
    code = f"{i.code.hex(' '):<19}\t" if "r" in flags else ""
    return f"{arrow} 0x{i.address:016x}{name}:\t{code}{gdb_text(i)}\n"


def _by_line(state: State, found: Sequence[Instruction], pc: int | None, flags: str, low: int | None) -> str:
    """Return instructions in the order of their source lines (`/m`): gdb's do_mixed_source_and_assembly_deprecated."""
    runs: list[list[Instruction]] = []
    for i in found:
        row = state.program.row(i.address)
        if runs and row is not None and row.low != i.address and runs[-1][0].line == i.line:
            runs[-1].append(i)
        else:
            runs.append([i])
    text, last = "", 0
    for run in sorted(runs, key=lambda r: r[0].line):
        line = run[0].line
        if line != last:
            text += "\n" if last else ""
            text += source(state, run[0].file, line) if line else ""
            last = line
        text += "".join(_line(state, i, pc, flags, low) for i in run)
    return f"{text}\n" if text else ""


# --- symbols -----------------------------------------------------------------------------------------------------


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
    of = "" if state.position is None else f" of {state.trace.program.path}"
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
    variable = next((v for v in program.debug.globals if v.name == rest), None)
    if variable is not None and variable.address is not None:
        return f'Symbol "{rest}" is static storage at address {variable.address:#x}.\n'
    described = program.function(rest)
    if described is not None and program.debug.function_at(described.low) is not None:
        return f'Symbol "{rest}" is a function at address {described.low:#x}.\n'
    address = program.address(rest)
    if address is None:
        raise GdbError(f'No symbol "{rest}" in current context.')
    return f'Symbol "{rest}" is at {address:#x} in a file compiled without debugging.\n'


_REGISTERS = [
    "rax",
    "rdx",
    "rcx",
    "rbx",
    "rsi",
    "rdi",
    "rbp",
    "rsp",
    "r8",
    "r9",
    "r10",
    "r11",
    "r12",
    "r13",
    "r14",
    "r15",
]


def _place(state: State, info: VariableInfo) -> str:
    """Return where a local variable is, as long as it is there all the time."""
    code = b"" if info.location is None else info.location.code
    if len(code) == 9 and code[0] == 0x03:  # DW_OP_addr
        address = int.from_bytes(code[1:], "little") + state.program.image.bias
        return f"static storage at address {address:#x}"
    unit = state.program.debug.unit_at(state.frame.lookup)
    if unit is not None and not unit.has_location_lists:
        if code[:1] == b"\x91":
            return f"a complex DWARF expression:\n     0: DW_OP_fbreg {_signed_leb(code[1:])}\n"
        if info.constant is not None:
            return "constant"
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
            _examine_next(state, address)
            return f'Line {line} of "{file}" is at address {where} but contains no code.\n'
    row = program.row(address)
    assert row is not None
    _examine_next(state, row.low)
    start = f"{row.low:#x}{program.angled(row.low)}"
    end = f"{row.high:#x}{program.angled(row.high)}"
    return f'Line {line} of "{file}" starts at address {start} and ends at {end}.\n'


def _examine_next(state: State, address: int) -> None:
    state.examined = Examined(address, None, Format("i", state.examined.form.size))
