"""Frames and variables of Go programs against gdb on the native process, at every step of package main.

Go 1.15 passes arguments on the stack, Go 1.27 in registers. What differs from gdb is one of the rules below, each
counted, so that none is idle.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from stackreel.example import load_example
from stackreel.frames import Analyst, Frame
from stackreel.machine.pool import Emulator
from stackreel.trace import record
from support.gdb_frames import GO, GdbFrame, watch
from support.go import BOTH, NEW, OLD, PLAIN, compile_go
from support.go_sources import CALLS_C, PIE
from support.project import ROOT
from support.recorded import opened

pytestmark = pytest.mark.oracle

PROGRAM = Path(__file__).parent / "programs/types.go"
EXAMPLES = ("sum", "add", "args7", "multi", "frames", "memory", "grow")
START = "*'main.main'"
PIE_LOW = 0x555555554000
"""Where Linux maps a position independent program when addresses are not randomised."""


def saved_rbp(what: str, name: str, theirs: object, ours: object) -> bool:
    """Go's call frame information does not say where rbp is saved; ours saw the instruction that saved it."""
    return what == "saved" and name == "rbp" and theirs is None and ours is not None


def function_value(what: str, name: str, theirs: object, ours: object) -> bool:
    """A func is a pointer to a closure; gdb takes it for the code itself, and shows the variable's own address."""
    return what in ("locals", "args") and f"{theirs}".startswith(f"{name} = {{void (")


def heap(what: str, name: str, theirs: object, ours: object) -> bool:
    """A string on the heap, which a trace does not hold unless it was read: gdb reads it from the process."""
    known = re.sub(r"<error: Cannot access memory at address 0x[0-9a-f]+>.*", "", f"{ours}")
    return known != f"{ours}" and f"{theirs}".startswith(known)


def itab(what: str, name: str, theirs: object, ours: object) -> bool:
    """gdb takes the dot in `go.itab.main.Point,main.Shape` for the end of a package, and drops what is before."""
    return re.sub(r"<go[.:]itab\.(?:\*?\w+\.)?", "<", f"{ours}") == re.sub(
        r"<\*?(?:\w+\.)?(?=\w+,)", "<", f"{theirs}"
    )


def part_lost(what: str, name: str, theirs: object, ours: object) -> bool:
    """Optimized code has a part of a string or slice only: gdb takes zero, or the next register, for the rest."""
    lost = re.search(r"0x[0-9a-f]+ <optimized out>$|len = 0, cap = 0}$|, data = 0x0}$", f"{ours}")
    return lost is not None and f"{theirs}".startswith(f"{ours}"[: lost.start()])


RULES = (saved_rbp, function_value, heap, itab, part_lost)


def difference(ours: Frame, gdb: GdbFrame) -> Iterator[tuple[str, str, object, object]]:
    for what, theirs, mine in (
        ("locals", gdb.locals, [v for v in ours.variables if not v.is_parameter]),
        ("args", gdb.args, [v for v in ours.variables if v.is_parameter]),
    ):
        named = [(v.name, f"{v.name} = {v.value}") for v in mine]
        if [line.split(" = ")[0] for line in theirs] != [name for name, _ in named]:
            yield what, "names", theirs, named
            continue
        yield from (
            (what, name, line, text) for line, (name, text) in zip(theirs, named, strict=True) if line != text
        )
    for variable in ours.variables:
        if gdb.addresses.get(variable.name, variable.address) != variable.address:
            yield "address", variable.name, gdb.addresses[variable.name], variable.address
    saved = {s.name: s.address for s in ours.saved}
    for name in {*saved, *gdb.saved}:
        if saved.get(name) != gdb.saved.get(name):
            yield "saved", name, gdb.saved.get(name), saved.get(name)
    one = (gdb.pc, gdb.cfa, gdb.name, gdb.file, gdb.line)
    other = (ours.pc, ours.cfa, ours.function, ours.file, ours.line)
    if one != other:
        yield "frame", "", one, other


