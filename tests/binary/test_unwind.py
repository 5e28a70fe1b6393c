from __future__ import annotations

import re
import subprocess

import pytest

from stackreel.binary import RegisterRule, read_debug, read_image
from stackreel.binary.reader import Reader
from stackreel.errors import BinaryError
from support.build import compile_c
from support.c_programs import PLAIN, VARIABLES

CASES = {
    "O0": ("-O0",),
    "O2": ("-O2",),
    "no frame pointer, static": ("-O2", "-static"),
    "stripped": ("-s",),
    "debug_frame alone": ("-g", "-fno-asynchronous-unwind-tables", "-O2", "-fno-pie", "-no-pie"),
    "clang": ("-O1", "-g"),
}
COLUMNS = {"ra": "rip"}


def shown(rule: RegisterRule | None) -> str:
    if rule is None or rule.kind == "undefined":
        return "u"
    spelling = {"offset": f"c{rule.offset:+d}", "expression": "exp", "val_expression": "vexp", "same": "s"}
    return spelling.get(rule.kind, "(r)")


@pytest.mark.oracle
@pytest.mark.parametrize("case", CASES)
def test_rows_are_those_readelf_interprets(case: str) -> None:
    program = compile_c(VARIABLES, "-w", *CASES[case], cc="clang" if case == "clang" else "gcc")
    info = read_debug(read_image(program.read_bytes(), case))
    columns: list[str] = []
    rows = 0
    text = subprocess.run(["readelf", "-wF", str(program)], capture_output=True, text=True, check=True).stdout
    for line in text.splitlines():
        if line.lstrip().startswith("LOC "):
            columns = line.split()[2:]
        found = re.match(r"([0-9a-f]{16}) (\S+)\s+(.*)", line)
        if found is None or "FDE" in line or "CIE" in line or not int(found[1], 16):
            continue
        pc = int(found[1], 16)
        row = info.unwind(pc)
        assert row is not None
        assert row.low == pc < row.high <= row.function_high
        cfa = "exp" if row.cfa.expression is not None else f"{row.cfa.register}{row.cfa.offset:+d}"
        rules = [shown(row.registers.get(COLUMNS.get(c, c))) for c in columns]
        assert (cfa, rules) == (found[2], re.sub(r"r\d+ \(\w+\)|r\d+", "(r)", found[3]).split()), line
        assert (info.unwind(row.high - 1), row.return_register) == (row, "rip")
        rows += 1
    assert rows > 5


def test_signal_frames_are_marked_and_gaps_have_no_rules() -> None:
    image = read_image(compile_c(PLAIN, "-w", "-static").read_bytes(), "static")
    info = read_debug(image)
    # the return from a signal handler is found one byte before its function
    restorer = next(s for s in image.symbols if s.name == "__restore_rt")
    row = info.unwind(restorer.address)
    assert row is not None
    assert row.is_signal_frame
    assert info.unwind(image.function("main").low).is_signal_frame is False
    assert info.unwind(0x10) is None
    assert info.has_dwarf is False
    assert info.function_at(image.entry) is None


def test_a_damaged_table_is_a_binary_error() -> None:
    program = compile_c(PLAIN, "-w")
    image = read_image(program.read_bytes(), "damaged")
    section = image.section(".eh_frame")
    data = bytearray(program.read_bytes())
    data[section.offset : section.offset + 4] = b"\xff\xff\xff\x7f"
    with pytest.raises(BinaryError, match="longer than its section"):
        read_debug(read_image(bytes(data), "damaged")).unwind(image.entry)


def test_numbers_of_variable_length() -> None:
    assert Reader(b"\xe5\x8e\x26").uleb() == 624485
    assert [Reader(raw).sleb() for raw in (b"\x02", b"\x7e", b"\x80\x7f", b"\xff\x00")] == [2, -2, -128, 127]
    with pytest.raises(BinaryError, match="number without end"):
        Reader(b"\x80" * 40).uleb()
    with pytest.raises(BinaryError, match="ends too early"):
        Reader(b"\x80").uleb()
    assert Reader(b"\0\0\xfc\xff\xff\xff", 2).encoded(0x1B, 0x1000) == 0xFFE
    with pytest.raises(BinaryError, match="unknown encoding 0x30"):
        Reader(b"\0").encoded(0x30, 0)
