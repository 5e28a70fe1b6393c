"""`stackreel pdf`, figures and reels for slides, and what is said where something is missing."""

from ctypes import c_int, create_string_buffer
from io import BytesIO
from pathlib import Path

import pypdfium2
import pypdfium2.raw
import pytest
from PIL import Image

from stackreel.hosts.pdf.slides import PIXELS
from support.command import stackreel
from support.pdfs import Pdf
from support.project import PLUGINS
from support.sites import Site, site

ARTICLE = """# One

```stack-figure
example: sum
at: after sum+4
```

See [the other](two.md).
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Site:
    pages = {"index.md": "# Home\n", "one.md": ARTICLE, "two.md": "# Two\n"}
    return site(tmp_path_factory.mktemp("articles"), pages, more="site_url: https://example.com/")


def test_an_article_by_itself_is_a_pdf_here(made: Site, tmp_path: Path) -> None:
    done = stackreel("pdf", str(made.folder / "docs/one.md"), cwd=tmp_path)
    assert (done.returncode, done.stdout.decode()) == (0, f"{tmp_path / 'one.pdf'}\n"), done.stderr.decode()
    one = Pdf(tmp_path / "one.pdf")
    assert one.outline == ["One"]
    assert len(one.reader.pages) == 1
    assert list(one.links()) == [(1, "uri", "https://example.com/two/")]
    assert [tag.kind for tag in one.tags.all()].count("Figure") == 2


def test_an_article_goes_to_standard_output(made: Site) -> None:
    done = stackreel("pdf", "-o", "-", "docs/two.md", cwd=made.folder)
    assert (done.returncode, done.stdout[:5], done.stdout[-6:]) == (0, b"%PDF-", b"%%EOF\n")
    assert not (made.folder / "-").exists()


def test_books_of_several_languages_do_not_go_to_standard_output(tmp_path: Path) -> None:
    rows = (f"{{ name: {name}, link: {name}/, lang: {name} }}" for name in ("zh", "en"))
    more = f"extra: {{ alternate: [{', '.join(rows)}] }}"
    site(tmp_path, {"zh/index.md": "# A\n", "en/index.md": "# B\n"}, more=more)
    done = stackreel("pdf", "-o", "-", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"has room for one PDF, and the site has 2: site.pdf, site.en.pdf" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("docs/on.md",), "stackreel: docs/on.md is not a page of this site\nnear: docs/one.md"),
        (("-f", "other.yml"), "stackreel: there is no other.yml\n"),
    ],
)
def test_what_is_not_there_is_named(made: Site, arguments: tuple[str, ...], told: str) -> None:
    done = stackreel("pdf", *arguments, cwd=made.folder)
    assert done.returncode == 1
    assert told in done.stderr.decode()


def test_without_a_site_it_says_what_it_looked_for(tmp_path: Path) -> None:
    done = stackreel("pdf", cwd=tmp_path)
    assert done.returncode == 1
    assert "there is no mkdocs.yml here or in a folder above" in done.stderr.decode()


@pytest.mark.parametrize(
    ("raised", "told", "cure"),
    [
        ("ImportError('x')", "a PDF needs WeasyPrint, which is not installed", "pip install 'mkdocs-stackreel[pdf]'"),
        ("OSError(\"cannot load library 'libpango-1.0-0': no\")", "WeasyPrint cannot load libpango-1.0-0",
         "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk fonts-dejavu-core"),
    ],
)  # fmt: skip
def test_a_missing_weasyprint_is_named_with_its_cure(
    made: Site, tmp_path: Path, raised: str, told: str, cure: str
) -> None:
    (tmp_path / "weasyprint.py").write_text(f"raise {raised}\n")
    path = f"{tmp_path}:{PLUGINS}"
    said = stackreel("pdf", cwd=made.folder, PYTHONPATH=path).stderr.decode()
    assert told in said
    assert cure in said
    doctor = stackreel("doctor", cwd=tmp_path, PYTHONPATH=path).stdout.decode()
    assert f"get it: {cure}" in doctor


def test_a_figure_for_slides(made: Site) -> None:
    binary = str(made.folder / "traces/sum/sum")
    printed = stackreel(
        "figure", "--at", "enter sum", "--format", "pdf", "-o", "f.pdf", binary, cwd=made.folder
    )
    assert printed.returncode == 0, printed.stderr.decode()
    page = Pdf(made.folder / "f.pdf").reader.pages[0]
    picture = stackreel("figure", "--at", "enter sum", "--format", "png", binary, cwd=made.folder)
    with Image.open(BytesIO(picture.stdout)) as image:
        assert image.size == pytest.approx([side * PIXELS * 96 / 72 for side in page.mediabox[2:]], abs=2)
        assert image.getpixel((0, 0)) == (255, 255, 255)
    drawn = stackreel("figure", "--at", "enter sum", "--format", "svg", binary, cwd=made.folder)
    assert drawn.stdout.startswith(b"<?xml")


def test_a_reel_for_slides_has_a_page_a_step(made: Site) -> None:
    binary = str(made.folder / "traces/sum/sum")
    done = stackreel("reel", "--format", "pdf", "-o", "r.pdf", "--from", "enter sum", "--to", "leave sum", binary,
                     cwd=made.folder)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    slides = Pdf(made.folder / "r.pdf")
    steps = stackreel(
        "trace", "--functions", "sum", "--start", "sum", "--format", "none", binary, cwd=made.folder
    )
    assert len(slides.reader.pages) == int(steps.stdout) + 1
    assert {tuple(page.mediabox) for page in slides.reader.pages} == {(0, 0, 960, 540)}
    for page in slides.words():
        assert max(word.right for word in page) <= 960 - 36 + 0.1
        assert max(word.bottom for word in page) <= 540


def test_a_slide_before_the_first_instruction_is_headed_in_letters_of_prose(made: Site) -> None:
    binary = str(made.folder / "traces/sum/sum")
    done = stackreel("reel", "--format", "pdf", "-o", "s.pdf", "--from", "enter main", "--to", "enter sum", binary,
                     cwd=made.folder)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert "0Stackbeforepush%rbpinmain" in prose(made.folder / "s.pdf")


def prose(file: Path) -> str:
    """Return the letters of the first slide that are not of a font for code."""
    text = pypdfium2.PdfDocument(file)[0].get_textpage()
    found = ""
    for at in range(text.count_chars()):
        name = create_string_buffer(80)
        pypdfium2.raw.FPDFText_GetFontInfo(text.raw, at, name, 80, c_int())
        if b"Mono" not in name.value:
            found += chr(pypdfium2.raw.FPDFText_GetUnicode(text.raw, at)).strip()
    return found


def test_a_missing_pypdfium2_is_named_with_its_cure(made: Site, tmp_path: Path) -> None:
    (tmp_path / "pypdfium2.py").write_text("raise ImportError('x')\n")
    path = f"{tmp_path}:{PLUGINS}"
    binary = str(made.folder / "traces/sum/sum")
    told = stackreel(
        "figure", "--at", "enter sum", "--format", "png", binary, cwd=made.folder, PYTHONPATH=path
    )
    assert told.returncode == 1
    assert "a PNG needs pypdfium2, which is not installed" in told.stderr.decode()
    assert "pip install 'mkdocs-stackreel[pdf]'" in told.stderr.decode()
    printed = stackreel("figure", "--at", "enter sum", "--format", "pdf", "-o", "p.pdf", binary, cwd=made.folder,
                        PYTHONPATH=path)  # fmt: skip
    assert printed.returncode == 0, printed.stderr.decode()
    doctor = stackreel("doctor", cwd=tmp_path, PYTHONPATH=path).stdout.decode()
    assert "pypdfium2          not found, optional  (stackreel figure --format png)" in doctor
