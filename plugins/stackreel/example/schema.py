"""The keys of example.toml and toolchains.toml, with their types; what each looks like when it is right.

Strict: no text where a number belongs, and no key that is not here. What a key means beyond its type (a
file that has to exist, a register there has to be) is checked in `load.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from stackreel.example.toml import Form

Text = Annotated[str, Field(min_length=1)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Texts = Annotated[list[str], Field(min_length=1)]


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class RunTable(_Table):
    """[run]: how the program is started."""

    argv: Texts = []
    env: dict[str, str] = {}
    stdin: str = ""
    files: dict[str, Text] = {}


class TraceTable(_Table):
    """[trace]: what is recorded."""

    start: Text = "main"
    functions: list[Text] = []
    registers: dict[str, Annotated[int, Field(ge=0)]] = {}
    max_steps: Annotated[int, Field(ge=1, le=10_000_000)] = 10_000


class ExampleTable(_Table):
    """The whole of example.toml."""

    title: Text
    source: Text | Annotated[list[Text], Field(min_length=1)]
    binary: Text
    sha256: Digest
    toolchain: Text
    build: Text
    built: dict[str, Digest] = {}
    run: RunTable = RunTable()
    trace: TraceTable = TraceTable()
    marks: dict[str, Text] = {}


class UnbuiltTable(ExampleTable):
    """An example.toml whose program is about to be compiled: what is recorded of the last time is not judged."""

    sha256: str = ""
    built: dict[str, str] = {}


class ToolchainTable(_Table):
    """A row of toolchains.toml."""

    get: Text
    prints: dict[str, Text]
    env: dict[str, str] = {}
    root: Text | None = None


_RIGHT = {
    ("title",): 'title = "sum(1, 2) in C"',
    ("source",): 'source = "sum.c"',
    ("binary",): 'binary = "sum"',
    ("sha256",): 'sha256 = "9f86d081…", as sha256sum prints it; `stackreel traces NAME --accept` fills it in',
    ("toolchain",): 'toolchain = "gcc-12", a row of toolchains.toml',
    ("build",): 'build = "gcc -O0 -g -o {binary} {source}"',
    ("built",): '[built]\n"sum.c" = "9f86d081…"; `stackreel traces NAME --accept` fills it in',
    ("run",): '[run]\nargv = ["./sum"]',
    ("run", "argv"): 'argv = ["./sum", "first argument"]',
    ("run", "env"): 'env = { LANG = "C" }',
    ("run", "stdin"): 'stdin = "3 4\\n"',
    ("run", "files"): 'files = { "/etc/greeting" = "greeting.txt" }',
    ("trace",): '[trace]\nstart = "main"',
    ("trace", "start"): 'start = "main", "main+4" or "entry"',
    ("trace", "functions"): 'functions = ["main", "sum"]',
    ("trace", "registers"): "registers = { rsp = 0x7fffffffe518, rbp = 0x400580 }",
    ("trace", "max_steps"): "max_steps = 10000",
    ("marks",): '[marks]\nsaved-rbp = "after main+0"',
}

FORM = Form({(): ExampleTable, ("run",): RunTable, ("trace",): TraceTable}, _RIGHT)
"""The tables of example.toml by their path, and what each key looks like when it is right."""


def form_of(name: str) -> Form:
    """Return `FORM` with the name of an example in what is to be pasted."""
    return replace(
        FORM, right={key: form.replace("traces NAME", f"traces {name}") for key, form in _RIGHT.items()}
    )
