"""What a page shows on a screen, turned into what paper can show: the elements of MkDocs's usual extensions.

Tabs follow each other under their labels, folded blocks are open, boxes of tasks are characters, permalinks go,
footnotes go to the foot of the page, reels become film strips. Each rule is a row of `_RULES`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby, pairwise, zip_longest
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from stackreel.figure.lettering import columns
from stackreel.hosts.pdf.film import film
from stackreel.hosts.pdf.ink import SANS
from stackreel.hosts.pdf.notes import set_notes
from stackreel.hosts.pdf.plates import Plate
from stackreel.hosts.pdf.tree import add_class, classes, find_class, has_class, make, replace, text_of
from stackreel.hosts.pdf.words import Words

_TAGS_DROPPED = {
    "script",
    "style",
    "template",
    "link",
    "meta",
    "input",
    "button",
    "iframe",
    "noscript",
    "video",
    "audio",
}
_CLASSES_DROPPED = {"headerlink", "linenos", "footnote-backref", "md-content__button"}
_ATTRIBUTES = {"class", "id", "href", "src", "alt", "colspan", "rowspan", "style", "start", "type", "scope", "lang",
               "width", "height", "dir", "value", "reversed"}  # fmt: skip
"""What HTML elements keep; those of SVG and MathML keep everything."""

_FOREIGN = ("svg", "math")
"""Elements inside of which HTML means nothing."""

_XLINK = "http://www.w3.org/1999/xlink"

_DONE, _OPEN = "☑", "☐"
"""The boxes of tasks."""

_LEADING = 160
"""Columns of the longest paragraph that stays with the figure it leads to: two lines."""

_NUMBERED = frozenset(("highlighttable", "codehilitetable"))
"""The classes of tables with code and its line numbers."""

_ROW = 90
"""Columns of text that a row of a table has room for."""

_TALL = 1600
"""Columns of text from which on a cell may be higher than a page, so that its row may be cut."""

_PLAIN_WIDTH = 112
"""Columns of characters of 8 points that a line of the page holds."""


def to_paper(content: Element, plates: Mapping[str, Plate], words: Words) -> None:
    """Change the content of a page, in place; `plates` are its drawings by their addresses."""
    replace(content, _drop)
    set_notes(content)
    for rule in _RULES:
        replace(content, rule)
    _lead(content)
    for reel in find_class(content, "sd-reel"):
        film(reel, plates, words)
    for block in find_class(content, "sd-plain"):
        _set_grid(block)
    _strip(content)


def _drop(element: Element) -> list[Element] | None:
    if element.tag == "input" and element.get("type") == "checkbox":
        return [make("span", _DONE if "checked" in element.attrib else _OPEN, class_="task")]
    is_dropped = element.tag in _TAGS_DROPPED or not _CLASSES_DROPPED.isdisjoint(classes(element))
    return [] if is_dropped else None


def _strip(element: Element) -> None:
    """Leave the attributes that mean something on paper."""
    if element.tag in _FOREIGN:
        return
    for name in [name for name in element.attrib if name not in _ATTRIBUTES]:
        del element.attrib[name]
    for child in element:
        _strip(child)


def _tabs(element: Element) -> list[Element] | None:
    """Set tabs one after the other, each under its label."""
    if not has_class(element, "tabbed-set"):
        return None
    boxes = {name: box for box in element for name in classes(box)}
    labels = [one for one in boxes.get("tabbed-labels", element) if one.tag == "label"]
    blocks = list(boxes["tabbed-content"]) if "tabbed-labels" in boxes else [
        one for one in element if has_class(one, "tabbed-content")
    ]  # fmt: skip
    made = make("div", class_="tabs")
    for label, block in zip_longest(labels, blocks):
        tab = make("div", class_="tab")
        if label is not None:
            label.tag = "p"
            label.attrib = {"class": "tab-label"}
            label.tail = None
            tab.append(label)
        if block is not None:
            block.tail = None
            tab.append(block)
        made.append(tab)
    return [made]


def _heads(element: Element) -> list[Element] | None:
    """A paragraph in bold and nothing else heads what follows: it stays with it."""
    is_bold = element.tag == "p" and [child.tag for child in element] == ["strong"]
    if is_bold and text_of(element).strip() == text_of(element[0]).strip():
        add_class(element, "heads")
    return None


def _details(element: Element) -> list[Element] | None:
    """Open what is folded: it becomes an admonition of its class."""
    if element.tag != "details":
        return None
    element.tag = "div"
    add_class(element, "admonition")
    summary = element.find("summary")
    if summary is not None:
        summary.tag = "p"
        summary.set("class", "admonition-title")
    return [element]


def _scrolled(element: Element) -> list[Element] | None:
    """Take a table out of the box that scrolls it."""
    is_box = has_class(element, "md-typeset__scrollwrap") or has_class(element, "md-typeset__table")
    return list(element) if is_box else None


def _numbered(element: Element) -> list[Element] | None:
    """Take code, with its title, out of the table that sets line numbers beside it."""
    if element.tag != "table" or _NUMBERED.isdisjoint(classes(element)):
        return None
    titles = [title for title in find_class(element, "filename") if title.tag == "span"]
    made = [*titles, *(pre for cell in find_class(element, "code") for pre in cell.iter("pre"))]
    return made or None


def _diagram(element: Element) -> list[Element] | None:
    """Name the fonts of an author's SVG, which has none of the page's, and make its label the text it is read as."""
    if element.tag != "svg":
        return None
    element.attrib.setdefault("font-family", SANS)
    label = element.get("aria-label", "")
    if label and element.find("title") is None:
        element.insert(0, make("title", label))
    return [element]


def _icon(element: Element) -> list[Element] | None:
    """Make an icon or emoji a picture with its name, or one that only adorns where it has none."""
    if element.tag != "span" or not has_class(element, "twemoji"):
        return None
    for picture in element:
        if picture.tag == "svg" and picture.find("title") is None:
            name = element.get("title", "") or picture.get("aria-label", "")
            if name:
                picture.insert(0, make("title", name))
            else:
                picture.attrib.update({"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": _XLINK})
                encoded = base64.b64encode(ElementTree.tostring(picture)).decode()
                picture.tag, picture[:] = "embed", []
                picture.attrib = {"src": f"data:image/svg+xml;base64,{encoded}"}
    return None


def _cut(element: Element) -> list[Element] | None:
    """Let a row be cut by a page's end where it may be higher than a page, and words where they are too wide for it."""
    if element.tag == "tr":
        if any(columns(text_of(cell)) > _TALL for cell in element):
            add_class(element, "cut")
        wide = re.compile(rf"([^\s\u2e80-\uffef]{{{max(_ROW // max(len(element), 1), 8)},}})")
        for cell in element:
            _cut_words(cell, wide)
    return None


