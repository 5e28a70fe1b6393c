"""What every stop shows: display, undisplay, info display."""

from __future__ import annotations

import re

from stackreel.claims.gdb.answers import GdbError
from stackreel.claims.gdb.commands_examine import dump, examine_format
from stackreel.claims.gdb.evaluate import evaluate
from stackreel.claims.gdb.formats import Format, parse_format, shown, split_form
from stackreel.claims.gdb.literals import is_digits
from stackreel.claims.gdb.operators import as_address
from stackreel.claims.gdb.state import Display, State


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
        form = examine_format(one_.form, Format("x", "w"))
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
    head = f"/{wanted.letter} " if wanted.letter else ""
    try:
        value = evaluate(one_.text, scope)
        body = shown(value, scope.data(value), scope.reader, wanted.letter)
    except GdbError as error:
        body = _unreadable(error)
    return f"{head}{one_.text} = {body}\n"


_READ = re.compile(
    r"^No registers\.$|^Value can't be converted to integer\.$|Cannot access memory at address \w+"
)


def _unreadable(error: GdbError) -> str:
    """Return what stands for a value that cannot be read now. Raises the error where the expression makes no sense."""
    said = str(error)
    found = _READ.search(said)
    if found is None:
        raise error
    return said if "<error: " in said else f"{said[: found.start()]}<error: {found.group()}>"


def undisplay(state: State, rest: str) -> str:
    """`undisplay [NUMBER…]`."""
    for word in rest.split() or [str(n) for n in state.displays]:
        if not is_digits(word):
            continue  # of a word gdb says nothing
        if int(word) not in state.displays:
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
            form = f"/{wanted.count}{wanted.size or 'b'}{wanted.letter or 'x'} "
        elif wanted.letter:
            form = f"/{wanted.letter} "
        lines += f"{one_.number}:   y  {form}{one_.text}\n"
    return lines
