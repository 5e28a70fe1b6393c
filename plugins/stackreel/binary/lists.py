"""Location lists and range lists: which expression or range holds where.

Reads .debug_loc and .debug_ranges (DWARF 4, section 2.6.2 and 2.17.3) and .debug_loclists and .debug_rnglists
(DWARF 5, sections 2.6.2 and 2.17.3). Trusts nothing; a list is bounded by its section. GCC's view numbers stand in
an attribute of their own and change no address, so they are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stackreel.binary.reader import Reader
from stackreel.errors import BinaryError

_TOP = (1 << 64) - 1


@dataclass(frozen=True)
class Entry:
    """A half-open range of run-time addresses and its expression; range None is DWARF 5's default location."""

    range: tuple[int, int] | None
    code: bytes = b""


@dataclass(frozen=True)
class Lists:
    """The sections lists are read from, with the unit's bias, its base address and its address table."""

    data: bytes
    version: int
    bias: int
    base: int
    address: Callable[[int], int]
    has_code: bool

    def entries(self, offset: int) -> Iterator[Entry]:
        """Yield the entries of the list at `offset`, in order; raises BinaryError for a damaged one."""
        reader = Reader(self.data, offset, what="a location list" if self.has_code else "a range list")
        if offset > len(self.data):
            raise BinaryError(f"{reader.what} is damaged: it starts beyond its section")
        return self._version5(reader) if self.version >= 5 else self._version4(reader)

    def _version4(self, reader: Reader) -> Iterator[Entry]:
        base = self.base
        while True:
            low, high = reader.unsigned(8), reader.unsigned(8)
            if low == high == 0:
                return
            if low == _TOP:
                base = high + self.bias
                continue
            yield Entry((base + low, base + high), reader.take(reader.unsigned(2)) if self.has_code else b"")

    def _version5(self, reader: Reader) -> Iterator[Entry]:
        base = self.base
        while (kind := reader.unsigned(1)) != 0:
            name = (_LOCATION_KINDS if self.has_code else _RANGE_KINDS).get(kind)
            if name == "base":
                base = reader.unsigned(8) + self.bias
                continue
            if name == "basex":
                base = self.address(reader.uleb())
                continue
            if name == "views":
                reader.uleb(), reader.uleb()
                continue
            if name is None:
                raise BinaryError(f"{reader.what} holds the unknown entry {kind:#x}")
            range_ = self._range(name, reader, base)
            yield Entry(range_, reader.take(reader.uleb()) if self.has_code else b"")

    def _range(self, name: str, reader: Reader, base: int) -> tuple[int, int] | None:
        if name == "default":
            return None
        if name == "offset_pair":
            low, high = reader.uleb() + base, reader.uleb() + base
        elif name == "start_end":
            low, high = reader.unsigned(8) + self.bias, reader.unsigned(8) + self.bias
        elif name == "start_length":
            low = reader.unsigned(8) + self.bias
            high = low + reader.uleb()
        elif name == "startx_endx":
            low, high = self.address(reader.uleb()), self.address(reader.uleb())
        else:
            low = self.address(reader.uleb())
            high = low + reader.uleb()
        return low, high


_RANGE_KINDS = {
    1: "basex",
    2: "startx_endx",
    3: "startx_length",
    4: "offset_pair",
    5: "base",
    6: "start_end",
    7: "start_length",
}
_LOCATION_KINDS = {
    1: "basex",
    2: "startx_endx",
    3: "startx_length",
    4: "offset_pair",
    5: "default",
    6: "base",
    7: "start_end",
    8: "start_length",
    9: "views",
}
