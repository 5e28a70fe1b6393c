"""Functions of C++ by the names they have in the source: in moments, listings and sessions, and as gdb takes them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from stackreel.binary import DebugInfo, read_debug, read_image
from stackreel.binary.called import functions_called
from stackreel.claims.gdb import Session, UnrecordedError
from stackreel.errors import MomentError, SymbolError
from stackreel.listing import list_functions
from stackreel.machine.pool import Emulator
from stackreel.trace import Moments, ProgramNames, Request, Trace, record
from support.build import compile_c

SOURCE = """
namespace ns {
int twice(int x) { return 2 * x; }
namespace {
int hidden(int x) { return x + 1; }
}
}
struct S {
  int v;
  S(int a) : v(a) {}
  int only() const { return v; }
  int get() const { return v; }
  int get(int k) { return v + k; }
};
template <class T> struct Box {
  T t;
  T val() { return t; }
};
int alone(int a) { return a; }
extern "C" int plain(int a) { return a; }
int main() {
  S s(3);
  Box<int> b{4};
  int n = s.only();
  n += s.get();
  n += s.get(2);
  n += ns::twice(n);
  n += ns::hidden(n);
  n += b.val();
  n += alone(n);
  return plain(n) & 7;
}
"""
FUNCTIONS = ("main", "S::S", "S::only", "S::get", "ns::twice", "hidden", "Box<int>::val", "alone", "plain")


@pytest.fixture(scope="module")
def program() -> Path:
    return compile_c(SOURCE, "-O0", "-g", "-no-pie", "-fcf-protection=none", "-x", "c++")


@pytest.fixture(scope="module")
def debug(program: Path) -> DebugInfo:
    return read_debug(read_image(program.read_bytes(), "program"))


@pytest.fixture(scope="module")
def trace(program: Path) -> Trace:
    with Emulator(1) as emulator:
        request = Request(
            program=program.read_bytes(), path="/program", argv=("program",), functions=FUNCTIONS
        )
        return record(request, emulator)


@pytest.mark.parametrize(
    ("name", "symbols"),
    [
        ("S::only", ["_ZNK1S4onlyEv"]),
        ("only", ["_ZNK1S4onlyEv"]),
        ("_ZNK1S4onlyEv", ["_ZNK1S4onlyEv"]),
        ("S::get", ["_ZNK1S3getEv", "_ZN1S3getEi"]),
        ("S::S", ["_ZN1SC2Ei"]),
        ("ns::twice", ["_ZN2ns5twiceEi"]),
        ("ns::hidden", ["_ZN2ns12_GLOBAL__N_16hiddenEi"]),
        ("ns::(anonymous namespace)::hidden", ["_ZN2ns12_GLOBAL__N_16hiddenEi"]),
        ("Box<int>::val", ["_ZN3BoxIiE3valEv"]),
        ("alone", ["_Z5alonei"]),
        ("plain", ["plain"]),
    ],
)
def test_a_name_of_the_source_means_symbols(debug: DebugInfo, name: str, symbols: list[str]) -> None:
    assert sorted(f.name for f in functions_called(debug.image, debug, name)) == sorted(symbols)
    assert {f.name for f in list_functions(debug.image, debug, [name], "att").functions} == set(symbols)


@pytest.mark.parametrize("name", ["Box", "::only", "s::twice", "nly", ""])
def test_a_part_of_a_name_is_none(debug: DebugInfo, name: str) -> None:
    with pytest.raises(SymbolError):
        functions_called(debug.image, debug, name)


def test_moments_take_names_of_the_source(trace: Trace, debug: DebugInfo) -> None:
    moments = Moments(trace, ProgramNames(debug.image, debug), {})
    assert moments.resolve("enter S::only") == moments.resolve("enter _ZNK1S4onlyEv")
    assert moments.resolve("S::only+1") == moments.resolve("_ZNK1S4onlyEv+1")
    assert moments.resolve("leave alone") == moments.resolve("leave _Z5alonei")
    with pytest.raises(MomentError) as several:
        moments.resolve("enter S::get")
    assert set(several.value.near) == {"enter _ZNK1S3getEv", "enter _ZN1S3getEi"}
    with pytest.raises(MomentError) as misspelt:
        moments.resolve("enter S::onyl")
    assert "enter S::only" in misspelt.value.near


COMMANDS = [
    *(f"break {name}" for name in ("S::only", "S::get", "twice", "hidden", "Box<int>::val", "S::S", "alone")),
    *("run", "backtrace", "continue", "backtrace", "x/i $pc", "finish", "continue", "continue", "finish"),
    *("continue", "continue", "backtrace", "continue", "continue", "backtrace", "finish"),
]


@pytest.mark.oracle
def test_sessions_are_those_of_gdb(program: Path, trace: Trace, debug: DebugInfo) -> None:
    """Without the texts of the sources, and what differs between a real machine and the emulated one."""
    flags = [word for command in ["set confirm off", *COMMANDS] for word in ("-ex", command)]
    done = subprocess.run(
        ["gdb", "-q", "-nx", "-batch", "-ex", "set directories /nowhere", *flags, str(program)],
        capture_output=True, text=True, check=True, cwd="/",
    )  # fmt: skip
    session = Session(trace, debug.image, debug, {}, None)
    ours = "".join(session.run(command) for command in COMMANDS)
    assert len(_comparable(ours)) > len(COMMANDS) // 2
    assert _comparable(ours) == _comparable(done.stdout)


def _comparable(text: str) -> list[str]:
    dropped = re.compile(r"\d+\t|\[Thread|Using host|Starting program|Continuing|Run till exit|$")
    lines = [re.sub(r"0x7ff[0-9a-f]+", "STACK", line) for line in text.splitlines()]
    return [line for line in lines if not dropped.match(line)]


def test_an_overload_that_is_not_recorded_is_not_taken_for_the_one_that_is(program: Path) -> None:
    with Emulator(1) as emulator:
        request = Request(
            program=program.read_bytes(),
            path="/program",
            argv=("program",),
            functions=("main", "_ZNK1S3getEv"),
        )
        trace = record(request, emulator)
    image = read_image(program.read_bytes(), "program")
    session = Session(trace, image, read_debug(image), {}, None)
    session.run("break S::get")
    with pytest.raises(UnrecordedError, match="S::get is reached is not in the trace"):
        session.run("run")


def test_parameters_in_a_place_are_refused(trace: Trace, debug: DebugInfo) -> None:
    with pytest.raises(UnrecordedError, match="without parameters"):
        Session(trace, debug.image, debug, {}, None).run("break S::get(int)")
