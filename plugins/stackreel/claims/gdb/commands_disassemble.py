"""`disassemble`: a function or a range, plain, with bytes, with its source, or in the order of its source lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from stackreel.binary import Function
from stackreel.claims.gdb.answers import GdbError
from stackreel.claims.gdb.commands_examine import code_at
from stackreel.claims.gdb.evaluate import address_of
from stackreel.claims.gdb.lines import source
from stackreel.claims.gdb.places import SourceLine
from stackreel.claims.gdb.state import Listed, State
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
        body = _by_line(state, instructions, pc, flags, function)
        _list_on(state, body, first.file)
        return f"Dump of assembler code for function {function.name}:\n{body}End of assembler dump.\n"
    sources = state.program.sources if "s" in flags else None
    text = as_gdb(Listing(state.flavor, (listing,)), pc, raw="r" in flags, source=sources)
    if sources is not None:
        _list_on(state, text, first.file)
    return text


_SOURCE_LINE = re.compile(r"^(\d+)\t", re.MULTILINE)


def _list_on(state: State, shown: str, file: str) -> None:
    """Let `list` go on from the last source line that was shown."""
    numbers = _SOURCE_LINE.findall(shown)
    if numbers:
        last = int(numbers[-1])
        state.listed = Listed(SourceLine(file, last + 1), last, last)


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
        instruction = one(code, at, state.flavor, state.program.symbolize)
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


def _line(state: State, i: Instruction, pc: int | None, flags: str, function: Function | None) -> str:
    """Return an instruction; with its offset where it is in the function that is shown, else with its whole symbol."""
    arrow = "=>" if i.address == pc else "  "
    name = f" <+{i.address - function.low}>" if function and i.address < function.high else ""
    if function is None:
        name = state.program.angled(i.address, always=True)
    code = f"{i.code.hex(' '):<19}\t" if "r" in flags else ""
    return f"{arrow} 0x{i.address:016x}{name}:\t{code}{gdb_text(i)}\n"


@dataclass(frozen=True, order=True)
class _Piece:
    """Code [low, high) of a source line, as the line table has it."""

    line: int
    low: int
    high: int


def _pieces(state: State, low: int, high: int, file: str) -> list[_Piece]:
    """Return the code of a file's lines that begins in [low, high), by lines."""
    unit = state.program.debug.unit_at(low)
    table: list[tuple[int, int]] = []  # addresses and lines; line 0 where another file's code begins
    for item in () if unit is None else unit.items:
        line = item.line if item.file == file else 0
        if line or (table and table[-1][1]):
            table.append((item.address, line))
    following = pairwise(table)
    return sorted(_Piece(line, at, end) for (at, line), (end, _) in following if line and low <= at < high)


def _by_line(
    state: State, found: Sequence[Instruction], pc: int | None, flags: str, function: Function | None
) -> str:
    """Return instructions in the order of their source lines (`/m`): gdb's do_mixed_source_and_assembly_deprecated."""
    file = found[0].file
    text, last = "", 0
    for piece in _pieces(state, found[0].address, found[-1].address + len(found[-1].code), file):
        if piece.line != last:
            text += "\n" if last else ""
            first = (
                last + 1 if last else piece.line
            )  # lines without code between two that have some are shown too
            text += "".join(source(state, file, n) for n in range(first, piece.line + 1))
            last = piece.line
        text += "".join(
            _line(state, i, pc, flags, function) for i in _instructions(state, piece.low, piece.high)
        )
    return f"{text}\n" if text else ""
