"""A false claim made true: the literal on its right side written anew, all else as it was.

Only `expr == literal` can be mended, also several joined by `and`, where the literal is a number, a string, a
character or a place such as `main+30`. Whether a claim that compares otherwise is what
its author means, only its author knows.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from stackreel.claims.context import child
from stackreel.claims.evaluate import evaluate, value_of
from stackreel.claims.numbers import Number, Style
from stackreel.claims.parse import ExpressionError, Node, parse
from stackreel.claims.strings import character_code, quoted
from stackreel.claims.subject import Subject
from stackreel.claims.values import Real, Text, Truth, Value, claimable, same


def restated(text: str, subject: Subject) -> str | None:
    """Return the claim with its right sides as they are; None where that makes no true claim.

    A false part that is no `expr == literal` cannot be mended. Raises ExpressionError.
    """
    new, parts = text, _parts(parse(text))
    for part in reversed(parts):  # from the right, so that columns stay true
        value = value_of(part, text, subject)
        if len(parts) > 1 and isinstance(value, Truth) and value.value:
            continue
        place, said = _mended(part, text, subject)
        if said is None:
            return None
        new = new[: place.start] + said + new[place.stop :]
    return new if _holds(new, subject) else None


def _holds(text: str, subject: Subject) -> bool:
    try:
        return evaluate(text, subject).holds
    except ExpressionError:  # too long now, or a value that no literal has
        return False


def _parts(tree: Node) -> list[Node]:
    """Return the claims that are joined by `and`, in order."""
    if tree.data != "conjunction":
        return [tree]
    return [part for n in range(len(tree.children)) for part in _parts(child(tree, n))]


def _mended(tree: Node, text: str, subject: Subject) -> tuple[slice, str | None]:
    """Return where the literal of `expr == literal` stands, and what it should be; None where it is none."""
    if tree.data != "comparison" or len(tree.children) != 3 or str(tree.children[1]) != "==":
        return slice(0, 0), None
    right = child(tree, 2)
    written = _WRITTEN.get(_kind(right))
    if written is None or getattr(right.meta, "column", None) is None:
        return slice(0, 0), None
    place = slice(right.meta.column - 1, right.meta.end_column - 1)
    return place, written(value_of(child(tree, 0), text, subject), text[place], subject)


def _kind(node: Node) -> str:
    """Return the kind of a literal, empty for other nodes."""
    if node.data == "minus" and child(node, 0).data == "number":
        return "number"
    if node.data == "sum":
        parts = [child(node, i).data for i in (0, 2)] if len(node.children) == 3 else []
        return "place" if parts == ["name", "number"] else ""
    return {"name": "place"}.get(str(node.data), str(node.data))


def _number(value: Value, old: str, _subject: Subject) -> str | None:
    if isinstance(value, Real):
        return repr(value.value) if math.isfinite(value.value) else None
    if not isinstance(value, Number):
        return None
    bare = old.lstrip("- ").lower()
    style: Style = "hex" if bare.startswith("0x") else "binary" if bare.startswith("0b") else "decimal"
    return claimable(value, style)


def _string(value: Value, _old: str, _subject: Subject) -> str | None:
    return quoted(value.value) if isinstance(value, Text) and value.address is None else None


def _character(value: Value, old: str, subject: Subject) -> str | None:
    code = value.value & 0xFF if isinstance(value, Number) else 0
    written = f"'{chr(code)}'" if 32 <= code < 127 and chr(code) not in "'\\" else f"'\\{code:03o}'"
    is_equal = same(value, Number(character_code(written), style="character"))
    return written if is_equal else _number(value, old, subject)


def _place(value: Value, old: str, subject: Subject) -> str | None:
    if isinstance(value, Number) and subject.constant(old) is not None:
        return value.shown if subject.constant(value.shown) == value.value else None
    if isinstance(value, Number):
        symbol = subject.symbolize(value.unsigned())
        return None if symbol is None else str(symbol)
    return value.value if isinstance(value, Text) and value.address is not None else None


_WRITTEN: dict[str, Callable[[Value, str, Subject], str | None]] = {
    "number": _number,
    "string": _string,
    "character": _character,
    "place": _place,
}
