"""What pages of other people hold, in their PDF: nothing is lost, nothing runs off the page, nothing says it twice."""

import re
from pathlib import Path

import pypdfium2
import pypdfium2.raw
import pytest
from PIL import Image

from stackreel.hosts.pdf.paper import to_paper
from stackreel.hosts.pdf.tree import parse
from stackreel.hosts.pdf.typeset import style
from stackreel.hosts.pdf.words import words_of
from support.pdfs import Pdf, Tag
from support.sites import Site, site

LONG = "https://example.org/" + "a" * 150
PAGE = f"""# Everything[^head]

Before the code.

``` c linenums="1" title="numbered.c" hl_lines="2"
int numbered = 1;
int marked = 2;
```

A [^a] then B [^b] then A again [^a], and E [^e].

[^a]: note A, see[^c]
[^b]: note B

    with a list

    - item of B

[^c]: note C

    second paragraph of C
[^e]: note E
[^head]: note of the head

- FIRST
- SECOND

Then

- [x] done
- [ ] open

between

3. three
4. four

<ol start="7" type="a"><li>seven</li></ol>

<img src="pic.png" width="40" alt="small">

![](pic.png)

Icon :material-check: inline.

=== "Outer A"

    TEXTA

    === "Inner 1"

        INNER1

    === "Inner 2"

        INNER2

=== "Outer B"

    TEXTB

Long {LONG} end.

## {"Identifier" * 15}

| key | meaning |
|---|---|
| `example` | {"meaning " * 80} |
| examples | {"m" * 120} |

# Second title :material-check:{{ title="check" }}

Text.

## Below it

Text.
"""
HIGH = f"""# High

[^table]: said of the table

{"text of a paragraph. " * 150}

## Heading of a table[^table]

| a | b |
|---|---|
| x | {"word " * 1500} |

## Figures

A line that leads to the figure:

```stack-figure
example: sum
at: after sum+4
```

```stack-reel
example: sum
from: enter main
to: leave main
pdf: [3, 5]
```
"""
MORE = """nav: [index.md, high.md]
markdown_extensions:
  - attr_list
  - footnotes
  - tables
  - sane_lists
  - pymdownx.superfences
  - pymdownx.highlight
  - pymdownx.tabbed: { alternate_style: true }
  - pymdownx.tasklist
  - pymdownx.emoji:
      emoji_index: !!python/name:material.extensions.emoji.twemoji
      emoji_generator: !!python/name:material.extensions.emoji.to_svg
"""
EPOCH = "1700000000"
RIGHT = (210 - 16) * 72 / 25.4


def pdf_site(folder: Path, pages: dict[str, str], more: str = "", options: str = "true") -> Site:
    made = site(folder, pages, more=more, theme="material")
    config = folder / "mkdocs.yml"
    config.write_text(
        config.read_text().replace("[search, stackreel]", f"[{{stackreel: {{pdf: {options}}}}}]")
    )
    Image.new("RGB", (400, 100), (200, 60, 60)).save(folder / "docs/pic.png")
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Site:
    built = pdf_site(tmp_path_factory.mktemp("pages"), {"index.md": PAGE, "high.md": HIGH}, MORE)
    done = built.build("--strict", SOURCE_DATE_EPOCH=EPOCH)
    assert done.status == 0, done.said
    return built


@pytest.fixture(scope="module")
def book(made: Site) -> Pdf:
    return Pdf(made.folder / "site/site.pdf")


@pytest.fixture(scope="module")
def lines(book: Pdf) -> list[str]:
    return [" ".join(line.split()) for line in book.text("-layout").splitlines() if line.strip()]


def test_numbered_code_is_there_with_its_title(lines: list[str]) -> None:
    at = lines.index("numbered.c")
    assert lines[at + 1 : at + 3] == ["int numbered = 1;", "int marked = 2;"]


