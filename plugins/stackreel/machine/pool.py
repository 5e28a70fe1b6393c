"""Runs jobs in worker processes: the emulator is native code and may crash, hang or eat memory.

Each of the `jobs` workers is an executor of its own with one process, so that when one dies it is known which
program did it; its place is filled and the others go on. Workers are started from a fork server that has loaded
`stackreel.machine.worker` by name; nothing here imports the emulator, so a process that only reads recorded
traces never loads it.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import DupFd
from types import ModuleType, TracebackType
from typing import Protocol, Self

from stackreel.errors import MachineError, StackreelError
from stackreel.machine.model import Job, Report

_WORKER = "stackreel.machine.worker"


def new_executor() -> Executor:
    """Return an executor of one worker process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_WORKER])
    return ProcessPoolExecutor(1, mp_context=context)


def default_jobs() -> int:
    """Return how many workers suit this machine: one a CPU, four at most."""
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


class Emulator:
    """Runs jobs, up to `jobs` at a time; a context manager, workers end with it.

    `executor` makes the executor of one worker; another kind can be given.
    """

    def __init__(self, jobs: int | None = None, *, executor: Callable[[], Executor] = new_executor) -> None:
        count = default_jobs() if jobs is None else max(1, jobs)
        self._executor = executor
        self._places: queue.SimpleQueue[Executor | None] = queue.SimpleQueue()
        for _ in range(count):
            self._places.put(None)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="stackreel-emulator")
        self._starting = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        while not self._places.empty():
            worker = self._places.get()
            if worker is not None:
                worker.shutdown()

    def submit(self, job: Job) -> Future[Report]:
        """Start a job when a worker is free. Its future raises MachineError, BinaryError."""
        return self._threads.submit(self._run, job)

    def run(self, job: Job) -> Report:
        """Run a job and wait for it. Raises MachineError where its worker died, BinaryError for a bad program."""
        return self.submit(job).result()

    def _run(self, job: Job) -> Report:
        worker = self._places.get() or self._executor()
        place: Executor | None = worker
        try:
            with self._starting, _main_hidden():
                running = worker.submit(_work, job)
            with _Named(job):
                return running.result()
        except BrokenProcessPool as error:
            place = None  # the next job starts another
            worker.shutdown(wait=False)
            raise MachineError(f"the emulator's worker died while it ran {job.path}") from error
        finally:
            self._places.put(place)


class _Named:
    """Makes what is unforeseen in a run an error of its program: the others are still run, and it is told."""

    def __init__(self, job: Job) -> None:
        self._path = job.path

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, MemoryError):
            raise MachineError(f"this machine has not enough memory to run {self._path}") from error
        if isinstance(error, Exception) and not isinstance(error, StackreelError | BrokenProcessPool):
            said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            raise MachineError(f"the emulator failed while it ran {self._path}: {said}") from error


@contextmanager
def _main_hidden() -> Iterator[None]:
    """Hide the main module while a worker starts.

    Multiprocessing would run it again in the worker, and a script that is not written for that would start itself.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _load() -> ModuleType:
    try:
        return importlib.import_module(_WORKER)
    except ImportError as error:
        raise MachineError(f"the emulator cannot be loaded: {error}", example="pip install unicorn") from None


def _work(job: Job) -> Report:
    _end_with_parent()
    with _Named(job):
        worker = _load()
        worker.confine(job.limits)
        report: Report = worker.run(job)
    return report


@lru_cache(maxsize=1)
def _end_with_parent() -> None:
    """Have this process end when the one that started it does, however that ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_end, args=(parent.sentinel,), daemon=True).start()


def _wait_and_end(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def run_inline(job: Job, stdout: int = 1, stderr: int = 2) -> Report:
    """Run a job in a process of its own; what it prints goes to these descriptors as it is printed.

    Raises MachineError where the process died, BinaryError for a bad program.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_inline, args=(job, there, _Descriptor(stdout), _Descriptor(stderr)))
    with _main_hidden():
        process.start()
    there.close()
    try:
        outcome: Report | Exception = here.recv()
    except EOFError:
        process.join()
        raise MachineError(f"the emulator died while it ran {job.path}{_how(process.exitcode)}") from None
    except KeyboardInterrupt:
        process.kill()
        process.join()
        raise
    finally:
        here.close()
    process.join()
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


class _Handed(Protocol):
    """A duplicate of a descriptor on its way to another process."""

    def detach(self) -> int: ...


class _Descriptor:
    """A descriptor that is handed to a spawned process."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> tuple[Callable[[_Handed], int], tuple[_Handed]]:
        return (_detach, (DupFd(self.number),))


def _detach(handed: _Handed) -> int:
    return handed.detach()


def _inline(job: Job, answer: Connection, stdout: int, stderr: int) -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # it ends at Ctrl-C in silence; the command says what is to be said
    _end_with_parent()
    try:
        with _Named(job):
            worker = _load()
            worker.confine(job.limits, may_write=True)
            answer.send(worker.run(job, {1: stdout, 2: stderr}))
    except StackreelError as error:
        answer.send(error)


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f" (signal {-code})"
    return "" if code is None else f" (status {code})"
