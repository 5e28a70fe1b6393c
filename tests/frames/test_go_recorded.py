"""The recorded Go example of the article: every cell of both conventions where the article has it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from stackreel.example import load_example
from stackreel.frames import Analyst
from stackreel.machine.pool import Emulator
from stackreel.trace import record as record_example
from stackreel.trace.recorder import record
from stackreel.trace.request import Request
from support.project import ROOT
from support.recorded import opened


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(1) as running:
        yield running


OLD = [
    (0x40, "saved register", "rbp", None), (0x38, "parameter", "~r2", "5"), (0x30, "parameter", "b", "2"),
    (0x28, "parameter", "a", "1"), (0x20, "return address", "", "0x45dd73"), (0x18, "saved register", "rbp", None),
    (0x10, "local", "a2", "1"), (0x08, "local", "b2", "4"), (0, "local", "c", "5"),
]  # fmt: skip
NEW = [
    (0x40, "saved register", "rbp", None), (0x38, "parameter", "b", "2"), (0x30, "parameter", "a", "1"),
    (0x28, "return address", "", "0x47db5d"), (0x20, "saved register", "rbp", None), (0x18, "local", "a2", "1"),
    (0x10, "local", "b2", "4"), (0x08, "local", "c", "5"), (0, "parameter", "~r0", "5"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "offset", "cells", "caller"), [("go-sum-1.15", 78, OLD, 4), ("go-sum-1.27", 56, NEW, 3)]
)
def test_the_stack_when_the_result_is_there(
    name: str, offset: int, cells: list[tuple[int, str, str, str | None]], caller: int, emulator: Emulator
) -> None:
    example = load_example(ROOT / "traces" / name)
    trace = record_example(example, emulator)
    image, debug = opened(example.binary)
    pc = image.function("main.sum").low + offset
    position = next(k for k in range(len(trace)) if trace.pc(k) == pc)
    view = Analyst(trace, image, debug).view(position)
    rsp = trace.columns["rsp"][position]
    found = {s.address - rsp: s for s in view.slots}
    for at, role, label, value in cells:
        slot = found[at]
        assert (slot.role, slot.name) == (role, label)
        assert value is None or slot.value == value
    owners = [found[at].frame for at, *_ in cells]
    assert owners == [1] * caller + [0] * (len(cells) - caller)


def test_main_means_main_main_in_go(emulator: Emulator) -> None:
    binary = load_example(ROOT / "traces/go-sum-1.15").binary
    trace = record(Request(binary.read_bytes(), str(binary), (str(binary),)), emulator)
    assert trace.pc(0) == 0x45DD40


@pytest.mark.parametrize(("name", "offset"), [("go-types-1.15", 0), ("go-types-1.27", 25)])
def test_small_arguments_share_a_row(name: str, offset: int, emulator: Emulator) -> None:
    """int8, int16, bool and int32: passed packed by Go 1.15, spilled packed by Go 1.27."""
    example = load_example(ROOT / "traces" / name)
    trace = record_example(example, emulator)
    image, debug = opened(example.binary)
    pc = image.function("main.useInts").low + offset
    position = next(k for k in range(len(trace)) if trace.pc(k) == pc)
    slots = {s.name: s for s in Analyst(trace, image, debug).view(position).slots if s.name in set("abcd")}
    low = slots["a"].address
    assert {name: (s.address - low, s.size, s.value) for name, s in slots.items()} == {
        "a": (0, 1, "1 '\\001'"), "b": (2, 2, "2"), "c": (4, 1, "true"), "d": (8, 4, "3"),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["go-sum-1.15", "go-sum-1.27", "go-grow-1.15", "go-grow-1.27"])
def test_goexit_is_at_the_bottom_of_the_goroutine(name: str, emulator: Emulator) -> None:
    example = load_example(ROOT / "traces" / name)
    trace = record_example(example, emulator)
    image, debug = opened(example.binary)
    looked = Analyst(trace, image, debug)
    for position in range(0, len(trace), 7):
        view = looked.view(position)
        frames = (*view.frames, *view.callers)
        assert [f.function for f in frames[len(view.frames) - 1 :]] == [
            "main.main",
            "runtime.main",
            "runtime.goexit",
        ]
        assert [f.level for f in frames] == list(range(len(frames)))
        assert all(f.cfa == g.low for f, g in pairwise(frames))
        _, main, goexit = frames[-3:]
        assert (goexit.low, goexit.cfa) == (main.cfa, main.cfa)  # nothing is its own
        assert str(main.return_symbol).replace(".abi0", "") == "runtime.goexit+1"
        (slot,) = (s for s in view.slots if s.address == main.return_slot)
        assert (slot.role, slot.frame, slot.data) == (
            "return address",
            main.level,
            goexit.pc.to_bytes(8, "little"),
        )
        assert view.high == main.cfa


def test_there_are_no_callers_in_a_c_program(emulator: Emulator) -> None:
    example = load_example(ROOT / "traces/c-sum")
    trace = record_example(example, emulator)
    assert Analyst(trace, *opened(example.binary)).view(3).callers == ()


def test_from_the_entry_to_the_goroutine(emulator: Emulator) -> None:
    """The process begins on the kernel's stack, where argc is, and goes on on one that Go's runtime made."""
    example = load_example(ROOT / "traces" / "go-start-1.15")
    trace = record_example(example, emulator)
    image, debug = opened(example.binary)
    analyst = Analyst(trace, image, debug)
    (first,) = analyst.frames(0)
    assert (first.function, first.return_address, first.cfa - 8) == (
        "_rt0_amd64_linux", None, trace.register("rsp", 0)
    )  # fmt: skip
    (argc,) = (slot for slot in analyst.view(0).slots if slot.address == trace.register("rsp", 0))
    assert (argc.name, argc.role, argc.value) == ("argc", "parameter", "0x1")
    entered = trace.visits[image.function("main.main").low][0]
    view = analyst.view(entered)
    assert [frame.function for frame in view.frames][:2] == ["main.main", "runtime.main"]
    (bottom,) = (slot for slot in view.slots if slot.address == view.frames[1].return_slot)
    assert (bottom.role, bottom.data) == ("return address", None)  # code that is not recorded wrote it
    assert view.low == view.registers["rsp"]
    assert (
        view.high - view.low
        == trace.register("rsp", trace.visits[image.function("runtime.main").low][0]) + 8 - view.low
    )


def test_callers_of_a_function_in_the_middle_are_known_with_their_lines(emulator: Emulator) -> None:
    example = load_example(ROOT / "traces/go-sum-1.15")
    request = Request(example.program, "sum", ("sum",), start="main.sum", functions=("main.sum",))
    trace = record(request, emulator)
    found = Analyst(trace, *opened(example.binary)).callers(0)
    assert [(f.level, f.function, f.file.rpartition("/")[2], f.line > 0) for f in found] == [
        (1, "main.main", "sum.go", True),
        (2, "runtime.main", "proc.go", True),
        (3, "runtime.goexit", "asm_amd64.s", True),
    ]
