"""Arguments and results in the caller's frame, in Go up to 1.16: named before, during and after a call."""

from __future__ import annotations

from functools import cache

import pytest

from stackreel.binary.goabi0 import places
from stackreel.binary.types import Array, Base, Member, Pointer, Struct, Void
from stackreel.example import load_example
from stackreel.machine.pool import Emulator
from stackreel.page.subject import Shown, Subject, subject
from stackreel.trace import record as record_example
from stackreel.trace.recorder import record
from stackreel.trace.request import Request
from support.go import OLD, compile_go
from support.project import ROOT

INT = Base("int", 8, "signed")
BYTE = Base("uint8", 1, "unsigned char")
HALF = Base("int16", 2, "signed")
PAIR = Struct(
    "struct", "pair", 8, True, lambda: (Member("x", BYTE, 0), Member("y", Base("int32", 4, "signed"), 4))
)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ([("a", INT, False), ("~r1", INT, True)], (0, 8)),
        ([("a", BYTE, False), ("b", HALF, False), ("c", BYTE, False), ("~r3", BYTE, True)], (0, 2, 4, 8)),
        (
            [("p", Pointer(Void), False), ("q", PAIR, False), ("r", INT, True), ("s", BYTE, True)],
            (0, 8, 16, 24),
        ),
        ([("a", BYTE, False), ("b", Array(HALF, (3,)), False)], (0, 2)),
        ([("a", BYTE, False), ("z", Base("complex64", 8, "complex"), False)], (0, 4)),
        ([("~r0", INT, True)], (0,)),
        ([], ()),
        ([("a", INT, False), ("~r2", INT, True)], ()),  # one is not described
        ([("r", INT, True), ("a", INT, False)], ()),
    ],
)
def test_places_follow_from_the_types(
    parameters: list[tuple[str, Base | Struct | Pointer | Array, bool]], expected: tuple[int, ...]
) -> None:
    assert places(parameters) == expected


@cache
def example(name: str) -> Subject:
    made = load_example(ROOT / "traces" / name)
    with Emulator(1) as emulator:
        return subject(record_example(made, emulator), made.program, made.binary.name, Shown())


def named(program: Subject, moment: str, function: str) -> list[tuple[str, str]]:
    """Return what has a parameter's name in the frame of a function, lowest first: name and value."""
    view = program.analyst.view(program.position(moment))
    level = next(f.level for f in view.frames if f.function == function)
    found = [s for s in view.slots if s.frame == level and s.role == "parameter" and s.name]
    return [(s.name, s.value) for s in reversed(found)]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("main.main+29", [("~r1", "")]),  # nothing is written yet
        ("main.main+37", [("a", "1"), ("~r1", "")]),
        ("enter main.add1", [("a", "1"), ("~r1", "")]),
        ("leave main.add1", [("a", "1"), ("~r1", "21")]),
        ("main.main+47", [("a", "1"), ("~r1", "21")]),
    ],
)
def test_results_of_an_optimized_program_have_their_names(
    moment: str, expected: list[tuple[str, str]]
) -> None:
    assert named(example("go-add-1.15"), moment, "main.main") == expected


def test_the_result_of_seven_arguments_is_named_before_the_call() -> None:
    before = named(example("go-args7-1.15"), "main.main+165", "main.main")
    assert before == [(name, str(n + 1)) for n, name in enumerate("abcdefg")] + [("~r7", "")]


CALLS = """
package main

//go:noinline
func first(a, b int) int { return a * b }

//go:noinline
func second(c int) (int, int) { return c, c + 1 }

//go:noinline
func unseen(x int) { println(x) }

func main() {
	n := first(6, 7)
	unseen(n)
	p, q := second(n)
	unseen(p + q)
}
"""


@cache
def calls() -> Subject:
    binary = compile_go(CALLS, toolchain=OLD)
    program = binary.read_bytes()
    functions = ("main.main", "main.first", "main.second")
    request = Request(program, str(binary), (str(binary),), start="main.main", functions=functions)
    with Emulator(1) as emulator:
        return subject(record(request, emulator), program, binary.name, Shown())


def test_the_area_is_one_calls_after_another() -> None:
    program = calls()
    analyst, trace = program.analyst, program.trace
    enters, leaves = (
        [program.position(f"{way} main.{name}") for name in ("first", "second")] for way in ("enter", "leave")
    )
    seen: dict[int, list[str]] = {}
    for position in range(enters[0] - 2, len(trace)):
        view = analyst.view(position)
        names = [
            s.name for s in reversed(view.slots) if s.frame == len(view.frames) - 1 and s.role == "parameter"
        ]
        seen[position] = names
    assert seen[enters[0]] == seen[leaves[0]] == ["a", "b", "~r2"]
    assert seen[enters[1]] == seen[leaves[1]] == ["c", "~r1", "~r2"]
    over = next(k for k in range(leaves[0], len(trace)) if trace.over[k])
    assert seen[over] == ["b", "~r2"]  # the argument of the call that was not recorded lies where a was
    assert seen[over + 1] == []  # what is left of first is not what second will return
    assert seen[enters[1] - 1] == ["c"]
    assert all(set(names) <= {"a", "b", "c", "~r1", "~r2"} for names in seen.values())
    assert seen[leaves[1] + 3] == ["~r1", "~r2"]
    assert seen[len(trace) - 1] == []


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("leave main.swap", [("a", "3"), ("b", "17"), ("~r2", "17"), ("~r3", "3")]),
        ("main.main+114", [("a", "17"), ("b", "3")]),
        ("leave main.divmod", [("a", "17"), ("b", "3"), ("quotient", "5"), ("remainder", "2")]),
    ],
)
def test_results_of_one_call_are_not_shown_as_the_next_ones(
    moment: str, expected: list[tuple[str, str]]
) -> None:
    assert named(example("go-multi-1.15"), moment, "main.main") == expected


def test_what_has_the_room_of_a_result_to_come_has_no_name() -> None:
    program = example("go-multi-1.15")
    view = program.analyst.view(program.position("main.main+114"))
    (argument,) = (s.address for s in view.slots if s.frame == 0 and s.name == "b")
    above = {s.address - argument: (s.role, s.value) for s in view.slots}
    assert (above[8], above[16]) == (("data", "0x11"), ("data", "0x3"))
