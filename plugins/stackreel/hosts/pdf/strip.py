"""The cells of a film strip set in rows of two: frames of one scale side by side, steps in words beneath their frame.

A row is never cut. So drawings are made as large as lets two rows share a page, if their letters stay large enough;
else a row has a page. Captions of a row get one height, for the drawings to stand side by side. Heights are reckoned
from the number of letters: WeasyPrint tells them too late.

Trusts print.css to set frames, captions and words in the sizes named here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from stackreel.figure.lettering import columns
from stackreel.hosts.pdf.tree import find_class, has_class, make

SMALLEST = 0.741
"""The scale below which a drawing is not made smaller to save room: its letters of 9 pixels have 5 points."""

_LARGEST = 0.89
"""The scale at which a drawing is as wide as its cell."""

_PAGE = 960
"""The height of a page's text in CSS pixels, as all lengths here."""

_SHARES = ((_PAGE * 0.463, 0.6), (_PAGE / 2, 0.5), (_PAGE, 0.0))
"""Heights that rows are given, and the part of them that has to fit: two below a heading, two, or one a page."""

_ROOM = 30
"""What a row has besides captions, drawings and words: its lines and what is between and below."""

_WIDTH = 322
"""The width of a cell."""

_CAPTION, _CAPTION_LINE = 11.33, 16.5
_WORDS, _WORDS_LINE = 10.67, 15.0
"""Sizes and lines of the letters of captions, and of steps in words."""

_MONO, _SANS, _WIDE = 0.53, 0.57, 1.02
"""Widths of letters in their size: of code, which is set smaller, of others, of wide ones; some is for line ends."""

_BENEATH = 7
"""Lines of words that stand under a drawing; more of them take a place of their own."""


@dataclass(frozen=True)
class Cell:
    """A frame (None: nothing but words), its drawing's height, and what is told in words after it."""

    frame: Element | None
    height: float
    told: tuple[Element, ...]


def strip_of(cells: Sequence[Cell]) -> Iterator[Element]:
    """Yield the rows of a strip."""
    rows = list(_rows(cells))
    scale = _scale(rows)
    for row in rows:
        tallest = max((_caption_lines(cell) for cell in row), default=0)
        made = [_set(cell, tallest, scale) for cell in row]
        yield make("div", *made, class_="film-row")


def _rows(cells: Sequence[Cell]) -> Iterator[Sequence[Cell]]:
    """Yield the cells of each row; words that are too many stand beside their frame, or in a row of their own."""
    waiting: Cell | None = None
    for cell in cells:
        lines = sum(_lines(part) for part in cell.told)
        if cell.frame is None:
            yield from _told_alone(cell.told)
        elif waiting is not None:
            yield waiting, replace(cell, told=cell.told if lines <= _BENEATH else ())
            waiting = None
            if lines > _BENEATH:
                yield from _told_alone(cell.told)
        elif lines > _BENEATH or (cell is cells[-1] and cell.told):
            yield replace(cell, told=()), Cell(None, 0, cell.told)
        else:
            waiting = cell
    if waiting is not None:
        yield (waiting,)


def _told_alone(told: tuple[Element, ...]) -> Iterator[Sequence[Cell]]:
    """Yield a row of words alone, its first half at the left."""
    half = math.ceil(len(told) / 2)
    yield tuple(Cell(None, 0, part) for part in (told[:half], told[half:]) if part)


def _scale(rows: Sequence[Sequence[Cell]]) -> float:
    """Return the scale of a strip's drawings."""
    framed = [row for row in rows if any(cell.height for cell in row)]
    for height, part in _SHARES:
        scales = [min(_LARGEST, _fitting(row, height)) for row in framed]
        kept = [scale for scale in scales if scale >= SMALLEST]
        if len(kept) >= part * len(scales):
            return min(kept, default=SMALLEST)
    return SMALLEST


def _fitting(row: Sequence[Cell], height: float) -> float:
    """Return the scale at which a row is `height` high."""
    top = max(map(_caption_lines, row)) * _CAPTION_LINE
    return min(
        (height - _ROOM - top - sum(_lines(part) for part in cell.told) * _WORDS_LINE) / cell.height
        for cell in row
        if cell.height
    )


def _set(cell: Cell, tallest: int, scale: float) -> Element:
    """Return a cell as HTML, its caption `tallest` lines high, its drawing in `scale` or as high as a page holds."""
    made = make("div", class_="film-cell")
    if cell.frame is not None:
        room = _PAGE - _ROOM - tallest * _CAPTION_LINE
        for caption in cell.frame.iter("figcaption"):
            caption.set("style", f"min-height: {tallest * _CAPTION_LINE:.0f}px")
        for picture in find_class(cell.frame, "sd"):
            picture.set("style", f"max-height: {min(cell.height * scale, room):.0f}px")
        made.append(cell.frame)
    if cell.told:
        made.append(make("div", *cell.told, class_="film-told"))
    return made


def _caption_lines(cell: Cell) -> int:
    captions = list(cell.frame.iter("figcaption")) if cell.frame is not None else []
    return sum(
        math.ceil(_advance(part, _CAPTION) / _WIDTH) for part in (captions[0] if captions else ())
        if not has_class(part, "sd-past")
    )  # fmt: skip


def _lines(part: Element) -> int:
    return math.ceil(_advance(part, _WORDS) / _WIDTH)


def _advance(element: Element, size: float) -> float:
    """Return how wide the text of an element would be in one line."""
    own = _wide(element.text, size, _MONO if element.tag == "code" else _SANS)
    return own + sum(_advance(child, size) + _wide(child.tail, size, _SANS) for child in element)


def _wide(text: str | None, size: float, narrow: float) -> float:
    return sum(size * (_WIDE if columns(letter) == 2 else narrow) for letter in text or "")
