"""`x`: memory in a format, from an address on or back from it."""

from __future__ import annotations

from dataclasses import replace

from stackreel.binary.types import Array, Base, Type, strip
from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.evaluate import evaluate
from stackreel.claims.gdb.formats import Format, parse_format, scalar, split_form
from stackreel.claims.gdb.operators import as_address
from stackreel.claims.gdb.program import pointer_to
from stackreel.claims.gdb.state import Examined, State
from stackreel.claims.gdb.typed import VOID, Value, whole
from stackreel.frames.text import LIMIT, string
from stackreel.listing import gdb_text, one

_UNITS = {n: Base(f"int{8 * n}_t", n, "signed") for n in (1, 2, 4, 8)}
_SIZES = {"b": 1, "h": 2, "w": 4, "g": 8}
_PER_LINE = {"b": 8, "h": 8, "w": 4, "g": 2}
_LONGEST = 15


def examine(state: State, rest: str) -> str:
    """`x[/NFU] [ADDRESS]`."""
    form, text = split_form(rest)
    wanted = examine_format(form, state.examined.form)
    if text:
        found = evaluate(text, state.scope)
        inner = strip(found.type)
        if isinstance(inner, Array) and found.address is None:
            raise GdbError("Attempt to take address of value not located in memory.")
        start = as_address(found, state.scope)
    else:
        start = state.examined.following
        if not form:
            wanted = replace(wanted, count=max(state.examined.form.count, 1))
    return dump(state, start, wanted)


def examine_format(text: str, last: Format) -> Format:
    """Return what the letters mean, given the last format: gdb's decode_format."""
    given = parse_format(text, Format())
    if not given.letter:
        letter = "x" if not last.letter or (given.size and last.letter == "i") else last.letter
        return Format(letter, given.size or last.size, given.count)
    size = given.size or _IMPLIED.get(given.letter, last.size)
    if given.letter == "f" and not given.size:
        size = last.size if last.size in ("w", "g") else "g"
    return Format(given.letter, size, given.count)


_IMPLIED = {"a": "g", "c": "b", "s": "b"}


def dump(state: State, start: int, form: Format) -> str:
    """Return memory from `start` on in a format, and go on from its end next time."""
    if form.letter == "i":
        text, last, after = (_instructions if form.count >= 0 else _backwards)(state, start, form.count)
    elif form.letter == "s":
        text, last, after = _strings(state, start, form)
        form = replace(form, size="b")  # the next ones are of plain characters
    else:
        text, last, after = _numbers(state, start, form)
    state.examined = Examined(after, last, form)
    return text


def _head(state: State, address: int) -> str:
    return f"{address:#x}{state.program.angled(address)}:\t"


def _numbers(state: State, start: int, form: Format) -> tuple[str, int, int]:
    size, per_line = _SIZES[form.size], _PER_LINE[form.size]
    reader, lines = state.reader, ""
    if form.count < 0:
        start = (start + size * form.count) & (1 << 64) - 1
    at = start
    for n in range(abs(form.count)):
        if n % per_line == 0:
            lines += ("\n" if n else "") + _head(state, at)
        else:
            lines += "\t"
        try:
            data = reader.need(at, size)
        except GdbError as error:
            raise GdbError(f"{lines}{error}") from None
        lines += scalar(data, form.letter, reader, pad=True)
        at = (at + size) & (1 << 64) - 1
    if not form.count:
        return "", start, start
    last = at - size
    _remember(state, last, _UNITS[size])
    return lines + "\n", last, start if form.count < 0 else at


def _remember(state: State, address: int, type_: Type, *, has_value: bool = True) -> None:
    """Set `$_` and `$__`: the last address that was shown, and what is there, void for instructions and strings."""
    state.convenience["_"] = whole(address, pointer_to(type_))
    state.convenience["__"] = Value(type_, None, address) if has_value else Value(VOID, b"")


def _strings(state: State, start: int, form: Format) -> tuple[str, int, int]:
    if form.count < 0:
        raise unrecorded("a replay does not look for strings backwards: where they begin is a guess")
    width = {"h": 2, "w": 4}.get(form.size, 1)
    lines, at, last = "", start, start
    for _ in range(form.count):
        head = _head(state, at)
        data = bytearray()
        ended = False
        last = at
        while len(data) < LIMIT * width:
            try:
                unit = state.reader.need(at + len(data), width)
            except GdbError as error:
                if not data:
                    raise GdbError(f"{lines}{head}<error: {error}>") from None
                ended = True
                break
            if not any(unit):
                ended = True
                break
            data += unit
        prefix = {2: "u", 4: "U"}.get(width, "")
        lines += f"{head}{prefix}{string(bytes(data), width, force_dots=not ended)}\n"
        at += len(data) + (width if ended else 0)
    _remember(state, last, _UNITS[1], has_value=False)
    return lines, last, at


def _instructions(state: State, start: int, count: int) -> tuple[str, int, int]:
    pc = state.frame.pc if state.position is not None else None
    lines, at, last = "", start, start
    for _ in range(count):
        arrow = "=> " if at == pc else "   "
        code = code_at(state, at)
        if not code:
            raise GdbError(f"{lines}{arrow}{_head(state, at)}Cannot access memory at address {at:#x}")
        instruction = one(code, at, state.flavor, state.program.symbolize)
        lines += f"{arrow}{_head(state, at)}{gdb_text(instruction)}\n"
        last, at = at, at + len(instruction.code)
    _remember(state, last, _UNITS[1], has_value=False)
    return lines, last, at


def _backwards(state: State, end: int, count: int) -> tuple[str, int, int]:
    """Return the instructions before an address, and go on from the first: gdb's find_instruction_backward.

    Where instructions begin is known from the line table: gdb goes back line by line, as far as there are lines.
    """
    said, at, wanted = "", end, -count
    found: list[int] = []
    while len(found) < wanted:
        row = state.program.row(at - 1)
        if row is None:
            where = f"{at - 1:#x}{state.program.angled(at - 1)}"
            said = f"No line number information available for address {where}\n"
            break
        found = [*_beginnings(state, row.low, at), *found]
        at = row.low
    kept = found[-wanted:]
    start = kept[0] if kept else at
    text, last, _ = _instructions(state, start, len(kept))
    return said + text, last, start


def _beginnings(state: State, low: int, high: int) -> list[int]:
    """Return where the instructions from `low` on begin that begin before `high`."""
    found: list[int] = []
    at = low
    while at < high:
        code = code_at(state, at)
        if not code:
            raise GdbError(f"Cannot access memory at address {at:#x}")
        found.append(at)
        at += len(one(code, at, state.flavor, state.program.symbolize).code)
    return found


def code_at(state: State, address: int) -> bytes:
    """Return up to the longest instruction's bytes at an address. Raises UnrecordedError where none is known."""
    return state.reader.known(address, _LONGEST) or state.reader.read(address, 1) or b""
