"""Pages in two languages say the same: the same blocks and claims, at places of the same name."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from stackreel.page import open_page
from stackreel.page.collect import collect
from stackreel.page.statements import Statement
from stackreel.page.validate import Placed
from support.project import ROOT, theme_hook

ENGLISH = sorted((ROOT / "docs/en").glob("*.md"))
ARTICLES = [path for path in ENGLISH if path.stem not in ("index", "guide")]
HAN = re.compile(r"[\u4e00-\u9fff]")


def twin(path: Path) -> Path:
    return ROOT / "docs/zh" / path.name


def said(path: Path) -> list[tuple[str, ...]]:
    """Return the claims and blocks of a page, without captions and notes."""
    text = path.read_text(encoding="utf-8")
    found: list[tuple[str, ...]] = []
    for item in collect(open_page(path.name, text), text):
        if isinstance(item.subject, Statement):
            found.append((item.subject.example, item.subject.moment, item.subject.text))
        elif isinstance(item.subject, Placed):
            options = item.subject.block.model_dump(mode="json", exclude={"caption", "notes"})
            noted = ",".join(getattr(item.subject.block, "notes", ()))
            found.append((item.subject.kind, repr(options), noted))
    return found


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
def test_an_english_page_has_a_chinese_twin_and_no_chinese(path: Path) -> None:
    assert twin(path).is_file()
    assert HAN.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_says_the_same_in_both_languages(path: Path) -> None:
    assert sorted(said(path)) == sorted(said(twin(path)))


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_has_the_same_places_and_figures_in_both_languages(path: Path) -> None:
    for pattern in (r"\{ #([\w-]+) \}", r"<!-- ledger: (.*?) -->", r"^(#+) "):
        ours, theirs = (
            re.findall(pattern, page.read_text(encoding="utf-8"), re.MULTILINE) for page in (path, twin(path))
        )
        assert ours == theirs


def test_the_english_guide_has_every_part_of_the_chinese_one() -> None:
    english, chinese = (
        set(re.findall(r"^## .*\{ #([\w-]+) \}$", page.read_text(encoding="utf-8"), re.MULTILINE))
        for page in (ROOT / "docs/en/guide.md", ROOT / "docs/zh/guide.md")
    )
    assert chinese <= english


def test_a_page_is_given_its_twin_and_an_authors_links_stay_as_written() -> None:
    config = SimpleNamespace(
        extra={"alternate": [{"lang": "zh", "name": "中文"}, {"lang": "en", "name": "English"}]},
        docs_dir=ROOT / "docs", site_url="https://example.org/",
    )  # fmt: skip
    page = SimpleNamespace(url="zh/guide/", file=SimpleNamespace(src_uri="zh/guide.md"))
    switch = '<a href="{}" hreflang="en" class="md-select__link">English</a>'
    own = (
        'See <a href="https://gcc.gnu.org/" hreflang="en">gcc</a>, <a href="x" hreflang="de">this</a>\n'
        '<link rel="alternate" href="de/" hreflang="de">\n'
    )
    made = theme_hook("languages").on_post_page(switch.format("../../en/") + own, page=page, config=config)
    assert made == switch.format("../../en/guide/") + own
