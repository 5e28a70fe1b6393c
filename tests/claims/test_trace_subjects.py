"""Expressions against recorded programs: variables of every type, frames, flags, regions, moments."""

from __future__ import annotations

import pytest

from stackreel.binary import read_debug, read_image
from stackreel.claims import ExpressionError, evaluate
from stackreel.claims.numbers import Number
from stackreel.claims.subjects import Recorded
from stackreel.errors import MomentError
from stackreel.example import load_example
from stackreel.frames import Analyst
from stackreel.machine.pool import Emulator
from stackreel.trace.recorder import record
from stackreel.trace.request import Request, request_for
from support.build import compile_c
from support.project import ROOT

PROGRAM = r"""
#include <stdint.h>
enum colour { red, green = 5 };
struct point { int x, y; };
struct big {
    struct point at[2];
    union { double real; long whole; };
    unsigned low : 3;
    int high : 5;
    char name[8];
    struct point *next;
    enum colour colour;
};
int counter = 41;
static const int fixed = 77;
struct point origin = { 3, -4 };

int leaf(int n) {
    unsigned char small = 200;
    _Bool yes = 1;
    return n + small + yes;
}

int main(int argc, char *argv[]) {
    struct big it = { { { 1, 2 }, { -3, 4 } }, { 0.5 }, 6, -7, "abc", &origin, green };
    float half = 1.5f;
    long long wide = -1;
    int grid[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
    const char *text = "hi\n";
    void *nothing = 0;
    counter++;
    int got = leaf(fixed);
    { int it = 9; got += it; }
    return got + (int)half + (int)wide + grid[1][2] + (text != nothing);
}
"""


@pytest.fixture(scope="module")
def run() -> Recorded:
    binary = compile_c(PROGRAM, "-O0", "-g", "-fno-pie", "-no-pie", "-static")
    program = binary.read_bytes()
    with Emulator(1) as emulator:
        request = Request(program, "/bin/it", ("/bin/it",), functions=("main", "leaf"))
        trace = record(request, emulator)
    image = read_image(program, "it", trace.program.bias)
    debug = read_debug(image)
    return Recorded(trace, image, debug, Analyst(trace, image, debug), {"inside": "enter leaf"})


VALUES = {
    "it.at[1].x": "-3",
    "it.at[0]": "{x = 1, y = 2}",
    "it.real": "0.5",
    "it.low": "6",
    "it.high": "-7",
    "it.name": '"abc"',
    "it.name[1]": "98 'b'",
    "it.next.y": "-4",
    "it.colour": "green",
    "*it.next": "{x = 3, y = -4}",
    "it.next[0].x": "3",
    "half": "1.5",
    "wide": "-1",
    "wide:x": "0xffffffffffffffff",
    "grid[1][2]": "6",
    "grid[1]": "{4, 5, 6}",
    "counter": "42",
    "fixed": "77",
    "origin": "{x = 3, y = -4}",
    "sizeof(it)": "56",
    "&it.at[1] - &it.at[0]": "1",
    "(long)&it.at[1] - (long)&it": "8",
    "nothing": "0x0",
    "argc": "1",
    "[text]:str": r'"hi\n"',
    "region(text)": '".rodata"',
    "region(&counter)": '".data"',
    "region(&it)": '"stack"',
    "region(0)": '""',
    "sym(&origin)": "origin",
    "leaf": None,
}


@pytest.mark.parametrize("text", VALUES)
def test_values_are_gdbs(run: Recorded, text: str) -> None:
    subject = run.at("leave leaf")
    expected = VALUES[text]
    if expected is None:
        assert str(evaluate(text, subject)) == hex(run.image.symbol("leaf").address)
    else:
        assert str(evaluate(text, subject)) == expected


CLAIMS = {
    "after leaf+19": "small == 200 and main.argc == 1 and n == 77",
    "leave leaf": "eax == 278 and rsp == rsp@{enter leaf} + 8 and eax == 278@inside",
    "inside": "edi == 77 and [rsp] == rip@{leave leaf}",
    "start": "counter == 41 and rip == main",
    "end": "counter@{end} == counter@{start} + 1",
}


