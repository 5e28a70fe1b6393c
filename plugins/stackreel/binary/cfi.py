"""Call frame information: how to find the caller's registers at a code address.

Reads `.eh_frame` (present in stripped files too) and `.debug_frame`. Trusts nothing: what is damaged raises
BinaryError, and a table is read once into sorted ranges, so that a look-up costs one function's instructions.
It computes no values: the rules it returns are applied by whoever has registers and memory. Follows DWARF 5
section 6.4, and LSB core 10.6 for `.eh_frame`.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from stackreel.binary.cfa import NAMES, State, UnwindRow, execute
from stackreel.binary.elf import SHF_ALLOC
from stackreel.binary.image import Image
from stackreel.binary.reader import Reader
from stackreel.errors import BinaryError

_OLD_FORM = b"ZLIB"  # of .zdebug sections: then the size, big-endian
_SHF_COMPRESSED = 0x800
_SECTION_LIMIT = 1 << 28


@dataclass(frozen=True)
class _Cie:
    code_factor: int
    data_factor: int
    return_column: int
    encoding: int
    has_augmentation: bool
    is_signal: bool
    code: bytes


@dataclass(frozen=True)
class _Fde:
    low: int
    high: int
    cie: _Cie
    code: bytes


class FrameTable:
    """All functions that the call frame information of an image describes."""

    def __init__(self, image: Image) -> None:
        self._bias = image.bias
        self._what = f"the call frame information of {image.name}"
        fdes: dict[int, _Fde] = {}
        for name, is_eh in ((".debug_frame", False), (".zdebug_frame", False), (".eh_frame", True)):
            section = next((s for s in image.sections if s.name == name and s.kind != "nobits"), None)
            if section is not None:
                raw = image.data[section.offset : section.offset + section.size]
                is_marked = bool(section.flags & _SHF_COMPRESSED) and not section.flags & SHF_ALLOC
                raw = _inflate(raw) if is_marked or raw[:4] == _OLD_FORM else raw
                fdes.update((f.low, f) for f in _entries(raw, section.address, is_eh, image))
        self._fdes = sorted(fdes.values(), key=lambda f: f.low)
        self._lows = [f.low for f in self._fdes]
        self.row_at = lru_cache(maxsize=4096)(self._row_at)

    def range_at(self, pc: int) -> tuple[int, int] | None:
        """Return the half-open range of the function part that holds `pc`."""
        fde = self._fde_at(pc)
        return (fde.low, fde.high) if fde else None

    def _fde_at(self, pc: int) -> _Fde | None:
        i = bisect_right(self._lows, pc) - 1
        return self._fdes[i] if i >= 0 and pc < self._fdes[i].high else None

    def _row_at(self, pc: int) -> UnwindRow | None:
        fde = self._fde_at(pc)
        if fde is None:
            return None
        state = State(fde.cie.code_factor, fde.cie.data_factor, fde.low, self._bias)
        execute(Reader(fde.cie.code, what=self._what), state, None)
        state.initial = dict(state.rules)
        low, high = execute(Reader(fde.code, what=self._what), state, pc)
        return UnwindRow(
            low,
            fde.high if high is None else min(high, fde.high),
            fde.low,
            fde.high,
            state.cfa,
            {NAMES[n]: rule for n, rule in sorted(state.rules.items()) if n in NAMES},
            NAMES.get(fde.cie.return_column, "rip"),
            fde.cie.is_signal,
        )


def _inflate(raw: bytes) -> bytes:
    start = {_OLD_FORM: 12, b"\x01\0\0\0": 24}.get(raw[:4])
    if start is None:
        raise BinaryError("a section is compressed in a way that is not zlib")
    try:
        return zlib.decompressobj().decompress(raw[start:], _SECTION_LIMIT)
    except zlib.error as error:
        raise BinaryError(f"a compressed section is damaged: {error}") from error


def _entries(raw: bytes, address: int, is_eh: bool, image: Image) -> list[_Fde]:
    """Read all function entries; those that describe nothing loaded (a range from 0) are left out."""
    what = f"the call frame information of {image.name}"
    reader = Reader(raw, what=what)
    cies: dict[int, _Cie] = {}
    found: list[_Fde] = []
    while reader.end - reader.at >= 4:
        length, width = reader.unsigned(4), 4
        if length == 0xFFFFFFFF:
            length, width = reader.unsigned(8), 8
        if length == 0:
            continue
        at = reader.at
        body = Reader(raw, at, at + length, what)
        if at + length > reader.end:
            raise BinaryError(f"{what} is damaged: an entry is longer than its section")
        reader.at = at + length
        pointer = body.unsigned(4 if is_eh else width)
        if pointer == (0 if is_eh else (1 << 8 * width) - 1):
            continue
        cie_at = at - pointer if is_eh else pointer
        if cie_at not in cies:
            cies[cie_at] = _cie(raw, cie_at, is_eh, what)
        cie = cies[cie_at]
        low = body.encoded(cie.encoding, address)
        size = body.encoded(cie.encoding & 0x0F, 0)
        if cie.has_augmentation:
            body.take(body.uleb())
        if low and size:
            low += 0 if cie.encoding & 0x70 else image.bias
            found.append(_Fde(low, low + size, cie, body.take(body.end - body.at)))
    return found


def _cie(raw: bytes, at: int, is_eh: bool, what: str) -> _Cie:
    reader = Reader(raw, at, what=what)
    length, width = reader.unsigned(4), 4
    if length == 0xFFFFFFFF:
        length, width = reader.unsigned(8), 8
    reader = Reader(raw, reader.at, reader.at + length, what)
    if reader.unsigned(4 if is_eh else width) != (0 if is_eh else (1 << 8 * width) - 1):
        raise BinaryError(f"{what} is damaged: an entry refers to no common entry")
    version = reader.unsigned(1)
    augmentation = reader.cstring()
    if version not in (1, 3, 4) or augmentation.strip(b"zRPLSB"):
        raise BinaryError(f"{what} is of an unknown version or augmentation")
    if version == 4:
        reader.take(2)  # size of an address, which is 8, and of a segment selector
    code_factor, data_factor = reader.uleb(), reader.sleb()
    column = reader.unsigned(1) if version == 1 else reader.uleb()
    encoding = 0
    has_augmentation = augmentation.startswith(b"z")
    if has_augmentation:
        reader.uleb()
    for letter in augmentation:
        if letter == ord("R"):
            encoding = reader.unsigned(1)
        elif letter == ord("L"):
            reader.take(1)
        elif letter == ord("P"):
            reader.encoded(reader.unsigned(1) & 0x7F, 0)
    code = reader.take(reader.end - reader.at)
    return _Cie(code_factor, data_factor, column, encoding, has_augmentation, b"S" in augmentation, code)
