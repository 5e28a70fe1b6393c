"""Evaluates an expression against a `Subject`: one small function a kind of node, found in a table.

Nothing here can run longer than its input is long.
"""

from __future__ import annotations

from dataclasses import dataclass

from stackreel.claims.context import Context, child
from stackreel.claims.leaves import LEAVES
from stackreel.claims.operators import OPERATORS
from stackreel.claims.parse import parse
from stackreel.claims.subject import Subject
from stackreel.claims.values import Truth, Value, show

_NODES = LEAVES | OPERATORS


@dataclass(frozen=True)
class Verdict:
    """The value of an expression. For a comparison `left` and `right` are its two sides as printed."""

    value: Value
    is_claim: bool
    left: str = ""
    right: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is a claim that is true."""
        return isinstance(self.value, Truth) and self.value.value

    def __str__(self) -> str:
        """The value as an article prints it."""
        return show(self.value)


def evaluate(text: str, subject: Subject) -> Verdict:
    """Parse and evaluate `text`. Raises ExpressionError, with the column in `text`."""
    tree = parse(text)
    context = Context(text, subject, _NODES)
    value = context.value(tree)
    if tree.data == "comparison" and len(tree.children) == 3:
        sides = [show(context.value(child(tree, i))) for i in (0, 2)]
        return Verdict(value, is_claim=True, left=sides[0], right=sides[1])
    return Verdict(value, is_claim=isinstance(value, Truth))
