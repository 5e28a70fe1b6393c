"""Go's strings as gdb 13 writes them: the address, then as many bytes as the length says.

Trusts nothing of the length: of a string that was not set yet it may be any number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from stackreel.frames.text import LIMIT, string


class Readable(Protocol):
    """Memory that strings lie in."""

    def read(self, address: int, size: int) -> bytes | None:
        """Return memory, None where it is not known."""


def go_string(data: bytes, near: Readable, missing: Mapping[int, str]) -> str:
    """Write a string of 16 bytes, pointer and length: `0x48107f "abc"`; `missing` are bytes that are not known."""
    if missing:
        return (
            f"{missing[0]}"
            if 0 in missing
            else f"{int.from_bytes(data[:8], 'little'):#x} {missing[min(missing)]}"
        )
    address = int.from_bytes(data[:8], "little")
    length = int.from_bytes(data[8:16], "little", signed=True)
    text = f"{address:#x}"
    if length < 0:
        return text
    taken = min(length, LIMIT) if address else 0
    found = near.read(address, taken) if taken else b""
    if found is None:
        return f"{text} <error: Cannot access memory at address {address:#x}>"
    return f"{text} {string(found, 1, force_dots=0 < taken < length)}"
