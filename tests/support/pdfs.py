"""What a PDF says of itself: outline, links, tags, fonts, and its text as other programs read it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pypdf import PdfReader
from pypdf.generic import Destination

Tree = list[Any]


@dataclass(frozen=True)
class Tag:
    """An element of the structure tree: its kind, its alternative text, its page (from 1), what is below it."""

    kind: str
    alt: str
    page: int
    below: tuple[Tag, ...]

    def all(self) -> Iterator[Tag]:
        """Yield the element and all below it."""
        yield self
        for tag in self.below:
            yield from tag.all()


@dataclass(frozen=True)
class Word:
    """A word and its box, in points from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass
class Pdf:
    """A PDF file."""

    file: Path

    @cached_property
    def reader(self) -> PdfReader:
        """The file as pypdf reads it."""
        return PdfReader(self.file)

    @property
    def outline(self) -> Tree:
        """The bookmarks: titles, and after each the list of those below it, if any."""
        return _titles(self.reader.outline)

    def bookmarks(self) -> Iterator[tuple[str, int]]:
        """Yield the title and the page (from 1) of each bookmark."""
        yield from self._bookmarks(self.reader.outline)

    def _bookmarks(self, items: Tree) -> Iterator[tuple[str, int]]:
        for item in items:
            if isinstance(item, Destination):
                page = self.reader.get_destination_page_number(item)
                assert page is not None
                yield str(item.title), page + 1
            else:
                yield from self._bookmarks(item)

    def links(self) -> Iterator[tuple[int, str, str]]:
        """Yield page (from 1), kind (`to` a named place, or `uri`) and target of each link."""
        for number, page in enumerate(self.reader.pages, 1):
            for reference in page.get("/Annots", ()):
                note = reference.get_object()
                if note.get("/Subtype") != "/Link":
                    continue
                action = note.get("/A", {})
                if "/URI" in action:
                    yield number, "uri", str(action["/URI"])
                else:
                    yield number, "to", str(note.get("/Dest", action.get("/D")))

    @property
    def tags(self) -> Tag:
        """The structure tree."""
        pages = {page.indirect_reference.idnum: number for number, page in enumerate(self.reader.pages, 1)
                 if page.indirect_reference}  # fmt: skip
        root: Any = self.reader.trailer["/Root"]
        return _tag(root["/StructTreeRoot"]["/K"][0].get_object(), pages)

    def text(self, *options: str) -> str:
        """Return the text as pdftotext reads it."""
        return said("pdftotext", *options, str(self.file), "-")

    def words(self) -> list[list[Word]]:
        """Return the words of each page with their boxes, by pdftotext."""
        document = ElementTree.fromstring(_printable(self.text("-bbox")))
        space = "{http://www.w3.org/1999/xhtml}"
        return [
            [Word(word.text or "", *(float(word.get(edge, "nan")) for edge in ("xMin", "yMin", "xMax", "yMax")))
             for word in page.iter(f"{space}word")]
            for page in document.iter(f"{space}page")
        ]  # fmt: skip


def _printable(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)


def _titles(items: Tree) -> Tree:
    return [str(item.title) if isinstance(item, Destination) else _titles(item) for item in items]


def _tag(element: Any, pages: dict[int, int], page: int = 0) -> Tag:
    if "/Pg" in element:
        page = pages[element.raw_get("/Pg").idnum]
    below = [kid.get_object() for kid in element.get("/K", ()) if hasattr(kid, "get_object")]
    return Tag(
        str(element["/S"]).removeprefix("/"),
        str(element.get("/Alt", "")),
        page,
        tuple(_tag(kid, pages, page) for kid in below if hasattr(kid, "get") and "/S" in kid),
    )


def said(*command: str) -> str:
    """Return what a program prints; it has to succeed."""
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout
