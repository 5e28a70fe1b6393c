"""The examples of a site and their traces: read, recorded, kept; each once.

A trace comes from the cache, else from the emulator. What is wrong with an example is remembered and told at
every block that needs it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from stackreel import machine
from stackreel.errors import BinaryError, ExampleError, MachineError, Place, StackreelError, near
from stackreel.example import Example, load_example
from stackreel.example.load import FILE
from stackreel.example.toml import line_of
from stackreel.listing.model import Syntax
from stackreel.machine.model import Job, Limits, Report
from stackreel.trace import Cache, Request, Trace, cache_key, request_for
from stackreel.trace.key import library_files
from stackreel.trace.recall import KIND, recall_many

if TYPE_CHECKING:
    from stackreel.machine import Emulator
    from stackreel.page.subject import Subject

Progress = Callable[[str, int, int, str], None]
"""Told what is being done (`tracing`), how much of it is done, of how much, and the name of the last thing."""


@dataclass(frozen=True)
class Settings:
    """What a site or a command line decides. `root` is the folder that files in errors are named from."""

    traces: Path
    cache: Path
    root: Path
    syntax: Syntax = "att"
    jobs: int = 0
    sysroot: str = "/"
    limits: Limits = field(default_factory=Limits)

    @property
    def workers(self) -> int:
        """How many emulators run at a time."""
        return self.jobs if self.jobs > 0 else machine.default_jobs()


@dataclass
class _Pool:
    """Emulators that are started when something is to be recorded, and counted."""

    workers: int
    submitted: int = 0
    _emulator: Emulator | None = None
    _open: ExitStack = field(default_factory=ExitStack)

    def submit(self, job: Job) -> Future[Report]:
        """Begin a run; MachineError where Unicorn is not installed."""
        if find_spec("unicorn") is None:
            raise MachineError(
                "the trace is not kept, and Unicorn is not installed to record it",
                example="pip install unicorn",
            )
        if self._emulator is None:
            self._emulator = self._open.enter_context(machine.Emulator(self.workers))
        self.submitted += 1
        return self._emulator.submit(job)

    def close(self) -> None:
        """End the workers; another run starts new ones."""
        self._open.close()
        self._emulator = None


class Library:
    """The examples under `settings.traces`."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings; nothing is read yet."""
        self.settings = settings
        self.cache = Cache(settings.cache)
        self._pool = _Pool(settings.workers)
        self._examples: dict[str, Example | StackreelError] = {}
        self._keys: dict[str, str] = {}
        self._traces: dict[str, Trace | StackreelError] = {}
        self._subjects: dict[str, Subject] = {}

    @property
    def traced(self) -> int:
        """How many programs were emulated so far."""
        return self._pool.submitted

    def example(self, name: str) -> Example:
        """Return an example; ExampleError where there is none of this name, or what is wrong with it."""
        if name not in self._examples:
            self._examples[name] = self._load(name)
        found = self._examples[name]
        if isinstance(found, StackreelError):
            raise found
        return found

    def _load(self, name: str) -> Example | StackreelError:
        if name not in self._names:
            traces = self.settings.traces
            shown = self._shown(traces)
            if not traces.is_dir():
                beside = [self._shown(file.parent.parent) for file in traces.parent.glob(f"*/*/{FILE}")]
                said = f"there is no example `{name}`, as there is no folder {shown}/ of examples"
                return ExampleError(said, near=tuple(sorted(set(beside))))
            return ExampleError(f"there is no example `{name}` in {shown}/", near=near(name, self._names))
        try:
            return load_example(self.settings.traces / name)
        except StackreelError as error:
            return error

    @cached_property
    def _names(self) -> frozenset[str]:
        folder = self.settings.traces
        return frozenset(p.name for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else frozenset()

    def _shown(self, path: Path) -> str:
        root = self.settings.root
        return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()

    def place(self, error: StackreelError) -> StackreelError:
        """Return the error with its file named from the root, as the author would."""
        place = error.place
        if place is None or not Path(place.file).is_absolute():
            return error
        shown = Place(self._shown(Path(place.file)), place.line, place.column)
        return type(error)(error.message, place=shown, example=error.example, near=error.near)

    def _request(self, example: Example) -> Request:
        return request_for(example, sysroot=self.settings.sysroot, limits=self.settings.limits)

    def key(self, name: str) -> str:
        """Return the key of an example's trace: everything it depends on. Raises as `example` does."""
        if name not in self._keys:
            self._keys[name] = cache_key(self._request(self.example(name)))
        return self._keys[name]

    def shown(self, name: str) -> str:
        """Return a digest of what else of an example a block shows: its sources, functions and marks."""
        example = self.example(name)
        parts = [
            *(path.read_bytes() for path in example.sources),
            repr(sorted(example.marks.items())).encode(),
        ]
        parts.append(repr(example.trace.functions).encode())
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def files(self, name: str) -> Iterator[Path]:
        """Yield every file that an example's run and what is shown of it depend on. Raises as `example` does."""
        example = self.example(name)
        yield from (path for path in example.folder.rglob("*") if path.is_file())
        yield from library_files(example.program, self.settings.sysroot)

    def are_right(self, names: Iterable[str]) -> bool:
        """Tell whether nothing is wrong with these examples, and their runs are kept."""
        try:
            return all(self.cache.get(KIND, self.key(name)) is not None for name in names)
        except StackreelError:
            return False

    def subject(self, name: str) -> Subject:
        """Return an example's trace with all that is known of it, recorded now if it is not kept.

        Raises ExampleError, and MachineError where the program could not be recorded.
        """
        if name not in self._subjects:
            example = self.example(name)
            if name not in self._traces:
                self._record([name], _silent)
            trace = self._traces[name]
            if isinstance(trace, StackreelError):
                raise trace
            self._subjects[name] = _subject(example, trace)
        return self._subjects[name]

    def prepare(self, names: Iterable[str], progress: Progress) -> None:
        """Record what is not kept, several at a time. Errors wait for `subject`."""
        self._record([name for name in names if self._is_missing(name)], progress)
        self._pool.close()

    def close(self) -> None:
        """End the emulators; another run starts new ones."""
        self._pool.close()

    def _is_missing(self, name: str) -> bool:
        try:
            return self.cache.get(KIND, self.key(name)) is None
        except StackreelError:
            return False

    def _record(self, names: Sequence[str], progress: Progress) -> None:
        """Read or record the traces of examples; what went wrong is remembered in the place of a trace."""
        wanted = {name: self._request(self.example(name)) for name in names}
        for done, (name, found) in enumerate(recall_many(wanted, self._pool, self.cache), 1):
            self._traces[name] = _blamed(self.example(name), found)
            progress("tracing", done, len(wanted), name)


def _blamed(example: Example, found: Trace | StackreelError) -> Trace | StackreelError:
    """Return a trace, or the error at the example, and at the line of its binary where that cannot be read."""
    if not isinstance(found, StackreelError):
        return found
    place = Place(str(example.file))
    if isinstance(found, BinaryError):
        place = Place(place.file, line_of(example.file.read_text(encoding="utf-8"), ("binary",)))
    return found.at(place)


def _subject(example: Example, trace: Trace) -> Subject:
    from stackreel.page.subject import Shown, subject  # noqa: PLC0415 - loads all rooms; kept blocks need none

    texts = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in example.sources}
    shown = Shown(example.trace.functions, example.marks, texts)
    return subject(trace, example.program, example.binary.name, shown)


def _silent(phase: str, done: int, total: int, name: str) -> None:
    """Tell nobody."""
