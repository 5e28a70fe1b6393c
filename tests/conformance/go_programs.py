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


def sample(count: int) -> list[Path]:
    """Return `count` programs, spread evenly over all."""
    every = programs()
    return [every[i * len(every) // count] for i in range(count)]
