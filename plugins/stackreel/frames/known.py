"""Memory as a decoder sees it: what the trace knows of a position, and under it the bytes of the binary's file."""

from __future__ import annotations

from dataclasses import dataclass

from stackreel.binary import Image, SymbolOffset
from stackreel.errors import BinaryError
from stackreel.trace import Memory


@dataclass(frozen=True)
class Known:
    """Memory at one position; bytes the trace did not record are those of the image (constants, code)."""

    memory: Memory
    image: Image

    def read(self, address: int, size: int) -> bytes | None:
        """Return `size` bytes at `address`, None where any of them is known to neither."""
        found = self.memory.read(address, size)
        if found is not None:
            return found
        try:
            return self.image.read(address, size)
        except BinaryError:
            return None

    def symbolize(self, address: int) -> SymbolOffset | None:
        """Return the symbol of the image that an address belongs to."""
        return self.image.symbolize(address)

    def word(self, address: int) -> int | None:
        """Return the 8 bytes at `address` as an unsigned number."""
        found = self.read(address, 8)
        return None if found is None else int.from_bytes(found, "little")
