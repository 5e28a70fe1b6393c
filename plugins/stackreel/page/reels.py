"""A reel whole: scenes and their drawings become the strip and the player's data. For pages and for the command."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from stackreel.figure import Drawing, Scene, brief_table, page_svg, spellings
from stackreel.figure.lettering import brief
from stackreel.listing import Listing, Syntax
from stackreel.page import strip
from stackreel.page.context import Language
from stackreel.page.events import around
from stackreel.page.html import Panel
from stackreel.page.reel_html import STRIP, Reel, StepCard, key_steps, reel
from stackreel.page.steps import encode
from stackreel.page.subject import Subject


@dataclass(frozen=True)
class Film:
    """What is shown: the positions `span`, with `listing` in the code panel and an author's `notes` by position.

    Calls of the functions `over` are one step at first, which a reader can open.
    """

    ident: str
    span: range
    listing: Listing
    language: Language
    notes: Mapping[int, str] = field(default_factory=dict)
    caption: str = ""
    sync: str = ""
    printed: Collection[int] = ()
    over: Collection[str] = ()


def film_html(subject: Subject, film: Film, scenes: Sequence[Scene], drawings: Sequence[Drawing]) -> str:
    """Return the HTML of a reel; `scenes` and `drawings` are those of its positions, in order."""
    beside = around(subject, film.listing, film.span, film.notes)
    is_whole = len(film.span) <= STRIP
    data = encode(
        film.ident, scenes, drawings, beside.events, subject.trace.architecture, has_stack=not is_whole
    )
    data["sources"] = [[source.file, source.first, source.lines] for source in beside.sources]
    data["calls"] = [
        [call.step, call.back, brief(call.name), int(call.name in film.over)] for call in beside.calls
    ]
    data["syntax"] = film.listing.syntax
    data["spellings"] = _spellings(subject, film, scenes)
    backs = {call.step: call for call in beside.calls}
    inner = {n for call in beside.calls if call.name in film.over for n in range(call.step, call.back)}
    steps = zip(film.span, scenes, drawings, beside.events, strict=True)
    cards = [
        StepCard(
            number=number,
            instruction=scene.instruction,
            sentence=scene.sentence,
            note=film.notes.get(position, ""),
            changed=strip.registers(subject, scene, position, is_first=number == 0),
            panel=Panel(page_svg(drawing, ("stack",)), ""),
            is_key=number == 0 or position in film.notes or bool(event.kind),
            call=backs.get(number),
            is_inner=number in inner,
            is_printed=position in film.printed,
            place=strip.place(event.line),
        )
        for number, (position, scene, drawing, event) in enumerate(steps)
    ]
    code = strip.code(subject, film.span, film.listing, film.ident, film.language)
    made = Reel(film.ident, film.caption, _with_tables(cards, scenes), data, film.sync, code)
    return reel(made, film.language)


def _with_tables(cards: Sequence[StepCard], scenes: Sequence[Scene]) -> Sequence[StepCard]:
    """Give the steps that have figures in the strip their tables, each as what differs from the one before."""
    tables: dict[int, str] = {}
    before = 0
    for card in key_steps(cards):
        first = None if card.number == 0 else scenes[before]
        tables[card.number] = brief_table(scenes[card.number], first, before)
        before = card.number
    return [
        replace(card, panel=Panel(card.panel.svg, tables[card.number])) if card.number in tables else card
        for card in cards
    ]


def _spellings(
    subject: Subject, film: Film, scenes: Sequence[Scene]
) -> Mapping[Syntax, Mapping[str, Sequence[str]]]:
    """Return the code lines in each syntax a reader may choose; a plain name that is the line's own is left out."""
    shown = strip.visited(subject, film.span, film.listing)
    names = [function.name for function in shown if function.name]
    first = film.listing.syntax
    listings = [
        film.listing if syntax == first else subject.code(film.span, names, syntax)
        for syntax in (_syntaxes(subject, first) if shown else ())
    ]
    return {
        listing.syntax: {
            key: [each.line] if " ".join(each.line.split()) == each.plain else [each.line, each.plain]
            for key, each in spellings(scenes, listing).items()
        }
        for listing in listings
    }


def _syntaxes(subject: Subject, first: Syntax) -> Sequence[Syntax]:
    """Return the syntaxes a program is read in, `first` among them; Go's is for what Go compiled."""
    usual: tuple[Syntax, ...] = ("att", "intel", "go") if subject.image.go_version else ("att", "intel")
    return usual if first in usual else (*usual, first)
