"""Mutation: every change of what an article claims fails, at the article's own file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from stackreel.errors import StackreelError
from stackreel.hosts.checking import prove
from stackreel.page import Page, open_page
from stackreel.page.collect import Item, collect
from stackreel.page.studio import Settings, Studio
from support.mutants import Mutant, mutants
from support.project import ROOT


@dataclass(frozen=True)
class Article:
    """An article and everything it says."""

    file: str
    lines: tuple[str, ...]
    items: tuple[Item, ...]

    def page(self, text: str) -> Page:
        return open_page(self.file, text)

    def mutants(self) -> tuple[Mutant, ...]:
        return tuple(mutants(self.items, self.lines))


def _articles() -> Iterator[Article]:
    for path in sorted(
        (ROOT / "docs/zh").glob("*.md")
    ):  # the English ones claim the same: test_translations.py
        text = path.read_text(encoding="utf-8")
        file = path.relative_to(ROOT).as_posix()
        items = collect(open_page(file, text), text)
        if items:
            yield Article(file, tuple(text.split("\n")), items)


ARTICLES = {article.file: article for article in _articles()}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(Settings(traces=ROOT / "traces", cache=tmp_path_factory.mktemp("cache"), root=ROOT, jobs=1))


def _wrong(
    article: Article, text: str, known: frozenset[tuple[int, str]], studio: Studio
) -> list[StackreelError]:
    """Return what is wrong with a text; what the article says too, at the same line, is known to be right."""
    page = article.page(text)
    return [
        error
        for item in collect(page, text)
        if (item.place.line, _said(item)) not in known
        for error in prove(item, page, studio)
    ]


def _said(item: Item) -> str:
    tail = getattr(item.subject, "tail", None)
    return f"{item.kind} {item.title} {tail.lines if tail else ''}"


@pytest.mark.parametrize("file", ARTICLES)
def test_every_mutant_fails_at_its_own_line(file: str, studio: Studio) -> None:
    article = ARTICLES[file]
    whole = "\n".join(article.lines)
    assert _wrong(article, whole, frozenset(), studio) == []
    known = frozenset((item.place.line, _said(item)) for item in article.items)
    survivors = []
    for mutant in article.mutants():
        places = [error.place for error in _wrong(article, mutant.of(article.lines), known, studio)]
        if [(place.file, place.line) for place in places if place] != [(file, mutant.line)]:
            survivors.append(f"{mutant}, told at {[str(place) for place in places]}")
    assert survivors == []


def test_there_are_enough_mutants() -> None:
    assert sum(len(article.mutants()) for article in ARTICLES.values()) >= 200


def test_a_wrong_article_fails_as_a_whole(studio: Studio, tmp_path: Path) -> None:
    """The comparison above leaves out what is known to be right; here everything is judged."""
    article = ARTICLES["docs/zh/c-call.md"]
    for mutant in article.mutants()[:: len(article.mutants()) // 10]:
        text = mutant.of(article.lines)
        wrong = _wrong(article, text, frozenset(), studio)
        assert [error.place.line for error in wrong if error.place] == [mutant.line], mutant
