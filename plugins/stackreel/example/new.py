"""`stackreel new NAME SOURCE`: a complete example folder from one source file, and the fence to paste.

It never overwrites: a folder that is there, however empty its example.toml, is an error.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stackreel.errors import ExampleError, Place, ToolError, near
from stackreel.example.build import run_recipe, write_binary
from stackreel.example.load import FILE, NAME, load_example
from stackreel.example.model import Example, Toolchain
from stackreel.example.record import digest, with_record
from stackreel.example.toolchains import FILE as TOOLCHAINS
from stackreel.example.toolchains import check, first_line, load_toolchains, place_of, toolchain_of

Functions = Callable[[bytes, str], Sequence[str]]
"""The functions a program's debug information says come from a source file, main among them."""


@dataclass(frozen=True)
class Language:
    """How a kind of source is compiled.

    The recipe with the place of an author's flags, the program it calls, how a version `{name}` of that is had, the
    commands whose first lines tell versions, where in the first of them the version stands, and what the environment of
    a build holds besides.
    """

    recipe: str
    program: str
    get: str
    commands: tuple[str, ...]
    version: re.Pattern[str]
    env: Mapping[str, str]

    def build(self, flags: Sequence[str]) -> str:
        """Return the recipe with `flags` in it."""
        return self.recipe.replace(" {flags}", f" {shlex.join(flags)}" if flags else "")


LANGUAGES = {
    ".c": Language(
        "gcc -O0 -g -o {binary} {source} {flags}",
        "gcc",
        "apt-get install {name}",
        ("gcc --version", "ld --version"),
        re.compile(r"(\d+)\.\d+(?:\.\d+)?\s*$"),
        {},
    ),
    ".go": Language(
        'go build -trimpath -gcflags "-N -l" {flags} -o {binary} {source}',
        "go",
        "{name} from https://go.dev/dl/, its bin folder in PATH",
        ("go version",),
        re.compile(r"\bgo(\d+\.\d+)"),
        {
            "GOENV": "off",
            "GOFLAGS": "-mod=mod",
            "GOPROXY": "off",
            "GOTOOLCHAIN": "local",
            "GOTELEMETRY": "off",
            "CGO_ENABLED": "0",
            "GOOS": "linux",
            "GOARCH": "amd64",
            "GOAMD64": "v1",
        },
    ),
}
"""By the ending of the source file's name."""

_LACKS_A_LIBRARY = "undefined reference to "
_STARTS = ("main.main", "main")


@dataclass(frozen=True)
class Created:
    """A new example: its folder, and the row of toolchains.toml it uses."""

    example: Example
    toolchain: str

    def fence(self, to: str = "") -> str:
        """Return the fence that shows it all, or up to the moment `to`."""
        start = self.example.trace.start
        return _FENCE.format(name=self.example.name, start=start, to=to or f"leave {start}")


def new_example(  # noqa: PLR0913 - one argument an option of the command
    name: str,
    source: Path,
    traces: Path,
    functions: Functions,
    *,
    toolchain: str = "",
    flags: Sequence[str] = (),
) -> Created:
    """Compile `source` and write traces/`name`.

    It is compiled with the row `toolchain` of toolchains.toml, else with what is installed; `flags` are the compiler's,
    and become a part of the recipe. Raises ExampleError and ToolError.
    """
    language = _check(name, source, traces)
    row = _row(toolchain, language, traces) if toolchain else None
    env = row.environment(os.environ.get("PATH", os.defpath)) if row else language.env
    if row is None and shutil.which(language.program) is None:
        raise _not_installed(language, name, source, traces)
    recipe = language.build(flags)
    binary = source.stem if source.stem != source.name else "program"
    with tempfile.TemporaryDirectory(prefix="stackreel-new-") as scratch:
        folder = Path(scratch)
        shutil.copyfile(source, folder / source.name)
        try:
            run_recipe(recipe, [source.name], binary, folder, env)
        except ToolError as error:
            if _LACKS_A_LIBRARY not in error.message:
                raise
            form = f"stackreel new {name} {source} -- -lm, where the function is one of libm"
            raise ToolError(error.message, example=form) from error
        program = (folder / binary).read_bytes()
    traced = tuple(functions(program, source.name))
    start = next((name for name in _STARTS if name in traced), traced[0] if traced else "main")
    toolchain = row.name if row else _installed(language, traces)
    folder = traces / name
    folder.mkdir(parents=True)
    shutil.copyfile(source, folder / source.name)
    write_binary(folder / binary, program)
    text = _TEMPLATE.format(
        title=json.dumps(name, ensure_ascii=False),
        source=json.dumps(source.name, ensure_ascii=False),
        binary=json.dumps(binary, ensure_ascii=False),
        toolchain=json.dumps(toolchain),
        build=json.dumps(recipe, ensure_ascii=False),
        argv=json.dumps([f"./{binary}"], ensure_ascii=False),
        start=json.dumps(start),
        functions=json.dumps(list(traced) or [start]),
    )
    built = {name: digest((folder / name).read_bytes()) for name in (binary, source.name)}
    (folder / FILE).write_text(with_record(text, built[binary], built), encoding="utf-8")
    return Created(load_example(folder), toolchain)


