"""The HTML around drawings: figures, code blocks, visible errors.

Every text that comes from a binary, an author or an error passes `html.escape` here; drawings and tables come from
the figure room as finished markup. What is not for the search index is marked `data-search-exclude`, which
Material's search honours and takes out of the page again; an author's notes and captions stay searchable.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from stackreel.errors import StackreelError
from stackreel.page.context import Language
from stackreel.page.words import WORDS

QUIET = 'data-search-exclude="true"'
"""What keeps an element out of the search index."""


@dataclass(frozen=True)
class Panel:
    """A drawn moment: `svg` is one or more `<svg>`, `table` a `<table>` of the same, both finished markup."""

    svg: str
    table: str


def figure(ident: str, panel: Panel, caption: str, language: Language) -> str:
    """Return one moment as a `<figure>`; `caption` is an author's text."""
    return (
        f'<figure class="sd-fig" id="{escape(ident)}">'
        f'<div class="sd-parts" {QUIET}>{panel.svg}</div>'
        f"{figcaption(caption)}{table(panel, language)}</figure>"
    )


def figcaption(caption: str) -> str:
    """Return an author's caption as HTML; nothing where there is none."""
    return f"<figcaption><p>{marked(caption)}</p></figcaption>" if caption else ""


def table(panel: Panel, language: Language) -> str:
    """Return a panel's table, folded away."""
    return (
        f'<details class="sd-table" {QUIET}><summary>{WORDS[language].table}</summary>'
        f'<div class="sd-scroll">{panel.table}</div></details>'
    )


_CODE = re.compile(r"(`+)(.+?)\1")


def marked(words: str) -> str:
    """Return an author's words as HTML: `code` in backticks, all else escaped."""
    parts: list[str] = []
    after = 0
    for found in _CODE.finditer(words):
        parts += [escape(words[after : found.start()]), f"<code>{escape(found[2].strip())}</code>"]
        after = found.end()
    return "".join(parts) + escape(words[after:])


def code(ident: str, kind: str, lines: str, caption: str) -> str:
    """Return a code block; `lines` is finished markup, `kind` the class of the whole."""
    return (
        f'<figure class="sd-fig sd-code {kind}" id="{escape(ident)}">'
        f'<div class="highlight" {QUIET}><pre><code>{lines}</code></pre></div>{figcaption(caption)}</figure>'
    )


def error(errors: Sequence[StackreelError], language: Language) -> str:
    """Return the block that stands where something is wrong: each error with place, form and near matches."""
    words = WORDS[language]
    head = words.error if len(errors) == 1 else words.errors.format(len(errors))
    told = "".join(_error(one, language) for one in errors)
    return f'<div class="sd-error" role="alert" {QUIET}><p><strong>{head}</strong></p>{told}</div>'


def _error(one: StackreelError, language: Language) -> str:
    words = WORDS[language]
    lines = [f"{one.place}: {one.message}" if one.place else one.message]
    if one.near:
        lines.append(f"{words.near} {', '.join(one.near)}")
    if one.example:
        lines.append(f"{words.example} {one.example}")
    return f"<pre>{escape(chr(10).join(lines))}</pre>"
