"""What runs in a worker process: one job, within limits the host enforces. Loaded by name, see `pool.py`.

The only module through which the rest of the package reaches the emulator.
"""

from __future__ import annotations

import gc
import resource
import threading

from stackreel.machine.files import Output
from stackreel.machine.model import Ending, Job, Limits, Report
from stackreel.machine.outcomes import LimitReached
from stackreel.machine.probe import Probe
from stackreel.machine.process import Process

_OVERHEAD = 2 << 30  # address space of Python and the emulator
_MOST_FILES = 256
_LONGEST = 1 << 30  # seconds; more is never
_AGAIN = 0.2


def confine(limits: Limits, *, may_write: bool = False) -> None:
    """Limit this process: memory, CPU time, files; no core is left.

    Unless it `may_write`, nothing can be written to a file either.
    """
    seconds = int(min(limits.seconds, _LONGEST) * 2) + 60
    for what, value in (
        (resource.RLIMIT_AS, limits.memory + _OVERHEAD),
        (resource.RLIMIT_CPU, seconds + int(resource.getrusage(resource.RUSAGE_SELF).ru_utime)),
        (resource.RLIMIT_NOFILE, _MOST_FILES),
        (resource.RLIMIT_CORE, 0),
        *(() if may_write else ((resource.RLIMIT_FSIZE, 0),)),
    ):
        _, hard = resource.getrlimit(what)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)  # noqa: PLW2901 - never above what the host allows
        resource.setrlimit(what, (value, hard))


def run(job: Job, passed: dict[int, int] | None = None, *, native: bool | None = None) -> Report:
    """Run a job to its end. `passed` maps 1 and 2 to descriptors of this process that get the output as it comes.

    Raises BinaryError, MachineError. `native=False` does without the host's machine code (for tests).
    """
    try:
        return _run(job, passed, native=native)
    finally:
        gc.collect()  # the emulator, with a gigabyte of address space, is in a cycle with the hooks it calls


def _run(job: Job, passed: dict[int, int] | None, *, native: bool | None) -> Report:
    output = Output(job.limits.output, passed)
    try:
        process = Process(job, output, native=native)
        probe = Probe(process, job.watch) if job.watch is not None else None
    except LimitReached as limit:  # the program does not even fit
        return Report(Ending("limit", detail=limit.detail), b"", b"", 0, (), (), (), None)
    over = threading.Event()
    watchdog = threading.Thread(target=_watch_time, args=(process, over), daemon=True)
    watchdog.start()
    try:
        ending = process.run()
    finally:
        over.set()
        watchdog.join()
    recording = probe.recording() if probe is not None else None
    return Report(
        ending=ending,
        stdout=bytes(output.collected[1]),
        stderr=bytes(output.collected[2]),
        instructions=process.engine.instructions,
        modules=tuple(process.modules),
        mappings=probe.mappings if probe is not None and probe.mappings else process.memory.mappings(),
        notes=tuple(process.notes),
        recording=recording,
    )


def _watch_time(process: Process, over: threading.Event) -> None:
    """Stop a run that takes too long; again and again, as a stop between two runs of the engine is lost."""
    if over.wait(min(process.job.limits.seconds, threading.TIMEOUT_MAX)):
        return
    process.too_late()
    while not over.wait(_AGAIN):
        process.too_late()
