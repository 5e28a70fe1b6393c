"""A cursor over little-endian bytes, for the variable-length tables of DWARF.

Trusts nothing: reading beyond the end raises BinaryError. Encodings: DWARF 5 section 7.6 (LEB128) and, for the
pointers of exception tables, LSB core 10.5.1.
"""

from __future__ import annotations

from stackreel.errors import BinaryError

_ENCODED_SIZES = {0: 8, 1: 0, 2: 2, 3: 4, 4: 8, 9: 0, 10: 2, 11: 4, 12: 8}  # DW_EH_PE_*, 0 where LEB128
_LEB128_LIMIT = 19  # bytes: enough for 128 bits


class Reader:
    """Reads `data[at:end]` from front to back; `what` names it in errors."""

    def __init__(self, data: bytes, at: int = 0, end: int | None = None, what: str = "a table") -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end is None else min(end, len(data))
        self.what = what

    @property
    def is_done(self) -> bool:
        """Whether all bytes are read."""
        return self.at >= self.end

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        if not 0 <= size <= self.end - self.at:
            raise BinaryError(f"{self.what} is damaged: it ends too early")
        self.at += size
        return self.data[self.at - size : self.at]

    def unsigned(self, size: int) -> int:
        """Return the next `size` bytes as an unsigned number."""
        return int.from_bytes(self.take(size), "little")

    def signed(self, size: int) -> int:
        """Return the next `size` bytes as a signed number."""
        return int.from_bytes(self.take(size), "little", signed=True)

    def uleb(self) -> int:
        """Return an unsigned LEB128 number."""
        return self._leb()[0]

    def sleb(self) -> int:
        """Return a signed LEB128 number."""
        value, bits, negative = self._leb()
        return value - (1 << bits) if negative else value

    def cstring(self) -> bytes:
        """Return the bytes up to the next NUL, which is skipped."""
        end = self.data.find(b"\0", self.at, self.end)
        if end < 0:
            raise BinaryError(f"{self.what} is damaged: a name in it does not end")
        found = self.data[self.at : end]
        self.at = end + 1
        return found

    def encoded(self, encoding: int, address: int) -> int:
        """Return a pointer in a DW_EH_PE encoding, absolute or relative to itself; `address` is that of `data[0]`.

        The result is modulo 2**64. Indirect pointers are not followed.
        """
        kind, relative = encoding & 0x0F, encoding & 0x70
        if encoding == 0xFF or kind not in _ENCODED_SIZES or relative not in (0, 0x10):
            raise BinaryError(f"{self.what} holds a pointer of the unknown encoding {encoding:#x}")
        base = address + self.at if relative else 0
        size = _ENCODED_SIZES[kind]
        if size:
            value = self.signed(size) if kind & 8 else self.unsigned(size)
        else:
            value = self.sleb() if kind & 8 else self.uleb()
        return (base + value) & (1 << 64) - 1

    def _leb(self) -> tuple[int, int, bool]:
        value = bits = 0
        for _ in range(_LEB128_LIMIT):
            byte = self.unsigned(1)
            value |= (byte & 0x7F) << bits
            bits += 7
            if byte < 0x80:
                return value, bits, bool(byte & 0x40)
        raise BinaryError(f"{self.what} is damaged: it holds a number without end")
