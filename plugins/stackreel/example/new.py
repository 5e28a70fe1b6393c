"""`stackreel new NAME SOURCE`: a complete example folder from one source file, and the fence to paste.

It never overwrites: a folder that is there, however empty its example.toml, is an error.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stackreel.errors import ExampleError, Place, ToolError, near
from stackreel.example.build import run_recipe, write_binary
from stackreel.example.load import FILE, NAME, load_example
from stackreel.example.model import Example
from stackreel.example.toolchains import FILE as TOOLCHAINS
from stackreel.example.toolchains import first_line, load_toolchains

Functions = Callable[[bytes, str], Sequence[str]]
"""The functions a program's debug information says come from a source file, main among them."""


@dataclass(frozen=True)
class Language:
    """How a kind of source is compiled: the recipe, what is installed for it, whose versions matter."""

    recipe: str
    package: str
    commands: tuple[str, ...]


LANGUAGES = {
    ".c": Language("gcc -O0 -g -o {binary} {source}", "gcc", ("gcc --version", "ld --version")),
}
"""By the ending of the source file's name."""


@dataclass(frozen=True)
class Created:
    """A new example: its folder, the row of toolchains.toml it uses, and the fence that shows it."""

    example: Example
    toolchain: str
    fence: str


def new_example(name: str, source: Path, traces: Path, functions: Functions) -> Created:
    """Compile `source` and write traces/`name`. Raises ExampleError and ToolError."""
    language = _check(name, source, traces)
    binary = source.stem if source.stem != source.name else "program"
    with tempfile.TemporaryDirectory(prefix="stackreel-new-") as scratch:
        folder = Path(scratch)
        shutil.copyfile(source, folder / source.name)
        run_recipe(language.recipe, [source.name], binary, folder, {})
        program = (folder / binary).read_bytes()
    traced = tuple(functions(program, source.name))
    start = "main" if "main" in traced or not traced else traced[0]
    toolchain = _toolchain(language, traces)
    folder = traces / name
    folder.mkdir(parents=True)
    shutil.copyfile(source, folder / source.name)
    write_binary(folder / binary, program)
    text = _TEMPLATE.format(
        title=json.dumps(name, ensure_ascii=False),
        source=json.dumps(source.name, ensure_ascii=False),
        binary=json.dumps(binary, ensure_ascii=False),
        sha256=hashlib.sha256(program).hexdigest(),
        toolchain=json.dumps(toolchain),
        build=json.dumps(language.recipe),
        argv=json.dumps([f"./{binary}"], ensure_ascii=False),
        start=json.dumps(start),
        functions=json.dumps(list(traced) or [start]),
    )
    (folder / FILE).write_text(text, encoding="utf-8")
    fence = _FENCE.format(name=name, start=start)
    return Created(load_example(folder), toolchain, fence)


def _check(name: str, source: Path, traces: Path) -> Language:
    if not NAME.fullmatch(name):
        raise ExampleError(
            f"{name!r} cannot be the name of an example; letters, digits, '.', '_', '+' and '-' can",
            example="stackreel new c-swap swap.c",
        )
    if (traces / name).exists():
        raise ExampleError(f"there is an example {name!r} already", place=Place(str(traces / name)))
    if not source.is_file():
        beside = [p.name for p in source.parent.iterdir() if p.is_file()] if source.parent.is_dir() else []
        raise ExampleError("there is no such file", place=Place(str(source)), near=near(source.name, beside))
    if source.suffix not in LANGUAGES:
        raise ExampleError(
            f"a source ending in {source.suffix or 'nothing'!r} cannot be compiled here; {', '.join(LANGUAGES)} can",
            place=Place(str(source)),
            example="stackreel new c-swap swap.c",
        )
    language = LANGUAGES[source.suffix]
    if shutil.which(language.package) is None:
        raise ToolError(f"{language.package} is not installed", example=f"apt-get install {language.package}")
    return language


def _toolchain(language: Language, traces: Path) -> str:
    """Return the row of toolchains.toml that is what is installed here; one is added where there is none."""
    prints = {command: line for command in language.commands if (line := first_line(command))}
    rows = load_toolchains(traces)
    for row in rows.values():
        if row.prints == prints and not row.env:
            return row.name
    version = re.search(r"(\d+)\.\d+(?:\.\d+)?\s*$", prints.get(language.commands[0], ""))
    base = f"{language.package}-{version[1]}" if version else language.package
    name = next(n for n in (base, *(f"{base}-{i}" for i in range(2, 1000))) if n not in rows)
    pairs = ", ".join(f"{json.dumps(c)} = {json.dumps(p, ensure_ascii=False)}" for c, p in prints.items())
    row_text = f"[{name}]\nget = {json.dumps(f'apt-get install {base}')}\nprints = {{ {pairs} }}\n"
    file = traces / TOOLCHAINS
    traces.mkdir(parents=True, exist_ok=True)
    before = file.read_text(encoding="utf-8") if file.is_file() else ""
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    file.write_text(before + gap + row_text, encoding="utf-8")
    return name


_TEMPLATE = """\
title     = {title}
source    = {source}
binary    = {binary}
sha256    = "{sha256}"
toolchain = {toolchain}
build     = {build}

[run]
argv = {argv}

[trace]
start = {start}
functions = {functions}
max_steps = 10000

[marks]
"""

_FENCE = """\
```stack-reel
example: {name}
from: enter {start}
to: leave {start}
```
"""
