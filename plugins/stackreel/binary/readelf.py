"""An ELF file as `readelf` and `nm` of binutils 2.40 print it: here the headers, in symboltables.py the symbols.

pyelftools reads the file and names what is in it; here is how binutils lays it out. Trusts nothing: what pyelftools
cannot read is a BinaryError. Section names longer than their column are cut as readelf cuts them.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from elftools.common.exceptions import ELFError
from elftools.elf.constants import SH_FLAGS
from elftools.elf.descriptions import (
    describe_e_machine,
    describe_e_type,
    describe_ei_class,
    describe_ei_data,
    describe_ei_osabi,
    describe_ei_version,
    describe_p_flags,
    describe_p_type,
    describe_sh_flags,
    describe_sh_type,
)
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import Section
from elftools.elf.segments import InterpSegment

from stackreel.binary.symboltables import listed, names
from stackreel.errors import BinaryError

_LOOS, _LOPROC = 0x60000000, 0x70000000
_RETAIN = 0x200000
"""SHF_GNU_RETAIN."""
_PROCESSOR, _LARGE = 0xF0000000, 0x10000000
"""SHF_MASKPROC and SHF_X86_64_LARGE."""

_NAME_WIDTH = 17
_CUT = "[...]"
_KEY = """\
Key to Flags:
  W (write), A (alloc), X (execute), M (merge), S (strings), I (info),
  L (link order), O (extra OS processing required), G (group), T (TLS),
  C (compressed), x (unknown), o (OS specific), E (exclude),
  D (mbind), l (large), p (processor specific)
"""


def readelf(data: bytes, tool: str) -> str:
    """Return what a tool of `TOOLS` prints of the ELF file `data`. Raises BinaryError."""
    try:
        return TOOLS[tool](ELFFile(io.BytesIO(data)))
    except (ELFError, ValueError, KeyError, OverflowError, RecursionError, struct.error) as error:
        raise BinaryError(f"`{tool}` cannot be told of this file: {error}") from error


def _header(elf: ELFFile) -> str:
    header = elf.header
    ident = header["e_ident"]
    magic = "".join(f"{byte:02x} " for byte in elf.e_ident_raw)
    rows = (
        ("Class:", describe_ei_class(ident["EI_CLASS"])),
        ("Data:", describe_ei_data(ident["EI_DATA"])),
        ("Version:", describe_ei_version(ident["EI_VERSION"])),
        ("OS/ABI:", _OSABI.get(ident["EI_OSABI"]) or describe_ei_osabi(ident["EI_OSABI"])),
        ("ABI Version:", ident["EI_ABIVERSION"]),
        ("Type:", describe_e_type(header["e_type"], elf)),
        ("Machine:", describe_e_machine(header["e_machine"])),
        ("Version:", _hexadecimal(1 if header["e_version"] == "EV_CURRENT" else 0)),
        ("Entry point address:", _hexadecimal(header["e_entry"])),
        ("Start of program headers:", f"{header['e_phoff']} (bytes into file)"),
        ("Start of section headers:", f"{header['e_shoff']} (bytes into file)"),
        ("Flags:", _hexadecimal(header["e_flags"])),
        ("Size of this header:", f"{header['e_ehsize']} (bytes)"),
        ("Size of program headers:", f"{header['e_phentsize']} (bytes)"),
        ("Number of program headers:", header["e_phnum"]),
        ("Size of section headers:", f"{header['e_shentsize']} (bytes)"),
        ("Number of section headers:", header["e_shnum"]),
        ("Section header string table index:", header["e_shstrndx"]),
    )
    return f"ELF Header:\n  Magic:   {magic}\n" + "".join(f"  {name:<34} {value}\n" for name, value in rows)


_OSABI = {"ELFOSABI_LINUX": "UNIX - GNU"}
"""Names that binutils has changed."""


def _hexadecimal(number: int) -> str:
    return f"{number:#x}"


def _segments(elf: ELFFile, *, is_wide: bool = False) -> str:
    header = elf.header
    count = elf.num_segments()
    if not count:
        return "\nThere are no program headers in this file.\n"
    plural = "" if count == 1 else "s"
    told = (
        f"\nElf file type is {describe_e_type(header['e_type'], elf)}\n"
        f"Entry point {header['e_entry']:#x}\n"
        f"There are {count} program header{plural}, starting at offset {header['e_phoff']}\n"
        "\nProgram Headers:\n"
    )
    told += _WIDE_HEADING if is_wide else _HEADING
    row = _wide_segment if is_wide else _segment
    for segment in elf.iter_segments():
        told += row(segment)
        if isinstance(segment, InterpSegment):
            told += f"      [Requesting program interpreter: {segment.get_interp_name()}]\n"
    return told + _mapping(elf)


_HEADING = """\
  Type           Offset             VirtAddr           PhysAddr
                 FileSiz            MemSiz              Flags  Align
"""
_WIDE_HEADING = """\
  Type           Offset   VirtAddr           PhysAddr           FileSiz  MemSiz   Flg Align