@cache
def compared(binary: Path, bias: int = 0) -> tuple[list[str], Counter[str], Counter[str]]:
    """Return what no rule explains, how often each was needed, and how often each function was seen on top."""
    watched = watch(binary, 900, START, **GO)
    image, debug = opened(binary, bias)
    looked = Analyst(watched.trace, image, debug)
    assert debug.has_dwarf
    found: list[str] = []
    used: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for k, frames in enumerate(watched.frames):
        stack = [f for f in frames if f.kind != "inline"]
        ours = looked.frames(k) if stack else ()
        if [f.name for f in stack] != [f.function for f in ours]:
            found.append(f"{k}: {[f.name for f in stack]}, ours {[f.function for f in ours]}")
            continue
        seen[ours[0].function if ours else ""] += 1
        for gdb, frame in zip(stack, ours, strict=True):
            if frame.inlined:
                continue  # its lines are those of the call inlined there
            for row in difference(frame, gdb):
                rule = next((r for r in RULES if r(*row)), None)
                if rule is None:
                    found.append(f"{k} {gdb.name}: {row}")
                else:
                    used[rule.__name__] += 1
    return found, used, seen


@pytest.mark.parametrize("go", BOTH)
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str, go: str) -> None:
    found, _, seen = compared(ROOT / "traces" / f"go-{name}-{go.removeprefix('go-')}" / name)
    assert found == []
    assert seen["main.main"] > 3


@pytest.mark.parametrize("go", BOTH)
def test_types(go: str) -> None:
    found, used, seen = compared(compile_go(PROGRAM, *PLAIN, toolchain=go))
    assert found == []
    assert seen.keys() >= {f"main.{n}" for n in ("strings", "slices", "interfaces", "others", "numbers")}
    assert used.keys() >= {"function_value", "heap", "saved_rbp"}
    assert ("itab" in used) == (go == OLD)


def test_optimized_code_with_arguments_in_registers() -> None:
    found, _, seen = compared(compile_go(PROGRAM, toolchain=NEW))
    assert found == []
    assert seen["main.numbers"] > 3


def test_optimized_code_with_arguments_on_the_stack() -> None:
    found, _, seen = compared(compile_go(PROGRAM, toolchain=OLD))
    assert found == []
    assert seen["main.numbers"] > 3


@pytest.mark.parametrize("go", BOTH)
def test_a_position_independent_program(go: str) -> None:
    binary = compile_go(PROGRAM, *PLAIN, *PIE, toolchain=go)
    first = min(segment.address for segment in opened(binary)[0].segments)  # Go's is not 0
    found, used, seen = compared(binary, PIE_LOW - first)
    assert found == []
    assert seen.keys() >= {f"main.{n}" for n in ("strings", "slices", "interfaces", "others", "numbers")}
    assert used.keys() >= {"function_value", "heap", "saved_rbp"}


@pytest.mark.parametrize("go", BOTH)
def test_a_program_that_calls_c(go: str) -> None:
    found, _, seen = compared(compile_go(CALLS_C, *PLAIN, toolchain=go, cgo=True))
    assert found == []
    assert seen["main.both"] > 3


def given(parameters: list[str], is_entry: bool) -> list[str]:
    """Leave out results at a function's first instruction: what the runtime left there goes with its timing."""
    return [text for text in parameters if not (is_entry and text.startswith("~r"))]


@pytest.mark.parametrize("go", BOTH)
def test_three_frames_of_the_emulated_program_are_those_of_the_native_one(go: str) -> None:
    """At the entry of main.sum: rip, saved rip and caller's sp by their distances, and the arguments."""
    example = load_example(ROOT / "traces" / f"go-frames-{go.removeprefix('go-')}")
    watched = watch(example.binary, 900, START, **GO)
    with Emulator(1) as emulator:
        trace = record(example, emulator)
    image, debug = opened(example.binary)
    entry = image.function("main.sum").low
    ours = Analyst(trace, image, debug).frames(next(k for k in range(len(trace)) if trace.pc(k) == entry))
    theirs = next(frames for frames in watched.frames if frames[0].pc == entry)
    assert [f.function for f in ours] == ["main.sum", "main.sumSquare", "main.main"]
    assert [f.function for f in ours] == [f.name for f in theirs]
    assert [f.pc for f in ours] == [f.pc for f in theirs]
    assert [f.return_address for f in ours[:-1]] == [f.pc for f in theirs[1:]]
    assert [f.cfa - ours[-1].cfa for f in ours] == [f.cfa - theirs[-1].cfa for f in theirs]
    for mine, gdb in zip(ours, theirs, strict=True):
        parameters = [f"{v.name} = {v.value}" for v in mine.variables if v.is_parameter]
        assert [text.split(" = ")[0] for text in parameters] == [text.split(" = ")[0] for text in gdb.args]
        assert given(parameters, mine.pc == entry) == given(gdb.args, mine.pc == entry)
    if go == OLD:
        assert theirs[0].args[:2] == ["a = 1", "b = 4"]
