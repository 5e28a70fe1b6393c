"""What an author may write in each block: one model a block, each option with its meaning beside it.

The options page of the guide is made from these docstrings (`reference`). Nothing is evaluated here: a moment
is only text until the trace is known.
"""

from __future__ import annotations

import ast
import inspect
import types
import typing
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from stackreel.listing.model import Syntax

Names = Annotated[tuple[str, ...], Field(strict=False)]
"""A YAML list of names."""

Claims = Annotated[tuple[str, ...], Field(strict=False)]
"""A YAML list of claims."""

Steps = Annotated[
    tuple[Annotated[str, BeforeValidator(lambda said: str(said) if type(said) is int else said)], ...],
    Field(strict=False),
]
"""A YAML list of steps of a reel: numbers as the reel shows them, or moments."""

REEL_LIMIT = 2000
"""Steps of one reel; beyond it a page becomes too heavy to read."""

MOST_ROWS = 512

Rows = Annotated[int, Field(ge=1, le=MOST_ROWS)]
"""How many rows a drawing may have."""

Anchor = Annotated[str, Field(pattern=r"^[A-Za-z][\w.-]*$")]
"""An HTML id that needs no escaping in a link."""


class Options(BaseModel):
    """What every block and a page's front matter have in common: strict types, no unknown keys, frozen."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, defer_build=True, populate_by_name=True
    )


class PageOptions(Options):
    """`stackreel:` in the front matter of a page: defaults for its blocks."""

    example: str = ""
    """The example of blocks that name none: a folder of `traces/`."""
    syntax: Syntax | None = None
    """The assembly syntax of blocks that name none: `att`, `intel` or `go`."""


class Block(Options):
    """A block of any kind."""

    example: str = ""
    """The example to show: a folder of `traces/`. Default: the page's `stackreel: {example: …}`."""


class ShownBlock(Block):
    """A block that can be seen."""

    caption: str = ""
    """A line below the block."""
    id: Anchor | None = None
    """The HTML id to link to. Default: made from the example and the moment."""


class CodeBlock(ShownBlock):
    """A block with instructions in it that are ours to write."""

    syntax: Syntax | None = None
    """Assembly syntax: `att`, `intel` or `go`. Default: the page's, then the site's."""


class Figure(CodeBlock):
    """`stack-figure`: one moment, as code, registers and stack."""

    at: str
    """The moment: `main+4`, `after main+4`, `sum+4 #3`, `enter sum`, `sum.c:4`, `step 12`, `end`, a mark."""
    functions: Names = ()
    """Functions in the code panel. Default: the one running and the one it came from."""
    rows: Rows | None = None
    """Rows the stack may have before those nothing happens to are folded into one. Default: 14."""
    expect: Claims = ()
    """Claims that must hold at this moment: `["rsp == 0x7fffffffe510", "[rsp] == rbp"]`."""


class Reel(CodeBlock):
    """`stack-reel`: every step from one moment to another, for the reader to step through."""

    from_: str = Field(default="start", alias="from")
    """The moment before the first step. Default: `start`."""
    to: str = "end"
    """The moment after the last step. Default: `end`."""
    notes: dict[str, str] = Field(default_factory=dict)
    """Your words at steps: `{main+25: "call pushes …"}` stands where main+25 was just executed."""
    functions: Names = ()
    """Functions in the code panel. Default: the one running and the one it came from."""
    rows: Rows | None = None
    """Rows the stack may have before those nothing happens to are folded into one. Default: 14."""
    expect: dict[str, str] = Field(default_factory=dict)
    """Claims that must hold at moments: `{leave sum: eax == 3}`."""
    over: Names = ()
    """Functions whose calls are one step at first; the reader can open them."""
    pdf: Steps = ()
    """The steps that are printed, in the PDF too: numbers as shown, or moments. Default: those with a figure."""
    sync: Anchor | None = None
    """A word: reels of a page with the same one step together."""


class Listing(CodeBlock):
    """`stack-listing`: the disassembly of functions."""

    functions: Names = ()
    """The functions, in this order. Default: the example's traced functions."""
    bytes: bool = True
    """Show the machine code."""
    source: bool = True
    """Show the source lines between the instructions."""
    at: str = ""
    """A moment: the instruction about to be executed is marked as gdb does, with `=>`."""
    notes: dict[str, str] = Field(default_factory=dict)
    """Your words at instructions: `{main+25: "call pushes …"}` stands below main+25."""


class Text(CodeBlock):
    """`stack-text`: the figure of one moment in characters."""

    at: str
    """The moment, as for `stack-figure`."""
    ascii: bool = False
    """Plain ASCII instead of Unicode box drawing."""
    functions: Names = ()
    """Functions in the code part. Default: the one running and the one it came from."""
    rows: Rows | None = None
    """Rows the stack may have before those nothing happens to are folded into one. Default: 14."""
    expect: Claims = ()
    """Claims that must hold at this moment: `["rsp == 0x7fffffffe510", "[rsp] == rbp"]`."""


class Memory(ShownBlock):
    """`stack-memory`: the areas of the process as a map, the highest address on top."""

    at: str = ""
    """The moment at which registers and `show` are read. Default: `start`, whose areas are shown in any case."""
    show: Claims = ()
    """Addresses to be shown in their areas beside rip, rsp and rbp: `["&counted", "small", "main"]`."""


