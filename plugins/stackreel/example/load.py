"""Reading and checking the folders of traces/.

All problems of a file are found and reported together, each with its line. It trusts nothing in the folder:
names must stay inside it, links that lead out are refused, and the binary must have the SHA-256 the file
says.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from stackreel.errors import ExampleError, Place, near
from stackreel.example.model import Example, Run, TraceOptions
from stackreel.example.record import changed_sources, stale
from stackreel.example.schema import FORM, ExampleTable, UnbuiltTable, form_of
from stackreel.example.toml import line_of, problems, read_toml
from stackreel.isa import X86_64

FILE = "example.toml"
GOLDEN = "trace.json"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
"""What an example or a mark may be called."""

_RESERVED = ("start", "end", "step", "enter", "leave", "after", "at")


class SeveralError(ExampleError):
    """Several problems at once, in `errors`; shown one below the other."""

    errors: tuple[ExampleError, ...] = ()

    @classmethod
    def of(cls, errors: tuple[ExampleError, ...]) -> ExampleError:
        """Return the one error, or all as one."""
        if len(errors) == 1:
            return errors[0]
        whole = cls("\n".join(str(error) for error in errors))
        whole.errors = errors
        return whole


@dataclass(frozen=True)
class Loaded:
    """What was found under a traces folder: examples by name, and what is wrong with the others by name."""

    examples: Mapping[str, Example]
    errors: Mapping[str, ExampleError]


def load_example(folder: Path, *, built: bool = True) -> Example:
    """Read and check one example. Raises ExampleError; `SeveralError` where several things are wrong.

    With `built` False the binary may be absent (`program` is then empty), another than `sha256` says, or built from
    other sources; `sha256` may be missing, and is then empty.
    """
    name = folder.name
    file = folder / FILE
    if not NAME.fullmatch(name):
        raise ExampleError(
            f"{name!r} cannot be the name of an example; letters, digits, '.', '_', '+' and '-' can",
            place=Place(str(folder)),
            example="traces/c-sum",
        )
    if not folder.is_dir():
        raise absent(name, folder.parent)
    text, contents = read_toml(file)
    try:
        table = (ExampleTable if built else UnbuiltTable).model_validate(contents)
    except ValidationError as error:
        raise SeveralError.of(problems(error, file=str(file), text=text, form=form_of(name))) from None
    return _Check(folder, file, text, table).example(built=built)


def load_all(traces: Path) -> Mapping[str, Example]:
    """Read and check all examples of a folder. Raises ExampleError for all problems of all of them."""
    loaded = survey(traces)
    if loaded.errors:
        raise SeveralError.of(tuple(e for error in loaded.errors.values() for e in each(error)))
    return loaded.examples


def survey(traces: Path) -> Loaded:
    """Read all examples of a folder and keep what is wrong.

    So that one bad example does not hide the others.
    """
    examples: dict[str, Example] = {}
    errors: dict[str, ExampleError] = {}
    for folder in _folders(traces):
        try:
            examples[folder.name] = load_example(folder)
        except ExampleError as error:
            errors[folder.name] = error
    return Loaded(examples, errors)


def names_of(traces: Path) -> tuple[str, ...]:
    """Return the names of the folders that hold an example.toml, right or wrong."""
    return tuple(path.name for path in _folders(traces))


def absent(name: str, traces: Path) -> ExampleError:
    """Return the error for an example that is not there."""
    return ExampleError(
        f"there is no example {name!r}", place=Place(str(traces / name)), near=near(name, names_of(traces))
    )


def each(error: ExampleError) -> tuple[ExampleError, ...]:
    """Return the single problems of an error."""
    return (error.errors if isinstance(error, SeveralError) else ()) or (error,)


def _folders(traces: Path) -> list[Path]:
    if not traces.is_dir():
        return []
    return sorted(path for path in traces.iterdir() if (path / FILE).is_file())


class _Check:
    """What the types do not say: files, hashes, names. Collects every problem before it gives up."""

    def __init__(self, folder: Path, file: Path, text: str, table: ExampleTable) -> None:
        self.folder, self.file, self.text, self.table = folder, file, text, table
        self.errors: list[ExampleError] = []

    def example(self, *, built: bool) -> Example:
        table = self.table
        names = [table.source] if isinstance(table.source, str) else table.source
        sources = tuple(path for name in names if (path := self.path(name, ("source",), "source")))
        binary = self.path(table.binary, ("binary",), "binary", built=built)
        program = self.program(binary, built=built) if binary else b""
        run, options = self.run(), self.options()
        self.placeholders()
        self.marks()
        if self.errors or not binary:
            raise self.several()
        example = Example(
            name=self.folder.name,
            folder=self.folder,
            file=self.file,
            title=table.title,
            sources=sources,
            binary=binary,
            program=program,
            sha256=table.sha256,
            toolchain=table.toolchain,
            build=table.build,
            built=dict(table.built),
            run=run,
            trace=options,
            marks=dict(table.marks),
        )
        self.errors += [stale(example, path) for path in changed_sources(example)] if built else []
        if self.errors:
            raise self.several()
        return example

    def several(self) -> ExampleError:
        return SeveralError.of(tuple(sorted(self.errors, key=lambda e: e.place or Place(str(self.file)))))

    def wrong(self, message: str, key: tuple[str, ...], *, like: tuple[str, ...] = ()) -> None:
        self.errors.append(ExampleError(message, place=self.place(key), example=FORM.example(key), near=like))

    def place(self, key: tuple[str, ...]) -> Place:
        """Return where a key is written."""
        return Place(str(self.file), line_of(self.text, key))

    def path(self, name: str, key: tuple[str, ...], what: str, *, built: bool = True) -> Path | None:
        """Return the file `name` of the folder.

        None (and a problem noted) where it is not there or outside.
        """
        plain = PurePosixPath(name)
        path = self.folder / name
        if plain.is_absolute() or ".." in plain.parts or "\0" in name:
            self.wrong(f"{what} {name!r} leads out of the example's folder", key)
            return None
        if not path.resolve().is_relative_to(self.folder.resolve()):
            self.wrong(f"{what} {name!r} is a link that leads out of the example's folder", key)
            return None
        if built and not path.is_file():
            there = {path.name for path in self.folder.iterdir() if path.is_file()} - self.used - {name}
            hint = f"; `stackreel traces {self.folder.name}` rebuilds it" if what == "binary" else ""
            said = f"the {what} {name!r} is not there{hint}"
            self.wrong(said, key, like=near(name, there))
            return None
        return path

    @property
    def used(self) -> frozenset[str]:
        """The files of the folder that are something else than what is looked for: named already, or ours."""
        table = self.table
        sources = [table.source] if isinstance(table.source, str) else table.source
        return frozenset((FILE, GOLDEN, table.binary, *sources))

    def content(self, path: Path, key: tuple[str, ...]) -> bytes | None:
        """Return the bytes of a file of the folder, None (and a problem noted) where it cannot be read."""
        try:
            return path.read_bytes()
        except OSError as error:
            self.errors.append(
                ExampleError(f"{path.name!r} cannot be read: {error.strerror}", place=self.place(key))
            )
            return None

    def program(self, binary: Path, *, built: bool) -> bytes:
        program = self.content(binary, ("binary",)) if binary.is_file() else b""
        if program is None:
            return b""
        actual = hashlib.sha256(program).hexdigest()
        if built and actual != self.table.sha256:
            self.wrong(
                f"{self.table.binary!r} has the SHA-256 {actual}, not {self.table.sha256};"
                f" `stackreel traces {self.folder.name}` rebuilds it, with --accept it takes what its source now gives",
                ("sha256",),
            )
        return program

    def run(self) -> Run:
        table = self.table.run
        files: dict[str, bytes] = {}
        for guest, name in table.files.items():
            if not guest.startswith("/") or ".." in PurePosixPath(guest).parts:
                self.wrong(f"{guest!r} is not an absolute path of the guest", ("run", "files"))
            path = self.path(name, ("run", "files"), "file")
            content = self.content(path, ("run", "files")) if path else None
            if content is not None:
                files[guest] = content
        for kind, texts in (("argv", table.argv), ("env", [*table.env, *table.env.values()])):
            if any("\0" in text for text in texts):
                self.wrong(f"'run.{kind}' holds a zero byte, which ends a text in C", ("run", kind))
        if any(not name or "=" in name for name in table.env):
            self.wrong("the name of an environment variable is empty or holds '='", ("run", "env"))
        argv = tuple(table.argv) or (self.table.binary,)
        return Run(argv, dict(table.env), table.stdin.encode("utf-8", "surrogatepass"), files)

    def options(self) -> TraceOptions:
        table = self.table.trace
        widths = {register.name: register.bits for register in X86_64.registers}
        for name, value in table.registers.items():
            key = ("trace", "registers")
            if name in X86_64.parts:
                whole = X86_64.parts[name].parent
                self.wrong(f"{name!r} is a part of a register; give the whole register {whole!r}", key)
            elif name == X86_64.pc:
                self.wrong(f"{name!r} is where the trace starts: that is the key 'start'", key)
            elif name not in widths:
                self.wrong(f"there is no register {name!r}", key, like=near(name, widths))
            elif value >> widths[name]:
                self.wrong(f"{value:#x} does not fit in {name}, which has {widths[name]} bits", key)
        functions = tuple(dict.fromkeys(table.functions))
        return TraceOptions(
            start=table.start,
            functions=functions,
            registers=dict(table.registers),
            max_steps=table.max_steps,
            start_at=self.place(("trace", "start")),
            functions_at=self.place(("trace", "functions")),
        )

    def placeholders(self) -> None:
        if "{binary}" not in self.table.build:
            self.wrong("'build' does not say where the binary goes: it lacks {binary}", ("build",))

    def marks(self) -> None:
        for mark in self.table.marks:
            if mark in _RESERVED or not NAME.fullmatch(mark):
                self.wrong(f"{mark!r} cannot be the name of a mark", ("marks", mark))
