"""An article of the project as PDF: how full its pages are, how large its letters."""

from collections import Counter
from collections.abc import Iterator
from ctypes import byref
from pathlib import Path

import pypdfium2
import pypdfium2.raw
import pytest
from mkdocs.config import load_config

from stackreel.hosts.mkdocs_plugin import StackreelPlugin
from support.pdfs import Pdf
from support.project import ROOT
from support.sites import Site

CONFIG = f"""site_name: One article
theme: {{ name: material, language: zh }}
plugins:
  - stackreel: {{ traces: {ROOT}/traces, pdf: true }}
markdown_extensions:
  - admonition
  - attr_list
  - def_list
  - footnotes
  - md_in_html
  - tables
  - toc: {{ permalink: true }}
  - pymdownx.details
  - pymdownx.highlight
  - pymdownx.inlinehilite
  - pymdownx.snippets: {{ base_path: {ROOT} }}
  - pymdownx.superfences
  - pymdownx.tabbed: {{ alternate_style: true }}
"""
SMALLEST = 5
"""Points of the smallest letters: those of a drawing."""

PAGES = range(22, 31)
"""Pages it may have, with cover and contents."""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Pdf:
    folder = tmp_path_factory.mktemp("article")
    (folder / "docs").mkdir()
    (folder / "docs/index.md").write_bytes((ROOT / "docs/zh/c-call.md").read_bytes())
    (folder / "mkdocs.yml").write_text(CONFIG)
    built = Site(folder).build(SOURCE_DATE_EPOCH="1700000000")
    assert built.status == 0, built.said
    return Pdf(folder / "site/site.pdf")


def sizes(file: Path) -> Iterator[tuple[int, float]]:
    """Yield page (from 1) and size in points of each letter."""
    document = pypdfium2.PdfDocument(file)
    matrix = pypdfium2.raw.FS_MATRIX()
    for number, page in enumerate(document, 1):
        text = page.get_textpage()
        for at in range(text.count_chars()):
            if pypdfium2.raw.FPDFText_GetUnicode(text.raw, at) > ord(" "):
                pypdfium2.raw.FPDFText_GetMatrix(text.raw, at, byref(matrix))
                scale = max(abs(matrix.d), abs(matrix.c))
                yield number, pypdfium2.raw.FPDFText_GetFontSize(text.raw, at) * scale


def test_the_projects_book_has_a_subtitle_in_each_language() -> None:
    config = load_config(str(ROOT / "mkdocs.yml"))
    plugin = next(one for one in config.plugins.values() if isinstance(one, StackreelPlugin))
    said = plugin.config.pdf.subtitle
    assert isinstance(said, dict)
    assert set(said) == {row["lang"] for row in config.extra["alternate"]}
    assert said["en"].isascii()


def test_it_has_no_more_pages_than_it_needs(book: Pdf) -> None:
    assert len(book.reader.pages) in PAGES


def test_its_letters_can_be_read(book: Pdf) -> None:
    small = Counter(number for number, size in sizes(book.file) if size < SMALLEST - 0.05)
    assert small == {}


def test_each_page_of_a_section_says_its_name(book: Pdf) -> None:
    chapter, *sections = (title for title, _ in book.bookmarks() if title != "目录")
    heads = ["".join(word.text for word in page if word.bottom < 62) for page in book.words()]
    named = [head for head in heads[3:] if head.removeprefix("".join(chapter.split())) in
             {"".join(section.split()) for section in sections}]  # fmt: skip
    assert len(named) >= len(heads[3:]) - 1


def test_a_strips_drawings_stand_two_by_two(book: Pdf) -> None:
    figures = Counter(tag.page for tag in book.tags.all() if tag.kind == "Figure")
    strip = next(page for title, page in book.bookmarks() if title == "从头到尾再看一遍")
    assert figures[strip + 1] == 4
    assert sum(figures[page] for page in range(strip, strip + 4)) >= 11
