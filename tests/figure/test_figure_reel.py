"""What is fixed over a reel: rows, splits, folds, code lines, registers, offsets; and what each step shows on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from stackreel import figure
from stackreel.binary.model import SymbolOffset
from stackreel.figure.cells import digits_of
from stackreel.figure.metrics import PANEL, POINTER, stack_columns
from stackreel.frames.model import SavedRegister, StackView
from stackreel.isa import X86_64
from stackreel.listing.model import FunctionListing, Instruction
from support.views import E, c_sum_listings, c_sum_views, executed, frame, slot, view


def scenes(
    views: Sequence[StackView], listings: Sequence[FunctionListing] = (), **more: object
) -> list[figure.Scene]:
    return list(figure.compose(views, listings, X86_64, ident="t", language="en", **more))  # type: ignore[arg-type]  # passed on


def c_sum(*moments: str, **more: object) -> list[figure.Scene]:
    return scenes(c_sum_views(*moments), c_sum_listings(), **more)


def labels(scene: figure.Scene) -> list[str]:
    return [cell.label for row in scene.rows for cell in row.cells]


def test_a_row_split_in_one_step_is_split_in_all() -> None:
    whole = view([slot(E, 8, 5, "local", "wide")], [frame("f", E + 8, E)], rsp=E)
    halves = view(
        [slot(E, 4, 1, "local", "a"), slot(E + 4, 4, 2, "local", "b")], [frame("f", E + 8, E)], rsp=E
    )
    first, second = scenes([whole, halves])
    assert [(p.address, p.line, p.lines) for p in first.rows[0].pieces] == [(E + 4, 0, 1), (E, 1, 1)]
    assert first.rows[0].pieces == second.rows[0].pieces
    assert [(c.label, c.line, c.lines) for c in first.rows[0].cells] == [("wide", 0, 2)]
    assert labels(second) == ["b", "a"]


def test_bytes_never_used_are_split_beforehand() -> None:
    empty = view(
        [slot(E, 8, frame=None), slot(E + 8, 8, 1, "return address")], [frame("f", E + 16, E + 8)], rsp=E + 8
    )
    halves = view([slot(E, 4, 1, "local", "a"), slot(E + 4, 4, 2, "local", "b"), slot(E + 8, 8, 1, "return address")],
                  [frame("f", E + 16, E)], rsp=E)  # fmt: skip
    first, _ = scenes([empty, halves])
    assert [(c.size, c.value) for c in first.rows[1].cells] == [(4, "·· ·· ·· ··")] * 2
    assert labels(first) == ["return address", "not used yet", ""]


def test_small_members_get_lines_of_their_own_up_to_four() -> None:
    parts = [slot(E, 1, 1, "local", "c"), slot(E + 1, 1, role="padding"), slot(E + 2, 2, 2, "local", "s"),
             slot(E + 4, 4, 3, "local", "i")]  # fmt: skip
    (scene,) = scenes([view(parts, [frame("f", E + 8, E)], rsp=E)])
    assert scene.rows[0].lines == 4
    assert labels(scene) == ["i", "s", "padding", "c"]


def test_more_than_four_are_joined_in_halves() -> None:
    parts = [slot(E + i, 1, 65 + i, "local", f"buf[{i}]", value=str(65 + i)) for i in range(8)]
    parts[6] = replace(parts[6], mark="written")
    (scene,) = scenes([view(parts, [frame("f", E + 8, E)], rsp=E)])
    assert [(c.label, c.value, c.mark) for c in scene.rows[0].cells] == [
        ("buf[4…7]", "69 70 71 72", "written"),
        ("buf[0…3]", "65 66 67 68", ""),
    ]


def deep(rows: int, **more: object) -> StackView:
    slots = [slot(E + 8 * i, 8, 7, "local", f"buf[{i}]") for i in range(rows)]
    slots += [
        slot(E + 8 * rows, 8, 1, "saved register", "rbp"),
        slot(E + 8 * rows + 8, 8, 1, "return address"),
    ]
    return view(slots, [frame("f", E + 8 * rows + 16, E)], rsp=E, **more)  # type: ignore[arg-type]  # registers


def test_long_untouched_runs_are_folded() -> None:
    first, second = scenes([deep(40), deep(40)])
    assert [r.address for r in first.rows] == [r.address for r in second.rows]
    folds = [r for r in first.rows if r.is_fold]
    assert [(r.address, r.size, r.lines) for r in folds] == [(E + 8, 8 * 39, 1)]
    assert folds[0].cells[0].label == "buf"
    assert folds[0].cells[0].value == "⋯ 0x138 bytes"
    assert sum(r.size for r in first.rows) == 8 * 42


def mixed(named: int, unnamed: int, **more: object) -> StackView:
    """Return a frame with an array of `named` rows above `unnamed` rows nobody named; two more rows lead out of it."""
    low = [slot(E + 8 * i, 8, 7, "data") for i in range(unnamed)]
    top = E + 8 * unnamed
    high = [slot(top + 8 * i, 8, 7, "local", f"buf[{i}]") for i in range(named)]
    top += 8 * named
    ends = [slot(top, 8, 1, "saved register", "rbp"), slot(top + 8, 8, 1, "return address")]
    return view([*low, *high, *ends], [frame("f", top + 16, E)], rsp=E, **more)  # type: ignore[arg-type]  # registers


@pytest.mark.parametrize(
    ("named", "unnamed", "folded"),
    [
        (10, 6, [(E + 8, 5)]),  # rsp points to the row below the run
        (10, 3, [(E + 8, 2)]),
        (20, 4, [(E + 32, 20), (E + 8, 3)]),
        (20, 1, [(E + 8, 20)]),
    ],
)
def test_rows_without_a_name_are_folded_before_variables(
    named: int, unnamed: int, folded: list[tuple[int, int]]
) -> None:
    (scene,) = scenes([mixed(named, unnamed)])
    assert [(r.address, r.size // 8) for r in scene.rows if r.is_fold] == folded


def test_the_table_has_every_row_that_is_folded() -> None:
    first, second = scenes([deep(40), deep(40, rbp=E + 8)])
    assert any(row.is_fold for row in first.rows)
    for scene in (first, second):
        assert [row.address for row in scene.whole] == [E + 8 * i for i in reversed(range(42))]
        (drawn,) = figure.draw([scene])
        rows = [
            re.findall(r"<code>(0x\w+)</code></th>|<td>(buf\[\d+\])</td>", row)
            for row in drawn.table.split("<tr>")
        ]
        cells = [(address, name) for (address, _), (_, name) in (row for row in rows if len(row) == 2)]
        assert cells == [(hex(E + 8 * i), f"buf[{i}]") for i in reversed(range(40))]
        assert drawn.table.count('<tr><th scope="row">') == 42
        assert "⋯" not in drawn.table


def test_what_a_step_touches_is_not_folded() -> None:
    first, second = deep(40), deep(40)
    touched = replace(
        second, slots=tuple(replace(s, mark="written") if s.address == E + 160 else s for s in second.slots)
    )
    changed = replace(
        second, slots=tuple(replace(s, data=bytes(8)) if s.address == E + 80 else s for s in second.slots)
    )
    made = scenes([first, touched, changed])
    shown = {r.address for r in made[0].rows if not r.is_fold}
    assert {E + 80, E + 160, E} <= shown
    assert len(made[0].rows) <= 14


def test_short_reels_are_not_folded() -> None:
    (scene,) = scenes([deep(12)])
    assert not any(r.is_fold for r in scene.rows)
    assert any(r.is_fold for r in scenes([deep(12)], rows=6)[0].rows)


def test_rows_the_window_holds_but_nothing_needs_are_left_out() -> None:
    slots = [slot(E, 8, 1, "return address"), *(slot(E - 8 * i, 8, frame=None) for i in range(1, 17)),
             slot(E + 8, 8, frame=None)]  # fmt: skip
    (scene,) = scenes([view(slots, [frame("f", E + 8, E)], rsp=E)])
    assert [row.address for row in scene.rows] == [E]


def test_a_pointer_just_above_the_window_gets_a_row() -> None:
    last = c_sum("T0", "T15")[1]
    assert last.rows[0].address == E + 0x520
    assert [flag.register for flag in last.rows[0].flags] == ["rsp"]
    assert last.rows[0].cells[0].label == "caller’s stack"


def test_flags_stand_at_the_line_they_point_to() -> None:
    halves = [slot(E, 4, 1, "local", "a"), slot(E + 4, 4, 2, "local", "b")]
    (scene,) = scenes([view(halves, [frame("f", E + 8, E)], rsp=E, rbp=E + 4)])
    assert [(f.register, f.line) for f in scene.rows[0].flags] == [("rsp", 1), ("rbp", 0)]


def test_offsets_of_a_register_that_points_elsewhere_are_a_dot() -> None:
    start, _, called = c_sum("T0", "T1", "T2")
    assert {p.from_fp for r in start.rows for p in r.pieces} == {"·"}
    assert called.rows[-1].pieces[-1].from_fp == "0"


def test_only_the_offset_the_operand_names_is_marked() -> None:
    by_fp = [(p.address, p.used) for r in c_sum("T9")[0].rows for p in r.pieces if p.used]
    assert by_fp == [(E + 0x4DC, "fp")]
    for moment in ("T1", "T5", "T10", "T14"):
        assert not any(p.used for r in c_sum(moment)[0].rows for p in r.pieces)


def test_gaps_take_the_shape_of_what_is_below_them() -> None:
    shapes = {c.address - E: c.shape for r in c_sum("T9")[0].rows for c in r.cells}
    assert {shapes[a] for a in (0x4DC, 0x4D8, 0x4D0, 0x4CC, 0x4C8)} == {"red zone"}
    shapes = {c.address - E: c.shape for r in c_sum("T5", "T11")[1].rows for c in r.cells}
    assert {shapes[a] for a in (0x4E8, 0x4E0, 0x4DC, 0x4D8, 0x4D0, 0x4CC, 0x4C8)} == {"stale"}


def test_brackets_name_frames_red_zone_and_what_returned() -> None:
    called, returned = c_sum("T9", "T11")
    assert [(b.kind, b.names[0]) for b in called.brackets] == [
        ("frame", "main’s frame"), ("frame", "sum’s frame"), ("red zone", "sum, red zone")]  # fmt: skip
    assert [(b.kind, b.names[0]) for b in returned.brackets] == [
        ("frame", "main’s frame"), ("stale", "sum returned, still there")]  # fmt: skip


def test_links_go_from_saved_frame_pointer_to_the_slot_it_names() -> None:
    (scene,) = c_sum("T9")
    (link,) = scene.links
    assert (scene.rows[link.source].address, scene.rows[link.target].address) == (E + 0x4E0, E + 0x510)
    assert c_sum("T10")[0].links == ()


def test_a_saved_pointer_to_outside_the_figure_has_no_link() -> None:
    held = frame("f", E + 16, E, saved=[SavedRegister("rbp", E, E + 0x500)])
    (scene,) = scenes(
        [view([slot(E, 8, 1, "saved register", "rbp"), slot(E + 8, 8, 1, "return address")], [held], rsp=E)]
    )
    assert scene.links == ()


def test_prefix_covers_all_rows() -> None:
    assert digits_of([0x7FFFFFFFE4C8, 0x7FFFFFFFE518]) == ("0x7fffffff", 4)
    assert digits_of([0x7FFFFFFEFFF8, 0x7FFFFFFF0000]) == ("0x7ffffff", 5)
    assert digits_of([0x400526]) == ("0x40", 4)
    assert digits_of([0xFF8, 0x1000]) == ("0x", 4)


def test_columns_are_always_a_panel_wide() -> None:
    for made in (c_sum()[0], scenes([deep(900)])[0]):
        columns = stack_columns(made)
        assert 2 * columns.offset + columns.address + POINTER + columns.cell + 41 == PANEL
        assert columns.cell > 140


def test_code_window_stays_and_has_one_height() -> None:
    made = c_sum()
    assert {len(scene.code) for scene in made} == {11}
    in_sum = [
        scene.code[0].address for scene, name in zip(made, range(17), strict=True) if name in (7, 8, 9, 10)
    ]
    assert len(set(in_sum)) == 1


def test_call_and_return_show_both_functions() -> None:
    call = c_sum("T5")[0]
    assert [line.text for line in call.code if line.is_heading] == ["main", "sum"]
    assert [line.offset.strip() for line in call.code if line.is_executed] == ["<+25>"]
    assert [line.offset.strip() for line in call.code if line.is_next] == ["<+0>"]


def test_recursion_far_apart_shows_the_function_twice() -> None:
    base = c_sum_listings()[0].instructions[0]
    body = tuple(
        replace(base, address=0x401000 + i, location=SymbolOffset("fact", i), mnemonic="nop", operands="")
        for i in range(60)
    )
    fact = FunctionListing("fact", 0x401000, 0x40103C, body)
    made = view([slot(E, 8, 0x401033, "return address", mark="written")], [frame("fact", E + 8, E)], rsp=E,
                executed=executed(0x401032), next_pc=0x401000)  # fmt: skip
    (scene,) = scenes([made], [fact])
    assert [line.text for line in scene.code if line.is_heading] == ["fact", "fact"]
    assert [line.offset for line in scene.code if line.is_executed] == ["<+50>"]
    assert [line.offset for line in scene.code if line.is_next] == ["<+0> "]


def test_leaving_the_code_shown_is_said() -> None:
    last = c_sum("T15")[0].code[-1]
    assert last.is_next
    assert last.text == "goes on at 0x7ffff7df424a, outside this code"


def test_no_listings_no_code() -> None:
    (scene,) = scenes(c_sum_views("T9"))
    assert scene.code == ()
    assert scene.title == "Stack right after 0x40053b in sum"
    assert scene.sentence == "the instruction at 0x40053b"
    figure.draw([scene])


def test_high_code_addresses_are_shortened() -> None:
    moved = 0x555555554000 - 0x400000

    def shift(i: Instruction) -> Instruction:
        return replace(i, address=i.address + moved)

    listings = [replace(f, low=f.low + moved, high=f.high + moved, instructions=tuple(map(shift, f.instructions)))
                for f in c_sum_listings()]  # fmt: skip
    made = view([slot(E, 8, 1, "return address")], [frame("sum", E + 8, E)], rsp=E, next_pc=0x400526 + moved)
    (scene,) = scenes([made], listings)
    assert scene.code_prefix == "0x55555555"
    assert scene.code[0].address == "4526"


def test_registers_are_those_the_reel_uses_under_the_names_it_uses() -> None:
    assert [r.name for r in c_sum("T8", "T9")[0].registers] == ["rip", "rsp", "rbp", "eax", "esi", "rdx"]
    assert [r.name for r in c_sum("T9")[0].registers] == ["rip", "rsp", "rbp", "eax", "edi", "esi", "edx"]
    names = [r.name for r in c_sum()[0].registers]
    assert names == ["rip", "rsp", "rbp", "eax", "rdi", "rsi", "rdx"]
    assert [r.name for r in c_sum("T9", registers=["rip", "eax", "r12"])[0].registers] == [
        "rip",
        "eax",
        "r12",
    ]


def test_a_register_written_with_its_own_value_is_not_changed() -> None:
    changes = {r.name: r.change for r in c_sum("T9")[0].registers}
    assert changes["eax"] == "same"
    assert changes["rip"] == "changed"
    assert changes["edx"] == ""


def test_values_are_decimal_when_small() -> None:
    made = view(
        [slot(E, 8, 1, "return address")], rsp=E, rax=0xFFFFFFFFFFFFFFFF, rdi=65535, rsi=65536, rdx=2**63
    )
    (scene,) = scenes([made], registers=["rax", "rdi", "rsi", "rdx", "eax"])
    assert [r.value for r in scene.registers][:4] == ["-1", "65535", "0x10000", "0x8000000000000000"]


def test_vector_registers_show_their_number_where_they_move() -> None:
    base = c_sum_listings()[0].instructions[0]
    load = replace(base, address=0x401000, mnemonic="movsd", operands="(%rax),%xmm0", reads=frozenset({"rax"}),
                   writes=frozenset({"xmm0"}))  # fmt: skip
    made = view([slot(E, 8, 1, "return address")], [frame("f", E + 8, E)], rsp=E, executed=executed(0x401000, rsp=E),
                xmm0=0x3FF8000000000000)  # fmt: skip
    for mnemonic, value in (("movsd", "1.5"), ("movss", "0")):
        listing = FunctionListing("f", 0x401000, 0x401004, (replace(load, mnemonic=mnemonic),))
        (scene,) = scenes([made], [listing])
        assert [(r.name, r.value, r.detail, r.change) for r in scene.wide] == [
            ("xmm0", value, "0x3ff8000000000000", "changed")
        ]


def test_flags_are_shown_where_an_instruction_reads_them() -> None:
    assert c_sum("T9")[0].flags == ()
    base = c_sum_listings()[0].instructions[0]
    jump = replace(base, address=0x401000, mnemonic="je", reads=frozenset({"eflags"}), kind="branch")
    made = view([slot(E, 8, 1, "return address")], rsp=E, next_pc=0x401000, executed=executed(0x400FFF, eflags=0),
                eflags=0x40)  # fmt: skip
    (scene,) = scenes([made], [FunctionListing("f", 0x401000, 0x401002, (jump,))])
    assert [(b.name, b.value, b.is_changed) for b in scene.flags] == [
        ("ZF", 1, True), ("SF", 0, False), ("CF", 0, False), ("OF", 0, False)]  # fmt: skip


def test_the_key_explains_what_the_reel_uses_and_no_more() -> None:
    assert c_sum("T0")[0].key == ()
    assert c_sum("T1")[0].key == ("written", "changed")
    assert set(c_sum()[0].key) == {"written", "read", "changed", "same", "never written", "stale", "red zone"}


@pytest.mark.parametrize("count", [1, 3])
def test_idents(count: int) -> None:
    made = scenes(c_sum_views(*["T0", "T1", "T2"][:count]))
    assert [scene.ident for scene in made] == (["t"] if count == 1 else ["t-0", "t-1", "t-2"])


def test_bytes_without_a_name_do_not_split_a_row() -> None:
    parts = [slot(E, 1, 0x41, "data", frame=None), slot(E + 1, 7, frame=None)]
    (scene,) = scenes([view([*parts, slot(E + 8, 8, 1, "return address")], [frame("f", E + 16, E)], rsp=E)])
    assert scene.rows[1].lines == 2
    (cell,) = scene.rows[1].cells
    assert (cell.label, cell.value, cell.note) == ("data", "·· ·· ·· ··", "·· ·· ·· 41")


def test_the_rest_of_a_row_beside_a_name_is_one_cell() -> None:
    parts = [slot(E, 1, 0x41, "data"), slot(E + 1, 3, role="padding"), slot(E + 4, 4, 7, "local", "n")]
    (scene,) = scenes([view(parts, [frame("f", E + 8, E)], rsp=E)])
    assert [(c.label, c.value, c.size) for c in scene.rows[0].cells] == [
        ("n", "7", 4),
        ("data", "·· ·· ·· 41", 4),
    ]


def test_what_code_stepped_over_left_is_folded_when_rows_are_many() -> None:
    left = [slot(E + 8 * i, 8, i + 1, "data", mark="written", frame=None) for i in range(30)]
    made = view([*left, slot(E + 240, 8, 1, "return address", mark="written")], [frame("f", E + 248, E + 240)],
                rsp=E + 240, executed=executed(0x401000, over=True))  # fmt: skip
    before = replace(made, executed=None, slots=tuple(replace(s, data=None, mark="") for s in made.slots))
    for views in ([made], [before, made]):
        scene = scenes(views)[-1]
        assert [(r.size, r.is_fold, r.cells[0].mark) for r in scene.rows] == [
            (8, False, "written"),
            (240, True, "written"),
        ]
        figure.draw([scene])


def test_halves_of_unnamed_bytes_stay_apart() -> None:
    parts = [slot(E, 4, 1, "data"), slot(E + 4, 4, 2, "data")]
    (scene,) = scenes([view(parts, [frame("f", E + 8, E)], rsp=E)])
    assert [(c.value, c.size) for c in scene.rows[0].cells] == [("0x2", 4), ("0x1", 4)]


def test_code_without_a_name_has_no_name_s_frame() -> None:
    (scene,) = scenes([view([slot(E, 8, 1, "return address")], [frame("??", E + 8, E)], rsp=E)])
    assert scene.brackets[0].names == ("frame of unknown code", "unknown", "??")


def test_two_stacks_far_apart_are_one_figure() -> None:
    here = view([slot(E, 8, 1, "return address"), slot(E + 8, 8, 2, "data")], [frame("f", E + 8, E)], rsp=E)
    there = view(
        [slot(0x405000, 8, 1, "return address")], [frame("handler", 0x405008, 0x405000)], rsp=0x405000
    )
    first, second = scenes([here, there])
    assert [(r.address, r.is_fold) for r in first.rows] == [
        (E + 8, False),
        (E, False),
        (0x405008, True),
        (0x405000, False),
    ]
    assert [r.size for r in second.rows][2] == E - 0x405008
    assert first.digits == 12
    figure.draw([first, second])


def test_a_stack_pointer_outside_of_the_view_gets_no_row() -> None:
    (scene,) = scenes([view([slot(E, 8, 1, "return address")], [frame("f", E + 8, E)], rsp=0x405000)])
    assert [row.address for row in scene.rows] == [E]
    assert "rsp is 0x405000 and does not point into the rows shown" in scene.description
