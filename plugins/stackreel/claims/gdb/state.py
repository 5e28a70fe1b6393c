"""The state of a session: what changes from command to command, and the views of it that commands need.

It is the only thing in this package that changes; what it holds are records.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from stackreel.binary import DebugInfo, Image, read_debug, read_image
from stackreel.claims.gdb.answers import GdbError
from stackreel.claims.gdb.breakpoints import Breakpoint
from stackreel.claims.gdb.evaluate import evaluate
from stackreel.claims.gdb.formats import Format
from stackreel.claims.gdb.memory import Reader
from stackreel.claims.gdb.motion import Halts, Motion
from stackreel.claims.gdb.operators import truth
from stackreel.claims.gdb.places import SourceLine
from stackreel.claims.gdb.program import Program, by_dwarf_name, pointer_to
from stackreel.claims.gdb.scope import Scope
from stackreel.claims.gdb.stack import GdbFrame, Stacks, beginning, hidden, without
from stackreel.claims.gdb.stepping import LineSteps
from stackreel.claims.gdb.typed import VOID, Value, whole
from stackreel.trace import Trace

PROCESS = 1000
"""The process id a replay shows."""

Flavor = Literal["att", "intel"]


@dataclass(frozen=True)
class Display:
    """An expression shown at every stop; `form` is as it was written, without the slash."""

    number: int
    text: str
    form: str


@dataclass(frozen=True)
class Examined:
    """What `x` goes on from: the next address, the last one shown, and the last format."""

    following: int = 0
    last: int | None = None
    form: Format = field(default_factory=lambda: Format("", "w"))


@dataclass(frozen=True)
class Listed:
    """What `list` goes on from: the file and its next line, and the first and last line shown (0: none yet)."""

    current: SourceLine | None = None
    first: int = 0
    last: int = 0


class State:
    """A session without its commands.

    `sources` are texts by file name. `position` is where the program stands in the trace, None where it was not
    started yet; `run` starts it at the beginning of the trace. `recorded` names the functions recorded even if they
    were never entered, so that a breakpoint there is known not to be reached.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a session is about: run, program, sources, moment
        self,
        trace: Trace,
        image: Image,
        debug: DebugInfo,
        sources: Mapping[str, str],
        position: int | None,
        recorded: Collection[str] = (),
    ) -> None:
        self.trace = trace
        self._loaded = Program(image, debug, by_dwarf_name(sources, debug))
        self._sources = sources
        self.stacks = Stacks(trace, self._loaded)
        self.motion = Motion(trace, self._loaded, self.stacks, recorded)
        self.lines = LineSteps(trace, self._loaded, self.stacks, self.motion)
        self.position = position
        self.level = 0
        self.breakpoints: dict[int, Breakpoint] = {}
        self.displays: dict[int, Display] = {}
        self.history: list[Value] = []
        self.convenience: dict[str, Value] = {}
        self.flavor: Flavor = "att"
        self.is_pretty = False
        self.list_size = 10
        self.examined = Examined()
        self.listed = Listed()
        self.counted = {"breakpoint": 0, "display": 0}
        self.visited = ""  # the file that a source line was last shown of
        self.exit_code: int | None = None
        self.hidden: int | None = None
        if position is not None:
            self.look_at(self.frame)

    @cached_property
    def _on_disk(self) -> Program:
        """The program at the addresses of its file: what gdb knows before it runs."""
        image = self._loaded.image
        if not image.bias:
            return self._loaded
        unbiased = read_image(image.data, image.name)
        debug = read_debug(unbiased)
        return Program(unbiased, debug, by_dwarf_name(self._sources, debug))

    @property
    def has_run(self) -> bool:
        """Whether the program runs, or did."""
        return self.position is not None or self.exit_code is not None

    @property
    def loaded_at(self) -> int:
        """How far from the addresses of its file the program is loaded."""
        return self._loaded.image.bias

    @property
    def program(self) -> Program:
        """The program: where it is loaded once it has run."""
        return self._loaded if self.has_run else self._on_disk

    @property
    def frames(self) -> tuple[GdbFrame, ...]:
        """The frames, innermost first. Raises GdbError where the program does not run."""
        if self.position is None:
            raise GdbError("No stack.")
        found = self.stacks.frames(self.position)
        return without(found, beginning(found) if self.hidden is None else self.hidden)

    @property
    def frame(self) -> GdbFrame:
        """The selected frame."""
        return self.frames[self.level]

    @property
    def reader(self) -> Reader:
        """Memory now."""
        return Reader(self.program, self.trace, self.position, 0 if self.is_pretty else None)

    @property
    def scope(self) -> Scope:
        """What names mean now."""
        frame = None if self.position is None else self.frame
        return Scope(self.program, self.stacks, self.reader, frame, self.history, self.convenience)

    def look_at(self, frame: GdbFrame) -> None:
        """Make a frame's line the one that `list` centres on and that lines without a file belong to."""
        if frame.line:
            first = max(frame.line - self.list_size // 2, 1)
            self.listed = Listed(SourceLine(frame.file, first), frame.line, frame.line)

    def examine_next(self, address: int, letter: str = "") -> None:
        """Let `x` and `$_` begin at an address: gdb's set_next_address; `letter` is the format it takes with it."""
        form = replace(self.examined.form, letter=letter or self.examined.form.letter)
        self.examined = Examined(address, None, form)
        self.convenience["_"] = whole(address, pointer_to(VOID))

    def current_line(self) -> SourceLine | None:
        """Return the line that places without a file are about."""
        return self.listed.current

    def record(self, value: Value) -> int:
        """Add a value to the history; returns its number."""
        self.history.append(value)
        return len(self.history)

    def count(self, what: str) -> int:
        """Return the next number for a breakpoint or display."""
        self.counted[what] += 1
        return self.counted[what]

    def hit(self, number: int) -> Breakpoint:
        """Count a hit of a breakpoint; a temporary one is gone with it, unless it was to be ignored."""
        before = self.breakpoints[number]
        found = replace(before, hits=before.hits + 1, ignored=max(before.ignored - 1, 0))
        self.breakpoints[number] = found
        if found.is_temporary and not before.ignored:
            del self.breakpoints[number]
        return found

    @property
    def halts(self) -> Halts:
        """The breakpoints in force."""
        found = ((one, at.address) for one in self.breakpoints.values() for at in one.locations)
        return Halts(frozenset(at for one, at in found if one.place(at)), self._holds)

    def _holds(self, position: int) -> bool:
        return bool(self.holding(position))

    def holding(self, position: int) -> tuple[Breakpoint, ...]:
        """Return the breakpoints that stop the program at a position: those there whose condition holds, or fails."""
        return tuple(b for b in self._at(position) if not b.condition or self._is_true(b, position))

    def failures(self, position: int) -> str:
        """Return what gdb says of conditions that cannot be evaluated at a position."""
        said = ""
        for one in self._at(position):
            try:
                if one.condition:
                    self._evaluated(one, position)
            except GdbError as error:
                said += f"Error in testing breakpoint condition:\n{error}\n"
        return said

    def _at(self, position: int) -> tuple[Breakpoint, ...]:
        pc = self.trace.pc(position)
        return tuple(b for b in self.breakpoints.values() if b.place(pc))

    def _is_true(self, breakpoint_: Breakpoint, position: int) -> bool:
        try:
            return self._evaluated(breakpoint_, position)
        except GdbError:
            return True

    def _evaluated(self, breakpoint_: Breakpoint, position: int) -> bool:
        frames = self.stacks.frames(position)
        frame = frames[hidden(frames, [breakpoint_.function])]
        reader = Reader(self.program, self.trace, position)
        scope = Scope(self.program, self.stacks, reader, frame, self.history, self.convenience)
        return truth(evaluate(breakpoint_.condition, scope), scope)
