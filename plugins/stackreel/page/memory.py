"""Whole pages as they were rendered last, for the builds in which nothing of them has changed.

What a page of figures needs to be looked up block by block (schemas, examples, versions of tools) costs more than
looking up. A page is therefore kept a second time as a whole: under its text, the site's settings and the state of our
code, with the state of every file it was made from. A state is size, times and inode, as in git's index. Only
files that have rested since before the build began are vouched for, so a file that is written while it is read, or
twice within a tick of the clock, is looked at again. Nothing wrong is ever kept.

It loads none of the rooms that read, run or draw: that is what it is for.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

import stackreel
from stackreel.page.context import Page
from stackreel.page.done import Done
from stackreel.page.statements import Judged, Known, Span
from stackreel.trace.cache import Cache

State = tuple[int, int, int, int] | None
"""Size, times of change of contents and inode, inode number of a file; None where there is none."""

_KIND = "page"
_LIBRARIES = ("capstone", "elftools", "graphviz", "lark", "unicorn", "pydantic", "yaml")
_RESTED = 2_000_000_000
"""Nanoseconds that a file has not changed before the build, for its times to tell a later change."""


@dataclass(frozen=True)
class Remembered:
    """A page on which nothing was wrong.

    `blocks` are the HTML of its fences by number, `values` what its spans say, `anchors` the HTML id that shows an
    example at a position; `claims` is how many values and claims were checked, those of blocks included.
    """

    blocks: Mapping[int, str] = field(default_factory=dict)
    values: Mapping[Span, Known] = field(default_factory=dict)
    anchors: Mapping[tuple[str, int], str] = field(default_factory=dict)
    claims: int = 0

    @property
    def done(self) -> Done:
        """What showing it amounts to."""
        return Done(blocks=len(self.blocks), kept=len(self.blocks), claims=self.claims)


class _Stored(TypedDict):
    """A remembered page as JSON has it: pairs and rows where Python has mappings."""

    blocks: list[tuple[int, str]]
    values: list[tuple[str, str, str, int, str, str, int, bool]]
    anchors: list[tuple[str, int, str]]
    claims: int


_NOTHING: _Stored = {"blocks": [], "values": [], "anchors": [], "claims": 0}


class Memory:
    """The remembered pages of a site.

    `decided` is everything the site's settings decide; `files` tells the files that an example's run and its blocks
    depend on, those that would be found first if they were there included.
    """

    def __init__(self, cache: Path, decided: Sequence[str], files: Callable[[str], Iterable[Path]]) -> None:
        """Take note of when the build began."""
        self._cache = Cache(cache)
        self._decided = tuple(decided)
        self._files = files
        self._began = time.time_ns()
        self._states: dict[Path, State] = {}
        self.done = Done()

    def page(self, page: Page, lines: Sequence[str]) -> Remembered | None:
        """Return what a page of these lines was last, if that still stands."""
        said = self._recall(self._page_key(page, lines))
        if said is None:
            return None
        remembered = _loaded(said)
        self.done += remembered.done
        return remembered

    def keep_page(
        self, page: Page, lines: Sequence[str], remembered: Remembered, examples: Iterable[str]
    ) -> None:
        """Remember a page that speaks of these examples."""
        self._keep(self._page_key(page, lines), examples, _stored(remembered))

    def is_recorded(self, text: str) -> bool:
        """Tell whether all runs that a page of this text needs were there, and are as they were."""
        return self._recall(self._key("recorded", text)) is not None

    def keep_recorded(self, text: str, examples: Iterable[str]) -> None:
        """Note that the runs of these examples, all that a page of this text needs, are there."""
        self._keep(self._key("recorded", text), examples, _NOTHING)

    def _page_key(self, page: Page, lines: Sequence[str]) -> str:
        return self._key("page", page.language, page.source, *lines)

    def _key(self, *said: str) -> str:
        parts = (*self._decided, *self._tools, *said)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @cached_property
    def _tools(self) -> tuple[str, ...]:
        """The state of our own source and of what we make things with."""
        ours = sorted(_below(Path(stackreel.__file__).parent))
        specs = (find_spec(name) for name in _LIBRARIES)
        others = [Path(spec.origin) for spec in specs if spec is not None and spec.origin]
        dot = shutil.which("dot")
        paths = [*ours, *others, *([Path(dot).resolve()] if dot else [])]
        return tuple(f"{path} {self._state(path)}" for path in paths)

    def _recall(self, key: str) -> _Stored | None:
        stored = self._cache.get(_KIND, key)
        if stored is None:
            return None
        files, said = json.loads(stored)
        same = all(self._state(Path(path)) == (state and tuple(state)) for path, state in files.items())
        return said if same else None

    def _keep(self, key: str, examples: Iterable[str], said: _Stored) -> None:
        files = sorted({path for example in examples for path in self._files(example)})
        states = {str(path): self._state(path) for path in files}
        if all(state is None or self._is_rested(state) for state in states.values()):
            made = json.dumps([states, said], ensure_ascii=False, separators=(",", ":"))
            self._cache.put(_KIND, key, made.encode())

    def _is_rested(self, state: tuple[int, int, int, int]) -> bool:
        return max(state[1], state[2]) < self._began - _RESTED

    def _state(self, path: Path) -> State:
        if path not in self._states:
            self._states[path] = _look(path)
        return self._states[path]


def _look(path: Path) -> State:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _below(folder: Path) -> Iterable[Path]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from _below(Path(entry.path))
        elif not entry.name.endswith(".pyc"):
            yield Path(entry.path)


def _stored(page: Remembered) -> _Stored:
    return {
        "blocks": list(page.blocks.items()),
        "values": [
            (*astuple(span), known.example, *astuple(known.judged)) for span, known in page.values.items()
        ],
        "anchors": [(*at, ident) for at, ident in page.anchors.items()],
        "claims": page.claims,
    }


def _loaded(said: _Stored) -> Remembered:
    return Remembered(
        dict(said["blocks"]),
        {Span(*row[:4]): Known(row[4], Judged(*row[5:])) for row in said["values"]},
        {(example, position): ident for example, position, ident in said["anchors"]},
        said["claims"],
    )
