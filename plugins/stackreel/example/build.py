"""Building an example's binary from its source, so that the same source and toolchain give the same bytes anywhere.

The recipe runs in a temporary copy of the sources, without a shell, with an environment that holds nothing of the
host but PATH. The compilers take the name of the folder they run in from PWD where that leads to it, so that name
is given as /proc/self/cwd, which is true in every folder and the same in all.
"""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from stackreel.errors import ToolError
from stackreel.example.model import Example, Toolchain

_SECONDS = 300
_TAIL = 2000


def build(example: Example, toolchain: Toolchain) -> bytes:
    """Return the binary that the example's recipe makes of its sources now. Raises ToolError."""
    names = [path.relative_to(example.folder) for path in example.sources]
    with tempfile.TemporaryDirectory(prefix="stackreel-build-") as scratch:
        folder = Path(scratch)
        for name, path in zip(names, example.sources, strict=True):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)
        binary = example.binary.relative_to(example.folder)
        (folder / binary).parent.mkdir(parents=True, exist_ok=True)
        run_recipe(
            example.build, [str(name) for name in names], str(binary), folder, toolchain.environment(_path())
        )
        return (folder / binary).read_bytes()


def run_recipe(
    recipe: str, sources: Sequence[str], binary: str, folder: Path, env: Mapping[str, str]
) -> None:
    """Run a recipe in `folder`, `env` added to its environment.

    Raises ToolError where it cannot be run, fails, or makes no binary.
    """
    words = _words(recipe, sources, binary)
    environment = {
        "PATH": _path(),
        "HOME": str(folder),
        "PWD": "/proc/self/cwd",
        "LC_ALL": "C",
        "TZ": "UTC",
        "SOURCE_DATE_EPOCH": "0",
        **env,
    }
    program = shutil.which(words[0], path=environment["PATH"])
    if program is None:
        raise ToolError(f"{words[0]!r}, which the recipe calls, is not installed")
    try:
        done = subprocess.run(
            [program, *words[1:]],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"`{shlex.join(words)}` could not be run: {error}") from error
    if done.returncode:
        raise ToolError(
            f"`{shlex.join(words)}` failed with status {done.returncode}:\n{done.stderr[-_TAIL:].strip()}"
        )
    if not (folder / binary).is_file():
        raise ToolError(f"`{shlex.join(words)}` made no {binary}")


def write_binary(path: Path, data: bytes) -> None:
    """Write a program, executable, under its name only when it is whole."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(data)
    temporary.chmod(temporary.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    temporary.replace(path)


def _path() -> str:
    return os.environ.get("PATH", os.defpath)


def _words(recipe: str, sources: Sequence[str], binary: str) -> list[str]:
    try:
        words = shlex.split(recipe)
    except ValueError as error:
        raise ToolError(f"the recipe cannot be read: {error}", example="gcc -o {binary} {source}") from error
    if not words:
        raise ToolError("the recipe is empty", example="gcc -o {binary} {source}")
    found: list[str] = []
    for word in words:
        if word == "{source}":
            found += sources
        else:
            found.append(word.replace("{binary}", binary).replace("{source}", sources[0]))
    return found
