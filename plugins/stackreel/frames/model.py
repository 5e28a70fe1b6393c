"""Who owns each byte of the stack at one position of a trace: records.

A frame runs from its canonical frame address (CFA: rsp just before the call) down to rsp or to the next frame's
CFA, so the return address is the callee's first slot (psABI 3.2.2, DWARF 5 section 6.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from stackreel.binary.model import SymbolOffset
from stackreel.trace.model import End, Step

Role = Literal["return address", "saved register", "parameter", "local", "padding", "unused", "data"]
"""What a slot holds; `data` is written memory nothing is known about, `unused` never-written memory without a name."""

SlotState = Literal["live", "red zone", "stale", "unwritten"]
"""`unwritten`: no byte was written in this trace; `stale`: left behind by a popped frame or below rsp.

Padding and unused bytes have the state of the run they lie in, written or not; unused bytes that no activation has
had are `unwritten`.
"""

Mark = Literal["", "written", "read"]
"""What the instruction just executed did to the slot."""


@dataclass(frozen=True)
class Slot:
    """Bytes of one 8-byte row that belong together: `size` 1 to 8 bytes at `address`, never across a row.

    `data` is None where no byte was written in this trace and the value is therefore not shown. `name` is the
    variable's (`s`, `p.x`, `a[2]`) or register's (`rbp`) name, empty where there is none. `value` is the decoded
    value as gdb prints it (`3`, `1.5`, `97 'a'`, `0x7ffe…`); `symbol` what the address it holds belongs to. Of a
    string that is longer than a row each slot has its own characters, of other values larger than a row the lowest
    slot has the value and those above, named `x (high)`, their bytes in hexadecimal.
    `frame` is the level of the owning frame, popped frames included (see `StackView`), None outside. `note` is the type
    that a word of a Go interface names, empty for others.
    """

    address: int
    size: int
    data: bytes | None
    role: Role
    name: str
    type: str
    value: str
    symbol: SymbolOffset | None
    state: SlotState
    mark: Mark
    frame: int | None
    note: str = ""


@dataclass(frozen=True)
class SavedRegister:
    """A callee-saved register this frame stored: where, and the value stored."""

    name: str
    address: int
    value: int


@dataclass(frozen=True)
class Variable:
    """A parameter or local variable visible at the frame's pc: `address` in memory, or `register`, or neither.

    `value` is what gdb's `info locals` prints for it (`<optimized out>` included); `size` in bytes.
    """

    name: str
    type: str
    value: str
    size: int
    address: int | None
    register: str | None
    is_parameter: bool


@dataclass(frozen=True)
class InlinedFrame:
    """A call the compiler inlined: gdb's `bt` gives it a number, but it owns no bytes of the stack."""

    function: str
    variables: tuple[Variable, ...]
    file: str
    line: int


@dataclass(frozen=True)
class Frame:
    """An activation of a function.

    `level` is gdb's frame number (0 innermost) for live frames and counts down from -1 for popped ones, most
    recently popped first. `low` is the lowest byte that belongs to it (rsp, or the callee's CFA). `pc` is where
    it executes or will go on. `return_slot` is cfa - 8 (in the kernel's frame under a signal handler, where the
    interrupted rip is kept). `file`, `line` as gdb's `bt` shows them. `inlined` are the calls inlined at pc, innermost
    first; gdb numbers them as frames, here `level` counts activations only. `is_left_behind` says of a popped one that
    it has not returned: Go's runtime moved the stack, and this is what lies on the old one. `is_jumped` says of one
    that it was left by a jump (longjmp, an exception).
    """

    level: int
    function: str
    pc: int
    cfa: int
    low: int
    return_slot: int
    return_address: int | None
    return_symbol: SymbolOffset | None
    saved: tuple[SavedRegister, ...]
    variables: tuple[Variable, ...]
    file: str
    line: int
    inlined: tuple[InlinedFrame, ...] = ()
    is_left_behind: bool = False
    is_jumped: bool = False


@dataclass(frozen=True)
class StackView:
    """The stack at one position.

    `executed` is the instruction just executed (None at the start); `next_pc` the one to come. `changed` names
    the 64-bit registers whose value that instruction changed. `frames` are live frames innermost first, `popped` those
    that have returned and are still visible in memory, with their variables as they were before the epilogue.
    `slots` tile the window [low, high) completely, highest address first, and `others`: rows of stacks the goroutine
    was on before it was moved, or will be moved to. `callers` are, in a Go program, the frames beyond the one the trace
    starts in, down to runtime.goexit; of their bytes only the return addresses are slots of theirs. `next_symbol` is
    what `next_pc` belongs to; `end` how the run ended, at the trace's last position alone.
    """

    position: int
    executed: Step | None
    next_pc: int
    registers: Mapping[str, int]
    changed: frozenset[str]
    frames: tuple[Frame, ...]
    popped: tuple[Frame, ...]
    slots: tuple[Slot, ...]
    low: int
    high: int
    others: tuple[tuple[int, int], ...] = ()
    callers: tuple[Frame, ...] = ()
    next_symbol: SymbolOffset | None = None
    end: End | None = None

    @property
    def has_failed(self) -> bool:
        """Whether the instruction of the last step was not carried out: a signal killed the program there."""
        step, end = self.executed, self.end
        return (
            step is not None
            and end is not None
            and end.reason == "signal"
            and step.pc == self.next_pc == end.pc
        )

    @property
    def has_ended(self) -> bool:
        """Whether the program is over, and not only its recording or the function that it starts in."""
        return self.end is not None and self.end.reason in ("exited", "signal")

    def is_elsewhere(self, address: int) -> bool:
        """Tell whether an address lies in the rows of a stack that is not in use."""
        return any(low <= address < high for low, high in self.others)
