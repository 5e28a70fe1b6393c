"""From the machine's raw little-endian columns to a `Trace`, and the packed forms columns are kept in.

It trusts the machine that the columns are of the lengths `Recording` promises and raises MachineError where
they are not; it interprets nothing.
"""

from __future__ import annotations

import struct
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, repeat
from typing import overload

from stackreel.errors import MachineError
from stackreel.isa import BY_NAME
from stackreel.machine.model import Recording, Report
from stackreel.trace.model import AccessColumns, Area, End, MappedModule, StackMove
from stackreel.trace.trace import SCHEMA, Trace

_WORD = 64
_CODES = {4: "I", 8: "Q", 16: "Q"}


def trace_from(report: Report, isa: str, start: int) -> Trace:
    """Return the trace of a report that has a recording; MachineError where it is malformed."""
    recording = report.recording
    if recording is None:
        raise MachineError("the machine recorded nothing")
    n = len(recording.sizes)
    ending = report.ending
    try:
        columns = dict(zip(recording.registers, _register_columns(recording, n + 1), strict=True))
    except ValueError as error:
        raise MachineError("the machine's recording is malformed") from error
    return Trace(
        schema=SCHEMA,
        isa=isa,
        start=start,
        registers=recording.registers,
        columns=columns,
        sizes=recording.sizes,
        over=recording.over,
        writes=access_columns(
            n,
            unpack(recording.write_steps, "I"),
            unpack(recording.write_addresses, "Q"),
            recording.write_sizes,
            unpack(recording.write_values, "Q"),
        ),
        reads=access_columns(
            n,
            unpack(recording.read_steps, "I"),
            unpack(recording.read_addresses, "Q"),
            recording.read_sizes,
            unpack(recording.read_values, "Q"),
        ),
        snapshot=recording.snapshot,
        stack=recording.stack,
        code=code_of(recording, columns[BY_NAME[isa].pc]),
        modules=tuple(MappedModule(m.path, m.sha256, m.bias, m.low, m.high) for m in report.modules),
        areas=tuple(Area(m.low, m.high, m.permissions, m.name) for m in report.mappings),
        end=End(ending.reason, ending.status, ending.signal, ending.pc, ending.detail),
        stdout=report.stdout,
        notes=report.notes,
        moves=tuple(StackMove(m.step, m.before, m.after, m.below) for m in recording.moves),
    )


def code_of(recording: Recording, pcs: Sequence[int]) -> Mapping[int, bytes]:
    """Return the bytes of every recorded instruction by its pc, cut out of the recording's blocks of code."""
    blocks = sorted(recording.code)
    lows = [low for low, _ in blocks]
    code: dict[int, bytes] = {}
    for pc, size in set(zip(pcs, recording.sizes, strict=False)):  # the end has a pc and no instruction
        block = bisect_right(lows, pc) - 1
        if block >= 0:
            low, data = blocks[block]
            code[pc] = data[pc - low : pc - low + size]
    return dict(sorted(code.items()))


class Same(Sequence[int]):
    """A column of a register that never changed."""

    def __init__(self, value: int, count: int) -> None:
        self._value, self._count = value, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[int]:
        return repeat(self._value, self._count)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Same: ...
    def __getitem__(self, index: int | slice) -> int | Same:
        if isinstance(index, slice):
            return Same(self._value, len(range(self._count)[index]))
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and (self._value, self._count) == (other._value, other._count)

    __hash__ = None  # type: ignore[assignment]  # as arrays have none


class Wide(Sequence[int]):
    """A column of registers of 128 bits: two columns of words, joined when a value is asked for."""

    def __init__(self, low: array[int], high: array[int]) -> None:
        self._low, self._high = low, high

    def __len__(self) -> int:
        return len(self._low)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Wide: ...
    def __getitem__(self, index: int | slice) -> int | Wide:
        if isinstance(index, slice):
            return Wide(self._low[index], self._high[index])
        return self._low[index] | self._high[index] << _WORD

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Wide) and (self._low, self._high) == (other._low, other._high)

    __hash__ = None  # type: ignore[assignment]  # as arrays have none


def column(numbers: Iterable[int], bits: int) -> Sequence[int]:
    """Return register values as a column: an array up to 64 bits, `Wide` above, `Same` if they are all one."""
    values = tuple(numbers)
    if values and values.count(values[0]) == len(values):
        return Same(values[0], len(values))
    if bits <= _WORD:
        return array("Q", values)
    low = (1 << _WORD) - 1
    return Wide(array("Q", (v & low for v in values)), array("Q", (v >> _WORD for v in values)))


def access_columns(
    n: int, steps: Sequence[int], addresses: Sequence[int], sizes: Sequence[int], values: Sequence[int]
) -> AccessColumns:
    """Return columns of `n` steps indexed by step; `steps` ascends. MachineError where lengths differ."""
    if not len(steps) == len(addresses) == len(sizes) == len(values):
        raise MachineError("the columns of recorded accesses differ in length")
    counts = array("I", bytes(array("I").itemsize * n))
    for step in steps:
        counts[step] += 1
    first = array("I", accumulate(counts, initial=0))
    return AccessColumns(first=first, addresses=addresses, sizes=sizes, values=values)


def unpack(data: bytes, code: str) -> array[int]:
    """Return little-endian numbers of the `struct` code `code` as an array."""
    numbers = array(code)
    if numbers.itemsize != struct.calcsize("<" + code) or len(data) % numbers.itemsize:
        raise MachineError(f"a recorded column of {len(data)} bytes does not hold whole numbers")
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _register_columns(recording: Recording, rows: int) -> list[Sequence[int]]:
    return [
        _register_column(data, width, rows)
        for data, width in zip(recording.columns, recording.widths, strict=True)
    ]


def _register_column(data: bytes, width: int, rows: int) -> Sequence[int]:
    """Return a register's column of `rows` values from the packed one, which may hold one value for all."""
    if len(data) not in (width, width * rows) or width not in _CODES:
        raise MachineError(f"a recorded register is {len(data)} bytes, not {rows} of {width}")
    if data == data[:width] * rows or len(data) == width:
        return Same(int.from_bytes(data[:width], "little"), rows)
    numbers = unpack(data, _CODES[width])
    if 8 * width > _WORD:
        return Wide(numbers[0::2], numbers[1::2])
    return numbers if width == 8 else array("Q", numbers)