def test_marked_lines_of_code_are_seen(book: Pdf) -> None:
    marked = re.search(r"\.hll \{ background: #(\w{6})", style())
    assert marked
    colour = tuple(bytes.fromhex(marked[1]))
    page = pypdfium2.PdfDocument(book.file)[2].render(scale=1).to_pil()
    colours = {pixel for _, pixel in page.getcolors(1 << 20)}
    assert colour in colours


def test_a_note_has_one_number_wherever_it_is_called_and_told(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert "A 2 then B 3 then A again 2, and E 4." in re.sub(r"\s+", " ", text).replace("2 ,", "2,").replace(
        "4 .", "4."
    )
    notes = re.findall(r"^(\d+)\. note ([A-Zo])", text, re.MULTILINE)
    assert sorted(notes) == [("1", "o"), ("2", "A"), ("3", "B"), ("4", "E"), ("5", "C")]


def test_a_note_with_a_list_takes_nothing_with_it(lines: list[str]) -> None:
    assert lines.count("Before the code.") == 1
    assert any("item of B" in line for line in lines)
    assert ["FIRST" in line or "SECOND" in line for line in lines].count(True) == 2


def test_tabs_inside_tabs_stand_under_their_own_labels(lines: list[str]) -> None:
    said = [line for line in lines if re.fullmatch(r"Outer \w|Inner \d|TEXT\w|INNER\d", line)]
    assert said == ["Outer A", "TEXTA", "Inner 1", "INNER1", "Inner 2", "INNER2", "Outer B", "TEXTB"]


def test_nothing_runs_off_the_page_and_no_word_of_a_table_is_torn(book: Pdf, lines: list[str]) -> None:
    assert max(word.right for page in book.words()[1:] for word in page) <= RIGHT + 0.5
    assert any(re.match(r"example meaning", line) for line in lines)


def test_tasks_keep_their_state_and_lists_their_numbers(lines: list[str]) -> None:
    text = "\n".join(lines)
    for line in ("☑ done", "☐ open", "3. three", "4. four", "g. seven"):
        assert line in text


def test_pictures_have_the_size_they_are_given_and_icons_that_of_letters(book: Pdf) -> None:
    page = pypdfium2.PdfDocument(book.file)[2]
    pictures = [found.get_bounds() for found in page.get_objects((pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,))]
    assert sorted(round(right - left) for left, _, right, _ in pictures) == [30, 300]
    icon, after = (next(w for w in book.words()[2] if w.text == text) for text in ("Icon", "inline."))
    assert icon.top == pytest.approx(after.top, abs=1)
    assert after.left - icon.right < 30


def test_a_picture_that_only_adorns_is_no_figure(book: Pdf) -> None:
    first = [tag for tag in book.tags.all() if tag.kind == "Figure" and tag.page == 3]
    assert [figure.alt for figure in first] == ["small"]


def test_a_second_title_is_a_section_of_its_page(book: Pdf) -> None:
    assert book.outline[:2] == ["Contents", "Everything"]
    assert book.outline[2] == ["Identifier" * 15, "Second title", "Below it"]
    assert book.outline[3:] == ["High", ["Heading of a table", "Figures"]]


def test_words_of_drawings_and_formulas_in_a_cell_are_whole() -> None:
    word = "m" * 120
    drawing = f"<svg><title>{word}</title><text>{word}</text></svg>"
    formula = f"<math><mi>{word}</mi></math>"
    content = parse(f"<table><tr><td>{drawing}{word}{formula}</td><td>{word}</td></tr></table>")
    to_paper(content, {}, words_of("en"))
    for kind in ("title", "text", "mi"):
        (element,) = content.iter(kind)
        assert (element.text, len(element)) == (word, 0)
    assert [(span.get("class"), span.text) for span in content.iter("span")] == [("wide-word", word)] * 2


def test_pages_are_headed_by_chapter_and_section(book: Pdf) -> None:
    heads = [[word.text for word in page if word.bottom < 62] for page in book.words()]
    number = next(page for title, page in book.bookmarks() if title == "Heading of a table")
    assert heads[number - 1] == []  # the chapter's first page
    assert "".join(heads[number]) == "HighHeadingofatable"
    assert len(book.reader.pages) == 8


def test_a_cell_higher_than_a_page_begins_below_its_heading(book: Pdf) -> None:
    number = next(page for title, page in book.bookmarks() if title == "Heading of a table")
    assert "word" in [word.text for word in book.words()[number - 1]]


def test_the_line_before_a_figure_is_on_its_page(book: Pdf) -> None:
    figures = [tag for tag in book.tags.all() if tag.kind == "Figure" and "Just executed" in tag.alt]
    leads = next(n for n, page in enumerate(book.words(), 1) if "leads" in [word.text for word in page])
    assert figures[0].page == leads


def test_what_is_before_and_after_the_chosen_steps_is_noted(lines: list[str]) -> None:
    noted = re.findall(r"steps? \d+(?: to \d+)? (?:is|are) not shown", "\n".join(lines))
    assert noted[:2] == ["steps 0 to 2 are not shown", "step 4 is not shown"]
    assert re.fullmatch(r"steps 6 to \d+ are not shown", noted[2])
    assert len(noted) == 3


def test_figures_tell_their_registers_and_slots(book: Pdf) -> None:
    def told(word: str) -> Tag:
        return next(tag for tag in book.tags.all() if tag.kind == "Figure" and word in tag.alt)

    assert re.search(r"^rip 0x\w+, .*\brsp 0x\w+", told("Just executed").alt, re.MULTILINE)
    slots = told("Frames, innermost first").alt.splitlines()
    for slot in (r"return address\b[^,]*, 0x\w+ <main\+\d+>, \S.*", r"saved rbp\b[^,]*, 0x\w+, \S.*"):
        assert [line for line in slots if re.fullmatch(rf"0x\w+, {slot}", line)], slots


@pytest.mark.parametrize(
    "name", ["/abs.pdf", "../e.pdf", "a/../../e.pdf", "C:/e.pdf", "", "book", "book.html"]
)
def test_a_name_that_is_no_pdf_of_the_site_is_refused(tmp_path: Path, name: str) -> None:
    built = pdf_site(tmp_path / "site", {"index.md": "# T\n"}, options=f'{{file: "{name}"}}').build()
    assert built.status == 1
    assert f"{name!r} is " in built.said
    assert "such as site.pdf" in built.said


def test_a_pdf_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    built = pdf_site(tmp_path / "site", {"index.md": "# T\n"}, options="{file: index.html/x.pdf}").build()
    assert built.status == 1
    assert "stackreel: the PDF cannot be written: " in built.said
    assert "Traceback" not in built.said


def test_a_site_whose_pages_have_no_language_is_told(tmp_path: Path) -> None:
    more = "extra: { alternate: [{ name: Deutsch, link: de/, lang: de }] }"
    (told,) = pdf_site(tmp_path / "site", {"index.md": "# T\n"}, more).build().warnings()
    assert "no PDF is written: no page of the navigation is in a language of `extra: alternate:`" in told


def test_a_picture_that_is_missing_or_says_nothing_is_named_once_with_its_page(tmp_path: Path) -> None:
    pages = {
        "index.md": "# T\n\n<img src='no.png' alt='x'> <img src='no.png' alt='x'>\n\n<img src='pic.png'>\n"
    }
    told = pdf_site(tmp_path / "site", pages).build().warnings()
    assert [text.partition("site.pdf: ")[2] for text in told] == [
        'pic.png has no text in its place; alt="" is for what only adorns (index.md)',
        "/no.png is not a file of the site (index.md)",
    ]


def test_fonts_that_are_missing_are_told_once(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "fc-list").write_text("#!/bin/sh\ncase $1 in *CJK*) ;; *) echo /a/font ;; esac\n")
    (tools / "fc-list").chmod(0o755)
    (told,) = (
        pdf_site(tmp_path / "site", {"index.md": "# T\n"}).build(PATH=f"{tools}:/usr/bin:/bin").warnings()
    )
    assert (
        "these fonts are not installed: Noto Sans CJK SC, Noto Serif CJK SC; apt-get install fonts-noto-cjk"
        in told
    )
