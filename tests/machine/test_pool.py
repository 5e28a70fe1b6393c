"""Worker processes: jobs at the same time, a worker that dies, output that passes through, nothing loaded before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from stackreel.errors import BinaryError, MachineError
from stackreel.machine import PIE_BASE, Emulator, Job, Limits, Report, pool, run_inline
from stackreel.machine.worker import run as run_here
from support.build import compile_c
from support.emulated import job_of

QUICK = "int main(int c, char **v) { return c; }"
LOOP = "int main(void) { for (;;); }"


def children() -> set[int]:
    """Return the processes that descend from this one."""
    parent = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent[int(file.parent.name)] = int(file.read_text().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    found = {os.getpid()}
    while more := {pid for pid, above in parent.items() if above in found} - found:
        found |= more
    return found - {os.getpid()}


def spinning(before: set[int]) -> int:
    """Wait for a new process that uses the CPU, and return it."""
    for _ in range(200):
        for pid in children() - before:
            try:
                ticks = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11])
            except FileNotFoundError:
                continue
            if ticks > 60:
                return pid
        time.sleep(0.05)
    raise AssertionError("no worker is running")


def test_jobs_run_at_the_same_time_and_keep_their_results_apart() -> None:
    binary = compile_c(QUICK, "-static")
    with Emulator(2) as emulator:
        futures: list[Future[Report]] = [emulator.submit(job_of(binary, *"x" * n)) for n in range(6)]
        assert [f.result().ending.status for f in futures] == [1, 2, 3, 4, 5, 6]


def test_a_worker_that_is_killed_fails_its_job_alone() -> None:
    loop, quick = compile_c(LOOP, "-static"), compile_c(QUICK, "-static")
    with Emulator(2) as emulator:
        before = children()
        doomed = emulator.submit(job_of(loop, limits=Limits(seconds=60)))
        victim = spinning(before)
        others = [emulator.submit(job_of(quick)) for _ in range(3)]
        assert [f.result().ending.status for f in others] == [1, 1, 1]
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(MachineError, match=f"worker died while it ran {loop}"):
            doomed.result(timeout=20)
        assert [emulator.run(job_of(quick, "x")).ending.status for _ in range(3)] == [2, 2, 2]


def test_errors_of_a_job_cross_the_process_boundary() -> None:
    binary = compile_c(QUICK)
    with Emulator(1) as emulator:
        with pytest.raises(BinaryError):
            emulator.run(Job(b"not a program", "/p", ("p",)))
        with pytest.raises(MachineError, match="needs the interpreter") as missing:
            emulator.run(job_of(binary, sysroot="/var/empty"))
        assert missing.value.example
        assert emulator.run(job_of(binary)).ending.status == 1


def test_a_worker_is_confined() -> None:
    source = "#include <stdlib.h>\n#include <string.h>\n"
    source += "int main(void) { for (;;) memset(malloc(1 << 22), 1, 1 << 22); }"
    with Emulator(1) as emulator:
        ending = emulator.run(job_of(compile_c(source, "-w"), limits=Limits(memory=128 << 20))).ending
        assert ending.reason == "limit"
        assert emulator.run(job_of(compile_c(QUICK))).ending.status == 1


def test_another_executor_can_take_the_place() -> None:
    made: list[ProcessPoolExecutor] = []

    def executor() -> ProcessPoolExecutor:
        made.append(ProcessPoolExecutor(1))
        return made[-1]

    with Emulator(1, executor=executor) as emulator:
        assert emulator.run(job_of(compile_c(QUICK, "-static"))).ending.status == 1
    assert len(made) == 1


def test_output_passes_through_as_it_comes() -> None:
    source = r"""
    #include <stdio.h>
    #include <unistd.h>
    int main(void) {
        write(1, "first\n", 6);
        for (volatile long i = 0; i < 60000000; i++);
        fputs("error\n", stderr);
        return 9;
    }
    """
    out, into = os.pipe()
    error, error_into = os.pipe()
    arrived: list[tuple[bytes, float]] = []
    reader = threading.Thread(target=lambda: arrived.append((os.read(out, 100), time.monotonic())))
    reader.start()
    report = run_inline(job_of(compile_c(source, "-static", "-w")), into, error_into)
    done = time.monotonic()
    reader.join()
    assert arrived[0][0] == report.stdout == b"first\n"
    assert done - arrived[0][1] > 0.2
    assert os.read(error, 100) == report.stderr == b"error\n"
    assert report.ending.status == 9
    for descriptor in (out, into, error, error_into):
        os.close(descriptor)


def test_nobody_reading_ends_the_program_as_natively() -> None:
    out, into = os.pipe()
    os.close(out)
    report = run_inline(job_of(compile_c('#include <stdio.h>\nint main(void) { for (;;) puts("x"); }')), into)
    os.close(into)
    assert (report.ending.reason, report.ending.signal) == ("signal", 13)


def test_errors_of_a_program_run_inline() -> None:
    with pytest.raises(BinaryError):
        run_inline(Job(b"not a program", "/p", ("p",)))


def test_limits_that_this_machine_does_not_take_are_an_error_of_the_program() -> None:
    job = Job(b"not a program", "/p", ("p",), limits=Limits(memory=1 << 64))
    with pytest.raises(MachineError, match="the emulator failed while it ran /p: OverflowError"):
        run_inline(job)
    with Emulator(1) as emulator, pytest.raises(MachineError, match="the emulator failed while it ran /p"):
        emulator.run(job)


def test_the_emulator_is_not_loaded_by_what_the_package_exports() -> None:
    code = "import sys, stackreel.machine, stackreel.machine.pool; sys.exit('unicorn' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (
            OverflowError("int too large"),
            "the emulator failed while it ran /p/odd: OverflowError: int too large",
        ),
        (KeyError(), "the emulator failed while it ran /p/odd: KeyError"),
        (MemoryError(), "this machine has not enough memory to run /p/odd"),
    ],
)
def test_what_is_unforeseen_is_an_error_of_its_program(
    failure: Exception, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(job: Job) -> Report:
        if job.path == "/p/odd":
            raise failure
        return run_here(job)

    monkeypatch.setattr(pool, "_load", lambda: SimpleNamespace(confine=lambda _limits: None, run=run))
    good = job_of(compile_c(QUICK, "-static"))
    with Emulator(1, executor=lambda: ThreadPoolExecutor(1)) as emulator:
        odd = emulator.submit(Job(b"", "/p/odd", ("odd",)))
        with pytest.raises(MachineError) as caught:
            odd.result()
        assert caught.value.message == message
        assert emulator.run(good).ending.status == 1


def test_workers_end_with_the_process_that_started_them() -> None:
    code = """
