"""Whether what an article says is so: a statement against the recorded run of its example.

What is true is kept under the hash of everything it was judged by, so that a page of true claims loads no trace. What
is false is never kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stackreel.errors import ClaimError, Place, StackreelError
from stackreel.example import SeveralError, each
from stackreel.page.library import Library
from stackreel.page.statements import FORM, Judged, Statement
from stackreel.page.versions import versions

if TYPE_CHECKING:
    from stackreel.claims import Verdict
    from stackreel.claims.subjects import Recorded, TraceSubject

_KIND = "claim"


class FailuresError(StackreelError):
    """Several things are wrong, in `errors`."""

    errors: tuple[StackreelError, ...] = ()

    @classmethod
    def of(cls, errors: Sequence[StackreelError]) -> StackreelError:
        """Return the one error, or all as one."""
        if len(errors) == 1:
            return errors[0]
        whole = cls("\n".join(str(error) for error in errors))
        whole.errors = tuple(errors)
        return whole


def each_of(error: StackreelError) -> tuple[StackreelError, ...]:
    """Return the single errors of one that may be several."""
    return error.errors if isinstance(error, FailuresError) else (error,)


def raise_all(errors: Iterable[StackreelError]) -> None:
    """Raise all errors as one, if there are any."""
    found = tuple(errors)
    if found:
        raise FailuresError.of(found)


def judge(recorded: Recorded, statement: Statement) -> Judged:
    """Judge a statement. Raises what is wrong with it, at its place: ClaimError where it is false."""
    from stackreel.claims import ExpressionError, evaluate  # noqa: PLC0415 - kept judgements do not need them

    place = statement.place
    try:
        subject = at_moment(recorded, statement.moment, statement.moment_at or place)
    except StackreelError as error:
        raise _with_escape(error, statement) from error
    try:
        verdict = evaluate(statement.text, subject)
    except ExpressionError as error:
        inside = statement.shift + (error.place.column - 1 if error.place else 0)
        column = place.column + inside if place.column else 0
        moved = Place(place.file, place.line, column)
        told = type(error)(error.message, place=moved, example=error.example, near=error.near)
        raise (told if _is_expression(statement.text) else _with_escape(told, statement)) from error
    if statement.must_claim and not verdict.is_claim:
        raise ClaimError(
            f"nothing is claimed here: `{statement.text}` is {verdict}", place=place, example=FORM
        )
    if verdict.is_claim and not verdict.holds:
        raise ClaimError(_told(statement, verdict, subject), place=place)
    shown = statement.text if verdict.is_claim else str(verdict)
    return Judged(shown, subject.position, verdict.is_claim)


def at_moment(recorded: Recorded, moment: str, place: Place) -> TraceSubject:
    """Return the subject at a moment; what is wrong with it is raised at `place`."""
    try:
        return recorded.at(moment)
    except StackreelError as error:
        raise error.at(place) from error


def _is_expression(text: str) -> bool:
    from stackreel.claims import ExpressionError, parse  # noqa: PLC0415 - kept judgements do not need them

    try:
        parse(text)
    except ExpressionError:
        return False
    return True


def _with_escape(error: StackreelError, statement: Statement) -> StackreelError:
    """Return the error of a code span with how to write one that says nothing of the machine."""
    if not statement.is_span:
        return error
    first, *rest = error.message.split("\n")
    said = "\n".join([f"{first}; write `\\{{` for a literal brace", *rest])
    return type(error)(said, place=error.place, example=error.example, near=error.near)


def _told(statement: Statement, verdict: Verdict, subject: TraceSubject) -> str:
    """Say what is claimed, what is true, and where in the run."""
    rows = [row for part in verdict.failed for row in (("part", part.text), *_sides(part))]
    rows = [*(rows or _sides(verdict)), ("moment", f"{statement.moment}: {subject.where()}")]
    return "\n".join([f"this is false: {statement.text}", *(f"    {name:<8}  {said}" for name, said in rows)])


def _sides(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Yield what is shown of one comparison that is false, or of what `not` denies."""
    if verdict.sign == "==":
        yield from (("expected", verdict.right), ("actual", verdict.restated))
    elif verdict.sign:
        yield from (("left", verdict.left), ("right", verdict.right))
    else:
        yield from (("expected", "true"), ("actual", "false"))


@dataclass(frozen=True)
class Judge:
    """Judges the statements of pages by the examples of a library."""

    library: Library
    _positions: dict[tuple[str, str], int] = field(default_factory=dict, init=False)

    def judge(self, statement: Statement) -> Judged | tuple[StackreelError, ...]:
        """Return what is printed for a statement, or everything that is wrong with it."""
        try:
            key = self._key(statement.example, statement.moment, statement.text, str(statement.must_claim))
            kept = self.library.cache.get(_KIND, key)
            if kept is not None:
                return Judged(*json.loads(kept))
            judged = judge(self.library.subject(statement.example).recorded_run, statement)
        except SeveralError as several:
            return tuple(self.library.place(one) for one in each(several))
        except StackreelError as error:
            return (self.library.place(error.at(statement.example_at or statement.place)),)
        said = json.dumps([judged.shown, judged.position, judged.is_claim])
        self.library.cache.put(_KIND, key, said.encode())
        return judged

    def position(self, example: str, moment: str) -> int:
        """Return the position of a moment. Raises what is wrong with the example or the moment."""
        wanted = (example, moment)
        if wanted not in self._positions:
            key = self._key(example, moment, "")
            kept = self.library.cache.get(_KIND, key)
            if kept is None:
                kept = str(self.library.subject(example).position(moment)).encode()
                self.library.cache.put(_KIND, key, kept)
            self._positions[wanted] = int(kept)
        return self._positions[wanted]

    def _key(self, *said: str) -> str:
        example = said[0]
        parts = {
            "versions": versions(),
            "trace": self.library.key(example),
            "example": self.library.shown(example),
            "said": said,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
