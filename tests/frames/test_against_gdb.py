"""Frames and variables against gdb 13 on the native process, at every step of the programs' own functions.

gdb records the run too (see support/gdb_frames.py), so addresses are equal and nothing but frames is tested. What gdb
says is right but for the rules below; each is a function that says why, and is counted, so that none is idle.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from stackreel.binary import DebugInfo, VariableInfo
from stackreel.binary.types import Base, strip
from stackreel.frames import SIGNAL_FRAME, Analyst, Frame, InlinedFrame, Variable
from stackreel.machine.pool import Emulator
from stackreel.trace import Memory, Trace
from support.build import compile_c
from support.gdb_frames import GdbFrame, Watched, watch
from support.recorded import analyst, opened, recorded

pytestmark = pytest.mark.oracle

PROGRAMS = Path(__file__).parent / "programs"
STATIC = ("callbacks", "signals")
"""Programs that libc calls back: its own frames lie between, whose rules and names only a static binary holds."""

NAMES = (
    *("recursion", "structs", "arrays", "varargs", "dynamic", "doubles"),
    *("saved", "callbacks", "signals", "jumps", "inlined"),
)
GCC = [(name, level, 4 + (n + i) % 2) for n, name in enumerate(NAMES) for i, level in enumerate("012")]
CLANG = [(name, "0", 4 + n % 2) for n, name in enumerate(("arrays", "varargs", "saved", "recursion"))]


@dataclass(frozen=True)
class Seen:
    """One frame on both sides at one position."""

    ours: Frame | InlinedFrame
    outer: Frame
    gdb: GdbFrame
    low: int
    lookup: int
    debug: DebugInfo
    memory: Memory
    is_first: bool


def build(name: str, level: str, dwarf: int, cc: str = "gcc") -> Path:
    flags = ["-g", f"-O{level}", f"-gdwarf-{dwarf}", "-no-pie", "-fno-pie"]
    return compile_c(PROGRAMS / f"{name}.c", *flags, *(["-static"] if name in STATIC else []), cc=cc)


def expanded(frames: tuple[Frame, ...]) -> list[tuple[Frame | InlinedFrame, Frame]]:
    return [(one, frame) for frame in frames for one in (*frame.inlined, frame)]


# Where gdb is wrong, or says less, or more. A rule judges one difference: a line of `info locals` or `info args`
# (`x = 1`, None on the side that has none), an address of `p &x`, a saved register (None where it is not listed).

Rule = Callable[[Seen, str, str, object, object], bool]


def popped_register(seen: Seen, what: str, name: str, theirs: object, ours: object) -> bool:
    """After `leave` or `pop` gcc leaves the rule of the saved register in force: gdb lists a slot below rsp."""
    return what == "saved" and isinstance(theirs, int) and theirs < seen.low and ours is None


def clang_frame_base(seen: Seen, what: str, name: str, theirs: object, ours: object) -> bool:
    """clang's frame base is rbp, which is the caller's before `mov %rsp,%rbp` and after `pop %rbp`.

    gdb reads variables relative to it all the same. Ours are where they are during the rest of the activation.
    """
    base = seen.debug.frame_base(seen.lookup)
    row = seen.debug.unwind(seen.lookup)
    is_set = row is not None and row.cfa.register == "rbp"
    return seen.is_first and what != "saved" and base is not None and base.code == b"\x56" and not is_set


def x87(seen: Seen, what: str, name: str, theirs: object, ours: object) -> bool:
    """The variable is in an x87 register, which a trace does not record, or computed with 80-bit arithmetic."""
    variable, code = _variable(seen, name), _location(seen, name)
    is_in_register = code[:1] == b"\x90" and 33 <= code[1] <= 40
    is_long = variable is not None and strip(variable.type) == Base("long double", 16, "float")
    return ours == f"{name} = <optimized out>" and (is_in_register or is_long)


def constant_bytes(seen: Seen, what: str, name: str, theirs: object, ours: object) -> bool:
    """`info locals` leaves out constants that DWARF gives as bytes (floating point ones); `print` shows them."""
    variable = _variable(seen, name)
    return what == "locals" and theirs is None and variable is not None and variable.constant is not None


def block_without_code(seen: Seen, what: str, name: str, theirs: object, ours: object) -> bool:
    """A block of a cloned function that has no code left: gdb still lists its variables, all optimized out."""
    return what == "locals" and ours is None and theirs == f"{name} = <optimized out>"


def entry_value(seen: Seen, what: str, name: str, theirs: object, ours: object) -> bool:
    """The value is the one at the function's entry: gdb asks the caller, who may not know; the trace has seen it."""
    code = _location(seen, name)
    is_lost = isinstance(theirs, str) and "<optimized out>" in theirs
    return is_lost and ours is not None and (b"\xa3" in code or b"\xf3" in code)


