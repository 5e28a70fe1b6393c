"""The registers of every recorded step, in columns, written by the emulator itself.

One call of Unicorn reads all registers into the places a table names: for each row of a chunk it holds one pointer
a register, into that register's column. Nothing is unpacked or moved while the program runs; a full chunk is
appended to what is kept, a register that never changes as a single value.

It trusts that `step` rows are filled in order and `keep` is called before they are filled again.
"""

from __future__ import annotations

import ctypes
import sys
from array import array
from collections.abc import Iterator
from itertools import accumulate

from unicorn.unicorn_py3.unicorn import uclib

from stackreel.isa import X86_64

NAMES = tuple(r.name for r in X86_64.registers)
WIDTHS = tuple(r.bits // 8 for r in X86_64.registers)

_READ = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
_APART = 64  # bytes between columns, so that a row's places do not fall into the same set of the host's cache
_WORD = "L"  # as wide as a pointer


class States:
    """Registers row by row in chunks: `rows` are the places of a chunk, `read(handle, ids, row, count)` fills one."""

    def __init__(self, handle: ctypes.c_void_p, chunk: int = 2048) -> None:
        self.chunk = chunk
        self.handle = handle.value
        self.count = len(NAMES)
        self.read = _READ(("uc_reg_read_batch", uclib))
        sizes = [width * chunk + _APART for width in WIDTHS]
        self._starts = list(accumulate(sizes, initial=0))
        self._buffer = (ctypes.c_char * self._starts[-1])()
        self._view = memoryview(self._buffer).cast("B")
        self._numbers = (ctypes.c_int * self.count)(*(r.unicorn for r in X86_64.registers))
        self.ids = ctypes.addressof(self._numbers)
        base = ctypes.addressof(self._buffer)
        self._table = array(_WORD, bytes(array(_WORD).itemsize * self.count * chunk))
        for i, width in enumerate(WIDTHS):
            low = base + self._starts[i]
            self._table[i :: self.count] = array(_WORD, range(low, low + width * chunk, width))
        table, size = self._table.buffer_info()[0], self._table.itemsize * self.count
        self.rows = range(table, table + size * chunk, size)
        self._columns = [_Column(width) for width in WIDTHS]

    @property
    def size(self) -> int:
        """Bytes kept so far."""
        return sum(column.size for column in self._columns)

    def numbered(self, step: int, most: int) -> Iterator[tuple[int, int]]:
        """Return the places of the next chunk with their steps, from `step` on and below `most`."""
        return zip(range(step, most), self.rows, strict=False)

    def keep(self, count: int) -> None:
        """Append the first `count` rows of the chunk to the columns."""
        for column, start in zip(self._columns, self._starts, strict=False):
            column.add(bytes(self._view[start : start + column.width * count]), count)

    def keep_now(self) -> None:
        """Append the registers as they are now."""
        self.read(self.handle, self.ids, self.rows[0], self.count)
        self.keep(1)

    def columns(self) -> tuple[bytes, ...]:
        """Return the columns: little-endian, each as wide as its register, one that never changed as one value."""
        return tuple(column.bytes() for column in self._columns)

    def values(self, name: str) -> array[int]:
        """Return the values of a 64-bit register, one if it never changed."""
        return array("Q", self._columns[NAMES.index(name)].raw())


class _Column:
    """A register's values, one after the other; only one as long as it does not change."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._count = 0
        self._first = b""
        self._data = bytearray()

    @property
    def size(self) -> int:
        return len(self._data)

    def add(self, piece: bytes, count: int) -> None:
        self._first = self._first or piece[: self.width]
        if not self._data:
            if piece == self._first * count:
                self._count += count
                return
            self._data += self._first * self._count
        self._data += piece

    def raw(self) -> bytes:
        return bytes(self._data) or self._first

    def bytes(self) -> bytes:
        return little(self.raw(), self.width)


def little(data: bytes, width: int) -> bytes:
    """Return numbers of this host, `width` bytes each, as little-endian ones."""
    if sys.byteorder == "little":
        return data
    turned = bytearray(len(data))
    for i in range(width):
        turned[i::width] = data[width - 1 - i :: width]
    return bytes(turned)
