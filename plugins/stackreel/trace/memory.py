"""Memory at any position of a trace, rebuilt from the snapshot and the recorded accesses.

For every byte that was written the history keeps, in order, the steps that wrote it and what they wrote, so
a byte at any position is one binary search and nothing is copied: a `Memory` is a position and a reference.

A read tells what memory held just before its step. Where that is not what replay expects (the byte lies
outside the snapshot, or code that was not recorded changed it), the value read is kept as an observation.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stackreel.trace.model import AccessColumns

_Events = dict[int, tuple[list[int], bytearray]]


@dataclass(frozen=True)
class History:
    """What happened to each byte.

    `events` maps an address to parallel (keys, values): key 2i + 1 for a write of step i, 2i for an
    observation before step i, by its read or otherwise. At position k, the last event with a key of at most 2k holds.
    `snapshot` are the blocks at the start by ascending address, `lows` their addresses.
    """

    snapshot: tuple[tuple[int, bytes], ...]
    lows: tuple[int, ...]
    events: _Events

    @classmethod
    def replay(
        cls,
        snapshot: tuple[tuple[int, bytes], ...],
        writes: AccessColumns,
        reads: AccessColumns,
        found: Mapping[int, tuple[int, bytes]],
    ) -> History:
        """Build the history of a trace; `found` are blocks that were seen after a step, whoever wrote them."""
        blocks = tuple(sorted(snapshot))
        history = cls(blocks, tuple(low for low, _ in blocks), {})
        now: dict[int, int | None] = {}  # bytes as they are at this step, as far as they were asked for
        for i in range(len(writes.first) - 1):
            written = _bytes_of(writes, i)
            if reads.first[i] != reads.first[i + 1]:
                # a repeated string instruction may read back what it has just written: that says nothing of before
                own = {address for address, _ in written} if writes.first[i + 1] - writes.first[i] > 1 else ()
                for address, value in _bytes_of(reads, i):
                    if address not in now:
                        now[address] = history._at_start(address)
                    if now[address] != value and address not in own:
                        history._append(address, 2 * i, value)
                        now[address] = value
            for address, value in written:
                history._append(address, 2 * i + 1, value)
                now[address] = value
            low, data = found.get(i, (0, b""))
            for address, value in enumerate(data, low):
                if now.get(address, history._at_start(address)) != value:
                    history._append(address, 2 * i + 2, value)
                    now[address] = value
        return history

    def _append(self, address: int, key: int, value: int) -> None:
        event = self.events.get(address)
        if event is None:
            event = self.events[address] = ([], bytearray())
        event[0].append(key)
        event[1].append(value)

    def byte(self, address: int, k: int) -> int | None:
        """Return the byte at `address` at position `k`, None where nothing is known of it."""
        event = self.events.get(address)
        if event is not None:
            keys, values = event
            index = bisect_right(keys, 2 * k) - 1
            if index >= 0:
                return values[index]
        return self._at_start(address)

    def _at_start(self, address: int) -> int | None:
        block = bisect_right(self.lows, address) - 1
        if block >= 0:
            low, data = self.snapshot[block]
            if address - low < len(data):
                return data[address - low]
        return None

    def writer(self, address: int, k: int) -> int | None:
        """Return the last step before position `k` that wrote the byte, None where none did."""
        event = self.events.get(address)
        if event is None:
            return None
        keys = event[0]
        index = bisect_right(keys, 2 * k) - 1
        while index >= 0:
            if keys[index] & 1:
                return keys[index] >> 1
            index -= 1
        return None

    def writers(self, address: int, first: int, end: int) -> Iterator[int]:
        """Yield the steps from `first` up to but not including `end` that wrote the byte."""
        keys = self.events[address][0] if address in self.events else []
        for index in range(bisect_left(keys, 2 * first), bisect_left(keys, 2 * end)):
            if keys[index] & 1:
                yield keys[index] >> 1


@dataclass(frozen=True)
class Memory:
    """Memory at position `k` of a trace.

    Read-only bytes of the binary are not in it: ask the binary's image for them.
    """

    history: History
    k: int

    def read(self, address: int, size: int) -> bytes | None:
        """Return `size` bytes at `address`, None where any of them was not observed."""
        data = bytearray()
        for at in range(address, address + size):
            value = self.history.byte(at, self.k)
            if value is None:
                return None
            data.append(value)
        return bytes(data)

    def writer(self, address: int) -> int | None:
        """Return the last step before this position that wrote the byte, None where none did."""
        return self.history.writer(address, self.k)


def _bytes_of(columns: AccessColumns, i: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for row in range(columns.first[i], columns.first[i + 1]):
        address, size = columns.addresses[row], columns.sizes[row]
        found += enumerate(columns.values[row].to_bytes(8, "little")[:size], address)
    return found
