"""Addresses as objdump names them: every one that it prints of whole files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from stackreel.binary import read_image
from stackreel.binary.bfd import BfdSymbols
from support.build import compile_c
from support.project import ROOT

PROGRAM = """
#include <stdio.h>
#include <stdlib.h>
__thread int own = 1;
int shared_one = 3;
__attribute__((weak)) double half(double x) { return x / 2 + 3.25; }
int exported(int a) { return a + own; }
int main(int argc, char **argv) {
    printf("%s %f\\n", "hello", half(argc));
    fputs(argv[0], stderr);
    return exported(atoi("3")) + shared_one;
}
"""
BUILT = {
    "pie": (),
    "fixed": ("-no-pie", "-fno-pie"),
    "now": ("-fno-plt", "-Wl,-z,now"),
    "lazy": ("-Wl,-z,lazy", "-fcf-protection=full"),
    "static": ("-static",),
    "static-pie": ("-static-pie", "-fPIE"),
    "shared": ("-shared", "-fPIC"),
    "stripped": ("-s",),
    "exporting": ("-s", "-rdynamic"),
    "stripped-static": ("-s", "-static"),
}
OTHERS = ("/lib/x86_64-linux-gnu/libm.so.6", "/lib/x86_64-linux-gnu/libc.so.6")
GO = ("go-sum-1.15/sum", "go-sum-1.27/sum")
_HEADING = re.compile(r"([0-9a-f]{16}) <(.*)>:$")
_NAMED = re.compile(r"(?:# |\s)((?:[0-9a-f]+ <.*>|0x[0-9a-f]+))$")


def compared(file: Path) -> tuple[int, list[str]]:
    """Return how many addresses with names objdump prints, and those that we print otherwise."""
    symbols = read_image(file.read_bytes(), file.name).bfd
    sections = {section.name for section in symbols.elf.sections}
    out = subprocess.run(["objdump", "-d", "-w", file], capture_output=True, text=True, check=True).stdout
    number, wrong = 0, []
    for line in out.splitlines():
        heading, fields = _HEADING.match(line), line.split("\t")
        if heading and "-0x" not in heading[2] and heading[2] not in sections:
            ours, theirs = symbols.label(int(heading[1], 16)), heading[2]
        elif len(fields) == 3 and (named := _NAMED.search(fields[2])) and "$" not in named[0]:
            theirs = named[1]
            ours = symbols.printed(int(theirs.split()[0], 16), int(fields[0].strip(": "), 16))
        else:
            continue
        number += 1
        if ours != theirs:
            wrong.append(f"{line}: ours {ours}")
    return number, wrong


@pytest.mark.oracle
@pytest.mark.parametrize("name", BUILT)
def test_programs(name: str) -> None:
    number, wrong = compared(compile_c(PROGRAM, "-O1", *BUILT[name]))
    assert wrong[:20] == []
    assert number > 30


@pytest.mark.oracle
@pytest.mark.parametrize("file", OTHERS)
def test_libraries_with_versions(file: str) -> None:
    number, wrong = compared(Path(file))
    assert wrong[:20] == []
    assert number > 25_000


@pytest.mark.oracle
@pytest.mark.parametrize("name", GO)
def test_go_programs(name: str) -> None:
    number, wrong = compared(ROOT / "traces" / name)
    assert wrong[:20] == []
    assert number > 15_000


def symbols_of(name: str) -> BfdSymbols:
    file = compile_c(PROGRAM, "-O1", *BUILT[name])
    return read_image(file.read_bytes(), file.name).bfd


def test_a_file_without_symbols_has_addresses_only() -> None:
    symbols = symbols_of("stripped-static")
    assert symbols.printed(0x401000, 0x401000) == "0x401000"
    assert symbols.label(0x401000) == ""


def test_an_address_below_all_symbols_is_before_the_first() -> None:
    assert re.fullmatch(r"1 <\S+-0x[0-9a-f]+>", symbols_of("stripped").printed(1, 0x1000))


def test_damaged_tables_stop_nothing() -> None:
    """Whatever the tables of versions and relocations hold, an address is printed."""
    file = compile_c(PROGRAM, "-O1", *BUILT["stripped"])
    data = bytearray(file.read_bytes())
    elf = read_image(bytes(data), file.name).bfd.elf
    for section in elf.sections:
        if section.name.startswith((".gnu.version", ".rela")):
            for at in range(section.offset, section.offset + section.size):
                data[at] = 0xFF if at % 3 else data[at]
    assert read_image(bytes(data), file.name).bfd.printed(0x2000, 0x1040).startswith("2000 <")
