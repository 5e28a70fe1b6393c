"""The C example, recorded: the sixteen states and the stack cells its article is about, written here as numbers."""

from collections.abc import Iterator

import pytest

from stackreel.example import load_example
from stackreel.machine.pool import Emulator
from stackreel.trace import Moments, Trace, program_names, record
from support.project import ROOT
from support.steps import c_sum_trace

EXAMPLE = load_example(ROOT / "traces/c-sum")
E = 0x7FFFFFFFE000
ARGV = 0x7FFFFFFFEE18

STATES = [  # moment, rip, rsp, rbp, other registers
    ("enter main", 0x400540, E + 0x518, 0x400580, {"edi": 1, "rsi": ARGV}),
    ("after main+0", 0x400541, E + 0x510, 0x400580, {}),
    ("after main+1", 0x400544, E + 0x510, E + 0x510, {}),
    ("after main+4", 0x400548, E + 0x4F0, E + 0x510, {}),
    ("after main+20", 0x400559, E + 0x4F0, E + 0x510, {"edi": 1, "esi": 2, "rdi": 1, "rsi": 2}),
    ("enter sum", 0x400526, E + 0x4E8, E + 0x510, {}),
    ("after main+25", 0x400526, E + 0x4E8, E + 0x510, {}),
    ("after sum+0", 0x400527, E + 0x4E0, E + 0x510, {}),
    ("after sum+1", 0x40052A, E + 0x4E0, E + 0x4E0, {}),
    ("after sum+7", 0x400530, E + 0x4E0, E + 0x4E0, {}),
    ("after sum+13", 0x400536, E + 0x4E0, E + 0x4E0, {"edx": 1, "eax": 2}),
    ("after sum+21", 0x40053E, E + 0x4E0, E + 0x4E0, {"edx": 1, "eax": 3}),
    ("after sum+24", 0x40053F, E + 0x4E8, E + 0x510, {"eax": 3}),
    ("leave sum", 0x40055E, E + 0x4F0, E + 0x510, {"eax": 3}),
    ("after main+30", 0x400561, E + 0x4F0, E + 0x510, {"eax": 3}),
    ("main+53", 0x400575, E + 0x4F0, E + 0x510, {"eax": 5}),
    ("main+58", 0x40057A, E + 0x4F0, E + 0x510, {"eax": 0}),
    ("after main+58", 0x40057B, E + 0x518, 0x400580, {"eax": 0}),
    ("leave main", None, E + 0x520, 0x400580, {"eax": 0}),
]

CELLS = [  # moment from which on, address, value, size
    ("after main+0", E + 0x510, 0x400580, 8),
    ("after main+30", E + 0x50C, 3, 4),
    ("after main+20", E + 0x4FC, 1, 4),
    ("after main+20", E + 0x4F0, ARGV, 8),
    ("enter sum", E + 0x4E8, 0x40055E, 8),
    ("after sum+0", E + 0x4E0, E + 0x510, 8),
    ("after sum+21", E + 0x4DC, 3, 4),
    ("after sum+7", E + 0x4CC, 1, 4),
    ("after sum+7", E + 0x4C8, 2, 4),
]


@pytest.fixture(scope="module")
def trace() -> Iterator[Trace]:
    with Emulator(1) as emulator:
        yield record(EXAMPLE, emulator)


@pytest.fixture(scope="module")
def moments(trace: Trace) -> Moments:
    return Moments(trace, program_names(EXAMPLE.program, "sum"), EXAMPLE.marks)


@pytest.mark.parametrize(("moment", "rip", "rsp", "rbp", "others"), STATES, ids=[row[0] for row in STATES])
def test_a_state(
    trace: Trace,
    moments: Moments,
    *,
    moment: str,
    rip: int | None,
    rsp: int,
    rbp: int,
    others: dict[str, int],
) -> None:
    k = moments.resolve(moment)
    found = {name: trace.register(name, k) for name in ("rip", "rsp", "rbp", *others)}
    wanted = {"rip": found["rip"] if rip is None else rip, "rsp": rsp, "rbp": rbp, **others}
    assert {name: hex(value) for name, value in found.items()} == {
        name: hex(value) for name, value in wanted.items()
    }


@pytest.mark.parametrize(("moment", "address", "value", "size"), CELLS)
def test_a_cell_holds_its_value_from_its_moment_on(
    trace: Trace, moments: Moments, *, moment: str, address: int, value: int, size: int
) -> None:
    k = moments.resolve(moment)
    for later in range(k, moments.resolve("main+48") + 1):
        assert trace.memory(later).read(address, size) == value.to_bytes(size, "little")
    writer = trace.memory(k).writer(address)
    assert writer is not None
    assert trace.memory(writer).writer(address) is None


def test_what_the_cells_are_part_of_is_not_written(trace: Trace, moments: Moments) -> None:
    memory = trace.memory(moments.resolve("main+48"))
    for low, size in ((0x508, 4), (0x500, 8), (0x4F8, 4), (0x4D8, 4), (0x4D0, 8)):
        assert [memory.writer(E + low + n) for n in range(size)] == [None] * size


def test_reserving_stack_writes_nothing(trace: Trace, moments: Moments) -> None:
    assert trace.step(moments.resolve("main+4")).writes == ()


def test_sum_moves_rsp_only_with_push_pop_and_ret(trace: Trace, moments: Moments) -> None:
    inside = range(moments.resolve("after sum+0"), moments.resolve("sum+24") + 1)
    assert {trace.register("rsp", k) for k in inside} == {E + 0x4E0}


def test_printf_is_one_step(trace: Trace, moments: Moments) -> None:
    k = moments.resolve("main+48")
    assert trace.step(k).over
    assert moments.resolve("main+53") == k + 1
    assert len(trace) == 28


def test_registers_are_on_leaving_what_they_were_on_entering(trace: Trace, moments: Moments) -> None:
    start, end = moments.resolve("enter main"), moments.resolve("after main+58")
    for name in ("rsp", "rbp", *trace.architecture.callee_saved):
        assert trace.register(name, start) == trace.register(name, end)


def test_every_mark_of_the_example_is_reached(moments: Moments) -> None:
    assert {mark: moments.spell(moments.resolve(mark)) for mark in EXAMPLE.marks} == {
        "saved-rbp": "main+1",
        "frame-made": "main+8",
        "arguments-ready": "main+25",
        "called": "sum+0",
        "returned": "main+30",
    }


def test_the_hand_made_trace_says_the_same(trace: Trace) -> None:
    by_hand = c_sum_trace()
    assert [trace.pc(k) for k in range(28)] == [by_hand.pc(k) for k in range(28)]
    for name in ("rsp", "rbp"):
        assert list(trace.columns[name]) == list(by_hand.columns[name])
    assert dict(trace.code) == dict(by_hand.code)


@pytest.mark.parametrize(
    ("moment", "same"),
    [
        ("sum.c:3", "enter sum"),
        ("sum.c:4", "sum+10"),
        ("after sum.c:4", "sum+21"),
        ("sum.c:9", "main+15"),
        ("after sum.c:9", "main+33"),
        ("after sum.c:6", "leave sum"),
        ("after sum.c:12", "end"),
    ],
)
def test_moments_by_source_line(moments: Moments, moment: str, same: str) -> None:
    assert moments.resolve(moment) == moments.resolve(same)
