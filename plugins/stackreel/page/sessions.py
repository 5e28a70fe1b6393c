"""GDB sessions and objdump listings in an article: replayed against the trace, compared where output is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from stackreel.binary.readelf import TOOLS, readelf
from stackreel.claims.gdb import Exchange, Outcome, Session, first_difference, parse_transcript, replay
from stackreel.claims.outputs import counterpart, surplus
from stackreel.claims.subjects import TraceSubject
from stackreel.errors import BlockError, ClaimError, Place, StackreelError
from stackreel.listing import as_objdump
from stackreel.page import blocks, html
from stackreel.page.judge import raise_all
from stackreel.page.plans import Plan, Request, finished
from stackreel.page.subject import Subject
from stackreel.page.validate import Placed

PROMPT = "(gdb)"
_MEANT = "write gdb's answer below the command, if it is meant"
_TAB = 8
"""Columns of a tab on a terminal; a page has spaces, as browsers differ."""


@dataclass
class _Watched:
    """A session that notes where the program stands after each command."""

    session: Session
    positions: list[int | None] = field(default_factory=list)
    refused: list[bool] = field(default_factory=list)

    def run(self, command: str) -> str:
        """Run a command."""
        try:
            return self.session.run(command).expandtabs(_TAB)
        finally:
            self.positions.append(self.session.position)
            self.refused.append(self.session.refused)


@dataclass(frozen=True)
class Replayed:
    """A command of a session, what became of it, and where the program stood then: words for an error.

    `is_refused`: gdb answers with an error, which an author may mean only where it is written.
    """

    outcome: Outcome
    where: str
    is_refused: bool = False

    @property
    def error(self) -> StackreelError | None:
        """What is wrong with it."""
        exchange, outcome = self.outcome.exchange, self.outcome
        if outcome.error is not None:
            return outcome.error
        if self.is_refused and exchange.expected is None:
            return ClaimError(f"gdb refuses `{exchange.command}`: {outcome.actual.strip()}", example=_MEANT)
        if outcome.matches or exchange.expected is None:
            return None
        index = outcome.line - exchange.line - 1
        written = exchange.expected.splitlines()
        true = counterpart(exchange.expected, outcome.actual, index)
        expected = written[index].strip() if index < len(written) else ""
        if true is not None and first_difference(expected, true.strip()) is None:  # it is true, but not all
            expected, true = "nothing after this line", surplus(exchange.expected, outcome.actual)
        rows = (
            ("expected", expected),
            ("actual", "nothing here" if true is None else true.strip()),
            ("moment", self.where),
        )
        told = "\n".join(f"    {name:<8}  {said}" for name, said in rows)
        return ClaimError(f"`{exchange.command}` prints something else:\n{told}")


def exchanges(placed: Placed) -> tuple[Exchange, ...]:
    """Return the commands of a session with their lines in the author's file. Raises BlockError."""
    try:
        return parse_transcript("\n".join(placed.tail.lines), placed.tail.place.line)
    except StackreelError as error:
        line = error.place.line if error.place else placed.place.line
        place = Place(placed.place.file, line)
        raise type(error)(error.message, place=place, example=error.example, near=error.near) from error


def replayed(subject: Subject, request: Request) -> tuple[Replayed, ...]:
    """Replay a session. Raises BlockError and MomentError for what is wrong with the block itself."""
    block = request.placed.block
    assert isinstance(block, blocks.Session)
    position = None
    if block.at:
        try:
            position = subject.position(block.at)
        except StackreelError as error:
            raise error.at(request.at("at")) from error
    sources = {name: "\n".join(lines) + "\n" for name, lines in subject.sources.items()}
    session = Session(subject.trace, subject.image, subject.debug, sources, position, subject.functions)
    watched = _Watched(session)
    outcomes = replay(watched, exchanges(request.placed))
    return tuple(
        Replayed(outcome, _where(subject, at), is_refused)
        for outcome, at, is_refused in zip(outcomes, watched.positions, watched.refused, strict=True)
    )


def _where(subject: Subject, position: int | None) -> str:
    if position is None:
        return "the program does not run"
    return TraceSubject(subject.recorded_run, position).where()


def wrong(found: tuple[Replayed, ...], file: str) -> Iterator[StackreelError]:
    """Yield what is wrong with a replayed session, each at its line."""
    for one in found:
        error = one.error
        if error is not None:
            place = Place(file, one.outcome.line or one.outcome.exchange.line)
            yield type(error)(error.message, place=place, example=error.example, near=error.near)


def session(subject: Subject, request: Request) -> Plan:
    """Return a session as a block: written output as it is written, the rest generated."""
    found = replayed(subject, request)
    raise_all(wrong(found, request.placed.place.file))
    lines = "".join(_exchange(one.outcome) for one in found)
    return finished(html.code(request.ident, "sd-session", lines, blocks.caption_of(request.placed.block)))


def _exchange(outcome: Outcome) -> str:
    command = escape(outcome.exchange.command)
    printed = outcome.actual if outcome.exchange.expected is None else outcome.exchange.expected
    said = f' <span class="sd-command">{command}</span>' if command else ""
    return f'<span class="sd-prompt">{PROMPT}</span>{said}\n{escape(printed)}'


def dumped(subject: Subject, request: Request) -> str:
    """Return what objdump, readelf or nm prints for a block."""
    block = request.placed.block
    assert isinstance(block, blocks.Objdump)
    if block.tool in TOOLS:
        return _whole_file(subject, request, block)
    try:
        found = subject.file_listing(block.functions, request.syntax)
    except StackreelError as error:
        raise error.at(request.at("functions")) from error
    sources = subject.sources if block.source else None
    printed = as_objdump(found, subject.image.bfd, raw=block.bytes, source=sources)
    return printed.strip("\n").expandtabs(_TAB) + "\n"


def _whole_file(subject: Subject, request: Request, block: blocks.Objdump) -> str:
    for key in ("functions", "bytes", "source"):
        if key in block.model_fields_set:
            message = f"`{block.tool}` prints the whole file; `{key}` goes with `objdump -d`"
            raise BlockError(message, place=request.at(key), example=f"tool: {block.tool}")
    try:
        return readelf(subject.image.data, block.tool).strip("\n") + "\n"
    except StackreelError as error:
        raise error.at(request.at("tool")) from error


def dump(request: Request, true: str) -> Replayed | None:
    """Compare what is written under a `stack-objdump` with what is true; None where nothing is written."""
    tail, block = request.placed.tail, request.placed.block
    assert isinstance(block, blocks.Objdump)
    if not any(line.strip() for line in tail.lines):
        return None
    exchange = Exchange(tail.place.line - 1, block.tool, "\n".join(tail.lines).rstrip() + "\n")

    class Printed:
        def run(self, command: str) -> str:
            return true

    (outcome,) = replay(Printed(), [exchange])
    return Replayed(outcome, "the program's file")


def objdump(subject: Subject, request: Request) -> Plan:
    """Return a listing as objdump prints it; written lines are compared and shown as they are written."""
    true = dumped(subject, request)
    compared = dump(request, true)
    if compared is not None:
        raise_all(wrong((compared,), request.placed.place.file))
    shown = true if compared is None else compared.outcome.exchange.expected or true
    return finished(
        html.code(request.ident, "sd-session", escape(shown), blocks.caption_of(request.placed.block))
    )