import sys
from stackreel.machine import Emulator, Limits
from support.emulated import job_of
from pathlib import Path
emulator = Emulator(1)
emulator.submit(job_of(Path(sys.argv[1]), limits=Limits(seconds=60)))
"""
    before = children()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    loop = compile_c(LOOP, "-static")
    with subprocess.Popen([sys.executable, "-c", code, str(loop)], env=environment) as process:
        worker = spinning(before | {process.pid})
        process.kill()
    for _ in range(100):
        if not Path(f"/proc/{worker}").exists():
            return
        time.sleep(0.1)
    raise AssertionError("the worker still runs")


def test_an_entry_point_beyond_the_address_space_wraps_as_in_the_kernel() -> None:
    program = bytearray(compile_c(QUICK, "-pie", "-fPIE").read_bytes())
    program[24:32] = b"\xff" * 8
    report = run_here(Job(bytes(program), "/p/odd", ("odd",)))
    assert (report.ending.reason, report.ending.signal, report.ending.pc) == ("signal", 11, PIE_BASE - 1)


def test_an_unreadable_section_table_does_not_keep_a_program_from_running() -> None:
    program = compile_c(QUICK, "-static").read_bytes()[:-64]
    report = run_here(Job(program, "/p/odd", ("odd",)))
    assert report.ending.status == 1
    assert report.notes == ("/p/odd is truncated: the file ends before the section table does",)
