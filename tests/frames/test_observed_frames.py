"""Two witnesses: frames found from calls and stores alone equal those that call frame information describes.

The same recorded run is looked at twice, with the binary as it is, and with its debug and call frame information
taken out.
"""

from __future__ import annotations

import itertools
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from stackreel.frames import Frame
from stackreel.frames.activations import observe
from stackreel.machine.pool import Emulator
from support.build import compile_c
from support.recorded import analyst, opened, recorded

PROGRAMS = Path(__file__).parent / "programs"
FLAGS = ("-g", "-no-pie", "-fno-pie", "-static")


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(1) as running:
        yield running


def facts(frame: Frame) -> tuple[object, ...]:
    return frame.level, frame.function, frame.pc, frame.cfa, frame.low, frame.return_address


def saved(frame: Frame) -> set[tuple[str, int, int]]:
    return {(s.name, s.address, s.value) for s in frame.saved}


@pytest.mark.parametrize("level", ["0", "2"])
@pytest.mark.parametrize("name", ["recursion", "saved", "structs", "varargs", "dynamic", "jumps"])
def test_without_call_frame_information(name: str, level: str, tmp_path: Path, emulator: Emulator) -> None:
    binary = compile_c(PROGRAMS / f"{name}.c", f"-O{level}", *FLAGS)
    bare = tmp_path / name
    subprocess.run(
        ["objcopy", "--strip-debug", "-R", ".eh_frame", "-R", ".eh_frame_hdr", str(binary), str(bare)],
        check=True,
    )
    trace = recorded(binary, emulator)
    assert opened(binary)[1].unwind(trace.pc(0)) is not None
    assert opened(bare)[1].unwind(trace.pc(0)) is None
    described, observed = analyst(trace, binary), analyst(trace, bare)
    early: set[tuple[str, int, int]] = set()
    named: set[tuple[str, int, int]] = set()
    for k in range(len(trace) + 1):
        pairs = list(zip(described.frames(k), observed.frames(k), strict=True))
        for rule, fact in pairs:
            names = re.sub(r"\..*", "", fact.function)  # the symbol of a clone
            assert (*facts(fact)[:1], names, *facts(fact)[2:]) == facts(rule), k
            assert saved(rule) <= saved(fact), k
            early |= saved(fact) - saved(rule)
            named |= saved(rule)
    # a rule may come later than the push, as nothing has been lost until then, but it comes
    assert early <= named


@pytest.mark.parametrize(
    ("name", "stack"),
    [("callbacks", ["compare", "qsort", "main"]), ("signals", ["handler", "raise", "interrupted", "main"])],
)
def test_called_back_by_a_library_that_is_not_known(name: str, stack: list[str], emulator: Emulator) -> None:
    """What lies between is one frame, under the name of the function that was called."""
    binary = compile_c(PROGRAMS / f"{name}.c", "-O0", *FLAGS[:-1])
    trace = recorded(binary, emulator)
    looked = analyst(trace, binary)
    inside = [k for k in range(len(trace)) if looked.frames(k)[0].function == stack[0]]
    assert inside
    for k in inside:
        frames = looked.frames(k)
        assert [f.function for f in frames] == stack
        assert all(inner.cfa == outer.low for inner, outer in itertools.pairwise(frames))
        assert frames[-1].pc == looked.frames(inside[0])[-1].pc


@pytest.mark.parametrize("level", ["0", "1", "2"])
def test_the_cfa_of_an_activation_never_changes(level: str, emulator: Emulator) -> None:
    """gdb's `info frame` computes it anew at every instruction; here it is also what rsp was before the call."""
    binary = compile_c(PROGRAMS / "saved.c", f"-O{level}", *FLAGS)
    trace = recorded(binary, emulator)
    looked = analyst(trace, binary)
    before: list[int] = []
    for k in range(len(trace)):
        now = [f.cfa for f in reversed(looked.frames(k))]
        shared = min(len(before), len(now))
        assert now[: shared - 1] == before[: shared - 1]
        if len(now) == len(before) + 1:
            assert now[-1] == trace.register("rsp", k) + 8
        before = now


@pytest.mark.parametrize(
    "name", ["structs", "arrays", "varargs", "dynamic", "doubles", "callbacks", "signals"]
)
def test_slots_tile_every_window(name: str, emulator: Emulator) -> None:
    binary = compile_c(PROGRAMS / f"{name}.c", "-O0", *FLAGS)
    trace = recorded(binary, emulator)
    looked = analyst(trace, binary)
    windows = looked.windows(0, len(trace))
    for k in range(len(trace) + 1):
        view = looked.view(k, *windows)
        levels = {f.level for f in view.frames + view.popped} | {None}
        at = view.high
        for slot in view.slots:
            assert slot.address + slot.size == at
            assert slot.address // 8 == (at - 1) // 8
            assert slot.frame in levels
            assert slot.data is None or len(slot.data) == slot.size
            at = slot.address
        assert at == view.low


JUMPS = """
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
static jmp_buf back;
static sigjmp_buf out;
__attribute__((noinline)) void deep(int n) { volatile int k = n; if (k) longjmp(back, 1); }
__attribute__((noinline)) void between(int n) { deep(n); deep(0); }
__attribute__((noinline)) int order(const void *a, const void *b) { return *(const char *)a - *(const char *)b; }
__attribute__((noinline)) void caught(int n) { (void)n; siglongjmp(out, 1); }
__attribute__((noinline)) void plain(int n) { (void)n; }
int main(void) {
    char letters[] = "cab";
    if (!setjmp(back)) between(1);
    between(0);
    qsort(letters, 3, 1, order);
    signal(SIGUSR1, plain);
    raise(SIGUSR1);
    signal(SIGUSR1, caught);
    if (!sigsetjmp(out, 1)) raise(SIGUSR1);
    return 0;
}
"""


@pytest.mark.parametrize("level", ["0", "2"])
def test_what_was_jumped_out_of_has_not_returned(level: str, emulator: Emulator) -> None:
    binary = compile_c(JUMPS, f"-O{level}", *FLAGS)
    trace = recorded(binary, emulator)
    image, _ = opened(binary)
    begins = {symbol.address for symbol in image.symbols if symbol.kind == "function"}
    activations = observe(trace, trace.columns["rsp"][0] + 8, begins.__contains__)
    found = [row for row in activations.rows if row.entry != "over" and row.end]
    named = [(function.name, row.jumped) for row in found if (function := image.function_at(row.pc))]
    assert [jumped for name, jumped in named if name == "deep"] == [True, False, False]
    assert [jumped for name, jumped in named if name == "between"][:2] == [True, False]
    assert {jumped for name, jumped in named if name in ("order", "plain", "main")} == {False}
    assert [jumped for name, jumped in named if name == "caught"] == [True]
