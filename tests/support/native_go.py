"""A Go program on this machine's own CPU: every state of its main.* functions, under ptrace.

Every thread is traced, since the goroutine may go on with another one. Instructions of the given ranges are stepped
one by one; code they call runs at full speed up to a breakpoint where it returns. From `start` on the other threads
stand still (the runtime's monitor would ask for preemption, a step taking so long), but where the goroutine waits for
them. The process has one CPU, as the guest has, and is asked for no asynchronous preemption by the caller's GODEBUG.
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from support.native import CONT, GETFPREGS, SETOPTIONS, SINGLESTEP, become, call, registers_of, set_registers

TRACE_CLONE, EXIT_KILL = 1 << 3, 1 << 20
GETEVENTMSG, EVENT_CLONE = 0x4201, int(signal.SIGTRAP) | 3 << 8
WALL = 0x40000000
PATIENCE = 2.0  # seconds for a call before the other threads may help
_XMM = slice(160, 160 + 16 * 16)
_PREEMPT = (1 << 64) - 1314  # stackPreempt of runtime/stack.go, put in g.stackguard0
_STACK_GUARD = 928  # what stackguard0 is else, above stack.lo
_BREAKPOINT = b"\xcc"
_TGKILL = 234  # the number of the system call, which Python does not offer

Range = tuple[int, int]


class GoStep(NamedTuple):
    """The state before an instruction: registers, xmm0-15, the goroutine's stack (bounds; bytes from rsp up)."""

    pc: int
    registers: Mapping[str, int]
    xmm: bytes
    bounds: Range
    stack: bytes


class GoRun(NamedTuple):
    """What was recorded, and the anonymous memory of the process at the end."""

    steps: list[GoStep]
    anonymous: tuple[Range, ...]


def go_steps(
    path: Path, start: int, ranges: Sequence[Range], env: Mapping[str, str], *, limit: int = 100_000
) -> GoRun:
    """Run `path` to `start`; record every state inside `ranges` until the function at `start` returns."""
    pid = os.fork()
    if pid == 0:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        become(path, [str(path)], env)
    process = _Process(pid)
    try:
        return process.record(start, ranges, limit)
    finally:
        process.kill()


