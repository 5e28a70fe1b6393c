from __future__ import annotations

import contextlib
import random
import re
import struct
import subprocess
from pathlib import Path

import pytest

from stackreel.binary import Image, read_image
from stackreel.errors import BinaryError, StackreelError, SymbolError
from support.build import compile_c
from support.c_programs import PLAIN
from support.gdb_oracle import ask

KINDS = {
    "pie": (),
    "fixed": ("-no-pie", "-fno-pie"),
    "static": ("-static",),
    "static-pie": ("-static-pie",),
    "stripped": ("-s",),
    "cet": ("-fcf-protection=full", "-Wl,-z,ibtplt"),
    "now": ("-Wl,-z,now", "-fno-plt"),
    "clang": ("-O0",),
}


def build(kind: str) -> Path:
    return compile_c(PLAIN, "-g", "-w", *KINDS[kind], cc="clang" if kind == "clang" else "gcc")


def image(kind: str, bias: int = 0) -> Image:
    return read_image(build(kind).read_bytes(), kind, bias)


def output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("kind", KINDS)
def test_headers_are_those_readelf_prints(kind: str) -> None:
    found = image(kind)
    text = output("readelf", "-hlW", str(build(kind)))
    assert found.entry == int(re.search(r"Entry point address:\s+(0x\w+)", text)[1], 16)
    assert found.phdr_count == int(re.search(r"Number of program headers:\s+(\d+)", text)[1])
    loads = re.findall(r"LOAD\s+(0x\w+) (0x\w+) 0x\w+ (0x\w+) (0x\w+) ([RWE ]{3}) (0x\w+)", text)
    assert [(s.offset, s.address, s.file_size, s.memory_size, s.align) for s in found.segments] == [
        tuple(int(x, 16) for x in (o, a, f, m, g)) for o, a, f, m, _, g in loads
    ]
    flags = [flags.lower().replace("e", "x").replace(" ", "-") for *_, flags, _ in loads]
    assert [s.permissions for s in found.segments] == flags
    interpreter = re.search(r"interpreter: (\S+)\]", text)
    assert found.interpreter == (interpreter[1] if interpreter else None)
    headers = re.search(r"PHDR\s+0x\w+ (0x\w+)", text)
    assert found.phdr_address == (int(headers[1], 16) if headers else found.segments[0].address + 64)
    relro = re.search(r"GNU_RELRO\s+0x\w+ (0x\w+) 0x\w+ 0x\w+ (0x\w+)", text)
    assert relro
    low = int(relro[1], 16)
    assert found.relro == (low, low + int(relro[2], 16))
    needed = re.findall(r"Shared library: \[(.*)\]", output("readelf", "-dW", str(build(kind))))
    assert list(found.needed) == needed


def test_kinds_are_told_apart() -> None:
    assert [image(k).kind for k in ("fixed", "pie", "static", "static-pie")] == ["exec", "pie", "exec", "pie"]
    assert image("static-pie").interpreter is None
    library = compile_c("int f(void) { return 1; }", "-shared", "-fPIC")
    assert read_image(library.read_bytes(), "lib").kind == "shared"
    assert image("pie").executable_stack is False
    wild = compile_c(PLAIN, "-w", "-z", "execstack")
    assert read_image(wild.read_bytes(), "wild").executable_stack is True


@pytest.mark.oracle
@pytest.mark.parametrize("kind", KINDS)
def test_addresses_are_named_as_gdb_names_them(kind: str) -> None:
    found = image(kind)
    chance = random.Random(kind)
    addresses: list[int] = []
    for s in found.sections:
        if s.flags & 2 and not s.flags & 0x400 and s.size:
            addresses += [s.address, s.address + s.size - 1, s.address + s.size]
            addresses += [s.address + chance.randrange(s.size) for _ in range(12)]
    for y in chance.sample(found.symbols, min(len(found.symbols), 150)):
        addresses += (
            [] if y.kind == "tls" else [y.address, y.address + y.size, y.address + max(0, y.size - 1)]
        )
    for address, answer in zip(
        addresses, ask(build(kind), [f"info symbol {a:#x}" for a in addresses]), strict=True
    ):
        names = {line.split(" in section")[0].replace(" + ", "+") for line in answer.splitlines()}
        ours = found.symbolize(address)
        assert (str(ours) in names) if ours else answer.startswith("No symbol"), hex(address)


