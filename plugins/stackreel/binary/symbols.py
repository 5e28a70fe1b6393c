"""Symbols of an ELF file, names for its PLT entries, and which symbol an address belongs to.

Reads `.symtab`, or `.dynsym` where the file is stripped. PLT entries get the names objdump and gdb give them
(`printf@plt`) by decoding the one jump each entry makes through the global offset table. The symbol of an
address is chosen as gdb 13 chooses a minimal symbol. It does not demangle, and does not read symbol versions
beyond whether a dynamic symbol is the default one. Follows the ELF gABI (symbol table) and psABI 5.2 (PLT).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stackreel.binary.elf import SHF_ALLOC, SHF_EXECINSTR, SHF_TLS, ElfFile, SectionHeader, text
from stackreel.binary.gotable import go_table
from stackreel.binary.model import Symbol, SymbolOffset

_KINDS = {0: "notype", 1: "object", 2: "function", 6: "tls", 10: "function"}  # 10 is STT_GNU_IFUNC
_GOT_RELOCATIONS = {6, 7, 37}  # R_X86_64_GLOB_DAT, JUMP_SLOT, IRELATIVE
_PLT_SECTIONS = {".plt": 16, ".plt.got": 8, ".plt.sec": 16, ".plt.bnd": 16}  # and the size of an entry
_ENDBR64 = b"\xf3\x0f\x1e\xfa"
_HIDDEN_VERSION = 0x8000


@dataclass(frozen=True)
class Candidate:
    """A symbol that may name an address: its section's number, and whether gdb counts it as global text."""

    symbol: Symbol
    section: int
    is_global_text: bool


class SymbolIndex:
    """Finds the symbol of an address. Built once for a file, from candidates and its loaded sections."""

    def __init__(self, candidates: Iterable[Candidate], sections: Iterable[tuple[int, int, int]]) -> None:
        """`sections` are (low, high, number) at run-time addresses."""
        self._rows = sorted(candidates, key=lambda c: (c.symbol.address, c.symbol.name.encode()))
        self._addresses = [c.symbol.address for c in self._rows]
        self._sections = sorted(sections)
        self._starts = [low for low, _, _ in self._sections]

    def section_at(self, address: int) -> tuple[int, int, int] | None:
        """Return (low, high, number) of the loaded section that holds `address`."""
        i = bisect_right(self._starts, address) - 1
        return self._sections[i] if i >= 0 and address < self._sections[i][1] else None

    def symbol_at(self, address: int) -> Symbol | None:
        """Return the symbol gdb 13 names this address with: `lookup_minimal_symbol_by_pc_section` in words.

        Of the symbols at or below the address and in its section the last by address, then by name; global
        code before a local alias of the same place; one without a size only where no sized one reaches it.
        """
        section = self.section_at(address)
        if section is None:
            return None
        unsized: Symbol | None = None
        i = bisect_right(self._addresses, address) - 1
        while i >= 0:
            row, before = self._rows[i], self._rows[i - 1] if i else None
            if row.section != section[2]:
                if row.symbol.address < section[0]:
                    break
            elif before and before.is_global_text and not row.is_global_text and _same_place(row, before):
                pass
            elif row.symbol.size == 0:
                unsized = unsized or row.symbol
            elif address < row.symbol.address + row.symbol.size:
                return row.symbol
            elif before is None or address >= before.symbol.address + before.symbol.size:
                return unsized
            i -= 1
        return unsized

    def symbolize(self, address: int) -> SymbolOffset | None:
        """Return the address as symbol and offset, None where no symbol reaches it."""
        symbol = self.symbol_at(address)
        return None if symbol is None else SymbolOffset(symbol.name, address - symbol.address)

    def end_of(self, symbol: Symbol) -> int:
        """Return where the symbol ends: by its size, else at the next symbol or the end of its section."""
        if symbol.size:
            return symbol.address + symbol.size
        section = self.section_at(symbol.address)
        end = section[1] if section else symbol.address
        i = bisect_right(self._addresses, symbol.address)
        return min(end, self._addresses[i]) if i < len(self._rows) else end


def _same_place(a: Candidate, b: Candidate) -> bool:
    return (a.symbol.address, a.symbol.size, a.section) == (b.symbol.address, b.symbol.size, b.section)


def read_symbols(elf: ElfFile, bias: int) -> tuple[tuple[Symbol, ...], SymbolIndex]:
    """Return the defined symbols at run-time addresses in file order, PLT names last, and their index.

    TLS symbols keep their offset in the thread's block as address. Where a symbol is defined several times
    with different versions, the default version comes first.
    """
    dynamic = _section_of_kind(elf, 11)
    table = _section_of_kind(elf, 2) or dynamic
    rows = [] if table is None else list(_defined(elf, table, bias))
    if dynamic is not None:
        rows.extend(_plt(elf, dynamic, bias))
    sections = (
        (s.address + bias, s.address + bias + s.size, number)
        for number, s in enumerate(elf.sections)
        if s.flags & SHF_ALLOC and not s.flags & SHF_TLS and s.size
    )
    is_go = any(s.name.endswith(".gopclntab") for s in elf.sections)
    if is_go and _section_of_kind(elf, 2) is None:
        rows.extend(_go_functions(elf, bias))
    named = (row for row in rows if row.symbol.kind != "tls" and not (is_go and _is_marker(elf, row)))
    return tuple(row.symbol for row in rows), SymbolIndex(named, sections)


