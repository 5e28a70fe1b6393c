"""What the steps of a reel are, besides their drawings: calls, returns, source lines; and the source to show beside.

Read from the trace and the listing, never from the words of an instruction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stackreel.listing import Instruction, Listing
from stackreel.page.html import marked
from stackreel.page.steps import Call, Event, Source
from stackreel.page.subject import Subject

_MOST_LINES = 400
"""Lines of a source file that go with a reel, at most."""


@dataclass(frozen=True)
class Excerpt:
    """Lines of a source file, the first of them number `first`."""

    file: str
    first: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Around:
    """The steps of a reel, its calls that are recorded from their first instruction to their return, the source."""

    events: tuple[Event, ...]
    calls: tuple[Call, ...]
    sources: tuple[Excerpt, ...]


def around(subject: Subject, listing: Listing, span: range, notes: Mapping[int, str]) -> Around:
    """Return what goes with the positions `span`; `listing` are the functions shown, `notes` by position."""
    known = {i.address: i for function in listing.functions for i in function.instructions}
    events = tuple(_event(subject, known, span, position, notes.get(position, "")) for position in span)
    return Around(events, calls(subject, span), _sources(subject, span, events))


def calls(subject: Subject, span: range) -> tuple[Call, ...]:
    """Return the calls that begin and end within `span`, in the order they begin."""
    trace = subject.trace
    found = []
    for activation in trace.activations.rows:
        if activation.end is None or activation.start <= span.start or activation.end >= span.stop:
            continue
        function = subject.image.function_at(trace.pc(activation.start))
        name = function.name if function else f"{trace.pc(activation.start):#x}"
        found.append(Call(activation.start - span.start, activation.end - span.start, name))
    return tuple(found)


def _event(
    subject: Subject, known: Mapping[int, Instruction], span: range, position: int, note: str
) -> Event:
    trace = subject.trace
    coming = known.get(trace.pc(position))
    executed = known.get(trace.pc(position - 1)) if position > span.start else None
    kind = ""
    if executed and executed.kind in ("call", "return"):
        is_over = executed.kind == "call" and bool(trace.over[position - 1])
        kind = "over" if is_over else executed.kind
    return Event(kind, _line(executed), _line(coming), marked(note))


def _line(instruction: Instruction | None) -> Source | None:
    return (instruction.file, instruction.line) if instruction and instruction.line else None


def _sources(subject: Subject, span: range, events: Sequence[Event]) -> tuple[Excerpt, ...]:
    """Return of each file the lines from the first to the last that runs, with the functions' heads."""
    used: dict[str, set[int]] = {}
    for event in events:
        for line in (event.line, event.coming):
            if line and line[0] in subject.sources:
                used.setdefault(line[0], set()).add(line[1])
    units = dict.fromkeys(subject.debug.unit_at(subject.trace.pc(position)) for position in span)
    heads = [(f.file, f.line) for unit in units if unit for f, _ in unit.functions if f.file in used]
    excerpts = []
    for file, numbers in used.items():
        text = subject.sources[file]
        first = max(
            (line for name, line in heads if name == file and 0 < line <= min(numbers)), default=min(numbers)
        )
        last = min(max(numbers) + 1, len(text), first + _MOST_LINES - 1)
        lines = tuple(line.expandtabs(4).rstrip() for line in text[first - 1 : last])
        excerpts.append(Excerpt(file, first, lines))
    return tuple(excerpts)
