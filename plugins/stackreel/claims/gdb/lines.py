"""Lines that several commands print: a frame as `bt` and stops show it, source lines, variables with their values."""

from __future__ import annotations

from dataclasses import replace

from stackreel.binary import VariableInfo
from stackreel.binary.types import Array, Struct, strip
from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.formats import shown
from stackreel.claims.gdb.places import SourceLine
from stackreel.claims.gdb.stack import GdbFrame
from stackreel.claims.gdb.state import Listed, State
from stackreel.claims.gdb.typed import Value
from stackreel.frames import SIGNAL_FRAME


def frame_line(state: State, frame: GdbFrame, *, numbered: bool, location: bool = True) -> str:
    """Return a frame as gdb shows it: `#1  0x… in main (argc=1) at sum.c:10`; `numbered` with its level."""
    head = f"#{frame.level:<3}" if numbered else ""
    if frame.is_signal:
        return f"{head}{SIGNAL_FRAME}\n"
    _check_named(state, frame)
    address = f"0x{frame.pc:016x} in " if frame.shows_address or not frame.line else ""
    where = f" at {frame.file}:{frame.line}" if frame.line and location else ""
    return f"{head}{address}{frame.function} ({arguments(state, frame)}){where}\n"


def _check_named(state: State, frame: GdbFrame) -> None:
    """Raise UnrecordedError for code of a shared library, whose symbols gdb reads, and by the name it was opened by."""
    module = next((m for m in state.trace.modules[1:] if m.low <= frame.pc < m.high), None)
    if module is not None and not frame.line:
        name = module.path.rpartition("/")[2]
        raise unrecorded(f"what gdb calls the code at {frame.pc:#x} is not in the trace: it is in {name}")


def arguments(state: State, frame: GdbFrame) -> str:
    """Return a frame's arguments: `a=1, p=...`; what is no scalar is not written out."""
    return ", ".join(_argument(state, info, frame) for info in state.stacks.scope(frame) if info.is_parameter)


def _argument(state: State, info: VariableInfo, frame: GdbFrame) -> str:
    """Return `a=1`, and what it was at function entry where the caller says so: `a=2, a@entry=1`, `a=a@entry=1`."""
    name = info.name
    if isinstance(strip(info.type), Struct | Array):
        return f"{name}=..."
    text = variable_text(state, info, frame)
    entry = state.stacks.at_entry(frame, name)
    if entry is None:
        return f"{name}={text}"
    size = info.type.size
    data = (entry & (1 << 8 * size) - 1).to_bytes(size, "little")
    passed = shown(Value(info.type, data), data, state.reader, top=False)
    if passed == text:
        return f"{name}={name}@entry={text}"
    return f"{name}={text}, {name}@entry={passed}"


def variable_text(state: State, info: VariableInfo, frame: GdbFrame, indent: int = 0) -> str:
    """Return a variable's value as `info locals` writes it; `indent` is that of its line."""
    scope = state.scope
    value = scope.variable(info, frame)
    reader = scope.reader if scope.reader.depth is None else replace(scope.reader, depth=indent // 2)
    try:
        return shown(value, scope.data(value), reader, top=False)
    except GdbError as error:
        return f"<error: {error}>"


def source(state: State, file: str, line: int, *, address: int | None = None) -> str:
    """Return a source line with its number; `address` before it where the stop is inside of the line."""
    head = "" if address is None else f"0x{address:016x}\t"
    is_again, state.visited = state.visited == file, file
    text = state.program.text(file, line)
    if text is not None:
        return f"{head}{line}\t{text}\n"
    return f"{head}{line}\tin {file}\n" if is_again else f"{head}{line}\t{file}: No such file or directory.\n"


def source_range(state: State, file: str, first: int, last: int) -> str:
    """Return the lines `first` to `last` of a file, and go on from there. Raises GdbError past the file's end."""
    total = len(state.program.sources.get(file, ()))
    if not total:
        state.listed = Listed(SourceLine(file, last + 1), first, last)
        return source(state, file, first)
    if first > total:
        state.listed = Listed(SourceLine(file, first), first, last)
        raise GdbError(f"Line number {first} out of range; {file} has {total} lines.")
    last = min(last, total)
    state.listed = Listed(SourceLine(file, last + 1), first, last)
    return "".join(source(state, file, n) for n in range(first, last + 1))


def location(state: State, frame: GdbFrame, *, whole: bool, numbered: bool = False) -> str:
    """Return what gdb prints when it stops in a frame or selects it: the frame (if `whole`) and its source line."""
    state.look_at(frame)
    if not frame.line:
        return frame_line(state, frame, numbered=numbered)
    if whole:
        return frame_line(state, frame, numbered=numbered) + source(state, frame.file, frame.line)
    return source(state, frame.file, frame.line, address=frame.pc if frame.shows_address else None)
