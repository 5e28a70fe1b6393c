"""The page being rendered: its file, language and defaults, and how far its text is from the top of the file.

Front matter is read here, so that a host need only hand over the file's text, and so that lines are counted
from the top of the file; it is read when it is first asked for, as a page that is remembered is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from stackreel.errors import BlockError, Place, StackreelError
from stackreel.page.sourcemap import align

if TYPE_CHECKING:
    from stackreel.page.blocks import PageOptions
    from stackreel.page.validate import Placed

Language = Literal["en", "zh"]

_FRONT_MATTER = re.compile(r"\A-{3}[ \t]*\n(?P<yaml>.*?\n)(?:-{3}|\.{3})[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = "stackreel"
_FORM = f"{_KEY}: {{example: c-sum}}"


@dataclass(frozen=True)
class Page:
    """A page: `file` as its author names it, lines of front matter before its text, language.

    `source` is the whole text of its file; `lines` are the lines of it (from 0) that the lines of the text are, where
    that is known. `within` is the page that includes the file, whose front matter counts.
    """

    file: str
    offset: int = 0
    language: Language = "en"
    source: str = ""
    lines: tuple[int, ...] = ()
    within: Page | None = None

    @property
    def _fronted(self) -> _Front:
        page = self.within or self
        return _front(page.file, page.source)

    @property
    def options(self) -> PageOptions:
        """The defaults its front matter sets."""
        return self._fronted.options

    @property
    def errors(self) -> tuple[StackreelError, ...]:
        """What is wrong with its front matter."""
        return self._fronted.errors if _KEY in self.source and not self.within else ()

    @property
    def named(self) -> Place:
        """Where its front matter names its example."""
        return self._fronted.named

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
    return Page(file, offset, language_of(language), source)


def without_front_matter(source: str) -> str:
    """Return the text of a page that is for Markdown."""
    found = _FRONT_MATTER.match(source)
    return source[found.end() :] if found else source


@dataclass(frozen=True)
class _Front:
    """What front matter says of us, what is wrong with it, and where the example is named."""

    options: PageOptions
    errors: tuple[StackreelError, ...]
    named: Place


@lru_cache(maxsize=64)
def _front(file: str, source: str) -> _Front:
    from stackreel.page import body  # noqa: PLC0415 - see the docstring of the module
    from stackreel.page.blocks import PageOptions  # noqa: PLC0415 - as above
    from stackreel.page.validate import validate  # noqa: PLC0415 - as above

    found = _FRONT_MATTER.match(source)
    if found is None:
        return _Front(PageOptions(), (), Place(file))
    opening = Place(file, 1)
    try:
        read = body.read_key(found["yaml"], _KEY, opening, example=_FORM)
    except BlockError as error:
        return _Front(PageOptions(), (error,), opening)
    if read is None:
        return _Front(PageOptions(), (), opening)
    options, errors = validate(PageOptions, read, what=_KEY)
    return _Front(options or PageOptions(), errors, read.value(("example",)))


def language_of(tag: str) -> Language:
    """Return the language our words come in for a language tag such as `zh`, `zh-Hant` or `en_GB`."""
    return "zh" if re.match(r"zh(?![a-z])", tag.lower()) else "en"
