"""Go's own test programs: those of Go 1.15's `test` folder that are one file and run without arguments."""

from __future__ import annotations

import re
from pathlib import Path

from support.go import OLD, toolchain

_RUN = re.compile(r"^// run *$")


def folder() -> Path:
    """Return Go 1.15's `test` folder."""
    root = toolchain(OLD).root
    assert root is not None
    return (root / "test").resolve()


def programs() -> list[Path]:
    """Return the programs, sorted by their path."""
    return sorted(p for p in folder().rglob("*.go") if ".dir" not in str(p.parent) and is_run(p))


def is_run(program: Path) -> bool:
    """Whether the first comment of a file, but for build constraints, is `// run` and nothing more."""
    for line in program.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith(("// +build", "//go:build")) or not line:
            continue
        return bool(_RUN.match(line))
    return False


def name_of(program: Path) -> str:
    """Return a program's path below the `test` folder."""
    return str(program.relative_to(folder()))


UNSUITABLE = frozenset(
    (
        "bench/garbage/peano.go",  # part of a larger program
        "finprofiled.go",  # takes seconds
        "fixedbugs/bug302.go",  # from here on: starts the Go command, or writes files
        "fixedbugs/issue11771.go",
        "fixedbugs/issue13268.go",
        "fixedbugs/issue14636.go",
        "fixedbugs/issue16037_run.go",
        "fixedbugs/issue19658.go",
        "fixedbugs/issue21317.go",
        "fixedbugs/issue21576.go",
        "fixedbugs/issue22660.go",
        "fixedbugs/issue22662b.go",
        "fixedbugs/issue26411.go",
        "fixedbugs/issue33555.go",
        "fixedbugs/issue36437.go",
        "linkmain_run.go",
        "linkobj.go",
        "sinit_run.go",
        "winbatch.go",  # prints the time
        "fixedbugs/issue13169.go",  # from here on: takes long
        "fixedbugs/issue22781.go",
        "fixedbugs/issue27695.go",
        "fixedbugs/issue39541.go",
        "heapsampling.go",
        "fixedbugs/issue36705.go",  # from here on: for another system
        "fixedbugs/issue38093.go",
    )
)
"""Programs a sample leaves out; the whole suite runs them and says what they do."""


def sample(count: int) -> list[Path]:
    """Return `count` programs that are quick and need no other program, spread evenly over all."""
    every = [program for program in programs() if name_of(program) not in UNSUITABLE]
    return [every[i * len(every) // count] for i in range(count)]