@pytest.mark.parametrize("kind", ["pie", "fixed", "stripped", "cet", "now", "clang"])
def test_plt_entries_are_named_as_objdump_names_them(kind: str) -> None:
    labels = re.findall(r"^0*([0-9a-f]+) <(\S+@plt)>:$", output("objdump", "-d", str(build(kind))), re.M)
    assert labels
    found = image(kind)
    assert {(s.address, s.name) for s in found.symbols if s.kind == "plt"} == {
        (int(a, 16), n) for a, n in labels
    }
    assert str(found.symbolize(int(labels[0][0], 16) + 4)) == f"{labels[0][1]}+4"


def test_functions_by_name_and_address() -> None:
    found = image("pie", 0x555555554000)
    main = found.function("main")
    nm = dict(
        reversed(line.split(" T ")) for line in output("nm", str(build("pie"))).splitlines() if " T " in line
    )
    assert main.low == int(nm["main"], 16) + 0x555555554000
    assert found.function_at(main.low + 5) == main
    assert found.function_at(main.high - 1) == main
    assert found.function_at(0x1000) is None
    assert found.function("malloc@plt").high - found.function("malloc@plt").low == 16
    assert found.function("_init").high > found.function("_init").low
    with pytest.raises(SymbolError, match="no function named mian") as caught:
        found.function("mian")
    assert "main" in caught.value.near
    with pytest.raises(SymbolError, match="stripped"):
        image("stripped").function("main")
    assert found.symbol("counter").kind == "object"
    assert found.symbol("mine").kind == "tls"


def test_several_local_functions_of_one_name_are_listed() -> None:
    source = "static int twin_a(void) { return 1; } static int twin_b(void) { return 2; }"
    data = compile_c(source + "int main(void) { return twin_a() + twin_b(); }").read_bytes()
    with pytest.raises(SymbolError, match=r"has 2 local functions named twin_a: at 0x\w+, 0x\w+"):
        read_image(data.replace(b"twin_b", b"twin_a"), "twins").function("twin_a")
    one_is_global = compile_c(
        (source + "int main(void) { return twin_a() + twin_b(); }").replace("static int twin_b", "int twin_b")
    )
    found = read_image(one_is_global.read_bytes().replace(b"twin_a", b"twin_b"), "twins")
    assert (
        found.function("twin_b").low == read_image(one_is_global.read_bytes(), "twins").function("twin_b").low
    )


def test_memory_is_read_with_zeroes_after_the_files_part() -> None:
    found = image("fixed")
    counter, data = found.symbol("counter"), found.symbol("data")
    assert found.read(data.address, 4) == b"\3\0\0\0"
    assert found.read(counter.address, 4) == bytes(4)
    with pytest.raises(BinaryError, match="no segment holds the address 0x10"):
        found.read(0x10, 1)
    with pytest.raises(BinaryError, match="cannot be read at once"):
        found.read(data.address, 1 << 40)
    with pytest.raises(SymbolError, match=r"no section named \.txet"):
        found.section(".txet")


