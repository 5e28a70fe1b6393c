"""What is installed, what is missing, and how to get it: rows of a table, printed by `stackreel doctor`."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata

from stackreel import __version__, figure
from stackreel.errors import StackreelError
from stackreel.hosts.pdf import FONTS, font_file, need_pdfium, need_weasyprint


@dataclass(frozen=True)
class Finding:
    """One thing looked for: `version` empty where it is missing; `needed` where building a site needs it."""

    name: str
    version: str
    purpose: str
    cure: str
    needed: bool


_LIBRARIES = (
    ("unicorn", "runs the examples"),
    ("capstone", "disassembles"),
    ("pyelftools", "reads ELF and DWARF"),
    ("graphviz", "talks to dot"),
    ("markdown", "the blocks"),
    ("pydantic", "checks the blocks"),
    ("mkdocs", "builds the site"),
    ("mkdocs-material", "the site's theme"),
)
_OPTIONAL = (
    ("gcc", "stackreel new and stackreel traces compile with it", "apt-get install gcc libc6-dev"),
    (
        "go",
        "stackreel new and stackreel traces compile Go with it",
        "https://go.dev/dl/, its bin folder in PATH",
    ),
    ("gdb", "the tests compare with it", "apt-get install gdb"),
)


def examine() -> tuple[Finding, ...]:
    """Look for everything; nothing is raised for what is missing."""
    return (
        Finding("stackreel", __version__, "this program", "", needed=True),
        Finding("python", platform.python_version(), "3.11 or newer", "install a newer Python", needed=True)
        if sys.version_info >= (3, 11)
        else Finding("python", "", "3.11 or newer", "install a newer Python", needed=True),
        *(_library(name, purpose) for name, purpose in _LIBRARIES),
        _dot(),
        *(_program(name, purpose, cure) for name, purpose, cure in _OPTIONAL),
        _extra("weasyprint", need_weasyprint, "make pdf and stackreel pdf"),
        _extra("pypdfium2", need_pdfium, "stackreel figure --format png"),
        *(_font(name, package) for name, package in FONTS),
    )


def _library(name: str, purpose: str) -> Finding:
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        version = ""
    return Finding(name, version, purpose, f"pip install {name}", needed=True)


def _dot() -> Finding:
    try:
        version, cure = figure.version(), ""
    except StackreelError as error:
        version, cure = "", error.example or error.message
    return Finding("dot", version, "lays the figures out", cure, needed=True)


def _extra(name: str, need: Callable[[], str], purpose: str) -> Finding:
    """Look for a library of the PDF and for what it loads."""
    try:
        version, cure = need(), ""
    except StackreelError as error:
        version, cure = "", error.example
    return Finding(name, version, purpose, cure, needed=False)


def _font(name: str, package: str) -> Finding:
    """Look for a font of the PDF by its file, where fontconfig knows of it."""
    version = "present" if font_file(name) else ""
    return Finding(name, version, "a font of the PDF", f"apt-get install {package}", needed=False)


def _program(name: str, purpose: str, cure: str) -> Finding:
    path = shutil.which(name)
    version = ""
    if path:
        try:
            said = subprocess.run(
                [path, "--version"], capture_output=True, text=True, timeout=20, check=False, errors="replace"
            )
            version = (said.stdout.splitlines() or ["present"])[0]
        except (OSError, subprocess.TimeoutExpired):
            version = ""
    return Finding(name, version, purpose, cure, needed=False)


def report(findings: Sequence[Finding], say: Callable[[str], object]) -> bool:
    """Print a line for each finding, and how to get what is missing; tell whether all that is needed is there."""
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        said = finding.version or ("MISSING" if finding.needed else "not found, optional")
        say(f"{finding.name:<{width}}  {said}  ({finding.purpose})")
        if not finding.version and finding.cure:
            say(f"{'':<{width}}  get it: {finding.cure}")
    return all(finding.version for finding in findings if finding.needed)
