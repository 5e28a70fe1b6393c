"""The `stackreel` command as scripts see it: a process, its output in bytes, its exit status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stackreel.hosts.cli import status
from support.project import environment

_CODE = "from stackreel.hosts.cli import main; main()"


def stackreel(
    *arguments: str | Path, cwd: Path | None = None, given: bytes = b"", **settings: str
) -> subprocess.CompletedProcess[bytes]:
    """Run `stackreel ARGUMENTS` with `given` as its input; `settings` are environment variables."""
    command = [sys.executable, "-c", _CODE, *map(str, arguments)]
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment(**settings),
        input=given,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


def inside(
    capture: pytest.CaptureFixture[bytes], *arguments: str | Path
) -> subprocess.CompletedProcess[bytes]:
    """Do what `stackreel ARGUMENTS` does in this process, which is quicker; `capture` is pytest's capfdbinary."""
    capture.readouterr()
    code = status([str(argument) for argument in arguments])
    said = capture.readouterr()
    return subprocess.CompletedProcess(arguments, code, said.out, said.err)


def interrupted(
    *arguments: str | Path, everyone: bool, by: signal.Signals = signal.SIGINT
) -> subprocess.CompletedProcess[bytes]:
    """Run `stackreel ARGUMENTS` until it prints a line, then interrupt it: `everyone` as a terminal does, or it alone.

    It is done when nobody has its output open any more, workers included.
    """
    # the tests may run behind a shell that has its background commands ignore the interrupt
    command = ["env", "--default-signal=INT", sys.executable, "-c", _CODE, *map(str, arguments)]
    with subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout
        first = process.stdout.readline()
        (os.killpg if everyone else os.kill)(process.pid, by)
        out, err = process.communicate(timeout=20)
    return subprocess.CompletedProcess(command, process.returncode, first + out, err)


def into_closed_pipe(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run `stackreel ARGUMENTS` with an output that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return subprocess.run(
            [sys.executable, "-c", _CODE, *map(str, arguments)],
            env=environment(), stdout=writer, stderr=subprocess.PIPE, check=False, timeout=120,
        )  # fmt: skip
    finally:
        os.close(writer)
