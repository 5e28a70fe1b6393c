"""The links of built pages: where each leads, and whether there is something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import PurePosixPath
from posixpath import join, normpath
from urllib.parse import unquote, urlsplit

_LINKS = {"a": "href", "link": "href", "img": "src", "script": "src", "source": "src", "iframe": "src"}


@dataclass
class Parsed(HTMLParser):
    """A page's ids and what it links to."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids |= {value for key in ("id", "name") if (value := found.get(key))}
        if (wanted := _LINKS.get(tag)) and (link := found.get(wanted)):
            self.links.append(link)


def parsed(text: str) -> Parsed:
    """Return what a page has."""
    page = Parsed()
    page.feed(text)
    return page


def broken(pages: Mapping[str, str], files: frozenset[str], base: str) -> Iterator[str]:
    """Yield each link of `pages` (HTML by path) that leads to no file, or to no place on a page.

    `base` is the site's URL. Links to other sites are left alone.
    """
    read = {name: parsed(text) for name, text in pages.items()}
    for name, page in read.items():
        for link in dict.fromkeys(page.links):
            inside = link.removeprefix(base.rstrip("/")) if link.startswith(base) else link
            parts = urlsplit(inside)
            if parts.scheme or parts.netloc:
                continue
            target = _target(name, unquote(parts.path))
            if target not in files:
                yield f"{name}: {link}: no file"
            elif parts.fragment and target in read and not _is_there(unquote(parts.fragment), read[target]):
                yield f"{name}: {link}: no such place"


def _target(page: str, path: str) -> str:
    if not path:
        return page
    found = normpath(
        path.lstrip("/") if path.startswith("/") else join(str(PurePosixPath(page).parent), path)
    )
    is_folder = path.endswith("/") or not PurePosixPath(found).suffix
    return normpath(join(found, "index.html")) if is_folder else found


def _is_there(place: str, page: Parsed) -> bool:
    """Tell whether a page has the id, or the reel of which a step is meant (`c-sum-main:12`)."""
    return place in page.ids or place.rpartition(":")[0] in page.ids
