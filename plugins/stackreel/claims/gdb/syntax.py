"""Tokens of a gdb expression to a tree: C's operators and precedence, and gdb's `@`, `{type}` and `function::name`.

A name is a type where the caller says so (`is_type`); variables come first, as in gdb. Nesting is bounded. gdb's
message for what cannot be parsed is given with its rest of the text.
"""

from __future__ import annotations

from stackreel.claims.gdb.answers import GdbError
from stackreel.claims.gdb.goview import KEYWORDS
from stackreel.claims.gdb.literals import number_literal
from stackreel.claims.gdb.nodes import Declarator, Layer, Node, Words, check_depth
from stackreel.claims.gdb.tokens import Token, tokens
from stackreel.claims.gdb.typed import is_real, number

MAX_NESTING = 100


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
QUALIFIERS = ("const", "volatile")
_TAGGED = frozenset(["struct", "union", "enum"])


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
        check_depth(node)
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
        qualifiers: list[str] = []
        is_over = False
        while self._now.kind == "name" and (
            self._now.text in _TYPE_WORDS or (not words and self._is_type(self._now.text))
        ):
            word = self._now.text
            if word in QUALIFIERS:
                self._at += 1
                qualifiers.append(word)
                is_over = bool(words)
                continue
            if is_over:  # C's words may go on behind a qualifier, gdb's do not
                break
            self._at += 1
            words.append(word)
            if word in _TAGGED:
                if self._now.kind != "name" or self._now.text in _TYPE_WORDS:
                    raise self._mistake()
                words.append(self._now.text)
                self._at += 1
        if not words:
            raise self._mistake()
        return Declarator(tuple(words), (*qualifiers, *self._layers()))

    def _layers(self) -> tuple[Layer, ...]:
        """Read pointers, arrays and functions around an absent name: `*`, `(*)[4]`, `(*)(int)`."""
        layers: list[Layer] = []
        while self._now.text in ("*", *QUALIFIERS):
            layers.append(self._now.text)
            self._at += 1
        inner: tuple[Layer, ...] = ()
        if self._is("(") and self._tokens[self._at + 1].text == "*":
            self._at += 1
            self._depth += 1
            if self._depth > MAX_NESTING:
                raise GdbError("The expression is nested too deeply.")
            inner = self._layers()
            self._depth -= 1
            self._need(")")
        counts: list[Layer] = []
        while self._take("["):
            counts.append(self._count())
        if inner and self._take("("):
            parameters: list[Declarator] = []
            while not self._take(")"):
                parameters.append(self._type())
                self._take(",")
            counts.append(tuple(parameters))
        return (*layers, *reversed(counts), *inner)

    def _count(self) -> str | int:
        """Read how many elements an array has, behind its bracket; `[]` where that is not said."""
        if self._take("]"):
            return "[]"
        if self._now.kind != "number":
            raise self._mistake()
        found = number_literal(self._now.text)
        if is_real(found.type) or found.data is None:
            raise self._mistake()
        self._at += 1
        self._need("]")
        return number(found.type, found.data)
