"""toolchains.toml: which compilers made the binaries, how each is had, and what it prints as its version."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from stackreel.errors import ExampleError, Place, ToolError, near
from stackreel.example.load import SeveralError
from stackreel.example.model import Toolchain
from stackreel.example.schema import ToolchainTable
from stackreel.example.toml import Form, line_of, problems, read_toml

FILE = "toolchains.toml"

_ROW = (
    '[gcc-12]\nget = "apt-get install gcc-12"\nprints = { "gcc --version" = "gcc (Debian 12.2.0-14) 12.2.0" }'
)
_SECONDS = 60
_ROWS = TypeAdapter(dict[str, ToolchainTable])


def load_toolchains(traces: Path) -> Mapping[str, Toolchain]:
    """Return the rows of toolchains.toml by name, none where the file is absent. Raises ExampleError."""
    file = traces / FILE
    if not file.exists():
        return {}
    text, contents = read_toml(file)
    form = Form({(name,): ToolchainTable for name in contents}, {(name,): _ROW for name in contents})
    try:
        rows = _ROWS.validate_python(contents)
    except ValidationError as error:
        raise SeveralError.of(problems(error, file=str(file), text=text, form=form)) from None
    return {name: _toolchain(name, row, traces) for name, row in rows.items()}


def _toolchain(name: str, row: ToolchainTable, traces: Path) -> Toolchain:
    """Return a row with its folder, which is written relative to the toml file and {root} in the environment."""
    root = (traces / row.root).resolve() if row.root else None
    env = {key: value.replace("{root}", str(root or "")) for key, value in row.env.items()}
    return Toolchain(name, row.get, dict(row.prints), env, root)


def toolchain_of(name: str, traces: Path, place: Place) -> Toolchain:
    """Return the row `name`. Raises ExampleError at `place`, with near matches, where there is none."""
    rows = load_toolchains(traces)
    if name not in rows:
        raise ExampleError(
            f"{FILE} has no row {name!r}",
            place=place,
            near=near(name, rows),
            example=_ROW.replace("gcc-12", name),
        )
    return rows[name]


def place_of(name: str, traces: Path) -> Place:
    """Return where the row `name` is written."""
    file = traces / FILE
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    return Place(str(file), line_of(text, (name,)))


def check(toolchain: Toolchain) -> None:
    """Raise ToolError where a program of the toolchain is missing or prints another version."""
    for command, expected in toolchain.prints.items():
        found = first_line(command, toolchain.environment(os.environ.get("PATH", os.defpath)))
        if found != expected:
            said = f"`{command}` prints {found!r}" if found else f"`{command}` is not there"
            raise ToolError(f"toolchain {toolchain.name}: {said}, not {expected!r}", example=toolchain.get)


def first_line(command: str, env: Mapping[str, str] | None = None) -> str:
    """Return the first line a command prints, empty where it cannot be run; `env` changes its environment."""
    words = shlex.split(command)
    environment = {**os.environ, **(env or {})}
    program = shutil.which(words[0], path=environment.get("PATH")) if words else None
    if program is None:
        return ""
    try:
        done = subprocess.run(
            [program, *words[1:]],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return next(iter((done.stdout or done.stderr).splitlines()), "").strip()
