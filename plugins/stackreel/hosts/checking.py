"""What `stackreel check` does: every example recorded anew, every block of the articles made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown import Markdown

from stackreel.errors import StackreelError
from stackreel.example import survey
from stackreel.hosts.goldens import Recorder
from stackreel.page import Page, StackreelExtension, open_page
from stackreel.page.studio import Studio


@dataclass(frozen=True)
class Checked:
    """A thing that was checked, how much of it there was, and what is wrong with it."""

    name: str
    count: str
    wrong: tuple[str, ...] = ()


def check_examples(traces: Path, names: frozenset[str] | None, recorder: Recorder) -> Iterator[Checked]:
    """Record the examples of `traces` anew (those called `names`; None for all) and compare."""
    loaded = survey(traces)
    for name in sorted({*loaded.examples, *loaded.errors}):
        if names is not None and name not in names:
            continue
        error = loaded.errors.get(name)
        wrong = str(error).splitlines() if error else recorder.differences(loaded.examples[name])
        yield Checked((traces / name).as_posix(), "trace", tuple(wrong))


@dataclass
class _Reports:
    """The errors of one page."""

    found: list[str] = field(default_factory=list)

    def take(self, error: StackreelError) -> None:
        """Note an error once."""
        if str(error) not in self.found:
            self.found.append(str(error))


def check_pages(files: Iterable[Path], studio: Studio) -> Iterator[Checked]:
    """Make every block of the Markdown files; pages without blocks are passed over."""
    for file in files:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        page = open_page(file.as_posix(), text)
        reports, before = _Reports(), studio.done.blocks
        _convert(text, page, studio, reports)
        blocks = studio.done.blocks - before
        if blocks or reports.found:
            yield Checked(file.as_posix(), f"{blocks} blocks", tuple(reports.found))


def _convert(text: str, page: Page, studio: Studio, reports: _Reports) -> None:
    ours = StackreelExtension(renderer=studio, page=lambda: page, report=reports.take)
    Markdown(extensions=["admonition", "pymdownx.superfences", "pymdownx.tabbed", ours]).convert(text)
