"""The memory a recording keeps an eye on: the stack, the program's writable data, the beginning of the heap.

Of a Go program the heap is the arena in which the goroutine's stack lies.
"""

from __future__ import annotations

from collections.abc import Iterator

from stackreel.machine.compare import changes
from stackreel.machine.follow import Followed
from stackreel.machine.process import Process

Blocks = list[tuple[int, bytes]]

_MOST_HEAP = 256 << 10
_MOST_DATA = 1 << 20
MOST_STACK_ABOVE = 1 << 20


def watched(process: Process, followed: Followed, stack: tuple[int, int]) -> Blocks:
    """Return the bytes in this part of the stack, in the data and in the heap, as blocks that do not overlap."""
    rows = [(max(stack[0], 0), max(stack))]
    rows += [(low, min(high, low + _MOST_DATA)) for low, high in process.loaded.writable]
    if followed.is_goroutine:
        low, high = followed.heap
        high = min(high, low + _MOST_HEAP)
        first, last = followed.stack
        rows += [(low, min(high, first)), (max(low, last), high)]
    else:
        rows.append((process.brk_start, min(process.brk, process.brk_start + _MOST_HEAP)))
    return [(low, process.memory.peek(low, high)) for low, high in rows if low < high]


def differences(before: Blocks, after: Blocks) -> Iterator[tuple[int, int, int]]:
    """Yield (address, size, new value) where blocks differ; what `before` lacks was zero."""
    known = sorted(before)
    for low, data in after:
        at, end = low, low + len(data)
        for start, old in known:
            first, last = max(start, at), min(start + len(old), end)
            if first >= last:
                continue
            if first > at:
                yield from changes(at, b"", data[at - low : first - low])
            yield from changes(first, old[first - start : last - start], data[first - low : last - low])
            at = last
        if at < end:
            yield from changes(at, b"", data[at - low :])