RULES: tuple[Rule, ...] = (
    clang_frame_base,
    popped_register,
    x87,
    constant_bytes,
    block_without_code,
    entry_value,
)


def unwritten(seen: Seen, what: str, name: str, theirs: object, ours: object) -> bool:
    """What the variable holds was not written since main began: start-up code left it, which looks at the CPU."""
    variable = next((v for v in seen.ours.variables if v.name == name), None)
    if what not in ("locals", "args") or variable is None or variable.address is None:
        return False
    return any(seen.memory.writer(variable.address + n) is None for n in range(variable.size))


def _variable(seen: Seen, name: str) -> VariableInfo | None:
    inlined = seen.outer.inlined
    level = inlined.index(seen.ours) if isinstance(seen.ours, InlinedFrame) else len(inlined)
    return next((v for v in seen.debug.scope(seen.lookup, level) if v.name == name), None)


def _location(seen: Seen, name: str) -> bytes:
    variable = _variable(seen, name)
    return b"" if variable is None or variable.location is None else variable.location.code


Difference = tuple[str, str, object, object]
"""What, name, gdb's, ours."""


def compare(seen: Seen) -> Iterator[Difference]:
    """Yield what differs."""
    ours, outer, gdb = seen.ours, seen.outer, seen.gdb
    theirs: dict[str, object] = {"pc": gdb.pc, "cfa": gdb.cfa}
    mine: dict[str, object] = {"pc": outer.pc, "cfa": outer.cfa}
    if gdb.kind == "signal":
        theirs["name"], mine["name"] = SIGNAL_FRAME, outer.function
    else:
        theirs |= {"name": gdb.name, "line": (gdb.file, gdb.line)}
        name = re.sub(r"\.part\.\d+$", ".part", ours.function)  # gdb drops that number
        mine |= {"name": name, "line": (ours.file, ours.line)}
        yield from _listed("locals", gdb.locals, [_line(v) for v in ours.variables if not v.is_parameter])
        yield from _listed("args", gdb.args, [_line(v) for v in ours.variables if v.is_parameter])
        yield from _mapped("addresses", gdb.addresses, _addresses(ours.variables, gdb.addresses))
    if isinstance(ours, Frame) and gdb.kind != "signal":
        yield from _mapped("saved", gdb.saved, {s.name: s.address for s in ours.saved})
    yield from _mapped("frame", theirs, mine)


def _mapped(what: str, theirs: Mapping[str, object], ours: Mapping[str, object]) -> Iterator[Difference]:
    for name in dict.fromkeys((*theirs, *ours)):
        if theirs.get(name) != ours.get(name):
            yield what, name, theirs.get(name), ours.get(name)


def _listed(what: str, theirs: list[str], ours: list[str]) -> Iterator[Difference]:
    """Yield the lines that differ; order and repetition count."""
    names = [[line.split(" = ")[0] for line in side] for side in (theirs, ours)]
    for tag, i, j, m, n in difflib.SequenceMatcher(None, *names, autojunk=False).get_opcodes():
        if tag == "equal":
            for a, b, name in zip(theirs[i:j], ours[m:n], names[0][i:j], strict=True):
                if a != b:
                    yield what, name, a, b
        else:
            yield from (
                (what, name, line, None) for name, line in zip(names[0][i:j], theirs[i:j], strict=True)
            )
            yield from ((what, name, None, line) for name, line in zip(names[1][m:n], ours[m:n], strict=True))


def _line(variable: Variable) -> str:
    return f"{variable.name} = {variable.value}"


def _addresses(variables: tuple[Variable, ...], names: dict[str, int | None]) -> dict[str, int | None]:
    """Return the address of the innermost variable of each name gdb has a symbol for (constants are none)."""
    found: dict[str, int | None] = {}
    for variable in variables:
        if variable.name in names:
            found.setdefault(variable.name, variable.address)
    return {name: found.get(name) for name in names}


