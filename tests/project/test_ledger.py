"""Every figure the older articles had has its counterpart in ours, at the right moment, with the same numbers."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from stackreel.page import open_page
from stackreel.page.collect import collect
from stackreel.page.statements import Judged
from stackreel.page.studio import Settings, Studio
from stackreel.page.validate import Placed
from support.ledger import CORRECTIONS, FIGURES, WRONG, Drawn
from support.project import ROOT

_ID = r"(?:S\d-[FLC]|E)\d+"
_COMMENT = re.compile(
    rf"<!-- ledger: (?P<ids>{_ID}(?: {_ID})*) -->(?:\n+ *(?:`{{3,}}|<(?!!))(?P<kind>[\w-]+))?"
)
_SHOWN = {figure.id: figure for figure in FIGURES}
_MOMENTLESS = ("stack-memory", "stack-reel", "figure")


@dataclass(frozen=True)
class Counterpart:
    """A block of a page that stands for a figure."""

    page: str
    line: int
    id: str
    kind: str


def counterparts(language: str) -> Iterator[Counterpart]:
    for path in sorted((ROOT / "docs" / language).glob("*.md")):
        text = path.read_text(encoding="utf-8")
        for found in _COMMENT.finditer(text):
            line = text.count("\n", 0, found.end()) + 1
            for name in found["ids"].split():
                if "-F" in name:
                    yield Counterpart(path.relative_to(ROOT).as_posix(), line, name, found["kind"] or "")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(Settings(traces=ROOT / "traces", cache=tmp_path_factory.mktemp("cache"), root=ROOT, jobs=1))


def block_at(place: Counterpart) -> tuple[str, Placed]:
    text = (ROOT / place.page).read_text(encoding="utf-8")
    page = open_page(place.page, text)
    (block,) = (
        item.subject
        for item in collect(page, text)
        if isinstance(item.subject, Placed) and item.subject.place.line == place.line
    )
    return page.example_of(block)[0], block


def test_the_older_articles_had_41_figures() -> None:
    assert Counter(figure.id[:2] for figure in FIGURES) == {"S0": 14, "S1": 5, "S2": 4, "S3": 15, "S4": 3}
    assert len(_SHOWN) == len(FIGURES) == 41


def test_every_comment_is_of_the_form() -> None:
    for path in (ROOT / "docs").rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert text.count("<!-- ledger") == len(_COMMENT.findall(text)), path


def test_no_figure_is_missing() -> None:
    assert {figure.id for figure in FIGURES} - {place.id for place in counterparts("zh")} == set()


def test_every_mistake_is_in_the_errata() -> None:
    text = (ROOT / "docs/zh/errata.md").read_text(encoding="utf-8")
    corrected = {name for found in _COMMENT.finditer(text) for name in found["ids"].split()}
    assert WRONG - corrected == set()


def test_every_correction_has_its_place() -> None:
    pages = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs/zh").glob("*.md"))]
    named = {name for text in pages for found in _COMMENT.finditer(text) for name in found["ids"].split()}
    assert {name for name in named if name.startswith("E")} == CORRECTIONS


def test_every_correction_is_checked() -> None:
    """The errata say so: a claim, a session or a drawing to each."""
    text = (ROOT / "docs/zh/errata.md").read_text(encoding="utf-8")
    checked = [item.place.line for item in collect(open_page("docs/zh/errata.md", text), text)]
    heads = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.startswith("#")]
    ends = [n for n, _ in heads[1:]] + [text.count("\n") + 1]
    bare = [
        line
        for (start, line), end in zip(heads, ends, strict=True)
        if line.startswith("### ") and not any(start < n < end for n in checked)
    ]
    assert bare == []


@pytest.mark.parametrize(
    "place", [*counterparts("zh"), *counterparts("en")], ids=lambda p: f"{p.page}:{p.id}"
)
def test_it_opens_at_the_right_moment(place: Counterpart, studio: Studio) -> None:
    figure = _SHOWN[place.id]
    if not figure.example:
        assert place.kind in _MOMENTLESS
        return
    assert place.kind.startswith("stack-"), "the comment of a figure stands before its block"
    example, placed = block_at(place)
    assert example == figure.example
    subject = studio.library.subject(example)
    assert subject.position(getattr(placed.block, "at")) == subject.position(figure.at)  # noqa: B009 - any kind's key


@pytest.mark.parametrize(
    "figure", [figure for figure in FIGURES if figure.holds], ids=lambda figure: figure.id
)
def test_its_numbers_stand(figure: Drawn, studio: Studio) -> None:
    lines = "\n".join(f"{{{figure.at}}} {claim}" for claim in figure.holds)
    text = f"```stack-check\nexample: {figure.example}\n---\n{lines}\n```\n"
    statements = [item.subject for item in collect(open_page(figure.id, text), text) if item.kind == "claim"]
    assert len(statements) == len(figure.holds)
    for statement in statements:
        outcome = studio.judge(statement)
        assert isinstance(outcome, Judged), [str(error) for error in outcome]
