"""Recording: from a request to a trace, through the machine.

It trusts what the machine reports and adds nothing; it says in an author's words why nothing was recorded. The
machine is known as something that takes a job and promises a report, so a test or another executor can take its
place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, as_completed
from typing import Protocol, TypeVar

from stackreel.binary.image import Image
from stackreel.errors import MachineError, StackreelError
from stackreel.example import Example
from stackreel.isa import X86_64
from stackreel.machine.model import Ending, Job, Report
from stackreel.trace.columns import trace_from
from stackreel.trace.model import End, signal_name
from stackreel.trace.request import Request, prepare, request_for
from stackreel.trace.trace import Trace

Key = TypeVar("Key")

_TAIL = 300


class Emulator(Protocol):
    """What runs a job in a worker."""

    def submit(self, job: Job) -> Future[Report]:
        """Begin a run. The future may raise MachineError."""


def record(wanted: Example | Request, emulator: Emulator) -> Trace:
    """Run a program and return what was recorded.

    Raises BinaryError and SymbolError as `prepare` does, MachineError where `start` is never reached or the
    machine fails.
    """
    request = request_for(wanted) if isinstance(wanted, Example) else wanted
    job, image = prepare(request)
    return _trace(request, job, image, emulator.submit(job).result())


def record_many(
    wanted: Mapping[Key, Example | Request], emulator: Emulator
) -> Iterator[tuple[Key, Trace | StackreelError]]:
    """Record several at a time; each is handed over when it is done, what went wrong in its place."""
    running: dict[Future[Report], tuple[Key, Request, Job, Image]] = {}
    for key, one in wanted.items():
        request = request_for(one) if isinstance(one, Example) else one
        try:
            job, image = prepare(request)
        except StackreelError as error:
            yield key, error
        else:
            running[emulator.submit(job)] = (key, request, job, image)
    for future in as_completed(running):
        key, request, job, image = running[future]
        try:
            yield key, _trace(request, job, image, future.result())
        except StackreelError as error:
            yield key, error


def _trace(request: Request, job: Job, image: Image, report: Report) -> Trace:
    if report.recording is None or not any(report.recording.columns):
        raise _never_reached(request, image, report)
    start = job.watch.start if job.watch else image.entry
    return trace_from(report, X86_64.name, start)


def _never_reached(request: Request, image: Image, report: Report) -> MachineError:
    said = f"{image.name}: the program never reached {request.start}: {how(report.ending, image)}"
    return MachineError(". ".join([said, *_output(report)]))


def how(ending: Ending | End, image: Image) -> str:
    """Say how a run ended, in words."""
    symbol = image.symbolize(ending.pc)
    place = f" at {symbol}" if symbol else f" at {ending.pc:#x}" if ending.pc else ""
    detail = f" ({ending.detail})" if ending.detail else ""
    words = {
        "returned": "it returned",
        "exited": f"it exited with status {ending.status}",
        "signal": f"it was killed by {signal_name(ending.signal)}{place}{detail}",
        "limit": f"it was stopped{place}: {ending.detail or 'a limit was reached'}",
        "unsupported": f"it was stopped{place}: {ending.detail or 'something is not supported'}",
    }
    return words[ending.reason]


def _output(report: Report) -> Iterable[str]:
    tail = report.stderr[-_TAIL:].decode("utf-8", "replace").strip()
    if tail:
        yield f"Its standard error ends with: {tail}"
    yield from report.notes[:3]
