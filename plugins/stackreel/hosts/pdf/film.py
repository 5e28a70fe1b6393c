"""A reel on paper: rows of frames, each with what its step did, and the steps between them in words.

Every step would be a frame, and a reel of sixty fifteen pages. So a step that leaves the picture as it was is told in
words between the frames, and where there are still too many, so are all but the key ones: calls, returns, an
author's notes. What an author chose with `pdf:` is printed and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.etree.ElementTree import Element

from stackreel.hosts.pdf.plates import Plate
from stackreel.hosts.pdf.tree import add_class, find_class, has_class, make
from stackreel.hosts.pdf.words import Words

ACROSS, ACROSS_TALL = 2, 3
"""Frames side by side, and where they are so high that a row of them is a page: they are narrower then."""

FRAMES = 12
"""Frames of a reel whose author chose none, at most."""

_ROW, _PAGE = 393, 830
"""Heights in CSS pixels: of a drawing where two rows share a page, as print.css has it, and where one row has it."""

_SMALLEST = 0.62
"""The scale below which a drawing is not made smaller to save room: letters of 5 points."""

_TOLD = 8
"""Steps in words between two frames, at most; more of them are left out."""


@dataclass(frozen=True)
class _Step:
    """A step of the strip: its number, its element, and its drawing where it has one."""

    number: int
    element: Element
    plate: Plate | None


def film(reel: Element, plates: Mapping[str, Plate], words: Words) -> None:
    """Turn a reel into a film strip, in place."""
    reel.tag = "div"
    strip = next(find_class(reel, "sd-strip"), None)
    if strip is None:
        return
    steps = [step for element in strip if (step := _step(element, plates)) is not None]
    chosen = [step.number for step in steps if has_class(step.element, "sd-print")]
    outer = steps if chosen else [step for step in steps if not has_class(step.element, "sd-inner")]
    framed = frozenset(chosen or _framed(outer))
    told = [step for step in outer if step.number in framed] if chosen else outer
    cells = list(_cells(told, framed, words))
    strip.tag, strip.text = "div", None
    is_tall = any(step.plate and _is_tall(step.plate) for step in steps if step.number in framed)
    across, kind = (ACROSS_TALL, "film-row film-tall") if is_tall else (ACROSS, "film-row")
    strip[:] = [make("div", *cells[at : at + across], class_=kind) for at in range(0, len(cells), across)]


def _step(element: Element, plates: Mapping[str, Plate]) -> _Step | None:
    """Read a step of a strip; its number is the last part of its id."""
    number = element.get("id", "").rpartition(":")[2]
    picture = next(find_class(element, "sd"), None)
    plate = plates.get(picture.get("src", "")) if picture is not None else None
    return _Step(int(number), element, plate) if number.isdecimal() else None


def _framed(steps: Sequence[_Step]) -> Sequence[int]:
    """Return the numbers of the steps that are frames where their author did not say."""
    found: list[_Step] = []
    before: Plate | None = None
    for step in steps:
        if step.plate is None:
            continue
        if before is None or step.plate.is_marked or step.plate.state != before.state or _is_key(step):
            found.append(step)
        before = step.plate
    if len(found) > FRAMES:
        found = [step for step in found if _is_key(step) or step in (found[0], found[-1])]
    while len(found) > FRAMES:
        found = [found[0], *found[1:-1:2], found[-1]]
    return [step.number for step in found]


def _is_key(step: _Step) -> bool:
    return has_class(step.element, "sd-key")


def _cells(steps: Sequence[_Step], framed: frozenset[int], words: Words) -> Iterator[Element]:
    """Yield the cells of the strip in the order of reading: a frame, or the steps in words up to the next."""
    last = -1
    for is_frame, group in groupby(steps, lambda step: step.number in framed):
        told = make("div", class_="film-cell")
        for step in group if is_frame else _told(list(group)):
            cell = make("div", class_="film-cell") if is_frame else told
            if 0 <= last < step.number - 1:
                cell.append(make("p", words.skipped(last + 1, step.number - 1), class_="film-gap"))
            cell.append(_frame(step) if is_frame else _words(step.element))
            last = step.number
            if is_frame:
                yield cell
        if not is_frame:
            yield told


def _told(steps: Sequence[_Step]) -> Sequence[_Step]:
    """Return the steps of a run that are told in words: all of few, the ends of many."""
    return steps if len(steps) <= _TOLD else [*steps[: _TOLD // 2], *steps[-_TOLD // 2 :]]


def _is_tall(plate: Plate) -> bool:
    return plate.height * _SMALLEST > _ROW


def _frame(step: _Step) -> Element:
    """Return a step with its drawing, which is as high as print.css has it, or higher where it could not be read."""
    element = step.element
    if step.plate and _is_tall(step.plate):
        for picture in find_class(element, "sd"):
            picture.set("style", f"max-height: {min(step.plate.height * _SMALLEST, _PAGE):.0f}px")
    element.tag, element.tail = "div", None
    add_class(element, "film-frame")
    return element


def _words(element: Element) -> Element:
    """Return a step without its drawing."""
    made = make("div", class_="film-words", id=element.get("id", ""))
    captions = list(element.iter("figcaption"))
    for part in captions[0] if captions else list(element):
        if part.tag == "p" and not has_class(part, "sd-past"):
            part.tag, part.tail = "span", " "
            made.append(part)
    return made
