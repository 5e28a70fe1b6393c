"""A recorded run as plain data: columns, and views of single steps.

A *position* `k` (0 … n) is a state: before step `k`, and after step `k - 1`. Position `n` is the end. Step
`i` takes position `i` to position `i + 1`. A figure shows a position: the instruction just executed is step
`k - 1`, the next one is step `k`.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Access:
    """A read or write of `size` bytes (1 to 8) at `address`; `value` is unsigned, little-endian."""

    address: int
    value: int
    size: int


@dataclass(frozen=True)
class StackMove:
    """Go's runtime copied the goroutine's stack while the code stepped over at `step` ran, from `before` to `after`.

    Both are half-open ranges. What was at `before[1] - n` is at `after[1] - n`; of what lay on the old stack, pointers
    into it are those of the new one. `below` is a block (address, bytes) of what lay there below the bytes in use.
    """

    step: int
    before: tuple[int, int]
    after: tuple[int, int]
    below: tuple[int, bytes] = (0, b"")

    @property
    def by(self) -> int:
        """By how many bytes everything on the stack was moved."""
        return self.after[1] - self.before[1]

    def adjusted(self, value: int) -> int:
        """Return what a pointer became: one into the old stack points into the new one, others stay."""
        return value + self.by if self.before[0] <= value <= self.before[1] else value


@dataclass(frozen=True)
class Step:
    """One executed instruction: state before it, and what it did.

    `over` is True where code that is not recorded ran before the next step (a call stepped over); its
    changes to the visible stack are then among `writes`. `move` says that the stack was moved meanwhile.
    """

    index: int
    pc: int
    code: bytes
    registers: Mapping[str, int]
    writes: tuple[Access, ...]
    reads: tuple[Access, ...]
    over: bool
    move: StackMove | None = None


@dataclass(frozen=True)
class MappedModule:
    """An ELF file mapped in the guest: guest path, SHA-256, bias added to its addresses, half-open range."""

    path: str
    sha256: str
    bias: int
    low: int
    high: int


@dataclass(frozen=True)
class Area:
    """A mapped area at the start of the recording, as /proc/self/maps shows it."""

    low: int
    high: int
    permissions: str
    name: str


def signal_name(number: int) -> str:
    """Return a signal's name, `signal 35` for one without."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


@dataclass(frozen=True)
class End:
    """How the run ended: see `stackreel.machine.model.Ending`."""

    reason: str
    status: int
    signal: int
    pc: int
    detail: str


@dataclass(frozen=True)
class AccessColumns:
    """Accesses of all steps: parallel columns, ordered by step.

    `first[i]` is the first row of step i (n + 1 rows).
    """

    first: Sequence[int]
    addresses: Sequence[int]
    sizes: Sequence[int]
    values: Sequence[int]

    def of(self, i: int) -> tuple[Access, ...]:
        """Return the accesses of step `i`, in the order they happened."""
        return tuple(
            Access(address=self.addresses[row], value=self.values[row], size=self.sizes[row])
            for row in range(self.first[i], self.first[i + 1])
        )
