from __future__ import annotations

import re
from pathlib import Path

import pytest

from stackreel.binary import DebugInfo, read_debug, read_image
from stackreel.binary.types import Enum, Pointer, Struct, strip, type_name
from stackreel.errors import BinaryError, SymbolError
from support.build import compile_c
from support.c_programs import PLAIN, TYPES, VARIABLES
from support.gdb_oracle import ask

CASES = {
    "O0": ("gcc", "-O0"),
    "O1 fixed": ("gcc", "-O1", "-no-pie", "-fno-pie"),
    "O2": ("gcc", "-O2"),
    "O2 DWARF 4": ("gcc", "-O2", "-gdwarf-4"),
    "O0 DWARF 4 static": ("gcc", "-O0", "-gdwarf-4", "-static"),
    "clang O0": ("clang", "-O0"),
    "clang O2": ("clang", "-O2"),
}


def build(case: str, source: str = VARIABLES) -> Path:
    compiler, *flags = CASES[case]
    return compile_c(source, "-w", "-g", *flags, cc=compiler)


def debug(program: Path) -> DebugInfo:
    return read_debug(read_image(program.read_bytes(), program.name))


@pytest.mark.oracle
@pytest.mark.parametrize("case", CASES)
def test_every_address_is_on_the_line_gdb_says(case: str) -> None:
    info = debug(build(case))
    addresses = [a for f in info.functions for a in range(f.low, f.high)]
    answers = ask(build(case), [f"info line *{a:#x}" for a in addresses])
    for address, answer in zip(addresses, answers, strict=True):
        found = re.search(
            r'Line (\d+) of "([^"]+)"\s+starts at address (0x\w+).*?and ends at (0x\w+)', answer
        )
        row = info.line_at(address)
        if found is None:
            assert row is None, answer
        else:
            assert row is not None
            assert (row.line, row.file) == (int(found[1]), found[2]), answer
            assert (row.low, row.high) == (int(found[3], 16), int(found[4], 16)), answer


@pytest.mark.oracle
@pytest.mark.parametrize("case", CASES)
def test_breakpoints_are_where_gdb_places_them(case: str) -> None:
    info = debug(build(case))
    names = [f.name for f in info.functions if info.function(f.name) == f and f.name != "square"]
    for name, answer in zip(names, ask(build(case), [f"break {n}" for n in names]), strict=True):
        found = re.search(r"at (0x\w+)", answer)
        assert found, answer
        assert info.after_prologue(info.function(name)) == int(found[1], 16), name
    lines = sorted({r.line for r in info.lines if r.file == "program.c"})
    for line, answer in zip(
        lines, ask(build(case), [f"break program.c:{line}" for line in lines]), strict=True
    ):
        ranges = info.addresses_of("program.c", line)
        found = re.search(r"at (0x\w+)", answer)
        assert ranges or found is None or "line" in answer
        if (
            found
            and f"line {line}." in answer
            and not any(info.after_prologue(f) == int(found[1], 16) for f in info.functions)
        ):
            assert any(low <= int(found[1], 16) < high for low, high in ranges), (line, answer)


def test_functions_are_found_by_name_and_address() -> None:
    info = debug(build("O2"))
    work = info.function("work")
    assert (work.file, work.line) == ("program.c", 7)
    assert info.function_at(work.low) == work == info.function_at(work.high - 1)
    assert info.has_dwarf
    assert "program.c" in info.files
    assert info.image.function("work").low == work.low
    with pytest.raises(SymbolError, match="no function named wrok") as caught:
        info.function("wrok")
    assert "work" in caught.value.near


@pytest.mark.oracle
@pytest.mark.parametrize("flags", [("gcc", "-gdwarf-5"), ("gcc", "-gdwarf-4"), ("clang", "-g")])
def test_types_are_called_and_sized_as_in_gdb(flags: tuple[str, str]) -> None:
    program = compile_c(TYPES, "-w", flags[1], cc=flags[0])
    variables = debug(program).globals
    assert len(variables) > 55 or flags[0] == "clang"
    names = ask(program, [f"whatis {v.name}" for v in variables])
    assert [f"type = {type_name(v.type)}" for v in variables] == names
    sizes = ask(program, [f"print sizeof({v.name})" for v in variables])
    assert [str(v.type.size) for v in variables] == [s.split(" = ")[1] for s in sizes]
    places = ask(program, [f"print/x (unsigned long) &{v.name}" for v in variables])
    assert [hex(v.address or 0) for v in variables] == [p.split(" = ")[1] for p in places]


@pytest.mark.parametrize("version", ["-gdwarf-5", "-gdwarf-4", "-gdwarf-3"])
def test_members_have_their_offsets_and_bits(version: str) -> None:
    program = compile_c(TYPES, "-w", version)
    types = {v.name: strip(v.type) for v in debug(program).globals}
    point, bits, node = types["p"], types["bf"], types["n"]
    assert isinstance(point, Struct)
    assert [(m.name, m.offset) for m in point.members] == [("x", 0), ("y", 4)]
    assert isinstance(bits, Struct)
    assert [(m.name, 8 * m.offset + m.bit_offset, m.bits) for m in bits.members] == [
        ("a", 0, 3),
        ("b", 3, 5),
        ("c", 8, None),
        ("d", 16, 40),
    ]
    assert isinstance(node, Struct)
    assert [(m.name, m.offset) for m in node.members] == [("next", 0), ("v", 8), ("anon", 12), ("", 16)]
    following = strip(node.members[0].type)
    assert isinstance(following, Pointer)
    assert following.target == node
    color = types["c"]
    assert isinstance(color, Enum)
    assert (color.values, color.is_signed) == ((("RED", 0), ("GREEN", 5), ("BLUE", -1)), True)


def test_static_and_thread_variables() -> None:
    program = compile_c(PLAIN, "-w", "-g", "-no-pie", "-fno-pie")
    info = debug(program)
    places = {v.name: v.address for v in info.globals}
    assert places["counter"] == info.image.symbol("counter").address
    assert places["hidden"] == info.image.symbol("hidden").address
    assert places["mine"] is None
    (low, high), *_ = info.addresses_of("program.c", 9)
    assert info.function_at(low).name == "sum"
    assert high > low
    (variable,) = [v for v in info.scope(low) if v.name == "s"]
    assert type_name(variable.type) == "int"
    assert info.addresses_of("other.c", 9) == ()


def test_damaged_debug_information_is_a_binary_error() -> None:
    program = build("O2")
    data = program.read_bytes()
    image = read_image(data, "damaged")
    outcomes = set()
    for name in (
        ".debug_info",
        ".debug_abbrev",
        ".debug_line",
        ".debug_loclists",
        ".debug_rnglists",
        ".debug_str",
    ):
        section = image.section(name)
        for at in range(0, section.size, max(1, section.size // 25)):
            wrong = bytearray(data)
            wrong[section.offset + at] ^= 0xFF
            info = read_debug(read_image(bytes(wrong), "damaged"))
            try:
                for function in info.functions:
                    for pc in range(function.low, function.high, 16):
                        for variable in info.scope(pc):
                            type_name(variable.type)
                        info.line_at(pc)
                    info.after_prologue(function)
                outcomes.add("read")
            except BinaryError:
                outcomes.add("refused")
    assert outcomes == {"read", "refused"}
