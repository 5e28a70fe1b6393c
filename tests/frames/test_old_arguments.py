"""A new frame on the bytes of an old one: what was an argument of a call that is over has no name any more."""

from __future__ import annotations

from stackreel.example import load_example
from stackreel.frames import Analyst
from stackreel.machine.pool import Emulator
from stackreel.trace import record
from support.project import ROOT
from support.recorded import opened


def test_arguments_of_an_earlier_call_name_nothing_in_a_later_frame() -> None:
    """main.floats lies where main.ints lay; the arguments main.ints passed are left-overs there.

    What has a name is the place for the result of the call that main.floats comes to next.
    """
    example = load_example(ROOT / "traces/go-types-1.15")
    with Emulator(1) as emulator:
        trace = record(example, emulator)
    image, debug = opened(example.binary)
    analyst = Analyst(trace, image, debug)
    ints, floats = (image.function(name).low for name in ("main.ints", "main.floats"))
    returned = next(k for k in range(len(trace)) if trace.pc(k) == ints + 58)
    later = next(k for k in range(len(trace)) if trace.pc(k) == floats + 29)
    kept = {s.name for s in analyst.view(returned).slots if s.role == "parameter"}
    assert kept == {"a", "b", "c", "d", "~r4"}
    assert [s.name for s in analyst.view(later).slots if s.role == "parameter"] == ["~r3"]
