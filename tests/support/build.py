"""Compile test programs, each once: the key is source, flags and compiler."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path


def compile_c(source: str | Path, *flags: str, cc: str = "gcc") -> Path:
    """Return the compiled binary of C text or a C file; `flags` are given to `cc` before and after the source.

    The compiler runs in a folder of its own, so that DWARF holds the bare file name.
    """
    text = source.read_text() if isinstance(source, Path) else source
    name = source.name if isinstance(source, Path) else "program.c"
    compiler = shutil.which(cc)
    assert compiler, f"{cc} is not installed"
    version = subprocess.run([compiler, "--version"], capture_output=True, check=True).stdout
    key = hashlib.sha256(repr((text, name, flags, cc, version)).encode()).hexdigest()[:24]
    folder = Path(tempfile.gettempdir()) / f"stackreel-tests-{os.getuid()}" / key
    binary = folder / Path(name).stem
    if binary.exists():
        return binary
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    libraries = [f for f in flags if f.startswith("-l")]
    others = [f for f in flags if not f.startswith("-l")]
    fresh = folder / f"{binary.name}.{os.getpid()}"
    done = subprocess.run(
        [compiler, *others, "-o", str(fresh), name, *libraries],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    fresh.rename(binary)
    return binary
