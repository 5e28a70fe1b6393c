"""Footnotes of a page: each at the foot of the page that calls it first, numbered once in the order of their calls.

The number is written here into every call and every note: a counter of CSS would count over the whole book, and not
know of a second call. A note with blocks (a list, code) cannot stand inside a line and so not at the foot: it stays
at the end of its chapter, under the same number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from stackreel.hosts.pdf.tree import find_class, make, replace

_LIST = "footnote"
"""The class of the box in which Markdown puts a page's notes."""


@dataclass(frozen=True)
class _Note:
    """A footnote: its number, and the `li` that it is on the page."""

    number: int
    element: Element

    @property
    def is_line(self) -> bool:
        """Whether it can stand inside a line: it has paragraphs and nothing else."""
        return not (self.element.text or "").strip() and all(part.tag == "p" for part in self.element)


def set_notes(content: Element) -> None:
    """Set the footnotes of a page, in place."""
    boxes = list(find_class(content, _LIST))
    items = {
        item.get("id", ""): item
        for box in boxes for part in box if part.tag == "ol"
        for item in part if item.tag == "li" and item.get("id")
    }  # fmt: skip
    if not items:
        return
    order = dict.fromkeys((*_called(content, boxes), *items))
    called = [name for name in order if name in items]
    notes = {name: _Note(number, items[name]) for number, name in enumerate(called, 1)}
    for call in content.iter("sup"):
        name = _name(call)
        if name in notes:
            call.set("class", "call")
            call[0].text = str(notes[name].number)
    taken = _bring(content, boxes, notes)
    left = [note for name, note in notes.items() if name not in taken]
    for box in boxes:
        box.attrib = {"class": "notes"}
        box.text = None
        box[:] = [_left(note) for note in left] if box is boxes[0] else []
    replace(content, lambda element: [] if element.get("class") == "notes" and not len(element) else None)


def _name(call: Element) -> str:
    """Return the id of the note that a `sup` calls; empty where it calls none."""
    return call[0].get("href", "").removeprefix("#") if len(call) == 1 and call[0].tag == "a" else ""


def _called(content: Element, boxes: list[Element]) -> Iterator[str]:
    """Yield what is called, in the text and then in the notes themselves."""
    inside = {id(call) for box in boxes for call in box.iter("sup")}
    calls = [call for call in content.iter("sup") if _name(call)]
    yield from (_name(call) for call in calls if id(call) not in inside)
    yield from (_name(call) for call in calls if id(call) in inside)


def _bring(content: Element, boxes: list[Element], notes: dict[str, _Note]) -> set[str]:
    """Put notes behind their first calls in the text; return their ids."""
    inside = {id(call) for box in boxes for call in box.iter("sup")}
    taken: set[str] = set()

    def bring(element: Element) -> list[Element] | None:
        name = _name(element) if element.tag == "sup" and id(element) not in inside else ""
        if name not in notes or name in taken or not notes[name].is_line:
            return None
        taken.add(name)
        return [element, _foot(name, notes[name])]

    replace(content, bring)
    return taken


def _foot(name: str, note: _Note) -> Element:
    """Return a note as part of a line, from where print.css moves it to the foot of its page."""
    made = make("span", make("span", f"{note.number}. ", class_="foot-number"), class_="foot", id=name)
    for paragraph in list(note.element):
        paragraph.tag, paragraph.tail = "span", None
        paragraph.attrib = {"class": "foot-line"}
        made.append(paragraph)
    return made


def _left(note: _Note) -> Element:
    """Return a note that stays at the end of its chapter."""
    element = note.element
    element.tag, element.tail = "div", None
    element.set("class", "note")
    number = make("span", f"{note.number}. ", class_="foot-number")
    first = element[0] if len(element) and element[0].tag == "p" else element
    number.tail, first.text = first.text, None
    first.insert(0, number)
    return element
