"""Replayed sessions against gdb 13 itself on the native process: the same commands, their output compared one by one.

A session is a file of commands. What differs must be explained by one of the rules below; each is a difference between
the two processes or a thing a trace does not hold, and each is needed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
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
    (HERE / "programs/tour.c", f"-O0 {STATIC}", "tour"),
    (HERE / "programs/tour.c", f"-O0 {PIE}", "tour"),
    (HERE / "programs/optimized.c", f"-O1 {STATIC}", "optimized"),
    (HERE / "programs/optimized.c", f"-O2 {STATIC}", "optimized"),
    *((HERE / f"programs/{name}.c", f"-O0 {STATIC}", name) for name in ("inlined", "fault", "leave")),
    *((HERE / "programs/inlined.c", f"-{level} {STATIC}", "inlined_lines") for level in ("O0", "O1", "O2")),
    *((PROGRAMS / f"{name}.c", f"-O0 {STATIC}", "stepping") for name in
      ("recursion", "structs", "switches", "tail_calls", "variadic", "wide_integers", "callbacks")),
)  # fmt: skip

Rule = Callable[[str, str, str], tuple[str, str]]
"""From a command, gdb's answer and ours to both with one difference taken out."""


def process_id(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """The kernel gives the native process a number of its own."""
    return re.sub(r"process \d+", "process 1000", theirs), ours


def mask_registers(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """k0 to k7 are listed where the CPU has AVX-512; the emulated one has not."""
    return re.sub(r"^k\d .*\n", "", theirs, flags=re.MULTILINE), ours


def leftover_registers(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """What libc's start-up code left in a register depends on the string routines it chose for the CPU."""
    if not command.startswith("info registers"):
        return theirs, ours
    pattern = re.compile(r"^(r8 +)\S+ +\S+$|^(xmm\d+ +).*$", re.MULTILINE)
    return pattern.sub(r"\1\2", theirs), pattern.sub(r"\1\2", ours)


def thread_library(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """gdb says whether it found libthread_db; the test keeps it from finding one."""
    return re.sub(r"^warning: Unable to find libthread_db.*\n", "", theirs, flags=re.MULTILINE), ours


def library_addresses(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """The kernel's vDSO is not the emulator's, so that shared libraries lie elsewhere.

    An int that was not set may hold the low half of such an address: -134 million and some.
    """
    pattern = re.compile(r"0x(00007f|7f)fff7[0-9a-f]{6}\b|-134[0-9]{6}\b")
    return pattern.sub("0x(library)", theirs), pattern.sub("0x(library)", ours)


def beyond_main(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """gdb goes on into libc's frames once main has returned; the trace ends there."""
    is_libc = "__libc_start_call_main" in theirs and ours.startswith("unrecorded: ")
    return ("", "") if is_libc else (theirs, ours)


def library_names(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """gdb reads the symbols and the code of shared libraries, which are not in a trace: a replay refuses to guess."""
    is_library = ours.startswith("unrecorded: ") and ("shared libraries" in ours or "libc.so.6" in ours)
    return ("", "") if is_library else (theirs, ours)


def wide_result(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """gdb 13 does not know where a 128-bit integer is returned and shows 0; it is in rdx:rax (psABI 3.2.3)."""
    pattern = re.compile(r"^(Value returned is \$\d+ = ).*$", re.MULTILINE)
    return (pattern.sub(r"\1", theirs), pattern.sub(r"\1", ours)) if "= 0\n" in theirs else (theirs, ours)


def kernel_areas(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """The kernel's own areas (vvar, vdso, vsyscall) are its business, and gdb reads symbols of its vDSO."""
    pattern = re.compile(r"^.*(\[v[a-z_]+\]|system-supplied DSO).*\n", re.MULTILINE)
    return pattern.sub("", theirs), pattern.sub("", ours)


def read_only_after_start(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """The kernel keeps an area apart whose protection was changed; the emulator joins it with an equal neighbour."""
    if command != "info proc mappings":
        return theirs, ours
    pattern = re.compile(r"^.* r--p .*\n", re.MULTILINE)
    return pattern.sub("", theirs), pattern.sub("", ours)


RULES: tuple[Rule, ...] = (
    process_id, mask_registers, leftover_registers, thread_library, library_addresses, beyond_main,
    library_names, wide_result, kernel_areas, read_only_after_start,
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


def answer(session: Session, command: str) -> str:
    try:
        return session.run(command)
    except UnrecordedError as error:
        return f"unrecorded: {error.message}\n"


def trimmed(text: str) -> str:
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)


RESULTS: dict[tuple[Path, str, str], tuple[list[str], Counter[str]]] = {}


def compared(case: tuple[Path, str, str], emulator: Emulator) -> tuple[list[str], Counter[str]]:
    """Return the differences no rule explains, and which rules were needed."""
    if case in RESULTS:
        return RESULTS[case]
    source, flags, name = case
    binary, session = opened(source, flags, emulator)
    commands = commands_of(name)
    found: list[str] = []
    used: Counter[str] = Counter()
    for command, theirs in zip(commands, converse(binary, commands), strict=True):
        left, right = trimmed(theirs), trimmed(answer(session, command))
        for rule in RULES:
            if left == right:
                break
            before = (left, right)
            left, right = rule(command, left, right)
            used[rule.__name__] += (left, right) != before
        if left != right:
            found.append(f"{command}\n--- gdb\n{left}--- ours\n{right}")
    RESULTS[case] = found, used
    return RESULTS[case]


@cache
def commands_of(name: str) -> tuple[str, ...]:
    return tuple((SESSIONS / f"{name}.gdb").read_text().splitlines())


def ident(value: object) -> str:
    return value.stem if isinstance(value, Path) else str(value).replace(" ", "")


@pytest.mark.parametrize(("source", "flags", "name"), CASES, ids=ident)
def test_same_as_gdb(source: Path, flags: str, name: str, emulator: Emulator) -> None:
    found, _ = compared((source, flags, name), emulator)
    assert found == [], "\n".join(found)


def test_every_rule_is_needed(emulator: Emulator) -> None:
    used: Counter[str] = Counter()
    for case in CASES:
        used.update(compared(case, emulator)[1])
    assert {name for name, count in used.items() if count} == {rule.__name__ for rule in RULES}


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
