"""What a block names that the recorded program does not have: moments and functions, all of them, each at its place.

Knows which keys name such things, and nothing of what is made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from stackreel.errors import Place, StackreelError
from stackreel.page.blocks import Reel, key_of
from stackreel.page.plans import Request
from stackreel.page.subject import Subject

_MOMENTS = ("at", "from_", "to")


def mistakes(subject: Subject, request: Request) -> Iterator[StackreelError]:
    """Yield an error for each moment and each function of a block that the program does not have."""
    for find, name, place in _named(subject, request):
        try:
            find(name)
        except StackreelError as error:
            yield error.at(place)


def _named(subject: Subject, request: Request) -> Iterator[tuple[Callable[[str], object], str, Place]]:
    """Yield what a block names, how it is found, and where it is named."""
    block, body = request.placed.block, request.placed.body
    for attribute in _MOMENTS:
        if moment := getattr(block, attribute, ""):
            yield subject.position, moment, body.value((key_of(attribute, type(block)),))
    if isinstance(block, Reel):
        for moment in block.notes:
            yield subject.noted, moment, body.key(("notes", moment))
        for number, step in enumerate(block.pdf):
            if not step.isdecimal():
                yield subject.noted, step, body.value(("pdf", number))
    for key in ("functions", "over"):
        for number, name in enumerate(getattr(block, key, ())):
            yield subject.image.function, name, body.value((key, number))
