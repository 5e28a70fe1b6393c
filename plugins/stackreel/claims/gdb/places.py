"""Places in the code as `break`, `list`, `info line` and `until` take them: a function, a line, `*address`.

Follows gdb's linespecs where C programs need them. Of a line that has code in several places of one function the
lowest is taken; a line without code stands for the next one that has some, as in gdb.
"""

from __future__ import annotations

from dataclasses import dataclass

from stackreel.binary.lines import same_file
from stackreel.claims.gdb.answers import GdbError
from stackreel.claims.gdb.evaluate import address_of
from stackreel.claims.gdb.program import NO_TABLE, Program
from stackreel.claims.gdb.scope import Scope


@dataclass(frozen=True)
class SourceLine:
    """A line of a source file, as the debug information names the file."""

    file: str
    line: int


@dataclass(frozen=True)
class Spot:
    """A place in the code with the source line it belongs to; file empty and line 0 where none is known.

    `asked` is the line that was asked for, where it is not the one that has code.
    """

    address: int
    file: str
    line: int
    asked: int = 0


def split(text: str, scope: Scope, current: SourceLine | None) -> tuple[str, str | int]:
    """Return the file and the function or line that a place names. Raises GdbError."""
    file, name = "", text
    if ":" in text and "::" not in text:
        file, name = text.rsplit(":", 1)
        file = _file(file.strip(), scope.program)
        name = name.strip()
    if name.isdigit():
        return file or _default_file(scope.program, current), int(name)
    if name[:1] in "+-" and name[1:].isdigit():
        if current is None:
            raise GdbError(NO_TABLE)
        return current.file, current.line + int(name)
    return file, name


def _file(name: str, program: Program) -> str:
    found = next((f for f in program.debug.files if same_file(f, name)), None)
    if found is None:
        raise GdbError(f"No source file named {name}.")
    return found


def _default_file(program: Program, current: SourceLine | None) -> str:
    if current is not None:
        return current.file
    found = default_line(program)
    if found is None:
        raise GdbError(NO_TABLE)
    return found.file


def default_line(program: Program) -> SourceLine | None:
    """Return where gdb lists first: around main's first line after its prologue, nine lines back."""
    main = program.function("main")
    if main is None:
        return None
    row = program.row(program.debug.after_prologue(main))
    return None if row is None else SourceLine(row.file, max(row.line - 9, 1))


def code_at(text: str, scope: Scope, current: SourceLine | None) -> Spot:
    """Return where a breakpoint at a place goes. Raises GdbError."""
    text = text.strip()
    if text.startswith("*"):
        address = address_of(text[1:], scope)
        row = scope.program.row(address)
        return Spot(address, row.file if row else "", row.line if row else 0)
    file, name = split(text, scope, current)
    if isinstance(name, int):
        found = line_spot(scope.program, file, name)
        if found is None:
            where = (
                f'No line {name} in file "{file}".' if ":" in text else f"No line {name} in the current file."
            )
            raise GdbError(where)
        return _after_prologue(scope.program, found)
    function = scope.program.function(name)
    if function is None:
        raise GdbError(f'Function "{name}" not defined.')
    address = scope.program.debug.after_prologue(function)
    row = scope.program.row(address)
    return Spot(address, row.file if row else "", row.line if row else 0)


def _after_prologue(program: Program, spot: Spot) -> Spot:
    """Return the spot, or where the prologue ends if it is the start of a function."""
    function = program.function_at(spot.address)
    if function is None or function.low != spot.address:
        return spot
    address = program.debug.after_prologue(function)
    row = program.row(address)
    return Spot(address, spot.file, row.line if row else spot.line)


def line_spot(program: Program, file: str, line: int) -> Spot | None:
    """Return where a line has its first code; of a line without any, the next line's."""
    lines = sorted({r.line for r in program.debug.lines if r.file == file and r.is_stmt})
    actual = next((n for n in lines if n >= line), None)
    if actual is None:
        return None
    address = min(r.low for r in program.debug.lines if r.file == file and r.line == actual and r.is_stmt)
    return Spot(address, file, actual, line)


def source_line(text: str, scope: Scope, current: SourceLine | None) -> SourceLine:
    """Return the source line a place of `list` means. Raises GdbError."""
    file, name = split(text, scope, current)
    if isinstance(name, int):
        return SourceLine(file, name)
    function = scope.program.function(name)
    if function is None:
        raise GdbError(f'Function "{name}" not defined.')
    row = scope.program.row(function.low)
    if row is None:
        raise GdbError(f'Function "{name}" not defined in "".' if file else NO_TABLE)
    return SourceLine(row.file, row.line)
