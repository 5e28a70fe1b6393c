"""A sample of Go's own test programs, spread over all of them, under the oldest and the newest Go in turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.go_compare import compare
from conformance.go_programs import name_of, sample
from stackreel.machine import Emulator
from support.go import BOTH

COUNT = 40
SECONDS = 30.0


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(1) as made:
        yield made


@pytest.mark.oracle
@pytest.mark.parametrize("number", range(COUNT))
def test_a_program_of_gos_own_tests_runs_as_on_the_cpu(number: int, emulator: Emulator) -> None:
    program, toolchain = sample(COUNT)[number], BOTH[number % len(BOTH)]
    outcome = compare(program, toolchain, emulator, seconds=SECONDS)
    assert outcome.kind == "same", f"{name_of(program)} with {toolchain}: {outcome.why}"
