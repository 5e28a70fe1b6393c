"""A session with the real gdb as a person at a terminal has it: a command, its whole answer, the next command.

gdb reads commands from a pipe, so that it takes them for typed ones; its prompt is set to a mark that separates the
answers. What the program prints goes nowhere.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

_PROMPT = "~prompt~"
_QUIET = (
    "set debug-file-directory /nonexistent",
    "set debuginfod enabled off",
    "set style enabled off",
    "set confirm off",
    "set width 0",
    "set height 0",
    "set exec-wrapper env -i",
    "set auto-load no",
    "set libthread-db-search-path /nonexistent",
)


def converse(program: Path, commands: Sequence[str], sources: Path | None = None) -> list[str]:
    """Return what gdb prints for each command; `sources` is the folder where it finds source files."""
    directory = (f"directory {sources}",) if sources else ()
    with tempfile.TemporaryDirectory() as folder:
        options = [part for line in (*_QUIET, *directory) for part in ("-iex", line)]
        done = subprocess.run(
            [
                *("env", "-i", "LC_ALL=C.UTF-8", f"HOME={folder}", "PATH=/usr/bin:/bin"),
                *("gdb", "-q", "-nx", "-nh", *options, "-iex", f"set prompt {_PROMPT}\\n", str(program)),
            ],
            input="".join(f"{c}\n" for c in commands) + "kill\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    answers = done.stdout.split(f"{_PROMPT}\n")
    assert len(answers) >= len(commands) + 2, done.stdout
    return answers[1 : len(commands) + 1]
