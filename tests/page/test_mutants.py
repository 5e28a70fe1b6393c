"""Mutation: every change of what an article claims fails, at the article's own file and line.

Changes of different things an article says are made at once, and each has to be told, once, at its line: reading an
article takes far longer than judging it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from stackreel.errors import StackreelError
from stackreel.hosts.checking import prove
from stackreel.page import Page, open_page
from stackreel.page.collect import Item, collect
from stackreel.page.studio import Settings, Studio
from support.mutants import Mutant, mutants, mutated, together
from support.project import ROOT, copy_project
from support.sites import Site


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
    for path in sorted((ROOT / "docs").glob("[a-z][a-z]/*.md")):
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
    for group in together(article.mutants()):
        errors = _wrong(article, mutated(group, article.lines), known, studio)
        told = Counter((error.place.file, error.place.line) for error in errors if error.place)
        assert len(errors) == told.total()
        survivors = [str(mutant) for mutant in group if told.pop((file, mutant.line), 0) != 1]
        assert survivors == []
        assert told == {}, "told at lines that nobody changed"


def test_there_are_enough_mutants() -> None:
    for language, least in (("zh", 2000), ("en", 700)):
        files = [article for file, article in ARTICLES.items() if f"/{language}/" in file]
        assert sum(len(article.mutants()) for article in files) >= least


def test_a_wrong_article_fails_as_a_whole(studio: Studio) -> None:
    """The comparison above leaves out what is known to be right, and changes much at once; here nothing is."""
    article = ARTICLES["docs/zh/c-call.md"]
    for mutant in article.mutants()[:: len(article.mutants()) // 10]:
        text = mutated([mutant], article.lines)
        wrong = _wrong(article, text, frozenset(), studio)
        assert [error.place.line for error in wrong if error.place] == [mutant.line], mutant


def test_a_wrong_article_fails_the_build_of_the_site(tmp_path: Path) -> None:
    """The project's own site, built strictly, with one mutant on each page."""
    site = Site(copy_project(tmp_path / "site"))
    expected = []
    for file, article in ARTICLES.items():
        found = article.mutants()
        if found:
            chosen = found[len(file) * 7 % len(found)]
            (site.folder / file).write_text(mutated([chosen], article.lines), encoding="utf-8")
            expected.append((file, str(chosen.line)))
    built = site.build("--strict")
    assert built.status == 1
    told = [re.search(r"stackreel: (docs/\S+?\.md):(\d+)", warning) for warning in built.warnings()]
    assert sorted(where.groups() if where else () for where in told) == sorted(expected)
    assert len(expected) >= len(ARTICLES) - 2
