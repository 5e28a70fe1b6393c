"""Finding a moment in a trace: from what an author wrote to a position.

It trusts the trace and the names it is given. It does not disassemble: which addresses begin an instruction is
known of executed ones only, and the errors say no more than that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from stackreel.binary.model import Function, LineRow
from stackreel.errors import MomentError, SymbolError, near
from stackreel.trace.lines import LineVisits, files_named
from stackreel.trace.model import signal_name
from stackreel.trace.moments import FORMS, Moment, parse
from stackreel.trace.names import Names
from stackreel.trace.trace import Trace

_SHOWN = 6


def resolve(text: str, trace: Trace, names: Names, marks: Mapping[str, str]) -> int:
    """Return the position of a moment. Raises MomentError where it is misspelt, ambiguous or never reached."""
    return Moments(trace, names, marks).resolve(text)


class Moments:
    """The moments of one trace: resolve many of them and look through the trace once."""

    def __init__(self, trace: Trace, names: Names, marks: Mapping[str, str]) -> None:
        """Take the trace, what its addresses are called, and the example's marks."""
        self.trace, self.names, self.marks = trace, names, marks

    def resolve(self, text: str) -> int:
        """Return the position `text` means, 0 to n."""
        return self._position(parse(text), ())

    def spell(self, k: int) -> str:
        """Return a moment that means position `k`: `main+4`, with its `#n` where it is not the first time."""
        pc = self.trace.pc(k)
        symbol = self.names.symbolize(pc)
        place = f"{symbol.name}+{symbol.offset}" if symbol else f"{pc:#x}"
        count = bisect_left(self.trace.visits[pc], k) + 1
        return f"{place} #{count}" if count > 1 else place

    def _position(self, moment: Moment, through: tuple[str, ...]) -> int:
        kinds: Mapping[str, Callable[[Moment], int]] = {
            "start": lambda _: 0,
            "end": lambda _: len(self.trace),
            "step": self._step,
            "instruction": self._instruction,
            "enter": self._enter,
            "leave": self._leave,
            "line": self._line,
        }
        if moment.kind == "name":
            return self._name(moment, through)
        return kinds[moment.kind](moment)

    def _name(self, moment: Moment, through: tuple[str, ...]) -> int:
        name = moment.name
        function = self._known(name)
        if name not in self.marks:
            if function is None and name in self._recorded:
                self._function(moment)  # there are several
            if function is None:
                raise self._absent(moment)
            return self._instruction(moment)
        if function is not None:
            raise MomentError(
                f"{name!r} is both a mark and a function",
                near=(self.marks[name], f"{name}+0", f"enter {name}"),
            )
        if name in through:
            circle = " → ".join((*through[through.index(name) :], name))
            raise MomentError(f"these marks refer to each other in a circle: {circle}")
        if moment.after or moment.count is not None:
            raise MomentError(
                f"{moment.text!r}: {name!r} is a mark, which is one state: 'after' and '#' go into the mark",
                example=f'{name} = "after main+4 #2"',
            )
        try:
            return self._position(parse(self.marks[name]), (*through, name))
        except MomentError as error:
            if error.message.startswith("these marks"):
                raise
            raise MomentError(
                f"the mark {name!r}: {error.message}",
                place=error.place,
                example=error.example,
                near=error.near,
            ) from error

    def _step(self, moment: Moment) -> int:
        if moment.number > len(self.trace):
            last = len(self.trace)
            raise self._unreached(
                f"there is no step {moment.number}; the trace has {last} steps; step {last} is its end",
                (f"step {last}", "end"),
            )
        return moment.number

    def _instruction(self, moment: Moment) -> int:
        address, function = moment.number, None
        if moment.name:
            function = self._function(moment)
            address += function.low
            if address >= function.high:
                size = function.high - function.low
                raise MomentError(
                    f"{moment.text!r} is outside {moment.name}, which has {size} bytes",
                    near=self._executed(function.high - 1, function),
                )
        positions: Sequence[int] = self.trace.visits.get(address, ())
        if moment.after:
            positions = [k for k in positions if k < len(self.trace)]
        if not positions:
            raise self._not_executed(moment, address, function)
        plain, _ = _counted(moment)
        return self._nth(moment, positions, f"{plain!r} is executed") + moment.after

    def _enter(self, moment: Moment) -> int:
        return self._nth(moment, self._entries(self._function(moment)), f"{moment.name} is entered")

    def _leave(self, moment: Moment) -> int:
        function = self._function(moment)
        trace = self.trace
        entries = self._entries(function)
        if not entries and function.low <= trace.pc(0) < function.high:
            entries = [0]  # recording started in the middle of it
        ends = [trace.activations.rows[trace.activations.of[start]].end for start in entries]
        _, count = _counted(moment)
        end = ends[count - 1] if count <= len(ends) else None
        if end is not None:
            return end
        if count <= len(ends):
            raise self._unreached(f"{moment.text!r}: the trace ends before {moment.name} returns", ("end",))
        return self._nth(moment, [one for one in ends if one is not None], f"{moment.name} is left")

    def _entries(self, function: Function) -> Sequence[int]:
        """Positions at which an activation of the function begins: called, jumped to from outside, or the start.

        A jump back to its own first instruction is none.
        """
        trace = self.trace
        positions = trace.visits.get(function.low, ())
        rows, of = trace.activations.rows, trace.activations.of
        found = [
            k
            for k in positions
            if k == 0 or rows[of[k]].start == k or not function.low <= trace.pc(k - 1) < function.high
        ]
        if not found and not function.low <= trace.pc(0) < function.high:
            recorded = ", ".join(self._recorded) or "none"
            raise self._unreached(
                f"{function.name} is never entered in what was recorded, instruction by instruction: {recorded}",
                near(function.name, self._recorded),
            )
        return found

    def _line(self, moment: Moment) -> int:
        files = files_named(moment.name, self.names.lines())
        if len(files) != 1:
            raise self._no_file(moment, files)
        rows = [row for row in self.names.lines() if row.file == files[0]]
        mine = [row for row in rows if row.line == moment.number]
        statements = [(row.low, row.high) for row in mine if row.is_stmt]
        visits = LineVisits(self.trace, [(row.low, row.high) for row in mine], statements)
        if not visits.ranges:
            raise MomentError(
                f"line {moment.number} of {moment.name} has no code", near=self._near_lines(moment, rows)
            )
        if not visits.arrivals:
            raise self._unreached(
                f"line {moment.number} of {moment.name} is never reached", self._near_lines(moment, rows)
            )
        k = self._nth(moment, visits.arrivals, f"line {moment.number} of {moment.name} is reached")
        if not moment.after:
            return k
        done = visits.done(k)
        if done is None:
            raise self._unreached(f"{moment.text!r}: the trace ends before the line is done", ("end",))
        return done

    def _nth(self, moment: Moment, positions: Sequence[int], said: str) -> int:
        """Return the position a moment's count means; `said` is what happens so many times."""
        plain, count = _counted(moment)
        if count <= len(positions):
            return positions[count - 1]
        times = {0: "never", 1: "once", 2: "twice"}.get(len(positions), f"{len(positions)} times")
        listed = range(max(1, len(positions) - 2), len(positions) + 1)
        raise self._unreached(f"{said} {times}", [f"{plain} #{n}" for n in listed])

    def _unreached(self, said: str, like: Sequence[str]) -> MomentError:
        """Return the error for what the run did not come to; one that was stopped or killed might have."""
        end = self.trace.end
        if end.reason in ("limit", "unsupported"):
            said = f"{said}. The run was stopped before its end: {end.detail or end.reason}"
        if end.reason == "signal":
            at = self.names.symbolize(end.pc) or f"{end.pc:#x}"
            said = f"{said}. The program was killed by {signal_name(end.signal)} at {at}"
        return MomentError(said, near=like)

    @cached_property
    def _recorded(self) -> tuple[str, ...]:
        """The functions with recorded instructions, in the order of their addresses."""
        found = (self.names.function_at(pc) for pc in sorted(self.trace.code))
        return tuple(dict.fromkeys(function.name for function in found if function))

    def _known(self, name: str) -> Function | None:
        try:
            return self.names.function(name)
        except SymbolError:
            return None

    def _function(self, moment: Moment) -> Function:
        try:
            return self.names.function(moment.name)
        except SymbolError as error:
            said = f"{moment.text!r}: {error.message}"
            if moment.name in self._recorded:  # several of this name: their lines tell them apart
                raise MomentError(said, near=self._beginnings(moment.name)) from error
            like = near(moment.name, self._recorded) or error.near
            raise MomentError(said, near=[moment.text.replace(moment.name, n) for n in like]) from error

    def _beginnings(self, name: str) -> list[str]:
        """Return moments at the recorded functions of a name: their lines, or addresses where there are no lines."""
        found = {self.names.function_at(pc) for pc in self.trace.code}
        lows = sorted(function.low for function in found if function and function.name == name)
        rows = self.names.lines()
        lines = ((low, next((row for row in rows if row.low <= low < row.high), None)) for low in lows)
        return [f"{_short(row.file)}:{row.line}" if row else f"{low:#x}" for low, row in lines]

    def _absent(self, moment: Moment) -> MomentError:
        known = [*self.marks, "start", "end"]
        for name in self._recorded:
            known += [name, f"{name}+0", f"enter {name}", f"leave {name}"]
        return MomentError(
            f"{moment.text!r} is no moment: neither a mark nor a function",
            near=near(moment.name, known),
            example=FORMS,
        )

    def _not_executed(self, moment: Moment, address: int, function: Function | None) -> MomentError:
        inside = next(
            (
                pc
                for pc in range(address - 1, address - 16, -1)
                if address < pc + len(self.trace.code.get(pc, b""))
            ),
            None,
        )
        function = function or self.names.function_at(address)
        said = f"{moment.text!r}: this instruction is never executed"
        if inside is not None:
            said = f"{moment.text!r} is not the first byte of an instruction"
        elif function and self._is_followed_nowhere(function):
            said = (
                f"{moment.text!r}: {function.name} is not recorded instruction by instruction;"
                f" these are: {', '.join(self._recorded)}"
            )
        elif moment.after and address in self.trace.visits:
            said = f"{moment.text!r}: the trace ends before this instruction is executed"
        is_elsewhere = inside is not None or self._is_followed_nowhere(function)
        like = self._executed(address, function)
        return MomentError(said, near=like) if is_elsewhere else self._unreached(said, like)

    def _is_followed_nowhere(self, function: Function | None) -> bool:
        """Tell whether no instruction of a function was recorded."""
        return function is not None and not any(function.low <= pc < function.high for pc in self.trace.code)

    def _executed(self, address: int, function: Function | None) -> list[str]:
        """The executed instructions nearest to `address` in its function, two before and two after."""
        if function is None:
            return []
        pcs = sorted(pc for pc in self.trace.code if function.low <= pc < function.high)
        at = bisect_left(pcs, address)
        return [f"{function.name}+{pc - function.low}" for pc in pcs[max(0, at - 2) : at + 2]]

    def _no_file(self, moment: Moment, files: Sequence[str]) -> MomentError:
        if files:
            return MomentError(
                f"{moment.name!r} is more than one file",
                near=[f"{file}:{moment.number}" for file in files[:_SHOWN]],
            )
        known = sorted({row.file for row in self.names.lines()})
        if not known:
            return MomentError(
                f"{moment.text!r}: the binary has no source lines; compile it with -g", example="main+4"
            )
        like = near(moment.name, map(_short, known)) or self._recorded_files
        return MomentError(
            f"{moment.text!r}: no code comes from a file {moment.name!r}",
            near=[f"{file}:{moment.number}" for file in like[:_SHOWN]],
        )

    @cached_property
    def _recorded_files(self) -> tuple[str, ...]:
        """The last parts of the names of the files that recorded code comes from."""
        pcs = sorted(self.trace.code)
        rows = (row for row in self.names.lines() if bisect_left(pcs, row.low) < bisect_left(pcs, row.high))
        return tuple(sorted({_short(row.file) for row in rows}))

    def _near_lines(self, moment: Moment, rows: Sequence[LineRow]) -> list[str]:
        reached = {row.line for row in rows if any(row.low <= pc < row.high for pc in self.trace.code)}
        nearest = sorted(reached, key=lambda line: (abs(line - moment.number), line))[:4]
        return [f"{moment.name}:{line}" for line in sorted(nearest) if line]


def _short(file: str) -> str:
    return file.rsplit("/", 1)[-1]


def _counted(moment: Moment) -> tuple[str, int]:
    """Return a moment without its `#n`, and n."""
    return moment.text.rsplit("#", 1)[0].strip(), moment.count or 1
