"""A goroutine's stack that Go's runtime moves: frames at the new addresses, and what is left on the old stack."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from stackreel.example import load_example
from stackreel.frames import Analyst
from stackreel.machine.pool import Emulator
from stackreel.trace import Trace, dumps, loads
from stackreel.trace import record as record_example
from support.project import ROOT
from support.recorded import opened

NAMES = ("go-grow-1.15", "go-grow-1.27")


@dataclass(frozen=True)
class Grown:
    trace: Trace
    analyst: Analyst


@pytest.fixture(scope="module", params=NAMES)
def grown(request: pytest.FixtureRequest) -> Grown:
    example = load_example(ROOT / "traces" / request.param)
    with Emulator(1) as emulator:
        trace = record_example(example, emulator)
    return Grown(trace, Analyst(trace, *opened(example.binary)))


def test_a_stored_trace_keeps_where_the_stack_went(grown: Grown) -> None:
    again = loads(dumps(grown.trace))
    assert again.moves == grown.trace.moves
    assert again == grown.trace
    for move in grown.trace.moves:
        assert grown.trace.step(move.step).move == move
        assert grown.trace.stack_at(move.step + 1) == move.after
        assert grown.trace.step(move.step + 1).move is None


def test_frames_are_the_same_before_and_after_by_as_much_higher(grown: Grown) -> None:
    assert grown.trace.moves
    for move in grown.trace.moves:
        # after the prologue's jump back: the step before is the call of morestack, whose frame is over by then
        before, after = grown.analyst.frames(move.step), grown.analyst.frames(move.step + 1)
        assert [f.function for f in before] == [f.function for f in after]
        assert len(before) > 2
        for old, new in zip(before, after, strict=True):
            assert (new.cfa, new.low, new.return_slot) == (
                old.cfa + move.by,
                old.low + move.by,
                old.return_slot + move.by,
            )
            assert new.return_address == old.return_address
            assert {s.name: s.address + move.by for s in old.saved} == {s.name: s.address for s in new.saved}


def test_frames_agree_with_frame_pointers_and_return_addresses_at_every_step(grown: Grown) -> None:
    """The chain of saved rbp, as Go's own profiler follows it, depends on neither rules nor the shadow stack."""
    trace, checked = grown.trace, 0
    for k in range(len(trace)):
        frames = grown.analyst.frames(k)
        low, high = trace.stack_at(k)
        base = trace.register("rbp", k)
        for frame in frames:
            kept = {s.name: s.address for s in frame.saved}
            if "rbp" not in kept:
                continue
            if kept["rbp"] != base:
                break  # rbp is not a frame's: within a prologue or an epilogue, or while duffzero is called
            assert low <= base < high
            assert trace.memory(k).read(frame.cfa - 8, 8) == (frame.return_address or 0).to_bytes(8, "little")
            base = int.from_bytes(trace.memory(k).read(base, 8) or b"", "little")
            checked += 1
    assert checked > 200


def test_the_pointer_to_x_follows_x(grown: Grown) -> None:
    """x is main's; every down has a pointer to it in p. The runtime corrects those it still needs."""
    followed = 0
    for move in grown.trace.moves:
        held: list[dict[str, str]] = []
        for k in (move.step, move.step + 1):
            frames = grown.analyst.frames(k)
            (x,) = (v for v in frames[-1].variables if v.name == "x")
            assert x.value == "7"
            innermost = {v.name: v.value for v in frames[0].variables}
            held.append({"x": f"{x.address:#x}", "p": innermost["p"], "n": innermost["n"]})
        before, after = held
        assert int(after["x"], 16) - int(before["x"], 16) == move.by
        if before["p"].endswith(before["x"]):
            assert after["p"].endswith(after["x"])
            followed += 1
        assert before["n"] == after["n"]
    assert followed


def test_the_moment_after_the_move_shows_both_stacks(grown: Grown) -> None:
    for move in grown.trace.moves:
        view = grown.analyst.view(move.step + 1)
        assert move.after[0] <= view.low < view.high <= move.after[1]
        ((low, high),) = view.others
        assert move.before[0] <= low < high <= move.before[1]
        assert view.high - high == move.by
        left = [f for f in view.popped if f.is_left_behind and low <= f.low < high]
        assert [f.function for f in sorted(left, key=lambda f: f.low)] == [f.function for f in view.frames]
        old = {s.address: s for s in view.slots if low <= s.address < high}
        new = {s.address: s for s in view.slots if view.low <= s.address < view.high}
        assert all(s.state in ("stale", "unwritten") for s in old.values())
        names = {(s.address, s.name, s.role) for s in old.values() if s.name}
        assert {(s.address - move.by, s.name, s.role) for s in new.values() if s.name} >= names
        marked = [s for s in new.values() if s.mark]
        assert 2 <= len(marked) < 12  # the pointers into the stack, nothing that was only copied
        for slot in marked:
            assert slot.data is not None
            assert move.after[0] <= int.from_bytes(slot.data, "little") <= move.after[1]


def test_other_moments_show_the_stack_in_use_only(grown: Grown) -> None:
    for move in grown.trace.moves:
        for k in (move.step, move.step + 2):
            view = grown.analyst.view(k)
            low, high = grown.trace.stack_at(k)
            assert view.others == ()
            assert low <= view.low < view.high <= high


def test_a_range_across_a_move_has_a_window_for_each_stack(grown: Grown) -> None:
    windows = grown.analyst.windows(0, len(grown.trace))
    assert len(windows) == 1 + len(grown.trace.moves)
    first = grown.analyst.view(0, *windows)
    later = [s for s in first.slots if not first.low <= s.address < first.high]
    assert {(s.state, s.data) for s in later} == {("unwritten", None)}
    last = grown.analyst.view(len(grown.trace) - 1, *windows)
    assert (last.low, last.high) == windows[-1]
    assert {f.function for f in last.popped if f.is_left_behind} == {"main.main", "main.down"}


def test_bytes_that_were_never_written_stay_so_when_copied(grown: Grown) -> None:
    for move in grown.trace.moves:
        before, after = grown.analyst.view(move.step), grown.analyst.view(move.step + 1)
        blank = {s.address + move.by for s in before.slots if s.data is None}
        assert blank
        corrected = {s.address for s in after.slots if s.mark}
        assert blank - corrected <= {s.address for s in after.slots if s.data is None}
