"""How each kind of block is made: which positions it shows, what has to be drawn, and the HTML of the drawings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from stackreel import figure
from stackreel.errors import BlockError, MomentError, StackreelError
from stackreel.figure import Drawing, Scene
from stackreel.page import html, listed, sessions
from stackreel.page.blocks import Figure, Listing, Reel, Text
from stackreel.page.plans import Plan, Request, finished
from stackreel.page.reels import Film, film_html
from stackreel.page.subject import Look, Subject

REEL_LIMIT = 2000
"""Steps of one reel; beyond it a page becomes too heavy to read."""


def plan(subject: Subject, request: Request) -> Plan:
    """Return what has to be drawn for a block. Raises what is wrong with it, placed where it is written."""
    return _MAKERS[request.placed.kind](subject, request)


def _panel(drawing: Drawing) -> html.Panel:
    return html.Panel(drawing.svg, drawing.table)


def _position(subject: Subject, request: Request, key: str, moment: str) -> int:
    """Return the position of the moment under `key`; its error stands at that key."""
    try:
        return subject.position(moment)
    except StackreelError as error:
        raise error.at(request.at(key)) from error


def _figure(subject: Subject, request: Request) -> Plan:
    block = request.placed.block
    assert isinstance(block, Figure)
    at = _position(subject, request, "at", block.at)
    scenes = _scenes(subject, request, at, at, block.functions)

    def finish(drawings: Sequence[Drawing]) -> str:
        return html.figure(request.ident, _panel(drawings[0]), block.caption, request.language)

    return Plan(scenes, finish)


def _reel(subject: Subject, request: Request) -> Plan:
    block = request.placed.block
    assert isinstance(block, Reel)
    first = _position(subject, request, "from", block.from_)
    last = _position(subject, request, "to", block.to)
    if last < first:
        raise BlockError(
            f"`to` ({block.to}, step {last}) comes before `from` ({block.from_}, step {first})",
            place=request.at("to"),
            example="from: enter main",
        )
    if last - first > REEL_LIMIT:
        raise BlockError(
            f"this reel has {last - first} steps; a page holds up to {REEL_LIMIT}, so show a part of it",
            place=request.at("to"),
            example="to: after main+25",
        )
    notes = _notes(subject, request, block, first, last)
    scenes = _scenes(subject, request, first, last, block.functions)
    film = Film(
        ident=request.ident,
        span=range(first, last + 1),
        listing=subject.listing(block.functions, request.syntax),
        language=request.language,
        notes=notes,
        caption=block.caption,
        sync=block.sync or "",
    )
    return Plan(scenes, lambda drawings: film_html(subject, film, scenes, drawings))


def _notes(subject: Subject, request: Request, block: Reel, first: int, last: int) -> Mapping[int, str]:
    """Return the notes by position; a moment outside the reel, or two notes on one step, are errors."""
    notes: dict[int, str] = {}
    for moment, words in block.notes.items():
        place = request.placed.body.key(("notes", moment))
        try:
            position = subject.noted(moment)
        except StackreelError as error:
            raise error.at(place) from error
        if not first <= position <= last:
            raise MomentError(
                f"the note on `{moment}` (step {position}) is outside this reel (steps {first} to {last})",
                place=place,
            )
        if position in notes:
            raise MomentError(f"the note on `{moment}` is the second on the same step", place=place)
        notes[position] = words
    return notes


def _listing(subject: Subject, request: Request) -> Plan:
    block = request.placed.block
    assert isinstance(block, Listing)
    executed = following = None
    if block.at:
        at = _position(subject, request, "at", block.at)
        following = subject.trace.pc(at)
        executed = subject.trace.pc(at - 1) if at else None
    try:
        found = subject.listing(block.functions, request.syntax)
    except StackreelError as error:
        raise error.at(request.at("functions")) from error
    if following is not None and not any(f.low <= following < f.high for f in found.functions):
        following = None
    shape = listed.Shape(
        ident=request.ident,
        has_bytes=block.bytes,
        sources=subject.sources if block.source else {},
        executed=executed,
        following=following,
    )
    made = listed.lines(found, shape)
    code = html.code(request.ident, "sd-listing", made, block.caption)
    return finished(code)


def _text(subject: Subject, request: Request) -> Plan:
    block = request.placed.block
    assert isinstance(block, Text)
    at = _position(subject, request, "at", block.at)
    (scene,) = _scenes(subject, request, at, at, block.functions)
    drawn = escape(figure.text(scene, ascii=block.ascii))
    code = html.code(request.ident, "sd-plain", drawn, block.caption)
    return finished(code)


def _scenes(
    subject: Subject, request: Request, first: int, last: int, functions: Sequence[str]
) -> tuple[Scene, ...]:
    try:
        look = Look(tuple(functions), request.syntax, request.ident, request.language)
        return subject.scenes(first, last, look)
    except StackreelError as error:
        raise error.at(request.at("functions")) from error


_MAKERS: Mapping[str, Callable[[Subject, Request], Plan]] = {
    "stack-figure": _figure,
    "stack-reel": _reel,
    "stack-listing": _listing,
    "stack-text": _text,
    "stack-gdb": sessions.session,
    "stack-objdump": sessions.objdump,
}
