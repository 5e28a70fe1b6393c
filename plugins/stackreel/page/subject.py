"""A recorded program and all that is known of it: what figures, listings and moments are made from.

It joins the rooms before the page: trace, image, debug information, frames, listings. It draws nothing and keeps
nothing on disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from stackreel.binary import DebugInfo, Image, read_debug, read_image
from stackreel.claims.subjects import Recorded
from stackreel.figure import ROWS, Scene, compose
from stackreel.frames import Analyst
from stackreel.listing import Listing, Syntax, list_functions, list_nameless
from stackreel.trace import Moments, Trace, parse


@dataclass(frozen=True)
class Look:
    """How positions are shown: functions in the code panel (none: all recorded), syntax, id, language of words.

    `rows` is how many the stack may have before those nothing happens to are folded.
    """

    functions: tuple[str, ...]
    syntax: Syntax
    ident: str
    language: str
    rows: int = ROWS


_FUNCTIONS = 64
"""How many functions of a trace are disassembled for its code panels."""


@dataclass(frozen=True)
class Subject:
    """A trace with its program. `functions` are those an article shows, `sources` their files' lines by name."""

    trace: Trace
    image: Image
    debug: DebugInfo
    functions: tuple[str, ...]
    marks: Mapping[str, str]
    sources: Mapping[str, Sequence[str]]
    _listings: dict[tuple[tuple[str, ...], Syntax], Listing] = field(default_factory=dict, init=False)

    @cached_property
    def moments(self) -> Moments:
        """Finds moments in the trace."""
        return self.recorded_run.moments

    @cached_property
    def recorded_run(self) -> Recorded:
        """What claims are judged by."""
        return Recorded(self.trace, self.image, self.debug, self.analyst, self.marks)

    @cached_property
    def analyst(self) -> Analyst:
        """Explains the stack at a position."""
        return Analyst(self.trace, self.image, self.debug)

    def position(self, moment: str) -> int:
        """Return the position a moment means; MomentError where it means none."""
        return self.moments.resolve(moment)

    def noted(self, moment: str) -> int:
        """Return the position at which a note on `moment` stands: after the instruction, where it is one."""
        plain = parse(moment)
        position = self.position(moment)
        is_place = plain.kind in ("instruction", "line") and not plain.after
        return min(position + is_place, len(self.trace))

    def scenes(self, first: int, last: int, look: Look) -> tuple[Scene, ...]:
        """Return the scenes of the positions `first` to `last`, both included, on the same rows."""
        windows = self.analyst.windows(first, last)
        views = [self.analyst.view(position, *windows) for position in range(first, last + 1)]
        return compose(
            views,
            self.code(range(first, last + 1), look.functions, look.syntax).functions,
            self.trace.architecture,
            ident=look.ident,
            language=look.language,
            rows=look.rows,
        )

    def listing(self, functions: Sequence[str], syntax: Syntax) -> Listing:
        """Return the disassembly of `functions`, or of all that were recorded where none is named."""
        wanted = tuple(functions) or self.recorded
        if (wanted, syntax) not in self._listings:
            self._listings[wanted, syntax] = list_functions(self.image, self.debug, wanted, syntax)
        return self._listings[wanted, syntax]

    def file_listing(self, functions: Sequence[str], syntax: Syntax) -> Listing:
        """Return the disassembly of `functions` at the addresses the program's file gives them, as `listing` does."""
        if not self.image.bias:
            return self.listing(functions, syntax)
        image = read_image(self.image.data, self.image.name)
        return list_functions(image, read_debug(image), tuple(functions) or self.recorded, syntax)

    def code(self, span: range, functions: Sequence[str], syntax: Syntax) -> Listing:
        """Return the disassembly of `functions`, as `listing` does, and of nameless code that runs in `span`."""
        found = self.listing(functions, syntax)
        trace = self.trace
        executed = {trace.pc(position) for position in range(max(span.start - 1, 0), span.stop)} & set(
            trace.code
        )
        nameless = {address for address in executed if self.image.function_at(address) is None}
        more = list_nameless(self.image, trace.code, nameless, syntax) if nameless else ()
        return Listing(syntax, (*found.functions, *more))

    @cached_property
    def recorded(self) -> tuple[str, ...]:
        """The functions an article shows, else those with recorded instructions in the order they first ran."""
        if self.functions:
            return self.functions
        first_at = ((visits[0], pc) for pc, visits in self.trace.visits.items() if visits)
        found = (self.image.function_at(pc) for _, pc in sorted(first_at))
        return tuple(dict.fromkeys(function.name for function in found if function))[:_FUNCTIONS]


@dataclass(frozen=True)
class Shown:
    """What an article shows of a program: functions, marks, source texts by file name; all may be empty."""

    functions: tuple[str, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def subject(trace: Trace, program: bytes, name: str, shown: Shown) -> Subject:
    """Return the subject of a trace and its program's bytes. Raises BinaryError where it cannot be read."""
    image = read_image(program, name, trace.program.bias)
    debug = read_debug(image)
    lines = {file: text.splitlines() for file, text in shown.sources.items()}
    return Subject(trace, image, debug, shown.functions, shown.marks, _by_dwarf_name(lines, debug))


def _by_dwarf_name(lines: Mapping[str, Sequence[str]], debug: DebugInfo) -> Mapping[str, Sequence[str]]:
    """Key source lines by the file names the debug information uses: the same last part is the same file."""
    return {file: lines[short] for file in debug.named_files if (short := file.rsplit("/", 1)[-1]) in lines}
