"""What `objdump` of binutils 2.40 prints for an address: the address and a symbol near it.

Its rule is not gdb's: the last symbol at or below the address, in whatever section and beyond that symbol's end too,
or, where that is not in the section being disassembled, the one that the dynamic linker will put there. Of several
symbols at one place it prefers one in that section, then functions, objects, global ones, larger ones, and the first
by name. Trusts that the file
was read before (see elf.py). Addresses are those of the file, without bias.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from stackreel.binary.elf import SHF_ALLOC, SHF_TLS, ElfFile, SectionHeader, text
from stackreel.binary.model import Symbol
from stackreel.binary.versions import definitions, needs
from stackreel.errors import BinaryError

_SYMTAB, _RELA, _DYNSYM, _VERDEF, _VERNEED, _VERSYM = 2, 4, 11, 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF
_UNDEFINED, _ABSOLUTE, _COMMON = 0, 0xFFF1, 0xFFF2
_LOCAL, _GLOBAL = 0, 1
_OBJECTS, _FUNCTION, _SECTION, _FILE = (1, 5), 2, 3, 4
_KEPT = (".plt", ".got")
"""Section symbols that name places although they are no symbols of the program."""
_COMPILERS = ("gnu_compiled", "gcc2_compiled")
_HIDDEN, _BASE = 0x8000, 1


class _Row(NamedTuple):
    """A symbol: `name` as it is printed, `section` its index there, `base` that section's address."""

    name: str
    value: int
    section: int
    base: int
    order: tuple[object, ...]
    is_made: bool


