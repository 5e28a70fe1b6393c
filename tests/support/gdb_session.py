"""A session with the real gdb as a person at a terminal has it: a command, its whole answer, the next command.

gdb reads commands from a pipe, so that it takes them for typed ones; its prompt is set to a mark that separates the
answers. What the program prints goes nowhere.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_PROMPT = "~prompt~"
_NONE: Mapping[str, str] = {}
_QUIET = (
    "set debug-file-directory /nonexistent",
    "set debuginfod enabled off",
    "set style enabled off",
    "set confirm off",
    "set width 0",
    "set height 0",
    "set auto-load no",
    "set libthread-db-search-path /nonexistent",
)


def converse(
    program: Path,
    commands: Sequence[str],
    sources: Path | None = None,
    environment: Mapping[str, str] = _NONE,
) -> list[str]:
    """Return what gdb prints for each command; `sources` is the folder where it finds source files.

    The program has the environment alone, and one processor, as the emulated process has.
    """
    directory = (f"directory {sources}",) if sources else ()
    wrapper = " ".join(["set exec-wrapper env -i", *(f"{k}={v}" for k, v in environment.items())])
    processor = min(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        options = [part for line in (*_QUIET, wrapper, *directory) for part in ("-iex", line)]
        done = subprocess.run(
            [
                *("taskset", "--cpu-list", str(processor)),
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
