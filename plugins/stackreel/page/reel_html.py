"""The HTML of a reel: a film strip for readers without JavaScript and for paper, and the player's data beside it.

The strip has every step, and the code once. Of a long reel the key steps (ends, calls, returns, notes) have their
figures in it, the others their words; on paper the script gives them theirs. The data is in attributes: they are never
run, shown or indexed, and no security policy forbids them. Drawings that the strip has are not among it. A long reel's
is compressed, so that the page stays small even where a server does not compress.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from stackreel.figure.lettering import brief
from stackreel.page.context import Language
from stackreel.page.html import QUIET, Panel, marked, table
from stackreel.page.steps import Call
from stackreel.page.words import WORDS

STRIP = 60
"""Steps up to which all have their figures in the strip; also the most that have them in a longer reel's."""


@dataclass(frozen=True)
class StepCard:
    """A step of a reel: its number, the instruction just executed (empty at the start), words, what changed.

    `call` is set where it called a function that is recorded; `is_inner` where it is within a call shown as one step;
    `is_printed` where its author chose it for paper. `place` is the source line it came from.
    """

    number: int
    instruction: str
    sentence: str
    note: str
    changed: str
    panel: Panel
    is_key: bool
    call: Call | None = None
    is_inner: bool = False
    is_printed: bool = False
    place: str = ""


@dataclass(frozen=True)
class Reel:
    """A reel: its id, an author's caption, the steps, the player's data, the group it steps with, if any.

    `code` is the HTML of what is shown of its functions.
    """

    ident: str
    caption: str
    steps: Sequence[StepCard]
    data: object
    sync: str
    code: str = ""


def reel(of: Reel, language: Language) -> str:
    """Return a range of steps as a film strip, which the script turns into a player."""
    words = WORDS[language]
    shown = {step.number for step in key_steps(of.steps)}
    cards = "".join((_card if step.number in shown else _line)(of.ident, step, language) for step in of.steps)
    below = f'<p class="sd-caption">{marked(of.caption)}</p>' if of.caption else ""
    left_out = (
        f'<p class="sd-partial" {QUIET}>{words.partial.format(len(shown), len(of.steps) - 1)}</p>'
        if len(shown) < len(of.steps)
        else ""
    )
    group = f' data-sync="{escape(of.sync)}"' if of.sync else ""
    return (
        f'<stack-reel class="sd-reel" id="{escape(of.ident)}" lang="{language}"{group}'
        f" {_data(of)}>"
        f'{of.code}{left_out}<ol class="sd-strip">{cards}</ol>{below}</stack-reel>'
    )


def key_steps(steps: Sequence[StepCard]) -> Sequence[StepCard]:
    """Return the steps with figures in the strip: all, or the key ones, evenly thinned out where they are too many."""
    if len(steps) <= STRIP:
        return steps
    keys = [step for step in steps if step.is_key or step is steps[-1]]
    while len(keys) > STRIP:
        keys = [keys[0], *keys[1:-1:2], keys[-1]]
    shown = {step.number for step in keys}
    return [step for step in steps if step.number in shown or step.is_printed]


def _data(of: Reel) -> str:
    steps = _json(of.data)
    name = "steps"
    if len(of.steps) > STRIP:
        name, steps = "packed", base64.b64encode(zlib.compress(steps.encode(), 9)).decode()
    return f"data-{name}='{_attribute(steps)}'"


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _attribute(text: str) -> str:
    """Escape for single quotes, so that JSON's double ones stay as they are."""
    return text.replace("&", "&amp;").replace("'", "&#39;")


def _card(ident: str, step: StepCard, language: Language) -> str:
    """Return one step: head, words, drawing, table. Only an author's words are for the search index."""
    words = WORDS[language]
    name = escape(f"{ident}:{step.number}")
    whole, part = ("", f" {QUIET}") if step.note else (f" {QUIET}", "")
    code = f" <code{part}>{escape(step.instruction)}</code>" if step.instruction else ""
    what = code or f" {words.start}"
    label = words.changed if step.instruction else words.registers
    changed = (
        f'<p class="sd-changed"{part}>{label} <code>{escape(step.changed)}</code></p>' if step.changed else ""
    )
    return (
        f'<li id="{name}"{_kinds(step)}{whole}><figure class="sd-fig"><figcaption>'
        f'<p><a class="sd-number"{part} href="#{name}" aria-label="{words.to_step.format(step.number)}">'
        f"{step.number}</a>{what}{_place(step)}</p><p>{marked(step.note or step.sentence)}</p>{changed}"
        f"{_past(ident, step, language)}</figcaption>"
        f'<div class="sd-parts"{part}>{step.panel.svg}</div>{table(step.panel, language)}</figure></li>'
    )


def _line(ident: str, step: StepCard, language: Language) -> str:
    """Return one step in words alone."""
    name = escape(f"{ident}:{step.number}")
    kinds = "sd-brief sd-inner" if step.is_inner else "sd-brief"
    quiet = "" if step.note else f" {QUIET}"
    changed = f' <p class="sd-changed"><code>{escape(step.changed)}</code></p>' if step.changed else ""
    return (
        f'<li id="{name}" class="{kinds}"{quiet}><p><a class="sd-number" href="#{name}">{step.number}</a>'
        f" <code>{escape(step.instruction)}</code>{_place(step)}</p> <p>{marked(step.note or step.sentence)}</p>"
        f"{changed}{_past(ident, step, language)}</li>"
    )


def _place(step: StepCard) -> str:
    return f' <span class="sd-place">{escape(step.place)}</span>' if step.place else ""


def _kinds(step: StepCard) -> str:
    kinds = (("sd-key", step.is_key), ("sd-inner", step.is_inner), ("sd-print", step.is_printed))
    said = " ".join(name for name, holds in kinds if holds)
    return f' class="{said}"' if said else ""


def _past(ident: str, step: StepCard, language: Language) -> str:
    """Return a link past the steps of the call that `step` made."""
    if step.call is None:
        return ""
    said = WORDS[language].past.format(
        escape(brief(step.call.name)), step.call.back - step.call.step, step.call.back
    )
    return f' <p class="sd-past" {QUIET}><a href="#{escape(ident)}:{step.call.back}">{said}</a></p>'
