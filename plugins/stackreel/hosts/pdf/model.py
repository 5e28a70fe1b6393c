"""What a PDF is made from: chapters with the HTML of built pages, and what stands on the cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Part:
    """A section of the navigation: its title and how many sections it stands in."""

    title: str
    depth: int


@dataclass(frozen=True)
class Chapter:
    """A page: its title in the navigation, its address below the site's root, the HTML of its content, its source file.

    `depth` is the number of sections it stands in; `parts` are those that begin with it, outermost first.
    """

    title: str
    url: str
    html: str
    depth: int = 0
    parts: Sequence[Part] = ()
    source: str = ""


@dataclass(frozen=True)
class Book:
    """A PDF: its words are in `language`, a BCP 47 tag; `date` is the build's, `version` may be empty.

    `site_url` is where pages are that the PDF does not have; empty where that is nowhere. `is_single` is a PDF of one
    article: it has neither cover nor table of contents.
    """

    title: str
    subtitle: str
    author: str
    language: str
    date: datetime
    version: str
    site_url: str
    chapters: Sequence[Chapter]
    is_single: bool = False
