"""Evaluates an expression against a `Subject`: one small function a kind of node, found in a table.

Nothing here can run longer than its input is long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stackreel.claims.context import Context, child
from stackreel.claims.leaves import LEAVES
from stackreel.claims.numbers import Number
from stackreel.claims.objects import operand
from stackreel.claims.operators import OPERATORS
from stackreel.claims.parse import Node, parse
from stackreel.claims.subject import Subject
from stackreel.claims.values import Text, Truth, Value, claimable, show

_NODES = LEAVES | OPERATORS


@dataclass(frozen=True)
class Verdict:
    """The value of an expression. For one comparison `left`, `sign` and `right` are it, the sides as printed.

    `restated` is the left side as the right one is printed: a number in its base, an address as its symbol. Of a
    claim that is false and has several parts, `failed` are the comparisons that make it so, each with its `text`.
    """

    value: Value
    is_claim: bool
    left: str = ""
    right: str = ""
    sign: str = ""
    restated: str = ""
    text: str = ""
    failed: tuple[Verdict, ...] = ()

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
    if tree.data == "comparison":
        return _compared(context, tree, value)
    failed: tuple[Verdict, ...] = ()
    if isinstance(value, Truth) and not value.value:
        failed = tuple(_failed(context, tree, value))
    return Verdict(value, is_claim=isinstance(value, Truth), failed=failed)


def _compared(context: Context, tree: Node, value: Value) -> Verdict:
    left, right = (operand(context, child(tree, i)) for i in (0, 2))
    return Verdict(
        value,
        is_claim=True,
        left=show(left),
        right=_named(left, right, context.subject),
        sign=str(tree.children[1]),
        restated=_restated(left, right),
        text=_written(context, tree),
    )


def _failed(context: Context, tree: Node, value: Value) -> Iterator[Verdict]:
    """Yield the parts that make a claim false: of `and` those that are false, of `or` all, of `not` what it denies."""
    if tree.data == "comparison":
        yield _compared(context, tree, value)
    elif tree.data in ("conjunction", "disjunction"):
        for index in range(len(tree.children)):
            part = child(tree, index)
            of_part = context.value(part)
            if isinstance(of_part, Truth) and not of_part.value:
                yield from _failed(context, part, of_part)
    else:
        yield Verdict(value, is_claim=True, text=_written(context, tree))


def _written(context: Context, tree: Node) -> str:
    return context.text[tree.meta.column - 1 : tree.meta.end_column - 1]


def value_of(node: Node, text: str, subject: Subject) -> Value:
    """Return the value of a part of the expression `text`. Raises ExpressionError."""
    return Context(text, subject, _NODES).value(node)


_SMALL = 16
"""Bits of a number that may be printed in decimal though it is a register's."""


def _restated(left: Value, right: Value) -> str:
    """Print the left side in the way of the right one."""
    if isinstance(right, Number) and right.shown.isidentifier():
        return show(left)  # beside an enumerator
    if isinstance(left, Number) and isinstance(right, Number) and right.style != "character":
        is_address = left.style == "hex" and left.unsigned() >> _SMALL
        return show(left) if is_address else claimable(left, right.style)
    return show(left)


def _named(left: Value, right: Value, subject: Subject) -> str:
    """Print the right side; beside a symbol as a symbol."""
    if isinstance(left, Text) and left.address is not None and isinstance(right, Number):
        symbol = subject.symbolize(right.unsigned())
        return show(right) if symbol is None else str(symbol)
    return show(right)
