"""The process: threads, memory, files, signals, clock, and the loop that runs it to its end.

The loop takes an event of the engine, does what a kernel does, and resumes. One thread runs at a time, see
`scheduler`. Time is virtual: a nanosecond an instruction, and it jumps where all threads wait.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

from unicorn import x86_const

from stackreel.binary.elf import parse_elf
from stackreel.errors import BinaryError
from stackreel.machine import fxsave, signals, syscalls, traps
from stackreel.machine.clock import Clock
from stackreel.machine.engine import Fault, Stop, Syscall, Trap
from stackreel.machine.files import Descriptors, Output
from stackreel.machine.layout import extent, page_down
from stackreel.machine.loader import Loaded, load
from stackreel.machine.memory import AddressSpace
from stackreel.machine.model import Ending, Job, Module
from stackreel.machine.outcomes import Finished, LimitReached, LinuxError, Refused, Waits
from stackreel.machine.randomness import Stream
from stackreel.machine.scheduler import Scheduler
from stackreel.machine.stack import USER
from stackreel.machine.threads import Thread
from stackreel.machine.timers import Timer
from stackreel.machine.tree import Node, Tree, absolute

PID = 1000
_ARGUMENTS = (
    x86_const.UC_X86_REG_RAX,
    x86_const.UC_X86_REG_RDI,
    x86_const.UC_X86_REG_RSI,
    x86_const.UC_X86_REG_RDX,
    x86_const.UC_X86_REG_R10,
    x86_const.UC_X86_REG_R8,
    x86_const.UC_X86_REG_R9,
)


class Process:
    """A running program.

    `write_seen(address, data)` is told what the kernel writes into memory for it, `leaving()` that another thread is
    about to run.
    """

    def __init__(self, job: Job, output: Output, *, native: bool | None = None) -> None:
        self.job = job = replace(job, path=absolute(job.path))
        self.output = output
        self.tree = Tree({**job.files, job.path: job.program}, job.sysroot)
        self.memory = AddressSpace(job.limits.memory, native=native)
        self.engine = self.memory.engine
        self.loaded: Loaded = load(self.memory, job, self.tree)
        self.modules = list(self.loaded.modules)
        self.brk_start = self.brk = self.loaded.brk
        self.files = Descriptors(job.stdin, output)
        self.folder = "/"
        self.clock = Clock(lambda: self.engine.instructions)
        self.random = Stream()
        self.actions: dict[int, signals.Action] = {}
        self.pending: list[signals.SignalInfo] = []
        self.posix_timers: dict[int, Timer] = {}
        self.wall_timers: set[int] = set()
        self.leaving: Callable[[], None] = lambda: None
        self.scheduler = Scheduler(self, PID)
        self.notes: dict[str, None] = dict.fromkeys([self.loaded.damage] if self.loaded.damage else ())
        self.write_seen: Callable[[int, bytes], None] | None = None
        self.refused: Callable[[Fault], None] = lambda _fault: None
        self.stopped: Callable[[], Ending | None] = lambda: None
        self._late = self._spent = False
        self._set_up_cpu()

    def _set_up_cpu(self) -> None:
        engine = self.engine
        fxsave.reset(engine)
        engine.set(x86_const.UC_X86_REG_RSP, self.loaded.stack.sp)
        engine.pc = self.loaded.first
        engine.tsc = self.clock.ticks
        engine.on_limit = self._at_bound

    @property
    def thread(self) -> Thread:
        """The thread that runs."""
        return self.scheduler.current

    @property
    def threads(self) -> list[Thread]:
        """All threads that live, first ones first."""
        return self.scheduler.threads

    # -- the loop ----------------------------------------------------------------------------------------------

    def run(self) -> Ending:
        """Run to the end and say how it ended."""
        try:
            while True:
                self._one_event()
        except Finished as finished:
            return finished.ending
        except LimitReached as limit:
            return Ending("limit", pc=self.engine.pc, detail=limit.detail)
        except Refused as refused:
            return Ending("unsupported", pc=self.engine.pc, detail=refused.detail)

    def _one_event(self) -> None:
        event = self.engine.run()
        self.check_limits()
        match event:
            case Syscall():
                self.system_call()
            case Fault():
                self.refused(event)
                traps.fault(self, event)
            case Trap():
                traps.trap(self, event)
            case Stop():
                ending = self.stopped()
                if ending is not None:
                    raise Finished(ending)
        self.scheduler.settle()
        signals.deliver(self)

    def check_limits(self) -> None:
        """Raise LimitReached where a bound of the run is passed."""
        limits = self.job.limits
        if self._late:
            raise LimitReached(
                f"seconds: the program ran longer than {limits.seconds:g} s; raise the limit on time"
            )
        if self._spent:
            raise LimitReached(
                f"instructions: the program would execute more than {limits.instructions}; "
                "raise the limit on instructions"
            )
        if self.memory.over_limit:
            raise LimitReached(
                f"memory: the program uses more than {limits.memory} bytes; raise the limit on memory"
            )

    def _at_bound(self) -> None:
        self._spent = self.engine.instructions >= self.job.limits.instructions
        self.scheduler.bound_reached()
        self.engine.stop()

    def too_late(self) -> None:
        """Stop a run that takes too long; called from another thread of the host."""
        self._late = True
        self.engine.stop()

    # -- system calls ------------------------------------------------------------------------------------------

    def system_call(self) -> None:
        """Do what the registers ask for."""
        engine = self.engine
        number, a, b, c, d, e, f = engine.get_many(_ARGUMENTS)
        flags = engine.get(x86_const.UC_X86_REG_EFLAGS)
        engine.set(x86_const.UC_X86_REG_RCX, engine.pc)
        engine.set(x86_const.UC_X86_REG_R11, flags)
        number &= 0xFFFF_FFFF
        try:
            result = syscalls.call(self, number, (a, b, c, d, e, f))
        except LinuxError as error:
            result = -error.errno
        except Waits as wait:
            self.scheduler.wait(wait)
            return
        if result is not None:
            engine.set(x86_const.UC_X86_REG_RAX, result & 0xFFFF_FFFF_FFFF_FFFF)

    def finish(self, ending: Ending) -> NoReturn:
        """End the run."""
        raise Finished(ending)

    @property
    def identity(self) -> tuple[int, int]:
        """Process and user number, as a signal's sender."""
        return PID, USER

    def own_file(self, path: str) -> Node | None:
        """Return what a path below /proc/self holds."""
        if path == "/proc/self/exe":
            return self.tree.lookup(self.job.path)
        contents = {"/proc/self/maps": self._maps, "/proc/self/cmdline": self._command_line}.get(path)
        return Node(path, "file", contents()) if contents else None

    def _maps(self) -> bytes:
        rows = (
            f"{m.low:08x}-{m.high:08x} {m.permissions} 00000000 00:00 0".ljust(73) + m.name
            for m in self.memory.mappings()
        )
        return "".join(row.rstrip() + "\n" for row in rows).encode("utf-8", "surrogateescape")

    def _command_line(self) -> bytes:
        return b"".join(text.encode("utf-8", "surrogateescape") + b"\0" for text in self.job.argv)

    def saw_module(self, path: str, data: bytes, address: int, offset: int, size: int) -> None:
        """Remember an ELF file that the program maps (its loader does) as a module."""
        if not data.startswith(b"\x7fELF") or any(m.path == path for m in self.modules):
            return
        try:
            low, high = extent(parse_elf(data, path))
        except BinaryError:
            return
        bias = address - page_down(offset) - low
        end = max(high + bias, address + size) if offset == 0 else high + bias
        self.modules.append(Module(path, hashlib.sha256(data).hexdigest(), bias, low + bias, end))

    def note(self, text: str) -> None:
        """Remember something the author should know, once."""
        self.notes.setdefault(text)

    def read(self, address: int, size: int) -> bytes:
        """Read the program's memory for a system call."""
        return self.memory.read(address, size)

    def write(self, address: int, data: bytes) -> None:
        """Write the program's memory for a system call or a signal."""
        self.memory.write(address, data)
        if self.write_seen is not None:
            self.write_seen(address, data)
