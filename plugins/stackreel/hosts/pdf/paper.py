"""What a page shows on a screen, turned into what paper can show: the elements of MkDocs's usual extensions.

Tabs follow each other under their labels, folded blocks are open, permalinks and inputs go, footnotes go to the foot
of the page, reels become film strips. Each rule is a row of `_RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby, zip_longest
from xml.etree.ElementTree import Element

from stackreel.figure.lettering import columns
from stackreel.hosts.pdf.film import film
from stackreel.hosts.pdf.ink import SANS
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

_PLAIN_WIDTH = 112
"""Columns of characters of 8 points that a line of the page holds."""


def to_paper(content: Element, plates: Mapping[str, Plate], words: Words) -> None:
    """Change the content of a page, in place; `plates` are its drawings by their addresses."""
    replace(content, _drop)
    _footnotes(content)
    for rule in _RULES:
        replace(content, rule)
    for reel in find_class(content, "sd-reel"):
        film(reel, plates, words)
    for block in find_class(content, "sd-plain"):
        _set_grid(block)
    _strip(content)


def _drop(element: Element) -> list[Element] | None:
    is_dropped = element.tag in _TAGS_DROPPED or not _CLASSES_DROPPED.isdisjoint(classes(element))
    return [] if is_dropped else None


def _strip(element: Element) -> None:
    """Leave the attributes that mean something on paper."""
    if element.tag in ("svg", "math"):
        return
    for name in [name for name in element.attrib if name not in _ATTRIBUTES]:
        del element.attrib[name]
    for child in element:
        _strip(child)


def _tabs(element: Element) -> list[Element] | None:
    """Set tabs one after the other, each under its label."""
    if not has_class(element, "tabbed-set"):
        return None
    labels = list(element.iter("label"))
    blocks = list(find_class(element, "tabbed-block")) or list(find_class(element, "tabbed-content"))
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
    """Take code out of the table that sets line numbers beside it."""
    if not has_class(element, "highlighttable"):
        return None
    return [code for code in find_class(element, "highlight") if code.tag == "div"]


def _diagram(element: Element) -> list[Element] | None:
    """Name the fonts of an author's SVG, which has none of the page's, and make its label the text it is read as."""
    if element.tag != "svg":
        return None
    element.attrib.setdefault("font-family", SANS)
    label = element.get("aria-label", "")
    if label and element.find("title") is None:
        element.insert(0, make("title", label))
    return [element]


_RULES: Sequence[Callable[[Element], list[Element] | None]] = (
    _tabs, _details, _heads, _scrolled, _numbered, _diagram,
)  # fmt: skip


def _footnotes(content: Element) -> None:
    """Bring each footnote to where it is called first; one that holds blocks stays with the others."""
    notes = {note.get("id", ""): note for box in find_class(content, "footnote") for note in box.iter("li")}
    taken: set[str] = set()

    def bring(element: Element) -> list[Element] | None:
        link = element.find("a") if element.tag == "sup" else None
        name = link.get("href", "").removeprefix("#") if link is not None else ""
        if name not in notes or name in taken:
            return None
        paragraphs = list(notes[name])
        if any(paragraph.tag != "p" for paragraph in paragraphs):
            return None
        taken.add(name)
        note = make("span", class_="foot", id=name)
        for paragraph in paragraphs:
            paragraph.tag = "span"
            paragraph.attrib = {"class": "foot-line"}
            note.append(paragraph)
        return [note]

    replace(content, bring)

    def leave(element: Element) -> list[Element] | None:
        if element.tag == "li" and element.get("id", "") in taken:
            return []
        return [] if has_class(element, "footnote") and not list(element.iter("li")) else None

    replace(content, leave)


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
