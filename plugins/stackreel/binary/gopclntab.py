"""Go's table of functions, files, lines and stack depths: .gopclntab, which `strip` and `-ldflags "-s -w"` keep.

Takes the section's bytes and the address of the first Go text byte, returns records. Follows the layout the
runtime itself reads (`runtime/symtab.go`, `internal/abi/symtab.go`): the header magics of Go 1.2, 1.16, 1.18 and
1.20 (current). Trusts nothing: every offset is checked and a damaged table raises BinaryError. Names of inlined
calls are not decoded here.
"""

from __future__ import annotations

import bisect
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from stackreel.binary.model import Function, LineRow
from stackreel.errors import BinaryError

_MAX_FUNCTIONS = 1 << 22
_MAX_NAME = 1 << 16
_NO_FILE = 0xFFFFFFFF


@dataclass(frozen=True)
class _Layout:
    """Where a version keeps its parts: word numbers in the header, and how wide a function table's field is.

    `names`, `units`, `files`, `values`, `functions` are header words that hold offsets; None where the version
    has no such part and offsets count from the table's start.
    """

    version: str
    names: int | None
    units: int | None
    files: int | None
    values: int | None
    functions: int | None
    narrow: bool


_LAYOUTS = {
    0xFFFFFFFB: _Layout("1.2", None, None, None, None, None, narrow=False),
    0xFFFFFFFA: _Layout("1.16", 2, 3, 4, 5, 6, narrow=False),
    0xFFFFFFF0: _Layout("1.18", 3, 4, 5, 6, 7, narrow=True),
    0xFFFFFFF1: _Layout("1.20", 3, 4, 5, 6, 7, narrow=True),
}

# Fields of runtime._func after its entry: each four bytes.
_NAME, _PCSP, _PCFILE, _PCLN, _UNIT = 1, 4, 5, 6, 8


