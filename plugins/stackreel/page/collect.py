"""Everything in an article that can be wrong, one by one: claims, sessions, blocks, and what is misspelt.

Markdown itself tells what is a block and what is a code span, so that what is collected is what is built; nothing is
recorded, judged or drawn here. Lines of other files that a page includes are not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from markdown import Markdown

from stackreel.errors import Place, StackreelError
from stackreel.page.blocks import Check, Session
from stackreel.page.checks import claims_of
from stackreel.page.context import Page, without_front_matter
from stackreel.page.extension import StackreelExtension
from stackreel.page.inline import Anchors
from stackreel.page.plans import slug
from stackreel.page.statements import Judged, Statement
from stackreel.page.validate import Placed

EXTENSIONS = (
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "md_in_html",
    "tables",
    "pymdownx.details",
    "pymdownx.superfences",
    "pymdownx.tabbed",
)
"""The Markdown extensions with which articles are read where no site says which."""

Kind = Literal["claim", "session", "block", "mistake"]


@dataclass(frozen=True)
class Item:
    """One thing that can be wrong: `title` is what it says, `subject` what is to be judged.

    A mistake is an error already: an unknown key, a fence that never closes.
    """

    kind: Kind
    place: Place
    title: str
    subject: Statement | Placed | StackreelError


@dataclass
class _Collector:
    """Stands in for the studio: takes note of everything, and shows nothing."""

    page: Page
    items: list[Item] = field(default_factory=list)

    def judge(self, statement: Statement) -> Judged:
        """Note a code span."""
        self._claim(statement)
        return Judged("", 0, is_claim=False)

    def render(self, page: Page, blocks: Sequence[Placed]) -> Sequence[str]:
        """Note the blocks, and what they claim."""
        for placed in blocks:
            self._block(placed)
        return [""] * len(blocks)

    def _block(self, placed: Placed) -> None:
        example, example_at = self.page.example_of(placed)
        if example or isinstance(placed.block, Check):
            for said in claims_of(placed, example, example_at):
                if isinstance(said, StackreelError):
                    self.mistake(said)
                else:
                    self._claim(said)
        if isinstance(placed.block, Check):
            for error in placed.errors:
                self.mistake(error)
        else:
            kind: Kind = "session" if isinstance(placed.block, Session) else "block"
            self.items.append(Item(kind, placed.place, f"{placed.kind} {slug(placed.block)}", placed))

    def _claim(self, statement: Statement) -> None:
        title = f"{{{statement.moment}}} {statement.text}"
        self.items.append(Item("claim", statement.place, title, statement))

    def mistake(self, error: StackreelError) -> None:
        """Note what is wrong already."""
        self.items.append(Item("mistake", error.place or Place(self.page.file), error.message, error))

    def anchors(self, page: Page, blocks: Sequence[Placed]) -> Anchors:
        """Link nothing."""
        return {}

    def error_html(self, page: Page, errors: Sequence[StackreelError]) -> str:
        """Show nothing; what is wrong is noted by `mistake`."""
        return ""


def collect(page: Page, text: str) -> tuple[Item, ...]:
    """Return what can be wrong with an article, in the order of its lines; `text` is its whole file."""
    collector = _Collector(page)
    ours = StackreelExtension(
        renderer=collector, page=lambda: page, report=collector.mistake, listen=lambda _: None
    )
    Markdown(extensions=[*EXTENSIONS, ours]).convert(without_front_matter(text))
    return tuple(sorted(collector.items, key=lambda item: (item.place.line, item.place.column)))
