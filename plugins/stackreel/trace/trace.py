"""The recorded run: columns, and the views of it that everything downstream reads.

It trusts the recorder that the columns belong together; it checks nothing but register names. It holds no
code that runs, draws or stores. Positions and steps are defined in `stackreel.trace.model`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from stackreel.errors import MomentError, SymbolError, near
from stackreel.isa import BY_NAME, Isa
from stackreel.trace.activations import Activations, Steps
from stackreel.trace.memory import History, Memory
from stackreel.trace.model import AccessColumns, Area, End, MappedModule, StackMove, Step

SCHEMA = 1
"""The version of this record and of its stored form; raised when either changes its meaning."""


@dataclass(frozen=True)
class Trace:
    """A recorded run of n steps.

    `isa` names a row of `stackreel.isa.BY_NAME`. `start` is the pc at which recording began. `registers`
    names `columns`, each of length n + 1: the state before every step, and the end's. `sizes` (bytes of the
    instruction) and `over` (1 where unrecorded code ran before the next step) have length n. `snapshot` are
    blocks of memory at the start, `stack` the half-open range of the stack. `code` maps the pc of every
    recorded instruction to its bytes. `modules` are the mapped ELF files, the program first. `moves` say where the
    stack was moved to, in order.
    """

    schema: int
    isa: str
    start: int
    registers: tuple[str, ...]
    columns: Mapping[str, Sequence[int]]
    sizes: Sequence[int]
    over: Sequence[int]
    writes: AccessColumns
    reads: AccessColumns
    snapshot: tuple[tuple[int, bytes], ...]
    stack: tuple[int, int]
    code: Mapping[int, bytes]
    modules: tuple[MappedModule, ...]
    areas: tuple[Area, ...]
    end: End
    stdout: bytes
    notes: tuple[str, ...]
    moves: tuple[StackMove, ...] = ()

    def __len__(self) -> int:
        """Return n, the number of steps."""
        return len(self.sizes)

    @property
    def program(self) -> MappedModule:
        """The program itself, as it was mapped."""
        return self.modules[0]

    @cached_property
    def architecture(self) -> Isa:
        """The tables of this trace's instruction set."""
        return BY_NAME[self.isa]

    def step(self, i: int) -> Step:
        """Return step `i` (0 to n - 1); MomentError outside."""
        if not 0 <= i < len(self):
            raise MomentError(f"there is no step {i}; the trace has steps 0 to {len(self) - 1}")
        pc = self.pc(i)
        return Step(
            index=i,
            pc=pc,
            code=self.code.get(pc, b""),
            registers=self.state(i),
            writes=self.writes.of(i),
            reads=self.reads.of(i),
            over=bool(self.over[i]),
            move=self.move(i),
        )

    def move(self, i: int) -> StackMove | None:
        """Return where step `i` moved the stack, None where it did not."""
        return next((move for move in self.moves if move.step == i), None)

    def stack_at(self, k: int) -> tuple[int, int]:
        """Return the half-open range of the stack in use at position `k`."""
        return next((move.after for move in reversed(self.moves) if move.step < k), self.stack)

    def adjusted(self, value: int, since: int, until: int) -> int:
        """Return what a pointer at position `since` is at position `until`, where the stack was moved in between."""
        for move in self.moves:
            if since <= move.step < until:
                value = move.adjusted(value)
        return value

    def pc(self, k: int) -> int:
        """Return the program counter at position `k`: the address of the instruction to come."""
        return self.columns[self.architecture.pc][k]

    def state(self, k: int) -> Mapping[str, int]:
        """Return all recorded registers at position `k`, in their order."""
        return {name: self.columns[name][k] for name in self.registers}

    def register(self, name: str, k: int) -> int:
        """Return a register, a part of one (`eax`, `ah`) or `pc`, `sp`, `fp` at position `k`, unsigned.

        Raises SymbolError with near matches for a name this instruction set does not have.
        """
        isa = self.architecture
        column = self.columns.get(name)
        if column is not None:
            return column[k]
        part = isa.parts.get(name)
        if part is not None:
            return (self.columns[part.parent][k] >> part.shift) & ((1 << part.bits) - 1)
        alias = {"pc": isa.pc, "sp": isa.sp, "fp": isa.fp}.get(name)
        if alias is not None:
            return self.columns[alias][k]
        known = (*self.registers, *isa.parts, "pc", "sp", "fp")
        raise SymbolError(
            f"{self.isa} has no register {name!r}", near=near(name.lower(), known), example=isa.sp
        )

    def memory(self, k: int) -> Memory:
        """Return memory at position `k`; cheap, and valid for as long as the trace."""
        return Memory(self.history, k)

    @cached_property
    def history(self) -> History:
        """Who wrote each byte when: built once, on first use, in time proportional to all accesses."""
        found = {move.step: move.below for move in self.moves}
        return History.replay(self.snapshot, self.writes, self.reads, found)

    @cached_property
    def visits(self) -> Mapping[int, Sequence[int]]:
        """The positions at which each pc is about to execute, ascending; the end is among them."""
        found: dict[int, list[int]] = {}
        for k, pc in enumerate(self.columns[self.architecture.pc]):
            found.setdefault(pc, []).append(k)
        return found

    @cached_property
    def activations(self) -> Activations:
        """The calls recorded in this trace."""
        isa = self.architecture
        steps = Steps(self.sizes, self.over, self.writes, self.end.reason == "returned")
        by = {move.step: move.by for move in self.moves}
        return Activations.find(self.columns[isa.pc], self.columns[isa.sp], steps, by)
