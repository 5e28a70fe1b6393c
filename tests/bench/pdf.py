"""A book of a thousand figures: how long it takes to typeset, and how much memory."""

import re
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from pathlib import Path

from markdown import Markdown
from pypdf import PdfReader

from stackreel.hosts.pdf.binding import bind
from stackreel.hosts.pdf.model import Book, Chapter
from stackreel.hosts.pdf.plates import Plates
from stackreel.hosts.pdf.typeset import style, typeset
from stackreel.page import Page, StackreelExtension
from stackreel.page.studio import Settings, Studio
from support.project import PLUGINS, ROOT, environment

FIGURES = 1000
SECONDS = 30.0
MEBIBYTES = 1024
EXAMPLES = ("c-sum", "c-sum-plain")
DRAWING = re.compile(r'<svg xmlns="[^"]+" class="sd".*?</svg>', re.DOTALL)


def measure() -> bool:
    """Print time and memory; tell whether they are within what is promised."""
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "pages"
        pages.write_text("\0".join(drawn(Path(folder))), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "bench.pdf", str(pages)],
            env=environment(PYTHONPATH=f"{PLUGINS}:{ROOT / 'tests'}"),
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    seconds, mebibytes, size, sheets = map(float, done.stdout.split())
    print(f"a PDF of {FIGURES} figures, {sheets:.0f} pages, {size / 2**20:.1f} MiB")
    print(f"  seconds               {seconds:>12.1f}   promised: {SECONDS}")
    print(f"  memory, MiB           {mebibytes:>12.0f}   promised: {MEBIBYTES}")
    return seconds < SECONDS and mebibytes < MEBIBYTES


def drawn(folder: Path) -> list[str]:
    """Return a thousand stacks: the steps of two examples, over and over."""
    studio = Studio(Settings(ROOT / "traces", folder / "cache", ROOT, "att"))
    text = "".join(f"```stack-reel\nexample: {name}\n```\n\n" for name in EXAMPLES)
    html = Markdown(extensions=[StackreelExtension(renderer=studio, page=lambda: Page("bench.md"))]).convert(
        text
    )
    found = DRAWING.findall(html)
    copies = -(-FIGURES // len(found))
    return [svg.replace('id="', f'id="{n}-') for n in range(copies) for svg in found][:FIGURES]


def typeset_all(pages: Path) -> None:
    """Typeset the drawings of a file, and print seconds, peak memory, size and pages."""
    drawings = pages.read_text(encoding="utf-8").split("\0")
    frames = "".join(
        f'<li id="r:{number}" class="sd-print"><figure class="sd-fig"><figcaption><p><a class="sd-number">{number}</a>'
        f" <code>{escape('mov %rsp,%rbp')}</code></p></figcaption>"
        f'<div class="sd-parts">{drawing}</div></figure></li>'
        for number, drawing in enumerate(drawings)
    )
    html = f'<h1>All</h1><stack-reel class="sd-reel" id="r"><ol class="sd-strip">{frames}</ol></stack-reel>'
    book = Book("Bench", "", "", "en", datetime.fromtimestamp(0, UTC), "", "", [Chapter("All", "all/", html)])
    begin = time.perf_counter()
    plates = Plates()
    made = typeset(bind(book, plates).html, plates.all, {}, [style()])
    seconds = time.perf_counter() - begin
    assert len(plates.all) == len(drawings)
    sheets = len(PdfReader(BytesIO(made.content)).pages)
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(made.content), sheets)


if __name__ == "__main__":
    typeset_all(Path(sys.argv[1]))
