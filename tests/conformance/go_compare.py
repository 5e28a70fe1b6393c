"""Runs a program on this machine and under emulation, and says in what the two runs differ."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stackreel.errors import StackreelError
from stackreel.machine import Emulator, Ending, Job, Limits
from support.go import compile_go

NATIVE_SECONDS = 2.0
LIMITS = Limits(instructions=20_000_000_000, seconds=120, memory=2 << 30)
ENVIRONMENT = (("HOME", "/tmp"), ("PATH", "/usr/bin:/bin"))

Kind = Literal["same", "different", "not counted"]


@dataclass(frozen=True)
class Outcome:
    """How a program went; `why` in one line where the runs differ or it does not count."""

    program: Path
    kind: Kind
    why: str = ""


@dataclass(frozen=True)
class Ran:
    """What a run printed, and its exit status, negative for a signal."""

    status: int
    stdout: bytes
    stderr: bytes


def compare(program: Path, toolchain: str, emulator: Emulator, *, seconds: float = NATIVE_SECONDS) -> Outcome:
    """Compile a program and compare its two runs; it does not count where the native one takes too long."""
    try:
        binary = compile_go(program, toolchain=toolchain)
    except AssertionError as error:
        return Outcome(program, "not counted", f"does not compile: {_line(str(error))}")
    ours = native(binary, seconds)
    if ours is None:
        return Outcome(program, "not counted", f"natively over {seconds:g} s")
    try:
        report = emulator.run(job(binary))
    except StackreelError as error:
        return Outcome(program, "different", _line(str(error)))
    if report.ending.reason in ("limit", "unsupported"):
        return Outcome(program, "different", f"{report.ending.reason}: {report.ending.detail}")
    theirs = Ran(_status(report.ending), report.stdout, report.stderr)
    why = difference(ours, theirs)
    return Outcome(program, "different" if why else "same", "; ".join([why, *report.notes]) if why else "")


def native(binary: Path, seconds: float) -> Ran | None:
    """Run a binary on this machine, addresses not randomised; None where it takes too long."""
    settings = [f"{name}={value}" for name, value in ENVIRONMENT]
    with tempfile.TemporaryDirectory() as empty:
        try:
            done = subprocess.run(
                ["setarch", "-R", "env", "-i", *settings, f"./{binary.name}"],
                executable="/usr/bin/setarch",
                cwd=binary.parent,
                input=b"",
                capture_output=True,
                check=False,
                timeout=seconds,
                env={"TMPDIR": empty, "PATH": "/usr/bin:/bin"},
            )
        except subprocess.TimeoutExpired:
            return None
    return Ran(done.returncode, done.stdout, done.stderr)


def job(binary: Path) -> Job:
    """Return the same run for the emulated process."""
    return Job(binary.read_bytes(), str(binary), (f"./{binary.name}",), env=ENVIRONMENT, limits=LIMITS)


def difference(ours: Ran, theirs: Ran) -> str:
    """Say in one line in what an emulated run (`theirs`) differs from the native one."""
    if ours.status != theirs.status:
        said = _line(theirs.stderr.decode(errors="replace")) or _line(theirs.stdout.decode(errors="replace"))
        return f"status {theirs.status}, natively {ours.status}: {said}"
    for name, a, b in (("stdout", ours.stdout, theirs.stdout), ("stderr", ours.stderr, theirs.stderr)):
        if a != b:
            lines = zip([*a.splitlines(), b"(end)"], [*b.splitlines(), b"(end)"], strict=False)
            x, y = next(((x, y) for x, y in lines if x != y), (a[-60:], b[-60:]))
            return (
                f"{name}: {y[:120].decode(errors='replace')!r}, natively {x[:120].decode(errors='replace')!r}"
            )
    return ""


def _status(ending: Ending) -> int:
    return -ending.signal if ending.reason == "signal" else ending.status


def _line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return lines[0][:160] if lines else ""
