"""A gdb session over a recorded run: `run` answers a command as gdb 13 prints it.

Commands are rows of `table.ROWS`. What gdb answers with an error is returned as its text; what the trace cannot know
leaves as UnrecordedError.
"""

from __future__ import annotations

import re

from stackreel.claims.gdb.answers import GdbError, UnrecordedError
from stackreel.claims.gdb.names import command_named
from stackreel.claims.gdb.state import State
from stackreel.claims.gdb.table import ROWS
from stackreel.errors import near

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NO_WORD = re.compile(r"[\w.-]*")


class Session(State):
    """A session; made as its `State` is."""

    _again = ""
    refused = False
    """Whether gdb answers the last command with an error."""

    def run(self, command: str) -> str:
        """Return what gdb prints for a command, with its newline; empty where it prints nothing.

        An empty command repeats the last one, as Enter does. Raises UnrecordedError for what the trace does not hold,
        and for commands that a replay does not have.
        """
        command = command.strip() or self._again
        self.refused = False
        if not command or command.startswith("#"):
            return ""
        try:
            return self._answer(command)
        except GdbError as error:
            self.refused = True
            return f"{error}\n"

    def _answer(self, command: str) -> str:
        match = _WORD.match(command)
        if match is None:
            raise GdbError(f'Undefined command: "{_NO_WORD.findall(command)[0]}".  Try "help".')
        name, rest = command_named(match.group(), command), command[match.end() :].strip()
        row = ROWS.get(name)
        if row is None:
            raise UnrecordedError(f"a replay has no command `{name}`", near=near(name, ROWS))
        self._again = command if row.again is None else row.again
        return row.run(self, rest)