@pytest.mark.parametrize("moment", CLAIMS)
def test_claims_hold(run: Recorded, moment: str) -> None:
    assert evaluate(CLAIMS[moment], run.at(moment)).holds


def test_flags_are_the_bits_of_eflags(run: Recorded) -> None:
    for k in range(0, len(run.trace), 3):
        subject = run.at(f"step {k}")
        flags = run.trace.register("eflags", k)
        for name, bit in run.trace.architecture.flag_bits.items():
            assert subject.register(name) == (flags >> bit & 1, 1)
            assert evaluate(f"{name} == (eflags >> {bit} & 1)", subject).holds


def test_the_innermost_block_hides_others(run: Recorded) -> None:
    last = run.at("step " + str(len(run.trace) - 1))
    assert str(evaluate("it.low", last)) == "6"
    inner = [k for k in range(len(run.trace)) if str(_tried(run, k, "it")) == "9"]
    assert inner


def _tried(run: Recorded, k: int, text: str) -> str:
    try:
        return str(evaluate(text, run.at(f"step {k}")))
    except ExpressionError as error:
        return error.message


WRONG = {
    "nobody": "no variable `nobody` in main; there are argc, argv,",
    "it.nobody": "struct big has no member `nobody`",
    "grid[2]": "has no element 2",
    "[0]:i32": "the 4 bytes at 0x0 are not known at this moment",
    "*nothing": "`*` needs a pointer",
    "leaf.nobody": "no variable `nobody` in `leaf`",
    "mian.argc": "there is no function and no variable `mian`\n    mian.argc\n    ^\nnear: main",
    "rsp @ nowhere": "nowhere",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_not_there_is_an_error(run: Recorded, text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, run.at("leave leaf"))
    assert WRONG[text] in str(caught.value)


@pytest.mark.parametrize(
    ("text", "meant"), [("eaxx == 1", "eax"), ("RSP", "rsp"), ("$rpb", "rbp"), ("[rpb-8]", "rbp")]
)
def test_a_misspelt_register_is_told(run: Recorded, text: str, meant: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, run.at("leave leaf"))
    assert meant in caught.value.near


def test_moments_are_found_and_described(run: Recorded) -> None:
    with pytest.raises(MomentError):
        run.at("main+1000")
    subject = run.at("enter leaf")
    assert subject.where() == f"step {subject.position}, before leaf+0: push %rbp"
    assert run.at("end").where().startswith("the end, step ")


@pytest.mark.parametrize("name", ["go-grow-1.15", "go-grow-1.27"])
def test_a_stack_that_moved_can_be_asked_for(name: str) -> None:
    example = load_example(ROOT / "traces" / name)
    with Emulator(1) as emulator:
        trace = record(request_for(example), emulator)
    image = read_image(example.program, name)
    debug = read_debug(image)
    moving = Recorded(trace, image, debug, Analyst(trace, image, debug), example.marks)
    move = trace.moves[0]
    for moment, facts in (
        (f"step {move.step}", (*move.before, 0)),
        ("moved", (*move.after, move.by)),
        (f"step {move.step + 2}", (*move.after, 0)),
    ):
        subject = moving.at(moment)
        asked = [evaluate(text, subject) for text in ("stack_low", "stack_high", "moved")]
        assert [verdict.value.value for verdict in asked if isinstance(verdict.value, Number)] == list(facts)
        assert evaluate('region(rsp) == "stack"', subject).holds
    after = moving.at("moved")
    assert evaluate(f"rsp - (rsp @ {{step {move.step}}}) == moved", after).holds


def test_the_address_of_a_variable_of_a_go_package() -> None:
    example = load_example(ROOT / "traces" / "go-memory-1.15")
    with Emulator(1) as emulator:
        trace = record(request_for(example), emulator)
    image = read_image(example.program, example.name)
    debug = read_debug(image)
    entered = Recorded(trace, image, debug, Analyst(trace, image, debug), {}).at("enter main.sum")
    assert evaluate("&main.gInt == main.gInt and &main.sum == rip", entered).holds
    assert evaluate('region(&main.gInt) == ".noptrbss"', entered).holds
    with pytest.raises(ExpressionError, match="no variable `gone` in `main`"):
        evaluate("&main.gone", entered)
