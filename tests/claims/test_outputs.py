"""Written output beside the true one, and claims with the true literal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackreel.claims.gdb import first_difference
from stackreel.claims.outputs import counterpart, mended
from stackreel.claims.restate import restated
from support.moments import FixedMoment

TRUE = "a\nb\nc\nd\n"
MENDED = {
    "a\nb\nc\nd\n": (0, 1, 2, 3),
    "a\nx\nc\nd\n": (0, "b", 2, 3),
    "a\n...\nd\n": (0, 1, 2),
    "x\n...\nd\n": ("a", 1, 2),
    "a\n...\n": (0, 1),
    "...\n": (0,),
    "a\nb\n": (0, 1, "c", "d"),
    "a\nb\nc\nd\ne\n": (0, 1, 2, 3),
    "a\nb...\nc\nd\n": (0, 1, 2, 3),
    "": ("a", "b", "c", "d"),
}


@pytest.mark.parametrize("written", MENDED)
def test_output_is_mended_with_few_changes(written: str) -> None:
    assert mended(written, TRUE) == MENDED[written]


_LINES = st.lists(st.sampled_from(["a", "b", "c", "...", "a ... c"]), max_size=6)


@given(_LINES, st.lists(st.sampled_from(["a", "b", "c", "a b c"]), max_size=6))
def test_what_is_mended_is_right(written: list[str], true: list[str]) -> None:
    whole = "".join(f"{line}\n" for line in true)
    rows = mended("".join(f"{line}\n" for line in written), whole)
    again = "".join(f"{written[row] if isinstance(row, int) else row}\n" for row in rows)
    assert first_difference(again, whole) is None


def test_the_counterpart_of_a_line() -> None:
    assert counterpart("a\nx\nc\nd\n", TRUE, 1) == "b"
    assert counterpart("a\nb\nc\nd\ne\n", TRUE, 4) is None


@pytest.mark.parametrize(
    ("written", "true"), [("rip 0x9\n", "rip 0x1"), ("rsp 0x9\n", "rsp 0x2"), ("0x9\n", "rip 0x1")]
)
def test_the_counterpart_of_a_line_is_the_first_or_the_one_alike(written: str, true: str) -> None:
    assert counterpart(written, "rip 0x1\nrsp 0x2\n", 0) == true


RESTATED = {
    "eax == 4": "eax == 3",
    "eax == 0x4": "eax == 0x3",
    "eax == 0b100": "eax == 0b11",
    "rsp  ==  0x5 ": "rsp  ==  0x7000 ",
    "low == 5": "low == -2",
    "low == -5": "low == -2",
    "sym([rsp]) == main+31": "sym([rsp]) == main+30",
    "sym([rsp]) == sum": "sym([rsp]) == main+30",
    '[rdi]:str == "no"': r'[rdi]:str == "hi\n"',
    "c == 'b'": "c == 'a'",
    "eax < 1": None,
    "eax == low": None,
    "4 == eax": None,
    "eax == 4 and low == 3": "eax == 3 and low == -2",
    "eax == 3 and low == 3 and rdi < 0x8001": "eax == 3 and low == -2 and rdi < 0x8001",
    "eax == 4 and low < -9": None,
    "eax == 4 or low == 3": None,
    "eax == 3 + 2": None,
}


@pytest.mark.parametrize("text", RESTATED)
def test_only_the_literal_on_the_right_is_rewritten(text: str) -> None:
    assert restated(text, FixedMoment()) == RESTATED[text]
