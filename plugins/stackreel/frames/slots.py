"""Cutting regions into slots: names from the frame that owns the bytes, values from memory, marks from the step.

Bytes without a name are cut where the instructions that wrote them cut them. Trusts regions to cover the window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from stackreel.binary import SymbolOffset
from stackreel.binary.types import Pointer, Struct, Type, strip, type_name
from stackreel.frames.gowords import bytes_of, closure, dynamic_type, is_byte_slice
from stackreel.frames.known import Known
from stackreel.frames.layout import ROW, Part, Placed, parts, split
from stackreel.frames.model import Mark, Role, Slot, SlotState
from stackreel.frames.regions import Region
from stackreel.frames.text import string
from stackreel.frames.tiling import Canvas
from stackreel.frames.values import bit_field, format_value
from stackreel.frames.written import Written
from stackreel.trace import Trace

_ALWAYS_KNOWN = ("return address", "saved register")


@dataclass(frozen=True)
class Cutter:
    """Makes the slots of one position.

    `arguments` are stack-passed parameters of frames, to be found in the bytes of their callers, each with the
    position its function was entered at. `marks` are the ranges the executed step wrote or read, written first.
    `argc` is the address of the word that the kernel leaves at the top of the stack of a new process (psABI 3.4.1).
    """

    trace: Trace
    known: Known
    written: Written
    arguments: tuple[tuple[int, Placed], ...]
    marks: tuple[tuple[int, int, Mark], ...]
    argc: int | None = None
    _rows: dict[int, tuple[int, int] | None] = field(default_factory=dict, init=False, repr=False)

    def cut(self, region: Region) -> Iterator[Slot]:
        """Yield the slots of a region in ascending order."""
        canvas: Canvas[Part] = Canvas(region.low, region.high)
        for part in self._named(region):
            canvas.paint(part.address, part.high, part)
        for low, high in list(canvas.gaps):
            for part in self._unnamed(region, low, high):
                canvas.paint(part.address, part.high, part)
        for low, high, part in canvas.in_order():
            yield self._slot(region, low, high, part)

    def _named(self, region: Region) -> Iterator[Part]:
        if self.argc is not None and self._origin(self.argc) is None:
            yield Part(self.argc, 8, "argc", None, "parameter", "word")
        if region.holding is not None:
            frame = region.holding.frame
            if frame.return_slot != self.argc:
                yield from split(Part(frame.return_slot, 8, "", None, "return address", "word"))
            for saved in (*frame.saved, *region.holding.pushed):
                yield from split(Part(saved.address, 8, saved.name, None, "saved register", "word"))
            for placed in region.holding.placed:
                yield from parts(placed, region.low, region.high)
        passed = [placed for entered, placed in self.arguments if entered >= region.since]
        for placed in passed:
            yield from parts(placed, region.low, region.high)
        # psABI 3.2.3 passes whole eightbytes; Go up to 1.16 packs small arguments into one, so this comes after all.
        for end in (placed.address + placed.size for placed in passed):
            yield Part(end, -end % ROW, "", None, "padding", "word")

    def _unnamed(self, region: Region, low: int, high: int) -> Iterator[Part]:
        """Cut a gap at rows and at the borders of what was written."""
        keys = (
            (at // ROW, self._is_padding(region, at), self._writing(region, at)) for at in range(low, high)
        )
        at = low
        for (_, is_padding, writing), run in groupby(keys):
            size = len(list(run))
            role: Role = "data" if writing is not None else "padding" if is_padding else "unused"
            yield Part(at, size, "", None, role, "word", size)
            at += size

    def _is_padding(self, region: Region, address: int) -> bool:
        """Tell whether a byte without a name only fills up: beside a smaller variable, or to align what is below.

        What the call writes at any time is not padding but a temporary of the compiler's. Of a call that was not
        recorded that is not known, so there only what shares a row with a variable is padding.
        """
        holding = region.holding
        if holding is None or not self._is_among_variables(region, address):
            return False
        if holding.activation is None or holding.activation.entry == "over":
            row = address & -ROW
            return any(p.address < row + ROW and row < p.address + p.size for p in holding.placed)
        return not self.written.is_own(holding.activation, address)

    def _is_among_variables(self, region: Region, address: int) -> bool:
        holding = region.holding
        if holding is None or not holding.is_described or region.state == "red zone":
            return False
        lowest = min((p.address for p in holding.placed if p.address < holding.frame.cfa), default=None)
        return lowest is not None and max(lowest, holding.frame.low) <= address < holding.frame.cfa

    def _writing(self, region: Region, address: int) -> tuple[int, int] | None:
        """Return which write the byte is from; None where none is, or where it is an earlier owner's.

        The latter is told of bytes among the variables alone.
        """
        origin = self._origin(address) or self._changed(address)
        if origin is None:
            return None
        step, then = origin
        called = None if region.holding is None else region.holding.activation
        if called is not None and self._is_among_variables(region, address):
            # the step that made the call of code stepped over is all there is of that code
            first = self.written.begin(called) - (called.entry == "over")
            if step < first:
                return None
        return step, 0 if self.trace.over[step] else self.written.low(step, then)

    def _changed(self, address: int) -> tuple[int, int] | None:
        """Return the write of unrecorded code to the row, of which only bytes that changed are known."""
        row = address & -ROW
        if row not in self._rows:
            origins = {self._origin(at) for at in range(row, row + ROW)}
            over = [origin[0] for origin in origins if origin is not None and self.trace.over[origin[0]]]
            self._rows[row] = (max(over), 0) if over else None
        return self._rows[row]

    def _origin(self, address: int) -> tuple[int, int] | None:
        return self.written.origin(address, self.known.memory.k)

    def _slot(self, region: Region, low: int, high: int, part: Part) -> Slot:
        size = high - low
        if (low, high) != (part.address, part.high) and part.kind == "value":
            part = replace(part, kind="rest")  # some of its bytes are another's by now
        is_written = any(self._origin(at) is not None for at in range(low, high))
        above = region.level is None and region.state == "live" and part.role == "parameter"
        data = self.known.memory.read(low, size)
        if not is_written and not above and low != self.argc and part.role not in _ALWAYS_KNOWN:
            data = None
        value, symbol, note = ("", None, "") if data is None else self._value(part, low, data)
        return Slot(
            address=low,
            size=size,
            data=data,
            role=part.role,
            name=part.name,
            type=_type(part),
            value=value,
            symbol=symbol,
            state=_state(region, part, data),
            mark=self._mark(low, high),
            frame=region.level,
            note=note,
        )

    def _value(self, part: Part, low: int, data: bytes) -> tuple[str, SymbolOffset | None, str]:
        """Return what a slot holds, what the address in it belongs to, and what a word of Go's own stands for."""
        if part.role in ("padding", "unused"):
            return "", None, ""
        if part.kind == "text" and part.type is not None:
            return _text(data, part.type.size), None, ""
        if part.kind == "bits":
            fields = (f"{m.name} = {bit_field(m, data, self.known)}" for m in part.members if m.name)
            return "{" + ", ".join(fields) + "}", None, ""
        if part.kind == "value" and part.type is not None:
            return self._typed(part.type, self.known.memory.read(low, part.whole) or data)
        number = int.from_bytes(data, "little")
        is_address = len(data) == ROW and part.role in ("return address", "data")
        return f"{number:#x}", self._code(number) if is_address else None, ""

    def _typed(self, type_: Type, data: bytes) -> tuple[str, SymbolOffset | None, str]:
        inner = strip(type_)
        if isinstance(inner, Struct) and (inner.go == "string" or is_byte_slice(type_)):
            return bytes_of(data, self.known), None, ""
        value = format_value(type_, data, Unnamed(self.known))
        if not isinstance(inner, Pointer):
            return value, None, ""
        word = int.from_bytes(data, "little")
        symbol = closure(type_, word, self.known) or self.known.symbolize(word)
        return value, symbol, "" if symbol is not None else dynamic_type(type_, word, self.known)

    def _code(self, address: int) -> SymbolOffset | None:
        """Return the symbol of an address of code."""
        is_code = self.known.image.function_at(address) is not None
        return self.known.symbolize(address) if is_code else None

    def _mark(self, low: int, high: int) -> Mark:
        return next((mark for start, end, mark in self.marks if start < high and low < end), "")


@dataclass(frozen=True)
class Unnamed:
    """Memory in which addresses have no names: a slot shows the name apart."""

    known: Known

    def read(self, address: int, size: int) -> bytes | None:
        """Return memory."""
        return self.known.read(address, size)

    def symbolize(self, address: int) -> SymbolOffset | None:
        """Name nothing."""


def _text(data: bytes, size: int) -> str:
    """Write characters of a row; what follows the first NUL is left out where it is all NUL."""
    end = len(data)
    while end and not any(data[end - size : end]):
        end -= size
    return string(data[:end], size)


def _type(part: Part) -> str:
    return "" if part.type is None else type_name(part.type)


def _state(region: Region, part: Part, data: bytes | None) -> SlotState:
    if data is None and part.role in ("parameter", "local"):
        return "unwritten"
    return "unwritten" if region.level is None and data is None else region.state


def in_descending_order(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """Return slots highest address first."""
    return tuple(sorted(slots, key=lambda s: -s.address))
