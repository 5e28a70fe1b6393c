"""Floating point formats and bit-fields in claims: the program is that of the session `reals`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stackreel.binary import read_debug, read_image
from stackreel.claims import ExpressionError, evaluate
from stackreel.claims.subjects import Recorded, TraceSubject
from stackreel.frames import Analyst
from stackreel.machine.pool import Emulator
from stackreel.trace import Request, record
from support.build import compile_c

SOURCE = Path(__file__).parent / "programs" / "reals.c"


@pytest.fixture(scope="module")
def here() -> TraceSubject:
    program = compile_c(SOURCE, "-g", "-O0", "-static", "-no-pie", "-fno-pie").read_bytes()
    with Emulator(1) as emulator:
        trace = record(Request(program, "/bin/it", ("/bin/it",), functions=("main",)), emulator)
    image = read_image(program, "it", trace.program.bias)
    debug = read_debug(image)
    run = Recorded(trace, image, debug, Analyst(trace, image, debug), {})
    return run.at(f"step {len(trace) - 2}")


REALS = [
    "h == 1.5", "hs[1] == -2.25", "h < 2", "three == 3", "ten == 10.25", "negative == -3.5", "negative < -3",
    *(f"not {name} == {name}" for name in ("hnan", "fnan", "dnan", "ldnan", "qnan")),
    *(f"{name} > 1" for name in ("hinf", "finf", "dinf", "ldinf", "qinf")),
    "hinf == dinf", "qinf == ldinf",
]  # fmt: skip


@pytest.mark.parametrize("text", REALS)
def test_a_number_of_every_format_is_read_by_its_type(here: TraceSubject, text: str) -> None:
    assert evaluate(text, here).holds


def test_each_format_is_printed_with_its_own_digits(here: TraceSubject) -> None:
    shown = {name: str(evaluate(name, here)) for name in ("hs", "tiny", "q", "small", "ld", "hnan", "qnan")}
    assert shown == {
        "hs": "{0.099976, -2.25}",
        "tiny": "5.9605e-08",
        "q": "0.100000000000000000000000000000000005",
        "small": "6.47517511943802511092443895822764655e-4966",
        "ld": "0.100000000000000000001",
        "hnan": "nan(0x200)",
        "qnan": "nan(0x8000000000000000000000000000)",
    }


BITS = [
    "b.e == -1", "b.e == LESS", "b.e < 0", "not b.e == 15", "b.p == SOME", "b.p == 5", "b.a == 5", "b.a > -1",
    "b.a - 6 < 0", "-b.a == -5", "~b.a == -6", "b.s == -1", "b.s < 0", "b.s == 0xffffffff", "b.w == 1",
    "b.sw == -1", "b.f == 1", "b.f > -1", "sizeof(b.a + 1) == 4",
]  # fmt: skip


@pytest.mark.parametrize("text", BITS)
def test_a_bit_field_is_promoted_by_its_width(here: TraceSubject, text: str) -> None:
    assert evaluate(text, here).holds


def test_a_bit_field_is_printed_as_gdb_prints_it(here: TraceSubject) -> None:
    texts = ("b.e", "b.s:x", "b.a:x", "b.f")
    assert [str(evaluate(text, here)) for text in texts] == ["LESS", "0xffffffff", "0x5", "true"]


@pytest.mark.parametrize("text", ["sizeof(b.a)", "sizeof((&b)->a)"])
def test_a_bit_field_has_no_size(here: TraceSubject, text: str) -> None:
    with pytest.raises(
        ExpressionError, match="a bit-field has no size in C: this one has 3 of its type's bits"
    ):
        evaluate(text, here)


COMPUTED = re.findall(r"results\[(\d+)\] = (.+);", SOURCE.read_text())


@pytest.mark.oracle
@pytest.mark.parametrize(("number", "text"), COMPUTED)
def test_casts_and_operators_make_what_the_compiler_makes(here: TraceSubject, number: str, text: str) -> None:
    assert evaluate(text, here).holds == evaluate(f"results[{number}] == 1", here).holds


def test_both_verdicts_are_among_them(here: TraceSubject) -> None:
    assert {evaluate(text, here).holds for _, text in COMPUTED} == {True, False}


def test_what_is_no_number_has_no_whole_part(here: TraceSubject) -> None:
    with pytest.raises(ExpressionError, match="nan is no whole number"):
        evaluate("(int)dnan", here)
