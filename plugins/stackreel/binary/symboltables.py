"""The symbols of an ELF file as `nm` and `readelf -s` of binutils 2.40 print them.

pyelftools reads the file; here is how binutils lays it out. Of `nm`, what it prints of the static symbol table. Names
are cut as `readelf -s` cuts them; those that are not ASCII are refused there, as it depends on the reader's locale how
many of their characters it shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerDefSection, GNUVerNeedSection, GNUVerSymSection
from elftools.elf.sections import Section, Symbol, SymbolTableSection

from stackreel.binary.versions import definitions, needs
from stackreel.errors import BinaryError

_BY_NAME = {
    ".bss": "b",
    ".data": "d",
    ".debug": "N",
    ".fini": "t",
    ".init": "t",
    ".rodata": "r",
    ".sbss": "s",
    ".sdata": "g",
    ".text": "t",
}
"""Letters of sections whose name begins so, before the end, a dot, a dollar or a digit."""

_AFTER_NAME = (".", "$", *"0123456789")


def names(elf: ELFFile, *, is_by_value: bool = False, has_sizes: bool = False) -> str:
    """Return what `nm` prints; `is_by_value` is `-n`, `has_sizes` is `-S`. Raises BinaryError without symbols."""
    table = next((s for s in elf.iter_sections() if s["sh_type"] == "SHT_SYMTAB"), None)
    if not isinstance(table, SymbolTableSection):
        raise BinaryError("the program has no symbols, so `nm` prints nothing of it")
    rows = [
        symbol
        for symbol in table.iter_symbols()
        if symbol.name and symbol["st_info"]["type"] not in ("STT_SECTION", "STT_FILE")
    ]
    rows.sort(key=lambda symbol: symbol.name.encode())
    if is_by_value:
        rows.sort(key=lambda symbol: -1 if symbol["st_shndx"] == "SHN_UNDEF" else symbol["st_value"])
    return "".join(_name(elf, symbol, has_size=has_sizes) for symbol in rows)


def _name(elf: ELFFile, symbol: Symbol, *, has_size: bool) -> str:
    letter = _letter(elf, symbol)
    value = "" if letter in "Uwv" and symbol["st_shndx"] == "SHN_UNDEF" else f"{symbol['st_value']:016x}"
    size = f" {symbol['st_size']:016x}" if value and has_size and symbol["st_size"] else ""
    return f"{value:>16}{size} {letter} {symbol.name}\n"


def _letter(elf: ELFFile, symbol: Symbol) -> str:
    """Return the class of a symbol, as bfd_decode_symclass has it."""
    kind, bind, index = symbol["st_info"]["type"], symbol["st_info"]["bind"], symbol["st_shndx"]
    is_object = kind == "STT_OBJECT"
    if index == "SHN_COMMON":
        return "C"
    if index == "SHN_UNDEF":
        return ("v" if is_object else "w") if bind == "STB_WEAK" else "U"
    if kind == "STT_LOOS":  # STT_GNU_IFUNC
        return "i"
    if bind == "STB_WEAK":
        return "V" if is_object else "W"
    if bind == "STB_LOOS":  # STB_GNU_UNIQUE
        return "u"
    letter = "a" if index == "SHN_ABS" else _section_letter(elf.get_section(index))
    return letter if bind == "STB_LOCAL" else letter.upper()


def _section_letter(section: Section) -> str:
    for start, letter in _BY_NAME.items():
        rest = section.name.removeprefix(start)
        if rest != section.name and (not rest or rest.startswith(_AFTER_NAME)):
            return letter
    flags = section["sh_flags"]
    is_read_only = not flags & SH_FLAGS.SHF_WRITE
    if flags & SH_FLAGS.SHF_EXECINSTR:
        return "t"
    if section["sh_type"] == "SHT_NOBITS":
        return "b"
    if flags & SH_FLAGS.SHF_ALLOC:
        return "r" if is_read_only else "d"
    if section.name.startswith((".debug", ".zdebug", ".gnu.debug")):
        return "N"
    return "n" if is_read_only else "?"


_HEADING = "   Num:    Value          Size Type    Bind   Vis      Ndx Name\n"
_TYPES = {"STT_LOOS": "IFUNC"}
_BINDS = {"STB_LOOS": "UNIQUE"}
_INDEXES = {"SHN_UNDEF": "UND", "SHN_ABS": "ABS", "SHN_COMMON": "COM"}
_NAME_WIDTH = 21
_CUT = "[...]"
_LARGEST = 99999
"""Sizes above it are written in hexadecimal."""
_HIDDEN, _BASE = 0x8000, 1


def listed(elf: ELFFile) -> str:
    """Return what `readelf -s` prints. Raises BinaryError where there are no symbols, or one it cannot tell."""
    told = ""
    for table in elf.iter_sections():
        if table["sh_type"] in ("SHT_SYMTAB", "SHT_DYNSYM") and isinstance(table, SymbolTableSection):
            count = table.num_symbols()
            told += f"\nSymbol table '{table.name}' contains {count} entr{'y' if count == 1 else 'ies'}:\n{_HEADING}"
            versions = _Versions(elf) if table["sh_type"] == "SHT_DYNSYM" else None
            for number, symbol in enumerate(table.iter_symbols()):
                version = versions.of(number, symbol) if versions else ""
                told += _row(number, symbol, _shown(_named(elf, symbol), version))
    if not told:
        raise BinaryError("the program has no symbols, so `readelf -s` prints nothing of it")
    return told


def _row(number: int, symbol: Symbol, shown: str) -> str:
    size, index = symbol["st_size"], symbol["st_shndx"]
    words: tuple[tuple[str | int, Mapping[str, str], str, int], ...] = (
        (symbol["st_info"]["type"], _TYPES, "STT_", 7),
        (symbol["st_info"]["bind"], _BINDS, "STB_", 6),
        (symbol["st_other"]["visibility"], {}, "STV_", 7),
    )
    columns = (
        f"{number:6}: {symbol['st_value']:016x}",
        f"{size:5}" if size <= _LARGEST else f"{size:#x}",
        *(f"{_word(value, known, start):<{width}}" for value, known, start, width in words),
        f"{index if isinstance(index, int) else _word(index, _INDEXES, 'SHN_'):>4}",
        shown,
    )
    return " ".join(columns) + "\n"


def _word(value: str | int, known: Mapping[str, str], start: str) -> str:
    if isinstance(value, int):
        raise BinaryError(f"`readelf -s` cannot be told of this file: {value} is an unknown kind of symbol")
    return known.get(value) or value.removeprefix(start)


def _named(elf: ELFFile, symbol: Symbol) -> str:
    """Return a symbol's name; a section's is that of the section."""
    is_section = symbol["st_info"]["type"] == "STT_SECTION" and not symbol.name
    return str(elf.get_section(symbol["st_shndx"]).name if is_section else symbol.name)


def _shown(name: str, version: str) -> str:
    """Return a name, cut, and its version."""
    width = _NAME_WIDTH - len(version)
    if not name.isascii() or not name.isprintable() or width <= 0:
        raise BinaryError(f"`readelf -s` cannot be told of this file: its symbol {name + version!r}")
    if len(name) <= width:
        return name + version
    return name[: max(width - len(_CUT), 0)] + _CUT + version


def _table(elf: ELFFile, section: Section) -> tuple[bytes, bytes]:
    """Return the bytes of a table and of the strings it names."""
    return _contents(section), _contents(elf.get_section(section["sh_link"]))


def _contents(section: Section) -> bytes:
    """Return what the file has of a section, whatever type and flags it says it has."""
    section.stream.seek(section["sh_offset"])
    return section.stream.read(section["sh_size"])


class _Versions:
    """The versions of the symbols of `.dynsym`."""

    def __init__(self, elf: ELFFile) -> None:
        sections: Sequence[Section] = list(elf.iter_sections())
        self._given = next((s for s in sections if isinstance(s, GNUVerSymSection)), None)
        self._defined: dict[int, tuple[bool, str]] = {}
        self._needed: dict[int, str] = {}
        for section in sections:
            if isinstance(section, GNUVerDefSection):
                for number, flags, name in definitions(*_table(elf, section)):
                    self._defined[number] = (flags == _BASE, name)
            elif isinstance(section, GNUVerNeedSection):
                self._needed.update(needs(*_table(elf, section)))

    def of(self, number: int, symbol: Symbol) -> str:
        """Return what is written behind a name: `@GLIBC_2.34 (2)`, `@@V1`, or nothing."""
        if self._given is None:
            return ""
        index = self._given.get_symbol(number)["ndx"]
        if not isinstance(index, int):  # local, or global without a version
            return ""
        is_defined = symbol["st_shndx"] != "SHN_UNDEF"
        if is_defined and index & ~_HIDDEN in self._defined:
            is_base, name = self._defined[index & ~_HIDDEN]
            is_own = is_base or name == symbol.name
            return "" if is_own else ("@" if index & _HIDDEN else "@@") + name
        return f"@{self._needed[index]} ({index})" if index in self._needed else ""