def differences(
    watched: Watched, debug: DebugInfo, looked: Analyst, trace: Trace, rules: tuple[Rule, ...] = RULES
) -> tuple[list[str], Counter[str]]:
    """Return the differences no rule explains, and how often each rule was needed."""
    found: list[str] = []
    used: Counter[str] = Counter()
    for k, stack in enumerate(watched.frames):
        if not stack:
            continue  # the end: main has returned
        ours = expanded(looked.frames(k))
        # gdb guesses frames of functions that were left by a tail call; such an activation has no bytes any more
        theirs = [f for f in stack if f.kind != "tail"]
        if ours[-1][0].function != "main":  # a tail call has replaced main, where gdb's bt would have stopped
            theirs = theirs[: len(ours)]
        if len(theirs) != len(ours):
            found.append(f"{k}: {[f.name for f in theirs]}, ours {[o.function for o, _ in ours]}")
            continue
        for gdb, (one, outer) in zip(theirs, ours, strict=True):
            lookup = gdb.pc if outer.level == 0 else gdb.pc - 1
            seen = Seen(one, outer, gdb, outer.low, lookup, debug, trace.memory(k), outer.level == 0)
            for what, name, a, b in compare(seen):
                rule = next((r for r in rules if r(seen, what, name, a, b)), None)
                if rule is None:
                    found.append(f"{k}: {gdb.name} {what} {name}: gdb {a}, ours {b}")
                else:
                    used[rule.__name__] += 1
    return found, used


@cache
def compared(name: str, level: str, dwarf: int, cc: str = "gcc") -> tuple[list[str], Counter[str]]:
    binary = build(name, level, dwarf, cc)
    watched = watch(binary)
    return differences(watched, opened(binary)[1], analyst(watched.trace, binary), watched.trace)


@pytest.mark.parametrize(("name", "level", "dwarf"), GCC)
def test_gcc(name: str, level: str, dwarf: int) -> None:
    found, _ = compared(name, level, dwarf)
    assert found == []


@pytest.mark.parametrize(("name", "level", "dwarf"), CLANG)
def test_clang(name: str, level: str, dwarf: int) -> None:
    found, used = compared(name, level, dwarf, "clang")
    assert found == []
    assert used["clang_frame_base"]
    assert set(used) <= {"clang_frame_base", "popped_register"}


NEEDED = {
    popped_register: ("recursion", "0"),
    x87: ("doubles", "1"),
    constant_bytes: ("doubles", "2"),
    block_without_code: ("dynamic", "2"),
    entry_value: ("inlined", "1"),
}


@pytest.mark.parametrize("rule", NEEDED)
def test_a_rule_is_needed(rule: Rule) -> None:
    wanted = NEEDED[rule]
    _, used = compared(*next(case for case in GCC if case[:2] == wanted))
    assert used[rule.__name__]


def test_every_rule_is_named() -> None:
    assert set(RULES) == {*NEEDED, clang_frame_base}


def test_values_of_every_kind() -> None:
    binary = compile_c(PROGRAMS / "values.c", "-g", "-O0", "-no-pie", "-fno-pie", "-w")
    line = next(
        n for n, text in enumerate((PROGRAMS / "values.c").read_text().splitlines(), 1) if "/* here" in text
    )
    watched = watch(binary, limit=2, start=f"values.c:{line}")
    (main,) = analyst(watched.trace, binary).frames(0)
    theirs = watched.frames[0][0].locals
    assert len(theirs) > 100
    assert [_line(v) for v in main.variables] == theirs


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(1) as running:
        yield running


RECORDED = [(name, level) for name, level in zip(NAMES, "0120120120", strict=False) if name != "signals"]
"""Without signals: the kernel saves this CPU's extended state on the stack, the emulator what FXSAVE saves."""


@pytest.mark.parametrize(("name", "level"), RECORDED)
def test_recorded_traces(name: str, level: str, emulator: Emulator) -> None:
    """The emulated run of a static binary: same steps, and the same addresses, as the native process under gdb."""
    flags = ("-g", f"-O{level}", "-no-pie", "-fno-pie", "-static")
    binary = compile_c(PROGRAMS / f"{name}.c", *flags)
    watched = watch(binary)
    debug = opened(binary)[1]
    trace = recorded(binary, emulator)
    assert [trace.pc(k) for k in range(len(trace))] == [watched.trace.pc(k) for k in range(len(trace))]
    found, _ = differences(watched, debug, analyst(trace, binary), trace, (*RULES, unwritten))
    assert found == []
