"""Replayed sessions against gdb 13 itself on the native process: the same commands, their output compared one by one.

A session is a file of commands. What differs must be explained by a rule, and each rule is needed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from stackreel.binary import read_debug, read_image
from stackreel.claims.gdb import Session, UnrecordedError
from stackreel.claims.gdb.answers import GdbError
from stackreel.claims.gdb.names import command_named, info_named
from stackreel.claims.gdb.table import INFO, ROWS
from stackreel.machine.pool import Emulator
from stackreel.trace import Request, Trace, record
from support.build import compile_c
from support.gdb_compare import C_RULES, Compared, compared
from support.gdb_session import converse

pytestmark = pytest.mark.oracle

HERE = Path(__file__).parent
PROGRAMS = HERE.parent / "oracle" / "programs"
SESSIONS = HERE / "sessions"

STATIC = "-static -no-pie -fno-pie"
PIE = "-fpie -pie"
CASES = (
    *((HERE / "programs/calls.c", f"-O0 {STATIC}", name) for name in
      ("data", "expressions", "code", "motion", "settings", "instructions", "process", "conditions")),
    *((HERE / "programs/calls.c", f"-O0 {PIE}", name) for name in ("motion", "settings")),
    (HERE / "programs/reals.c", f"-O0 {STATIC}", "reals"),
    (HERE / "programs/tour.c", f"-O0 {STATIC}", "tour"),
    (HERE / "programs/tour.c", f"-O0 {PIE}", "tour"),
    (HERE / "programs/optimized.c", f"-O1 {STATIC}", "optimized"),
    (HERE / "programs/optimized.c", f"-O2 {STATIC}", "optimized"),
    *((HERE / f"programs/{name}.c", f"-O0 {STATIC}", name) for name in ("inlined", "fault", "leave", "forms")),
    *((HERE / "programs/layouts.c", f"-O0 {STATIC}", f"layouts_{name}") for name in
      ("formats", "pretty", "offsets", "places")),
    (HERE / "programs/layouts.c", f"-O0 {PIE}", "layouts_places"),
    *((HERE / "programs/two_files.c", f"-O0 {how}", "two_files") for how in (STATIC, PIE)),
    *((HERE / "programs/two_files.c", f"-O0 {STATIC}", name) for name in
      ("type_names", "void", "counting", "not_digits", "abbreviations")),
    *((HERE / "programs/constants.c", f"-{level} {STATIC}", "constants") for level in ("O1", "O2")),
    *((HERE / "programs/inlined.c", f"-{level} {STATIC}", "inlined_lines") for level in ("O0", "O1", "O2")),
    *((PROGRAMS / f"{name}.c", f"-O0 {STATIC}", "stepping") for name in
      ("recursion", "structs", "switches", "tail_calls", "variadic", "wide_integers", "callbacks")),
)  # fmt: skip


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(1) as running:
        yield running


TRACES: dict[Path, Trace] = {}
"""Recorded programs by binary."""


def recorded(binary: Path, functions: tuple[str, ...], emulator: Emulator) -> Trace:
    if binary not in TRACES:
        request = Request(binary.read_bytes(), str(binary), (str(binary),), functions=functions)
        TRACES[binary] = record(request, emulator)
    return TRACES[binary]


def opened(source: Path, flags: str, emulator: Emulator) -> tuple[Path, Session]:
    """Return the binary and a session over its trace, not yet started."""
    binary = compile_c(source, "-g", *flags.split())
    data = binary.read_bytes()
    image = read_image(data, binary.name)
    own = {f.low for f in read_debug(image).functions}
    functions = tuple(s.name for s in image.symbols if s.kind == "function" and s.address in own)
    trace = recorded(binary, functions, emulator)
    loaded = read_image(data, binary.name, trace.program.bias)
    texts = {source.name: source.read_text()}
    return binary, Session(trace, loaded, read_debug(loaded), texts, None, functions)


RESULTS: dict[tuple[Path, str, str], Compared] = {}


def result(case: tuple[Path, str, str], emulator: Emulator) -> Compared:
    if case not in RESULTS:
        source, flags, name = case
        binary, session = opened(source, flags, emulator)
        commands = commands_of(name)
        RESULTS[case] = compared(session, commands, converse(binary, commands), C_RULES)
    return RESULTS[case]


@cache
def commands_of(name: str) -> tuple[str, ...]:
    return tuple((SESSIONS / f"{name}.gdb").read_text().splitlines())


def ident(value: object) -> str:
    return value.stem if isinstance(value, Path) else str(value).replace(" ", "")


@pytest.mark.parametrize(("source", "flags", "name"), CASES, ids=ident)
def test_same_as_gdb(source: Path, flags: str, name: str, emulator: Emulator) -> None:
    found = result((source, flags, name), emulator).differences
    assert found == (), "\n".join(found)


def test_code_of_a_shared_library_has_no_name(emulator: Emulator) -> None:
    _, session = opened(HERE / "programs/layouts.c", f"-O0 {PIE}", emulator)
    for command in ("break 70", "run", "next"):
        session.run(command)
    with pytest.raises(UnrecordedError, match=r"libc\.so\.6"):
        session.run("next")


def test_every_rule_is_needed(emulator: Emulator) -> None:
    used: Counter[str] = Counter()
    for case in CASES:
        used.update(result(case, emulator).used)
    assert {name for name, count in used.items() if count} == {rule.__name__ for rule in C_RULES}


def test_the_sessions_cover_all_commands() -> None:
    seen: set[str] = set()
    for _, _, name in CASES:
        for command in commands_of(name):
            word = re.match(r"[a-z-]+", command)
            if word is None:
                continue
            with suppress(GdbError, IndexError):  # wrong words are among the sessions
                meant = command_named(word.group())
                seen.add(f"info {info_named(command.split()[1])}" if meant == "info" else meant)
    missing = ({*ROWS, *(f"info {name}" for name in INFO)} - seen) - {"info", "info all-registers"}
    assert missing == set()