def with_bytes(at: int, new: bytes) -> bytes:
    data = bytearray(build("pie").read_bytes())
    data[at : at + len(new)] = new
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (lambda: b"", "is not an ELF file"),
        (lambda: b"#!/bin/sh\n", "is not an ELF file"),
        (lambda: b"\x7fELF\2\1\1", "is truncated: the file ends before the ELF header does"),
        (lambda: with_bytes(4, b"\1")[:64], "is a 32-bit ELF file"),
        (lambda: with_bytes(18, b"\xb7\0"), "for AArch64, and only x86-64"),
        (lambda: with_bytes(18, b"\xf3\0"), "for RISC-V, and only x86-64"),
        (lambda: with_bytes(18, b"\x02\x01"), "for LoongArch, and only x86-64"),
        (lambda: with_bytes(5, b"\2\1\0\0\0\0\0\0\0\0\0\0\2\0\x16"), r"big-endian ELF file \(IBM S/390\)"),
        (lambda: with_bytes(16, b"\1\0"), "is a relocatable object"),
        (lambda: with_bytes(16, b"\4\0"), "is a core dump"),
        (
            lambda: build("pie").read_bytes()[:300],
            "is truncated: the file ends before the table of program headers does",
        ),
        (lambda: build("pie").read_bytes()[:0x1800], "is truncated: the file ends before the segment at 0x"),
        (lambda: with_bytes(56, b"\0\0"), "is damaged: it says it has 0 program headers"),
        (lambda: with_bytes(54, b"\0\0"), "is damaged: it says"),
    ],
)
def test_what_is_not_a_program_is_one_clear_error(data: object, message: str) -> None:
    with pytest.raises(BinaryError, match=message) as caught:
        read_image(data(), "odd")  # type: ignore[operator]  # the table holds functions, so that nothing is built early
    assert caught.value.message.startswith("odd ")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            lambda: build("pie").read_bytes()[:-64],
            "odd is truncated: the file ends before the section table does",
        ),
        (lambda: with_bytes(62, b"\xf0\xf0"), "odd is damaged: the table of section names is absent"),
        (lambda: with_bytes(58, b"\1\0"), "odd is damaged: its section headers are 1 bytes long, not 64"),
    ],
)
def test_a_section_table_is_missed_only_where_it_is_needed(data: object, message: str) -> None:
    found = read_image(data(), "odd")  # type: ignore[operator]  # as above
    assert found.entry == image("pie").entry
    assert found.segments == image("pie").segments
    assert found.damage == message
    assert found.symbolize(found.entry) is None
    for needs in (
        lambda: found.function("main"),
        lambda: found.symbol("main"),
        lambda: found.section(".text"),
    ):
        with pytest.raises(BinaryError, match=message):
            needs()


@pytest.mark.parametrize("size", [1 << 30, 0x7FFFFFFFFFFF, (1 << 64) - 1])
def test_a_function_ends_where_its_segment_does(size: int) -> None:
    data = bytearray(build("fixed").read_bytes())
    plain = read_image(bytes(data), "plain")
    table = plain.section(".symtab")
    for at in range(table.offset, table.offset + table.size, 24):
        if struct.unpack_from("<Q", data, at + 8)[0] == plain.function("main").low:
            struct.pack_into("<Q", data, at + 16, size)
    function = read_image(bytes(data), "huge").function("main")
    segment = plain.segment_at(function.low)
    assert segment is not None
    assert function.high == segment.address + segment.memory_size


def test_a_fixed_program_cannot_be_moved() -> None:
    with pytest.raises(BinaryError, match="fixed addresses"):
        image("fixed", 0x1000)


def test_any_bytes_give_an_image_or_a_binary_error() -> None:
    data = build("pie").read_bytes()
    sections = struct.unpack_from("<Q", data, 40)[0]
    chance = random.Random(20)
    good = 0
    for _ in range(1500):
        wrong = bytearray(data)
        for _ in range(chance.choice([1, 2, 8])):
            at = chance.choice(
                [chance.randrange(800), chance.randrange(sections, len(data)), chance.randrange(len(data))]
            )
            wrong[at] = chance.choice([0, 255, chance.randrange(256)])
        if chance.random() < 0.1:
            del wrong[chance.randrange(len(wrong)) :]
        try:
            found = read_image(bytes(wrong), "wrong")
        except BinaryError:
            continue
        good += 1
        found.symbolize(found.entry)
        found.function_at(found.entry)
        with contextlib.suppress(StackreelError):
            found.read(found.function("main").low, 8)
    assert 0 < good < 1500
