"""From the machine's raw little-endian columns to a `Trace`, and the packed forms columns are kept in.

It trusts the machine that the columns are of the lengths `Recording` promises and raises MachineError where
they are not; it interprets nothing.
"""

from __future__ import annotations

import struct
import sys
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from stackreel.errors import MachineError
from stackreel.isa import BY_NAME
from stackreel.machine.model import Recording, Report
from stackreel.trace.model import AccessColumns, Area, End, MappedModule
from stackreel.trace.trace import SCHEMA, Trace

_HALF = 4


def trace_from(report: Report, isa: str, start: int) -> Trace:
    """Return the trace of a report that has a recording; MachineError where it is malformed."""
    recording = report.recording
    if recording is None:
        raise MachineError("the machine recorded nothing")
    n = len(recording.sizes)
    ending = report.ending
    try:
        columns = dict(zip(recording.registers, _register_columns(recording, n + 1), strict=True))
    except (struct.error, ValueError) as error:
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


def column(values: Iterable[int], bits: int) -> Sequence[int]:
    """Return register values as a column.

    An array up to 64 bits, above that a tuple whose equal neighbours are one object.
    """
    if bits <= 64:
        return array("Q", values)
    shared: list[int] = []
    for value in values:
        shared.append(shared[-1] if shared and shared[-1] == value else value)
    return tuple(shared)


def access_columns(
    n: int, steps: Sequence[int], addresses: Sequence[int], sizes: Sequence[int], values: Sequence[int]
) -> AccessColumns:
    """Return columns of `n` steps indexed by step; `steps` ascends. MachineError where lengths differ."""
    if not len(steps) == len(addresses) == len(sizes) == len(values):
        raise MachineError("the columns of recorded accesses differ in length")
    counts = Counter(steps)
    first = array("I", accumulate((counts[i] for i in range(n)), initial=0))
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
    size = sum(recording.widths)
    if size * rows != len(recording.rows) or any(width % _HALF for width in recording.widths):
        raise MachineError(f"the recorded rows are {len(recording.rows)} bytes, not {rows} of {size}")
    halves = unpack(recording.rows, "I")
    stride = size // _HALF
    columns: list[Sequence[int]] = []
    at = 0
    for width in recording.widths:
        words = [
            _words(halves, at + n, stride, min(width // _HALF - n, 2)) for n in range(0, width // _HALF, 2)
        ]
        columns.append(words[0] if len(words) == 1 else _joined(words))
        at += width // _HALF
    return columns


def _words(halves: array[int], at: int, stride: int, count: int) -> array[int]:
    """Return every `stride`-th number of `count` (1 or 2) halves, lower first, from index `at` on."""
    low = halves[at::stride]
    if count == 1:
        return array("Q", low)
    both = array("I", bytes(2 * _HALF * len(low)))
    lower = 0 if sys.byteorder == "little" else 1
    both[lower::2] = low
    both[1 - lower :: 2] = halves[at + 1 :: stride]
    return array("Q", both.tobytes())


def _joined(words: Sequence[array[int]]) -> Sequence[int]:
    """Return the column of a register of several words, lowest first."""
    if all(part.count(part[0]) == len(part) for part in words):  # it never changed, as most vector registers
        return (sum(part[0] << (64 * n) for n, part in enumerate(words)),) * len(words[0])
    rows = zip(*words, strict=True)
    return column((sum(word << (64 * n) for n, word in enumerate(row) if word) for row in rows), 128)