def _check(name: str, source: Path, traces: Path) -> Language:
    if not NAME.fullmatch(name):
        raise ExampleError(
            f"{name!r} cannot be the name of an example; letters, digits, '.', '_', '+' and '-' can",
            example="stackreel new c-swap swap.c",
        )
    if (traces / name).exists():
        raise _already(name, traces)
    if not source.is_file():
        beside = [p.name for p in source.parent.iterdir() if p.is_file()] if source.parent.is_dir() else []
        raise ExampleError("there is no such file", place=Place(str(source)), near=near(source.name, beside))
    if source.suffix not in LANGUAGES:
        raise ExampleError(
            f"a source ending in {source.suffix or 'nothing'!r} cannot be compiled here; {', '.join(LANGUAGES)} can",
            place=Place(str(source)),
            example="stackreel new c-swap swap.c",
        )
    return LANGUAGES[source.suffix]


def _already(name: str, traces: Path) -> ExampleError:
    """Return the error for a folder that is there, with what to do instead where it is an example."""
    place = Place(str(traces / name))
    if not (traces / name / FILE).is_file():
        return ExampleError("there is such a folder already, and it holds no example", place=place)
    try:
        edited = load_example(traces / name, built=False).source
    except ExampleError:
        edited = traces / name / FILE
    said = f"there is an example {name!r} already; to change it, edit {edited}, then `stackreel traces {name} --accept`"
    return ExampleError(said, place=place)


def _fitting(language: Language, traces: Path) -> tuple[str, ...]:
    """Return the rows of toolchains.toml that compile the language."""
    rows = load_toolchains(traces).values()
    return tuple(row.name for row in rows if language.commands[0] in row.prints)


def _row(name: str, language: Language, traces: Path) -> Toolchain:
    """Return a row of toolchains.toml, checked to be what it says. Raises ExampleError and ToolError."""
    row = toolchain_of(name, traces, Place(str(traces / TOOLCHAINS)))
    if language.commands[0] not in row.prints:
        raise ExampleError(
            f"the toolchain {name!r} has no {language.program}, which compiles this",
            place=place_of(name, traces),
            near=_fitting(language, traces),
        )
    check(row)
    return row


def _not_installed(language: Language, name: str, source: Path, traces: Path) -> ToolError:
    rows = load_toolchains(traces)
    fitting = [row for row in _fitting(language, traces) if rows[row].root]  # the others are of PATH, too
    form = f"stackreel new {name} {source} --toolchain {fitting[-1]}" if fitting else ""
    return ToolError(
        f"{language.program} is not installed", example=form or language.get.format(name=language.program)
    )


def _installed(language: Language, traces: Path) -> str:
    """Return the row of toolchains.toml that is what is installed here; one is added where there is none."""
    prints = {command: line for command in language.commands if (line := first_line(command, language.env))}
    rows = load_toolchains(traces)
    for row in rows.values():
        if row.prints == prints and row.env == language.env and row.root is None:
            return row.name
    version = language.version.search(prints.get(language.commands[0], ""))
    base = f"{language.program}-{version[1]}" if version else language.program
    name = next(n for n in (base, *(f"{base}-{i}" for i in range(2, 1000))) if n not in rows)
    row_text = (
        f"[{_key(name)}]\nget = {json.dumps(language.get.format(name=base))}\n"
        f"prints = {_inline(prints)}\n{f'env = {_inline(language.env)}{chr(10)}' if language.env else ''}"
    )
    file = traces / TOOLCHAINS
    traces.mkdir(parents=True, exist_ok=True)
    before = file.read_text(encoding="utf-8") if file.is_file() else ""
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    file.write_text(before + gap + row_text, encoding="utf-8")
    return name


def _key(name: str) -> str:
    return json.dumps(name) if "." in name else name


def _inline(table: Mapping[str, str]) -> str:
    pairs = (
        f"{k if k.isidentifier() else json.dumps(k)} = {json.dumps(v, ensure_ascii=False)}"
        for k, v in table.items()
    )
    return f"{{ {', '.join(pairs)} }}"


_TEMPLATE = """\
title     = {title}
source    = {source}
binary    = {binary}
sha256    = ""
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
to: {to}
```
"""
