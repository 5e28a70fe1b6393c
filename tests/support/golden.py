"""Text kept beside the tests and reviewed by people: `golden(path, text)` compares, a change is shown as a diff.

With STACKREEL_WRITE_GOLDEN=1 in the environment the file is written anew, and the test still fails once, so that
a run that writes never passes unseen.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path

WIDTH = 200


def golden(path: Path, text: str) -> None:
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    if kept == text:
        return
    if os.environ.get("STACKREEL_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    difference = difflib.unified_diff(kept.splitlines(), text.splitlines(), "golden", "now", lineterm="")
    shown = [line if len(line) <= WIDTH else line[:WIDTH] + " …" for line in difference]
    raise AssertionError(f"{path.name} differs:\n" + "\n".join(shown))
