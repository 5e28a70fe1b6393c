"""TOML with the line a key is on: `tomllib` reads, a small search finds the line again.

The search knows tables, dotted and quoted keys, and takes a key inside an inline table to be on its table's
line. It is for pointing at a line in an error, so where it finds nothing it names the nearest enclosing
key.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from stackreel.errors import ExampleError, Place, near

_HEADER = re.compile(r"\s*\[\[?(?P<name>[^\[\]]+)\]\]?\s*(?:#.*)?$")
_WORD = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_KEY = re.compile(rf"\s*(?P<name>{_WORD}(?:\s*\.\s*{_WORD})*)\s*=")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")
_POSITION = re.compile(
    r"^(?P<what>.*?) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$"
)

_MUST_BE = {
    "string_type": "a text in quotes",
    "string_too_short": "a text that is not empty",
    "int_type": "a whole number",
    "list_type": "a list of texts",
    "too_short": "a list that is not empty",
    "dict_type": "a table",
    "model_type": "a table",
    "string_pattern_mismatch": "64 hexadecimal digits in lower case",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
}
"""What is said of each type of pydantic error, with its context in it."""


def read_toml(path: Path) -> tuple[str, dict[str, object]]:
    """Return a TOML file's text and contents.

    Raises ExampleError where it is absent, not UTF-8 or not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ExampleError("there is no such file", place=Place(str(path))) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise ExampleError("the file is not UTF-8", place=Place(str(path), line)) from error
    except OSError as error:
        raise ExampleError(f"the file cannot be read: {error.strerror}", place=Place(str(path))) from error
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _POSITION.match(str(error))
        what = found["what"] if found else str(error)
        line = int(found["line"]) if found and found["line"] else text.count("\n") + 1
        column = int(found["column"]) if found and found["column"] else 0
        raise ExampleError(
            f"this is not TOML: {what[:1].lower()}{what[1:]}", place=Place(str(path), line, column)
        ) from error


def line_of(text: str, path: Sequence[str]) -> int:
    """Return the line (from 1) of the key `path`, of its nearest enclosing key where it is absent, or 0."""
    wanted, best, best_line = tuple(path), 0, 0
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        key = None if header else _KEY.match(line)
        if header:
            here = table = _parts(header["name"])
        elif key:
            here = table + _parts(key["name"])
        else:
            continue
        if len(here) > best and wanted[: len(here)] == here:
            best, best_line = len(here), number
    return best_line


def is_header(line: str) -> bool:
    """Tell whether a line begins a table."""
    return _HEADER.match(line) is not None


def is_key(line: str) -> bool:
    """Tell whether a line gives a key its value."""
    return _KEY.match(line) is not None


@dataclass(frozen=True)
class Form:
    """What a file should look like: the model of each table by its path, a right form of each key."""

    tables: Mapping[tuple[str, ...], type[BaseModel]]
    right: Mapping[tuple[str, ...], str]

    def example(self, path: tuple[str, ...]) -> str:
        """Return a right form of the key `path`, or of the nearest key around it."""
        return next((self.right[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.right), "")


def problems(error: ValidationError, *, file: str, text: str, form: Form) -> tuple[ExampleError, ...]:
    """Return what pydantic found wrong as located errors, one for each key, in the order of the file."""
    found: dict[tuple[str, ...], ExampleError] = {}
    for row in error.errors(include_url=False):
        # a union names its branches, `str` and `list[…]`: an author's key is never called so
        path = tuple(str(part) for part in row["loc"] if part != "str" and "[" not in str(part))
        named = tuple(part for part in path if not part.isdigit())
        if named not in found:
            found[named] = _problem(row, named, Place(file, line_of(text, named)), form)
    return tuple(sorted(found.values(), key=lambda problem: problem.place or Place(file)))


def _problem(row: ErrorDetails, key: tuple[str, ...], place: Place, form: Form) -> ExampleError:
    name = ".".join(key)
    if row["type"] == "missing":
        return ExampleError(f"the key {name!r} is missing", place=place, example=form.example(key))
    if row["type"] == "extra_forbidden":
        table = form.tables.get(key[:-1])
        known = list(table.model_fields) if table else []
        message = f"unknown key {name!r}; there are {', '.join(known)}"
        return ExampleError(message, place=place, near=near(key[-1], known))
    item = next((f", item {part + 1}," for part in row["loc"] if isinstance(part, int)), "")
    must_be = _MUST_BE.get(row["type"], "of another kind").format(**row.get("ctx", {}))
    message = f"{name!r}{item} must be {must_be}, not {_written(row['input'])}"
    return ExampleError(message, place=place, example=form.example(key))


def _written(value: object) -> str:
    """Write a value as TOML does, shortened; a table by its name."""
    if isinstance(value, dict):
        return "a table"
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


_LONGEST = 40


def _parts(name: str) -> tuple[str, ...]:
    return tuple("".join(groups) for groups in _PART.findall(name))