def _go_functions(elf: ElfFile, bias: int) -> Iterator[Candidate]:
    """Name the functions of a stripped Go program."""
    table = go_table(elf.data, elf.sections, bias, bias)
    text_number = next((n for n, s in enumerate(elf.sections) if s.name == ".text"), 0)
    for function in table.functions if table is not None else ():
        if function.name and function.low < function.high:
            symbol = Symbol(function.name, function.low, function.high - function.low, "function", True)
            yield Candidate(symbol, text_number, True)


def _is_marker(elf: ElfFile, row: Candidate) -> bool:
    """Whether Go's linker only marks a place among data with it (`runtime.types`, `type:*`): it names nothing there."""
    return not row.symbol.size and not elf.sections[row.section].flags & SHF_EXECINSTR


def _section_of_kind(elf: ElfFile, kind: int) -> SectionHeader | None:
    return next((s for s in elf.sections if s.kind == kind and s.size), None)


def _linked(elf: ElfFile, number: int) -> bytes:
    return elf.sections[number].contents(elf.data) if number < len(elf.sections) else b""


def _table_rows(elf: ElfFile, table: SectionHeader) -> Iterator[tuple[int, int, int, int, int, int]]:
    raw = table.contents(elf.data)
    yield from struct.iter_unpack("<IBBHQQ", raw[: len(raw) - len(raw) % 24])


def _defined(elf: ElfFile, table: SectionHeader, bias: int) -> Iterator[Candidate]:
    strings = _linked(elf, table.link)
    versions = _versions(elf) if table.kind == 11 else ()
    later: list[Candidate] = []
    for n, (name_at, info, _, section, value, size) in enumerate(_table_rows(elf, table)):
        kind = _KINDS.get(info & 15)
        if kind is None or not 0 < section < len(elf.sections):
            continue
        name = text(strings, name_at)
        is_global = info >> 4 != 0
        if not name or (not is_global and name.startswith((".L", "$L"))):
            continue
        header = elf.sections[section]
        if not header.flags & SHF_ALLOC:
            continue
        address = value if kind == "tls" else value + bias
        symbol = Symbol(name, address, size, kind, is_global)
        is_text = is_global and bool(header.flags & SHF_EXECINSTR) and info & 15 != 10
        row = Candidate(symbol, section, is_text)
        if n < len(versions) and versions[n] & _HIDDEN_VERSION:
            later.append(row)
        else:
            yield row
    yield from later


def _versions(elf: ElfFile) -> tuple[int, ...]:
    section = next((s for s in elf.sections if s.kind == 0x6FFFFFFF), None)
    raw = section.contents(elf.data) if section else b""
    return struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) & ~1])


def _plt(elf: ElfFile, dynamic: SectionHeader, bias: int) -> Iterator[Candidate]:
    """Name the PLT's entries as objdump does, and the slots they are bound through as gdb does."""
    found = list(_got_slots(elf, dynamic))
    slots = {s.address: f"{s.name}+{s.addend:#x}" if s.addend else s.name for s in found}
    tables = [(n, s) for name in (".got.plt", ".got") for n, s in enumerate(elf.sections) if s.name == name]
    for number, table in tables[:1]:
        for slot in found:
            if slot.is_lazy and table.address <= slot.address < table.address + table.size:
                symbol = Symbol(f"{slot.name}@got.plt", slot.address + bias, 8, "object", True)
                yield Candidate(symbol, number, False)
    for number, section in enumerate(elf.sections):
        step = _PLT_SECTIONS.get(section.name)
        if step is None or dynamic.size < 48 or not section.flags & SHF_EXECINSTR:
            continue
        step = section.entry_size if section.entry_size in (8, 16) else step
        code = section.contents(elf.data)
        for at in range(0, len(code) - 5, step):
            target = _jump_slot(code, at, section.address)
            if target in slots:
                symbol = Symbol(f"{slots[target]}@plt", section.address + at + bias, step, "plt", True)
                yield Candidate(symbol, number, True)


def _jump_slot(code: bytes, at: int, base: int) -> int | None:
    """Return the address of the slot that `jmp *slot(%rip)`, after `endbr64` or `bnd`, jumps through."""
    at += 4 if code.startswith(_ENDBR64, at) else 0
    at += 1 if code.startswith(b"\xf2", at) else 0
    if not code.startswith(b"\xff\x25", at) or at + 6 > len(code):
        return None
    return base + at + 6 + int.from_bytes(code[at + 2 : at + 6], "little", signed=True)


@dataclass(frozen=True)
class _Slot:
    """A slot of the global offset table: its address, the symbol put there, what is added, lazily bound or not."""

    address: int
    name: str
    addend: int
    is_lazy: bool


def _got_slots(elf: ElfFile, dynamic: SectionHeader) -> Iterator[_Slot]:
    strings = _linked(elf, dynamic.link)
    names = [row[0] for row in _table_rows(elf, dynamic)]
    for section in elf.sections:
        if section.kind != 4 or not section.flags & SHF_ALLOC:
            continue
        raw = section.contents(elf.data)
        for address, info, addend in struct.iter_unpack("<QQq", raw[: len(raw) - len(raw) % 24]):
            kind, index = info & 0xFFFFFFFF, info >> 32
            if kind in _GOT_RELOCATIONS and index < len(names):
                name = text(strings, names[index]) if index else "*ABS*"
                yield _Slot(address, name, addend, section.name == ".rela.plt")