"""


def _segment(segment: Any) -> str:  # noqa: ANN401 - of pyelftools
    places = " ".join(f"{segment[key]:#018x}" for key in ("p_offset", "p_vaddr", "p_paddr"))
    sizes = " ".join(f"{segment[key]:#018x}" for key in ("p_filesz", "p_memsz"))
    flags, align = _permissions(segment)
    return f"  {_segment_type(segment['p_type']):<14.14} {places}\n                 {sizes}  {flags}    {align}\n"


def _wide_segment(segment: Any) -> str:  # noqa: ANN401 - of pyelftools
    places = " ".join(f"{segment[key]:#018x}" for key in ("p_vaddr", "p_paddr"))
    sizes = " ".join(f"{segment[key]:#08x}" for key in ("p_filesz", "p_memsz"))
    flags, align = _permissions(segment)
    kind = f"{_segment_type(segment['p_type']):<14.14}"
    return (
        f"  {kind} {segment['p_offset']:#08x} {places} {sizes} {flags} {align if segment['p_align'] else 0}\n"
    )


def _permissions(segment: Any) -> tuple[str, str]:  # noqa: ANN401 - of pyelftools
    """Return a segment's flags and its alignment."""
    flags = describe_p_flags(segment["p_flags"]).replace("X", "E")
    return flags, _hexadecimal(segment["p_align"])


def _segment_type(kind: str | int) -> str:
    if not isinstance(kind, int):
        return describe_p_type(kind)
    for first, name in ((_LOPROC, "LOPROC"), (_LOOS, "LOOS")):
        if kind >= first:
            return f"{name}+{kind - first:#x}"
    return f"<unknown>: {kind:x}"


def _mapping(elf: ELFFile) -> str:
    told = "\n Section to Segment mapping:\n  Segment Sections...\n"
    sections = [section for section in elf.iter_sections() if section["sh_type"] != "SHT_NULL"]
    for number, segment in enumerate(elf.iter_segments()):
        names = [
            s.name for s in sections if segment.section_in_segment(s) and not _is_tbss(s, segment["p_type"])
        ]
        told += f"   {number:02}     " + "".join(f"{name} " for name in names) + "\n"
    return told


def _is_tbss(section: Section, segment: str | int) -> bool:
    is_tls = bool(section["sh_flags"] & SH_FLAGS.SHF_TLS)
    return is_tls and section["sh_type"] == "SHT_NOBITS" and segment != "PT_TLS"


def _sections(elf: ELFFile) -> str:
    count = elf.num_sections()
    if not count:
        return "\nThere are no sections in this file.\n"
    plural = "" if count == 1 else "s"
    told = (
        f"There are {count} section header{plural}, starting at offset {elf.header['e_shoff']:#x}:\n"
        "\nSection Headers:\n"
        "  [Nr] Name              Type             Address           Offset\n"
        "       Size              EntSize          Flags  Link  Info  Align\n"
    )
    has_retain = _has_retain(elf)
    for number, section in enumerate(elf.iter_sections()):
        name = section.name
        if len(name) > _NAME_WIDTH:
            name = name[: _NAME_WIDTH - len(_CUT)] + _CUT
        kind = section["sh_type"]
        shown = f"{kind:08x}: <unknown>" if isinstance(kind, int) else describe_sh_type(kind)
        flags = _flags(section, has_retain=has_retain)
        place = f"{section['sh_addr']:016x}  {section['sh_offset']:08x}"
        told += (
            f"  [{number:2}] {name:<{_NAME_WIDTH}} {shown:<15.15}  {place}\n"
            f"       {section['sh_size']:016x}  {section['sh_entsize']:016x} {flags:>3}      "
            f"{section['sh_link']:2}   {section['sh_info']:3}     {section['sh_addralign']}\n"
        )
    return told + (_KEY.replace("  D (", "  R (retain), D (") if has_retain else _KEY)


def _has_retain(elf: ELFFile) -> bool:
    return elf.header["e_ident"]["EI_OSABI"] in ("ELFOSABI_LINUX", "ELFOSABI_FREEBSD")


def _flags(section: Section, *, has_retain: bool) -> str:
    letters = describe_sh_flags(section["sh_flags"])
    if section["sh_flags"] & _PROCESSOR == _LARGE:
        letters = letters.replace("p", "l")
    if has_retain and section["sh_flags"] & _RETAIN:
        letters = letters.replace("o", "R")
    if not section["sh_flags"] & SH_FLAGS.SHF_COMPRESSED:
        return letters
    after = next((n for n, letter in enumerate(letters) if letter in "oEp"), len(letters))
    return f"{letters[:after]}C{letters[after:]}"


TOOLS: Mapping[str, Callable[[ELFFile], str]] = {
    "readelf -h": _header,
    "readelf -l": _segments,
    "readelf -lW": partial(_segments, is_wide=True),
    "readelf -S": _sections,
    "readelf -s": listed,
    "nm": names,
    "nm -n": partial(names, is_by_value=True),
    "nm -S": partial(names, has_sizes=True),
}
"""The commands whose output is known."""
