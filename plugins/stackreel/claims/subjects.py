"""A recorded trace as the subject of expressions: registers, memory, variables, symbols and regions at a position.

It trusts the trace and the binary to belong together. Memory the trace did not observe is not known, but for the
read-only bytes of the program's file. A name is looked for as gdb does: in the innermost block, then outwards,
then among the globals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from stackreel.binary import DebugInfo, Image, InMemory, OptimizedOut, VariableInfo, resolve
from stackreel.binary.model import SymbolOffset
from stackreel.claims.cells import TypedCell
from stackreel.claims.gdb.program import Program
from stackreel.claims.gdb.typenames import type_written
from stackreel.errors import StackreelError, SymbolError
from stackreel.frames import OPTIMIZED_OUT, Analyst, FrameContext, FrameScope, Known, contents
from stackreel.listing import one
from stackreel.trace import Moments, ProgramNames, Trace


@dataclass(frozen=True)
class Recorded:
    """A trace, its program, and the marks of its example: what all positions of it share."""

    trace: Trace
    image: Image
    debug: DebugInfo
    analyst: Analyst
    marks: Mapping[str, str]

    @cached_property
    def moments(self) -> Moments:
        """Finds moments in the trace."""
        return Moments(self.trace, ProgramNames(self.image, self.debug), self.marks)

    def at(self, moment: str) -> TraceSubject:
        """Return the subject at a moment. Raises MomentError."""
        return TraceSubject(self, self.moments.resolve(moment))

    @cached_property
    def program(self) -> Program:
        """The types of the program by their names."""
        return Program(self.image, self.debug)

    @cached_property
    def widths(self) -> Mapping[str, int]:
        """Width in bits of every register and part of one."""
        isa = self.trace.architecture
        parts = {part.name: part.bits for part in isa.parts.values()}
        return {register.name: register.bits for register in isa.registers} | parts


@dataclass(frozen=True)
class TraceSubject:
    """A position of a trace: the state before step `position`."""

    recorded: Recorded
    position: int

    @property
    def trace(self) -> Trace:
        """The trace."""
        return self.recorded.trace

    @cached_property
    def _known(self) -> Known:
        return Known(self.trace.memory(self.position), self.recorded.image)

    @cached_property
    def _scopes(self) -> tuple[FrameScope, ...]:
        return self.recorded.analyst.scopes(self.position)

    # --- registers and memory ------------------------------------------------------------------------------------

    def register(self, name: str) -> tuple[int, int] | None:
        """Value and width in bits of a register, a part of one, or a flag by its name (`ZF`)."""
        isa = self.trace.architecture
        if name in isa.flag_bits:
            return self.trace.register(isa.flags, self.position) >> isa.flag_bits[name] & 1, 1
        name = {"pc": isa.pc, "fp": isa.fp}.get(name, name)
        bits = self.recorded.widths.get(name)
        if bits is None or not (name in isa.parts or name in self.trace.columns):
            return None
        return self.trace.register(name, self.position), bits

    def memory(self, address: int, size: int) -> bytes | None:
        """`size` bytes at `address`; where the trace has none, those of the program's read-only segments."""
        found = self.trace.memory(self.position).read(address, size)
        if found is not None:
            return found
        segment = self.recorded.image.segment_at(address)
        if segment is None or "w" in segment.permissions:
            return None
        return self._known.read(address, size)

    # --- variables -------------------------------------------------------------------------------------------------

    def variable(self, name: str, function: str | None) -> TypedCell | None:
        """The variable `name` of the innermost frame, of the newest frame of `function`, or a global.

        An enumerator that the running code sees hides a global.
        """
        for scope in self._scopes:
            if function is None or scope.function == function:
                return self._in_scope(scope, name) or (None if function else self._global(name))
        return None if function else self._global(name)

    def _in_scope(self, scope: FrameScope, name: str) -> TypedCell | None:
        found = [info for info in scope.visible if info.name == name]
        if not found or scope.context is None:
            return None
        return self._cell(max(found, key=lambda info: info.depth), scope.lookup, scope.context)

    def _cell(self, info: VariableInfo, lookup: int, context: FrameContext) -> TypedCell:
        type_ = resolve(info.type, context, lookup)
        place = info.place(context)
        address = place.address if isinstance(place, InMemory) else None
        raw, missing = contents(place, type_.size, context)
        why = ""
        if raw is None:
            why = OPTIMIZED_OUT if isinstance(place, OptimizedOut) else "not observed"
        unit = self.recorded.debug.unit_at(lookup)
        return TypedCell(
            type_, raw, address, self._known, missing, why, is_go=unit is not None and unit.is_go
        )

    def _global(self, name: str) -> TypedCell | None:
        """Return a variable with static storage; of several the one of the file that is running."""
        pc = self.trace.pc(self.position)
        if self.recorded.debug.constant(name, pc, visible=True) is not None:
            return None
        found = [v for v in self.recorded.debug.globals_named(name) if v.address is not None]
        line = self.recorded.debug.line_at(pc)
        found.sort(key=lambda variable: line is None or variable.file != line.file)
        for variable in found:
            raw = self.memory(variable.address or 0, variable.type.size)
            why = "" if raw is not None else "not observed"
            return TypedCell(variable.type, raw, variable.address, self._known, {}, why)
        return None

    def variables(self, function: str | None = None) -> tuple[str, ...]:
        """Names of the variables visible in the innermost frame, then the globals of its unit; or a function's."""
        if function is not None:
            scope = next((scope for scope in self._scopes if scope.function == function), None)
            return tuple(dict.fromkeys(info.name for info in scope.visible)) if scope else ()
        own = [info.name for info in self._scopes[0].visible] if self._scopes else []
        near = self.recorded.debug.globals_near(self.trace.pc(self.position))
        return tuple(dict.fromkeys([*own, *(v.name for v in near if v.address)]))

    def function(self) -> str:
        """Name of the innermost frame's function."""
        return self._scopes[0].function if self._scopes else ""

    def constant(self, name: str) -> int | None:
        """What an enumerator stands for, that of the innermost block first."""
        return self.recorded.debug.constant(name, self.trace.pc(self.position))

    def typed(self, written: str, value: int | None = None) -> TypedCell | None:
        """An object of the type that is written as in C (or is named, in Go), nowhere in memory."""
        program = self.recorded.program
        type_ = program.type_named(written) if program.is_go else type_written(program, written)
        if type_ is None:
            return None
        raw = None if value is None else value.to_bytes(type_.size, "little")
        return TypedCell(type_, raw, None, self._known, is_go=program.is_go)

    # --- names -------------------------------------------------------------------------------------------------------

    def has_scope(self, name: str) -> bool:
        """Whether there is a function of this name, or a package of Go."""
        image = self.recorded.image
        return image.has_function(name) or any(one.name.startswith(f"{name}.") for one in image.symbols)

    def functions_like(self, name: str) -> tuple[str, ...]:
        """Names of functions that resemble `name`, best first; none where there is one of this name."""
        try:
            self.recorded.image.function(name)
        except StackreelError as error:
            return error.near
        return ()

    def address_of(self, name: str) -> int | None:
        """Address of a function, object or PLT entry."""
        try:
            return self.recorded.image.symbol(name).address
        except SymbolError:
            return None

    def symbolize(self, address: int) -> SymbolOffset | None:
        """The symbol an address belongs to."""
        return self.recorded.image.symbolize(address)

    def region(self, address: int) -> str:
        """`stack`, `heap`, a section of the program, the name of another mapped file; empty where nothing is mapped."""
        low, high = self.trace.stack_at(self.position)
        if low <= address < high:
            return "stack"
        section = self.recorded.image.section_at(address)
        if section is not None:
            return section.name
        for area in self.trace.areas:
            if area.low <= address < area.high:
                return area.name.strip("[]").rsplit("/", 1)[-1] or "anonymous"
        return ""

    def stack(self) -> tuple[int, int, int]:
        """The ends of the stack in use, and by how many bytes the step just executed moved it."""
        low, high = self.trace.stack_at(self.position)
        if self.trace.moves and self.position <= self.trace.moves[0].step:
            low, high = self.trace.moves[0].before
        move = self.trace.move(self.position - 1) if self.position else None
        return low, high, move.by if move is not None else 0

    # --- moments -----------------------------------------------------------------------------------------------------

    def elsewhere(self, moment: str) -> TraceSubject:
        """The same trace at another moment. Raises MomentError."""
        return self.recorded.at(moment)

    def where(self) -> str:
        """Say which step this is and which instruction comes: `step 3, before main+8: mov %edi,-0x14(%rbp)`."""
        pc = self.trace.pc(self.position)
        symbol = self.symbolize(pc)
        name = str(symbol) if symbol is not None else f"{pc:#x}"
        if symbol is not None and not symbol.offset:
            name += "+0"
        code = self.trace.code.get(pc)
        text = one(code, pc, "att", self.symbolize).text if code else ""
        number = f"step {self.position}"
        if self.position == len(self.trace):
            return f"the end, {number}, at {name}"
        return f"{number}, before {name}: {text}" if text else f"{number}, before {name}"
