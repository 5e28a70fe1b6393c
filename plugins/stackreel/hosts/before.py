"""The programs of the examples as they were before they were compiled anew: in a folder, or in the last commit."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

from stackreel.errors import StackreelError
from stackreel.example import Example
from stackreel.page.realign import Offsets, offsets
from stackreel.page.studio import Studio


def moved(studio: Studio, folder: Path | None) -> Callable[[str], Offsets]:
    """Return what tells the moved offsets of an example, none where its program is as it was, or was never known.

    `folder` holds the examples as they were; None for those of git's last commit.
    """

    @cache
    def of(name: str) -> Offsets:
        try:
            example = studio.library.example(name)
            was = _committed(example) if folder is None else _kept(example, folder)
            if not was or was == example.program:
                return {}
            subject = studio.library.subject(name)
            return offsets(was, subject.image, subject.debug, subject.recorded)
        except StackreelError:
            return {}  # what is wrong with the example is told where it is used

    return of


def _kept(example: Example, folder: Path) -> bytes:
    file = folder / example.folder.name / example.binary.name
    return file.read_bytes() if file.is_file() else b""


def _committed(example: Example) -> bytes:
    """Return the program of the last commit; nothing where there is no git, or no commit that has it."""
    command = ["git", "-c", "safe.directory=*", "show", f"HEAD:./{example.binary.name}"]
    try:
        return subprocess.run(command, cwd=example.folder, capture_output=True, check=False).stdout
    except OSError:
        return b""
