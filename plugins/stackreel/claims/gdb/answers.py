"""How a command can fail: with an error that gdb itself prints, or because the trace cannot know the answer."""

from __future__ import annotations

from stackreel.errors import StackreelError


class GdbError(Exception):
    """gdb's own error message; `Session.run` returns it as the command's output, as gdb prints it."""


class UnrecordedError(StackreelError):
    """gdb could answer, a replay cannot: the trace does not hold what was asked for. It says what would help."""


def unrecorded(what: str, function: str = "") -> UnrecordedError:
    """Make the error; `function` is what should be added to the example's `functions`."""
    function = function.removesuffix("@plt")
    if not function:
        return UnrecordedError(what)
    return UnrecordedError(
        f"{what}; add {function} to the example's functions", example=f'functions = ["main", "{function}"]'
    )
