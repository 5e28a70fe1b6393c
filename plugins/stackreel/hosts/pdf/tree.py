"""HTML as a tree: parsed by the parser WeasyPrint itself uses, changed in place, written again for WeasyPrint.

Only what HTML means is here; what a class of MkDocs or of ours means is in `chapters`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import tinyhtml5

_NAMESPACES = {
    "http://www.w3.org/2000/svg": "",
    "http://www.w3.org/1998/Math/MathML": "",
    "http://www.w3.org/1999/xlink": "xlink:",
    "http://www.w3.org/XML/1998/namespace": "xml:",
    "http://www.w3.org/2000/xmlns/": "xmlns:",
}


def parse(html: str) -> Element:
    """Return a `div` that holds what `html`, a fragment, says; comments are left out."""
    source = BytesIO(f"<!doctype html><body>{html}".encode())  # a string could be taken for a file's name
    root: Element = tinyhtml5.parse(source, override_encoding="utf-8", namespace_html_elements=False)
    body = root.find("body")
    assert body is not None  # an HTML parser always makes one
    div = Element("div")
    div.text = body.text
    div.extend(body)
    _plain(div)
    return div


def _plain(element: Element) -> None:
    """Take comments out, and namespaces off, as HTML writes elements of SVG and MathML."""
    for parent in element.iter():
        before: Element | None = None
        for child in list(parent):
            if not isinstance(child.tag, str):
                _append_text(parent, before, child.tail or "")
                parent.remove(child)
            else:
                before = child
        parent.tag = _bare(parent.tag)
        for name in [name for name in parent.attrib if name.startswith("{")]:
            parent.set(_bare(name), parent.attrib.pop(name))


def _bare(name: str) -> str:
    if not name.startswith("{"):
        return name
    space, _, local = name[1:].partition("}")
    prefix = _NAMESPACES.get(space, "")
    return local if prefix == f"{local}:" else prefix + local


def _append_text(parent: Element, before: Element | None, text: str) -> None:
    if before is None:
        parent.text = (parent.text or "") + text
    else:
        before.tail = (before.tail or "") + text


def write(element: Element) -> str:
    """Return an element as HTML."""
    return ElementTree.tostring(element, encoding="unicode", method="html")


def make(tag: str, *children: Element | str, **attributes: str) -> Element:
    """Return an element; a trailing underscore of a key is dropped."""
    made = Element(tag, {key.removesuffix("_"): value for key, value in attributes.items()})
    for child in children:
        if isinstance(child, str):
            _append_text(made, made[-1] if len(made) else None, child)
        else:
            made.append(child)
    return made


def classes(element: Element) -> list[str]:
    """Return the classes of an element."""
    return element.get("class", "").split()


def has_class(element: Element, name: str) -> bool:
    """Tell whether an element has a class."""
    return name in classes(element)


def add_class(element: Element, name: str) -> None:
    """Give an element one more class."""
    element.set("class", " ".join((*classes(element), name)))


def text_of(element: Element) -> str:
    """Return the text of an element, white space collapsed."""
    return " ".join("".join(element.itertext()).split())


def text_without(element: Element, names: frozenset[str]) -> str:
    """Return the text of an element but for what is in drawings, and in elements of certain classes, below it."""

    def parts(of: Element) -> Iterator[str]:
        yield of.text or ""
        for child in of:
            if child.tag != "svg" and names.isdisjoint(classes(child)):
                yield from parts(child)
            yield child.tail or ""

    return " ".join("".join(parts(element)).split())


def find_class(element: Element, name: str) -> Iterator[Element]:
    """Yield the descendants of a class, in order."""
    return (found for found in element.iter() if has_class(found, name))


def replace(root: Element, make_new: Callable[[Element], list[Element] | None]) -> None:
    """Put what `make_new` returns in the place of each element below `root`; None leaves it.

    Innermost elements come first, so that what is made may hold what was made. What follows an element stays.
    """
    made: list[Element] = []
    for child in list(root):
        replace(child, make_new)
        new = make_new(child)
        if new is None:
            made.append(child)
            continue
        tail, child.tail = child.tail or "", None
        made += new
        if made:
            made[-1].tail = (made[-1].tail or "") + tail
        else:
            root.text = (root.text or "") + tail
    root[:] = made
