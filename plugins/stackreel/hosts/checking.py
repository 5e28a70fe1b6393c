"""What `stackreel check` does: every example recorded anew, every block and claim of the articles judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stackreel.errors import StackreelError
from stackreel.example import survey
from stackreel.hosts.goldens import Recorder
from stackreel.page import Page, open_page
from stackreel.page.collect import Item, Kind, collect
from stackreel.page.statements import Judged
from stackreel.page.studio import Studio
from stackreel.page.uncovered import uncovered
from stackreel.page.validate import Placed


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


def check_pages(files: Iterable[Path], studio: Studio) -> Iterator[Checked]:
    """Judge everything the Markdown files say; pages that say nothing are passed over. Nothing is drawn."""
    for file in files:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        page = open_page(file.as_posix(), text)
        items = collect(page, text)
        wrong = tuple(str(error) for item in items for error in prove(item, page, studio))
        if items:
            yield Checked(file.as_posix(), counted(items), tuple(dict.fromkeys(wrong)))


def report_pages(files: Iterable[Path]) -> Iterator[str]:
    """Yield a line for everything the Markdown files say of the machine that no claim covers, and how much it is."""
    counts: Counter[bool] = Counter()
    for file in files:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        for found in uncovered(open_page(file.as_posix(), text), text):
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


_WORDS: tuple[tuple[Kind, str], ...] = (
    ("block", "blocks"),
    ("session", "sessions"),
    ("claim", "claims"),
    ("mistake", "mistakes"),
)


def counted(items: Sequence[Item]) -> str:
    """Say how many things of each kind there are: `3 blocks, 12 claims`."""
    counts = Counter(item.kind for item in items)
    return ", ".join(f"{counts[kind]} {words}" for kind, words in _WORDS if counts[kind])
