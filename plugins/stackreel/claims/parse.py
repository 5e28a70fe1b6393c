"""Text of an expression to its syntax tree, by the grammar in expression.lark; every error has a column.

Nothing is evaluated here. Nesting is bounded, so that no input can exhaust the stack.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from stackreel.errors import Place, StackreelError, near

MAX_LENGTH = 2000
MAX_NESTING = 60
MAX_DEPTH = 210

Node = Tree[Token]

_EXAMPLE = "[rbp-0x14]:i32 == argc"
TYPES = ("i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "ptr", "str")
"""What memory can be read as: TYPE of the grammar."""

FORMATS = ("x", "d", "b", "c")
"""How a value can be written: FORMAT of the grammar."""

_OF_C = {"&&": "and", "||": "or", "!": "not"}
_SIGNS = re.compile(
    r"""
    "(?: \\. | [^"\\] )*" | '(?: \\[^'] [^']* | \\' | [^'\\] )' | \{ [^{}]* \} |
    (?P<sign> && | \|\| | !(?!=) )
    """,
    re.VERBOSE,
)
"""Strings, characters and moments, and outside of them the operators of C that are words here."""

_WORD = re.compile(r":(?P<name>\w+)")
_SPELLING = {
    "CTYPE": "a type",
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": "a string",
    "CHARACTER": "a character",
    "MOMENT": "a moment",
    "RPAR": "`)`",
    "RSQB": "`]`",
    "LPAR": "`(`",
}


class ExpressionError(StackreelError):
    """An expression is misspelt, or means nothing at its moment; `place.column` counts from 1 in the expression."""


def error(
    text: str, column: int, message: str, *, near: tuple[str, ...] = (), example: str = ""
) -> ExpressionError:
    """Make an error that shows `text` with a caret under `column` (from 1)."""
    shown = f"{message}\n    {text}\n    {' ' * (column - 1)}^"
    return ExpressionError(shown, place=Place("", 0, column), near=near, example=example)


@cache
def _grammar() -> Lark:
    source = files("stackreel.claims").joinpath("expression.lark").read_text(encoding="utf-8")
    return Lark(source, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def parse(text: str) -> Node:
    """Parse one expression. Raises ExpressionError with the column of the first character that cannot stand."""
    if len(text) > MAX_LENGTH:
        raise error(text[:60] + "…", 1, f"the expression is longer than {MAX_LENGTH} characters")
    _check_nesting(text)
    _refuse_signs(text)
    try:
        tree = _grammar().parse(text)
    except UnexpectedEOF as e:
        raise error(text, len(text) + 1, "the expression ends too early", example=_finished(text)) from e
    except UnexpectedInput as e:
        raise _unexpected(text, e) from e
    if not isinstance(tree, Tree):
        return Tree("name", [tree])
    _check_depth(text, tree)
    return tree


def _refuse_signs(text: str) -> None:
    """Raise ExpressionError for `&&`, `||` and `!`: the first would be `& &x` otherwise."""
    for found in _SIGNS.finditer(text):
        if sign := found["sign"]:
            raise error(text, found.start("sign") + 1, f"`{sign}` is written `{_OF_C[sign]}`",
                        example="s == 3 and not eax == 4")  # fmt: skip


def _check_nesting(text: str) -> None:
    depth = 0
    for column, character in enumerate(text, 1):
        depth += (character in "([") - (character in ")]")
        if depth > MAX_NESTING:
            raise error(text, column, f"more than {MAX_NESTING} brackets are open here")
    operators = sum(text.count(c) for c in "-~&*@") + text.count("not")
    if operators > 4 * MAX_NESTING:
        raise error(text, 1, f"more than {4 * MAX_NESTING} operators")


def _check_depth(text: str, tree: Node) -> None:
    """Raise ExpressionError for a tree that is too deep to be walked by functions that call themselves."""
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            column = getattr(level[0].meta, "column", 1)
            raise error(text, column, f"more than {MAX_DEPTH} operations, one inside the other")
        level = [part for node in level for part in node.children if isinstance(part, Tree)]


def _unexpected(text: str, e: UnexpectedInput) -> ExpressionError:
    if isinstance(e, UnexpectedToken) and e.token.type == "$END":
        return error(
            text,
            len(text) + 1,
            "the expression ends too early" if text.strip() else "there is no expression",
            example=_finished(text),
        )
    column = max(1, e.column)
    found = text[column - 1 : column]
    if isinstance(e, UnexpectedToken):
        found = str(e.token)
        wanted = sorted({_SPELLING[t] for t in e.accepts or e.expected if t in _SPELLING})
    else:
        wanted = (
            sorted({_SPELLING[t] for t in e.allowed or () if t in _SPELLING})
            if isinstance(e, UnexpectedCharacters)
            else []
        )
    message = f"`{found}` cannot stand here" + (f"; {' or '.join(wanted)} could" if wanted else "")
    if found == "=":
        right = _parsed(f"{text[: column - 1]}={text[column - 1 :]}")
        return error(text, column, "`=` does not compare; `==` does", example=right or _EXAMPLE)
    word = _WORD.match(text, column - 1)
    return error(text, column, message, example=_EXAMPLE) if word is None else _suffix(text, word)


_CLOSING = {"(": ")", "[": "]"}
_ENDING = re.compile(r"\s*(?:[-+*/%&|^~=!<>,.:@]+|\b(?:and|or|not))\s*$")
"""What stands at the end and needs something behind it."""


def _finished(text: str) -> str:
    """Return an expression that ends too early with its end: brackets closed, no operator last; else any right one."""
    text = text.strip()
    is_comparison = re.search(r"(?:==|!=|<=|>=|(?<!<)<|(?<!>)>)\s*$", text) is not None
    written = f"{text} 0" if is_comparison else _ENDING.sub("", text)
    waiting: list[str] = []
    for character in written:
        if character in _CLOSING:
            waiting.append(_CLOSING[character])
        elif waiting and character == waiting[-1]:
            waiting.pop()
    return _parsed(written + "".join(reversed(waiting))) or _EXAMPLE


def _parsed(text: str) -> str:
    """Return an expression that can be read; empty for another."""
    try:
        _grammar().parse(text)
    except UnexpectedInput:
        return ""
    return text


def _suffix(text: str, word: re.Match[str]) -> ExpressionError:
    """Return the error for `:word` where neither a type nor a format of that name can stand."""
    name, column = word["name"], word.start() + 1
    if name in TYPES:
        return error(text, column, f"the type `{name}` says how memory is read, and stands after `[address]`",
                     example=_EXAMPLE)  # fmt: skip
    if text[: column - 1].rstrip().endswith("]"):
        message = f"there is no type `{name}`; there are {', '.join(TYPES)}"
        return error(text, column, message, near=near(name.lower(), TYPES), example=_EXAMPLE)
    if name in FORMATS:
        return error(text, column, f"the format `{name}` stands at the end of an expression", example="rax:x")
    message = f"there is no format `{name}`; there are {', '.join(FORMATS)}, at the end of an expression"
    return error(text, column, message, example="rax:x")
