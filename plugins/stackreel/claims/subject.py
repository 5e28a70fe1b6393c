"""What an expression is about: one position of one trace, seen through a narrow door.

The evaluator knows registers, memory, variables and names only through these two protocols, so that it can be
tested by hand and needs neither DWARF nor a trace.
"""

from __future__ import annotations

from typing import Literal, Protocol

from stackreel.binary.model import SymbolOffset

CellKind = Literal["signed", "unsigned", "character", "real", "pointer", "text", "aggregate"]


class Cell(Protocol):
    """A typed object in memory, in a register or nowhere (`data` is None: optimized out or not observed)."""

    @property
    def kind(self) -> CellKind:
        """What sort of value it is."""

    @property
    def type(self) -> str:
        """Its type as gdb names it."""

    @property
    def core(self) -> str:
        """The name of its type behind typedefs, without qualifiers: types of one core are compatible."""

    @property
    def size(self) -> int:
        """Its size in bytes."""

    @property
    def width(self) -> int:
        """Its width in bits: 8 times its size, but for a bit-field."""

    @property
    def address(self) -> int | None:
        """Its address; None where it has none."""

    @property
    def data(self) -> bytes | None:
        """Its bytes; None where they are not known."""

    @property
    def shown(self) -> str:
        """Its value as gdb prints it."""

    def member(self, name: str) -> Cell | None:
        """The member `name` of a struct or union; None where there is none."""

    def members(self) -> tuple[str, ...]:
        """Names of all members; empty for other types."""

    @property
    def is_go(self) -> bool:
        """Whether its type is Go's, whose rules then hold."""

    def element(self, index: int) -> Cell | None:
        """The array's element, or what a pointer plus `index` points at; None where the type has none."""

    def placed(self, address: int) -> Cell:
        """An object of the same type at another address."""


class Subject(Protocol):
    """A position of a trace."""

    def register(self, name: str) -> tuple[int, int] | None:
        """Value and width in bits of a register or a part of one; None where there is no such register."""

    def memory(self, address: int, size: int) -> bytes | None:
        """`size` bytes at `address`; None where they are not known."""

    def variable(self, name: str, function: str | None) -> Cell | None:
        """The variable visible under `name` in the innermost frame, or in the frame of `function`, or a global."""

    def variables(self, function: str | None = None) -> tuple[str, ...]:
        """Names of the variables visible in the innermost frame, then globals; or those of the frame of `function`."""

    def constant(self, name: str) -> int | None:
        """What an enumerator stands for; None where there is none of this name."""

    def typed(self, written: str, value: int | None = None) -> Cell | None:
        """An object of the type that is written as in C, nowhere in memory; None where there is no such type.

        Its bytes are those of `value`, unknown without one.
        """

    def function(self) -> str:
        """Name of the innermost frame's function."""

    def has_scope(self, name: str) -> bool:
        """Whether there is a function of this name, or a package of Go."""

    def functions_like(self, name: str) -> tuple[str, ...]:
        """Names of functions that resemble `name`, best first."""

    def address_of(self, name: str) -> int | None:
        """Address of a function, object or PLT entry."""

    def symbolize(self, address: int) -> SymbolOffset | None:
        """The symbol an address belongs to."""

    def region(self, address: int) -> str:
        """Name of the region of the process the address lies in (`stack`, `heap`, `.text`, …), empty for none."""

    def stack(self) -> tuple[int, int, int]:
        """Ends of the stack in use, half-open, and by how many bytes the step just executed moved it (0: not)."""

    def elsewhere(self, moment: str) -> Subject:
        """The same trace at another moment. Raises MomentError."""
