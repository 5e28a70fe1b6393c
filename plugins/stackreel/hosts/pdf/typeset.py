"""A document of HTML typeset by WeasyPrint: PDF/UA, nothing from the network, the same bytes each time.

It trusts that the document is ours; what its pages show (pictures, the icons of admonitions) is read from the folders
it is given and from nowhere else. What WeasyPrint complains of is handed back, not printed.
"""

from __future__ import annotations

import logging
import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from stackreel.hosts.pdf.ink import SANS
from stackreel.hosts.pdf.lettered import Drawing, Letters
from stackreel.hosts.pdf.plates import Plate

VARIANT = "pdf/ua-1"

_SVG = "image/svg+xml"


@dataclass(frozen=True)
class Complaint:
    """What was wrong with a document, and the address of the file it is about; empty where it is about none."""

    said: str
    address: str = ""


@dataclass(frozen=True)
class Typeset:
    """A PDF, and what was wrong with the document."""

    content: bytes
    complaints: tuple[Complaint, ...]


def style(name: str = "print.css") -> str:
    """Return a style sheet of ours: the book's, or that of slides."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def typeset(
    html: str, plates: Mapping[str, Plate], folders: Mapping[str, Path], styles: Sequence[str]
) -> Typeset:
    """Return the PDF of a document with its drawings and style sheets.

    `folders` are what may be read, by the scheme of the addresses that name it.
    """
    fonts = FontConfiguration()
    letters = Letters(fonts)
    fetcher = Local({"icon": _icons(), **folders})
    sheets = [CSS(string=text, font_config=fonts, url_fetcher=fetcher) for text in styles]
    with _complaints() as said:
        content = HTML(string=html, url_fetcher=fetcher).write_pdf(
            font_config=fonts,
            stylesheets=sheets,
            pdf_variant=VARIANT,
            presentational_hints=True,  # width and height of pictures, start and type of lists
            cache={address: Drawing(plate, letters) for address, plate in plates.items()},
        )
    refused = dict.fromkeys(fetcher.refused)
    others = (Complaint(one) for one in said if not any(repr(been.address) in one for been in refused))
    return Typeset(content, tuple(dict.fromkeys((*refused, *others))))


def _icons() -> Path:
    """Return the folder of the icons that Material brings, which name the kinds of admonitions."""
    (package,) = find_spec("material").submodule_search_locations  # type: ignore[union-attr,misc]  # we require it
    return Path(package) / "templates/.icons/material"


class Local(URLFetcher):
    """Reads files of given folders and `data:` addresses; everything else is refused, and told in `refused`."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        super().__init__(allowed_protocols=("data",))
        self._folders = folders
        self.refused: list[Complaint] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """Return what is at an address of ours. Raises ValueError for another, as WeasyPrint expects."""
        parts = urlsplit(url)
        if parts.scheme == "data":
            fetched: URLFetcherResponse = super().fetch(url, headers)
            return fetched
        folder = self._folders.get(parts.scheme)
        if folder is None:
            told = f"{url} is not fetched: a PDF takes nothing from the network; put a copy into docs"
            self.refused.append(Complaint(told, url))
            raise ValueError(f"refused: {url}")
        file = (folder / unquote(parts.path).lstrip("/")).resolve()
        if not file.is_relative_to(folder.resolve()) or not file.is_file():
            self.refused.append(Complaint(f"{unquote(parts.path)} is not a file of the site", url))
            raise ValueError(f"no file: {url}")
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        content = _with_font(file.read_bytes()) if kind == _SVG else file.read_bytes()
        return URLFetcherResponse(url, content, {"Content-Type": kind})


def _with_font(svg: bytes) -> bytes:
    """Name the fonts of an SVG that names none: without a name Chinese is set in Japanese letters."""
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        return svg  # WeasyPrint says what is wrong with it
    root.attrib.setdefault("font-family", SANS)
    return ElementTree.tostring(root)


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect WeasyPrint's errors instead of letting it print them."""
    log = logging.getLogger("weasyprint")
    listener = _Listener()
    before, propagate = list(log.handlers), log.propagate
    log.handlers[:] = [listener]
    log.propagate = False
    try:
        yield listener.said
    finally:
        log.handlers[:] = before
        log.propagate = propagate
