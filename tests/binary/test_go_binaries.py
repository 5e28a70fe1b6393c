"""Go binaries without symbols and DWARF: what .gopclntab alone says, against the same program unstripped."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from stackreel.binary import CfaRule, DebugInfo, Image, read_debug, read_image
from stackreel.binary.gotable import go_table
from stackreel.errors import BinaryError
from stackreel.listing import list_functions
from support.build import compile_c
from support.go import BOTH, NEW, OLD, STRIPPED, compile_go
from support.recorded import opened

PROGRAM = Path(__file__).parents[1] / "frames/programs/types.go"
VERSIONS = {OLD: "go1.15.15", NEW: "go1.27.3"}


@pytest.fixture(scope="module", params=BOTH)
def twins(request: pytest.FixtureRequest) -> tuple[Path, Path]:
    """The program with everything, and stripped."""
    go = request.param
    return compile_go(PROGRAM, toolchain=go), compile_go(PROGRAM, *STRIPPED, toolchain=go)


def both(twins: tuple[Path, Path]) -> tuple[tuple[Image, DebugInfo], tuple[Image, DebugInfo]]:
    return opened(twins[0]), opened(twins[1])


@pytest.mark.parametrize("go", BOTH)
@pytest.mark.parametrize("flags", [(), STRIPPED])
def test_the_version_of_go(go: str, flags: tuple[str, ...]) -> None:
    assert opened(compile_go(PROGRAM, *flags, toolchain=go))[0].go_version == VERSIONS[go]


def test_a_c_program_was_made_by_no_go() -> None:
    assert opened(compile_c("int main(void) { return 0; }\n"))[0].go_version == ""


@pytest.mark.oracle
def test_functions_are_those_of_nm(twins: tuple[Path, Path]) -> None:
    whole, stripped = both(twins)
    assert not any(s.kind == "symtab" for s in stripped[0].sections)
    listed = subprocess.run(["nm", "-S", str(twins[0])], capture_output=True, text=True, check=True).stdout
    rows = [line.split(" ", 3) for line in listed.splitlines()]
    wanted = {r[3]: int(r[0], 16) for r in rows if len(r) == 4 and r[2] in "Tt" and r[3].startswith("main.")}
    assert len(wanted) > 8
    moved = {name: stripped[0].function(name).low - address for name, address in wanted.items()}
    assert set(moved.values()) == {stripped[0].function("main.main").low - whole[0].function("main.main").low}
    function = stripped[0].function("main.numbers")
    assert str(stripped[0].symbolize(function.low + 5)) == "main.numbers+5"
    assert stripped[1].function_at(function.low + 5) == stripped[0].function_at(function.low)


@pytest.mark.oracle
def test_lines_are_those_of_the_dwarf(twins: tuple[Path, Path]) -> None:
    (image, debug), (bare, known) = both(twins)
    assert debug.has_dwarf
    assert not known.has_dwarf
    compared = 0
    for name in ("main.main", "main.strings", "main.slices", "main.others", "main.numbers", "runtime.main"):
        function, other = image.function(name), bare.function(name)
        size = min(function.high - function.low, other.high - other.low)
        for i in list_functions(image, debug, [name], "att").functions[0].instructions:
            at = i.address - function.low
            row = known.line_at(other.low + at) if at < size else None
            if row is not None and i.line:
                assert (row.line, row.file.removeprefix("./")) == (i.line, i.file.removeprefix("./"))
                compared += 1
    assert compared > 400
    assert {r.low for r in known.lines} >= {bare.function("main.main").low}


@pytest.mark.oracle
def test_unwinding_by_the_depth_of_the_stack_is_that_of_the_call_frame_information(
    twins: tuple[Path, Path],
) -> None:
    (image, debug), (bare, known) = both(twins)
    for name in ("main.main", "main.strings", "main.others", "runtime.mallocgc", "runtime.gopark"):
        function, other = image.function(name), bare.function(name)
        for at in range(function.high - function.low):
            wanted, found = debug.unwind(function.low + at), known.unwind(other.low + at)
            assert wanted is not None
            assert found is not None
            assert (found.cfa, found.registers["rip"]) == (wanted.cfa, wanted.registers["rip"])
            assert found.low <= other.low + at < found.high
    first = known.unwind(bare.function("main.main").low)
    assert first is not None
    assert first.cfa == CfaRule("rsp", 8)


@pytest.mark.parametrize("go", BOTH)
def test_a_damaged_table_is_a_binary_error(go: str) -> None:
    data = compile_go(PROGRAM, *STRIPPED, toolchain=go).read_bytes()
    image = read_image(data, "damaged")
    section = next(s for s in image.sections if s.name == ".gopclntab")
    chance = random.Random(go)
    refused = 0
    for n in range(40):
        low = section.offset + (chance.randrange(200) if n % 2 else chance.randrange(section.size))
        broken = data[:low] + chance.randbytes(8) + data[low + 8 :]
        try:
            bad = read_image(broken, "damaged")
            debug = read_debug(bad)
            for function in chance.sample(debug.functions, 20):
                debug.line_at(function.low), debug.unwind(function.low), bad.symbolize(function.low)
        except BinaryError:
            refused += 1
    assert refused > 3
    with pytest.raises(BinaryError, match="not a known version"):
        read_image(data[: section.offset] + b"\0" * 64 + data[section.offset + 64 :], "damaged")
    assert go_table(data, (), 0) is None