class _Process:
    def __init__(self, pid: int) -> None:
        _, status = os.waitpid(pid, 0)
        assert os.WIFSTOPPED(status), "the program could not be started"
        call(SETOPTIONS, pid, 0, EXIT_KILL | TRACE_CLONE)
        self.pid = pid
        self.threads: set[int] = {pid}
        self.stopped: dict[int, int] = {pid: 0}  # thread to the signal it is to get when it goes on
        self.memory = os.open(f"/proc/{pid}/mem", os.O_RDWR)

    def kill(self) -> None:
        os.close(self.memory)
        os.kill(self.pid, signal.SIGKILL)
        left = {*self.threads, *(int(task.name) for task in Path(f"/proc/{self.pid}/task").iterdir())}
        while left:  # the first thread is given back last
            for thread in list(left):
                try:
                    done, status = os.waitpid(thread, WALL | os.WNOHANG)
                except ChildProcessError:
                    left.discard(thread)
                else:
                    if done and not os.WIFSTOPPED(status):
                        left.discard(thread)

    def record(self, start: int, ranges: Sequence[Range], limit: int) -> GoRun:
        thread = self.run_to(start, None)
        self.freeze(thread)
        vectors = ctypes.create_string_buffer(512)
        steps: list[GoStep] = []
        top = back = 0
        for _ in range(limit):
            registers = dict(registers_of(thread))
            registers["eflags"] &= ~(1 << 16)
            pc, rsp = registers["rip"], registers["rsp"]
            call(GETFPREGS, thread, 0, ctypes.addressof(vectors))
            bounds = self.bounds(registers["fs_base"])
            self.drop_preemption(registers["fs_base"])
            if not steps:
                back, top = self.word(rsp), bounds[1] - rsp
            depth = bounds[1] - rsp
            assert depth >= top - 8, "the goroutine has lost its stack"
            stack = os.pread(self.memory, depth - top + 8, rsp)
            steps.append(GoStep(pc, registers, vectors.raw[_XMM], bounds, stack))
            if pc == back and depth == top - 8:
                return GoRun(steps, tuple(_anonymous(self.pid)))
            called = self.step(thread)
            if called != back and not any(low <= called < high for low, high in ranges):
                thread = self.run_to(self.word(registers_of(thread)["rsp"]), thread)
        raise AssertionError(f"not finished after {limit} steps")

    def word(self, address: int) -> int:
        (word,) = struct.unpack("<Q", os.pread(self.memory, 8, address))
        return int(word)

    def bounds(self, fs_base: int) -> Range:
        """Return the running goroutine's stack: its g is in the word below FS base and begins with the bounds."""
        low, high = struct.unpack("<QQ", os.pread(self.memory, 16, self.word(fs_base - 8)))
        return low, high

    def drop_preemption(self, fs_base: int) -> None:
        """Take back the monitor's request to preempt, if there is one: it asks by the clock, and stepping is slow."""
        g = self.word(fs_base - 8)
        if self.word(g + 16) == _PREEMPT:
            os.pwrite(self.memory, struct.pack("<Q", self.word(g) + _STACK_GUARD), g + 16)

    def step(self, thread: int) -> int:
        """Execute one instruction and return where that leads."""
        call(SINGLESTEP, thread)
        _, status = os.waitpid(thread, WALL)
        assert os.WIFSTOPPED(status), "the program ended"
        assert os.WSTOPSIG(status) == signal.SIGTRAP, f"signal {os.WSTOPSIG(status)}"
        return registers_of(thread)["rip"]

    def run_to(self, address: int, alone: int | None) -> int:
        """Let all threads run, or one alone as long as it does not wait, until one is at `address`; return which."""
        kept = os.pread(self.memory, 1, address)
        os.pwrite(self.memory, _BREAKPOINT, address)
        self.go_on([alone] if alone is not None else self.threads)
        until = None if alone is None else time.monotonic() + PATIENCE
        while True:
            if until is not None and time.monotonic() > until:
                self.go_on(self.threads)
                until = None
            thread, status = self.wait()
            if not thread:
                continue
            if not os.WIFSTOPPED(status):
                self.threads.discard(thread)
                assert self.threads, f"the program ended before {address:#x}"
                continue
            if status >> 8 == EVENT_CLONE:
                self.threads.add(self.event_message(thread))
            number = os.WSTOPSIG(status)
            is_trap = number == signal.SIGTRAP
            if is_trap and not status >> 16 and registers_of(thread)["rip"] - 1 == address:
                os.pwrite(self.memory, kept, address)
                set_registers(thread, registers_of(thread) | {"rip": address})
                self.stopped[thread] = 0
                if until is None:
                    self.freeze(thread)
                return thread
            self.stopped[thread] = 0 if is_trap or number == signal.SIGSTOP else number
            self.go_on([thread])

    def wait(self) -> tuple[int, int]:
        """Return a thread that runs and has stopped or ended since, and its status; zeros where none has."""
        for thread in self.threads - self.stopped.keys():
            found, status = os.waitpid(thread, WALL | os.WNOHANG)
            if found:
                return found, status
        time.sleep(0.0002)
        return 0, 0

    def event_message(self, thread: int) -> int:
        """Return what the kernel has to say of a thread's event: the number of the new thread."""
        number = ctypes.c_ulong()
        call(GETEVENTMSG, thread, 0, ctypes.addressof(number))
        return number.value

    def go_on(self, threads: Sequence[int] | set[int]) -> None:
        for thread in list(threads):
            if thread in self.stopped or thread not in self.threads:
                call(CONT, thread, 0, self.stopped.pop(thread, 0))

    def freeze(self, thread: int) -> None:
        """Stop all threads; this one stands still already."""
        self.stopped.setdefault(thread, 0)
        for other in self.threads - self.stopped.keys():
            _tgkill(self.pid, other)
            _, status = os.waitpid(other, WALL)
            if os.WIFSTOPPED(status):
                number = os.WSTOPSIG(status)
                self.stopped[other] = 0 if number in (signal.SIGSTOP, signal.SIGTRAP) else number
            else:
                self.threads.discard(other)


def _tgkill(pid: int, thread: int) -> None:
    ctypes.CDLL(None).syscall(_TGKILL, pid, thread, int(signal.SIGSTOP))


def _anonymous(pid: int) -> list[Range]:
    """Return the process's memory that maps no file and is no stack of the kernel's making."""
    found = []
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        fields = line.split()
        if len(fields) == 5 or fields[5].startswith("[anon"):
            low, high = (int(n, 16) for n in fields[0].split("-"))
            found.append((low, high))
    return found
