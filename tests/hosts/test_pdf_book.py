"""A site as PDF, opened by programs that are not ours: pypdf and poppler."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from stackreel.hosts.pdf.paper import to_paper
from stackreel.hosts.pdf.words import words_of
from support.pdfs import Pdf, said
from support.project import PLUGINS
from support.sites import Site, example

HOME = """# 开头

第一句在这里。见[第二章的表](two.md#rows)，[外面](https://example.org/there)，还有[英文版](../en/index.md)。

脚注一[^a]，脚注二[^b]，再一次脚注一[^a]。

[^a]: 第一条脚注的内容。
[^b]: 第二条脚注的内容，有 `代码`。

![一张图](../picture.svg)

<svg width="200" height="20" role="img" aria-label="自己画的图"><text x="2" y="14">骨直</text></svg>

最后一句在这里。
"""
TWO = """# 第二章

```stack-figure
example: sum
at: after sum+4
```

```stack-reel
example: sum
from: enter main
to: leave main
notes: {enter sum: "到了 `sum`"}
```

## 表 {#rows}

| 行 | 值 |
|----|----|
ROWS

## 选项卡

=== "甲"

    甲的内容。

=== "乙"

    乙的内容。

??? warning "折起来的"

    折起来的内容。

!!! note

    提示的内容。

```
LONG
```

```stack-text
example: sum
at: after sum+4
```

回到[开头](index.md)。
"""
CHOSEN = """# Third

```stack-reel
example: sum
from: enter sum
to: leave sum
pdf: [0, sum+4, 5]
```
"""
PAGES: Mapping[str, str] = {
    "index.md": "# Choose\n\n[中文](zh/index.md) [English](en/index.md)\n",
    "zh/index.md": HOME,
    "zh/two.md": TWO.replace("ROWS", "\n".join(f"| 第{n}行 | {n * n} |" for n in range(120))).replace(
        "LONG", "word-" * 60
    ),
    "zh/three.md": CHOSEN,
    "en/index.md": "# English\n\nA page in English, with [a page in Chinese](../zh/two.md#rows).\n",
}
CONFIG = """site_name: Book
site_description: A book of tests
site_author: Someone
site_url: https://example.com/book/
theme: { name: material, language: zh, font: false }
extra:
  alternate:
    - { name: 中文, link: zh/, lang: zh }
    - { name: English, link: en/, lang: en }
nav:
  - index.md
  - 中文:
      - 首页: zh/index.md
      - 正文:
          - 二: zh/two.md
          - 三: zh/three.md
  - English:
      - Home: en/index.md
plugins:
  - stackreel:
      pdf: { file: book.pdf, version: "1.2", title: { zh: 书, en: Book } }
markdown_extensions:
  - admonition
  - attr_list
  - footnotes
  - tables
  - toc: { permalink: true, toc_depth: 3 }
  - pymdownx.details
  - pymdownx.highlight
  - pymdownx.superfences
  - pymdownx.tabbed: { alternate_style: true }
"""
EPOCH = "1700000000"
POINTS = 72 / 25.4
MARGIN = 16 * POINTS
NO_NETWORK = """import sys


def refuse(event, arguments):
    is_far = event == "socket.connect" and isinstance(arguments[1], tuple)  # a name is a socket of this machine's
    if is_far or event in ("socket.getaddrinfo", "socket.gethostbyname"):
        raise OSError(f"{event} {arguments[1:]}")


sys.addaudithook(refuse)
"""


def written(folder: Path) -> Site:
    example(folder / "traces/sum")
    (folder / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    for name, text in PAGES.items():
        file = folder / "docs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "docs/picture.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><text y="15">角</text></svg>'
    )
    return Site(folder)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("book")
    guard = folder / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(NO_NETWORK)
    made = written(folder)
    built = made.build("--strict", SOURCE_DATE_EPOCH=EPOCH, PYTHONPATH=f"{guard}:{PLUGINS}")
    assert built.status == 0, built.said
    return made


@pytest.fixture(scope="module")
def book(site: Site) -> Pdf:
    return Pdf(site.folder / "site/book.pdf")


def test_the_outline_is_the_navigation_with_the_pages_sections(book: Pdf) -> None:
    assert book.outline == ["目录", "首页", "正文", ["二", ["表", "选项卡"], "三"]]


def test_a_book_a_language(site: Site) -> None:
    english = Pdf(site.folder / "site/book.en.pdf")
    assert english.outline == ["Contents", "Home"]
    assert english.reader.trailer["/Root"]["/Lang"] == "en"  # type: ignore[index]  # a dictionary, always
    assert ("uri", "https://example.com/book/zh/two/#rows") in [link[1:] for link in english.links()]


def test_every_link_inside_leads_somewhere_and_the_others_outside(book: Pdf) -> None:
    places = book.reader.named_destinations
    links = list(book.links())
    inside = [target for _, kind, target in links if kind == "to"]
    assert len(inside) > 10
    assert set(inside) <= set(places)
    assert {target for _, kind, target in links if kind == "uri"} == {
        "https://example.org/there", "https://example.com/book/en/",
    }  # fmt: skip
    pages = [page.page_number for page in book.reader.pages]
    to_the_table = next(
        target for page, kind, target in links if kind == "to" and target.endswith("--rows") and page > 2
    )
    assert book.reader.get_destination_page_number(places[to_the_table]) in pages


def test_the_contents_name_the_pages_that_the_bookmarks_lead_to(book: Pdf) -> None:
    contents = re.sub(r"[ .]+", " ", book.text("-layout", "-f", "2", "-l", "2"))
    for title, page in book.bookmarks():
        if title not in ("目录", "正文"):
            assert f"{title} {page}\n" in contents


def test_cover_metadata_and_language(book: Pdf) -> None:
    cover = book.text("-f", "1", "-l", "1")
    assert cover.split()[0] == "书"
    for said_there in ("A book of tests", "Someone", "版本 1.2", "2023 年 11 月 14 日"):
        assert said_there in cover
    about = book.reader.metadata
    assert about is not None
    assert (about.title, about.author) == ("书", "Someone")
    assert about.creation_date is not None
    assert about.creation_date.timestamp() == int(EPOCH)
    root = book.reader.trailer["/Root"]
    assert root["/Lang"] == "zh"  # type: ignore[index]  # a dictionary, always
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_data()  # type: ignore[index]  # the same


def test_fonts_are_embedded_and_nothing_is_a_raster(book: Pdf) -> None:
    fonts = said("pdffonts", str(book.file)).splitlines()[2:]
    assert {re.split(r"  +", font)[0].split("+")[1] for font in fonts} >= {
        "Noto-Serif-CJK-SC", "Noto-Sans-CJK-SC", "DejaVu-Sans-Mono", "DejaVu-Sans",
    }  # fmt: skip
    assert all(font.split()[-5:-2] == ["yes", "yes", "yes"] for font in fonts)
    assert "JP" not in said("pdffonts", str(book.file))
    assert said("pdfimages", "-list", str(book.file)).count("\n") == 2


def test_every_drawing_is_a_figure_with_its_text_and_beside_its_caption(book: Pdf, site: Site) -> None:
    figures = [tag for tag in book.tags.all() if tag.kind == "Figure"]
    page = site.page("zh/two/index.html")
    titles = set(re.findall(r"<title id=[^>]*>([^<]*)", page))
    assert len(figures) >= 10
    assert all(figure.alt for figure in figures)
    assert {"一张图", "自己画的图"} <= {figure.alt for figure in figures}
    shown = {figure.alt.splitlines()[0] for figure in figures}
    assert len(shown & titles) >= 6
    assert not any("表格" in figure.alt for figure in figures)
    framed = [tag for tag in book.tags.all() if any(kid.kind == "Caption" for kid in tag.below)]
    assert len(framed) >= 6
    for frame in framed:
        pages = {tag.page for tag in frame.all() if tag.kind in ("Figure", "Caption")}
        assert len(pages) == 1
        assert any(tag.kind == "Figure" for tag in frame.all())


def test_no_text_is_beyond_the_margins(book: Pdf) -> None:
    for words in book.words()[1:]:
        assert words
        assert min(word.left for word in words) >= MARGIN - 1
        assert max(word.right for word in words) <= 210 * POINTS - MARGIN + 1
        assert max(word.bottom for word in words) <= 297 * POINTS


def test_text_comes_in_the_order_of_reading(book: Pdf) -> None:
    text = re.sub(r"\s+", "", book.text())
    order = [
        "第一句在这里",
        "最后一句在这里",
        "第0行",
        "第119行",
        "甲的内容",
        "乙的内容",
        "折起来的内容",
        "提示的内容",
        "回到开头",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_tabs_have_their_labels_and_folded_blocks_are_open(book: Pdf) -> None:
    lines = [line.strip() for line in book.text().splitlines()]
    for label, content in (("甲", "甲的内容。"), ("乙", "乙的内容。"), ("折起来的", "折起来的内容。")):
        assert lines.index(label) < lines.index(content)


@pytest.mark.parametrize(
    ("paragraph", "heads"),
    [("<strong>Go 1.27</strong>", True), ("<strong>Go</strong> 1.27", False), ("<em>Go</em>", False)],
)
def test_a_paragraph_in_bold_heads_what_follows(paragraph: str, heads: bool) -> None:
    content = fromstring(f"<div><p>{paragraph}</p></div>")
    to_paper(content, {}, words_of("zh"))
    assert (content[0].get("class") == "heads") == heads


def test_footnotes_stand_at_the_foot_of_the_page_that_calls_them(book: Pdf) -> None:
    ((number, words),) = [
        (n, page) for n, page in enumerate(book.words()) if any("第一句在这里" in w.text for w in page)
    ]
    note = next(word for word in words if "第一条脚注的内容" in word.text)
    last = next(word for word in words if "最后一句在这里" in word.text)
    assert number == 2
    assert note.top > last.bottom + 100


def test_a_table_repeats_its_head_and_long_code_is_wrapped_whole(book: Pdf) -> None:
    pages = ["".join(word.text for word in page) for page in book.words()]
    assert all("行值" in page for page in pages if re.search(r"第\d+行", page))
    assert sum("行值" in page for page in pages) > 1
    assert "word-" * 60 in "".join(pages)


def test_a_reel_prints_what_its_author_chose(book: Pdf) -> None:
    page = next(number for title, number in book.bookmarks() if title == "三")
    text = book.text("-layout", "-f", str(page), "-l", str(page))
    assert re.findall(r"\b(\d) (?:call|push|mov|sub)\b", text) == ["0", "3", "5"]
    assert ["第 1 至 2 步从略" in text, "第 4 步从略" in text] == [True, True]
    chosen = [tag for tag in book.tags.all() if tag.kind == "Figure" and tag.page >= page]
    assert len(chosen) == 3


def test_nothing_names_the_folder_or_the_clock_and_the_same_site_gives_the_same_bytes(
    book: Pdf, site: Site, tmp_path: Path
) -> None:
    other = written(tmp_path / "elsewhere")
    built = other.build("--strict", SOURCE_DATE_EPOCH=EPOCH, TZ="Asia/Tokyo", PYTHONHASHSEED="7", LC_ALL="C")
    assert built.status == 0, built.said
    for name in ("book.pdf", "book.en.pdf"):
        first, second = (folder / "site" / name for folder in (site.folder, other.folder))
        assert hashlib.sha256(first.read_bytes()).digest() == hashlib.sha256(second.read_bytes()).digest()


def test_what_is_not_in_the_site_is_refused_by_name(tmp_path: Path) -> None:
    made = written(tmp_path / "site")
    page = made.folder / "docs/en/index.md"
    page.write_text("# T\n\n![x](https://example.org/x.png) ![up](../../../../../../etc/hostname)\n")
    built = made.build(SOURCE_DATE_EPOCH=EPOCH)
    assert built.status == 0
    told = "\n".join(built.warnings())
    assert (
        "book.en.pdf: https://example.org/x.png is not fetched: a PDF takes nothing from the network" in told
    )
    assert "book.en.pdf: /etc/hostname is not a file of the site" in told or "hostname" in told
