"""The studio of a build behind its memory: opened when a page comes that is not remembered.

A build in which nothing has changed opens none, and so loads none of what reads, runs and draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stackreel.errors import StackreelError
from stackreel.page.context import Page, open_page
from stackreel.page.done import Done
from stackreel.page.inline import Anchors
from stackreel.page.memory import Memory
from stackreel.page.statements import Judged, Statement

if TYPE_CHECKING:
    from stackreel.page.library import Progress
    from stackreel.page.studio import Studio
    from stackreel.page.validate import Placed


class Desk:
    """Renders pages as a studio does. `decided` is everything that the studio's settings decide."""

    def __init__(self, open_studio: Callable[[], Studio], *, cache: Path, decided: Sequence[str]) -> None:
        """Open nothing yet."""
        self._open = open_studio
        self._studio: Studio | None = None
        self.memory = Memory(cache, decided, self._files)

    @property
    def studio(self) -> Studio:
        """The studio, opened when it is first asked for."""
        if self._studio is None:
            self._studio = self._open()
        return self._studio

    @property
    def done(self) -> Done:
        """What was done so far, and what was remembered."""
        return self.memory.done + (self._studio.done if self._studio else Done())

    def _files(self, example: str) -> Iterable[Path]:
        return self.studio.library.files(example)

    def prepare(self, texts: Iterable[tuple[str, str]], progress: Progress) -> None:
        """Record, all at once, the runs that pages need and that are not kept; a page is its file and its text."""
        fresh = [(file, text) for file, text in texts if not self.memory.is_recorded(text)]
        if not fresh:
            return
        from stackreel.page.extension import examples_of  # noqa: PLC0415 - not needed where nothing changed

        needs = [(text, examples_of(open_page(file, text), text)) for file, text in fresh]
        self.studio.prepare(sorted({name for _, names in needs for name in names}), progress)
        for text, names in needs:
            if self.studio.library.are_right(names):
                self.memory.keep_recorded(text, names)

    def render(self, page: Page, blocks: Sequence[Placed]) -> Sequence[str | tuple[StackreelError, ...]]:
        """Return HTML, or what is wrong, for each block of a page."""
        return self.studio.render(page, blocks)

    def judge(self, statement: Statement) -> Judged | tuple[StackreelError, ...]:
        """Return what is printed for a statement, or everything that is wrong with it."""
        return self.studio.judge(statement)

    def anchors(self, page: Page, blocks: Sequence[Placed]) -> Anchors:
        """Return the HTML id that shows each position on a page."""
        return self.studio.anchors(page, blocks)

    def error_html(self, page: Page, errors: Sequence[StackreelError]) -> str:
        """Return the visible block for `errors`."""
        return self.studio.error_html(page, errors)
