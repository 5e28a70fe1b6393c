"""What words of Go's own types are told to stand for: types in interfaces, functions of closures, bytes of slices."""

from __future__ import annotations

from functools import cache

import pytest

from stackreel.frames import Slot
from stackreel.machine.pool import Emulator
from stackreel.page.subject import Shown, Subject, subject
from stackreel.trace.recorder import record
from stackreel.trace.request import Request
from support.go import BOTH, NEW, OLD, PLAIN, compile_go

PROGRAM = """
package main

type Point struct{ X, Y int }
type Shape interface{ Area() int }

func (p Point) Area() int { return p.X * p.Y }

func double(n int) int { return 2 * n }

//go:noinline
func f(a interface{}, b interface{}, none interface{}, s Shape, e error, g func(int) int, bs []byte) int {
	n := g(len(bs))
	return n + s.Area()
}

func main() {
	text := []byte("by> [((")
	println(f(42, &text, nil, Point{3, 4}, nil, double, text[:2]))
}
"""


@cache
def recorded(toolchain: str) -> Subject:
    binary = compile_go(PROGRAM, *PLAIN, toolchain=toolchain)
    program = binary.read_bytes()
    request = Request(
        program, str(binary), (str(binary),), start="main.main", functions=("main.main", "main.f")
    )
    with Emulator(1) as emulator:
        return subject(record(request, emulator), program, binary.name, Shown())


def slots(toolchain: str) -> dict[str, Slot]:
    """Return the arguments of f when it has called g."""
    program = recorded(toolchain)
    view = program.analyst.view(program.position("leave main.f") - 4)
    return {slot.name: slot for slot in view.slots if slot.role == "parameter" and slot.data is not None}


@pytest.mark.parametrize("toolchain", BOTH)
def test_the_type_in_an_interface_is_named(toolchain: str) -> None:
    found = slots(toolchain)
    assert found["a._type"].note == "int"
    assert found["b._type"].note == "*[]uint8"
    assert found["none._type"].note == ""


def test_an_itab_has_a_symbol_or_both_types() -> None:
    old, new = slots(OLD)["s.tab"], slots(NEW)["s.tab"]
    assert (str(old.symbol), old.note) == ("go.itab.main.Point,main.Shape", "")
    assert (new.symbol, new.note) == (None, "main.Point,main.Shape")
    assert slots(NEW)["e.tab"].note == ""


@pytest.mark.parametrize("toolchain", BOTH)
def test_a_function_value_has_the_function_it_runs(toolchain: str) -> None:
    found = slots(toolchain)["g"]
    assert str(found.symbol) == "main.double"


@pytest.mark.parametrize("toolchain", BOTH)
def test_of_a_slice_of_bytes_its_own_bytes_are_quoted(toolchain: str) -> None:
    found = slots(toolchain)["bs.array"]
    assert found.value.endswith(' "by"')
    assert slots(toolchain)["bs.len"].value == "2"
