"""What a reel's strip says in words: the code once; of each step its place in the source, registers, the table.

It is for readers without JavaScript and for paper, so that they miss nothing that the player shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from stackreel.figure import Scene
from stackreel.figure.lettering import brief
from stackreel.figure.registers import parent_of, value_text
from stackreel.listing import FunctionListing, Listing
from stackreel.page import listed
from stackreel.page.context import Language
from stackreel.page.html import QUIET
from stackreel.page.steps import Source
from stackreel.page.subject import Subject
from stackreel.page.words import WORDS

_LONG = 48
"""Instructions from which a function is shown around those that run only."""

_AROUND = 2
"""Instructions shown before and after those that run, of a long function."""

_OPEN = 24
"""Lines up to which the code is not folded away."""


def visited(subject: Subject, span: range, listing: Listing) -> Sequence[FunctionListing]:
    """Return the functions of `listing` that run in `span`."""
    pcs = {subject.trace.pc(position) for position in span}
    return [f for f in listing.functions if any(f.low <= pc < f.high for pc in pcs)]


def code(subject: Subject, span: range, listing: Listing, ident: str, language: Language) -> str:
    """Return the disassembly of the functions that run in `span`, with their source lines; long ones are cut."""
    shown = visited(subject, span, listing)
    if not shown:
        return ""
    pcs = {subject.trace.pc(position) for position in span}
    kept = frozenset(address for function in shown for address in _kept(function, pcs))
    shape = listed.Shape(f"{ident}.code", False, subject.sources, None, None, kept)
    lines = listed.lines(Listing(listing.syntax, tuple(shown)), shape)
    names = ", ".join(brief(function.name) or f"{function.low:#x}" for function in shown)
    is_open = " open" if lines.count("\n") <= _OPEN else ""
    return (
        f'<details class="sd-table" {QUIET}{is_open}><summary>{escape(WORDS[language].code.format(names))}</summary>'
        f'<div class="sd-code"><pre><code>{lines}</code></pre></div></details>'
    )


def _kept(function: FunctionListing, pcs: set[int]) -> Iterator[int]:
    addresses = [instruction.address for instruction in function.instructions]
    near = {
        at + by
        for at, address in enumerate(addresses)
        if address in pcs
        for by in range(-_AROUND, _AROUND + 1)
    }
    for at, address in enumerate(addresses):
        if len(addresses) <= _LONG or at in near:
            yield address


def place(line: Source | None) -> str:
    """Return a source line as a strip names it: `sum.c:4`."""
    return f"{line[0].rsplit('/', 1)[-1]}:{line[1]}" if line else ""


def registers(subject: Subject, scene: Scene, position: int, *, is_first: bool) -> str:
    """Return the registers and flags that the step to `position` changed; at the first all that are shown.

    The program counter, which changes at every step, goes without saying. Of a call stepped over they are those the
    figures show.
    """
    lines = scene.changed
    bits = [bit for bit in scene.flags if bit.is_changed or is_first]
    if is_first:
        lines = (*scene.registers, *scene.wide)
    said = [f"{line.name} = {line.value}" for line in lines if line.name != scene.pc or is_first]
    said += [f"{bit.name} = {bit.value}" for bit in bits]
    if not is_first:
        said += _unlisted(subject, scene, position)
    return ", ".join(said)


def _unlisted(subject: Subject, scene: Scene, position: int) -> Iterator[str]:
    """Yield the changed registers that a reel has no room to list."""
    trace, isa = subject.trace, subject.trace.architecture
    if trace.over[position - 1]:
        return
    listed_ones = {parent_of(line.name, isa) for line in (*scene.registers, *scene.wide)} | {
        isa.pc,
        isa.flags,
    }
    before, after = trace.state(position - 1), trace.state(position)
    for register in isa.registers:
        name = register.name
        if name in after and name not in listed_ones and before[name] != after[name] and register.bits <= 64:
            yield f"{name} = {value_text(name, after, isa)}"
