"""One conversion of one text by Python-Markdown: what is known of it, shared by the processors of the extension.

It decides whether a page is rendered or shown as it was last; it knows nothing of how Markdown works.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from markdown import Markdown

from stackreel.errors import StackreelError
from stackreel.page.context import Page, open_page
from stackreel.page.fences import Fence
from stackreel.page.inline import Anchors, Values
from stackreel.page.memory import Memory, Remembered
from stackreel.page.rendering import rendered_page
from stackreel.page.spans import Spans
from stackreel.page.statements import Judged, Statement

if TYPE_CHECKING:
    from stackreel.page.validate import Placed


class Renderer(Protocol):
    """What turns blocks into HTML: the studio, or a stand-in of a test."""

    def render(self, page: Page, blocks: Sequence[Placed]) -> Sequence[str | tuple[StackreelError, ...]]:
        """Return HTML, or the errors, of each block."""
        ...

    def judge(self, statement: Statement) -> Judged | tuple[StackreelError, ...]:
        """Return what is printed for a statement, or everything that is wrong with it."""
        ...

    def anchors(self, page: Page, blocks: Sequence[Placed]) -> Anchors:
        """Return where on a page the positions are shown that its reels and figures show."""
        ...

    def error_html(self, page: Page, errors: Sequence[StackreelError]) -> str:
        """Return the visible block that stands where something is wrong."""
        ...


@dataclass(frozen=True)
class Reading:
    """What of a text was read as ours: the lines (from 0) of blocks; the line and the column (from 1) of spans."""

    blocks: frozenset[int] = frozenset()
    spans: frozenset[tuple[int, int]] = frozenset()


@dataclass
class Run:
    """One conversion of one text: what its processors hand to each other."""

    renderer: Renderer
    page_now: Callable[[], Page] | None
    report: Callable[[StackreelError], None]
    options: dict[str, Any]
    values: Values
    wrong: list[StackreelError]
    memory: Memory | None
    listen: Callable[[Reading], None] | None = None
    is_whole: bool = False
    page: Page = field(default_factory=lambda: Page(""))
    lines: tuple[str, ...] = ()
    remembered: Remembered | None = None
    fences: list[Fence] = field(default_factory=list)
    originals: list[tuple[str, ...]] = field(default_factory=list)
    markers: dict[str, int] = field(default_factory=dict)

    def begin(self, md: Markdown, text: str) -> None:
        """Start on `text`. Where nobody knows the page, its front matter is ours to read."""
        self.fences, self.originals, self.markers = [], [], {}
        self.wrong.clear()
        self.is_whole = False
        known = self.page_now() if self.page_now else rendered_page(md, text, Path.cwd())
        self.page = known or open_page(self.options["file"], text, language=self.options["language"])

    def read(self, lines: Sequence[str]) -> None:
        """Take the lines as they will be rendered: as they were last, if they are remembered, else anew."""
        self.lines = tuple(lines)
        self.remembered = self.memory.page(self.page, self.lines) if self.memory else None
        if self.remembered is None:
            self.page = self.page.aligned(lines)
            self.values.begin(self.page, Spans.find(lines), {})
        else:
            self.values.begin(self.page, Spans(), self.remembered.values)

    def keep(self, html: Mapping[int, str], anchors: Anchors, blocks: Sequence[Placed]) -> None:
        """Remember a page on which nothing is wrong, by its blocks and their HTML by number."""
        if self.memory is None or self.wrong:
            return
        from stackreel.page.checks import claims_of  # noqa: PLC0415 - remembered pages need no schema

        values = self.values.found
        examples = {self.page.example_of(block)[0] for block in blocks}
        claims = [
            said
            for block in blocks
            for said in claims_of(block, *self.page.example_of(block))
            if isinstance(said, Statement)
        ]
        examples |= {known.example for known in values.values()} | {claim.example for claim in claims}
        whole = Remembered(html, values, anchors, self.values.count + len(claims))
        self.memory.keep_page(self.page, self.lines, whole, examples - {""})
