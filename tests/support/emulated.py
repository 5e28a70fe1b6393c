"""Programs run natively, with addresses not randomised and only the environment given, and in the emulated process."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from stackreel.binary import read_image
from stackreel.machine import Job, Report, Watch, load_bias
from stackreel.machine.worker import run

LOADER_CACHE = Path("/etc/ld.so.cache")


def job_of(binary: Path, *arguments: str, **changes: object) -> Job:
    """A job of a binary under its own path, with the loader's cache of this machine, as it is native."""
    path = str(binary)
    job = Job(
        binary.read_bytes(), path, (path, *arguments), files={str(LOADER_CACHE): LOADER_CACHE.read_bytes()}
    )
    return replace(job, **changes)  # type: ignore[arg-type]  # tests name the fields they change


def emulated(binary: Path, *arguments: str, **changes: object) -> Report:
    """Run a binary in the emulated process, in this process of the host."""
    return run(job_of(binary, *arguments, **changes))


def native(
    binary: Path, *arguments: str, env: Mapping[str, str] | None = None, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run a binary on this machine."""
    settings = [f"{name}={value}" for name, value in (env or {}).items()]
    return subprocess.run(
        ["setarch", "-R", "env", "-i", *settings, str(binary), *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
    )


def watch(binary: Path, *functions: str, **changes: object) -> Watch:
    """Watch functions of a binary from the entry of the first one."""
    program = binary.read_bytes()
    image = read_image(program, binary.name, load_bias(program))
    found = [image.function(name) for name in functions]
    plain = Watch(found[0].low, tuple((f.low, f.high) for f in found))
    return replace(plain, **changes)  # type: ignore[arg-type]  # tests name the fields they change
