"""Which rows are folded first: callers nobody recorded, then frames that wait; what runs keeps its variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from stackreel import figure
from stackreel.frames.model import Role, Slot, StackView, Variable
from stackreel.isa import X86_64
from support.views import E, frame, slot, view


def _fixed(top: int, level: int | None) -> list[Slot]:
    return [
        slot(top - 8, 8, 1, "return address", frame=level),
        slot(top - 16, 8, 1, "saved register", "rbp", frame=level),
    ]


def _named(low: int, names: Sequence[str], level: int, role: Role = "local") -> list[Slot]:
    return [slot(low + 8 * i, 8, 7, role, name, frame=level) for i, name in enumerate(names)]


def calls(running: int, temporaries: int = 0) -> StackView:
    """Return a stack as Go has it: `running` variables and some temporaries in a frame that was passed two arguments.

    Above it wait a frame with six variables, and a caller of which only the return address is known.
    """
    low = E
    slots = [slot(low + 8 * i, 8, 9, "data") for i in range(temporaries)]
    low += 8 * temporaries
    slots += _named(low, [f"v{i}" for i in range(running)], 0)
    low += 8 * running + 16
    slots += _fixed(low, 0)
    inner = replace(
        frame("f", low, E),
        variables=tuple(Variable(name, "int", "7", 8, None, None, is_parameter=True) for name in ("a", "b")),
    )
    slots += _named(low, ["a", "b"], 1, "parameter") + _named(low + 16, [f"w{i}" for i in range(6)], 1)
    waiting = frame("main", low + 80, low, level=1)
    slots += _fixed(waiting.cfa, 1)
    caller = frame("runtime.main", waiting.cfa + 40, waiting.cfa, level=2)
    slots += [slot(waiting.cfa + 8 * i, 8, 3, "data", frame=None) for i in range(4)]
    slots.append(slot(caller.return_slot, 8, 1, "return address", frame=2))
    made = view(slots, [inner, waiting], rsp=E)
    return replace(made, callers=(caller,))


def shown(stack: StackView, rows: int) -> list[str]:
    (scene,) = figure.compose([stack], (), X86_64, ident="t", language="en", rows=rows)
    return [cell.value if row.is_fold else cell.label for row in scene.rows for cell in row.cells]


FRAME = ["return address", "saved rbp"]
VARIABLES = ["v3", "v2", "v1", "v0"]


def test_waiting_frames_are_folded_before_callers_and_both_before_what_runs() -> None:
    stack = calls(4)
    assert "⋯ 0x30 bytes" in shown(stack, 16)
    assert shown(stack, 14)[-9:] == ["⋯ 0x30 bytes", "b", "a", *FRAME, *VARIABLES]
    assert shown(stack, 11) == ["⋯ 0x28 bytes", *FRAME, "⋯ 0x30 bytes", "b", "a", *FRAME, *VARIABLES]


def test_temporaries_of_what_runs_are_folded_before_its_variables() -> None:
    expected = ["⋯ 0x28 bytes", *FRAME, "⋯ 0x30 bytes", "b", "a", *FRAME, *VARIABLES, "⋯ 0x20 bytes", "data"]
    assert shown(calls(4, 5), 12) == expected


@pytest.mark.parametrize(("rows", "is_whole"), [(8, True), (5, False)])
def test_variables_of_what_runs_are_folded_only_where_they_alone_are_too_many(
    rows: int, is_whole: bool
) -> None:
    found = shown(calls(4), rows)
    assert (found[-8:] == ["b", "a", *FRAME, *VARIABLES]) is is_whole
    assert len(found) <= 12
