"""Arithmetic and comparisons of typed values against what gcc makes of the same expressions."""

from __future__ import annotations

import random

import pytest

from stackreel.binary import read_debug, read_image
from stackreel.claims import evaluate
from stackreel.claims.numbers import Number
from stackreel.claims.subjects import Recorded
from stackreel.frames import Analyst
from stackreel.machine.pool import Emulator
from stackreel.trace.recorder import record
from stackreel.trace.request import Request
from support.build import compile_c

COUNT = 600
TYPED = [
    "l",
    "ul",
    "i",
    "ui",
    "uc",
    "sc",
    "sh",
    "us",
    "c",
    "arr[2]",
    "*ip",
    "ip[1]",
    "(char)uc",
    "(unsigned)sh",
    "(short)i",
    "b.e",
    "b.p",
    "b.a",
    "b.s",
    "b.w",
    "b.sw",
    "b.f",
    "b.all",
    "(unsigned)b.s",
]
LITERALS = ["5", "-1", "0xffffffff", "200", "65534", "2147483648", "'\\xff'"]
DECLARED = r"""
    long l = -1; unsigned long ul = -1ul; int i = -1; unsigned ui = 4294967295u; unsigned char uc = 200;
    signed char sc = -1; short sh = -2; unsigned short us = 65534; char c = '\377';
    int arr[4] = { 1, 2, 3, 4 }, *ip = arr + 1;
    enum sign { LESS = -1, EQUAL, MORE };
    struct { enum sign e:4; enum { NONE, SOME = 15 } p:4; unsigned a:3; int s:3; unsigned long w:40; long sw:40;
        _Bool f:1; unsigned all:32; } b = { LESS, SOME, 5, -1, 1, -1, 1, 0xfffffff0 };
"""


def side(draw: random.Random, depth: int) -> str:
    """Return an operand; of the two of an operator the right one has a type, since literals alone are exact here."""
    if not depth or draw.random() < 0.4:
        return draw.choice(TYPED + LITERALS)
    if draw.random() < 0.15:
        return f"({draw.choice('-~')}{draw.choice(TYPED)})"
    sign = draw.choice(["+", "-", "*", "&", "|", "^", ">>"])
    if sign == ">>":
        return f"({draw.choice(TYPED)} >> {draw.choice('135')})"
    return f"({side(draw, depth - 1)} {sign} {draw.choice(TYPED)})"


def comparisons() -> list[str]:
    draw = random.Random(5)
    signs = ["==", "!=", "<", "<=", ">", ">="]
    return [f"{side(draw, 3)} {draw.choice(signs)} {draw.choice(TYPED)}" for _ in range(COUNT)]


@pytest.mark.oracle
def test_comparisons_are_those_of_the_compiler() -> None:
    texts = comparisons()
    assigned = "\n".join(f"    results[{n}] = {text};" for n, text in enumerate(texts))
    source = f"int results[{COUNT}];\nint main(void) {{{DECLARED}{assigned}\n    return 0;\n}}\n"
    binary = compile_c(source, "-O0", "-g", "-w", "-fwrapv", "-fno-pie", "-no-pie", "-static")
    program = binary.read_bytes()
    with Emulator(1) as emulator:
        trace = record(Request(program, "/bin/it", ("/bin/it",), functions=("main",)), emulator)
    image = read_image(program, "it", trace.program.bias)
    debug = read_debug(image)
    run = Recorded(trace, image, debug, Analyst(trace, image, debug), {})
    last = run.at(f"step {len(trace) - 2}")
    found = {text: evaluate(text, last).holds for text in texts}
    computed = [evaluate(f"results[{n}]", last).value for n in range(COUNT)]
    assert found == {
        text: bool(value.value)
        for text, value in zip(texts, computed, strict=True)
        if isinstance(value, Number)
    }
    assert len(set(found.values())) == 2
