"""The `stackreel` command: what it does with errors, interrupts and closed pipes, and its table of commands.

Exit status: 0 done; 1 an error, told in one message; 2 wrong usage; 130 interrupted; 141 nobody reads the output
any more. `stackreel run` has its own: the program's, 128+N for a program killed by signal N, 125 where the
emulator refuses or fails. A traceback is never the answer.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from stackreel import __version__
from stackreel.errors import StackreelError
from stackreel.hosts import cli_author, cli_run, cli_show

_INTERRUPTED, _CLOSED = 130, 141


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="stackreel")
def cli() -> None:
    """Stack diagrams of real machine code, traced under emulation."""


for _command in (*cli_run.COMMANDS, *cli_show.COMMANDS, *cli_author.COMMANDS):
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command of `arguments` (default: the process's) and exit with its status."""
    sys.exit(status(arguments))


def status(arguments: Sequence[str] | None = None) -> int:
    """Run the command of `arguments` and return its exit status; every foreseen failure is told on stderr."""
    try:
        code = cli.main(list(arguments) if arguments is not None else None, standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except StackreelError as error:
        return _tell(str(error), 1)
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _tell("interrupted", _INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the exit does not fail again
        return _CLOSED
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        return _tell(f"{named}{error.strerror or error}", 1)
    return code if isinstance(code, int) else 0


def _tell(message: str, code: int) -> int:
    click.echo(f"stackreel: {message}", err=True)
    return code
