"""Evaluates an expression against a `Subject`: one small function a kind of node, found in a table.

Nothing here can run longer than its input is long.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from stackreel.claims.context import Context, child
from stackreel.claims.leaves import LEAVES
from stackreel.claims.operators import OPERATORS
from stackreel.claims.parse import Node, parse
from stackreel.claims.subject import Subject
from stackreel.claims.values import Number, Text, Truth, Value, show

_NODES = LEAVES | OPERATORS


@dataclass(frozen=True)
class Verdict:
    """The value of an expression. For one comparison `left`, `sign` and `right` are it, the sides as printed.

    `restated` is the left side as the right one is printed: a number in its base, an address as its symbol.
    """

    value: Value
    is_claim: bool
    left: str = ""
    right: str = ""
    sign: str = ""
    restated: str = ""

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
        left, right = (context.value(child(tree, i)) for i in (0, 2))
        sign = str(tree.children[1])
        return Verdict(
            value,
            is_claim=True,
            left=show(left),
            right=_named(left, right, subject),
            sign=sign,
            restated=_restated(left, right),
        )
    return Verdict(value, is_claim=isinstance(value, Truth))


def value_of(node: Node, text: str, subject: Subject) -> Value:
    """Return the value of a part of the expression `text`. Raises ExpressionError."""
    return Context(text, subject, _NODES).value(node)


_SMALL = 16
"""Bits of a number that may be printed in decimal though it is a register's."""


def _restated(left: Value, right: Value) -> str:
    """Print the left side in the way of the right one."""
    if isinstance(left, Number) and isinstance(right, Number) and right.style in ("hex", "decimal", "binary"):
        is_address = left.style == "hex" and left.unsigned() >> _SMALL
        return show(left if is_address else replace(left, style=right.style, shown=""))
    return show(left)


def _named(left: Value, right: Value, subject: Subject) -> str:
    """Print the right side; beside a symbol as a symbol."""
    if isinstance(left, Text) and left.address is not None and isinstance(right, Number):
        symbol = subject.symbolize(right.unsigned())
        return show(right) if symbol is None else str(symbol)
    return show(right)