class Check(Block):
    """`stack-check`: claims that need no place in the text, one a line; nothing is shown where all are true."""

    at: str = ""
    """The moment of the lines that name none."""


class Session(ShownBlock):
    """`stack-gdb`: a GDB session after a line `---`; output that is written is compared, the rest is generated."""

    at: str = ""
    """The moment at which the session begins. Default: before `run`."""


class Objdump(CodeBlock):
    """`stack-objdump`: what binutils prints of the program; compared where it is written after a line `---`."""

    tool: Literal[
        "objdump -d",
        "readelf -h",
        "readelf -l",
        "readelf -lW",
        "readelf -S",
        "readelf -s",
        "nm",
        "nm -n",
        "nm -S",
    ] = "objdump -d"
    """The command; all but `objdump -d` print the whole file."""
    functions: Names = ()
    """The functions, in this order. Default: the example's traced functions."""
    bytes: bool = True
    """Show the machine code."""
    source: bool = False
    """Show the source lines between the instructions, as `objdump -S` does."""


def id_of(block: Block) -> str:
    """Return the id an author gave a block; empty where there is none."""
    return (isinstance(block, ShownBlock) and block.id) or ""


def syntax_of(block: Block) -> Syntax | None:
    """Return the assembly syntax an author chose for a block, None where there is none."""
    return block.syntax if isinstance(block, CodeBlock) else None


def caption_of(block: Block) -> str:
    """Return the line an author put below a block; empty where there is none."""
    return block.caption if isinstance(block, ShownBlock) else ""


KINDS: Mapping[str, type[Block]] = {
    "stack-figure": Figure,
    "stack-reel": Reel,
    "stack-listing": Listing,
    "stack-text": Text,
    "stack-memory": Memory,
    "stack-check": Check,
    "stack-gdb": Session,
    "stack-objdump": Objdump,
}
"""The blocks there are, by the name after the fence."""

EXAMPLES: Mapping[str, str] = {
    "stack-figure": "at: after main+0",
    "stack-reel": "from: enter main",
    "stack-listing": "functions: [main, sum]",
    "stack-text": "at: after main+0",
    "stack-memory": "show: [main]",
    "stack-check": "{after main+0} rsp == 0x7fffffffe510",
    "stack-gdb": "at: enter main",
    "stack-objdump": "functions: [main]",
}
"""A right line of each, for errors."""

TAILED: Mapping[str, str] = {"stack-check": "{", "stack-gdb": "(gdb)", "stack-objdump": ""}
"""Blocks with a text of their own after a line `---`; what a line begins with that makes the whole body that text."""

KEY_EXAMPLES: Mapping[str, str] = {
    "example": "example: c-sum",
    "syntax": "syntax: att",
    "caption": 'caption: "sum has returned"',
    "id": "id: the-red-zone",
    "at": "at: after main+0",
    "functions": "functions: [main, sum]",
    "rows": "rows: 24",
    "from": "from: enter main",
    "to": "to: leave main",
    "over": "over: [sum]",
    "pdf": "pdf: [0, main+25, leave sum]",
    "sync": "sync: versions",
    "notes": 'notes: {main+25: "call pushes the return address"}',
    "tool": "tool: readelf -l",
    "bytes": "bytes: true",
    "source": "source: false",
    "ascii": "ascii: true",
    "show": 'show: ["&counted", main]',
    "expect": 'expect: ["rsp == 0x7fffffffe510"]',
}
"""A right line for each key, for errors."""


def key_of(attribute: str, model: type[Options]) -> str:
    """Return the key an author writes for `attribute` of `model`."""
    return model.model_fields[attribute].alias or attribute


def keys(model: type[Options]) -> tuple[str, ...]:
    """Return the keys of `model` as an author writes them."""
    return tuple(key_of(name, model) for name in model.model_fields)


def reference(model: type[Options]) -> tuple[tuple[str, str, str, str], ...]:
    """Return a row (key, type, default, meaning) for each key of `model`, for the guide's options table."""
    rows, meanings = [], _meanings(model)
    for name, field in model.model_fields.items():
        default = (
            "required" if field.is_required() else _spelling(field.get_default(call_default_factory=True))
        )
        rows.append((key_of(name, model), _type(field.annotation), default, meanings.get(name, "")))
    return tuple(rows)


def _meanings(model: type[Options]) -> Mapping[str, str]:
    """Return the docstring of each field; read from the source, as pages are built without them."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if issubclass(kind, Options):
            (definition,) = ast.parse(inspect.getsource(kind)).body
            for line, below in pairwise(definition.body if isinstance(definition, ast.ClassDef) else ()):
                if isinstance(line, ast.AnnAssign) and isinstance(below, ast.Expr):
                    found[ast.unparse(line.target)] = inspect.cleandoc(ast.literal_eval(below.value))
    return found


def _spelling(value: object) -> str:
    """Write a default as YAML has it; empty where the default is told in words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if value else ""


_TYPES: Mapping[object, str] = {str: "text", bool: "true or false", int: "number"}


def _type(annotation: object) -> str:
    """Say in words what a value may be."""
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return _type(next(part for part in parts if part is not type(None)))
    if origin is Literal:
        return ", ".join(parts)
    if origin is Annotated:
        return _type(parts[0])
    if origin is tuple:
        return "list of names" if parts[0] is str else "list of steps"
    if origin is dict:
        return "moment: text"
    return _TYPES[annotation]