@dataclass(frozen=True)
class GoLineTable:
    """A parsed table. Addresses are run-time addresses: the caller gives `text` with the bias added, and `bias`."""

    data: bytes
    text: int
    bias: int
    layout: _Layout
    count: int

    @property
    def version(self) -> str:
        """The Go version that introduced this form of the table."""
        return self.layout.version

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """All functions in address order; a range ends where the next function begins."""
        starts = [*self._entries, self._end]
        rows = zip(self._entries, starts[1:], range(self.count), strict=True)
        return tuple(Function(self._name(i), low, high) for low, high, i in rows)

    def function_at(self, address: int) -> Function | None:
        """The function whose range holds `address`."""
        index = self._index(address)
        return None if index is None else self.functions[index]

    def line_at(self, address: int) -> LineRow | None:
        """The run of instructions of one source line that holds `address`."""
        index = self._index(address)
        if index is None:
            return None
        return next((row for row in self._lines(index) if row.low <= address < row.high), None)

    def lines(self, function: Function) -> tuple[LineRow, ...]:
        """Source lines of one function in address order; empty where the table knows none."""
        index = self._index(function.low)
        return () if index is None else tuple(self._lines(index))

    def stack_depth(self, address: int) -> int | None:
        """Bytes between the return address and rsp at `address` (pcsp): CFA = rsp + depth + 8."""
        found = self.stack_range(address)
        return found[2] if found else None

    def stack_range(self, address: int) -> tuple[int, int, int] | None:
        """The half-open range around `address` in which the depth is the same, and the depth."""
        index = self._index(address)
        if index is None:
            return None
        for low, high, value in self._values(index, self._field(index, _PCSP)):
            if address < high:
                return (low, high, value) if value >= 0 else None
        return None

    # --- raw access ---------------------------------------------------------------------------------------------

    @cached_property
    def _width(self) -> int:
        return 4 if self.layout.narrow else 8

    @cached_property
    def _entries(self) -> list[int]:
        return [self._entry(i) for i in range(self.count)]

    @cached_property
    def _end(self) -> int:
        return self._entry(self.count)

    def _entry(self, index: int) -> int:
        raw = self._table(2 * index)
        return raw + (self.text if self.layout.narrow else self.bias)

    def _table(self, field: int) -> int:
        base = self._part(self.layout.functions, 16)
        return self._integer(base + field * self._width, self._width)

    def _index(self, address: int) -> int | None:
        index = bisect.bisect_right(self._entries, address) - 1
        return index if index >= 0 and address < self._end else None

    def _part(self, word: int | None, default: int) -> int:
        return default if word is None else self._integer(8 + word * 8, 8)

    def _record(self, index: int) -> int:
        """Offset of the function's runtime._func in the table."""
        return self._part(self.layout.functions, 0) + self._table(2 * index + 1)

    def _field(self, index: int, field: int) -> int:
        first = 4 if self.layout.narrow else 8
        return self._integer(self._record(index) + first + (field - 1) * 4, 4)

    def _integer(self, offset: int, size: int) -> int:
        if not 0 <= offset <= len(self.data) - size:
            raise BinaryError(
                f"the .gopclntab is damaged: it points {offset:#x} bytes into its {len(self.data):#x}"
            )
        return int.from_bytes(self.data[offset : offset + size], "little")

    def _string(self, offset: int) -> str:
        end = self.data.find(b"\0", offset, offset + _MAX_NAME)
        if not 0 <= offset < len(self.data) or end < 0:
            raise BinaryError("the .gopclntab is damaged: a name has no end")
        return self.data[offset:end].decode("utf-8", "backslashreplace")

    def _name(self, index: int) -> str:
        return self._string(self._part(self.layout.names, 0) + self._field(index, _NAME))

    def _file(self, index: int, number: int) -> str:
        if self.layout.units is None:
            table = self._integer(16 + (2 * self.count + 1) * 8, 4)
            return self._string(self._integer(table + 4 * number, 4)) if number > 0 else ""
        unit = self._field(index, _UNIT)
        if number < 0 or unit == _NO_FILE:
            return ""
        offset = self._integer(self._part(self.layout.units, 0) + 4 * (unit + number), 4)
        return "" if offset == _NO_FILE else self._string(self._part(self.layout.files, 0) + offset)

    def _values(self, index: int, offset: int) -> Iterator[tuple[int, int, int]]:
        """Decode a pc-value table: (low, high, value) for consecutive ranges of the function."""
        position = self._part(self.layout.values, 0) + offset
        low, value, first = self._entries[index], -1, True
        limit = self.functions[index].high
        while low < limit:
            delta, position = self._varint(position)
            if delta == 0 and not first:
                return
            first = False
            value += ~(delta >> 1) if delta & 1 else delta >> 1
            width, position = self._varint(position)
            if not width:
                return
            yield low, low + width, value
            low += width

    def _varint(self, position: int) -> tuple[int, int]:
        value = 0
        for shift in range(0, 35, 7):
            byte = self._integer(position, 1)
            position += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & 0xFFFFFFFF, position
        raise BinaryError("the .gopclntab is damaged: a number has no end")

    def _lines(self, index: int) -> Iterator[LineRow]:
        files = list(self._values(index, self._field(index, _PCFILE))) if self._field(index, _PCFILE) else []
        if not files or not self._field(index, _PCLN):
            return
        names = {number: self._file(index, number) for _, _, number in files}
        edges = [low for low, _, _ in files]
        for low, high, line in self._values(index, self._field(index, _PCLN)):
            start = low
            while start < high:
                which = max(0, bisect.bisect_right(edges, start) - 1)
                stop = min(high, files[which][1]) if files[which][1] > start else high
                yield LineRow(start, stop, names[files[which][2]], line, is_stmt=True)
                start = stop


def read_gopclntab(data: bytes, text: int, bias: int = 0) -> GoLineTable:
    """Parse a .gopclntab of a 64-bit little-endian binary.

    `text` is the run-time address of Go's first text byte (`runtime.text`), `bias` what the loader adds to the
    file's addresses. Raises BinaryError for another version or a damaged header.
    """
    if len(data) < 16:
        raise BinaryError("the .gopclntab is shorter than its header")
    magic, zero, quantum, pointer = struct.unpack_from("<IHBB", data)
    layout = _LAYOUTS.get(magic)
    if layout is None or zero or quantum != 1 or pointer != 8:
        known = ", ".join(row.version for row in _LAYOUTS.values())
        raise BinaryError(f"the .gopclntab starts with {data[:8].hex(' ')}: not a known version (Go {known})")
    count = int.from_bytes(data[8:16], "little")
    if count > _MAX_FUNCTIONS:
        raise BinaryError(f"the .gopclntab is damaged: it claims {count} functions")
    return GoLineTable(data, text, bias, layout, count)
