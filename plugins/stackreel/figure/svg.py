"""Writing SVG: elements with escaped attributes and text, numbers with one decimal at most."""

from __future__ import annotations

import html

NAMESPACE = "http://www.w3.org/2000/svg"


def number(value: float) -> str:
    """Write a length: one decimal, none for whole numbers."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def element(name: str, content: str | None = None, /, **attributes: str | float) -> str:
    """Return an element; `content` is markup. A trailing underscore of a key is dropped, others become hyphens.

    Attributes that are empty text are left out.
    """
    written = "".join(
        f' {_attribute(key)}="{html.escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value != ""
    )
    return f"<{name}{written}/>" if content is None else f"<{name}{written}>{content}</{name}>"


_CAMEL = {"view_box": "viewBox", "text_length": "textLength", "pattern_units": "patternUnits",
          "pattern_transform": "patternTransform", "xml_space": "xml:space"}  # fmt: skip


def _attribute(key: str) -> str:
    return _CAMEL.get(key) or key.removesuffix("_").replace("_", "-")


def escaped(text: str) -> str:
    """Return `text` as content of an element."""
    return html.escape(text, quote=False)
