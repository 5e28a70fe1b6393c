"""What `stackreel check` does: every example recorded anew, every block and claim of the articles judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stackreel.errors import StackreelError
from stackreel.example import survey
from stackreel.hosts.goldens import Recorder
from stackreel.page import Page
from stackreel.page.collect import Item, Kind, collect
from stackreel.page.done import amount
from stackreel.page.snippets import Part, parts
from stackreel.page.statements import Judged
from stackreel.page.studio import Studio
from stackreel.page.uncovered import uncovered
from stackreel.page.validate import Placed


@dataclass(frozen=True)
class Checked:
    """A thing that was checked, how much of it there was, what is wrong with it, and how many errors that is.

    A trace that differs is not counted: its errors are lines that tell the difference.
    """

    name: str
    count: str
    wrong: tuple[str, ...] = ()
    errors: int = 0

    def __str__(self) -> str:
        """One line of a report."""
        told = f"FAILED, {amount(self.errors, 'error')}" if self.errors else "FAILED"
        return "  ".join(part for part in (self.name, self.count, told if self.wrong else "ok") if part)


def check_examples(traces: Path, names: frozenset[str] | None, recorder: Recorder) -> Iterator[Checked]:
    """Record the examples of `traces` anew (those called `names`; None for all) and compare."""
    loaded = survey(traces)
    for name in sorted({*loaded.examples, *loaded.errors}):
        if names is not None and name not in names:
            continue
        error = loaded.errors.get(name)
        wrong = str(error).splitlines() if error else recorder.differences(loaded.examples[name])
        yield Checked((traces / name).as_posix(), "trace", tuple(wrong))


def check_pages(files: Iterable[Path], studio: Studio, root: Path) -> Iterator[Checked]:
    """Judge everything the Markdown files say, and what they include; what says nothing is passed over.

    `root` is the folder of the site, from which files are included.
    """
    for part in distinct(files, root):
        items = collect(part.page, part.seen(part.page.source))
        told = (str(error) for item in items for error in prove(item, part.page, studio))
        wrong = tuple(dict.fromkeys(told))
        if items:
            yield Checked(part.page.file, counted(items), wrong, len(wrong))


def distinct(files: Iterable[Path], root: Path) -> Iterator[Part]:
    """Yield articles and what they include; a file included by several with the same defaults once."""
    seen: set[tuple[str, str, frozenset[int] | None]] = set()
    for file in files:
        for part in parts(file, file.as_posix(), root):
            key = (part.page.file, part.page.options.example, part.kept)
            if key not in seen:
                seen.add(key)
                yield part


def report_pages(files: Iterable[Path], root: Path) -> Iterator[str]:
    """Yield a line for everything the Markdown files say of the machine that no claim covers, and how much it is."""
    counts: Counter[bool] = Counter()
    for part in distinct(files, root):
        for found in uncovered(part.page, part.seen(part.page.source)):
            counts[bool(found.reason)] += 1
            yield str(found)
    yield f"{counts[False]} not covered by a claim, {counts[True]} typed for a reason"


def prove(item: Item, page: Page, studio: Studio) -> tuple[StackreelError, ...]:
    """Return what is wrong with one thing an article says."""
    if isinstance(item.subject, StackreelError):
        return (item.subject,)
    if isinstance(item.subject, Placed):
        return studio.verify(page, item.subject)
    outcome = studio.judge(item.subject)
    return () if isinstance(outcome, Judged) else outcome


_KINDS: tuple[Kind, ...] = ("block", "session", "claim")


def counted(items: Sequence[Item]) -> str:
    """Say how many things of each kind there are: `3 blocks, 1 claim`; what cannot be read is none of them."""
    counts = Counter(item.kind for item in items)
    return ", ".join(amount(counts[kind], kind) for kind in _KINDS if counts[kind])
