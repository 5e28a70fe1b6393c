"""Chapters bound to one document: cover, table of contents, bookmarks, and links that stay inside it.

Every id gets its page's name before it, so that two pages may use the same. A link to a page that is bound leads to
its chapter; another page of the site is linked to where the site is; a place that paper does not have (a step that
is left out) becomes the block it belongs to, then the chapter.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree.ElementTree import Element

from stackreel import __version__
from stackreel.hosts.pdf.model import Book, Chapter
from stackreel.hosts.pdf.paper import first_heading, to_paper
from stackreel.hosts.pdf.plates import Plates
from stackreel.hosts.pdf.tree import add_class, make, parse, text_of, text_without, write
from stackreel.hosts.pdf.words import Words, words_of

SITE = "site:///"
"""What the addresses of files of the built site begin with: pictures are read there."""

_ROOT = "http://site.invalid/"
"""Where the site is taken to be while links are resolved: a name that nothing has (RFC 2606)."""

_NOT_IN_ID = re.compile(r"[^\w.-]+")
_NOTES = frozenset(("call", "foot"))
"""What a heading holds that is not its title: footnotes and their calls."""

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_DEEPEST_BOOKMARK = 3
"""Headings up to this level have a bookmark below their chapter's."""


@dataclass(frozen=True)
class _Bound:
    """A chapter as it will be printed: its name is the id of its beginning, and what its ids begin with."""

    chapter: Chapter
    name: str
    content: Element

    def ids(self) -> Iterator[str]:
        """Yield the ids of its content."""
        return (ident for element in self.content.iter() if (ident := element.get("id")))


@dataclass(frozen=True)
class Document:
    """A bound book: its HTML, the source files of the pages that show a picture by its address, what lacks its text."""

    html: str
    pictures: Mapping[str, dict[str, None]]
    untold: tuple[str, ...]


def bind(book: Book, plates: Plates) -> Document:
    """Return the document; its drawings are put into `plates`."""
    words = words_of(book.language)
    bound = [_chapter(chapter, number, plates, words) for number, chapter in enumerate(book.chapters)]
    places = {one.chapter.url: (one.name, frozenset(one.ids())) for one in bound}
    pictures = _Pictures()
    for one in bound:
        _Links(one.chapter.url, places, book.site_url).rewrite(one.content)
        pictures.take(one)
        _prefix(one.content, one.name)
    body = make("body", *(() if book.is_single else (_cover(book, words), _contents(bound, words))))
    body.extend(element for one in bound for element in _opened(one, book.is_single))
    page = make("html", _head(book), body, lang=book.language)
    return Document("<!doctype html>" + write(page), pictures.shown, tuple(dict.fromkeys(pictures.untold)))


def _chapter(chapter: Chapter, number: int, plates: Plates, words: Words) -> _Bound:
    content = parse(plates.take(chapter.html, words.more_slots))
    to_paper(content, plates.all, words)
    name = _NOT_IN_ID.sub("-", unquote(chapter.url).removesuffix(".html").strip("/")) or "index"
    if first_heading(content) is None:
        content.insert(0, make("h1", chapter.title))
    return _Bound(chapter, f"{number}-{name}", content)


@dataclass(frozen=True)
class _Links:
    """Where the links of the page at `url` lead; `places` are the names and ids of the chapters by address."""

    url: str
    places: Mapping[str, tuple[str, frozenset[str]]]
    site_url: str

    def rewrite(self, content: Element) -> None:
        """Change the links of a page's content, and the addresses of its pictures, in place."""
        for element in content.iter():
            if element.tag == "a" and "href" in element.attrib:
                self._link(element)
            elif element.tag == "img" and not urlsplit(element.get("src", "")).scheme:
                there = urljoin(_ROOT + self.url, element.get("src", ""))
                element.set("src", SITE + there.removeprefix(_ROOT))

    def _link(self, element: Element) -> None:
        href = element.get("href", "")
        there = urljoin(_ROOT + self.url, href)
        if not there.startswith(_ROOT):
            add_class(element, "outward")
            return
        path, _, fragment = there.removeprefix(_ROOT).partition("#")
        path = unquote(path).removesuffix("index.html")
        if path in self.places:
            name, ids = self.places[path]
            element.set("href", f"#{_place(name, unquote(fragment), ids)}")
            if path != self.url:
                add_class(element, "elsewhere")
        elif self.site_url:
            add_class(element, "outward")
            element.set("href", urljoin(self.site_url, there.removeprefix(_ROOT)))
        else:
            del element.attrib["href"]