def _cut_words(element: Element, wide: re.Pattern[str]) -> None:
    """Mark the words of an element that may be cut anywhere; those of drawings and formulas are no words of a line."""
    for child in list(element):
        if child.tag not in _FOREIGN:
            _cut_words(child, wide)
        after = _marked(child.tail, wide)
        child.tail = after.text
        at = list(element).index(child) + 1
        element[at:at] = list(after)
    before = _marked(element.text, wide)
    element.text = before.text
    element[0:0] = list(before)


def _marked(text: str | None, wide: re.Pattern[str]) -> Element:
    """Return an element that holds a text, its wide words in elements of their own."""
    parts = wide.split(text or "")
    return make(
        "span", *(make("span", part, class_="wide-word") if at % 2 else part for at, part in enumerate(parts))
    )


_RULES: Sequence[Callable[[Element], list[Element] | None]] = (
    _tabs, _details, _heads, _scrolled, _numbered, _icon, _diagram, _cut,
)  # fmt: skip


def _lead(content: Element) -> None:
    """Keep a short paragraph with the figure or strip that follows it."""
    for parent in content.iter():
        for before, after in pairwise(parent):
            is_figure = after.tag == "figure" or has_class(after, "sd-reel")
            if before.tag == "p" and is_figure and columns(text_of(before)) <= _LEADING:
                add_class(before, "leads")


def _set_grid(block: Element) -> None:
    """Keep a figure in characters on its grid: lines as small as they have to be, wide characters two columns wide."""
    text = "".join(block.itertext())
    widest = max((columns(line) for line in text.splitlines()), default=0)
    if widest > _PLAIN_WIDTH:
        block.set("style", f"font-size: {_PLAIN_WIDTH / widest:.3f}em")
    for code in block.iter("code"):
        if not len(code):
            runs = [
                "".join(run) for _, run in groupby(code.text or "", lambda character: columns(character) == 2)
            ]
            whole = make(
                "code", *(make("span", run, class_="wide") if columns(run[0]) == 2 else run for run in runs)
            )
            code.text, code[:] = whole.text, list(whole)


def first_heading(content: Element) -> Element | None:
    """Return the first heading of the first level."""
    return next((heading for heading in content.iter("h1") if text_of(heading)), None)
