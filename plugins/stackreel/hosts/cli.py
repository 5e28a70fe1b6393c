"""The `stackreel` command: what it does with errors, interrupts and closed pipes, and its table of commands.

Exit status: 0 done; 1 an error, told in one message, or silently where nobody reads the output any more; 2 wrong
usage; 130 interrupted. `stackreel run` has its own: the program's, 128+N for a program killed by signal N, 125
where the emulator refuses or fails. A traceback is never the answer.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from stackreel import __version__
from stackreel.errors import StackreelError, near

_INTERRUPTED = 130

_ROOM = "stackreel.hosts"
_COMMANDS = {
    "run": "cli_run:run",
    "trace": "cli_show:trace",
    "listing": "cli_show:listing",
    "figure": "cli_show:draw",
    "reel": "cli_reel:reel",
    "pdf": "cli_pdf:pdf",
    "new": "cli_author:new",
    "gdb": "cli_claims:gdb",
    "check": "cli_author:check",
    "update": "cli_claims:update",
    "traces": "cli_author:traces",
    "assets": "cli_author:assets",
    "doctor": "cli_author:doctor",
}
"""The module and the name of each command; loaded when it is used, as most need only a part of the package."""


class _Group(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(f"{_ROOM}.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in _COMMANDS and not args[0].startswith("-"):
            meant = near(args[0], _COMMANDS)
            hint = f" Did you mean {' or '.join(meant)}?" if meant else ""
            ctx.fail(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="stackreel")
def cli() -> None:
    """Stack diagrams of real machine code, traced under emulation."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command of `arguments` (default: the process's) and exit with its status."""
    sys.exit(status(arguments))


def status(arguments: Sequence[str] | None = None) -> int:
    """Run the command of `arguments` and return its exit status; every foreseen failure is told on stderr."""
    try:
        code = cli.main(
            list(arguments) if arguments is not None else None, prog_name="stackreel", standalone_mode=False
        )
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
        return 1
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        return _tell(f"{named}{error.strerror or error}", 1)
    return code if isinstance(code, int) else 0


def _tell(message: str, code: int) -> int:
    click.echo(f"stackreel: {message}", err=True)
    return code
