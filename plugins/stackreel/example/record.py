"""What example.toml records of the last build: `sha256`, and in [built] the files it was of, each with its SHA-256.

[built] names the binary and its sources. It speaks of that binary only: where `sha256` is another, nothing follows
from it, and nothing from its absence. Text is changed in its place, so that comments, order and spacing stay.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from stackreel.errors import ExampleError, Place
from stackreel.example.model import Example
from stackreel.example.toml import is_header, is_key, line_of

_VALUE = re.compile(r"""(?<==)(\s*)(?:"[^"]*"|'[^']*')""")
_BUILT = re.compile(r"\s*\[\s*built\s*\]")


def record_of(example: Example, sha256: str) -> dict[str, str]:
    """Return what [built] says where the sources of `example`, as they are now, gave the binary `sha256`.

    Raises ExampleError where one cannot be read.
    """
    folder = example.folder
    names = {path.relative_to(folder).as_posix(): digest(_content(path)) for path in example.sources}
    return {example.binary.relative_to(folder).as_posix(): sha256, **names}


def digest(content: bytes) -> str:
    """Return a SHA-256 as it is written."""
    return hashlib.sha256(content).hexdigest()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ExampleError(f"the source cannot be read: {error.strerror}", place=Place(str(path))) from error


def changed_sources(example: Example) -> Iterator[Path]:
    """Yield the sources that are not those the binary is recorded to be built from."""
    recorded = example.built
    if recorded.get(example.binary.relative_to(example.folder).as_posix()) != example.sha256:
        return
    now = record_of(example, example.sha256)
    for path in example.sources:
        name = path.relative_to(example.folder).as_posix()
        if recorded.get(name) != now[name]:
            yield path


def stale(example: Example, path: Path) -> ExampleError:
    """Return the error for a source that was changed after the binary was built."""
    said = f"this is not the source {example.name} was built from; `stackreel traces {example.name} --accept` builds it"
    return ExampleError(said, place=Place(str(path)))


def put_record(file: Path, sha256: str, built: Mapping[str, str]) -> None:
    """Put the record into example.toml. Raises ExampleError where its lines cannot be found."""
    text = file.read_text(encoding="utf-8")
    wanted = {**tomllib.loads(text), "sha256": sha256, "built": dict(built)}
    changed = with_record(text, sha256, built)
    try:
        is_right = tomllib.loads(changed) == wanted
    except tomllib.TOMLDecodeError:
        is_right = False
    if not is_right:
        form = "\n".join([f'sha256 = "{sha256}"', *_table(built)])
        raise ExampleError(
            "the record of this build has to be put in by hand", place=Place(str(file)), example=form
        )
    file.write_text(changed, encoding="utf-8")


def with_record(text: str, sha256: str, built: Mapping[str, str]) -> str:
    """Return the text of example.toml with another record, or with one where there is none."""
    lines = text.splitlines()
    at = line_of(text, ("sha256",)) - 1
    if at >= 0:
        lines[at] = _VALUE.sub(rf'\1"{sha256}"', lines[at], count=1)
    else:
        binary = line_of(text, ("binary",))
        spaced = re.match(r"\s*binary\b(\s*=\s*)", lines[binary - 1]) if binary else None
        lines.insert(binary, f'sha256{spaced[1] if spaced else " = "}"{sha256}"')
    return "\n".join(_with_table(lines, _table(built))) + "\n"


def _table(built: Mapping[str, str]) -> list[str]:
    names = {name: json.dumps(name, ensure_ascii=False) for name in built}
    width = max(len(name) for name in names.values())
    return ["[built]", *(f'{names[name]:<{width}} = "{value}"' for name, value in built.items())]


def _with_table(lines: list[str], table: list[str]) -> list[str]:
    """Return the lines with the table in the place of the one they have, else before their first table."""
    headers = [number for number, line in enumerate(lines) if is_header(line)]
    old = next((number for number in headers if _BUILT.match(lines[number])), None)
    if old is not None:
        end = next((number for number in headers if number > old), len(lines))
        kept = [line for line in lines[old + 1 : end] if not is_key(line)]
        return [*lines[: old + 1], *table[1:], *kept, *lines[end:]]
    first = headers[0] if headers else len(lines)
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    above = ["", *table] if first and lines[first - 1].strip() else table
    return [*lines[:first], *above, *(("", *lines[first:]) if headers else ())]