@dataclass
class _Pictures:
    """The pictures of the pages: where each is shown, and those of which nobody says what they show."""

    shown: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    untold: list[str] = field(default_factory=list)

    def take(self, bound: _Bound) -> None:
        """Note the pictures of a chapter; make those that only adorn it, which have an empty text, no figures."""
        source = bound.chapter.source or bound.chapter.url
        for element in bound.content.iter("img"):
            address = element.get("src", "")
            self.shown[address][source] = None
            if element.get("alt", "").strip():
                continue
            if "alt" not in element.attrib:
                name = unquote(address).removeprefix(SITE)
                self.untold.append(
                    f'{name} has no text in its place; alt="" is for what only adorns ({source})'
                )
            element.tag = "embed"  # WeasyPrint shows it in the same way, and does not tag it as a figure


def _place(name: str, fragment: str, ids: frozenset[str]) -> str:
    """Return the id in the document of a place of a chapter, or of what holds it."""
    while fragment and fragment not in ids:
        fragment = fragment.rpartition(":")[0]
    return f"{name}--{fragment}" if fragment else name


def _prefix(content: Element, name: str) -> None:
    for element in content.iter():
        if "id" in element.attrib:
            element.set("id", f"{name}--{element.get('id')}")


def _opened(bound: _Bound, is_single: bool) -> Iterator[Element]:
    """Yield a chapter as a section of the document, with its bookmarks."""
    chapter, content = bound.chapter, bound.content
    content.tag, content.attrib = "section", {"class": "chapter", "id": bound.name}
    heading = first_heading(content)
    assert heading is not None  # `_chapter` sees to it
    for element in content.iter():
        if element.tag in _HEADINGS:
            level = max(int(element.tag[1]), 2) if element is not heading else 1
            shown = str(chapter.depth + level) if level <= _DEEPEST_BOOKMARK else "none"
            element.set("style", f"bookmark-level: {shown}")
            title = _title(element)
            element.set("data-title", title)
            element.set("data-label", chapter.title if element is heading and not is_single else title)
            if element.tag == "h1" and element is not heading:
                add_class(element, "further")
    for offset, part in enumerate(chapter.parts):
        content.insert(offset, make("p", part.title, class_="part", style=f"bookmark-level: {part.depth + 1}",
                                    id=f"{bound.name}--part-{part.depth}"))  # fmt: skip
    yield content


def _title(heading: Element) -> str:
    """Return what a heading says, without its notes; where it is nothing but a drawing, that one's name."""
    return text_without(heading, _NOTES) or text_of(heading)


def _head(book: Book) -> Element:
    created = book.date.strftime("%Y-%m-%dT%H:%M:%SZ")
    head = make("head", make("meta", charset="utf-8"), make("title", book.title))
    described = {"author": book.author, "description": book.subtitle, "generator": f"stackreel {__version__}",
                 "dcterms.created": created, "dcterms.modified": created}  # fmt: skip
    head.extend(make("meta", name=name, content=content) for name, content in described.items() if content)
    return head


def _cover(book: Book, words: Words) -> Element:
    facts = [words.version.format(book.version)] if book.version else []
    facts += [words.day(book.date), words.made_with.format(__version__)]
    return make(
        "section",
        make("p", book.title, class_="cover-title"),
        make("p", book.subtitle, class_="cover-subtitle"),
        make("p", book.author, class_="cover-author"),
        make("div", *(make("p", fact) for fact in facts), class_="cover-facts"),
        class_="cover",
    )


def _contents(bound: list[_Bound], words: Words) -> Element:
    """Return the table of contents: parts, chapters, and the chapters' sections."""
    made = make("section", make("h1", words.contents), class_="contents", id="contents")
    for one in bound:
        for part in one.chapter.parts:
            made.append(make("p", part.title, class_=f"toc-part depth-{part.depth}"))
        made.append(_entry(one.chapter.title, one.name, f"toc-chapter depth-{one.chapter.depth}"))
        first = first_heading(one.content)
        for heading in one.content.iter():
            if heading.tag in ("h1", "h2") and heading is not first and "id" in heading.attrib:
                made.append(_entry(_title(heading), heading.get("id", ""), "toc-section"))
    return made


def _entry(title: str, target: str, kind: str) -> Element:
    return make("p", make("a", title, href=f"#{target}"), class_=kind)
