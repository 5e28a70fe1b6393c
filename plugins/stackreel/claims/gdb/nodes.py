"""The tree of a gdb expression: its nodes, types as they are written, and what the parser asks of names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from stackreel.claims.gdb.answers import unrecorded

MAX_DEPTH = 200
"""How deep a tree may be: evaluating it needs some of Python's stack for each level."""


@dataclass(frozen=True)
class Declarator:
    """A type as written: its words (`unsigned long`, `struct pair`), then what is made of it from the inside out.

    A layer is a qualifier, `*`, an array's count or `[]`, or a function's parameters.
    """

    words: tuple[str, ...]
    layers: tuple[Layer, ...] = ()


Layer: TypeAlias = str | int | tuple[Declarator, ...]


@dataclass(frozen=True)
class Node:
    """A node: what it is, its text or type, and its operands."""

    kind: str
    text: str = ""
    operands: tuple[Node, ...] = ()
    type: Declarator | None = None


class Words(Protocol):
    """What words mean where an expression is evaluated."""

    @property
    def is_go(self) -> bool:
        """Whether Go's rules hold: no `sizeof`, no casts in brackets."""
        ...

    def is_type(self, name: str) -> bool:
        """Whether a name is a type."""
        ...

    def is_file(self, name: str) -> bool:
        """Whether a name is that of a source file."""
        ...

    def is_package(self, name: str) -> bool:
        """Whether a name before a dot is a package of Go."""
        ...


def check_depth(node: Node) -> None:
    """Raise UnrecordedError for chains such as `a + b + …` that are nested deeper than they can be evaluated."""
    level: tuple[Node, ...] = (node,)
    for _ in range(MAX_DEPTH):
        level = tuple(operand for one in level for operand in one.operands)
    if level:
        raise unrecorded("the expression is longer than a replay evaluates")
