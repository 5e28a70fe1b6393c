"""ELF64 headers, program headers and section headers as records.

Trusts nothing: every offset and count is checked against the length of the file before it is used, so that
the work done is bounded by the file's size. Reads little-endian x86-64 executables and shared objects only; it
does not read symbols (`symbols.py`) and does not relocate. Follows the ELF gABI (object files, program loading)
and the x86-64 psABI; what Linux does where the two are silent is said at the place.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise

from elftools.elf.enums import ENUM_E_MACHINE

from stackreel.binary.model import Section, Segment
from stackreel.errors import BinaryError

PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_TLS = 1, 2, 3, 7
PT_GNU_STACK, PT_GNU_RELRO = 0x6474E551, 0x6474E552
SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR, SHF_TLS = 1, 2, 4, 0x400
DT_NEEDED, DT_STRTAB, DT_STRSZ, DT_SONAME, DT_FLAGS_1 = 1, 5, 10, 14, 0x6FFFFFFB
DF_1_PIE = 0x08000000

_ADDRESS_LIMIT = 1 << 47  # the lower half of the canonical addresses: user space
_LONGEST_NAME = 4096
_ET = {0: "no type", 1: "a relocatable object", 2: "exec", 3: "dyn", 4: "a core dump"}
_SHT = {
    0: "null",
    1: "progbits",
    2: "symtab",
    3: "strtab",
    4: "rela",
    5: "hash",
    6: "dynamic",
    7: "note",
    8: "nobits",
    9: "rel",
    11: "dynsym",
    14: "init_array",
    15: "fini_array",
    16: "preinit_array",
    0x6FFFFFF6: "gnu_hash",
    0x6FFFFFFD: "verdef",
    0x6FFFFFFE: "verneed",
    0x6FFFFFFF: "versym",
}
_MACHINES = {
    2: "SPARC",
    3: "Intel 80386",
    8: "MIPS",
    20: "PowerPC",
    21: "64-bit PowerPC",
    22: "IBM S/390",
    40: "ARM",
    43: "64-bit SPARC",
    62: "x86-64",
    183: "AArch64",
    243: "RISC-V",
    258: "LoongArch",
}
_MACHINE_CODES = {number: code for code, number in ENUM_E_MACHINE.items() if isinstance(number, int)}


@dataclass(frozen=True)
class ProgramHeader:
    """A program header as in the file: addresses without bias, sizes in bytes."""

    kind: int
    flags: int
    offset: int
    address: int
    file_size: int
    memory_size: int
    align: int

    def segment(self, bias: int) -> Segment:
        """Return it as the record that other rooms read, at its run-time address."""
        letters = "".join(c if self.flags & bit else "-" for bit, c in ((4, "r"), (2, "w"), (1, "x")))
        return Segment(
            self.address + bias, self.memory_size, self.offset, self.file_size, letters, self.align
        )


@dataclass(frozen=True)
class SectionHeader:
    """A section header as in the file, without bias; `link`, `info` and `entry_size` as in the gABI."""

    name: str
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    entry_size: int

    def section(self, bias: int) -> Section:
        """Return it as the record that other rooms read; sections that are not loaded keep address 0."""
        address = self.address + bias if self.flags & SHF_ALLOC else self.address
        kind = _SHT.get(self.kind, hex(self.kind))
        return Section(self.name, address, self.size, self.offset, self.flags, kind)

    def contents(self, data: bytes) -> bytes:
        """Return its bytes in the file, none for `nobits`."""
        return b"" if self.kind == 8 else data[self.offset : self.offset + self.size]


@dataclass(frozen=True)
class ElfFile:
    """The tables of an ELF file, checked, without bias. `dynamic` are (tag, value) in file order.

    Where the section table cannot be read there are no sections, as Linux does not look at it, and `damage` says why.
    """

    name: str
    data: bytes
    is_dyn: bool
    entry: int
    phdr_offset: int
    programs: tuple[ProgramHeader, ...]
    sections: tuple[SectionHeader, ...]
    dynamic: tuple[tuple[int, int], ...]
    damage: str = ""

    def program(self, kind: int) -> ProgramHeader | None:
        """Return the first program header of this kind."""
        return next((p for p in self.programs if p.kind == kind), None)

    def loads(self) -> tuple[ProgramHeader, ...]:
        """Return the PT_LOAD headers in file order."""
        return tuple(p for p in self.programs if p.kind == PT_LOAD)

    def tag(self, tag: int) -> int | None:
        """Return the first value of a dynamic tag."""
        return next((value for t, value in self.dynamic if t == tag), None)

    def needed(self) -> tuple[str, ...]:
        """Return the names of DT_NEEDED in order."""
        offset, size = self.tag(DT_STRTAB), self.tag(DT_STRSZ) or 0
        strings = b"" if offset is None else self.at(offset, size)
        return tuple(text(strings, value) for tag, value in self.dynamic if tag == DT_NEEDED)

    def at(self, address: int, size: int) -> bytes:
        """Return up to `size` bytes of the file loaded at `address`; less where the file has less."""
        for p in self.loads():
            if p.address <= address < p.address + p.file_size:
                start = p.offset + address - p.address
                return self.data[start : min(start + size, p.offset + p.file_size)]
        return b""


def text(strings: bytes, offset: int) -> str:
    """Return the NUL-terminated name at `offset` of a string table, 4096 bytes at most; empty beyond its end."""
    end = strings.find(b"\0", offset, offset + _LONGEST_NAME)
    return strings[offset : end if end >= 0 else offset + _LONGEST_NAME].decode("utf-8", "backslashreplace")


def parse_elf(data: bytes, name: str) -> ElfFile:
    """Parse the tables of an ELF64 x86-64 executable or shared object.

    Raises BinaryError, in one sentence, for everything else that Linux would not run.
    """
    fields = _header(data, name)
    programs = _programs(data, name, fields.phoff, fields.phentsize, fields.phnum)
    sections, damage = _sections_or_damage(data, name, fields)
    header = next((p for p in programs if p.kind == PT_DYNAMIC), None)
    dynamic: list[tuple[int, int]] = []
    if header is not None:
        end = header.offset + header.file_size - header.file_size % 16
        for tag, value in struct.iter_unpack("<QQ", data[header.offset : end]):
            if tag == 0:
                break
            dynamic.append((tag, value))
    return ElfFile(
        name, data, fields.kind == 3, fields.entry, fields.phoff, programs, sections, tuple(dynamic), damage
    )


@dataclass(frozen=True)
class _Header:
    kind: int
    entry: int
    phoff: int
    phentsize: int
    phnum: int
    shoff: int
    shentsize: int
    shnum: int
    shstrndx: int


def _header(data: bytes, name: str) -> _Header:
    if data[:4] != b"\x7fELF":
        raise BinaryError(
            f"{name} is not an ELF file", example="a program built by gcc, such as `gcc -g sum.c`"
        )
    if len(data) < 20:
        raise _truncated(name, "the ELF header")
    little = data[5] == 1
    if data[4] not in (1, 2) or data[5] not in (1, 2):
        raise _damaged(name, "its class or byte order is neither of those ELF knows")
    kind, machine = struct.unpack_from("<HH" if little else ">HH", data, 16)
    isa = _MACHINES.get(machine) or _MACHINE_CODES.get(machine, f"machine number {machine}")
    if data[4] == 1:
        raise BinaryError(f"{name} is a 32-bit ELF file ({isa}), and only 64-bit x86-64 is supported")
    if not little:
        raise BinaryError(f"{name} is a big-endian ELF file ({isa}), and only x86-64 is supported")
    if machine != 62:
        raise BinaryError(f"{name} is an ELF file for {isa}, and only x86-64 is supported")
    if kind not in (2, 3):
        what = _ET.get(kind, f"an ELF file of type {kind:#x}")
        raise BinaryError(
            f"{name} is {what}, and only linked programs and shared libraries can be run",
            example=f"gcc -o {name.removesuffix('.o')}.elf {name}" if kind == 1 else "",
        )
    if len(data) < 64:
        raise _truncated(name, "the ELF header")
    _, _, _, entry, phoff, shoff, _, _, phentsize, phnum, shentsize, shnum, shstrndx = struct.unpack_from(
        "<HHIQQQIHHHHHH", data, 16
    )
    return _Header(kind, entry, phoff, phentsize, phnum, shoff, shentsize, shnum, shstrndx)


def _programs(data: bytes, name: str, offset: int, size: int, count: int) -> tuple[ProgramHeader, ...]:
    if not count or size != 56 or count == 0xFFFF:
        raise _damaged(name, f"it says it has {count} program headers of {size} bytes")
    if offset + count * size > len(data):
        raise _truncated(name, "the table of program headers")
    rows = struct.iter_unpack("<IIQQQQQQ", data[offset : offset + count * size])
    headers = tuple(ProgramHeader(k, f, o, v, fs, ms, a) for k, f, o, v, _, fs, ms, a in rows)
    loads = [h for h in headers if h.kind == PT_LOAD]
    if not loads:
        raise _damaged(name, "it has no segment to load")
    for h in headers:
        if h.kind not in (PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_TLS, PT_GNU_RELRO):
            continue
        if h.address + h.memory_size > _ADDRESS_LIMIT:
            raise _damaged(name, f"a segment at {h.address:#x} lies outside of user space")
        if h.kind != PT_GNU_RELRO and h.offset + h.file_size > len(data):
            raise _truncated(name, f"the segment at {h.address:#x}")
        if h.kind in (PT_LOAD, PT_TLS) and h.file_size > h.memory_size:
            raise _damaged(name, f"the segment at {h.address:#x} is larger in the file than in memory")
        if h.align & (h.align - 1) and h.align:
            raise _damaged(name, f"the segment at {h.address:#x} is aligned to {h.align}, not a power of two")
        if h.kind == PT_LOAD and (h.address - h.offset) % 4096:
            raise _damaged(name, f"the segment at {h.address:#x} does not lie on its page")
    if any(b.address < a.address + a.memory_size for a, b in pairwise(loads)):
        raise _damaged(name, "its segments overlap or are out of order")
    return headers


def _sections_or_damage(data: bytes, name: str, h: _Header) -> tuple[tuple[SectionHeader, ...], str]:
    try:
        return _sections(data, name, h), ""
    except BinaryError as error:
        return (), error.message


def _sections(data: bytes, name: str, h: _Header) -> tuple[SectionHeader, ...]:
    if not h.shoff:
        return ()
    if h.shentsize != 64:
        raise _damaged(name, f"its section headers are {h.shentsize} bytes long, not 64")
    if h.shoff + 64 > len(data):
        raise _truncated(name, "the section table")
    first = struct.unpack_from("<IIQQQQIIQQ", data, h.shoff)
    count = h.shnum or first[5]  # gABI: a count that does not fit is in the first header's sh_size
    if h.shoff + count * 64 > len(data):
        raise _truncated(name, "the section table")
    rows = list(struct.iter_unpack("<IIQQQQIIQQ", data[h.shoff : h.shoff + count * 64]))
    index = first[6] if h.shstrndx == 0xFFFF else h.shstrndx
    if index >= count:
        raise _damaged(name, "the table of section names is absent")
    for row in rows:
        if row[1] not in (0, 8) and row[4] + row[5] > len(data):
            raise _truncated(name, f"the section at offset {row[4]:#x}")
        if row[1] == 8 and row[3] + row[5] > _ADDRESS_LIMIT:
            raise _damaged(name, f"a section at {row[3]:#x} lies outside of user space")
    strings = b"" if rows[index][1] in (0, 8) else data[rows[index][4] : rows[index][4] + rows[index][5]]
    return tuple(
        SectionHeader(text(strings, n), k, f, a, o, s, link, info, entry_size)
        for n, k, f, a, o, s, link, info, _, entry_size in rows
    )


def _truncated(name: str, what: str) -> BinaryError:
    return BinaryError(f"{name} is truncated: the file ends before {what} does")


def _damaged(name: str, why: str) -> BinaryError:
    return BinaryError(f"{name} is damaged: {why}")
