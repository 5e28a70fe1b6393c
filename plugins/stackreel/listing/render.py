"""Listings as text: gdb 13's `disassemble` and binutils 2.40's `objdump -d`, and as rows for tables.

Purpose: the two layouts a reader sees on his own terminal, to the byte. The rules for source lines are those of
gdb's do_mixed_source_and_assembly (`/s`) and objdump's `-S`. It reads no files: source text is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stackreel.binary.bfd import BfdSymbols
from stackreel.listing.model import FunctionListing, Instruction, Listing
from stackreel.listing.render_go import as_go_objdump

Sources = Mapping[str, Sequence[str]]
"""Source lines without line ends, by the file name the instructions carry."""

_CONTEXT = 5
_BYTES_A_LINE = 7
_TARGET = re.compile(r"0x[0-9a-f]+$")


@dataclass(frozen=True)
class Row:
    """One line of a listing as a table shows it.

    `offset` is from the function's start, `code` hexadecimal bytes with spaces, `target` the symbol of a direct
    jump or call (`sum`, `main+30`). `new_line` is True where the source line differs from the row before.
    """

    function: str
    address: int
    offset: int
    code: str
    mnemonic: str
    operands: str
    target: str
    comment: str
    file: str
    line: int
    new_line: bool


def rows(listing: Listing) -> tuple[Row, ...]:
    """Return all instructions of all functions in order."""
    found: list[Row] = []
    for function in listing.functions:
        before: tuple[str, int] = ("", 0)
        for i in function.instructions:
            place = (i.file, i.line)
            target = str(i.symbol) if i.symbol else ""
            found.append(
                Row(
                    function.name,
                    i.address,
                    i.address - function.low,
                    i.code.hex(" "),
                    i.mnemonic,
                    i.operands,
                    target,
                    i.comment,
                    i.file,
                    i.line,
                    place != before,
                )
            )
            before = place
    return tuple(found)


def gdb_text(instruction: Instruction) -> str:
    """Return mnemonic, operands, symbol and comment as gdb prints them: `call   0x401106 <sum>`."""
    text = f"{instruction.mnemonic:<6} {instruction.operands}".rstrip() + instruction.note
    return f"{text}        # {instruction.comment}" if instruction.comment else text


def as_gdb(
    listing: Listing, current: int | None = None, *, raw: bool = False, source: Sources | None = None
) -> str:
    """Return what gdb's `disassemble` prints, function after function.

    `current` is the address that gets the arrow.
    `raw` is `/r`. `source` is `/s`: lines come from it.
    """
    lines: list[str] = []
    for function in listing.functions:
        lines.append(f"Dump of assembler code for function {function.name}:")
        if source is None:
            lines.extend(_gdb_line(i, function, current, raw=raw) for i in function.instructions)
        else:
            lines.extend(_gdb_mixed(function, current, source, raw=raw))
        lines.append("End of assembler dump.")
    return "\n".join(lines) + "\n"


def _gdb_line(i: Instruction, function: FunctionListing, current: int | None, *, raw: bool) -> str:
    arrow = "=>" if i.address == current else "  "
    code = f"{i.code.hex(' '):<{3 * _BYTES_A_LINE - 2}}\t" if raw else ""
    return f"{arrow} 0x{i.address:016x} <+{i.address - function.low}>:\t{code}{gdb_text(i)}"


def _gdb_mixed(
    function: FunctionListing, current: int | None, source: Sources, *, raw: bool
) -> Iterator[str]:
    with_code = {(i.file, i.line) for i in function.instructions}
    last_file, last_line = "", 0
    for i in function.instructions:
        start = i.line
        if i.file != last_file:
            new = True
            if last_line == 0 and function.file == i.file and 0 < function.line < i.line:
                start = function.line
        else:
            new = i.line != last_line
            if i.line > last_line + 1 and last_line:
                while start - 1 > last_line and (i.file, start - 1) not in with_code:
                    start -= 1
        if new and i.line:
            if i.address > function.low:
                yield ""
            if i.file != last_file:
                yield f"{i.file}:"
            text = source.get(i.file, ())
            for number in range(start, i.line + 1):
                yield f"{number}\t{text[number - 1]}" if number <= len(text) else f"{number}\tin {i.file}"
        yield _gdb_line(i, function, current, raw=raw)
        last_file, last_line = i.file, i.line


def objdump_text(instruction: Instruction, symbols: BfdSymbols) -> str:
    """Return mnemonic, operands, symbol and comment as objdump prints them: `call   401106 <sum>`."""
    operands = instruction.operands
    if instruction.target is not None:
        shown = symbols.printed(instruction.target, instruction.address)
        operands = _TARGET.sub(lambda _: shown, operands)
    text = f"{instruction.mnemonic:<6} {operands}".rstrip()
    if not instruction.comment:
        return text
    address = int(instruction.comment.split()[0], 16)
    return f"{text}        # {symbols.printed(address, instruction.address)}"


def as_objdump(
    listing: Listing, symbols: BfdSymbols, *, raw: bool = True, source: Sources | None = None
) -> str:
    """Return what `objdump -d` prints for the functions; `raw` False is `--no-show-raw-insn`, `source` is `-S`.

    The listing has to be at the addresses of the file whose `symbols` these are.
    In Go's syntax it is what `go tool objdump` prints, which has no source lines.
    """
    if listing.syntax == "go":
        return as_go_objdump(listing, raw=raw)
    lines: list[str] = []
    printed: dict[str, tuple[int, int]] = {}
    for function in listing.functions:
        for i in function.instructions:
            name = symbols.label(i.address) or (function.name if i.address == function.low else "")
            if name:
                lines += ["", f"{i.address:016x} <{name}>:"]
            if source is not None and i.file in source:
                lines.extend(_objdump_source(i, source[i.file], printed))
            lines.extend(_objdump_lines(i, symbols, raw=raw))
    return "\n".join(lines) + "\n"


def _objdump_source(
    i: Instruction, text: Sequence[str], printed: dict[str, tuple[int, int]]
) -> Iterator[str]:
    """Lines of one file not shown yet, up to five before this one; `printed` keeps (last, highest) of each file."""
    last, highest = printed.get(i.file, (0, 0))
    if i.line in (0, last):
        return
    first = i.line - _CONTEXT if i.line > _CONTEXT else 1
    if highest >= first:
        first = highest + 1 if highest < i.line else i.line
    printed[i.file] = (i.line, max(highest, i.line))
    yield from text[first - 1 : i.line]


def _objdump_lines(i: Instruction, symbols: BfdSymbols, *, raw: bool) -> Iterator[str]:
    width = 8 if i.address < 1 << 32 else 16
    text = objdump_text(i, symbols)
    if not raw:
        yield f"{i.address:{width}x}:\t{text}"
        return
    for at in range(0, len(i.code), _BYTES_A_LINE):
        part = "".join(f"{byte:02x} " for byte in i.code[at : at + _BYTES_A_LINE])
        shown = f"{part:<{3 * _BYTES_A_LINE}}\t{text}" if at == 0 else part
        yield f"{i.address + at:{width}x}:\t{shown}"
