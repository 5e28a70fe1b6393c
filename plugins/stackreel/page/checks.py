"""Claims in blocks: the lines of `stack-check`, and `expect` of figures and reels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from stackreel.errors import BlockError, ClaimError, Place, StackreelError
from stackreel.page.blocks import Check, Figure, Reel, Text
from stackreel.page.statements import FORM, Span, Statement, read_span, state
from stackreel.page.validate import Placed

_COMMENT = re.compile(
    r"""(?P<said>(?:"(?:\\.|[^"\\])*"|'(?:\\[^']+|\\'|[^'\\])'|[^"'#]|#(?=\d))*?)(?:(?:^|\s)\#(?!\d).*)?"""
)
"""A line and its comment: `#` at its beginning or after a space; `#3` counts."""


def claims_of(placed: Placed, example: str, example_at: Place) -> tuple[Statement | StackreelError, ...]:
    """Return what a block claims, in order, and lines that claim nothing as errors.

    `example` is the block's, or its page's, and is named at `example_at`; it may be empty where every line of a
    `stack-check` names its own.
    """
    block, body = placed.block, placed.body
    if isinstance(block, Check):
        found = tuple(_lines(placed, block, example, example_at))
        return found or (ClaimError("this block claims nothing", place=placed.place, example=FORM),)
    expected: list[tuple[str, Place, str, Place]] = []
    if isinstance(block, Figure | Text):
        at = body.value(("at",))
        expected = [(block.at, at, said, body.value(("expect", n))) for n, said in enumerate(block.expect)]
    elif isinstance(block, Reel):
        expected = [
            (moment, body.key(("expect", moment)), said, body.value(("expect", moment)))
            for moment, said in block.expect.items()
        ]
    return tuple(
        Statement(example, moment, said, place, must_claim=True, moment_at=moment_at, example_at=example_at)
        for moment, moment_at, said, place in expected
    )


def _lines(
    placed: Placed, block: Check, example: str, example_at: Place
) -> Iterator[Statement | StackreelError]:
    for number, line in enumerate(placed.tail.lines):
        found = _COMMENT.fullmatch(line)
        said = (found["said"] if found else line).rstrip()
        if not said.strip():
            continue
        place = placed.tail.at(number)
        place = Place(place.file, place.line, place.column + len(said) - len(said.lstrip()))
        said = said.strip()
        written = read_span(said)
        span = written or (Span("", block.at, said) if block.at and not said.startswith("{") else None)
        if span is None:
            message = f"this line names no moment, and the block has no `at`: {said}"
            yield BlockError(message, place=place, example=FORM)
            continue
        try:
            moment_at = None if written else placed.body.value(("at",))
            yield replace(state(span, example, place, example_at), must_claim=True, moment_at=moment_at)
        except BlockError as error:
            yield error
