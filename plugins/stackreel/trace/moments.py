"""Moments: what an author writes to say which state of a trace is meant, read and then found in the trace.

`parse` knows the forms, and needs no trace. `resolve` (or `Moments` for many of them) finds the position; what is
absent or ambiguous is a MomentError that names the near ones. A plain form means the first time; `#n` the n-th.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from stackreel.errors import MomentError

FORMS = "main+4, after main+4, sum+4 #3, enter sum, leave sum #2, sum.c:4, after sum.c:4, step 12, start, end"
"""One of each form, for errors."""

Kind = Literal["instruction", "enter", "leave", "line", "step", "start", "end", "name"]

_COUNT = re.compile(r"(?P<rest>.*\S)\s*#\s*(?P<count>[0-9]+)", re.DOTALL)
_AFTER = re.compile(r"after\s+(?P<rest>\S.*)", re.DOTALL)
_ENDS = re.compile(r"(?P<kind>enter|leave)\s+(?P<name>\S.*)", re.DOTALL)
_STEP = re.compile(r"step\s*(?P<number>[0-9]+|0x[0-9a-fA-F]+)")
_LINE = re.compile(r"(?P<file>.*[^:\s])\s*:\s*(?P<line>[0-9]+)", re.DOTALL)
_OFFSET = re.compile(r"(?P<name>\S.*?)\s*\+\s*(?P<offset>0x[0-9a-fA-F]+|[0-9]+)", re.DOTALL)
_ADDRESS = re.compile(r"\*?(?P<address>0x[0-9a-fA-F]+)")


@dataclass(frozen=True)
class Moment:
    """A moment as written.

    `name` is a function, a file, or (kind `name`) a mark or a function; `number` an offset, an address (where
    `name` is empty), a line or a step. `after` asks for the state when it is done. `count` is n of `#n`, None
    where it is not written.
    """

    text: str
    kind: Kind
    name: str = ""
    number: int = 0
    after: bool = False
    count: int | None = None

    def __str__(self) -> str:
        """Return the moment as it was written."""
        return self.text


def parse(text: str) -> Moment:
    """Read a moment. Raises MomentError for what has none of the forms."""
    written = " ".join(text.split())
    if not written:
        raise MomentError("a moment is empty", example=FORMS)
    counted = _COUNT.fullmatch(written)
    rest = counted["rest"] if counted else written
    count = int(counted["count"]) if counted else None
    if count == 0 or "#" in rest:
        raise MomentError(f"in {written!r} the count must be #1 or more", example="sum+4 #3")
    after = _AFTER.fullmatch(rest)
    moment = _plain(after["rest"] if after else rest)
    if after and moment.kind not in ("instruction", "line", "name"):
        raise MomentError(
            f"{written!r}: 'after' goes with an instruction or a line", example="after main+4, after sum.c:4"
        )
    if counted and moment.kind in ("step", "start", "end"):
        raise MomentError(f"{written!r}: there is only one '{rest}', #{count} says nothing", example=rest)
    return replace(moment, text=written, after=bool(after), count=count)


def _plain(text: str) -> Moment:
    if text in ("start", "end"):
        return Moment(text, "start" if text == "start" else "end")
    if text in ("enter", "leave", "after", "step"):
        raise MomentError(f"{text!r} needs a name or number after it", example=FORMS)
    if found := _ENDS.fullmatch(text):
        return Moment(text, "enter" if found["kind"] == "enter" else "leave", found["name"])
    if found := _STEP.fullmatch(text):
        return Moment(text, "step", number=int(found["number"], 0))
    if found := _ADDRESS.fullmatch(text):
        return Moment(text, "instruction", number=int(found["address"], 16))
    if found := _OFFSET.fullmatch(text):
        return Moment(text, "instruction", found["name"], _number(found["offset"]))
    if found := _LINE.fullmatch(text):
        return Moment(text, "line", found["file"], int(found["line"]))
    return Moment(text, "name", text)


def _number(text: str) -> int:
    return int(text, 16 if text.startswith("0x") else 10)
