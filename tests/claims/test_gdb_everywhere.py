"""Every command at several moments of many programs, C and Go: a replay prints what gdb 13 prints on the native one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from stackreel.binary import read_debug, read_image
from stackreel.claims.gdb import Session
from stackreel.example import Example, load_example
from stackreel.machine.pool import Emulator
from stackreel.trace import Request, record
from support.build import compile_c
from support.gdb_compare import C_RULES, Compared, Rule, compared
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
    **{
        name: (ORACLE / f"{name}.c", "-O0")
        for name in ("recursion", "structs", "tail_calls", "many_arguments")
    },
    **{
        name: (next((ROOT / "traces" / name).glob("*.c")), "-O0")
        for name in ("c-abc", "c-args8", "c-sum", "c-sum-plain")
    },
}
GO_PROGRAMS = [
    f"go-{name}-{version}"
    for name in ("sum", "add", "args7", "multi", "memory")
    for version in ("1.15", "1.27")
]
ALONE = {"GODEBUG": "asyncpreemptoff=1"}
"""A goroutine that a debugger stops for long is preempted, and leaves its registers below its stack. From main on
the session lets the other threads rest, so that none asks for it at the next call."""


def threads(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """gdb tells of the threads that Go's runtime starts, and which of them stops; a trace is about a goroutine."""
    theirs = re.sub(r"^\[(New|Switching to) (LWP|Thread) .*\]\n", "", theirs, flags=re.MULTILINE)
    theirs = re.sub(r'^Thread 1 "\w+" hit ', "", theirs, flags=re.MULTILINE)
    return theirs.replace("child LWP", "child process"), ours


def random_heap(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """Go 1.26 and later place the heap, where goroutines' stacks are, at random; within a page they agree.

    In Go 1.15 a stack may lie on another page where the kernel scheduled its threads otherwise.
    """
    for pattern, what in (
        (r"0x(?:0000)?(?!7f|0000)[0-9a-f]{7,9}([0-9a-f]{3})\b *(?:\d{12,15}$)?", r"0x(heap)\1 "),
        (r"(?<==)( ?)\d{12,15}\b", r"\1(heap)"),
    ):
        theirs = re.sub(pattern, what, theirs, flags=re.MULTILINE)
        ours = re.sub(pattern, what, ours, flags=re.MULTILINE)
    return theirs, ours


def printed(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """What the program prints shows up in gdb when it is printed: numbers alone on a line."""
    return re.sub(r"^\d+( \d+)*\n", "", theirs, flags=re.MULTILINE), ours


def random_arenas(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """How much Go 1.26 and later reserve around the heap goes with where it is."""
    if command != "info proc mappings":
        return theirs, ours
    pattern = re.compile(r"^ +0x\S+ +0x\S+ +0x\S+ +0x0  (rw-|---)p *\n", re.MULTILINE)
    return pattern.sub("", theirs), pattern.sub("", ours)


def features_of_the_cpu(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """Go 1.15's start-up leaves in r14 where it stopped in its list of the CPU's features."""
    if command != "info registers":
        return theirs, ours
    pattern = re.compile(r"^(r14 +)0x48[0-9a-f]{4} +\d+$", re.MULTILINE)
    return pattern.sub(r"\1", theirs), pattern.sub(r"\1", ours)


def bracketed_names(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """gdb takes Go's `main.sum` for a name of another language, and writes `main[sum]`, once the program runs."""
    return re.sub(r"^main\[(\w+)\]", r"main.\1", theirs), ours


def leftover_locals(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """What start-up code left on the stack, in a variable not set yet: the upper half of an address there."""
    pattern = re.compile(r"^( *\w+) = (32767|6\.95\d+e-310|0)$", re.MULTILINE)
    if command not in ("info locals", "info args"):
        return theirs, ours
    return pattern.sub(r"\1 = (left over)", theirs), pattern.sub(r"\1 = (left over)", ours)


GO_RULES: tuple[Rule, ...] = (
    threads, *C_RULES, printed, random_heap, random_arenas, features_of_the_cpu, bracketed_names
)  # fmt: skip


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


def opened(binary: Path, source: Path, emulator: Emulator, traced: Request) -> Session:
    """Return a session over the program recorded as `traced` says, not yet started."""
    trace = record(traced, emulator)
    image = read_image(traced.program, binary.name, trace.program.bias)
    return Session(trace, image, read_debug(image), {source.name: source.read_text()}, None, traced.functions)


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
