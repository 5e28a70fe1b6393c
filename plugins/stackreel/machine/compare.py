"""Differences of two states of memory, as writes of at most eight bytes that do not cross words."""

from __future__ import annotations

from collections.abc import Iterator

_BLOCK = 1024


def changes(low: int, before: bytes, after: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield (address, size, new value) where memory at `low` differs; what `before` lacks was zero.

    A piece is the smallest naturally aligned 1, 2, 4 or 8 bytes that hold all changes of an aligned word.
    """
    if before == after:
        return
    before = before[: len(after)].ljust(len(after), b"\0")
    for start in range(0, len(after), _BLOCK):
        if before[start : start + _BLOCK] == after[start : start + _BLOCK]:
            continue
        end = min(start + _BLOCK, len(after))
        at = start
        while at < end:
            step = min(8 - (low + at) % 8, end - at)
            if before[at : at + step] != after[at : at + step]:
                yield from _smallest(low + at, before[at : at + step], after[at : at + step])
            at += step


def _smallest(address: int, before: bytes, after: bytes) -> Iterator[tuple[int, int, int]]:
    differing = [i for i in range(len(after)) if before[i] != after[i]]
    first, last = address + differing[0], address + differing[-1]
    for size in (1, 2, 4, 8):
        start = first & -size
        if start + size > last and start >= address and start + size <= address + len(after):
            at = start - address
            yield start, size, int.from_bytes(after[at : at + size], "little")
            return
    yield from pieces(address, after)


def pieces(address: int, data: bytes) -> Iterator[tuple[int, int, int]]:
    """Cut bytes into (address, size, value) of at most eight bytes that do not cross aligned words."""
    at = 0
    while at < len(data):
        size = min(8 - (address + at) % 8, len(data) - at)
        yield address + at, size, int.from_bytes(data[at : at + size], "little")
        at += size
