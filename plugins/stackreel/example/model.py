"""An example as the other rooms see it.

Files read and checked, names resolved to paths. Nothing optional is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stackreel.errors import Place


@dataclass(frozen=True)
class Run:
    """How the program is started.

    `env` is the whole environment, `stdin` its input, `files` the guest's files by absolute guest path.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    stdin: bytes
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class TraceOptions:
    """What is recorded: see `stackreel.machine.model.Watch`, with names where that has addresses.

    `start_at` and `functions_at` are where these names are written, for errors of those who look them up.
    """

    start: str
    functions: tuple[str, ...]
    registers: Mapping[str, int]
    max_steps: int
    start_at: Place
    functions_at: Place


@dataclass(frozen=True)
class Example:
    """A folder of traces/, checked.

    `file` is its example.toml, `sources` and `binary` are paths inside `folder`, `program` the binary's
    bytes, whose SHA-256 is `sha256`. `toolchain` names a row of toolchains.toml, `build` is the recipe with
    the placeholders {binary} and {source}. `built` are the binary and the sources of the last build, by name,
    with the SHA-256 each had; empty where that is not recorded. `marks` maps a mark to the moment it means.
    """

    name: str
    folder: Path
    file: Path
    title: str
    sources: tuple[Path, ...]
    binary: Path
    program: bytes = field(repr=False)
    sha256: str
    toolchain: str
    build: str
    built: Mapping[str, str]
    run: Run
    trace: TraceOptions
    marks: Mapping[str, str]

    @property
    def source(self) -> Path:
        """The first source, which an article shows."""
        return self.sources[0]


@dataclass(frozen=True)
class Toolchain:
    """A row of toolchains.toml.

    `get` says how it is had, in one line to read or paste. `prints` maps a command to the first line it
    prints, for every program whose version shows in the result. `env` is added to the environment of a
    build. `root` is where it is unpacked, whose `bin` comes before all programs of the system; None where
    its programs are the system's.
    """

    name: str
    get: str
    prints: Mapping[str, str]
    env: Mapping[str, str]
    root: Path | None = None

    def environment(self, path: str) -> Mapping[str, str]:
        """Return what a build or a program of it is given; `path` is the system's PATH."""
        return {"PATH": f"{self.root / 'bin'}:{path}" if self.root else path, **self.env}
