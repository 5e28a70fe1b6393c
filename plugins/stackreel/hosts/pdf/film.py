"""A reel on paper: which of its steps are frames, which are told in words, and what is left out.

Every step would be a frame, and a reel of sixty fifteen pages. So a step that leaves the picture as it was is told in
words under the frame before it, and where there are still too many, so are all but the key ones: calls, returns, an
author's notes. What an author chose with `pdf:` is printed and nothing else. How frames are set is in `strip`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.etree.ElementTree import Element

from stackreel.hosts.pdf.plates import Plate
from stackreel.hosts.pdf.strip import Cell, strip_of
from stackreel.hosts.pdf.tree import add_class, find_class, has_class, make
from stackreel.hosts.pdf.words import Words

FRAMES = 12
"""Frames of a reel whose author chose none, at most."""

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
    strip.tag, strip.text = "div", None
    strip[:] = (
        list(strip_of(list(_cells(told, framed, (steps[0].number, steps[-1].number), words))))
        if steps
        else []
    )


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


def _cells(
    steps: Sequence[_Step], framed: frozenset[int], ends: tuple[int, int], words: Words
) -> Iterator[Cell]:
    """Yield the cells of the strip in the order of reading; `ends` are the reel's first and last step."""
    frame: _Step | None = None
    told: list[Element] = []
    following = ends[0]
    for is_frame, group in groupby(steps, lambda step: step.number in framed):
        for step in group if is_frame else _told(list(group)):
            if following < step.number:
                told.append(_gap(following, step.number - 1, words))
            following = step.number + 1
            if not is_frame:
                told.append(_words(step.element))
                continue
            if frame is not None or told:
                yield _cell(frame, told)
            frame, told = step, []
    if following <= ends[1]:
        told.append(_gap(following, ends[1], words))
    yield _cell(frame, told)


def _told(steps: Sequence[_Step]) -> Sequence[_Step]:
    """Return the steps of a run that are told in words: all of few, the ends of many."""
    return steps if len(steps) <= _TOLD else [*steps[: _TOLD // 2], *steps[-_TOLD // 2 :]]


def _cell(step: _Step | None, told: Sequence[Element]) -> Cell:
    if step is None:
        return Cell(None, 0, tuple(told))
    element = step.element
    element.tag, element.tail = "div", None
    add_class(element, "film-frame")
    return Cell(element, step.plate.height if step.plate else 0, tuple(told))


def _gap(first: int, last: int, words: Words) -> Element:
    return make("p", words.skipped(first, last), class_="film-gap")


def _words(element: Element) -> Element:
    """Return a step without its drawing."""
    made = make("div", class_="film-words", id=element.get("id", ""))
    captions = list(element.iter("figcaption"))
    for part in captions[0] if captions else list(element):
        if part.tag == "p" and not has_class(part, "sd-past"):
            part.tag, part.tail = "span", " "
            made.append(part)
    return made
