"""Go programs under the emulator and on the CPU: every state of every main.* function, with both conventions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from stackreel.machine.pool import Emulator
from stackreel.trace import Trace
from stackreel.trace.recorder import record
from stackreel.trace.request import Request, open_image
from support.compare_go import REASONS, compare_go
from support.go import BOTH, NEW, OLD, PLAIN, compile_go
from support.go_sources import CALLS_C, MIXED, PIE
from support.native_go import GoRun, go_steps
from support.project import ROOT

pytestmark = pytest.mark.oracle

EXAMPLES = ("sum", "add", "args7", "multi", "frames", "memory", "grow")
ENVIRONMENT: Mapping[str, str] = {"GODEBUG": "asyncpreemptoff=1"}
"""Given to both: stepping takes so long that the runtime's monitor would interrupt the goroutine by a signal."""

FIXED: Mapping[str, tuple[str, ...]] = {OLD: (), NEW: ("r14", "xmm15")}
"""Where arguments are in registers, one is the goroutine and one is zero, everywhere (cmd/compile/abi-internal.md)."""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(jobs=1) as running:
        yield running


def both(binary: Path, emulator: Emulator) -> tuple[Trace, GoRun]:
    """Record main.main and all other functions of package main under the emulator and on the CPU."""
    program = binary.read_bytes()
    image = open_image(program, binary.name)
    names = tuple(s.name for s in image.symbols if s.kind == "function" and s.name.startswith("main."))
    request = Request(
        program,
        str(binary),
        (str(binary),),
        env=tuple(ENVIRONMENT.items()),
        start="main.main",
        functions=names,
        max_steps=100_000,
    )
    trace = record(request, emulator)
    ranges = [(f.low, f.high) for f in map(image.function, names)]
    run = go_steps(binary, image.function("main.main").low, ranges, ENVIRONMENT)
    return trace, run


def judge(name: str, go: str, trace: Trace, run: GoRun) -> None:
    outcome = compare_go(trace, run, FIXED[go])
    print(f"{name} {go}: {dict(outcome.compared)} allowed: {dict(outcome.allowed)}")
    assert not outcome.wrong, "\n".join(outcome.wrong)
    assert outcome.allowed.keys() <= REASONS.keys()
    assert outcome.compared["states"] == len(trace) + 1
    assert trace.end.reason == "returned"


@pytest.mark.parametrize("go", BOTH)
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_state_is_the_cpus(name: str, go: str, emulator: Emulator) -> None:
    judge(name, go, *both(ROOT / "traces" / f"go-{name}-{go.removeprefix('go-')}" / name, emulator))


@pytest.mark.parametrize("go", BOTH)
@pytest.mark.parametrize("flags", [(), PIE, (*PIE, *PLAIN)], ids=["optimized", "pie", "pie-plain"])
def test_other_ways_to_build(flags: tuple[str, ...], go: str, emulator: Emulator) -> None:
    trace, run = both(compile_go(MIXED, *flags, toolchain=go), emulator)
    judge(f"{flags}", go, trace, run)
    assert (trace.program.bias != 0) == (PIE[0] in flags)


@pytest.mark.parametrize("go", BOTH)
def test_a_program_that_calls_c(go: str, emulator: Emulator) -> None:
    judge("cgo", go, *both(compile_go(CALLS_C, *PLAIN, toolchain=go, cgo=True), emulator))


def test_the_comparison_sees_every_kind_of_difference(emulator: Emulator) -> None:
    trace, run = both(ROOT / "traces/go-sum-1.27/sum", emulator)
    here = next(k for k in range(len(trace)) if trace.code[trace.pc(k)] == b"\xc3")  # the result is in rax

    def first(changed: Trace) -> str:
        return compare_go(changed, run, FIXED[NEW]).wrong[0]

    def with_bit(name: str, k: int, bit: int) -> Trace:
        column = list(trace.columns[name])
        column[k] ^= 1 << bit
        return replace(trace, columns={**trace.columns, name: column})

    assert "rax" in first(with_bit("rax", here, 3))
    assert "rbp" in first(with_bit("rbp", here, 3))
    assert "xmm15" in first(with_bit("xmm15", here, 90))
    assert "flags" in first(with_bit("eflags", here - 1, 10))
    assert "the guest is at" in first(with_bit("rip", len(trace), 2))
    values = list(trace.writes.values)
    values[next(n for n, size in enumerate(trace.writes.sizes) if size == 8)] ^= 0x100
    assert "stack" in first(replace(trace, writes=replace(trace.writes, values=values)))
    short = compare_go(trace, run._replace(steps=run.steps[:-1]), FIXED[NEW])
    assert "states" in short.wrong[-1]
