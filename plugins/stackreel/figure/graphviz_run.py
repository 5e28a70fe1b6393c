"""Running dot: the only module that starts a process. Many graphs go through one process.

dot's word is not taken: whatever it says on its error output is an error that names the figure, as a cell too
small for its text is only a remark of dot's but a broken figure to a reader. Fonts are asked for by name, because
a missing one is replaced without a word.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from graphviz.backend import ExecutableNotFound
from graphviz.backend.execute import run_check

from stackreel.errors import ToolError
from stackreel.figure.dot import MONO, SANS

_BATCH = 200
"""Graphs given to one process."""

_SECONDS = 20.0
_SECONDS_A_GRAPH = 0.5
_DECLARATION = "<?xml"
_VERSION = re.compile(r"graphviz version (\S+)")
_RESOLVED = re.compile(
    r'^fontname: "(?P<asked>[^"]+)" resolved to: [^"]*"(?P<got>[^",]+)[^"]*"? *(?P<file>/.*)?$', re.MULTILINE
)
_INSTALL = "apt-get install graphviz fonts-dejavu-core"
_PROBE = "digraph fonts {{ {} }}".format(
    "; ".join(f'n{n} [label="x", fontname="{font}"]' for n, font in enumerate((MONO, SANS)))
)


def version() -> str:
    """Return dot's version, `2.43.0`.

    Raises ToolError where dot is missing, does not answer, or lacks the fonts figures are measured with.
    """
    return _probe(_path_key())[0]


def identity() -> str:
    """Return dot's version and a digest of the fonts it measures with: all of it that decides what it draws.

    Raises ToolError as `version` does.
    """
    return " ".join(_probe(_path_key()))


def _path_key() -> str:
    return os.environ.get("PATH", "")


@lru_cache(maxsize=4)
def _probe(path: str) -> tuple[str, str]:
    del path  # only the cache's key: another PATH may find another dot
    said = _run(["dot", "-v", "-Tsvg"], _PROBE, _SECONDS).stderr
    found = _VERSION.search(said)
    fonts = hashlib.sha256()
    for match in _RESOLVED.finditer(said):
        if match["asked"].casefold() != match["got"].casefold():
            raise ToolError(
                f"figures are measured with the font {match['asked']}, but dot finds {match['got']} instead",
                example=_INSTALL,
            )
        fonts.update(_content(match["file"]) or match[0].encode())
    if not found:
        raise ToolError("dot does not tell its version; is it Graphviz's dot?", example=_INSTALL)
    return found[1], fonts.hexdigest()


def _content(file: str | None) -> bytes:
    """Return a font's file; nothing where dot does not say where it is, or it is no file of ours to read."""
    try:
        return Path(file).read_bytes() if file else b""
    except OSError:
        return b""


def svg_of(sources: Mapping[str, str]) -> Mapping[str, str]:
    """Draw DOT sources, by name, as SVG documents.

    Raises ToolError where dot is missing, stops, takes too long or complains; it names the figure.
    """
    names = list(sources)
    drawn: dict[str, str] = {}
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        drawn.update(zip(batch, _draw([sources[name] for name in batch], batch), strict=True))
    return drawn


def _draw(sources: Sequence[str], names: Sequence[str]) -> list[str]:
    try:
        done = _run(["dot", "-Tsvg"], "\n".join(sources), _SECONDS + _SECONDS_A_GRAPH * len(sources))
        complaint = done.stderr.strip()
    except subprocess.CalledProcessError as error:
        complaint = str(error.stderr).strip() or f"it ended with {error.returncode}"
    else:
        parts = [_DECLARATION + part for part in done.stdout.split(_DECLARATION)[1:]]
        if not complaint and len(parts) == len(sources):
            return parts
        complaint = complaint or f"it drew {len(parts)} of {len(sources)} graphs"
    if len(sources) > 1:  # one at a time, to learn which it is
        return [_draw([source], [name])[0] for source, name in zip(sources, names, strict=True)]
    raise ToolError(f"dot could not draw the figure {names[0]}: {_first_lines(complaint)}")


def _first_lines(complaint: str) -> str:
    return "; ".join(line.strip() for line in complaint.splitlines()[:3])


def _run(command: Sequence[str], source: str, seconds: float) -> subprocess.CompletedProcess[str]:
    try:
        return run_check(
            command, input=source, encoding="utf-8", capture_output=True, quiet=True, timeout=seconds
        )
    except ExecutableNotFound as error:
        message = "figures are drawn by Graphviz, and its program dot is not installed"
        raise ToolError(message, example=_INSTALL) from error
    except subprocess.TimeoutExpired as error:
        raise ToolError(f"dot has not finished after {seconds:.0f} seconds") from error
    except OSError as error:
        raise ToolError(f"dot cannot be started: {error.strerror}", example=_INSTALL) from error
