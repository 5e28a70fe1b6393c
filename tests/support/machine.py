"""A machine for tests that reports what the test says, without running anything."""

from __future__ import annotations

import struct
from collections.abc import Callable
from concurrent.futures import Future

from stackreel.isa import X86_64
from stackreel.machine.model import Ending, Job, Module, Recording, Report


class FakeEmulator:
    """Counts the jobs it gets; `answer` makes the report of each, or raises."""

    def __init__(self, answer: Callable[[Job], Report]) -> None:
        self.answer, self.jobs = answer, list[Job]()

    def submit(self, job: Job) -> Future[Report]:
        self.jobs.append(job)
        future: Future[Report] = Future()
        try:
            future.set_result(self.answer(job))
        except Exception as error:  # noqa: BLE001  as a real future does
            future.set_exception(error)
        return future


def report(
    ending: Ending | None = None,
    recording: Recording | None = None,
    *,
    stderr: bytes = b"",
    notes: tuple[str, ...] = (),
) -> Report:
    module = Module("/p", "00" * 32, 0, 0x400000, 0x401000)
    ending = ending or Ending("returned")
    return Report(ending, b"out", stderr, 10, (module,), (), notes, recording)


def recording(rows: list[dict[str, int]], *, sizes: bytes, over: bytes | None = None) -> Recording:
    """A recording of whole x86-64 registers without accesses; registers not named are 0."""
    widths = tuple(register.bits // 8 for register in X86_64.registers)
    columns = tuple(
        b"".join(row.get(register.name, 0).to_bytes(register.bits // 8, "little") for row in rows)
        for register in X86_64.registers
    )
    return Recording(
        registers=tuple(register.name for register in X86_64.registers),
        widths=widths,
        columns=columns,
        sizes=sizes,
        over=over or bytes(len(sizes)),
        write_steps=struct.pack("<2I", 0, 0),
        write_addresses=struct.pack("<2Q", 0x1000, 0x1008),
        write_sizes=b"\x08\x04",
        write_values=struct.pack("<2Q", 5, 6),
        read_steps=b"",
        read_addresses=b"",
        read_sizes=b"",
        read_values=b"",
        snapshot=((0x1000, bytes(16)),),
        code=((0x11, b"\xc3"), (0x10, b"\x90")),
        stack=(0x1000, 0x2000),
    )
