"""The vDSO: a small shared object the kernel maps into every process, found by AT_SYSINFO_EHDR.

Ours is made here. Its functions have the names and the version (LINUX_2.6) of the kernel's and do the system
call, so time goes through the virtual clock. It exists because C libraries behave otherwise without one: the
loader would allocate less, and thread-local storage would be elsewhere than natively. Format: ELF gABI, and
the symbol versions of the Linux Standard Base.
"""

from __future__ import annotations

import struct

SIZE = 2 * 4096
_FUNCTIONS = (  # name, number of the system call, as arch/x86/entry/vdso/vdso.lds.S exports them
    ("__vdso_clock_gettime", 228),
    ("__vdso_gettimeofday", 96),
    ("__vdso_time", 201),
    ("__vdso_clock_getres", 229),
    ("__vdso_getcpu", 309),
)
_SONAME, _VERSION = "linux-vdso.so.1", "LINUX_2.6"
_HEADERS = 64 + 2 * 56
_CODE_AT = 0x800
_CODE_STEP = 16
_PT_LOAD, _PT_DYNAMIC = 1, 2
_DT_HASH, _DT_STRTAB, _DT_SYMTAB, _DT_STRSZ, _DT_SYMENT, _DT_SONAME = 4, 5, 6, 10, 11, 14
_DT_VERSYM, _DT_VERDEF, _DT_VERDEFNUM = 0x6FFF_FFF0, 0x6FFF_FFFC, 0x6FFF_FFFD
_GLOBAL_FUNCTION = 0x12


def image() -> bytes:
    """Return the shared object, to be mapped at any page."""
    names = [name for name, _ in _FUNCTIONS]
    strings, offset_of = _strings([_SONAME, _VERSION, *names])
    symbols = bytes(24) + b"".join(
        struct.pack("<IBBHQQ", offset_of[name], _GLOBAL_FUNCTION, 0, 1, _CODE_AT + _CODE_STEP * i, _CODE_STEP)
        for i, name in enumerate(names)
    )
    parts = {
        _DT_HASH: _hash(["", *names]),
        _DT_SYMTAB: symbols,
        _DT_STRTAB: strings,
        _DT_VERSYM: struct.pack(f"<{1 + len(names)}H", 0, *(2 for _ in names)),
        _DT_VERDEF: _versions(offset_of),
    }
    body, places = b"", {}
    for tag, contents in parts.items():
        places[tag] = _HEADERS + len(body)
        body += contents.ljust((len(contents) + 7) & -8, b"\0")
    dynamic_at = _HEADERS + len(body)
    dynamic = b"".join(
        struct.pack("<QQ", tag, value)
        for tag, value in (
            *places.items(),
            (_DT_STRSZ, len(strings)),
            (_DT_SYMENT, 24),
            (_DT_SONAME, offset_of[_SONAME]),
            (_DT_VERDEFNUM, 2),
            (0, 0),
        )
    )
    code = b"".join(
        (b"\xb8" + struct.pack("<I", number) + b"\x0f\x05\xc3").ljust(_CODE_STEP, b"\xcc")
        for _, number in _FUNCTIONS
    )
    end = _CODE_AT + len(code)
    header = struct.pack(
        "<16sHHIQQQIHHHHHH",
        b"\x7fELF\x02\x01\x01",
        3,
        62,
        1,
        0,
        64,
        0,
        0,
        64,
        56,
        2,
        64,
        0,
        0,
    )
    header += struct.pack("<IIQQQQQQ", _PT_LOAD, 5, 0, 0, 0, end, end, 4096)
    header += struct.pack(
        "<IIQQQQQQ", _PT_DYNAMIC, 4, dynamic_at, dynamic_at, dynamic_at, len(dynamic), len(dynamic), 8
    )
    return (header + body + dynamic).ljust(_CODE_AT, b"\0") + code


def _strings(texts: list[str]) -> tuple[bytes, dict[str, int]]:
    table, offsets = b"\0", {}
    for text in texts:
        offsets[text] = len(table)
        table += text.encode() + b"\0"
    return table, offsets


def _hash(names: list[str]) -> bytes:
    """The System V hash table with one bucket: a chain of all symbols."""
    chain = [0, *(i + 1 if i + 1 < len(names) else 0 for i in range(1, len(names)))]
    return struct.pack(f"<II I {len(names)}I", 1, len(names), 1, *chain)


def _versions(offset_of: dict[str, int]) -> bytes:
    """Version definitions: the object's own name as the base, and the version of all functions."""
    rows = ((1, 1, _SONAME, 28), (0, 2, _VERSION, 0))
    return b"".join(
        struct.pack("<HHHHIII", 1, flags, index, 1, elf_hash(name), 20, following)
        + struct.pack("<II", offset_of[name], 0)
        for flags, index, name, following in rows
    )


def elf_hash(name: str) -> int:
    """Return the hash of a name (gABI, figure 5-13)."""
    h = 0
    for byte in name.encode():
        h = (h << 4) + byte
        h = (h ^ (h & 0xF000_0000) >> 24) & 0x0FFF_FFFF
    return h
