"""Memory accesses of recorded steps, in columns; noted by machine code where the host allows it.

It trusts that steps ascend. Order is kept within one log; reads and writes are two logs.
"""

from __future__ import annotations

import ctypes
from array import array
from itertools import compress

from stackreel.machine.native import ACCESS_FUNCTION, access_routine
from stackreel.machine.states import little

_WORDS = 4  # of a row: address, value, size, step


class AccessLog:
    """Notes memory accesses of one kind while it is on, with the step that `step_at` holds.

    Words: where the next row goes, the end of the buffer, Python's function, whether it is on, where the step is.
    """

    def __init__(self, step_at: int, *, native: bool, rows: int = 1 << 13) -> None:
        self._buffer = array("Q", bytes(8 * _WORDS * rows))
        self._start = self._buffer.buffer_info()[0]
        self._steps, self._addresses, self._values = bytearray(), bytearray(), bytearray()
        self._sizes = bytearray()
        self._words = (ctypes.c_uint64 * 5)()
        self._function = ACCESS_FUNCTION(self._on_access)
        python = ctypes.cast(self._function, ctypes.c_void_p).value or 0
        self._words[0] = self._start
        self._words[1] = self._start + (8 * len(self._buffer) if native else 0)
        self._words[2] = python
        self._words[4] = step_at
        self._step = ctypes.c_uint64.from_address(step_at)
        self._routine = access_routine() if native else None
        self.address = self._routine.address if self._routine else python
        self.user = ctypes.addressof(self._words)

    @property
    def size(self) -> int:
        """Bytes kept so far."""
        return sum(map(len, (self._steps, self._addresses, self._sizes, self._values)))

    def set_on(self, on: bool) -> None:
        """Note accesses from now on, or no longer."""
        self._words[3] = int(on)

    def add(self, address: int, size: int, value: int, step: int) -> None:
        """Note an access that the emulator did not do itself (the kernel's)."""
        self._flush()
        self._steps += array("Q", (step,))
        self._addresses += array("Q", (address,))
        self._values += array("Q", (value,))
        self._sizes.append(size)

    def withdraw(self, address: int) -> None:
        """Forget the access noted last, if it is of the present step and touches `address`."""
        self._flush()
        if not self._sizes:
            return
        (step,), (first,) = array("Q", self._steps[-8:]), array("Q", self._addresses[-8:])
        if step == self._step.value and first <= address < first + self._sizes[-1]:
            del self._steps[-8:], self._addresses[-8:], self._values[-8:], self._sizes[-1:]

    def columns(self, forgotten: tuple[int, int] = (0, 0)) -> tuple[bytes, bytes, bytes, bytes]:
        """Return steps (u32), addresses (u64), sizes (u8) and values (u64), little-endian, ordered by step.

        Accesses in the half-open range `forgotten` are left out.
        """
        self._flush()
        steps, addresses = array("I", array("Q", self._steps)), array("Q", self._addresses)
        sizes, values = bytes(self._sizes), array("Q", self._values)
        low, high = forgotten
        if left_out := {address for address in set(addresses) if low <= address < high}:
            kept = bytes([address not in left_out for address in addresses])
            steps, addresses = array("I", compress(steps, kept)), array("Q", compress(addresses, kept))
            sizes, values = bytes(compress(sizes, kept)), array("Q", compress(values, kept))
        return (
            little(steps.tobytes(), 4),
            little(addresses.tobytes(), 8),
            sizes,
            little(values.tobytes(), 8),
        )

    def _flush(self) -> None:
        """Take the rows of the buffer into the columns."""
        used = (self._words[0] - self._start) // 8
        if not used:
            return
        rows = self._buffer[:used]
        self._addresses += rows[0::_WORDS]
        self._values += rows[1::_WORDS]
        self._sizes += bytes(rows[2::_WORDS].tolist())
        self._steps += rows[3::_WORDS]
        self._words[0] = self._start

    def _on_access(self, _uc: int, _kind: int, address: int, size: int, value: int, _user: int) -> None:
        if self._words[3]:
            self.add(address, size, value & ((1 << 8 * size) - 1), self._step.value)
