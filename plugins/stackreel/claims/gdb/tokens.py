"""Text of a gdb expression to tokens, with gdb's own errors for what is none.

C's tokens, `$` in names, and names in quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from stackreel.claims.gdb.answers import GdbError
from stackreel.claims.gdb.literals import is_name

Kind = Literal["number", "character", "quoted", "string", "name", "dollar", "sign", "end"]


@dataclass(frozen=True)
class Token:
    """A token, and where it starts in the text."""

    kind: Kind
    text: str
    at: int


_SIGNS = (
    *("<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "::"),
    *("+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="),
    *"+-*/%&|^~!<>=?:,.()[]{}@",
)
_PATTERN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>0[xX][0-9a-zA-Z]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[a-zA-Z0-9]*)"
    r"|(?P<dollar>\$[\w$\x80-\U0010ffff]*)"
    r"|(?P<name>[A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*(?:@plt\b)?)"
    r"|(?P<character>'(?:\\.|[^'\\])*')"
    r'|(?P<string>"(?:\\.|[^"\\])*")'
    r"|(?P<sign>" + "|".join(re.escape(s) for s in _SIGNS) + ")",
    re.ASCII,
)
_KINDS: dict[str, Kind] = {k: k for k in get_args(Kind)}


def tokens(text: str) -> list[Token]:
    """Split an expression; the last token is of kind `end`. Raises GdbError."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:
            raise _mistake(text, at)
        kind, written = match.lastgroup or "", match.group()
        if kind == "character" and is_name(written):
            found.append(Token("quoted", written[1:-1], at))
        elif kind != "space":
            found.append(Token(_KINDS[kind], written, at))
        at = match.end()
    found.append(Token("end", "", len(text)))
    return found


def _mistake(text: str, at: int) -> GdbError:
    if text[at] == '"':
        return GdbError("Unterminated string in expression.")
    if text[at] == "'":
        return GdbError("Unmatched single quote.")
    return GdbError("Invalid character '" + text[at] + "' in expression.")
