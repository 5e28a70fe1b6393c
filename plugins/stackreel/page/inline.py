r"""Code spans that say something of the machine: `{moment} expr` becomes its value, or a claim that was checked.

A processor before Markdown's own for code spans, so that paragraphs, lists, tables, quotes, admonitions, tabs,
footnotes and headings have them alike, whatever else is loaded. A span that begins with `\{` is shown without the
backslash and says nothing; spans between two or more backquotes say something like others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import Protocol
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString, code_escape

from stackreel.errors import BlockError, Place, StackreelError
from stackreel.page.context import Page
from stackreel.page.spans import CODE, Spans
from stackreel.page.statements import Judged, Known, Span, Statement, read_span, state, unescaped
from stackreel.page.words import WORDS

PRIORITY = 195
"""Before Markdown's code spans (190) and whatever stands in for them."""

_AT = "data-sd-at"
_LINKED = re.compile(
    rf'<code (?P<kept>[^>]*?) {_AT}="(?P<example>[^"]*)@(?P<position>\d+)"(?P<more>[^>]*)>(?P<text>.*?)</code>'
)
_NO_LINKS = ("a", "h1", "h2", "h3", "h4", "h5", "h6", "summary", "label")


class Judges(Protocol):
    """What knows whether a statement is right: the studio, or a stand-in."""

    def judge(self, statement: Statement) -> Judged | tuple[StackreelError, ...]:
        """Return what is printed for a statement, or everything that is wrong with it."""
        ...


@dataclass
class Values:
    """The statements of one page: their places, and who judges them."""

    judges: Judges
    report: Callable[[StackreelError], None]
    page: Page = field(default_factory=lambda: Page(""))
    spans: Spans = field(default_factory=Spans)
    count: int = 0
    known: Mapping[Span, Known] = field(default_factory=dict)
    found: dict[Span, Known] = field(default_factory=dict)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def begin(self, page: Page, spans: Spans, known: Mapping[Span, Known]) -> None:
        """Start on a page; what is `known` of spans is not judged again."""
        self.page, self.spans, self.known = page, spans, known
        self.count, self.found, self.seen = 0, {}, set()

    def element(self, written: str, span: Span) -> Element:
        """Return what stands for a span: its value, the claim as written, or what is wrong."""
        self.count += 1
        if span in self.known:
            return self._right(span, self.known[span])
        found = self.spans.take(written)
        place = self.page.place(found[0]) if found else Place(self.page.file)
        if found:
            place = Place(place.file, place.line, found[1])
            self.seen.add(found)
        try:
            statement = state(span, self.page.options.example, place, self.page.named)
        except BlockError as error:
            return self._wrong(span, (error,))
        outcome = self.judges.judge(replace(statement, is_span=True))
        if not isinstance(outcome, Judged):
            return self._wrong(span, outcome)
        self.found[span] = Known(statement.example, outcome)
        return self._right(span, self.found[span])

    def _right(self, span: Span, known: Known) -> Element:
        judged = known.judged
        element = Element("code")
        element.set("class", "sd-claim" if judged.is_claim else "sd-value")
        words = WORDS[self.page.language]
        element.set("title", words.said_at.format(span.moment, judged.position))
        element.set(_AT, f"{known.example}@{judged.position}")
        element.text = AtomicString(code_escape(judged.shown))
        return element

    def _wrong(self, span: Span, errors: tuple[StackreelError, ...]) -> Element:
        for error in errors:
            self.report(error)
        element = Element("code")
        element.set("class", "sd-wrong")
        element.set("role", "alert")
        element.set("title", "\n".join(str(error) for error in errors))
        element.text = AtomicString(code_escape(span.text))
        return element


class ValueSpans(InlineProcessor):
    """Takes the code spans that are statements, and leaves the others to Markdown."""

    def __init__(self, md: Markdown, values: Values) -> None:
        super().__init__(CODE, md)
        self._values = values

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Python-Markdown's name, and its types forbid a node
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        """Return the element for a span, or nothing."""
        written = m["code"]
        literal = unescaped(written.strip())
        if literal is not None:
            element = Element("code")
            element.text = AtomicString(code_escape(literal))
            return element, m.start(0), m.end(0)
        span = read_span(written)
        if span is None:
            return None, None, None
        return self._values.element(written, span), m.start(0), m.end(0)


class Unlinked(Treeprocessor):
    """Takes the position off spans in headings and links, which cannot hold another link."""

    def run(self, root: Element) -> None:
        """Walk the tree of a page."""
        self._walk(root, inside=False)

    def _walk(self, element: Element, *, inside: bool) -> None:
        inside = inside or element.tag in _NO_LINKS
        if inside and _AT in element.attrib:
            del element.attrib[_AT]
        for child in element:
            self._walk(child, inside=inside)


Anchors = Mapping[tuple[str, int], str]
"""The HTML id that shows a position of an example on a page."""


def link(html: str, anchors: Anchors) -> str:
    """Link the values of a page to where the page shows their moment."""

    def linked(found: re.Match[str]) -> str:
        plain = f"<code {found['kept']}{found['more']}>{found['text']}</code>"
        anchor = anchors.get((found["example"], int(found["position"])))
        if anchor is None:
            return plain
        return f'<a class="sd-at" href="#{escape(anchor)}">{plain}</a>'

    return _LINKED.sub(linked, html)
