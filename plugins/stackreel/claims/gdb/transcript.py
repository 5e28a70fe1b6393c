"""A session as an author writes it: `(gdb) ` before a command, under it what gdb printed.

Lines before the first prompt are an error, so that nothing is left unchecked. A prompt without a command is Enter,
which repeats the last command. Empty lines just before a prompt or at the end belong to the layout of the page when
no output is expected there; gdb prints some of its own, so a leading one is kept and compared.
"""

from __future__ import annotations

from dataclasses import dataclass

from stackreel.errors import BlockError, Place

PROMPT = "(gdb)"


@dataclass(frozen=True)
class Exchange:
    """A command, the line it stands on, and the output written under it; None where none is."""

    line: int
    command: str
    expected: str | None


def parse_transcript(text: str, first_line: int = 1) -> tuple[Exchange, ...]:
    """Split a transcript into commands; `first_line` is the number of its first line in the author's file.

    Raises BlockError, at its line, for output that no command stands before, or for a text without any command.
    """
    found: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(text.splitlines(), first_line):
        if line.startswith(PROMPT):
            found.append((number, line[len(PROMPT) :].strip(), []))
        elif found:
            found[-1][2].append(line)
        elif line.strip():
            raise BlockError(
                f"a session starts with a command after `{PROMPT}`",
                place=Place("", number),
                example="(gdb) info registers rsp",
            )
    if not found:
        raise BlockError(
            "the session has no command", place=Place("", first_line), example="(gdb) disassemble main"
        )
    return tuple(Exchange(number, command, _expected(lines)) for number, command, lines in found)


def _expected(lines: list[str]) -> str | None:
    while lines and not lines[-1].strip():
        lines.pop()
    return "".join(f"{line}\n" for line in lines) if lines else None
