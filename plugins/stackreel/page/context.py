"""The page being rendered: its file, language and defaults, and how far its text is from the top of the file.

Front matter is read here, so that a host need only hand over the file's text, and so that lines are counted
from the top of the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from stackreel.errors import BlockError, Place, StackreelError
from stackreel.page import body
from stackreel.page.blocks import PageOptions
from stackreel.page.sourcemap import align
from stackreel.page.validate import Placed, validate

Language = Literal["en", "zh"]

_FRONT_MATTER = re.compile(r"\A-{3}[ \t]*\n(?P<yaml>.*?\n)(?:-{3}|\.{3})[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = "stackreel"
_FORM = f"{_KEY}: {{example: c-sum}}"


@dataclass(frozen=True)
class Page:
    """A page: `file` as its author names it, lines of front matter before its text, language, defaults.

    `errors` are what is wrong with its front matter. `source` is the whole text of its file; `lines` are the
    lines of it (from 0) that the lines of the text are, where that is known. `named` is where the front matter names
    the page's example.
    """

    file: str
    offset: int = 0
    language: Language = "en"
    options: PageOptions = field(default_factory=PageOptions)
    errors: tuple[StackreelError, ...] = ()
    source: str = ""
    lines: tuple[int, ...] = ()
    named: Place = field(default_factory=lambda: Place(""))

    def place(self, line: int) -> Place:
        """Return the place of line `line`, counted from 0 in the text without front matter."""
        return Place(self.file, (self.lines[line] if line < len(self.lines) else self.offset + line) + 1)

    def example_of(self, placed: Placed) -> tuple[str, Place]:
        """Return the example of a block, empty where none is named, and where it is named."""
        if placed.block.example:
            return placed.block.example, placed.body.value(("example",))
        return self.options.example, self.named

    def written(self, line: int, seen: str) -> str:
        """Return line `line` of the text, which Markdown sees as `seen`, with the tabs its author wrote."""
        if line < len(self.lines):
            raw = self.source.split("\n")[self.lines[line]].rstrip("\r")
            if raw.expandtabs(4).rstrip() == seen.rstrip():
                return raw
        return seen

    def aligned(self, lines: Sequence[str]) -> Page:
        """Return the page with the places of `lines`, the text as Markdown has it after normalising."""
        return replace(self, lines=align(self.source, lines))


def open_page(file: str, source: str, *, language: str = "en", text: str | None = None) -> Page:
    """Return the page of the file `file` whose whole text is `source`.

    `text` is what is left of it for Markdown where a host took the front matter off, None where it did not.
    """
    offset = 0 if text is None else max(0, source.count("\n") - text.count("\n"))
    options: PageOptions = PageOptions()
    errors: tuple[StackreelError, ...] = ()
    named = Place(file)
    found = _FRONT_MATTER.match(source)
    if found:
        options, errors, named = _options(found["yaml"], Place(file, 1))
    return Page(file, offset, language_of(language), options, errors, source, named=named)


def without_front_matter(source: str) -> str:
    """Return the text of a page that is for Markdown."""
    found = _FRONT_MATTER.match(source)
    return source[found.end() :] if found else source


def _options(front: str, opening: Place) -> tuple[PageOptions, tuple[StackreelError, ...], Place]:
    """Return what front matter says of us, what is wrong with it, and where the example is named."""
    try:
        read = body.read_key(front, _KEY, opening, example=_FORM)
    except BlockError as error:
        return PageOptions(), (error,), opening
    if read is None:
        return PageOptions(), (), opening
    options, errors = validate(PageOptions, read, what=f"{_KEY}, in front matter")
    return options or PageOptions(), errors, read.value(("example",))


def language_of(tag: str) -> Language:
    """Return the language our words come in for a language tag such as `zh`, `zh-Hant` or `en_GB`."""
    return "zh" if re.match(r"zh(?![a-z])", tag.lower()) else "en"
