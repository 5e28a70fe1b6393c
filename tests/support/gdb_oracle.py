"""Ask gdb, without its configuration, separate debug files or a terminal."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

_MARK = "~next~"
_QUIET = (
    "set debug-file-directory /nonexistent",
    "set debuginfod enabled off",
    "set confirm off",
    "set width 0",
    "set height 0",
    "set print demangle off",
)


def ask(program: Path, commands: Sequence[str]) -> list[str]:
    """Return what gdb prints for each command on a program, all in one session."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "commands"
        script.write_text("".join(f"{c}\necho {_MARK}\\n\n" for c in commands))
        options = [part for line in _QUIET for part in ("-iex", line)]
        done = subprocess.run(
            ["gdb", "-nx", "-batch", *options, "-x", str(script), str(program)],
            capture_output=True,
            text=True,
            check=False,
        )
    answers = done.stdout.split(f"{_MARK}\n")[:-1]
    assert len(answers) == len(commands), done.stderr
    return [a.strip() for a in answers]


def run_script(program: Path, source: str) -> str:
    """Return what a script of gdb's own Python prints on lines that start with `@`, without that sign."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "script.py"
        script.write_text(source)
        options = [part for line in _QUIET for part in ("-iex", line)]
        done = subprocess.run(
            ["gdb", "-nx", "-batch", *options, "-x", str(script), str(program)],
            capture_output=True,
            text=True,
            check=False,
        )
    found = [line[1:] for line in done.stdout.splitlines() if line.startswith("@")]
    assert found, done.stderr
    return "\n".join(found)
