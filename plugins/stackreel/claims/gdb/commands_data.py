"""Commands about values: print, output, echo, x, display, info registers, set of convenience variables."""

from __future__ import annotations

import re
from dataclasses import replace

from stackreel.binary.types import Array, Base, FunctionType, Type, strip
from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.evaluate import evaluate
from stackreel.claims.gdb.formats import Format, parse_format, print_format, raw_and_natural, scalar, shown
from stackreel.claims.gdb.operators import as_address
from stackreel.claims.gdb.program import pointer_to
from stackreel.claims.gdb.registers import GENERAL, VECTORS, register_type, register_value
from stackreel.claims.gdb.state import Display, Examined, State
from stackreel.claims.gdb.typed import VOID, Value, whole
from stackreel.frames.text import LIMIT, string
from stackreel.listing import gdb_text, one

_FORM = re.compile(r"/\s*(\S*)\s*")
_UNITS = {n: Base(f"int{8 * n}_t", n, "signed") for n in (1, 2, 4, 8)}
_SIZES = {"b": 1, "h": 2, "w": 4, "g": 8}
_PER_LINE = {"b": 8, "h": 8, "w": 4, "g": 2}
_LONGEST = 15


def split_form(rest: str) -> tuple[str, str]:
    """Split `/4xw $rsp` into the format without its slash and the expression."""
    match = _FORM.match(rest)
    return ("", rest) if match is None else (match.group(1), rest[match.end() :])


# --- print -------------------------------------------------------------------------------------------------------


def print_(state: State, rest: str) -> str:
    """`print[/FORMAT] [EXPRESSION]`: also `inspect` and `call`."""
    form, text = split_form(rest)
    letter = print_format(form, "print")
    scope = state.scope
    value = evaluate(text, scope) if text else scope.dollar("$")
    data = b"" if _is_void(value) else scope.data(value)
    kept = replace(value, data=data if not isinstance(strip(value.type), FunctionType) else None)
    number = state.record(kept)  # also where it cannot be written in this format
    try:
        written = "void" if _is_void(value) else shown(value, data, scope.reader, letter)
    except GdbError as error:
        raise GdbError(f"${number} = {error}") from None
    return f"${number} = {written}\n"


def call(state: State, rest: str) -> str:
    """`call EXPRESSION`: as print, but says nothing of void."""
    form, text = split_form(rest)
    if _is_void(evaluate(text, state.scope)):
        return ""
    return print_(state, f"/{form} {text}" if form else text)


def _is_void(value: Value) -> bool:
    return value.type.size == 0 and value.data == b""


def output(state: State, rest: str) -> str:
    """`output[/FORMAT] EXPRESSION`: the value alone, without a newline."""
    form, text = split_form(rest)
    scope = state.scope
    value = evaluate(text, scope)
    return shown(value, scope.data(value), scope.reader, print_format(form, "output"))


def echo(state: State, rest: str) -> str:
    """`echo TEXT`."""
    return rest.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")


def set_(state: State, rest: str) -> str:
    """`set $NAME = VALUE`, `set var …`, and the settings of `table.SETTINGS` are looked up before."""
    text = re.sub(r"^var(iable)?\s+", "", rest)
    evaluate(text, state.scope)
    return ""


# --- x -----------------------------------------------------------------------------------------------------------


def examine(state: State, rest: str) -> str:
    """`x[/NFU] [ADDRESS]`."""
    form, text = split_form(rest)
    wanted = _examine_format(form, state.examined.form)
    if text:
        found = evaluate(text, state.scope)
        inner = strip(found.type)
        if isinstance(inner, Array) and found.address is None:
            raise GdbError("Attempt to take address of value not located in memory.")
        start = as_address(found, state.scope)
    else:
        start = state.examined.following
        if not form:
            wanted = state.examined.form
    return dump(state, start, wanted)


def _examine_format(text: str, last: Format) -> Format:
    """Return what the letters mean, given the last format: gdb's decode_format."""
    given = parse_format(text, Format())
    if not given.letter:
        letter = "x" if given.size and last.letter == "i" else last.letter
        return Format(letter, given.size or last.size, given.count)
    size = given.size or _IMPLIED.get(given.letter, last.size)
    if given.letter == "f" and not given.size:
        size = last.size if last.size in ("w", "g") else "g"
    return Format(given.letter, size, given.count)


_IMPLIED = {"a": "g", "c": "b", "s": "b"}


def dump(state: State, start: int, form: Format) -> str:
    """Return memory from `start` on in a format, and go on from its end next time."""
    if form.letter == "i":
        text, last, after = _instructions(state, start, form.count)
    elif form.letter == "s":
        text, last, after = _strings(state, start, form)
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


