"""Tokens of a gdb expression to a tree: C's operators and precedence, and gdb's `@`, `{type}` and `function::name`.

A name is a type where the caller says so (`is_type`); variables come first, as in gdb. Nesting is bounded. gdb's
message for what cannot be parsed is given with its rest of the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from stackreel.claims.gdb.answers import GdbError
from stackreel.claims.gdb.goview import KEYWORDS
from stackreel.claims.gdb.tokens import Token, tokens

MAX_NESTING = 100


@dataclass(frozen=True)
class Declarator:
    """A type as written: its words (`unsigned long`, `struct pair`), then pointers and arrays from the inside out."""

    words: tuple[str, ...]
    layers: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class Node:
    """A node: what it is, its text or type, and its operands."""

    kind: str
    text: str = ""
    operands: tuple[Node, ...] = ()
    type: Declarator | None = None


_BINARY = {
    "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, ">": 7, "<=": 7, ">=": 7, "@": 8,
    "<<": 9, ">>": 9, "+": 10, "-": 10, "*": 11, "/": 11, "%": 11,
}  # fmt: skip
_ASSIGNMENT = frozenset(["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="])
_UNARY = frozenset(["-", "!", "~", "+", "*", "&", "++", "--"])
_TYPE_WORDS = frozenset(
    [
        "void",
        "char",
        "short",
        "int",
        "long",
        "float",
        "double",
        "signed",
        "unsigned",
        "_Bool",
        "const",
        "volatile",
        "__int128",
        "struct",
        "union",
        "enum",
    ]
)
_TAGGED = frozenset(["struct", "union", "enum"])


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


def parse(text: str, words: Words) -> Node:
    """Parse an expression, or a type (kind `type`). Raises GdbError."""
    return _Parser(text, words).whole()


class _Parser:
    def __init__(self, text: str, words: Words) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._at = 0
        self._words = words
        self._is_type = words.is_type
        self._depth = 0

    def whole(self) -> Node:
        node = self._comma()
        if self._now.kind != "end":
            raise self._mistake()
        return node

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _mistake(self) -> GdbError:
        return GdbError(f"A syntax error in expression, near `{self._text[self._now.at :].rstrip()}'.")

    def _is(self, sign: str) -> bool:
        return self._now.kind == "sign" and self._now.text == sign

    def _take(self, sign: str) -> bool:
        if self._is(sign):
            self._at += 1
            return True
        return False

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise self._mistake()

    def _name(self) -> str:
        """Take a name, which must come next."""
        token = self._now
        if token.kind != "name" or (self._words.is_go and token.text in KEYWORDS):
            raise self._mistake()
        self._at += 1
        return token.text

    def _comma(self) -> Node:
        node = self._assignment()
        while self._take(","):
            node = Node("comma", "", (node, self._assignment()))
        return node

    def _assignment(self) -> Node:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise GdbError("The expression is nested too deeply.")
        node = self._conditional()
        if self._now.kind == "sign" and self._now.text in _ASSIGNMENT:
            sign = self._now.text
            self._at += 1
            node = Node("assign", sign, (node, self._assignment()))
        self._depth -= 1
        return node

    def _conditional(self) -> Node:
        node = self._binary(1)
        if self._take("?"):
            then = self._comma()
            self._need(":")
            node = Node("conditional", "?", (node, then, self._conditional()))
        return node

    def _binary(self, least: int) -> Node:
        node = self._unary()
        while self._now.kind == "sign" and _BINARY.get(self._now.text, 0) >= least:
            sign = self._now.text
            self._at += 1
            node = Node("binary", sign, (node, self._binary(_BINARY[sign] + 1)))
        return node

    def _unary(self) -> Node:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise GdbError("The expression is nested too deeply.")
        node = self._unary_inside()
        self._depth -= 1
        return node

    def _unary_inside(self) -> Node:
        token = self._now
        if token.kind == "sign" and token.text in _UNARY:
            self._at += 1
            return Node("unary", token.text, (self._unary(),))
        if token.kind == "name" and token.text == "sizeof" and not self._words.is_go:
            self._at += 1
            return self._size()
        is_cast = token.kind == "sign" and token.text == "(" and self._begins_type(self._at + 1)
        if is_cast and not self._words.is_go:
            self._at += 1
            type_ = self._type()
            self._need(")")
            return Node("cast", "", (self._unary(),), type_)
        if token.kind == "sign" and token.text == "{":
            self._at += 1
            type_ = self._type()
            self._need("}")
            return Node("memory", "", (self._unary(),), type_)
        return self._postfix()

    def _size(self) -> Node:
        if self._is("(") and self._begins_type(self._at + 1):
            self._at += 1
            type_ = self._type()
            self._need(")")
            return Node("sizeof", "", (), type_)
        return Node("sizeof", "", (self._unary(),))

    def _postfix(self) -> Node:
        node = self._atom()
        while self._now.kind == "sign":
            sign = self._now.text
            if sign in (".", "->"):
                self._at += 1
                node = Node("member", self._name(), (node,), Declarator((sign,)))
            elif sign == "[":
                self._at += 1
                node = Node("index", "", (node, self._comma()))
                self._need("]")
            elif sign == "(":
                self._at += 1
                node = Node("call", "", (node,) if self._take(")") else (node, self._arguments()))
            elif sign in ("++", "--"):
                self._at += 1
                node = Node("after", sign, (node,))
            else:
                break
        return node

    def _arguments(self) -> Node:
        node = self._comma()
        self._need(")")
        return node

    def _atom(self) -> Node:
        token = self._now
        if token.kind == "string":
            return self._strings()
        if token.kind == "quoted":
            return self._quoted()
        if token.kind in ("number", "character", "dollar"):
            self._at += 1
            return Node(token.kind, token.text)
        if self._begins_type(self._at):
            return Node("type", "", (), self._type())
        if token.kind == "name":
            self._name()
            if self._take("::"):
                return Node("scoped", token.text, (Node("name", self._name()),))
            if self._is(".") and self._words.is_package(token.text):
                self._at += 1
                name = f"{token.text}.{self._name()}"
                return (
                    Node("type", "", (), Declarator((name,))) if self._is_type(name) else Node("name", name)
                )
            return Node("name", token.text)
        if self._take("("):
            node = self._comma()
            if node.kind == "type":
                raise self._mistake()
            self._need(")")
            return node
        if self._take("::") and self._now.kind == "name":
            self._at += 1
            return Node("global", self._tokens[self._at - 1].text)
        raise self._mistake()

    def _strings(self) -> Node:
        """Read strings that follow one another, which are one."""
        found: list[Node] = []
        while self._now.kind == "string":
            found.append(Node("string", self._now.text))
            self._at += 1
        return Node("string", found[0].text, tuple(found[1:]))

    def _quoted(self) -> Node:
        """Read a name in quotes: a file or a function where `::` follows, else what the name alone means."""
        name = self._now.text
        self._at += 1
        is_file = self._words.is_file(name)
        if self._take("::"):
            return Node("in file" if is_file else "scoped", name, (Node("name", self._name()),))
        if is_file:
            raise self._mistake()
        return Node("name", name)

    def _begins_type(self, at: int) -> bool:
        token = self._tokens[at]
        if self._words.is_go:
            return token.kind == "name" and self._is_type(token.text)
        return token.kind == "name" and (token.text in _TYPE_WORDS or self._is_type(token.text))

    def _type(self) -> Declarator:
        words: list[str] = []
        while self._now.kind == "name" and (
            self._now.text in _TYPE_WORDS or (not words and self._is_type(self._now.text))
        ):
            words.append(self._now.text)
            self._at += 1
            if words[-1] in _TAGGED:
                if self._now.kind != "name":
                    raise self._mistake()
                words.append(self._now.text)
                self._at += 1
        if not words:
            raise self._mistake()
        return Declarator(tuple(words), self._layers())

    def _layers(self) -> tuple[str | int, ...]:
        """Read pointers, arrays and functions around an absent name: `*`, `(*)[4]`, `(*)(int)` without its types."""
        layers: list[str | int] = []
        while self._now.text in ("*", "const", "volatile"):
            if self._take("*"):
                layers.append("*")
            else:
                self._at += 1
        inner: tuple[str | int, ...] = ()
        if self._is("(") and self._tokens[self._at + 1].text == "*":
            self._at += 1
            inner = self._layers()
            self._need(")")
        counts: list[str | int] = []
        while self._take("["):
            if self._now.kind != "number":
                raise self._mistake()
            counts.append(int(self._now.text, 0))
            self._at += 1
            self._need("]")
        if inner and self._take("("):
            while not self._take(")"):
                self._type()
                self._take(",")
            counts.append("()")
        return (*layers, *reversed(counts), *inner)
