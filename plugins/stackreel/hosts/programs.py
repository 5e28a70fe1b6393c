"""Programs named on a command line: reading them, their arguments and surroundings; one job for one run."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import click

from stackreel.errors import BinaryError, near
from stackreel.hosts import values
from stackreel.machine.model import Job, Limits

_ALIKE = 0.8
"""How much a program's argument resembles an option that was meant; as difflib counts, at most 1."""

_LARGEST_SOURCE = 1 << 20
_LARGEST_PROGRAM = 1 << 30
_LARGEST_INPUT = 256 << 20

Handler = TypeVar("Handler", bound=Callable[..., Any])


class ProgramCommand(click.Command):
    """A command `[OPTIONS] ELF [ARGS]...` whose own options may stand before or after ELF.

    What follows ELF and is no option of ours is the program's, `--help` included. All that follows `--` is, be it
    before ELF or after: `-- ELF [ARGS]...` has no options of ours.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Sort our options out from among the program's arguments, then let click read them."""
        flags = {name: self._is_flag(param) for param in self.params for name in param.opts}
        at = self._at_program(args, flags)
        ours, program = _sort(args[at:], flags)
        if self.name != "run":  # whose standard error is the program's
            _tell_misspelt(args[at + 1 :], program, flags)
        return super().parse_args(ctx, [*args[:at], *ours, *(["--", *program] if program else [])])

    def _at_program(self, args: Sequence[str], flags: Mapping[str, bool]) -> int:
        """Return where ELF stands, or the `--` before it."""
        at = 0
        while at < len(args) and args[at].startswith("-") and args[at] not in ("-", "--"):
            takes_next = args[at] in flags and not flags[args[at]]
            at += 2 if takes_next else 1
        return min(at, len(args))

    def _is_flag(self, param: click.Parameter) -> bool:
        return isinstance(param, click.Option) and param.is_flag


def _sort(args: Sequence[str], flags: Mapping[str, bool]) -> tuple[list[str], list[str]]:
    """Return our options and the program's arguments, each in order."""
    ours: list[str] = []
    program: list[str] = []
    at = 0
    while at < len(args):
        name, sign, _ = args[at].partition("=")
        if args[at] == "--":
            return ours, [*program, *args[at + 1 :]]
        if name in flags:
            length = 1 if sign or flags[name] else 2
            ours += args[at : at + length]
            at += length
        else:
            program.append(args[at])
            at += 1
    return ours, program


def _tell_misspelt(args: Sequence[str], program: Sequence[str], flags: Mapping[str, bool]) -> None:
    """Tell of arguments before any `--` that go to the program and look like an option of ours, misspelt."""
    before = args[: args.index("--")] if "--" in args else args
    for word in dict.fromkeys(arg.partition("=")[0] for arg in before if arg in program):
        meant = [name for name in near(word, flags) if SequenceMatcher(None, word, name).ratio() >= _ALIKE]
        if word.startswith("--") and meant:
            said = f"stackreel: {word} is no option of this command and goes to the program; near: {', '.join(meant)}"
            click.echo(f"{said}\n(what is meant for the program can stand after --)", err=True)


class Options(TypedDict):
    """What click hands over for the options that `surroundings` adds."""

    env: tuple[tuple[str, str], ...]
    argv0: str
    stdin: str
    instructions: int
    timeout: float
    memory: int
    printed: int


def surroundings(command: Handler) -> Handler:
    """Add the options that say what a program is run with; the command takes them as `Options`."""
    defaults = Limits()
    for option in reversed(
        (
            click.option(
                "--env", "env", multiple=True, callback=values.settings, metavar="NAME=VALUE",
                help="Set an environment variable; may be repeated. Default: the environment is empty.",
            ),
            click.option("--argv0", default="", help="argv[0]. Default: ELF as it is written."),
            click.option(
                "--stdin", default="", metavar="FILE",
                help="Standard input: a file, or - for this command's own. Default: empty.",
            ),
            click.option(
                "--max-instructions", "instructions", type=click.IntRange(1), default=defaults.instructions,
                show_default=True, help="Stop after so many instructions.",
            ),
            click.option(
                "--timeout", type=click.UNPROCESSED, callback=values.seconds,
                default=defaults.seconds, show_default=True,
                metavar="SECONDS", help="Stop after so much time.",
            ),
            click.option(
                "--memory", default=str(defaults.memory >> 20) + "M", callback=values.size, show_default=True,
                metavar="SIZE", help="Guest memory: a number of bytes, or with K, M, G.",
            ),
            click.option(
                "--max-output", "printed", default=str(defaults.output >> 20) + "M", callback=values.bound,
                show_default=True, metavar="SIZE",
                help="Stop after so much output, as --memory has sizes; 0: at the first byte.",
            ),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def limits(options: Options) -> Limits:
    """Return the bounds of a run."""
    return Limits(options["instructions"], options["timeout"], options["memory"], options["printed"])


def job(elf: str, arguments: Sequence[str], options: Options) -> Job:
    """Return what is to be run. Raises BinaryError where a file cannot be read."""
    return Job(
        program=read(elf),
        path=str(Path(elf).absolute()),
        argv=(options["argv0"] or elf, *arguments),
        env=options["env"],
        stdin=read_input(options["stdin"]),
        limits=limits(options),
    )


def read(elf: str) -> bytes:
    """Return a program's bytes; BinaryError, in one line, where they cannot be had.

    Only of a regular file: of a device or a pipe there is no end, or it does not come.
    """
    try:
        found = Path(elf).stat()
        if not stat.S_ISREG(found.st_mode):
            what = os.strerror(errno.EISDIR) if stat.S_ISDIR(found.st_mode) else "it is no regular file"
            raise BinaryError(f"cannot read {elf}: {what}")
        if found.st_size > _LARGEST_PROGRAM:
            raise BinaryError(
                f"cannot read {elf}: it has {found.st_size} bytes, more than {_LARGEST_PROGRAM}"
            )
        return Path(elf).read_bytes()
    except OSError as error:
        raise BinaryError(f"cannot read {elf}: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise BinaryError(f"cannot read {elf!r}: {error}") from error


def source_texts(names: Iterable[str], beside: Path) -> Mapping[str, str]:
    """Return by name the texts of source files that are where a program was compiled, or in the folder `beside`."""
    found = {}
    for name in names:
        places = (Path(name), beside / Path(name).name)
        place = next((place for place in places if place.is_file()), None)
        if place and place.stat().st_size < _LARGEST_SOURCE:
            found[name] = place.read_text(encoding="utf-8", errors="replace")
    return found


def read_input(name: str) -> bytes:
    """Return what `--stdin` names; BinaryError where it cannot be read."""
    if not name:
        return b""
    try:
        with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as file:
            content = file.read(_LARGEST_INPUT + 1)
    except OSError as error:
        raise BinaryError(f"cannot read standard input from {name}: {error.strerror}") from error
    if len(content) > _LARGEST_INPUT:
        raise BinaryError(f"standard input from {name} has more than {_LARGEST_INPUT} bytes")
    return content
