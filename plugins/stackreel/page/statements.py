"""What an article says of the machine: a moment and an expression, and where it is written.

Knows the spelling only: `{moment} expr` and `{example @ moment} expr`. Whether a moment or an expression is right is
known when the statement is judged. A code span that shall be shown as it is gets a backslash before the brace.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stackreel.errors import BlockError, Place

FORM = "{after main+0} rsp == 0x7fffffffe510"
"""A right statement, for errors."""

_GO = r"(?<=\.)\(\*?\w+\)|(?<=\w)\[[\w.*/,\[\] ]+\]"  # main.(*counter).get, main.first[go.shape.int]
_SPAN = re.compile(rf"\{{(?P<moment>(?:[\w.$~@+#:*/ \-]|{_GO})+)\}}\s*(?P<text>\S.*)", re.DOTALL)
_EXAMPLE = re.compile(r"(?P<example>\S+)\s+@\s+(?P<moment>\S.*)")


@dataclass(frozen=True)
class Statement:
    """`text` is said of the state at `moment` of `example`; a bare value where it compares nothing.

    `place` is where it is written, `shift` how many characters later its `text` begins; `moment_at` and `example_at`
    are where its moment and its example are named, where that is elsewhere. `must_claim`: a value that is compared
    with nothing is an error. `is_span`: it is a code span, which may have been meant as no statement.
    """

    example: str
    moment: str
    text: str
    place: Place
    shift: int = 0
    must_claim: bool = False
    moment_at: Place | None = None
    example_at: Place | None = None
    is_span: bool = False


@dataclass(frozen=True)
class Judged:
    """A statement that is right: what is printed for it, the position it speaks of, whether it compares something."""

    shown: str
    position: int
    is_claim: bool


@dataclass(frozen=True)
class Span:
    """A statement as written: `example` is empty where it names none, the expression `text` begins at `shift`."""

    example: str
    moment: str
    text: str
    shift: int = 0


@dataclass(frozen=True)
class Known:
    """What a span says is right: the example it speaks of, and what is printed."""

    example: str
    judged: Judged


def read_span(written: str) -> Span | None:
    """Read what stands between backquotes or on a line; None where it is not a statement."""
    found = _SPAN.fullmatch(written.strip())
    if found is None:
        return None
    moment = " ".join(found["moment"].split())
    text = " ".join(found["text"].split())
    named = _EXAMPLE.fullmatch(moment)
    shift = found.start("text")
    return Span(named["example"], named["moment"], text, shift) if named else Span("", moment, text, shift)


def unescaped(written: str) -> str | None:
    r"""Return a code span that begins with `\{` as it is to be shown; None where no backslash is needed."""
    if not written.startswith("\\") or read_span(written[1:]) is None:
        return None
    return written[1:]


def state(span: Span, example: str, place: Place, example_at: Place) -> Statement:
    """Return the statement of a span, `example` being its page's default, which is named at `example_at`.

    Raises BlockError where neither names one.
    """
    named = span.example or example
    if not named:
        raise BlockError(
            "this names no example, and neither does the page's front matter; "
            "a code span that is no claim begins with `\\{`",
            place=place,
            example="{c-sum @ after main+0} rsp",
        )
    return Statement(
        named, span.moment, span.text, place, span.shift, example_at=None if span.example else example_at
    )
