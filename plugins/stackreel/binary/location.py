"""DWARF expressions: from a variable's location to where it is now.

Trusts nothing: an expression that is damaged, or runs for more than 10,000 operations, raises BinaryError. It reads
registers and memory only through the context it is given; what the context does not know makes the place
`OptimizedOut`, as gdb calls it. Follows DWARF 5 section 2.5 and 2.6, and GCC's GNU operations of DWARF 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from stackreel.binary.arithmetic import Unknown
from stackreel.binary.cfa import NAMES
from stackreel.binary.operations import Machine
from stackreel.binary.reader import Reader
from stackreel.binary.types import Base
from stackreel.errors import BinaryError


class Unit(Protocol):
    """What an expression needs of the compilation unit it stands in."""

    @property
    def bias(self) -> int:
        """What is added to the file's addresses."""

    def address(self, index: int) -> int:
        """Return the address with this index in .debug_addr, bias added."""

    def base_type(self, offset: int) -> Base:
        """Return the base type at this offset in the unit."""


@dataclass(frozen=True)
class Expression:
    """A DWARF expression and the unit it stands in (None in call frame information, which needs none)."""

    code: bytes
    unit: Unit | None = None


@dataclass(frozen=True)
class InMemory:
    """The object starts at this address."""

    address: int


@dataclass(frozen=True)
class InRegister:
    """The object is (the low bytes of) this 64- or 128-bit register."""

    name: str


@dataclass(frozen=True)
class Value:
    """The object is nowhere, but its value is known: a 64-bit number, or its bytes."""

    data: int | bytes

    def to_bytes(self, size: int) -> bytes:
        """Return the first `size` bytes of the value, zero-filled."""
        raw = (
            self.data if isinstance(self.data, bytes) else (self.data & (1 << 128) - 1).to_bytes(16, "little")
        )
        return raw[:size].ljust(size, b"\0")


@dataclass(frozen=True)
class OptimizedOut:
    """The object's value is not available; `reason` in a few words."""

    reason: str = "optimized out"


@dataclass(frozen=True)
class Piece:
    """`bits` bits of an object, from bit `offset` of the place on."""

    place: InMemory | InRegister | Value | OptimizedOut
    bits: int
    offset: int = 0


@dataclass(frozen=True)
class Pieces:
    """The object is put together from pieces, lowest bits first."""

    pieces: tuple[Piece, ...]


Place = InMemory | InRegister | Value | Pieces | OptimizedOut


class Context(Protocol):
    """The frame in which an expression is evaluated. None means: not known."""

    def register(self, name: str) -> int | None:
        """Return a register's value, as large as the register is."""

    def memory(self, address: int, size: int) -> bytes | None:
        """Return `size` bytes of memory."""

    def cfa(self) -> int | None:
        """Return the frame's canonical frame address."""

    def frame_base(self) -> int | None:
        """Return the value of the function's frame base (see `frame_base_value`)."""

    def entry_value(self, expression: Expression) -> int | None:
        """Return what the expression (mostly one register) was when the function was entered."""

    def thread_pointer(self) -> int | None:
        """Return the address thread-local offsets of this file are relative to: its block's start."""


@dataclass(frozen=True)
class FixedContext:
    """A context that knows only what does not change: enough for variables with static storage."""

    def register(self, name: str) -> int | None:
        """Know no register."""

    def memory(self, address: int, size: int) -> bytes | None:
        """Know no memory."""

    def cfa(self) -> int | None:
        """Know no frame."""

    def frame_base(self) -> int | None:
        """Know no frame."""

    def entry_value(self, expression: Expression) -> int | None:
        """Know no caller."""

    def thread_pointer(self) -> int | None:
        """Know no thread."""


def evaluate(expression: Expression, context: Context, initial: tuple[int, ...] = ()) -> Place:
    """Return where the object is; `initial` is what the stack holds at first (the CFA, for unwinding rules).

    Raises BinaryError for a damaged or unknown expression.
    """
    reader = Reader(expression.code, what="a DWARF expression")
    machine = Machine(expression, context, list(initial))
    if reader.is_done and not initial:
        return OptimizedOut()
    pieces: list[Piece] = []
    place: InMemory | InRegister | Value | OptimizedOut | None = None
    lost = ""
    while not reader.is_done:
        opcode = reader.unsigned(1)
        if opcode in (0x93, 0x9D):  # DW_OP_piece, DW_OP_bit_piece
            bits = reader.uleb() * (8 if opcode == 0x93 else 1)
            offset = reader.uleb() if opcode == 0x9D else 0
            if lost:
                place = OptimizedOut(lost)
            elif place is None:
                place = _popped(machine, is_value=False) if machine.stack else OptimizedOut()
            pieces.append(Piece(place, bits, offset))
            place, lost = None, ""
            machine.stack.clear()
        elif 0x50 <= opcode <= 0x6F or opcode in _PLACES:
            place = _named_place(opcode, reader)
        elif opcode == 0x9F:  # DW_OP_stack_value
            place = None if lost else _popped(machine, is_value=True)
        else:
            try:
                machine.step(opcode, reader)
            except Unknown as unknown:
                lost = lost or str(unknown)
                machine.stack.append((0, None))
    if pieces:
        return Pieces(tuple(pieces))
    if lost:
        return OptimizedOut(lost)
    return place if place is not None else _popped(machine, is_value=False)


def _popped(machine: Machine, *, is_value: bool) -> InMemory | Value | OptimizedOut:
    try:
        return Value(machine.pop_value()) if is_value else InMemory(machine.pop_address())
    except Unknown as unknown:
        return OptimizedOut(str(unknown))


_PLACES = {0x90, 0x9E, 0xA0, 0xF2}  # DW_OP_regx, implicit_value, implicit_pointer, GNU_implicit_pointer


def _named_place(opcode: int, reader: Reader) -> InRegister | Value | OptimizedOut:
    if opcode == 0x9E:
        return Value(reader.take(reader.uleb()))
    if opcode in (0xA0, 0xF2):
        reader.take(4)
        reader.sleb()
        return OptimizedOut("synthetic pointer")
    number = reader.uleb() if opcode == 0x90 else opcode - 0x50
    return InRegister(NAMES[number]) if number in NAMES else OptimizedOut(f"in register {number}")


def frame_base_value(expression: Expression, context: Context) -> int | None:
    """Return a function's frame base in a frame: the value of the register, or the address, that it names."""
    place = evaluate(expression, context)
    if isinstance(place, InRegister):
        return context.register(place.name)
    if isinstance(place, InMemory):
        return place.address
    if isinstance(place, Value):
        return place.data if isinstance(place.data, int) else None
    if isinstance(place, Pieces):
        raise BinaryError("a frame base is damaged: it is in pieces")
    return None
