"""Where a page's blocks become HTML: example, trace, frames, drawing, in one go for the page.

What was made once is kept under the hash of everything it was made from; a page of kept blocks loads no trace,
emulates nothing and draws nothing. Where the emulator is not installed, kept and golden traces still draw.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from stackreel import figure
from stackreel.errors import BlockError, StackreelError, ToolError, told
from stackreel.example import SeveralError, each
from stackreel.listing.model import Syntax
from stackreel.page import html
from stackreel.page.anchors import find_anchors
from stackreel.page.blocks import Block, Check, Figure, Reel, id_of, syntax_of
from stackreel.page.checks import claims_of
from stackreel.page.context import Page
from stackreel.page.done import Done
from stackreel.page.inline import Anchors
from stackreel.page.judge import FailuresError, Judge, each_of
from stackreel.page.library import Library, Progress, Settings
from stackreel.page.plans import Plan, Request, slug
from stackreel.page.statements import Judged, Statement
from stackreel.page.validate import Placed
from stackreel.page.versions import versions

if TYPE_CHECKING:
    from stackreel.figure import Drawing

__all__ = ["Settings", "Studio"]

_KIND = "block"
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9_.]+")


@dataclass(frozen=True)
class _Ready:
    """A block that is not kept: how it is made, and the key to keep it under."""

    key: str
    plan: Plan


@dataclass
class Studio:
    """Renders blocks with the settings of one build; keeps what it loaded for as long as it lives."""

    settings: Settings
    _blocks: int = field(default=0, init=False)
    _kept: int = field(default=0, init=False)
    _drawn: int = field(default=0, init=False)
    _claims: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Open the library; nothing is read yet."""
        self.library = Library(self.settings)
        self._judge = Judge(self.library)

    @property
    def done(self) -> Done:
        """What was done so far."""
        return Done(self._blocks, self._kept, self._drawn, self.library.traced, self._claims)

    def prepare(self, examples: Iterable[str], progress: Progress) -> None:
        """Record the traces of `examples` that are not kept yet, several at a time; errors come with blocks."""
        self.library.prepare(examples, progress)

    def render(self, page: Page, blocks: Sequence[Placed]) -> Sequence[str | tuple[StackreelError, ...]]:
        """Return HTML, or what is wrong, for each block of a page. All drawings are made in one go."""
        outcomes = [self._plan(request) for request in _requests(page, blocks, self.settings.syntax)]
        finished = iter(self._draw([outcome for outcome in outcomes if isinstance(outcome, _Ready)]))
        self._blocks += len(blocks)
        self.library.close()
        return [next(finished) if isinstance(outcome, _Ready) else outcome for outcome in outcomes]

    def verify(self, page: Page, placed: Placed) -> tuple[StackreelError, ...]:
        """Return what is wrong with a block, its claims and its drawing left out."""
        try:
            outcome = self._outcome(self.request(page, placed), claims=False)
        except StackreelError as error:
            return each_of(error)
        return outcome if isinstance(outcome, tuple) else ()

    def request(self, page: Page, placed: Placed) -> Request:
        """Return a block with its defaults settled, as if it stood alone. Raises BlockError."""
        (request,) = _requests(page, [placed], self.settings.syntax)
        if not isinstance(request, Request):
            raise FailuresError.of(request)
        return request

    def judge(self, statement: Statement) -> Judged | tuple[StackreelError, ...]:
        """Return what is printed for a statement of an article, or everything that is wrong with it."""
        self._claims += 1
        return self._judge.judge(statement)

    def anchors(self, page: Page, blocks: Sequence[Placed]) -> Anchors:
        """Return the HTML id that shows each position on a page: a reel's step, else a figure."""
        requests = _requests(page, blocks, self.settings.syntax)
        return find_anchors([one for one in requests if isinstance(one, Request)], self._judge)

    def error_html(self, page: Page, errors: Sequence[StackreelError]) -> str:
        """Return the visible block for `errors`."""
        return html.error(errors, page.language)

    def _plan(
        self, request: Request | tuple[StackreelError, ...]
    ) -> _Ready | str | tuple[StackreelError, ...]:
        """Return kept HTML, what has to be drawn, or what is wrong."""
        return self._outcome(request, claims=True) if isinstance(request, Request) else request

    def _outcome(self, request: Request, *, claims: bool) -> _Ready | str | tuple[StackreelError, ...]:
        """Return kept HTML, what has to be drawn, or what is wrong; without `claims` nothing is judged."""
        placed = request.placed
        if isinstance(placed.block, Check):
            return told([*placed.errors, *self._claimed(request)]) or ""
        try:
            key = self._key(request)
            kept = None if placed.errors else self.library.cache.get(_KIND, key)
            if kept is not None:
                self._kept += 1
                return kept.decode()
        except StackreelError as error:
            return told([*placed.errors, *self._placed(error, request)])
        wrong = [*placed.errors, *(self._claimed(request) if claims else ())]
        try:
            plan = self._planned(request)
        except StackreelError as error:
            wrong += self._placed(error, request)
        return told(wrong) if wrong else _Ready(key, plan)

    def _placed(self, error: StackreelError, request: Request) -> tuple[StackreelError, ...]:
        """Return the single errors of one, where they are written; what has no place is the example's."""
        if isinstance(error, FailuresError):
            return error.errors
        if isinstance(error, ToolError):
            return (error,)  # told once a build, not once a block: it is no block's fault
        found = each(error) if isinstance(error, SeveralError) else (error.at(request.example_at),)
        return tuple(self.library.place(one) for one in found)

    def _planned(self, request: Request) -> Plan:
        from stackreel.page.makers import plan  # noqa: PLC0415 - loads all rooms, which kept blocks do not need

        return plan(self.library.subject(request.example), request)

    def _claimed(self, request: Request) -> tuple[StackreelError, ...]:
        """Return what is false of what a block claims."""
        outcomes = (
            (said,) if isinstance(said, StackreelError) else self.judge(said)
            for said in claims_of(request.placed, request.example, request.example_at)
        )
        return tuple(error for outcome in outcomes if not isinstance(outcome, Judged) for error in outcome)

    def _key(self, request: Request) -> str:
        placed = request.placed
        drawn_by = figure.identity() if isinstance(placed.block, (Figure, Reel)) else ""
        parts = {
            "versions": versions(),
            "trace": self.library.key(request.example),
            "example": self.library.shown(request.example),
            "dot": drawn_by,
            "kind": placed.kind,
            "block": placed.block.model_dump(mode="json"),
            "tail": placed.tail.lines,
            "syntax": request.syntax,
            "language": request.language,
            "ident": request.ident,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def _draw(self, ready: Sequence[_Ready]) -> list[str | tuple[StackreelError, ...]]:
        """Draw all scenes of the page together, and finish and keep each block."""
        scenes = tuple(scene for one in ready for scene in one.plan.scenes)
        try:
            drawings = iter(figure.draw(scenes)) if scenes else iter(())
        except StackreelError as error:
            return [(error,) if one.plan.scenes else self._finish(one, ()) for one in ready]
        self._drawn += len(scenes)
        return [self._finish(one, tuple(islice(drawings, len(one.plan.scenes)))) for one in ready]

    def _finish(self, ready: _Ready, drawings: Sequence[Drawing]) -> str:
        made = ready.plan.finish(drawings)
        self.library.cache.put(_KIND, ready.key, made.encode())
        return made


def _requests(
    page: Page, blocks: Sequence[Placed], syntax: Syntax
) -> list[Request | tuple[StackreelError, ...]]:
    """Settle the defaults of a page's blocks and give each an id of its own."""
    written = [ident for placed in blocks if (ident := id_of(placed.block))]
    taken = dict.fromkeys(written, 1)
    reels = {
        id_of(p.block) or f"{page.example_of(p)[0]}-{_word(p.block)}"
        for p in blocks
        if isinstance(p.block, Reel)
    }
    seen: set[str] = set()
    requests: list[Request | tuple[StackreelError, ...]] = []
    for placed in blocks:
        block = placed.block
        example, example_at = page.example_of(placed)
        wrong = list(_wrong(page, placed, example, seen))
        if wrong:
            requests.append(told([*placed.errors, *wrong]))
            continue
        ident = id_of(block)
        seen |= {ident} if ident else set()
        ident = ident or _free(_wanted(block, example, reels), taken)
        requests.append(
            Request(
                placed,
                example,
                example_at,
                syntax_of(block) or page.options.syntax or syntax,
                page.language,
                ident,
            )
        )
    return requests


def _wrong(page: Page, placed: Placed, example: str, seen: Container[str]) -> Iterator[StackreelError]:
    """Yield what is wrong with a block among the others of its page."""
    block = placed.block
    if not example and not isinstance(block, Check):
        said = f"`{placed.kind}` names no example, and neither does the page's front matter"
        yield from (
            page.errors or placed.errors or (BlockError(said, place=placed.place, example="example: c-sum"),)
        )
    ident = id_of(block)
    if ident and ident in seen:
        place = placed.body.value(("id",))
        yield BlockError(f"the id `{ident}` is on this page twice", place=place)


def _wanted(block: Block, example: str, reels: Container[str]) -> str:
    """Return the id a block would have; never that of a step of one of `reels`, which is its id and a number."""
    name = f"{example}-{_word(block)}"
    reel, _, number = name.rpartition("-")
    return f"{name}-at" if number.isdecimal() and reel in reels else name


def _free(wanted: str, taken: dict[str, int]) -> str:
    """Return `wanted`, or it with the first free number; and take it."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    taken[name] = 1
    return name


def _word(block: Block) -> str:
    return _NOT_IN_ID.sub("-", slug(block)).strip("-") or "block"
