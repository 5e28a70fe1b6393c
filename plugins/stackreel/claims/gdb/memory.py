"""Memory and registers as a command reads them: what the trace knows, gdb's error where nothing is mapped.

Memory that is mapped but was not observed is neither: asking for it raises UnrecordedError, so that no figure is
made up. Before the program runs there is only its file.
"""

from __future__ import annotations

from dataclasses import dataclass

from stackreel.binary import SymbolOffset
from stackreel.claims.gdb.answers import GdbError, UnrecordedError, unrecorded
from stackreel.claims.gdb.program import Program, plain_name
from stackreel.errors import BinaryError
from stackreel.frames.known import Known
from stackreel.trace import Trace


@dataclass(frozen=True)
class Reader:
    """Memory at a position; `position` None: the program does not run.

    It is also the `Surroundings` that values are formatted with. `depth` is how deep structures stand that are laid
    out over lines, None where they are written on one.
    """

    program: Program
    trace: Trace
    position: int | None
    depth: int | None = None

    def read(self, address: int, size: int) -> bytes | None:
        """Return memory, None where it is not mapped. Raises UnrecordedError where the trace does not know it."""
        if self.position is None:
            try:
                return self.program.image.read(address, size)
            except BinaryError:
                return None
        known = Known(self.trace.memory(self.position), self.program.image)
        found = known.read(address, size)
        if found is not None:
            return found
        for at in range(address, address + size):
            if known.read(at, 1) is None and self._is_mapped(at):
                raise unrecorded(
                    f"what memory at {at:#x} holds at this moment is not in the trace: it lies in"
                    f" {self._area(at)}, which no recorded instruction reads or writes there"
                )
        return None

    def known(self, address: int, size: int) -> bytes:
        """Return the bytes that are known of `size` from an address on, none of what follows the first unknown one."""
        try:
            found = self.read(address, size)
        except UnrecordedError:
            found = None
        if found is not None or size == 1:
            return found or b""
        half = self.known(address, size // 2)
        return half if len(half) < size // 2 else half + self.known(address + size // 2, size - size // 2)

    def need(self, address: int, size: int) -> bytes:
        """Return memory. Raises GdbError where it is not mapped."""
        found = self.read(address, size)
        if found is not None:
            return found
        at = next((a for a in range(address, address + size) if self.read(a, 1) is None), address)
        raise GdbError(f"Cannot access memory at address {at:#x}")

    def symbolize(self, address: int) -> SymbolOffset | None:
        """Return the symbol an address belongs to, by the name gdb gives it in values: without a number at its end."""
        found = self.program.symbolize(address)
        return None if found is None else SymbolOffset(plain_name(found.name), found.offset)

    def _is_mapped(self, address: int) -> bool:
        return any(a.low <= address < a.high for a in self.trace.areas)

    def _area(self, address: int) -> str:
        area = next(a for a in self.trace.areas if a.low <= address < a.high)
        return area.name or "an anonymous mapping"
