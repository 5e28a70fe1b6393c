"""Listings in Go's syntax against `go tool objdump` of both Gos: the examples to the byte, whole programs nearly so."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from stackreel.listing import as_objdump, go_dialect, list_functions
from stackreel.listing.decode import decode
from support.go import BOTH, NEW, OLD, compile_go, go
from support.project import ROOT
from support.recorded import opened

pytestmark = pytest.mark.oracle

EXAMPLES = ("sum", "add", "args7", "multi", "frames", "memory")
HELLO = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n'
KINDS = {
    OLD: {"vector instruction Go 1.15 does not know", "one of several names for an address"},
    NEW: {"one of several names for an address", "comparison by name, not by number"},
}
"""What may differ in a whole program."""


@pytest.mark.parametrize("version", BOTH)
@pytest.mark.parametrize("name", EXAMPLES)
def test_package_main_of_the_examples_to_the_byte(name: str, version: str) -> None:
    binary = ROOT / "traces" / f"go-{name}-{version.removeprefix('go-')}" / name
    wanted = go(version, "tool", "objdump", "-s", r"^main\.", str(binary))
    functions = re.findall(r"^TEXT (\S+)\(SB\)", wanted, re.MULTILINE)
    assert "main.main" in functions
    image, debug = opened(binary)
    assert as_objdump(list_functions(image, debug, functions, "go")) == wanted


@pytest.mark.parametrize("version", BOTH)
def test_a_whole_program(version: str) -> None:
    binary = compile_go(HELLO, toolchain=version)
    wanted = read(go(version, "tool", "objdump", str(binary)))
    image, _ = opened(binary)
    dialect = go_dialect(image)
    assert dialect.modern == (version == NEW)
    found: Counter[str] = Counter()
    for address, (code, text) in wanted.items():
        assert image.read(address, len(code)) == code
        _, spelled = decode(code, address, "go", dialect)
        ours = f"{spelled.head} {spelled.operands}".rstrip()
        if ours != text:
            found[kind(code, text, ours)] += 1
    assert len(wanted) > 100_000
    assert sum(found.values()) < len(wanted) / 1000, found
    assert set(found) == KINDS[version]


def read(text: str) -> dict[int, tuple[bytes, str]]:
    found = {}
    for line in text.splitlines():
        cells = [cell for cell in line.strip().split("\t") if cell]
        if len(cells) == 4:
            found[int(cells[1], 16)] = bytes.fromhex(cells[2]), cells[3].strip()
    return found


def kind(code: bytes, theirs: str, ours: str) -> str:
    """Name the kind of a difference."""
    if code[0] in (0xC4, 0xC5):
        return "vector instruction Go 1.15 does not know"
    if "(IP)" in theirs and "(SB)" in ours and theirs.split(maxsplit=1)[0] == ours.split(maxsplit=1)[0]:
        return "one of several names for an address"
    if re.match(r"VPCMPU?Q \$", theirs):
        return "comparison by name, not by number"
    return f"{theirs} is {ours}"


def test_the_path_of_the_file_is_that_of_the_debug_information() -> None:
    binary = compile_go("package main\n\nfunc main() { println(1) }\n", toolchain=NEW)
    image, debug = opened(binary)
    first = as_objdump(list_functions(image, debug, ["main.main"], "go"), raw=False).splitlines()[0]
    assert first == go(NEW, "tool", "objdump", "-s", r"^main\.main$", str(binary)).splitlines()[0]
