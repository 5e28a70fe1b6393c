"""How each kind of block is made: which positions it shows, what has to be drawn, and the HTML of the drawings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from stackreel import figure
from stackreel.errors import BlockError, MomentError, StackreelError, near
from stackreel.figure import Drawing
from stackreel.listing import Listing
from stackreel.page import areas, html, listed, sessions
from stackreel.page.blocks import REEL_LIMIT, Figure, Reel, Text
from stackreel.page.blocks import Listing as Listed
from stackreel.page.events import calls
from stackreel.page.judge import raise_all
from stackreel.page.mistakes import mistakes
from stackreel.page.plans import Plan, Request, finished
from stackreel.page.reels import Film, film_html
from stackreel.page.subject import Look, Subject
from stackreel.trace import parse


def plan(subject: Subject, request: Request) -> Plan:
    """Return what has to be drawn for a block. Raises all that is wrong with it, placed where it is written."""
    raise_all(mistakes(subject, request))
    return _MAKERS[request.placed.kind](subject, request)


def _panel(drawing: Drawing) -> html.Panel:
    return html.Panel(drawing.svg, drawing.table)


def _figure(subject: Subject, request: Request) -> Plan:
    block = request.placed.block
    assert isinstance(block, Figure)
    at = subject.position(block.at)
    scenes = subject.scenes(at, at, _look(request, block))

    def finish(drawings: Sequence[Drawing]) -> str:
        return html.figure(request.ident, _panel(drawings[0]), block.caption, request.language)

    return Plan(scenes, finish)


def _reel(subject: Subject, request: Request) -> Plan:
    block = request.placed.block
    assert isinstance(block, Reel)
    first, last = subject.position(block.from_), subject.position(block.to)
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
    _check_over(subject, request, block, range(first, last + 1))
    scenes = subject.scenes(first, last, _look(request, block))
    film = Film(
        ident=request.ident,
        span=range(first, last + 1),
        listing=subject.code(range(first, last + 1), block.functions, request.syntax),
        language=request.language,
        notes=notes,
        caption=block.caption,
        sync=block.sync or "",
        printed=_printed(subject, request, block, first, last),
        over=block.over,
    )
    return Plan(scenes, lambda drawings: film_html(subject, film, scenes, drawings))


def _printed(subject: Subject, request: Request, block: Reel, first: int, last: int) -> frozenset[int]:
    """Return the positions that are printed; steps that the reel does not have are errors."""
    printed = [first + int(step) if step.isdecimal() else subject.noted(step) for step in block.pdf]
    raise_all(
        BlockError(
            f"`{step}` is no step of this reel, which has steps 0 to {last - first}",
            place=request.placed.body.value(("pdf", number)),
            example=f"pdf: [0, {last - first}]",
        )
        for number, (step, position) in enumerate(zip(block.pdf, printed, strict=True))
        if not first <= position <= last
    )
    return frozenset(printed)


def _notes(subject: Subject, request: Request, block: Reel, first: int, last: int) -> Mapping[int, str]:
    """Return the notes by position; moments outside the reel, and two notes on one step, are errors."""
    notes: dict[int, str] = {}
    wrong: list[MomentError] = []
    for moment, words in block.notes.items():
        place = request.placed.body.key(("notes", moment))
        position = subject.noted(moment)
        if not first <= position <= last:
            said = f"the note on `{moment}` (step {position}) is outside this reel (steps {first} to {last})"
            wrong.append(MomentError(said, place=place))
        elif position in notes:
            said = f"the note on `{moment}` is the second on the same step"
            wrong.append(MomentError(said, place=place))
        else:
            notes[position] = words
    raise_all(wrong)
    return notes


def _check_over(subject: Subject, request: Request, block: Reel, span: range) -> None:
    """Raise what is wrong with `over`: a function that is not called and left within the reel."""
    called = list(dict.fromkeys(call.name for call in calls(subject, span)))
    raise_all(
        BlockError(
            f"no call of `{name}` begins and ends in this reel",
            place=request.placed.body.value(("over", number)),
            near=called,
            example=f"over: [{called[0]}]" if called else "from: enter main",
        )
        for number, name in enumerate(block.over)
        if name not in called
    )


def _listing(subject: Subject, request: Request) -> Plan:
    block = request.placed.block
    assert isinstance(block, Listed)
    executed = following = None
    if block.at:
        at = subject.position(block.at)
        following = subject.trace.pc(at)
        executed = subject.trace.pc(at - 1) if at else None
    found = subject.listing(block.functions, request.syntax)
    if following is not None and not any(f.low <= following < f.high for f in found.functions):
        following = None
    shape = listed.Shape(
        ident=request.ident,
        has_bytes=block.bytes,
        sources=subject.sources if block.source else {},
        executed=executed,
        following=following,
    )
    made = listed.lines(found, shape, _remarks(found, request, block))
    code = html.code(request.ident, "sd-listing", made, block.caption)
    return finished(code)


def _remarks(found: Listing, request: Request, block: Listed) -> Mapping[int, str]:
    """Return the notes of a listing by address; what is no instruction of it, and two notes on one, are errors."""
    places = {str(i.location): i.address for f in found.functions for i in f.instructions if i.location}
    remarks: dict[int, str] = {}
    wrong: list[StackreelError] = []
    for name, words in block.notes.items():
        place = request.placed.body.key(("notes", name))
        try:
            said = parse(name)
        except MomentError as error:
            wrong.append(error.at(place))
            continue
        offset = f"+{said.number}" if said.number else ""
        wanted = said.number if not said.name else places.get(f"{said.name}{offset}")
        is_plain = said.kind in ("instruction", "name") and not said.after and said.count is None
        if not is_plain or wanted is None or wanted not in places.values():
            wrong.append(BlockError(
                f"`{name}` is no instruction of this listing",
                place=place, near=near(name, places), example="notes: {main+25: \"call pushes the return address\"}",
            ))  # fmt: skip
        elif wanted in remarks:
            wrong.append(
                BlockError(f"the note on `{name}` is the second on the same instruction", place=place)
            )
        else:
            remarks[wanted] = words
    raise_all(wrong)
    return remarks


def _text(subject: Subject, request: Request) -> Plan:
    block = request.placed.block
    assert isinstance(block, Text)
    at = subject.position(block.at)
    (scene,) = subject.scenes(at, at, _look(request, block))
    drawn = escape(figure.text(scene, ascii=block.ascii))
    code = html.code(request.ident, "sd-plain", drawn, block.caption)
    return finished(code)


def _look(request: Request, block: Figure | Reel | Text) -> Look:
    rows = block.rows or figure.ROWS
    return Look(tuple(block.functions), request.syntax, request.ident, request.language, rows)


_MAKERS: Mapping[str, Callable[[Subject, Request], Plan]] = {
    "stack-figure": _figure,
    "stack-reel": _reel,
    "stack-listing": _listing,
    "stack-text": _text,
    "stack-memory": areas.areas,
    "stack-gdb": sessions.session,
    "stack-objdump": sessions.objdump,
}
