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
            raise MomentError(
                f"there is no step {moment.number}; the trace has {len(self.trace)} steps, from step 0"
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
        return self._nth(moment, positions, "executed") + moment.after

    def _enter(self, moment: Moment) -> int:
        return self._nth(moment, self._entries(self._function(moment)), "entered")

    def _leave(self, moment: Moment) -> int:
        function = self._function(moment)
        trace = self.trace
        entries = self._entries(function)
        if not entries and function.low <= trace.pc(0) < function.high:
            entries = [0]  # recording started in the middle of it
        start = self._nth(moment, entries, "entered")
        end = trace.activations.rows[trace.activations.of[start]].end
        if end is None:
            raise MomentError(f"{moment.text!r}: the trace ends before {moment.name} returns", near=("end",))
        return end

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
            raise MomentError(
                f"{function.name} is never entered in what was recorded, instruction by instruction: {recorded}",
                near=near(function.name, self._recorded),
            )
        return found

    def _line(self, moment: Moment) -> int:
        files = files_named(moment.name, self.names.lines())
        if len(files) != 1:
            raise self._no_file(moment, files)
        rows = [row for row in self.names.lines() if row.file == files[0]]
        visits = LineVisits(self.trace, [(row.low, row.high) for row in rows if row.line == moment.number])
        if not visits.ranges:
            raise MomentError(
                f"line {moment.number} of {moment.name} has no code", near=self._near_lines(moment, rows)
            )
        if not visits.arrivals:
            raise MomentError(
                f"line {moment.number} of {moment.name} is never reached", near=self._near_lines(moment, rows)
            )
        k = self._nth(moment, visits.arrivals, "reached")
        if not moment.after:
            return k
        done = visits.done(k)
        if done is None:
            raise MomentError(f"{moment.text!r}: the trace ends before the line is done", near=("end",))
        return done

    def _nth(self, moment: Moment, positions: Sequence[int], verb: str) -> int:
        count = moment.count or 1
        if count <= len(positions):
            return positions[count - 1]
        plain = moment.text.rsplit("#", 1)[0].strip()
        times = {0: "never", 1: "once", 2: "twice"}.get(len(positions), f"{len(positions)} times")
        listed = range(max(1, len(positions) - 2), len(positions) + 1)
        raise MomentError(f"{plain!r} is {verb} {times}", near=[f"{plain} #{n}" for n in listed])

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
            like = near(moment.name, self._recorded) or error.near
            raise MomentError(
                f"{moment.text!r}: {error.message}", near=[moment.text.replace(moment.name, n) for n in like]
            ) from error

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
        elif function and not any(function.low <= pc < function.high for pc in self.trace.code):
            said = (
                f"{moment.text!r}: {function.name} is not recorded instruction by instruction;"
                f" these are: {', '.join(self._recorded)}"
            )
        elif moment.after and address in self.trace.visits:
            said = f"{moment.text!r}: the trace ends before this instruction is executed"
        return MomentError(said, near=self._executed(address, function))

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
        short = {file.rsplit("/", 1)[-1] for file in known}
        return MomentError(
            f"{moment.text!r}: no code comes from a file {moment.name!r}",
            near=[f"{file}:{moment.number}" for file in near(moment.name, short)],
        )

    def _near_lines(self, moment: Moment, rows: Sequence[LineRow]) -> list[str]:
        reached = {row.line for row in rows if any(row.low <= pc < row.high for pc in self.trace.code)}
        nearest = sorted(reached, key=lambda line: (abs(line - moment.number), line))[:4]
        return [f"{moment.name}:{line}" for line in sorted(nearest) if line]
