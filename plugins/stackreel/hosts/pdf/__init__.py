"""The PDF door: built pages as a book, figures as slides. Typeset by WeasyPrint, which is an optional extra.

What is imported here needs none of its libraries; `need_weasyprint` and `need_pdfium` tell in time, and in a sentence,
where one is missing.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
from importlib import metadata

from stackreel.errors import ToolError

EXTRA = "pip install 'mkdocs-stackreel[pdf]'"
"""How the Python side is had."""

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk fonts-dejavu-core"
"""Debian's names of what WeasyPrint loads, and of the fonts of the style sheet and of the figures."""

FONTS = (
    ("DejaVu Sans Mono", "fonts-dejavu-core"),
    ("Noto Sans CJK SC", "fonts-noto-cjk"),
    ("Noto Serif CJK SC", "fonts-noto-cjk"),
)
"""The families the PDF names, and the packages that have them."""

SYSTEM = f"apt-get install {PACKAGES}"


def need_weasyprint() -> str:
    """Return WeasyPrint's version. Raises ToolError where it, or a library it loads, is missing."""
    try:
        importlib.import_module("weasyprint")
    except ImportError as error:
        raise ToolError("a PDF needs WeasyPrint, which is not installed", example=EXTRA) from error
    except OSError as error:
        missing = str(error).partition("'")[2].partition("'")[0] or str(error)
        raise ToolError(f"WeasyPrint cannot load {missing}", example=SYSTEM) from error
    return metadata.version("weasyprint")


def need_pdfium() -> str:
    """Return the version of pypdfium2, which makes pictures of pages. Raises ToolError where it is missing."""
    try:
        importlib.import_module("pypdfium2")
    except (ImportError, OSError) as error:
        raise ToolError("a PNG needs pypdfium2, which is not installed", example=EXTRA) from error
    return metadata.version("pypdfium2")


def font_file(name: str) -> str | None:
    """Return where fontconfig has a font; empty where it has none, None where there is no fc-list to ask."""
    lister = shutil.which("fc-list")
    if lister is None:
        return None
    return subprocess.run(
        [lister, name, "file"], capture_output=True, text=True, timeout=20, check=False, errors="replace"
    ).stdout.strip()


def missing_fonts() -> str:
    """Say in a sentence which fonts of the PDF are missing and which packages have them; empty where none is."""
    missing = [(name, package) for name, package in FONTS if font_file(name) == ""]
    if not missing:
        return ""
    names = ", ".join(name for name, _ in missing)
    packages = " ".join(dict.fromkeys(package for _, package in missing))
    return f"set in other letters, as these fonts are not installed: {names}; apt-get install {packages}"
