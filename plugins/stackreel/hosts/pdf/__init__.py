"""The PDF door: built pages as a book, figures as slides. Typeset by WeasyPrint, which is an optional extra.

What is imported here needs no WeasyPrint; `need_weasyprint` tells in time, and in a sentence, where it is missing.
"""

from __future__ import annotations

import importlib
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
