"""`stackreel traces`: binaries anew from their sources, golden traces anew from their binaries.

What a binary holds is unknown here: the caller says how a golden trace is made and compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from stackreel.errors import ExampleError, Place, StackreelError
from stackreel.example.build import build, write_binary
from stackreel.example.load import GOLDEN, NAME, absent, load_example, names_of
from stackreel.example.model import Example
from stackreel.example.record import changed_sources, put_record, record_of, stale
from stackreel.example.toml import line_of, read_toml
from stackreel.example.toolchains import check, toolchain_of

Outcome = Literal["same", "written", "failed"]


@dataclass(frozen=True)
class Rebuilt:
    """What became of an example: its binary, its golden trace, and what went wrong or changed, line by line."""

    name: str
    binary: Outcome
    golden: Outcome
    said: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return "failed" not in (self.binary, self.golden)


@dataclass(frozen=True)
class GoldenTrace:
    """How a golden trace is made of an example, and how two of them differ (nothing where they do not)."""

    make: Callable[[Example], str]
    compare: Callable[[str, str], list[str]]


def chosen(traces: Path, names: Sequence[str]) -> tuple[Path, ...]:
    """Return the folders of the examples called `names`, of all where none is named; a path counts as a name.

    Raises ExampleError where there is no such example, or none at all.
    """
    known = [name for name in names_of(traces) if NAME.fullmatch(name)]
    if not known:
        raise ExampleError(f"there are no examples in {traces}/", example="stackreel new c-swap swap.c")
    wanted = [_named(name, traces) for name in names] or known
    return tuple(traces / name for name in dict.fromkeys(wanted))


def _named(name: str, traces: Path) -> str:
    """Return the example that `name` means: itself, or the folder it is the path of, or of a file in it."""
    path = Path(name)
    folder = (path.parent if path.is_file() else path).resolve()
    found = folder.name if folder.parent == traces.resolve() else str(path)
    if found in names_of(traces):
        return found
    raise absent(path.name, traces)


def rebuild_all(
    folders: Iterable[Path], golden: GoldenTrace | None = None, *, accept: bool = False
) -> Iterator[Rebuilt]:
    """Rebuild the examples in `folders`, and say what became of each.

    A binary or a golden trace that differs is a failure and stays as it is; with `accept` it is written, the
    SHA-256 of the binary and of its sources put into example.toml. A golden trace that is not there is written.
    """
    for folder in folders:
        yield rebuild(folder, golden, accept=accept)


def rebuild(folder: Path, golden: GoldenTrace | None = None, *, accept: bool = False) -> Rebuilt:
    """Rebuild one example; see `rebuild_all`."""
    try:
        outcome, example, said = _binary(folder, accept=accept)
    except StackreelError as error:
        return Rebuilt(folder.name, "failed", "failed", (str(error),))
    if golden is None or outcome == "failed":
        return Rebuilt(folder.name, outcome, "same" if golden is None else "failed", said)
    try:
        kept, differences = _golden(example, golden, accept=accept)
    except StackreelError as error:
        return Rebuilt(folder.name, outcome, "failed", (*said, str(error)))
    return Rebuilt(folder.name, outcome, kept, (*said, *differences))


def _binary(folder: Path, *, accept: bool) -> tuple[Outcome, Example, tuple[str, ...]]:
    example = load_example(folder, built=False)
    text, _ = read_toml(example.file)
    place = Place(str(example.file), line_of(text, ("toolchain",)))
    toolchain = toolchain_of(example.toolchain, folder.parent, place)
    check(toolchain)
    made = build(example, toolchain)
    digest = hashlib.sha256(made).hexdigest()
    if made == example.program and digest == example.sha256:
        return _recorded(example, accept=accept)
    wanted = f"its example.toml says {example.sha256 or 'none'}"
    if digest == example.sha256:
        there = hashlib.sha256(example.program).hexdigest() if example.program else "no file"
        wanted = f"as its example.toml says; the binary beside it is {there}"
    said = f"{example.binary}: {toolchain.name} makes the SHA-256 {digest} of {example.source.name}; {wanted}"
    if not accept:
        return "failed", example, (said, _to_accept(example))
    write_binary(example.binary, made)
    put_record(example.file, digest, record_of(example, digest))
    return "written", replace(example, program=made, sha256=digest), (said,)


def _recorded(example: Example, *, accept: bool) -> tuple[Outcome, Example, tuple[str, ...]]:
    """See to what is recorded of the sources of a binary that is as it was."""
    said = tuple(str(stale(example, path)) for path in changed_sources(example))
    if said and not accept:
        return "failed", example, said
    built = record_of(example, example.sha256)
    if accept and dict(example.built) != built:
        put_record(example.file, example.sha256, built)
        said = (f"{example.file}: what it was built from is recorded",)
    return "same", example, said


def _golden(example: Example, golden: GoldenTrace, *, accept: bool) -> tuple[Outcome, tuple[str, ...]]:
    path = example.folder / GOLDEN
    text = golden.make(example)
    if not path.is_file():
        path.write_text(text, encoding="utf-8")
        return "written", ()
    old = path.read_text(encoding="utf-8")
    if old == text:
        return "same", ()
    differences = golden.compare(old, text) or ["only its layout differs"]
    said = tuple(f"{path}: {line}" for line in differences)
    if not accept:
        return "failed", (*said, _to_accept(example))
    path.write_text(text, encoding="utf-8")
    return "written", said


def _to_accept(example: Example) -> str:
    return f"to take what was made: stackreel traces {example.name} --accept"
