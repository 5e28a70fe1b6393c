"""Places in the code as `break`, `list`, `info line` and `until` take them: a function, a line, `*address`.

Follows gdb's linespecs where C programs need them. A line that has code in several blocks is several places; a line
without code stands for the next one that has some, as in gdb.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from stackreel.binary.lines import same_file
from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.evaluate import address_of
from stackreel.claims.gdb.literals import is_digits
from stackreel.claims.gdb.operators import as_integer
from stackreel.claims.gdb.program import NO_TABLE, Program
from stackreel.claims.gdb.registers import register_type
from stackreel.claims.gdb.scope import Scope, is_history
from stackreel.claims.gdb.typed import VOID, Value, is_integer

NO_LINE = "Convenience variables used in line specs must have integer values."


@dataclass(frozen=True)
class SourceLine:
    """A line of a source file, as the debug information names the file."""

    file: str
    line: int


@dataclass(frozen=True)
class Spot:
    """A place in the code with the source line it belongs to; file empty and line 0 where none is known.

    `asked` is the line that was asked for, where it is not the one that has code; `function` the function, where one
    was named.
    """

    address: int
    file: str
    line: int
    asked: int = 0
    function: str = ""


def split(text: str, scope: Scope, current: SourceLine | None) -> tuple[str, str | int]:
    """Return the file and the function or line that a place names. Raises GdbError."""
    file, name = "", text
    if ":" in text and "::" not in text:
        file, name = text.rsplit(":", 1)
        file = _file(file.strip(), scope.program)
        name = name.strip()
    if name.startswith("$"):
        name = str(_line_held(name, scope))
    if is_digits(name):
        return file or _default_file(scope.program, current), int(name)
    if name[:1] in ("+", "-") and is_digits(name[1:]):
        raise unrecorded(f"a replay counts no lines from where it is (`{name}`): name the line")
    return file, name


def _line_held(name: str, scope: Scope) -> int:
    """Return the line that a variable of the session, or a value of the history, holds."""
    found = Value(VOID) if register_type(name[1:]) is not None else scope.dollar(name)
    if not is_integer(found.type):
        raise GdbError(
            NO_LINE.replace("Convenience variables", "History values") if is_history(name) else NO_LINE
        )
    return as_integer(found, scope)


def _file(name: str, program: Program) -> str:
    found = next((f for f in program.debug.named_files if same_file(f, name)), None)
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


def default_line(program: Program, size: int = 10) -> SourceLine | None:
    """Return where gdb lists first: `size` lines up to main's first line after its prologue."""
    main = program.function(program.main)
    if main is None:
        return None
    row = program.row(program.debug.after_prologue(main))
    return None if row is None else SourceLine(row.file, max(row.line - size + 1, 1))


def spots(text: str, scope: Scope, current: SourceLine | None) -> tuple[Spot, ...]:
    """Return where breakpoints at a place go, in the order of their addresses. Raises GdbError."""
    text = text.strip()
    if text.startswith("*"):
        address = address_of(text[1:], scope)
        row = scope.program.row(address)
        return (Spot(address, row.file if row else "", row.line if row else 0),)
    file, name = split(text, scope, current)
    if isinstance(name, int):
        found = line_spot(scope.program, file, name)
        if found is None:
            where = (
                f'No line {name} in file "{file}".' if ":" in text else f"No line {name} in the current file."
            )
            raise GdbError(where)
        starts = _blocks_of(scope.program, found)
        return _ordered(_after_prologue(scope.program, replace(found, address=at)) for at in starts)
    return _function_spots(name, scope.program)


def _ordered(found: Iterable[Spot]) -> tuple[Spot, ...]:
    """Return spots by their addresses, each once."""
    return tuple({spot.address: spot for spot in sorted(found, key=lambda spot: spot.address)}.values())


def canonical(text: str, scope: Scope, current: SourceLine | None) -> str:
    """Return a place as gdb repeats it of a breakpoint with several: a line alone with the whole name of its file."""
    file, name = split(text, scope, current)
    if isinstance(name, str) or ":" in text:
        return text
    whole = scope.program.full_name(file)
    if not whole.startswith("/"):
        raise unrecorded(
            f"line {name} has code in several places, and where {file} is kept is not in the program"
        )
    return f"{whole}:{name}"


def _function_spots(name: str, program: Program) -> tuple[Spot, ...]:
    """Return where breakpoints on a function go: after its prologue, and where it is inlined."""
    places = [program.debug.after_prologue(function) for function in program.functions(name)]
    places += program.debug.inlined_at(name)
    if not places:
        if "(" in name and any(unit.is_cplusplus for unit in program.debug.units):
            raise unrecorded(f"a replay takes functions of C++ by name, without parameters: `{name}`")
        raise GdbError(f'Function "{name}" not defined.')
    rows = {at: program.row(at) for at in places}
    return _ordered(
        Spot(at, row.file if row else "", row.line if row else 0, function=name) for at, row in rows.items()
    )


def _after_prologue(program: Program, spot: Spot) -> Spot:
    """Return the spot, or where the prologue ends if it is the start of a function."""
    function = program.function_at(spot.address)
    if function is None or function.low != spot.address:
        return spot
    address = program.debug.after_prologue(function)
    if address == spot.address:
        return spot
    row = program.row(address)
    return Spot(address, spot.file, row.line if row else spot.line)


def _blocks_of(program: Program, spot: Spot) -> list[int]:
    """Return the first address of a line in each block that has code of it, as gdb counts its locations."""
    found: dict[int, int] = {}
    for line, address in program.statements(spot.file):
        if line == spot.line:
            found.setdefault(id(program.debug.innermost(address)), address)
    return sorted(found.values())


def line_spot(program: Program, file: str, line: int) -> Spot | None:
    """Return where a line has its first code; of a line without any, the next line's."""
    found = next((one for one in program.statements(file) if one[0] >= line), None)
    return None if found is None else Spot(found[1], file, found[0], line)


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
