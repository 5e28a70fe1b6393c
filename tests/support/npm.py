"""Packages that only npm has, for tests: kept in .cache/npm, where `.ci/tools test` puts them, or else this."""

import functools
import shutil
import subprocess
from pathlib import Path

from support.project import ROOT

FOLDER = ROOT / ".cache/npm"
VERSIONS = ROOT / ".ci/npm.txt"


@functools.cache
def package(name: str) -> Path:
    """Return the folder of a package named in .ci/npm.txt."""
    found = FOLDER / "node_modules" / name
    if not (found / "package.json").is_file():
        npm = shutil.which("npm")
        assert npm is not None, "npm is needed for this test: apt-get install npm"
        wanted = VERSIONS.read_text(encoding="utf-8").split()
        command = [
            npm,
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--no-save",
            "--prefix",
            str(FOLDER),
            *wanted,
        ]
        subprocess.run(command, check=True, cwd=ROOT)
    return found
