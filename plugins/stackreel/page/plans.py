"""A block on its way to HTML: as it is asked for, and as it is planned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stackreel.errors import Place
from stackreel.listing.model import Syntax
from stackreel.page.blocks import Block, Figure, Listing, Memory, Objdump, Reel, Session, Text
from stackreel.page.context import Language
from stackreel.page.validate import Placed

if TYPE_CHECKING:
    from stackreel.figure import Drawing, Scene


@dataclass(frozen=True)
class Request:
    """A block with all defaults settled; `ident` is unique on its page, `example_at` where the example is named."""

    placed: Placed
    example: str
    example_at: Place
    syntax: Syntax
    language: Language
    ident: str

    def at(self, *path: str) -> Place:
        """Where the value of a key stands."""
        return self.placed.body.value(path)


@dataclass(frozen=True)
class Plan:
    """A block that is to be made: what has to be drawn, and how the drawings become HTML."""

    scenes: tuple[Scene, ...]
    finish: Callable[[Sequence[Drawing]], str]


def finished(html: str) -> Plan:
    """Return the plan of a block that needs no drawing."""
    return Plan((), lambda _: html)


def slug(block: Block) -> str:
    """Return the part of an id that says what a block shows: its functions, or its moment."""
    match block:
        case Reel():
            return block.from_.removeprefix("enter ")
        case Listing():
            return "-".join(("listing", *block.functions))
        case Memory():
            return "memory"
        case Session():
            return f"gdb-{block.at}"
        case Objdump():
            return "-".join((block.tool.removesuffix(" -d").replace(" ", ""), *block.functions))
        case Figure() | Text():
            return block.at
        case _:
            return "block"
