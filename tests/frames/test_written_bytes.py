"""Bytes without a name: temporaries of the compiler are told from padding, also after the stack was moved."""

from __future__ import annotations

from functools import cache

import pytest

from stackreel.example import load_example
from stackreel.frames import Analyst, Slot
from stackreel.machine.pool import Emulator
from stackreel.page.subject import Shown, Subject, subject
from stackreel.trace import Trace
from stackreel.trace import record as record_example
from stackreel.trace.recorder import record
from stackreel.trace.request import Request
from support.build import compile_c
from support.go import BOTH, PLAIN, compile_go
from support.project import ROOT
from support.recorded import opened
from support.stacks import rows

GROWS = """
package main

//go:noinline
func grow(n int) int {
	var buf [6000]byte
	buf[n] = 7
	return int(buf[n]) + n
}

//go:noinline
func f(p *int) int {
	b := []int{1, 2, 3}
	t := grow(3)
	return *p + t + b[1]
}

func main() {
	k := 9
	println(f(&k))
}
"""


@cache
def grown(toolchain: str) -> tuple[Trace, Analyst]:
    binary = compile_go(GROWS, *PLAIN, toolchain=toolchain)
    request = Request(binary.read_bytes(), str(binary), (str(binary),), start="main.main",
                      functions=("main.main", "main.f"))  # fmt: skip
    with Emulator(1) as emulator:
        trace = record(request, emulator)
    return trace, Analyst(trace, *opened(binary))


@pytest.mark.parametrize("toolchain", BOTH)
def test_the_elements_of_a_slice_are_data_before_and_after_the_stack_moved(toolchain: str) -> None:
    trace, analyst = grown(toolchain)
    (move,) = trace.moves
    for position in (move.step, move.step + 1, move.step + 2):
        view = analyst.view(position)
        (array,) = (v for v in view.frames[0].variables if v.name == "b")
        held = next(s for s in view.slots if s.name == "b.array" and s.frame == 0)
        assert held.data is not None
        at = int.from_bytes(held.data, "little")
        assert view.low <= at < view.high
        elements = [s for s in view.slots if at <= s.address < at + 24]
        assert [(s.role, s.value) for s in reversed(elements)] == [
            ("data", "0x1"),
            ("data", "0x2"),
            ("data", "0x3"),
        ]
        assert array.value.endswith("len = 3, cap = 3}")


def test_a_stack_after_it_was_moved() -> None:
    trace, analyst = grown("go-1.15")
    assert [line for line in rows(analyst.view(trace.moves[0].step + 2)) if line.endswith("#0")] == [
        "ff50 8 return address 0x45ded4 <main.main+52> [live] #0",
        "ff48 8 saved rbp 0xc00004ff78 [live] #0",
        "ff40 8 local b.cap 3 [live] #0",
        "ff38 8 local b.len 3 [live] #0",
        "ff30 8 local b.array 0xc00004ff10 [live] #0",
        "ff28 8 data 0xc000022710 [live] #0",
        "ff20 8 data 0x3 [live] #0",
        "ff18 8 data 0x2 [live] #0",
        "ff10 8 data 0x1 [live] #0",
        "ff08 8 local t -- [unwritten] #0",
        "ff00 8 data 0xa [live] read #0",
        "fef8 8 data 0x3 [live] #0",
    ]


@cache
def example(name: str) -> Subject:
    made = load_example(ROOT / "traces" / name)
    with Emulator(1) as emulator:
        trace = record_example(made, emulator)
    return subject(trace, made.program, made.binary.name, Shown())


def slots(name: str, moment: str, frame: str) -> list[Slot]:
    view = example(name).analyst.view(example(name).position(moment))
    level = next(f.level for f in view.frames if f.function == frame)
    return [slot for slot in view.slots if slot.frame == level]


@pytest.mark.parametrize(
    ("name", "frame", "before", "after", "count"),
    [
        ("go-frames-1.15", "main.sumSquare", "main.sum+9", "leave main.sumSquare", 1),
        ("go-multi-1.15", "main.main", "enter main.swap", "end", 2),
    ],
)
def test_what_the_function_writes_later_is_unused_until_then(
    name: str, frame: str, before: str, after: str, count: int
) -> None:
    early = [s for s in slots(name, before, frame) if s.role == "unused" and s.size == 8]
    variables = [s.address for s in slots(name, before, frame) if s.role == "local"]
    between = [s.address for s in early if s.address > min(variables)]
    assert len(between) == count
    assert not [s for s in slots(name, before, frame) if s.role == "padding"]
    analyst, position = example(name).analyst, example(name).position
    last = analyst.view(position(after), *analyst.windows(position(before), position(before)))
    found = {s.address: (s.role, s.data is not None) for s in last.slots}
    assert {found[address] for address in between} == {("data", True)}


def test_what_is_beside_a_small_variable_stays_padding() -> None:
    padding = [s.size for s in slots("c-sum", "enter sum", "main") if s.role == "padding"]
    assert padding == [4, 8, 4]


LEFT = """
__attribute__((noinline)) void noise(int n) {
    volatile int a[64];
    for (int i = n; i < 64; i += 2) a[i] = 0x5a5a5a5a;
}
__attribute__((noinline)) long own(long *p) { return *p; }
__attribute__((noinline)) int f(int x) { volatile char c[24]; long z = x; c[20] = x; return own(&z) + c[20]; }
int main(void) { int r = 0; for (int i = 0; i < 3; i++) { noise(i & 1); r += f(2 + i); } return r; }
"""


def test_half_a_row_of_an_earlier_call_is_no_slot_of_its_own() -> None:
    binary = compile_c(LEFT, "-O0", "-g", "-no-pie", "-fno-pie", "-static", "-fcf-protection=none")
    request = Request(binary.read_bytes(), str(binary), (str(binary),), functions=("main", "f", "own"))
    with Emulator(1) as emulator:
        trace = record(request, emulator)
    looked = Analyst(trace, *opened(binary))
    assert sum(trace.over[: len(trace)]) == 3
    found = []
    for position in range(len(trace) + 1):
        view = looked.view(position)
        own = [s for s in view.slots if s.frame is not None and s.frame >= 0]
        assert [s for s in own if s.role == "data" and s.data is None] == []
        if view.frames and view.frames[0].function == "own":
            found.append([s.size for s in own if s.frame == 1 and s.role == "padding"])
    assert found
    assert all(sizes == [8, 8] for sizes in found)


def test_what_a_call_that_was_not_recorded_wrote_itself_is_data() -> None:
    shown = slots("go-defer-1.15", "enter main.safe.func1", "runtime.gopanic")
    assert len([s for s in shown if s.mark == "written" and s.role == "data"]) > 5
    assert [s for s in shown if s.role == "unused" and s.mark] == []
    assert [s for s in shown if s.role == "data" and s.data is None] == []
