"""What every node's function needs: the text, the subject, and how to get at a node's children and their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lark import Tree

from stackreel.claims.numbers import Number
from stackreel.claims.parse import ExpressionError, Node, error
from stackreel.claims.subject import Subject
from stackreel.claims.values import Real, Text, Truth, Value, as_number


@dataclass(frozen=True)
class Context:
    """One evaluation: the expression's text, its subject, and the function of each kind of node."""

    text: str
    subject: Subject
    nodes: Mapping[str, Callable[[Context, Node], Value]]

    def value(self, node: Node) -> Value:
        """Evaluate a node."""
        return self.nodes[str(node.data)](self, node)

    def fail(self, node: Node, message: str, near_names: tuple[str, ...] = ()) -> ExpressionError:
        """Make the error that `message` is, at the place of `node`."""
        return error(self.text, getattr(node.meta, "column", 1), message, near=near_names)


def child(node: Node, index: int) -> Node:
    """A child as a node; a bare token is taken as a name."""
    found = node.children[index]
    return found if isinstance(found, Tree) else Tree("name", [found], node.meta)


def token(node: Node, index: int) -> str:
    """The text of a child that is a token."""
    return str(node.children[index])


def number_of(context: Context, node: Node) -> Number:
    """The value of `node` as a whole number; a symbol counts as its address, an array too. Raises ExpressionError."""
    return whole(context, node, context.value(node))


def whole(context: Context, node: Node, value: Value) -> Number:
    """Return what `node` was found to be as a whole number. Raises ExpressionError."""
    value = as_number(value)
    if not isinstance(value, Number):
        raise context.fail(node, f"a whole number is needed here, not {kind_of(value)}")
    return value


def truth_of(context: Context, node: Node) -> bool:
    """The verdict `node` is. Raises ExpressionError for anything but a comparison."""
    value = context.value(node)
    if not isinstance(value, Truth):
        raise context.fail(node, f"`and`, `or` and `not` take comparisons, not {kind_of(value)}")
    return value.value


def kind_of(value: Value) -> str:
    """What to call a value in an error."""
    names = {Number: "a whole number", Real: "a floating point number", Text: "text", Truth: "a comparison"}
    return names.get(type(value), "a struct or an array")
