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
    r"""(?P<said>(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])'|[^"'#]|#(?=\d))*?)(?:(?:^|\s)\#(?!\d).*)?"""
)
"""A line and its comment: `#` at its beginning or after a space; `#3` counts."""


def claims_of(placed: Placed, example: str) -> tuple[Statement | StackreelError, ...]:
    """Return what a block claims, in order, and lines that claim nothing as errors.

    `example` is the block's, or its page's; it may be empty where every line of a `stack-check` names its own.
    """
    block, body = placed.block, placed.body
    if isinstance(block, Check):
        found = tuple(_lines(placed, block, example))
        return found or (ClaimError("this block claims nothing", place=placed.place, example=FORM),)
    if isinstance(block, Figure | Text):
        places = (body.value(("expect", number)) for number in range(len(block.expect)))
        return tuple(_expected(example, block.at, *one) for one in zip(block.expect, places, strict=True))
    if isinstance(block, Reel):
        return tuple(
            _expected(example, at, said, body.value(("expect", at))) for at, said in block.expect.items()
        )
    return ()


def _expected(example: str, moment: str, said: str, place: Place) -> Statement:
    return Statement(example, moment, said, place, must_claim=True)


def _lines(placed: Placed, block: Check, example: str) -> Iterator[Statement | StackreelError]:
    for number, line in enumerate(placed.tail.lines):
        found = _COMMENT.fullmatch(line)
        said = (found["said"] if found else line).rstrip()
        if not said.strip():
            continue
        place = placed.tail.at(number)
        place = Place(place.file, place.line, place.column + len(said) - len(said.lstrip()))
        said = said.strip()
        span = read_span(said) or (
            Span("", block.at, said) if block.at and not said.startswith("{") else None
        )
        if span is None:
            message = f"this line names no moment, and the block has no `at`: {said}"
            yield BlockError(message, place=place, example=FORM)
            continue
        try:
            yield replace(state(span, example, place), must_claim=True)
        except BlockError as error:
            yield error
