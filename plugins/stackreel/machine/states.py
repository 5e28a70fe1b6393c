"""The registers of every recorded step, in columns, written by the emulator itself.

One call of Unicorn reads all registers into the places a table names: for each row of a chunk it holds one pointer
a register, into that register's column. Nothing is unpacked or moved while the program runs; a full chunk is
appended to what is kept, a register that never changes as a single value. Machine code makes the call where the
host allows it, Python elsewhere, in the same way.
"""

from __future__ import annotations

import ctypes
import sys
from array import array
from collections.abc import Callable
from itertools import accumulate

from unicorn.unicorn_py3.unicorn import uclib

from stackreel.isa import X86_64
from stackreel.machine.engine import CODE_FUNCTION
from stackreel.machine.native import code_routine

NAMES = tuple(r.name for r in X86_64.registers)
WIDTHS = tuple(r.bits // 8 for r in X86_64.registers)

_READ = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
_APART = 64  # bytes between columns, so that a row's places do not fall into the same set of the host's cache
_CHUNK = 2048  # steps
_WORD = "L"  # as wide as a pointer
_NONE = (1 << 64) - 1
_LENGTHS = bytes(n if n <= 15 else 1 for n in range(256))  # an invalid instruction has none


class StateLog:
    """Notes the registers at every instruction its hook is called for: a step.

    `look(address, last)` is asked whether it is one where the address is that of the step before or that of
    `set_end`, and where `set_pending` wants it; `room(address)` how many more steps there may be, once a chunk.

    Words: the next row of the table, its end, Python's function, whether to ask, the number of the last step, its
    address, the address to ask at, where the next length goes, and for the call of Unicorn the size of a row, the
    registers' numbers, how many there are, and the function.
    """

    def __init__(
        self,
        handle: ctypes.c_void_p,
        look: Callable[[int, int], bool],
        room: Callable[[int], int],
        *,
        native: bool,
    ) -> None:
        self._look, self._room = look, room
        self._handle = handle.value
        starts = list(accumulate((width * _CHUNK + _APART for width in WIDTHS), initial=0))
        self._buffer = (ctypes.c_char * starts[-1])()
        self._view = memoryview(self._buffer).cast("B")
        self._lengths = (ctypes.c_uint8 * _CHUNK)()
        self._numbers = (ctypes.c_int * len(NAMES))(*(r.unicorn for r in X86_64.registers))
        self._starts = starts
        self._table, self._low, self._row = self._prepared()
        self._columns = [_Column(width) for width in WIDTHS]
        self._sizes = bytearray()
        self._function = CODE_FUNCTION(self._on_code)
        python = ctypes.cast(self._function, ctypes.c_void_p).value or 0
        read = ctypes.cast(uclib.uc_reg_read_batch, ctypes.c_void_p).value or 0
        self._read = _READ(read)
        lengths, numbers = ctypes.addressof(self._lengths), ctypes.addressof(self._numbers)
        self._words = (ctypes.c_uint64 * 12)(
            *(self._low, self._low, python, 0, _NONE, _NONE, _NONE),
            *(lengths, self._row, numbers, len(NAMES), read),
        )
        self._routine = code_routine() if native else None
        self.address = self._routine.address if self._routine else python
        self.user = ctypes.addressof(self._words)
        self.step_at = self.user + 8 * 4

    def _prepared(self) -> tuple[array[int], int, int]:
        """Return the table of pointers, where it is, and the size of a row."""
        count, base = len(NAMES), ctypes.addressof(self._buffer)
        table = array(_WORD, bytes(array(_WORD).itemsize * count * _CHUNK))
        for i, width in enumerate(WIDTHS):
            low = base + self._starts[i]
            table[i::count] = array(_WORD, range(low, low + width * _CHUNK, width))
        return table, table.buffer_info()[0], table.itemsize * count

    def __len__(self) -> int:
        """Return the number of steps so far."""
        return (self._words[4] + 1) & _NONE

    @property
    def size(self) -> int:
        """Bytes kept so far."""
        return sum(column.size for column in self._columns)

    def set_pending(self, on: bool) -> None:
        """Have `look` asked at the next instruction, or not."""
        self._words[3] = int(on)

    def set_end(self, address: int) -> None:
        """Have `look` asked at this address."""
        self._words[6] = address

    def finish(self) -> None:
        """Add the registers as they are now, the end's: no step follows."""
        self._keep()
        self._read(self._handle, self._words[9], self._low, len(NAMES))
        self._append(1)

    def sizes(self) -> bytes:
        """Return the lengths of the steps' instructions, in bytes."""
        return bytes(self._sizes).translate(_LENGTHS)

    def columns(self) -> tuple[bytes, ...]:
        """Return the columns: little-endian, each as wide as its register, one that never changed as one value."""
        return tuple(little(column.raw(), column.width) for column in self._columns)

    def values(self, name: str) -> array[int]:
        """Return the values of a 64-bit register, one if it never changed."""
        return array("Q", self._columns[NAMES.index(name)].raw())

    def _on_code(self, _uc: int, address: int, size: int, _user: int) -> None:
        words = self._words
        if (words[3] or address in (words[5], words[6])) and not self._look(address, words[5]):
            return
        if words[0] >= words[1]:
            self._keep()
            words[1] = self._low + self._row * min(self._room(address), _CHUNK)
            if words[0] >= words[1]:
                return
        row = words[0]
        words[0] = row + self._row
        self._lengths[(row - self._low) // self._row] = size
        words[7] += 1
        words[4] += 1
        words[5] = address
        self._read(self._handle, words[9], row, len(NAMES))

    def _keep(self) -> None:
        """Append the rows of the chunk to the columns; there is no room until it is asked for."""
        words = self._words
        count = (words[0] - self._low) // self._row
        self._sizes += bytes(self._lengths[:count])
        self._append(count)
        words[0] = words[1] = self._low
        words[7] = ctypes.addressof(self._lengths)

    def _append(self, count: int) -> None:
        for column, start in zip(self._columns, self._starts, strict=False):
            column.add(bytes(self._view[start : start + column.width * count]), count)


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


def little(data: bytes, width: int) -> bytes:
    """Return numbers of this host, `width` bytes each, as little-endian ones."""
    if sys.byteorder == "little":
        return data
    turned = bytearray(len(data))
    for i in range(width):
        turned[i::width] = data[width - 1 - i :: width]
    return bytes(turned)
