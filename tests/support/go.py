"""Go's toolchains for tests: where they are, their tools, and programs compiled once each."""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from stackreel.example import Toolchain, load_toolchains
from support.project import ROOT

OLD, NEW = "go-1.15", "go-1.27"
BOTH = (OLD, NEW)
PLAIN = ("-gcflags", "-N -l")
STRIPPED = ("-ldflags", "-s -w")


@functools.cache
def toolchain(name: str) -> Toolchain:
    """Return a row of toolchains.toml; what it names is fetched where `make test` has not done so yet."""
    row = load_toolchains(ROOT / "traces")[name]
    assert row.root is not None
    if not row.root.exists():
        command = [sys.executable, str(ROOT / ".ci/toolchains.py"), str(ROOT / ".cache/toolchains"), name]
        subprocess.run(command, check=True)
    return row


def environment(name: str) -> Mapping[str, str]:
    """Return the environment of a toolchain's programs, which holds nothing of the host but PATH."""
    return {"HOME": tempfile.gettempdir(), **toolchain(name).environment(os.environ.get("PATH", os.defpath))}


def go(
    name: str, *arguments: str, cwd: Path | None = None, more: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Run the `go` command, with `more` in its environment, and return what it prints."""
    root = toolchain(name).root
    assert root is not None
    done = subprocess.run(
        [str(root / "bin/go"), *arguments],
        cwd=cwd,
        env={**environment(name), **more},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def compile_go(source: str | Path, *flags: str, toolchain: str, cgo: bool = False) -> Path:
    """Return the compiled binary of Go text or a Go file; `flags` are given to `go build`.

    Built as the examples are, so that it is the same in every folder; with gcc where it calls C (`cgo`).
    """
    text = source.read_text() if isinstance(source, Path) else source
    name = source.name if isinstance(source, Path) else "main.go"
    key = hashlib.sha256(
        repr((text, name, flags, toolchain, *(["cgo"] if cgo else []))).encode()
    ).hexdigest()[:24]
    folder = Path(tempfile.gettempdir()) / f"stackreel-tests-{os.getuid()}" / key
    binary = folder / Path(name).stem
    if binary.exists():
        return binary
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    fresh = folder / f"{binary.name}.{os.getpid()}"
    go(
        toolchain,
        "build",
        "-trimpath",
        *flags,
        "-o",
        str(fresh),
        name,
        cwd=folder,
        more={"CGO_ENABLED": str(int(cgo))},
    )
    fresh.rename(binary)
    return binary
