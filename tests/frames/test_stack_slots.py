"""The stack of the C example, written by hand step for step, at its moments; and of small stacks of one purpose."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from stackreel.binary import DebugInfo, Image, read_debug, read_image
from stackreel.errors import MomentError
from stackreel.frames import Analyst
from support.build import compile_c
from support.stacks import rows
from support.steps import c_sum_trace, make_trace, step

EXAMPLE = Path(__file__).parents[2] / "traces" / "c-sum" / "sum"
E = 0x7FFFFFFFE000


@cache
def opened(path: Path) -> tuple[Image, DebugInfo]:
    image = read_image(path.read_bytes(), path.name)
    return image, read_debug(image)


@cache
def example() -> Analyst:
    return Analyst(c_sum_trace(), *opened(EXAMPLE))


def stack(position: int) -> list[str]:
    return rows(example().view(position, (E + 0x4C8, E + 0x520)))


MAIN = [
    "e518 8 return address 0x7ffff7df424a [live] #1",
    "e510 8 saved rbp 0x400580 [live] #1",
    "e50c 4 local n -- [unwritten] #1",
    "e508 4 padding [live] #1",
    "e500 8 padding [live] #1",
    "e4fc 4 parameter argc 1 [live] #1",
    "e4f8 4 padding [live] #1",
    "e4f0 8 parameter argv 0x7fffffffe5f8 [live] #1",
]


def test_nothing_but_the_return_address_before_the_first_instruction() -> None:
    unused = [f"{0xE510 - 8 * n:04x} 8 unused [unwritten]" for n in range(10)]
    assert stack(0) == ["e518 8 return address 0x7ffff7df424a [live] #0", *unused]


def test_reserved_but_not_written() -> None:
    assert stack(3)[:8] == [
        "e518 8 return address 0x7ffff7df424a [live] #0",
        "e510 8 saved rbp 0x400580 [live] #0",
        "e50c 4 local n -- [unwritten] #0",
        "e508 4 padding [live] #0",
        "e500 8 padding [live] #0",
        "e4fc 4 parameter argc -- [unwritten] #0",
        "e4f8 4 padding [live] #0",
        "e4f0 8 parameter argv -- [unwritten] #0",
    ]


def test_call_begins_the_callees_frame() -> None:
    assert stack(8) == [
        *MAIN,
        "e4e8 8 return address 0x40055e <main+30> [live] written #0",
        "e4e0 8 unused [unwritten]",
        "e4d8 8 unused [unwritten]",
        "e4d0 8 unused [unwritten]",
        "e4c8 8 unused [unwritten]",
    ]


def test_red_zone() -> None:
    assert stack(17) == [
        *MAIN,
        "e4e8 8 return address 0x40055e <main+30> [live] #0",
        "e4e0 8 saved rbp 0x7fffffffe510 [live] #0",
        "e4dc 4 local s 3 [red zone] read #0",
        "e4d8 4 unused [red zone] #0",
        "e4d0 8 unused [red zone] #0",
        "e4cc 4 parameter a 1 [red zone] #0",
        "e4c8 4 parameter b 2 [red zone] #0",
    ]


def test_a_popped_slot_is_stale_while_the_red_zone_is_in_use() -> None:
    assert stack(18)[8:11] == [
        "e4e8 8 return address 0x40055e <main+30> [live] #0",
        "e4e0 8 saved rbp 0x7fffffffe510 [stale] read #0",
        "e4dc 4 local s 3 [red zone] #0",
    ]


def test_all_of_a_returned_activation_is_stale_and_keeps_its_names() -> None:
    assert stack(19) == [
        *(line.replace("#1", "#0") for line in MAIN),
        "e4e8 8 return address 0x40055e <main+30> [stale] read #-1",
        "e4e0 8 saved rbp 0x7fffffffe510 [stale] #-1",
        "e4dc 4 local s 3 [stale] #-1",
        "e4d8 4 unused [stale] #-1",
        "e4d0 8 unused [stale] #-1",
        "e4cc 4 parameter a 1 [stale] #-1",
        "e4c8 4 parameter b 2 [stale] #-1",
    ]


def test_a_call_stepped_over_takes_the_rows_it_wrote_and_marks_nothing() -> None:
    view = example().view(25, (E + 0x4C8, E + 0x520))
    assert rows(view)[8:] == [
        "e4e8 8 return address 0x400575 <main+53> [stale] #-1",
        "e4e0 8 data 0x0 [stale] #-1",
        "e4dc 4 local s 3 [stale] #-2",
        "e4d8 4 unused [stale] #-2",
        "e4d0 8 unused [stale] #-2",
        "e4cc 4 parameter a 1 [stale] #-2",
        "e4c8 4 parameter b 2 [stale] #-2",
    ]
    assert [(f.level, f.function) for f in view.popped] == [(-1, "printf"), (-2, "sum")]


def test_the_end_has_no_frames() -> None:
    view = example().view(28)
    assert view.frames == ()
    assert view.popped[0].function == "main"
    assert {s.state for s in view.slots} == {"stale"}


def test_frames_of_the_example() -> None:
    called, main = example().frames(17)
    assert (called.level, called.function, called.cfa, called.low) == (0, "sum", E + 0x4F0, E + 0x4E0)
    assert (called.return_slot, called.return_address, str(called.return_symbol)) == (
        E + 0x4E8,
        0x40055E,
        "main+30",
    )
    assert (called.file, called.line, main.line) == ("sum.c", 6, 9)
    assert [(s.name, s.address, s.value) for s in called.saved] == [("rbp", E + 0x4E0, E + 0x510)]
    assert [(v.name, v.type, v.value, v.address) for v in called.variables] == [
        ("a", "int", "1", E + 0x4CC),
        ("b", "int", "2", E + 0x4C8),
        ("s", "int", "3", E + 0x4DC),
    ]
    assert (main.level, main.pc, main.low, main.cfa) == (1, 0x40055E, E + 0x4F0, E + 0x520)


def test_registers_that_changed() -> None:
    assert example().view(0).changed == frozenset()
    assert example().view(17).changed == {"rip"}  # eax was 3 already
    assert example().view(18).changed == {"rip", "rsp", "rbp"}


def test_windows() -> None:
    analyst = example()
    assert analyst.windows(0, 28) == ((E + 0x4C8, E + 0x520),)
    assert analyst.windows(0, 0) == ((E + 0x518, E + 0x520),)
    assert analyst.windows(28, 28) == ((E + 0x518, E + 0x520),)  # the return address just taken
    assert analyst.windows(0, 8) == ((E + 0x4E8, E + 0x520),)
    assert analyst.windows(11, 11) == ((E + 0x4C8, E + 0x520),)  # the red zone so far: a
    assert analyst.windows(25, 25) == ((E + 0x4F0, E + 0x520),)  # not what printf wrote


@pytest.mark.parametrize("position", range(29))
def test_slots_tile_the_window(position: int) -> None:
    view = example().view(position, (E + 0x480, E + 0x560))
    at = view.high
    for slot in view.slots:
        assert slot.address + slot.size == at
        assert slot.address // 8 == (at - 1) // 8
        at = slot.address
    assert at == view.low


def test_no_position_outside() -> None:
    with pytest.raises(MomentError):
        example().view(29)


# Small stacks: the binary is a real one, the steps are made up.

FUNCTIONS = """
__attribute__((naked)) void callee(void) { __asm__("nop; nop; nop; nop; nop; nop; nop; ret"); }
__attribute__((naked)) void other(void) { __asm__("nop; nop; nop; ret"); }
__attribute__((naked)) int main(void) { __asm__("nop; nop; nop; nop; nop; call callee; nop; nop; ret"); }
"""


@cache
def bare() -> tuple[Image, DebugInfo]:
    """Functions without DWARF or call frame information: frames are what calls, pushes and returns show."""
    flags = ("-O1", "-g0", "-no-pie", "-fno-pie", "-fno-asynchronous-unwind-tables", "-fcf-protection=none")
    return opened(compile_c(FUNCTIONS, *flags))


def places() -> tuple[int, int, int]:
    image, _ = bare()
    return tuple(image.function(name).low for name in ("main", "callee", "other"))  # type: ignore[return-value]  # three


TOP = 0x7FFFFFFFE100
ZEROS = [(TOP - 0x100, bytes(0x200))]


def test_frames_without_debug_information() -> None:
    main, callee, _ = places()
    trace = make_trace(
        [
            step(main, "53", rsp=TOP - 8, writes=[(TOP - 8, 0x1234)]),
            step(main + 1, "4883ec10", rsp=TOP - 24),
            step(main + 5, "e800000000", rsp=TOP - 32, writes=[(TOP - 32, main + 10)]),
            step(callee, "55", rsp=TOP - 40, writes=[(TOP - 40, 0x77)]),
            step(callee + 1, "897dfc", writes=[(TOP - 44, 5, 4)]),
            step(callee + 4, "5d", rsp=TOP - 32, rbp=0x77, reads=[(TOP - 40, 0x77)]),
        ],
        end_pc=callee + 5,
        snapshot=[*ZEROS],
        rsp=TOP,
        rbx=0x1234,
        rbp=0x77,
    )
    analyst = Analyst(trace, *bare())
    assert rows(analyst.view(5)) == [
        "e100 8 return address 0x0 [live] #1",
        "e0f8 8 saved rbx 0x1234 [live] #1",
        "e0f0 8 unused [live] #1",
        "e0e8 8 unused [live] #1",
        f"e0e0 8 return address {main + 10:#x} <main+10> [live] #0",
        "e0d8 8 saved rbp 0x77 [live] #0",
        "e0d4 4 data 0x5 [red zone] written #0",
        "e0d0 4 unused [unwritten]",
    ]
    popped = analyst.view(6)
    assert [s.name for s in popped.frames[0].saved] == []
    assert "e0d8 8 saved rbp 0x77 [stale] read #0" in rows(popped)


def test_the_fact_of_a_call_beats_an_overwritten_return_address() -> None:
    main, callee, _ = places()
    trace = make_trace(
        [
            step(main, "e800000000", rsp=TOP - 8, writes=[(TOP - 8, main + 5)]),
            step(callee, "48c7042441414141", writes=[(TOP - 8, 0x41414141)]),
            step(callee + 8 - 1, "90"),
        ],
        end_pc=callee + 7,
        snapshot=[*ZEROS],
        rsp=TOP,
    )
    inner, outer = Analyst(trace, *bare()).frames(3)
    assert (inner.function, inner.return_address) == ("callee", 0x41414141)
    assert (outer.function, outer.pc, outer.cfa) == ("main", main + 5, TOP + 8)


def test_a_later_activation_takes_the_names() -> None:
    main, callee, other = places()
    trace = make_trace(
        [
            step(main, "e800000000", rsp=TOP - 8, writes=[(TOP - 8, main + 5)]),
            step(callee, "6a05", rsp=TOP - 16, writes=[(TOP - 16, 5)]),
            step(callee + 2, "6a06", rsp=TOP - 24, writes=[(TOP - 24, 6)]),
            step(callee + 4, "4883c410", rsp=TOP - 8),
            step(callee + 7, "c3", rsp=TOP, reads=[(TOP - 8, main + 5)]),
            step(main + 5, "e800000000", rsp=TOP - 8, writes=[(TOP - 8, main + 10)]),
            step(other, "4883ec08", rsp=TOP - 16),
            step(other + 3, "c3", rsp=TOP, reads=[(TOP - 8, main + 10)]),
        ],
        end_pc=main + 10,
        snapshot=[*ZEROS],
        rsp=TOP,
    )
    analyst = Analyst(trace, *bare())
    window = (TOP - 24, TOP + 8)
    assert rows(analyst.view(5, window))[1:] == [
        f"e0f8 8 return address {main + 5:#x} <main+5> [stale] read #-1",
        "e0f0 8 data 0x5 [stale] #-1",
        "e0e8 8 data 0x6 [stale] #-1",
    ]
    inside = analyst.view(7, window)
    assert rows(inside)[1:] == [
        f"e0f8 8 return address {main + 10:#x} <main+10> [live] #0",
        "e0f0 8 data 0x5 [live] #0",  # reserved, not written: what callee left
        "e0e8 8 data 0x6 [stale] #-1",
    ]
    assert [(f.level, f.function) for f in inside.popped] == [(-1, "callee")]
    after = analyst.view(8, window)
    assert [(f.level, f.function) for f in after.popped] == [(-1, "other"), (-2, "callee")]
    assert [s.frame for s in after.slots] == [0, -1, -1, -2]


def test_a_tail_call_replaces_the_activation() -> None:
    main, callee, other = places()
    trace = make_trace(
        [
            step(main, "e800000000", rsp=TOP - 8, writes=[(TOP - 8, main + 5)]),
            step(callee, "eb00"),
            step(other, "90"),
            step(other + 1, "c3", rsp=TOP, reads=[(TOP - 8, main + 5)]),
        ],
        end_pc=main + 5,
        snapshot=[*ZEROS],
        rsp=TOP,
    )
    analyst = Analyst(trace, *bare())
    assert [f.function for f in analyst.frames(2)] == ["other", "main"]
    assert [f.function for f in analyst.frames(4)] == ["main"]
    popped = analyst.view(4, (TOP - 8, TOP + 8)).popped
    assert [(f.function, f.is_jumped) for f in popped] == [("other", False)]


def test_longjmp_ends_all_activations_it_leaves() -> None:
    main, callee, other = places()
    trace = make_trace(
        [
            step(main, "e800000000", rsp=TOP - 8, writes=[(TOP - 8, main + 5)]),
            step(callee, "e800000000", rsp=TOP - 16, writes=[(TOP - 16, callee + 5)]),
            step(other, "e800000000", over=True, rsp=TOP, writes=[(TOP - 24, other + 5)]),
        ],
        end_pc=main + 2,
        snapshot=[*ZEROS],
        rsp=TOP,
    )
    view = Analyst(trace, *bare()).view(3, (TOP - 24, TOP + 8))
    assert [f.function for f in view.frames] == ["main"]
    assert [(f.function, f.is_jumped) for f in view.popped][:2] == [("callee", True), ("other", True)]


def test_what_unrecorded_code_wrote_above_rsp_is_marked() -> None:
    main, _, _ = places()
    trace = make_trace(
        [
            step(main, "4883ec10", rsp=TOP - 16),
            step(
                main + 4,
                "e800000000",
                over=True,
                writes=[(TOP - 24, main + 9), (TOP - 16, 42, 4), (TOP - 40, 1, 1)],
            ),
        ],
        end_pc=main + 9,
        snapshot=[*ZEROS],
        rsp=TOP,
    )
    marked = [
        (s.address, s.mark) for s in Analyst(trace, *bare()).view(2, (TOP - 40, TOP + 8)).slots if s.mark
    ]
    assert marked == [(TOP - 16, "written")]


def test_another_stack_leaves_the_first_in_place() -> None:
    main, callee, other = places()
    elsewhere = 0x10_0000
    trace = make_trace(
        [
            step(main, "e800000000", rsp=TOP - 8, writes=[(TOP - 8, main + 5)]),
            step(callee, "90", over=True, rsp=elsewhere - 8),
            step(other, "90"),
            step(other + 1, "c3", over=True, rsp=TOP - 8),
        ],
        end_pc=callee + 1,
        snapshot=[*ZEROS, (elsewhere - 16, bytes(16))],
        rsp=TOP,
    )
    analyst = Analyst(trace, *bare())
    inside = analyst.frames(2)
    assert (inside[0].function, inside[-1].function) == ("other", "main")
    assert [f.function for f in analyst.frames(4)] == ["callee", "main"]
