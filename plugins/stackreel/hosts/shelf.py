"""Keeps what is not for the search index out of the index's way.

A search plugin parses a page's HTML tag by tag, in Python; a reel is ten thousand tags of which it takes nothing.
What our HTML marks as not searchable is therefore taken out, an empty element in its place, and put back, without the
mark, when the index has seen the page. The HTML is as it was but for the mark.

It trusts that our HTML is balanced; an element whose end is not found stays where it is.
"""

from __future__ import annotations

import re

from stackreel.page.html import QUIET

_OPENING = re.compile(rf"<([a-z]+)\b[^<>]*? {re.escape(QUIET)}[^<>]*>")
_PLACE = re.compile(r'<span data-stackreel-shelf="(\d+)"></span>')


class Shelf:
    """What was taken out of the pages of a build."""

    def __init__(self) -> None:
        self._parts: dict[int, str] = {}
        self._count = 0

    def take(self, html: str) -> str:
        """Return a page's HTML without what is not searchable."""
        kept: list[str] = []
        at = 0
        while opening := _OPENING.search(html, at):
            end = _end(html, opening)
            kept += [html[at : opening.start()], self._put(html[opening.start() : end])]
            at = end
        return "".join([*kept, html[at:]])

    def _put(self, part: str) -> str:
        self._count += 1
        self._parts[self._count] = part.replace(f" {QUIET}", "")
        return f'<span data-stackreel-shelf="{self._count}"></span>'

    def give_back(self, html: str) -> str:
        """Return a page's HTML with all that was taken out of it."""
        return _PLACE.sub(lambda place: self._parts.pop(int(place[1]), ""), html)


def _end(html: str, opening: re.Match[str]) -> int:
    """Return where the element ends that begins with a tag; the end of the tag where it has no end."""
    depth = 1
    for tag in re.compile(rf"<(/?){opening[1]}\b[^<>]*>").finditer(html, opening.end()):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.end()
    return opening.end()
