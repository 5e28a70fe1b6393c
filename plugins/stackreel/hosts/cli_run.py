"""`stackreel run`: a program under emulation, as if it ran here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Unpack

import click

from stackreel.errors import StackreelError
from stackreel.hosts.programs import Options, ProgramCommand, job, surroundings
from stackreel.machine.model import Ending, Report
from stackreel.machine.pool import run_inline

REFUSED = 125
"""The exit status where the emulator refuses or fails, as env and timeout have it."""

_SIGNALLED = 128


@click.command(cls=ProgramCommand)
@surroundings
@click.argument("elf", metavar="ELF")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGS]...")
def run(elf: str, arguments: Sequence[str], **options: Unpack[Options]) -> int:
    """Run a program under emulation.

    Its output passes through and its exit status is returned: 128+N where signal N killed it, 125 with a line on
    stderr where the emulator refuses or fails. An option that is not one of these is the program's, and so is all
    that follows `--`.
    """
    try:
        report = run_inline(job(elf, arguments, options))
    except StackreelError as error:
        return _refuse(str(error))
    return _status(report)


def _status(report: Report) -> int:
    """Return the exit status of a finished program."""
    ending: Ending = report.ending
    if ending.reason == "signal":
        return _SIGNALLED + ending.signal
    if ending.reason in ("limit", "unsupported"):
        return _refuse(f"stopped at {ending.pc:#x}: {ending.detail or ending.reason}")
    return ending.status


def _refuse(message: str) -> int:
    sys.stdout.flush()
    click.echo(f"stackreel run: {'; '.join(message.splitlines())}", err=True)
    return REFUSED