def code_at(state: State, address: int) -> bytes:
    """Return up to the longest instruction's bytes at an address. Raises UnrecordedError where none is known."""
    return state.reader.known(address, _LONGEST) or state.reader.read(address, 1) or b""


# --- display -----------------------------------------------------------------------------------------------------


def display(state: State, rest: str) -> str:
    """`display[/FORMAT] [EXPRESSION]`."""
    form, text = split_form(rest)
    if not text:
        return displays(state)
    shown_ = _display_text(state, Display(0, text, form))
    one_ = Display(state.count("display"), text, form)
    state.displays[one_.number] = one_
    return "" if shown_ is None else f"{one_.number}: {shown_}"


def displays(state: State) -> str:
    """Return what every stop ends with."""
    lines = ""
    for one_ in state.displays.values():
        try:
            text = _display_text(state, one_)
        except GdbError:
            continue
        lines += "" if text is None else f"{one_.number}: {text}"
    return lines


def _display_text(state: State, one_: Display) -> str | None:
    wanted = parse_format(one_.form, Format())
    scope = state.scope
    if wanted.letter in ("i", "s") or wanted.size:
        kept = state.examined
        form = _examine_format(one_.form, Format("x", "w"))
        try:
            body = dump(state, as_address(evaluate(one_.text, scope), scope), form)
        except GdbError as error:
            body = f"{_unreadable(error)}\n"
        finally:
            state.examined = kept
        count = "" if wanted.count == 1 else str(wanted.count)
        size = wanted.size if wanted.letter not in ("i", "s") else ""
        gap = "\n" if wanted.count != 1 or wanted.letter == "i" else "  "
        return f"x/{count}{wanted.letter or 'x'}{size} {one_.text}{gap}{body}"
    head = f"/{one_.form} " if one_.form else ""
    try:
        value = evaluate(one_.text, scope)
        body = shown(value, scope.data(value), scope.reader, wanted.letter)
    except GdbError as error:
        body = _unreadable(error)
    return f"{head}{one_.text} = {body}\n"


def _unreadable(error: GdbError) -> str:
    """Return what stands for a value that cannot be read now. Raises the error where the expression makes no sense."""
    if not str(error).startswith(("No registers.", "Cannot access memory")):
        raise error
    return f"<error: {error}>"


def undisplay(state: State, rest: str) -> str:
    """`undisplay [NUMBER…]`."""
    for word in rest.split() or [str(n) for n in state.displays]:
        if not word.isdigit() or int(word) not in state.displays:
            raise GdbError(f"No display number {word}.")
        del state.displays[int(word)]
    return ""


def info_display(state: State, _rest: str) -> str:
    """`info display`."""
    if not state.displays:
        return "There are no auto-display expressions now.\n"
    lines = "Auto-display expressions now in effect:\nNum Enb Expression\n"
    for one_ in state.displays.values():
        wanted = parse_format(one_.form, Format())
        form = ""
        if wanted.size or wanted.letter in ("i", "s"):
            form = f"/{wanted.count}{'b' if wanted.letter in ('i', 's') else ''}{wanted.letter}{wanted.size} "
        elif wanted.letter:
            form = f"/{wanted.letter} "
        lines += f"{one_.number}:   y  {form}{one_.text}\n"
    return lines


# --- registers ---------------------------------------------------------------------------------------------------


def info_registers(state: State, rest: str) -> str:
    """`info registers [NAME…]`."""
    if state.position is None:
        raise GdbError("The program has no registers now.")
    names = rest.split() or ["general"]
    groups = {"general": GENERAL, "vector": VECTORS}
    lines = ""
    for written in names:
        name = written.removeprefix("$")
        for one_ in groups.get(name, (name,)):
            lines += _register(state, one_, written, lines)
    return lines


def _register(state: State, name: str, written: str, before: str) -> str:
    type_ = register_type(name)
    if type_ is None:
        raise GdbError(f"{before}Invalid register `{written.removeprefix('$')}'")
    value = register_value(name, state.frame.registers)
    if value is None:
        raise unrecorded(f"what {name} was in frame {state.level} cannot be told from the trace")
    raw, natural = raw_and_natural(name, type_, value, state.reader)
    if not natural:
        return f"{name:<15}{raw}\n"
    return f"{name:<15}{raw:<20}{natural}\n"


def info_all_registers(state: State, rest: str) -> str:
    """`info all-registers`: not in a trace, which has neither x87 nor AVX registers; single ones are."""
    if rest:
        return info_registers(state, rest)
    raise unrecorded("a trace holds general and vector registers, not all: info registers lists those it has")
