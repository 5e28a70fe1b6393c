"""A built site of reels, served: what tests of the player open, whatever browser they open it with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stackreel.hosts.cli import status
from support.browser import serving
from support.build import compile_c
from support.sites import site

LAST = 11
REEL = """```stack-reel
example: sum
from: enter sum
to: leave sum
notes: {sum+0: "keeps `rbp`"}
%s```
"""
TEXT = "# Sum\n\n[the fourth step](#sum-sum:4), [elsewhere](other.md)\n\n" + REEL % ""
PAIR = (
    "# Pair\n\n"
    + REEL % "id: one\nsync: both\n"
    + "\n"
    + REEL % "id: two\nsync: both\ncaption: second of the pair\n"
)
TABS = """# Tabs

=== "First"

    Something.

=== "Second"

    Something else.

    ??? note "More"

        {inside}

=== "Third"

    {tabbed}
"""
LONG = TEXT + "\n\n## Far { #far }\n" + "\nfar\n" * 200 + "\n## Farther\n" + "\nfar\n" * 200
FOLDED = "# Folded\n\n```stack-reel\nexample: sum\nid: folded\nover: [sum]\n```\n"
WHOLE = "# Whole\n\n```stack-reel\nexample: sum\nid: whole\n```\n"
CONFIG = """
site_name: T
site_url: {base}/notes/
plugins: [search, stackreel]
theme:
  name: material
  font: false
  features: [navigation.instant, navigation.tracking, content.tabs.link]
  palette:
    - {{media: "(prefers-color-scheme: light)", scheme: default}}
    - {{media: "(prefers-color-scheme: dark)", scheme: slate}}
markdown_extensions:
  - attr_list
  - pymdownx.details
  - pymdownx.superfences
  - pymdownx.tabbed: {{alternate_style: true}}
"""

LOOP = """int sum(int n) {
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i;
    return s;
}

int main(void) {
    return sum(14);
}
"""


def reel_file(root: Path, program: str = LOOP) -> Path:
    """Write the run of a C program, a long one if none is given, as one HTML file with `stackreel reel`."""
    source = root / "loop.c"
    source.write_text(program)
    binary = compile_c(source, "-O0", "-g", "-fno-pie", "-no-pie", "-fcf-protection=none")
    written = root / "page.html"
    assert status(["reel", str(binary), "-o", str(written), "--title", "<Loop>"]) == 0
    return written


def _tabs() -> str:
    """Return a page whose reels are hidden at first: in tabs, and in details within tabs."""
    fields = {name: REEL % f"id: {name}\n" for name in ("inside", "tabbed")}
    indented = {"inside": " " * 8, "tabbed": " " * 4}
    return TABS.format(
        **{name: block.replace("\n", f"\n{indented[name]}").rstrip() for name, block in fields.items()}
    )


@contextmanager
def player_site(root: Path) -> Iterator[str]:
    """Build the site in `root` and serve it under a path, as https://example.org/notes/ would; give its address."""
    (root / "served").mkdir()
    pages = {
        "index.md": TEXT,
        "other.md": "# Other\n\n[back](index.md), [deep](index.md#sum-sum:6)\n" + "\nfar\n" * 200,
        "pair.md": PAIR,
        "whole.md": WHOLE,
        "folded.md": FOLDED,
        "strict.md": TEXT.replace("other.md", "index.md"),
        "images.md": TEXT.replace("other.md", "index.md"),
        "tabs.md": _tabs(),
        "long.md": LONG,
    }
    with serving(root / "served") as base:
        here = site(root / "s", pages)
        (here.folder / "mkdocs.yml").write_text(CONFIG.format(base=base))
        built = here.build()
        assert built.status == 0, built.said
        (here.folder / "site").rename(root / "served/notes")
        yield f"{base}/notes/"
