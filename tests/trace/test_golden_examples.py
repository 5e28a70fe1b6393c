"""Every example's committed golden trace is what recording it now gives."""

import pytest

from stackreel.example import load_all
from stackreel.listing import one
from stackreel.machine.pool import Emulator
from stackreel.trace import Trace, compare, golden_for, program_names, record, record_many
from stackreel.trace.storage import dumps, loads
from support.project import ROOT

EXAMPLES = load_all(ROOT / "traces")


@pytest.fixture(scope="module")
def traces() -> dict[str, object]:
    with Emulator(2) as emulator:
        return dict(record_many(EXAMPLES, emulator))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_golden_trace_of_an_example(traces: dict[str, object], name: str) -> None:
    trace, example = traces[name], EXAMPLES[name]
    assert isinstance(trace, Trace), str(trace)
    names = program_names(example.program, example.binary.name)
    new = golden_for(example, trace, lambda pc, code: one(code, pc, "att", names.symbolize).text)
    kept = (example.folder / "trace.json").read_text(encoding="utf-8")
    assert compare(kept, new) == []
    assert kept == new


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_real_trace_is_stored_and_comes_back(traces: dict[str, object], name: str) -> None:
    trace = traces[name]
    assert isinstance(trace, Trace), str(trace)
    assert loads(dumps(trace)) == trace


def test_two_runs_give_the_same_bytes(traces: dict[str, object]) -> None:
    first = traces["c-sum-plain"]
    assert isinstance(first, Trace), str(first)
    with Emulator(1) as emulator:
        assert dumps(record(EXAMPLES["c-sum-plain"], emulator)) == dumps(first)
