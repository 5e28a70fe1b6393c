"""A reel whole: scenes and their drawings become the strip and the player's data. For pages and for the command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from stackreel.figure import Drawing, Scene, page_svg
from stackreel.listing import Listing
from stackreel.page.context import Language
from stackreel.page.events import around
from stackreel.page.html import Panel
from stackreel.page.reel_html import Reel, StepCard, reel
from stackreel.page.steps import Event, encode
from stackreel.page.subject import Subject


@dataclass(frozen=True)
class Film:
    """What is shown: the positions `span`, with `listing` in the code panel and an author's `notes` by position."""

    ident: str
    span: range
    listing: Listing
    language: Language
    notes: Mapping[int, str] = field(default_factory=dict)
    caption: str = ""
    sync: str = ""


def film_html(subject: Subject, film: Film, scenes: Sequence[Scene], drawings: Sequence[Drawing]) -> str:
    """Return the HTML of a reel; `scenes` and `drawings` are those of its positions, in order."""
    beside = around(subject, film.listing, film.span, film.notes)
    data = encode(film.ident, scenes, drawings, beside.events)
    data["sources"] = [[source.file, source.first, source.lines] for source in beside.sources]
    steps = zip(film.span, scenes, drawings, beside.events, strict=True)
    cards = [
        _card(position - film.span.start, scene, drawing, film.notes.get(position, ""), event)
        for position, scene, drawing, event in steps
    ]
    return reel(Reel(film.ident, film.caption, cards, data, film.sync), film.language)


def _card(number: int, scene: Scene, drawing: Drawing, note: str, event: Event) -> StepCard:
    return StepCard(
        number=number,
        instruction=scene.instruction,
        sentence=scene.sentence,
        note=note,
        changed=", ".join(f"{line.name} = {line.value}" for line in scene.changed),
        panel=Panel(page_svg(drawing, ("stack",)), drawing.table),
        is_key=number == 0 or bool(note or event.kind),
    )
