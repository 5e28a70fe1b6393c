"""Code without symbols: what was executed and the short gaps in it, compared with the same program's symbols."""

from __future__ import annotations

import subprocess

import pytest

from stackreel.binary import Image, read_debug, read_image
from stackreel.listing import Instruction, list_functions, list_nameless
from support.build import compile_c

SOURCE = """
int twice(int a) { if (a > 100) return a / 3; return 2 * a; }
int main(void) { int n = twice(21); return twice(n) == 84 ? 0 : 1; }
"""


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Image, Image]:
    """Return a program with its symbols, and without."""
    whole = compile_c(SOURCE, "-O0", "-static", "-no-pie")
    stripped = tmp_path_factory.mktemp("nameless") / "stripped"
    subprocess.run(["strip", "-s", "-o", stripped, whole], check=True)
    return read_image(whole.read_bytes(), "whole"), read_image(stripped.read_bytes(), "stripped")


def known(whole: Image, *names: str) -> list[Instruction]:
    found = list_functions(whole, read_debug(whole), names, "att").functions
    return sorted((i for f in found for i in f.instructions), key=lambda i: i.address)


def test_gaps_between_executed_instructions_are_filled_where_they_fit(programs: tuple[Image, Image]) -> None:
    whole, stripped = programs
    every = known(whole, "twice", "main")
    low, high = every[0].address, every[-1].address + len(every[-1].code)
    executed = {i.address: i.code for i in every if i.kind != "branch" and "idiv" not in i.mnemonic}
    (found,) = list_nameless(stripped, executed, {low}, "att")
    assert (found.name, found.low, found.high) == ("", low, high)
    assert [(i.address, i.code, i.text) for i in found.instructions] == [
        (i.address, i.code, i.text) for i in every
    ]


def test_code_apart_is_a_stretch_apart_and_only_those_wanted_are_given(programs: tuple[Image, Image]) -> None:
    whole, stripped = programs
    main, other = known(whole, "main"), known(whole, "abort")
    executed = {i.address: i.code for i in (*main, *other)}
    both = list_nameless(stripped, executed, {main[2].address, other[0].address}, "att")
    assert sorted(f.low for f in both) == sorted((main[0].address, other[0].address))
    (one,) = list_nameless(stripped, executed, {other[0].address}, "att")
    assert one.low == other[0].address
    assert list_nameless(stripped, executed, {1}, "att") == ()


def test_a_gap_that_is_no_code_divides(programs: tuple[Image, Image]) -> None:
    whole, stripped = programs
    main = known(whole, "main")
    first, beyond = main[0], main[4]
    inside = {first.address: first.code, beyond.address - 1: b"\x90"}  # which is in an instruction's midst
    found = list_nameless(stripped, inside, inside, "att")
    assert [f.low for f in found] == sorted(inside)


def test_other_files_code_is_as_it_was_executed(programs: tuple[Image, Image]) -> None:
    _, stripped = programs
    library = {0x7FFFF7DF0000: b"\x55", 0x7FFFF7DF0001: b"\x48\x89\xe5", 0x7FFFF7DF0006: b"\xc3"}
    found = list_nameless(stripped, library, library, "att")
    assert [[i.text for i in f.instructions] for f in found] == [["push %rbp", "mov %rsp,%rbp"], ["ret"]]


def test_named_code_is_left_out(programs: tuple[Image, Image]) -> None:
    whole, _ = programs
    main = known(whole, "main")
    assert list_nameless(whole, {i.address: i.code for i in main}, {main[0].address}, "att") == ()
