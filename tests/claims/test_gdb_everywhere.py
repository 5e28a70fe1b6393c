"""Every command at several moments of many programs, C and Go: a replay prints what gdb 13 prints on the native one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from stackreel.binary import read_debug, read_image
from stackreel.example import Example, load_example
from stackreel.machine.pool import Emulator
from stackreel.trace import Request
from support.build import compile_c
from support.gdb_compare import ALONE, C_RULES, GO_RULES, Compared, compared, leftover_locals, opened
from support.gdb_session import converse
from support.project import ROOT

pytestmark = pytest.mark.oracle

HERE = Path(__file__).parent
ORACLE = HERE.parent / "oracle/programs"
EVERYWHERE = (HERE / "sessions/everywhere.gdb").read_text().splitlines()
MOMENTS = (
    ("break MAIN", "run"),
    ("display/i $pc", "display/x $sp", "info display", "stepi", "undisplay"),
    ("step",),
    ("nexti", "step"),
    ("until",),
    ("next", "next"),
    ("step",),
)
"""What leads to each moment, from the one before."""

MOTIONS = ("run", "stepi", "nexti", "step", "next", "until")
LEFT = re.compile(
    r"^(0x\w+ in )?(__libc\w+|exit|runtime[.]\w+|fmt[.]\w+) |exited|is not being run", re.MULTILINE
)
"""gdb's answer to a motion where it has left what was recorded."""

LEAST = 3
"""Moments that every program is looked at."""

C_PROGRAMS = {
    "calls": (HERE / "programs/calls.c", "-O0"),
    "tour": (HERE / "programs/tour.c", "-O0"),
    "optimized": (HERE / "programs/optimized.c", "-O2"),
    "forms": (HERE / "programs/forms.c", "-O0"),
    **{
        name: (ORACLE / f"{name}.c", "-O0")
        for name in ("recursion", "structs", "tail_calls", "many_arguments")
    },
    **{name: (next((ROOT / "traces" / name).glob("*.c")), "-O0") for name in ("c-abc", "c-args8", "c-sum")},
}
GO_PROGRAMS = [
    f"go-{name}-{version}"
    for name in ("sum", "add", "args7", "multi", "memory")
    for version in ("1.15", "1.27")
]


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(1) as running:
        yield running


def commands(main: str) -> list[str]:
    """Return the session: to each moment, and everything there."""
    first, *others = MOMENTS
    lines = [*first, "set scheduler-locking on", *EVERYWHERE]
    lines += [line for moment in others for line in (*moment, *EVERYWHERE)]
    return [line.replace("MAIN", main) for line in lines]


def inside(lines: list[str], answers: list[str]) -> int:
    """Return how many commands are answered before the program leaves main."""
    left = (n for n, said in enumerate(answers) if lines[n].split()[0] in MOTIONS and LEFT.search(said))
    first = next(left, len(lines))
    assert lines[:first].count(EVERYWHERE[-1]) >= LEAST, answers[first]
    return first


def own_functions(binary: Path) -> tuple[str, ...]:
    """Return the functions that have debug information."""
    image = read_image(binary.read_bytes(), binary.name)
    described = {f.low for f in read_debug(image).functions}
    return tuple(s.name for s in image.symbols if s.kind == "function" and s.address in described)


RESULTS: dict[str, Compared] = {}


def of_c(name: str, emulator: Emulator) -> Compared:
    if name not in RESULTS:
        source, level = C_PROGRAMS[name]
        binary = compile_c(source, "-g", level, "-static", "-no-pie", "-fno-pie")
        traced = Request(binary.read_bytes(), str(binary), (str(binary),), functions=own_functions(binary))
        session = opened(binary, source, emulator, traced)
        lines = commands("main")
        theirs = converse(binary, lines)
        count = inside(lines, theirs)
        RESULTS[name] = compared(session, lines[:count], theirs[:count], (*C_RULES, leftover_locals))
    return RESULTS[name]


def of_go(name: str, emulator: Emulator) -> Compared:
    if name not in RESULTS:
        example: Example = load_example(ROOT / "traces" / name)
        source = example.folder / example.source
        binary = example.folder / example.binary
        traced = Request(
            example.program,
            str(binary),
            (str(binary),),
            env=tuple(ALONE.items()),
            start="main.main",
            functions=example.trace.functions,
        )
        session = opened(binary, source, emulator, traced)
        lines = commands("main.main")
        theirs = converse(binary, lines, example.folder, ALONE)
        count = inside(lines, theirs)
        RESULTS[name] = compared(session, lines[:count], theirs[:count], GO_RULES)
    return RESULTS[name]


@pytest.mark.parametrize("name", C_PROGRAMS)
def test_c(name: str, emulator: Emulator) -> None:
    found = of_c(name, emulator).differences
    assert found == (), "\n".join(found)


@pytest.mark.parametrize("name", GO_PROGRAMS)
def test_go(name: str, emulator: Emulator) -> None:
    found = of_go(name, emulator).differences
    assert found == (), "\n".join(found)


def test_every_rule_of_go_is_needed(emulator: Emulator) -> None:
    used: Counter[str] = Counter()
    for name in GO_PROGRAMS:
        used.update(of_go(name, emulator).used)
    assert {rule.__name__ for rule in GO_RULES if rule not in C_RULES} <= {n for n, c in used.items() if c}
