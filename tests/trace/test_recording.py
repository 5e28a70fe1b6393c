"""From a request to the machine's job, and from its report to a trace; the machine is a stand-in."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from stackreel.errors import BinaryError, MachineError, StackreelError, SymbolError
from stackreel.example import load_example
from stackreel.machine.model import Ending, Job, Limits, Report
from stackreel.trace import Access, Cache, Request, Trace, key, record, record_many, request_for
from stackreel.trace.key import cache_key, libraries
from stackreel.trace.names import defined_functions, program_names
from stackreel.trace.recall import recall
from stackreel.trace.request import find_start, prepare
from support.build import compile_c
from support.machine import FakeEmulator, recording, report
from support.project import ROOT

C_SUM = load_example(ROOT / "traces/c-sum")
PLAIN = load_example(ROOT / "traces/c-sum-plain")


def request(**changes: object) -> Request:
    values: dict[str, object] = {"program": C_SUM.program, "path": "/sum", "argv": ("sum",), **changes}
    return Request(**values)  # type: ignore[arg-type]  # the tests change one field at a time


def two_steps(_job: Job) -> Report:
    rows = [{"rip": 0x10, "rax": 7, "xmm1": 1 << 100}, {"rip": 0x11}, {"rip": 0x12, "eflags": 0x246}]
    return report(recording=recording(rows, sizes=b"\x01\x01", over=b"\x00\x01"))


def test_an_example_becomes_a_job() -> None:
    job, image = prepare(request_for(C_SUM))
    assert job.program == C_SUM.program
    assert (job.path, job.argv, job.env) == ("/home/bobo/study/c/call", ("/home/bobo/study/c/call",), ())
    assert job.watch is not None
    assert job.watch.start == 0x400540
    assert job.watch.ranges == ((0x400526, 0x400540), (0x400540, 0x40057C))
    assert job.watch.registers == {"rsp": 0x7FFFFFFFE518, "rbp": 0x400580}
    assert image.function("sum").low == 0x400526


def test_a_position_independent_program_is_watched_where_it_runs() -> None:
    job, _ = prepare(request_for(PLAIN))
    assert job.watch is not None
    assert job.watch.start >> 12 == 0x555555555
    assert len(job.watch.ranges) == 2


def test_without_functions_the_one_of_start_is_followed() -> None:
    job, _ = prepare(request(start="sum"))
    assert job.watch is not None
    assert job.watch.ranges == ((0x400526, 0x400540),)
    job, _ = prepare(request(everything=True))
    assert job.watch is not None
    assert (job.watch.ranges, job.watch.everything) == ((), True)


def test_cold_parts_of_a_function_are_followed_too() -> None:
    source = """
    #include <stdlib.h>
    __attribute__((cold, noinline)) void fail(int);
    void fail(int a) { exit(a); }
    __attribute__((noinline)) int f(int a) { if (__builtin_expect(a > 100, 0)) { fail(a); } return a * 3; }
    int main(int argc, char **argv) { return f(argc); }
    """
    program = compile_c(source, "-O2").read_bytes()
    job, image = prepare(request(program=program, start="f"))
    cold = image.function("f.cold")
    assert job.watch is not None
    assert job.watch.ranges == ((cold.low, cold.high), (image.function("f").low, image.function("f").high))


@pytest.mark.parametrize(
    ("start", "address"),
    [("main", 0x400540), ("main+4", 0x400544), ("sum+0x4", 0x40052A), ("0x400541", 0x400541)],
)
def test_where_recording_starts(start: str, address: int) -> None:
    assert find_start(program_names(C_SUM.program, "sum").image, start) == address


def test_the_entry_point() -> None:
    image = program_names(C_SUM.program, "sum").image
    assert find_start(image, "entry") == image.entry == image.function("_start").low


@pytest.mark.parametrize(
    ("changes", "message", "near"),
    [
        ({"start": "mian"}, "start 'mian': sum has no function named mian", "main"),
        ({"start": "main+60"}, "start 'main+60' is outside main, which has 60 bytes", ""),
        ({"start": "enter main"}, "start 'enter main' is not a place in the code", ""),
        ({"start": "main #2"}, "start 'main #2' is not a place in the code", ""),
        ({"start": "0x10"}, "there is no code at 0x10", ""),
        ({"functions": ("main", "smu")}, "functions: sum has no function named smu", "sum"),
    ],
)
def test_names_the_program_does_not_have(changes: dict[str, object], message: str, near: str) -> None:
    with pytest.raises(SymbolError) as raised:
        prepare(request(**changes))
    assert message in raised.value.message
    assert near in " ".join(raised.value.near)


def test_a_stripped_program_says_so() -> None:
    program = compile_c("int main(void) { return 0; }", "-s").read_bytes()
    with pytest.raises(SymbolError, match="stripped"):
        prepare(request(program=program))
    with pytest.raises(SymbolError, match="where the function ends is not known"):
        prepare(request(program=program, start="entry"))
    assert prepare(request(program=program, start="entry", everything=True))


def test_what_is_no_program() -> None:
    with pytest.raises(BinaryError):
        prepare(request(program=b"#!/bin/sh\n"))
    library = compile_c("int f(void) { return 0; }", "-shared", "-fPIC").read_bytes()
    with pytest.raises(BinaryError, match="a shared library"):
        prepare(request(program=library, start="f"))


def test_a_report_becomes_a_trace() -> None:
    trace = record(C_SUM, FakeEmulator(two_steps))
    assert len(trace) == 2
    assert (trace.pc(0), trace.pc(2)) == (0x10, 0x12)
    assert trace.register("rax", 0) == 7
    assert trace.register("xmm1", 0) == 1 << 100
    assert trace.register("eflags", 2) == 0x246
    assert trace.step(0).writes == (Access(0x1000, 5, 8), Access(0x1008, 6, 4))
    assert trace.step(1).writes == ()
    assert trace.step(1).over
    assert trace.memory(1).read(0x1000, 16) == b"\5" + bytes(7) + b"\6" + bytes(7)
    assert list(trace.code) == [0x10, 0x11]
    assert trace.start == 0x400540
    assert trace.stdout == b"out"


def test_a_malformed_recording_is_an_error() -> None:
    def short(_job: Job) -> Report:
        return report(recording=recording([{}, {}], sizes=b"\x01\x01"))

    with pytest.raises(MachineError, match="a recorded register is"):
        record(C_SUM, FakeEmulator(short))


@pytest.mark.parametrize(
    ("ending", "message"),
    [
        (Ending("exited", status=3), "the program never reached main: it exited with status 3"),
        (Ending("signal", signal=11, pc=0x400544), "it was killed by SIGSEGV at main+4"),
        (Ending("signal", signal=35), "it was killed by signal 35"),
        (Ending("limit", detail="60 seconds", pc=0x400526), "it was stopped at sum: 60 seconds"),
        (Ending("unsupported", detail="vpaddd"), "it was stopped: vpaddd"),
    ],
)
def test_a_start_that_is_never_reached(ending: Ending, message: str) -> None:
    emulator = FakeEmulator(lambda _: report(ending, stderr=b"x" * 400 + b"\nno such file\n"))
    with pytest.raises(MachineError) as raised:
        record(C_SUM, emulator)
    assert message in raised.value.message
    assert raised.value.message.endswith("no such file")
    assert len(raised.value.message) < 500


def test_many_at_a_time_and_one_bad_one_does_not_stop_the_others() -> None:
    emulator = FakeEmulator(two_steps)
    wanted = {"a": request(), "b": request(start="nothing"), "c": C_SUM}
    found = dict(record_many(wanted, emulator))
    assert isinstance(found["a"], Trace)
    assert isinstance(found["b"], SymbolError)
    assert isinstance(found["c"], Trace)
    assert len(emulator.jobs) == 2


def test_a_worker_that_died_is_an_outcome_too() -> None:
    def die(_job: Job) -> Report:
        raise MachineError("the worker died")

    ((_, error),) = record_many({0: C_SUM}, FakeEmulator(die))
    assert isinstance(error, StackreelError)


def test_what_was_recorded_once_is_not_emulated_again(tmp_path: Path) -> None:
    emulator, cache = FakeEmulator(two_steps), Cache(tmp_path)
    first = recall(C_SUM, emulator, cache)
    assert recall(C_SUM, emulator, cache) == first
    assert len(emulator.jobs) == 1
    for entry in tmp_path.rglob("*"):
        if entry.is_file():
            entry.write_bytes(entry.read_bytes()[:-7])
    assert recall(C_SUM, emulator, cache) == first
    assert len(emulator.jobs) == 2
    assert recall(C_SUM, emulator, cache) == first
    assert len(emulator.jobs) == 2


def test_errors_are_not_kept(tmp_path: Path) -> None:
    emulator = FakeEmulator(lambda _: report(Ending("exited")))
    for _ in range(2):
        with pytest.raises(MachineError):
            recall(C_SUM, emulator, Cache(tmp_path))
    assert len(emulator.jobs) == 2


def test_another_library_records_anew(tmp_path: Path) -> None:
    library = tmp_path / "sys" / "lib" / "libx.so"
    library.parent.mkdir(parents=True)
    library.write_bytes(b"one")

    def dynamic(job: Job) -> Report:
        made = two_steps(job)
        digest = hashlib.sha256(library.read_bytes()).hexdigest()
        return replace(
            made, modules=(*made.modules, replace(made.modules[0], path="/lib/libx.so", sha256=digest))
        )

    emulator, cache = FakeEmulator(dynamic), Cache(tmp_path / "cache")
    wanted = request(sysroot=str(tmp_path / "sys"))
    recall(wanted, emulator, cache)
    recall(wanted, emulator, cache)
    assert len(emulator.jobs) == 1
    library.write_bytes(b"another")
    recall(wanted, emulator, cache)
    assert len(emulator.jobs) == 2


def test_every_input_is_in_the_key() -> None:
    base = request(functions=("main",), registers={"rsp": 1})
    changes: list[dict[str, object]] = [
        {"program": PLAIN.program},
        {"path": "/other"},
        {"argv": ("sum", "")},
        {"env": (("A", "1"),)},
        {"stdin": b"x"},
        {"files": {"/f": b""}},
        {"sysroot": "/nowhere"},
        {"start": "sum"},
        {"functions": ("main", "sum")},
        {"everything": True},
        {"registers": {"rsp": 2}},
        {"max_steps": 5},
        {"limits": Limits(instructions=5)},
        {"limits": Limits(seconds=5)},
        {"limits": Limits(memory=5)},
        {"limits": Limits(output=5)},
    ]
    common: dict[str, object] = {"functions": ("main",), "registers": {"rsp": 1}}
    keys = [cache_key(request(**{**common, **change})) for change in changes]
    assert len({cache_key(base), *keys}) == len(changes) + 1
    assert cache_key(base) == cache_key(request(**common))


def test_our_own_source_and_unicorn_are_in_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache_key(request())
    monkeypatch.setattr(key, "source_digest", lambda: "changed")
    changed = cache_key(request())
    monkeypatch.setattr(key, "unicorn_version", lambda: "3.0")
    assert len({before, changed, cache_key(request())}) == 3
    assert cache_key(request()).endswith("-3.0")


def test_without_unicorn_a_kept_trace_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator, cache = FakeEmulator(two_steps), Cache(tmp_path)
    first = recall(C_SUM, emulator, cache)
    monkeypatch.setattr(key, "unicorn_version", lambda: key.ABSENT)
    assert recall(C_SUM, emulator, cache) == first
    assert len(emulator.jobs) == 1
    recall(PLAIN, emulator, cache)
    assert len(emulator.jobs) == 2


def test_the_libraries_a_program_names_are_found_with_theirs() -> None:
    found = dict(libraries(C_SUM.program, "/"))
    assert set(found) == {"/lib64/ld-linux-x86-64.so.2", "libc.so.6", "ld-linux-x86-64.so.2"}
    assert all(len(digest) == 64 for digest in found.values())
    static = compile_c("int main(void) { return 0; }", "-static").read_bytes()
    assert dict(libraries(static, "/")) == {}


@pytest.mark.oracle
def test_names_of_the_example() -> None:
    names = program_names(C_SUM.program, "sum")
    assert str(names.symbolize(0x40055E)) == "main+30"
    assert {(row.file.rsplit("/", 1)[-1], row.line) for row in names.lines()} == {
        ("sum.c", line) for line in (3, 4, 5, 6, 8, 9, 10, 11, 12)
    }
    assert defined_functions(C_SUM.program, "sum.c") == ("sum", "main")
