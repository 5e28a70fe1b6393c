"""What an article includes from other files with `--8<-- "file.md"`: claims there are judged at their own place.

Markdown files only: others are shown as code. Knows the forms of pymdownx.snippets: one file, a list of files between
two marks, ranges of lines and named sections, also in what is included. Files are looked for from the folder of the
site and from the article's own folders; what is not found is the site's to report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stackreel.page.context import Page, open_page
from stackreel.page.fences import prose

_ONE = re.compile(r"""[ \t>]*-+8<-+[ \t]+(?P<quote>["'])(?P<name>.+?)(?P=quote)[ \t\r]*""")
_MANY = re.compile(r"[ \t>]*-+8<-+[ \t\r]*")
_SECTION = re.compile(r"-+8<-+[ \t]+\[[ \t]*(?P<type>start|end)[ \t]*:[ \t]*(?P<name>[A-Za-z][\w-]*)[ \t]*\]")
_PART = re.compile(
    r"(?P<file>.*?)(?::(?P<section>[A-Za-z][\w-]*)|(?P<lines>(?::-?\d*){1,2}(?:,-?\d*(?::-?\d*)?)*))?"
)
MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
"""The endings of what MkDocs takes for Markdown."""


@dataclass(frozen=True)
class Part:
    """An article, or a file it includes: `kept` are the lines (from 0) that count, None for all.

    `page` is the file's, with the defaults of the article.
    """

    file: Path
    page: Page
    kept: frozenset[int] | None = None

    def seen(self, text: str) -> str:
        """Return the file's text with the lines that do not count left empty."""
        if self.kept is None:
            return text
        lines = text.split("\n")
        return "\n".join(line if number in self.kept else "" for number, line in enumerate(lines))


def parts(file: Path, shown: str, root: Path) -> Iterator[Part]:
    """Yield an article, called `shown`, and every Markdown file it includes, each once. Raises OSError."""
    page = open_page(shown, read(file))
    yield Part(file, page)
    seen: set[tuple[Path, frozenset[int] | None]] = set()
    waiting = [(file, page.source)]
    while waiting:
        including, text = waiting.pop()
        for name in _included(text.split("\n")):
            part = _part(name, including, page, root)
            if part is not None and (part.file, part.kept) not in seen:
                seen.add((part.file, part.kept))
                waiting.append((part.file, part.seen(part.page.source)))
                yield part


def read(file: Path) -> str:
    """Return the text of an article's file, with plain line ends."""
    return file.read_text(encoding="utf-8-sig", errors="replace")


def _included(lines: Sequence[str]) -> Iterator[str]:
    """Yield the names as they are written."""
    outside = set(prose(lines))
    is_list = False
    for number, line in enumerate(lines):
        one = _ONE.fullmatch(line) if number in outside else None
        if one is not None and not is_list:
            yield one["name"]
        elif number in outside and _MANY.fullmatch(line):
            is_list = not is_list
        elif is_list and line.strip() and not line.strip().startswith(";"):
            yield line.strip()


def _part(written: str, including: Path, page: Page, root: Path) -> Part | None:
    found = _PART.fullmatch(written)
    if found is None or not found["file"].endswith(MARKDOWN):
        return None
    above = [folder for folder in including.absolute().parents if folder.is_relative_to(root.absolute())]
    places = (folder / found["file"] for folder in (root, *above))
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        return None
    text = read(file)
    shown = file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix()
    own = replace(open_page(shown, text), within=page)
    return Part(file, own, _kept(text.split("\n"), found["section"], found["lines"]))


def _kept(lines: Sequence[str], section: str | None, ranges: str | None) -> frozenset[int] | None:
    if section:
        return frozenset(_in_section(lines, section))
    if ranges:
        return frozenset(n for one in ranges[1:].split(",") for n in _in_range(one, len(lines)))
    return None


def _in_section(lines: Sequence[str], section: str) -> Iterator[int]:
    inside = False
    for number, line in enumerate(lines):
        mark = _SECTION.search(line)
        if mark is None and inside:
            yield number
        elif mark is not None and mark["name"] == section:
            inside = mark["type"] == "start"


def _in_range(written: str, count: int) -> range:
    """Read `3`, `3:`, `3:5`, `:5`: lines from 1, the last included; negative ones count from the end."""
    first, colon, last = written.partition(":")
    begin = _line(first, 1, count)
    return range(begin - 1, _line(last, count if colon or not written else begin, count))


def _line(written: str, default: int, count: int) -> int:
    number = int(written) if written.strip("-") else default
    return max(number + count + 1 if number < 0 else number, 1)