@dataclass(frozen=True)
class BfdSymbols:
    """The symbols of a file as binutils sees them. `made` are the names of its PLT entries."""

    elf: ElfFile
    made: Sequence[Symbol] = ()

    def printed(self, address: int, at: int) -> str:
        """Return what is printed for `address` in an instruction at `at`: `2008 <_IO_stdin_used+0x8>`."""
        if not self._groups:
            return f"{address:#x}"
        section = self._section_at(at)
        row = self._nearest(address, section)
        is_certain = row.section == section or row.is_made or row.value - row.base == address
        if not is_certain:
            row = self._relocated.get(address, row)
        return f"{address:x} <{row.name}{_offset(row, address)}>"

    def label(self, address: int) -> str:
        """Return the symbol whose heading stands above the instruction at `address`; empty where there is none."""
        section = self._section_at(address)
        rows = self._groups.get(address, ())
        return next((row.name for row in rows if row.section == section), "")

    def _nearest(self, address: int, section: int) -> _Row:
        """Return the symbol at or below an address, or the very first one."""
        rows = self._groups[self._values[max(bisect_right(self._values, address) - 1, 0)]]
        return next((row for row in rows if row.section == section), rows[0])

    def _section_at(self, address: int) -> int:
        for number, s in enumerate(self.elf.sections):
            is_mapped = s.flags & SHF_ALLOC and not s.flags & SHF_TLS
            if is_mapped and s.address <= address < s.address + s.size:
                return number
        return 0

    @cached_property
    def _values(self) -> Sequence[int]:
        return sorted(self._groups)

    @cached_property
    def _groups(self) -> Mapping[int, Sequence[_Row]]:
        """The symbols by address, those of one address in the order of preference."""
        groups: dict[int, list[_Row]] = {}
        for row in (*self._defined(), *self._made()):
            groups.setdefault(row.value, []).append(row)
        return {value: sorted(rows, key=lambda row: row.order) for value, rows in groups.items()}

    def _defined(self) -> Iterator[_Row]:
        """Yield the symbols of `.symtab`, or of `.dynsym` where it has none, but for what names no place."""
        rows = list(self._rows(_SYMTAB)) or list(self._rows(_DYNSYM))
        for row, kind in rows:
            is_name = row.name and (kind not in (_SECTION, _FILE) or row.name.startswith(_KEPT))
            if is_name and row.section not in (_UNDEFINED, _COMMON):
                yield row

    def _made(self) -> Iterator[_Row]:
        for s in self.made:
            order = _order(s.name, _FUNCTION, _GLOBAL, 0)
            yield _Row(s.name, s.address, self._section_at(s.address), 0, order, True)

    def _rows(self, kind: int) -> Iterator[tuple[_Row, int]]:
        """Yield the symbols of the table of this kind, but for the first, and the type of each."""
        table = self._table(kind)
        if table is None:
            return
        sections = self.elf.sections
        strings = sections[table.link].contents(self.elf.data) if table.link < len(sections) else b""
        raw = table.contents(self.elf.data)
        rows = struct.iter_unpack("<IBBHQQ", raw[: len(raw) - len(raw) % 24])
        for number, (name_at, info, _, index, value, size) in enumerate(rows):
            if not number:
                continue
            kind_of, section = info & 15, index
            if section >= len(sections) and section != _COMMON:
                section = _ABSOLUTE
            base = sections[section].address if section < len(sections) else 0
            name = text(strings, name_at)
            if kind_of == _SECTION and not name and section < len(sections):
                name = sections[section].name
            shown = name + self._version(number, section) if kind == _DYNSYM and name else name
            yield _Row(shown, value, section, base, _order(name, kind_of, info >> 4, size), False), kind_of

    def _table(self, kind: int) -> SectionHeader | None:
        return next((s for s in self.elf.sections if s.kind == kind and s.size), None)

    @cached_property
    def _relocated(self) -> Mapping[int, _Row]:
        """What the dynamic linker puts at an address, where it is a symbol's."""
        rows = [row for row, _ in self._rows(_DYNSYM)]
        found: dict[int, _Row] = {}
        dynamic = next((n for n, s in enumerate(self.elf.sections) if s.kind == _DYNSYM), None)
        for section in self.elf.sections:
            if section.kind != _RELA or section.link != dynamic:
                continue
            raw = section.contents(self.elf.data)
            for address, info, _ in struct.iter_unpack("<QQq", raw[: len(raw) - len(raw) % 24]):
                index = (info >> 32) - 1
                if 0 <= index < len(rows) and rows[index].section != _ABSOLUTE:
                    found.setdefault(address, rows[index])
        return found

    def _version(self, number: int, section: int) -> str:
        """Return what is printed behind the name of a symbol of `.dynsym`: `@GLIBC_2.34`, `@@Base`, or nothing."""
        if number >= len(self._versions) or not (self._table(_VERDEF) or self._table(_VERNEED)):
            return ""
        is_hidden = bool(self._versions[number] & _HIDDEN)
        version = self._versions[number] & ~_HIDDEN
        if not version:
            return ""
        if version == 1 and self._defined_versions.get(1, (_BASE, ""))[0] == _BASE:
            name = "Base"
        elif version in self._defined_versions:
            name = self._defined_versions[version][1]
        else:
            name, is_hidden = self._needed_versions.get(version, "<corrupt>"), True
        return ("@" if is_hidden or section == _UNDEFINED else "@@") + name

    @cached_property
    def _versions(self) -> Sequence[int]:
        table = self._table(_VERSYM)
        raw = table.contents(self.elf.data) if table else b""
        return struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) & ~1])

    @cached_property
    def _defined_versions(self) -> Mapping[int, tuple[int, str]]:
        """Flags and name of the versions the file defines, by number, as far as the table is sound."""
        found: dict[int, tuple[int, str]] = {}
        with suppress(BinaryError):
            for number, flags, name in definitions(*self._versions_of(_VERDEF)):
                found[number] = flags, name
        return found

    @cached_property
    def _needed_versions(self) -> Mapping[int, str]:
        """Names of the versions of other files that this one asks for, by number, as far as the table is sound."""
        found: dict[int, str] = {}
        with suppress(BinaryError):
            for number, name in needs(*self._versions_of(_VERNEED)):
                found.setdefault(number, name)
        return found

    def _versions_of(self, kind: int) -> tuple[bytes, bytes]:
        """Return a table of versions and its strings; nothing where the file has none."""
        table, sections, data = self._table(kind), self.elf.sections, self.elf.data
        if table is None or table.link >= len(sections):
            return b"", b""
        return table.contents(data), sections[table.link].contents(data)


def _order(name: str, kind: int, bind: int, size: int) -> tuple[object, ...]:
    """Return what symbols of one address are sorted by, the preferred one first."""
    return (
        any(word in name for word in _COMPILERS),
        kind == _FILE or (len(name) > 2 and name.endswith((".o", ".a"))),
        kind in (_SECTION, _FILE),
        kind != _FUNCTION,
        kind not in _OBJECTS,
        bind == _LOCAL,
        bind != _GLOBAL,
        -size if kind != _SECTION else 0,
        name.startswith("."),
        name.encode(),
    )


def _offset(row: _Row, address: int) -> str:
    """Return how far an address is from a symbol; nothing for one of another file."""
    away = address - row.value
    if not away or row.section == _UNDEFINED:
        return ""
    return f"{away:+#x}"
