"""Written output beside the true one, and claims with the true literal."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackreel.claims.gdb import first_difference
from stackreel.claims.outputs import Pair, counterpart, mended, pair, surplus
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


def test_one_false_line_of_a_long_output_is_found_at_once() -> None:
    true = [f"{n:016x} T name{n}" for n in range(6000)]
    written = [*true[:3000], "x", *true[3001:]]
    texts = "\n".join(written), "\n".join(true)
    began = time.process_time()
    assert counterpart(*texts, 3000) == true[3000]
    assert surplus(*texts) is None
    assert [new for new in mended(*texts) if isinstance(new, str)] == [true[3000]]
    assert time.process_time() - began < 2


LINES = st.lists(st.sampled_from(["a", "b", "a x", "a y", "", "...", "a ..."]), max_size=6)
PLAIN = st.lists(st.sampled_from(["a", "b", "a x", "a y", ""]), max_size=6)


@given(LINES, PLAIN, st.integers(0, 3))
def test_what_both_begin_and_end_with_changes_nothing_between(
    written: list[str], true: list[str], size: int
) -> None:
    around = [f"line {n}" for n in range(size)]
    plain, framed = (
        pair(*("\n".join([*rows, *middle, *rows, ""]) for middle in (written, true))) for rows in ([], around)
    )

    def moved(one: Pair) -> Pair:
        return Pair(one.kind, *(None if at is None else at + size for at in (one.written, one.true)))

    assert framed[size : len(framed) - size] == tuple(moved(one) for one in plain)
    assert {one.kind for one in (*framed[:size], *framed[len(framed) - size :])} <= {"keep"}
