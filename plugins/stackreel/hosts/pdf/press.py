"""From a build of MkDocs to PDFs: the pages' content in the navigation's order, a book a language.

The languages are those of Material's `extra: alternate:`; a page belongs to the one whose link its address begins
with, and a page that no language has (a door to all of them) is in no book. Without `alternate` there is one book.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page
from mkdocs.utils import get_build_datetime

from stackreel.errors import BlockError
from stackreel.hosts.pdf import missing_fonts, need_weasyprint
from stackreel.hosts.pdf.model import Book, Chapter, Part

if TYPE_CHECKING:
    from stackreel.hosts.mkdocs_config import PdfConfig


NO_BOOK = "no page of the navigation is in a language of `extra: alternate:`, whose links are where their pages begin"


@dataclass(frozen=True)
class Printed:
    """A PDF that was written, and what was wrong with the pages in it."""

    file: Path
    complaints: tuple[str, ...]


@dataclass(frozen=True)
class _Edition:
    """The pages of a language: those whose address begins with `prefix`."""

    language: str
    prefix: str


@dataclass
class Press:
    """Collects the content of a build's pages, and prints them: all, or the one of the file `article`."""

    article: Path | None = None
    written: list[Path] = field(default_factory=list, init=False)
    _taken: dict[str, tuple[Page, str]] = field(default_factory=dict, init=False)

    def take(self, page: Page, html: str) -> None:
        """Keep the content of a page, as it goes into the theme's template."""
        self._taken[page.file.src_uri] = (page, html)

    def print(self, nav: Navigation, config: MkDocsConfig, options: PdfConfig) -> Iterator[Printed]:
        """Write the PDFs, and yield each when it is there. Raises ToolError without WeasyPrint.

        What is wrong with all of them, fonts that are missing, is told with the first.
        """
        need_weasyprint()
        fonts = missing_fonts()
        site = Path(config.site_dir)
        editions = _editions(config)
        if self.article is not None:
            page = self._page_of(self.article)
            language = next((one.language for one in editions if _is_in(page.url, one)), editions[0].language)
            book = self._book([self._chapter(page)], config, options, language, single=page)
            yield self._write(book, site / f"{self.article.stem}.pdf", config, options, fonts)
            return
        found = [(one, list(self._chapters(nav.items, one))) for one in editions]
        for number, (edition, chapters) in enumerate((one, taken) for one, taken in found if taken):
            name = Path(options.file)
            file = name if number == 0 else name.with_suffix(f".{edition.language}{name.suffix}")
            book = self._book(_below_one(chapters), config, options, edition.language)
            yield self._write(book, site / file, config, options, fonts if number == 0 else "")

    def _page_of(self, article: Path) -> Page:
        """Return the page of a file. Raises BlockError where the build has none."""
        for page, _ in self._taken.values():
            if page.file.abs_src_path and Path(page.file.abs_src_path).resolve() == article.resolve():
                return page
        raise BlockError(f"{article} is left out of the site", example="exclude_docs: without this file")

    def _chapters(
        self, items: Sequence[object], edition: _Edition, depth: int = 0, parts: tuple[Part, ...] = ()
    ) -> Iterator[Chapter]:
        """Yield the chapters of an edition below navigation items; `parts` have not begun yet."""
        for item in items:
            if isinstance(item, Section):
                part = Part(item.title, depth)
                for chapter in self._chapters(item.children, edition, depth + 1, (*parts, part)):
                    yield chapter
                    parts = ()
            elif isinstance(item, Page) and item.file.src_uri in self._taken and _is_in(item.url, edition):
                yield self._chapter(item, depth, parts)
                parts = ()

    def _chapter(self, page: Page, depth: int = 0, parts: Sequence[Part] = ()) -> Chapter:
        return Chapter(
            str(page.title or page.file.name),
            page.url,
            self._taken[page.file.src_uri][1],
            depth,
            parts,
            page.file.src_uri,
        )

    def _book(
        self,
        chapters: Sequence[Chapter],
        config: MkDocsConfig,
        options: PdfConfig,
        language: str,
        *,
        single: Page | None = None,
    ) -> Book:
        local = urlsplit(config.site_url or "").hostname in (None, "localhost", "127.0.0.1")
        title = _said(options.title, language) or config.site_name
        return Book(
            title=str(single.title) if single else title,
            subtitle=_said(options.subtitle, language) or (config.site_description or ""),
            author=config.site_author or "",
            language=language,
            date=get_build_datetime(),
            version=str(options.version or ""),
            site_url="" if local else str(config.site_url),
            chapters=chapters,
            is_single=single is not None,
        )

    def _write(self, book: Book, file: Path, config: MkDocsConfig, options: PdfConfig, fonts: str) -> Printed:
        """Typeset a book into a file; what does it is loaded here, as most builds make no PDF."""
        from stackreel.hosts.pdf.binding import bind  # noqa: PLC0415 - see the docstring
        from stackreel.hosts.pdf.plates import Plates  # noqa: PLC0415 - the same
        from stackreel.hosts.pdf.typeset import style, typeset  # noqa: PLC0415 - the same

        plates = Plates()
        document = bind(book, plates)
        styles = [Path(name).read_text(encoding="utf-8") for name in options.styles]
        made = typeset(document.html, plates.all, {"site": Path(config.site_dir)}, [style(), *styles])
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(made.content)
        self.written.append(file)
        told = [_with_pages(one.said, document.pictures.get(one.address, ())) for one in made.complaints]
        return Printed(file, (*([fonts] if fonts else ()), *document.untold, *told))


def _with_pages(said: str, pages: Iterable[str]) -> str:
    """Return a complaint with the source files of the pages that it is about."""
    named = ", ".join(pages)
    return f"{said} ({named})" if named else said


def _language(config: MkDocsConfig) -> str:
    return str(config.theme.get("language") or config.theme.get("locale") or "en")


def _editions(config: MkDocsConfig) -> Sequence[_Edition]:
    """Return the languages of a site, those with the longest links first tried but the site's own first named."""
    rows: Sequence[Mapping[str, Any]] = config.extra.get("alternate") or ()
    base = urlsplit(config.site_url or "").path
    found = [
        _Edition(str(row["lang"]), urlsplit(str(row["link"])).path.removeprefix(base).strip("./"))
        for row in rows
        if "lang" in row and "link" in row
    ]
    return found or [_Edition(_language(config), "")]


def _is_in(url: str, edition: _Edition) -> bool:
    return not edition.prefix or url.startswith(f"{edition.prefix}/")


def _below_one(chapters: list[Chapter]) -> list[Chapter]:
    """Leave out the sections that hold the whole book: a language's, most often."""
    while chapters[0].parts and chapters[0].parts[0].depth == 0:
        if any(
            chapter.depth == 0 or any(part.depth == 0 for part in chapter.parts) for chapter in chapters[1:]
        ):
            break
        chapters = [
            replace(one, depth=one.depth - 1,
                    parts=[Part(part.title, part.depth - 1) for part in one.parts if part.depth])
            for one in chapters
        ]  # fmt: skip
    return chapters


def _said(option: object, language: str) -> str:
    """Return what an option says: a text, or one a language."""
    return str(option.get(language, "")) if isinstance(option, dict) else str(option or "")
