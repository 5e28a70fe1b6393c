"""The one root error, and what each room raises.

An error knows where it is (file, line), says in one sentence what is wrong, shows a right example and names the
near matches. It is shown to an author; it never carries a traceback. Nothing of ours is imported here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """A place in a file an author can open: `file` as the author names it, `line` and `column` from 1, 0 unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Write the place as compilers do: `file:line:column`, without the parts not known."""
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


class StackreelError(Exception):
    """What an author can cause, and read: root of all errors this package raises on purpose.

    `message` is one sentence without the place; `example` is a right form of what was wrong; `near` are the
    names that may have been meant, best first.
    """

    def __init__(
        self, message: str, *, place: Place | None = None, example: str = "", near: Iterable[str] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.example = example
        self.near = tuple(near)

    def at(self, place: Place) -> StackreelError:
        """Return the same error placed at `place`; an error that already knows its place keeps it."""
        if self.place is not None:
            return self
        return type(self)(self.message, place=place, example=self.example, near=self.near)

    def __reduce__(self) -> tuple[object, ...]:
        """Keep all fields when the error crosses a process boundary."""
        return (_rebuild, (type(self), self.message, self.place, self.example, self.near))

    def __str__(self) -> str:
        """One line for the place and the message, then near matches and the example, each on a line."""
        lines = [f"{self.place}: {self.message}" if self.place else self.message]
        if self.near:
            lines.append("near: " + ", ".join(self.near))
        if self.example:
            lines.append("for example: " + self.example)
        return "\n".join(lines)


def _rebuild(
    kind: type[StackreelError], message: str, place: Place | None, example: str, near: tuple[str, ...]
) -> StackreelError:
    return kind(message, place=place, example=example, near=near)


class ExampleError(StackreelError):
    """example.toml or a file it names is wrong or absent."""


class BinaryError(StackreelError):
    """A file is not an ELF this package reads, or its debug information is damaged."""


class SymbolError(StackreelError):
    """A function, variable or symbol is not in the binary, or is there more than once."""


class MachineError(StackreelError):
    """The emulated process could not be set up or its worker died."""


class MomentError(StackreelError):
    """A moment is misspelt, ambiguous or never reached."""


class StorageError(StackreelError):
    """A recorded trace could not be read or written."""


class ToolError(StackreelError):
    """A program of the host (dot, gcc) is missing or failed."""


class BlockError(StackreelError):
    """A block of an article is misspelt: unknown key, wrong type, missing key."""


class ClaimError(StackreelError):
    """An article says something of the machine that is not so."""


def near(name: str, names: Iterable[str], *, limit: int = 5) -> tuple[str, ...]:
    """Return up to `limit` of `names` that resemble `name`, best first, in a fixed order for equal likeness."""
    return tuple(difflib.get_close_matches(name, sorted(set(names)), n=limit, cutoff=0.5))


def told(errors: Iterable[StackreelError]) -> tuple[StackreelError, ...]:
    """Return errors as they are told: each once, in the order of their lines; those without a place come first."""
    once = {str(error): error for error in errors}
    return tuple(sorted(once.values(), key=lambda error: error.place or Place("")))
