"""Commands about values: print, call, output, echo, set of convenience variables."""

from __future__ import annotations

from dataclasses import replace

from stackreel.binary.types import FunctionType, Void, strip
from stackreel.claims.gdb.answers import GdbError
from stackreel.claims.gdb.evaluate import evaluate
from stackreel.claims.gdb.formats import print_format, shown, split_form
from stackreel.claims.gdb.state import State


def print_(state: State, rest: str) -> str:
    """`print[/FORMAT] [EXPRESSION]`: also `inspect`."""
    return _printed(state, rest)


def call(state: State, rest: str) -> str:
    """`call[/FORMAT] [EXPRESSION]`: as print, but says nothing of void."""
    return _printed(state, rest, says_void=False)


def _printed(state: State, rest: str, *, says_void: bool = True) -> str:
    form, text = split_form(rest)
    letter = _letter(state, form)
    scope = state.scope
    value = evaluate(text, scope) if text else scope.dollar("$")
    is_void = isinstance(strip(value.type), Void)
    if is_void and not says_void:
        return ""
    data = b"" if is_void else scope.data(value)
    kept = replace(value, data=data if not isinstance(strip(value.type), FunctionType) else None)
    if value.address is not None:  # `x` goes on behind what was shown
        state.examined = replace(state.examined, following=value.address + value.type.size)
    number = state.record(kept)  # also where it cannot be written in this format
    try:
        written = shown(value, data, scope.reader, letter)
    except GdbError as error:
        raise GdbError(f"${number} = {error}") from None
    return f"${number} = {written}\n"


def _letter(state: State, form: str) -> str:
    """Return the format letter: where only others follow the slash, the last one, which `x` goes on from too."""
    if not form:
        return ""
    last = state.examined.form
    letter = print_format(form, "print", last.letter)
    state.examined = replace(state.examined, form=replace(last, letter=letter))
    return letter


def output(state: State, rest: str) -> str:
    """`output[/FORMAT] EXPRESSION`: the value alone, without a newline."""
    form, text = split_form(rest)
    letter = print_format(form, "output")
    scope = state.scope
    value = evaluate(text, scope)
    return shown(value, scope.data(value), scope.reader, letter)


def echo(state: State, rest: str) -> str:
    """`echo TEXT`."""
    return rest.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")


def set_variable(state: State, text: str) -> str:
    """`set $NAME = VALUE`, `set var …`."""
    if not text:
        raise GdbError("Argument required (expression to compute).")
    evaluate(text, state.scope)
    return ""
