"""The HTML around drawings: figures, film strips, code blocks, visible errors.

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


@dataclass(frozen=True)
class StepCard:
    """A step of a reel: its number, the instruction just executed (empty at the start), words, what changed."""

    number: int
    instruction: str
    sentence: str
    note: str
    changed: str
    panel: Panel


def figure(ident: str, panel: Panel, caption: str, language: Language) -> str:
    """Return one moment as a `<figure>`; `caption` is an author's text."""
    return (
        f'<figure class="sd-fig" id="{escape(ident)}">'
        f'<div class="sd-parts" {QUIET}>{panel.svg}</div>'
        f"{_caption(caption)}{_table(panel, language)}</figure>"
    )


def reel(ident: str, steps: Sequence[StepCard], caption: str, language: Language) -> str:
    """Return a range of steps as a film strip, which the script turns into a reel."""
    cards = "".join(_card(ident, step, language) for step in steps)
    below = f'<p class="sd-caption">{_text(caption)}</p>' if caption else ""
    return (
        f'<stack-reel class="sd-reel" id="{escape(ident)}" lang="{language}">'
        f'<ol class="sd-strip">{cards}</ol>{below}</stack-reel>'
    )


def _card(ident: str, step: StepCard, language: Language) -> str:
    """Return one step: head, words, drawing, table."""
    words = WORDS[language]
    name = escape(f"{ident}:{step.number}")
    code = f" <code {QUIET}>{escape(step.instruction)}</code>" if step.instruction else ""
    what = code or f" {words.start}"
    said = step.note or step.sentence
    quiet = "" if step.note else f" {QUIET}"
    aloud = " ".join(part for part in (step.instruction or words.start, said) if part)
    changed = (
        f'<p class="sd-changed" {QUIET}>{words.changed} <code>{escape(step.changed)}</code></p>'
        if step.changed
        else ""
    )
    return (
        f'<li id="{name}"><figure class="sd-fig" data-sd-say="{escape(aloud)}"><figcaption>'
        f'<p><a class="sd-number" {QUIET} href="#{name}" aria-label="{words.to_step.format(step.number)}">'
        f"{step.number}</a>{what}</p><p{quiet}>{_text(said)}</p>{changed}</figcaption>"
        f'<div class="sd-parts" {QUIET}>{step.panel.svg}</div>{_table(step.panel, language)}</figure></li>'
    )


def _caption(caption: str) -> str:
    return f"<figcaption><p>{_text(caption)}</p></figcaption>" if caption else ""


def _table(panel: Panel, language: Language) -> str:
    return (
        f'<details class="sd-table" {QUIET}><summary>{WORDS[language].table}</summary>'
        f'<div class="sd-scroll">{panel.table}</div></details>'
    )


_CODE = re.compile(r"(`+)(.+?)\1")


def _text(words: str) -> str:
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
        f'<div class="highlight" {QUIET}><pre><code>{lines}</code></pre></div>{_caption(caption)}</figure>'
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
