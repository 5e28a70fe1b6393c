"""The oracle: a program single-stepped on this machine's own CPU under ptrace, address randomisation off.

Linux x86-64 only. Code outside the given ranges is stepped too, but not recorded: so calls, callbacks, signal
handlers and longjmp need no breakpoints, and what is recorded are the states the emulator must show.

The process can be told of another CPU and another kernel: every `cpuid` before `start` is caught and answered by
the caller, and the block the kernel left on the stack may be rewritten before the first instruction.
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, NoReturn

TRACEME, POKEUSER, CONT, KILL, SINGLESTEP, GETREGS, SETREGS, GETFPREGS, PEEKUSER = (
    0,
    6,
    7,
    8,
    9,
    12,
    13,
    14,
    3,
)
SETOPTIONS, EXITKILL = 0x4200, 1 << 20
ADDR_NO_RANDOMIZE = 0x0040000
_USER = struct.Struct("<27Q")
_NAMES = [
    "r15",
    "r14",
    "r13",
    "r12",
    "rbp",
    "rbx",
    "r11",
    "r10",
    "r9",
    "r8",
    "rax",
    "rcx",
    "rdx",
    "rsi",
    "rdi",
    "orig_rax",
    "rip",
    "cs",
    "eflags",
    "rsp",
    "ss",
    "fs_base",
    "gs_base",
    "ds",
    "es",
    "fs",
    "gs",
]
_XMM = slice(160, 160 + 16 * 16)
_BREAKPOINT = b"\xcc"
_CPUID = b"\x0f\xa2"
STACK_TOP = 0x7FFFFFFFF000
STACK_SIZE = 8 << 20

_libc = ctypes.CDLL(None, use_errno=True)
_ptrace = _libc.ptrace
_ptrace.restype = ctypes.c_long
_ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


class NativeStep(NamedTuple):
    """The state before an instruction: registers by name (rflags' RF left out), xmm0-15, stack bytes from `low`."""

    pc: int
    registers: Mapping[str, int]
    xmm: bytes
    low: int
    stack: bytes


class NativeRun(NamedTuple):
    """What was recorded, the process's number, and the block the kernel made from `entry_rsp` to the stack's end."""

    steps: list[NativeStep]
    pid: int
    entry_rsp: int
    block: bytes


Cpuid = Callable[[int, int], tuple[int, int, int, int]]
"""(leaf, subleaf) to (eax, ebx, ecx, edx)."""
Rewrite = Callable[[int, bytes], bytes]
"""(rsp at the first instruction, bytes from there to the end of the stack) to the bytes wanted there."""


def native_steps(
    path: Path,
    argv: Sequence[str],
    start: int,
    ranges: Sequence[tuple[int, int]],
    *,
    env: Mapping[str, str] | None = None,
    below: int = 128,
    limit: int = 3_000_000,
    cpuid: Cpuid | None = None,
    rewrite: Rewrite | None = None,
) -> NativeRun:
    """Run `path` to `start`, then record every state inside `ranges` until the function at `start` returns.

    The last state is the one after its return, or the last one recorded where the program ends before. The
    stack is read from rsp - `below` to the end of the return address `start` was entered with, on an alternate
    stack to rsp + `below`.
    """
    pid = os.fork()
    if pid == 0:
        _become(path, argv, env or {})
    try:
        _, status = os.waitpid(pid, 0)
        assert os.WIFSTOPPED(status), "the program could not be started"
        _call(SETOPTIONS, pid, 0, EXITKILL)
        memory = os.open(f"/proc/{pid}/mem", os.O_RDWR)
        try:
            rsp = _registers(pid)["rsp"]
            block = os.pread(memory, STACK_TOP - rsp, rsp)
            if rewrite:
                wanted = rewrite(rsp, block)
                assert len(wanted) == len(block)
                os.pwrite(memory, wanted, rsp)
            _run_to(pid, memory, start, cpuid)
            return NativeRun(_record(pid, memory, ranges, below, limit), pid, rsp, block)
        finally:
            os.close(memory)
    finally:
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass  # it has ended by itself


def _become(path: Path, argv: Sequence[str], env: Mapping[str, str]) -> NoReturn:
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.closerange(3, 64)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    _libc.personality(ADDR_NO_RANDOMIZE)
    _ptrace(TRACEME, 0, None, None)
    try:
        os.execve(path, list(argv), dict(env))
    finally:
        os._exit(127)


def _call(request: int, pid: int, address: int = 0, data: int = 0) -> int:
    ctypes.set_errno(0)
    result = int(_ptrace(request, pid, address, data))
    if result == -1 and ctypes.get_errno():
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), f"ptrace {request}")
    return result


def _registers(pid: int) -> dict[str, int]:
    area = ctypes.create_string_buffer(_USER.size)
    _call(GETREGS, pid, 0, ctypes.addressof(area))
    return dict(zip(_NAMES, _USER.unpack(area.raw), strict=True))


def _set_registers(pid: int, registers: Mapping[str, int]) -> None:
    area = ctypes.create_string_buffer(_USER.pack(*(registers[name] for name in _NAMES)), _USER.size)
    _call(SETREGS, pid, 0, ctypes.addressof(area))


def _run_to(pid: int, memory: int, start: int, cpuid: Cpuid | None) -> None:
    sites = set(_mapped_cpuids(pid)) if cpuid else set()
    kept = os.pread(memory, 1, start)
    for address in (start, *sites):
        os.pwrite(memory, _BREAKPOINT, address)
    while True:
        _call(CONT, pid)
        _, status = os.waitpid(pid, 0)
        assert os.WIFSTOPPED(status), f"the program ended before {start:#x}: {status:#x}"
        assert os.WSTOPSIG(status) == signal.SIGTRAP, f"stopped by signal {os.WSTOPSIG(status)}"
        registers = _registers(pid)
        at = registers["rip"] - 1
        if at in sites and cpuid:
            leaf, subleaf = registers["rax"] & 0xFFFFFFFF, registers["rcx"] & 0xFFFFFFFF
            answer = dict(zip(("rax", "rbx", "rcx", "rdx"), cpuid(leaf, subleaf), strict=True))
            _set_registers(pid, registers | answer | {"rip": at + len(_CPUID)})
        else:
            assert at == start, f"stopped at {at:#x}"
            os.pwrite(memory, kept, start)
            for address in sites:
                os.pwrite(memory, _CPUID[:1], address)
            _set_registers(pid, registers | {"rip": start})
            return


def _mapped_cpuids(pid: int) -> Iterator[int]:
    """Yield the addresses of all cpuid instructions in the files the kernel has mapped executable."""
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        fields = line.split()
        if "x" in fields[1] and fields[-1].startswith("/"):
            low, high = (int(n, 16) for n in fields[0].split("-"))
            offset = int(fields[2], 16)
            for at in _cpuids(fields[-1]):
                if offset <= at < offset + high - low:
                    yield low + at - offset


@cache
def _cpuids(path: str) -> tuple[int, ...]:
    """File offsets of cpuid instructions, as objdump finds them."""
    out = subprocess.run(
        ["objdump", "-d", "-w", "-F", path], capture_output=True, text=True, check=True
    ).stdout
    found: list[int] = []
    shift = 0
    for line in out.splitlines():
        if line.endswith("):") and "File Offset: 0x" in line:
            shift = int(line.split()[0], 16) - int(line.rsplit("0x", 1)[1][:-2], 16)
        elif line.endswith("\tcpuid"):
            found.append(int(line.split(":")[0], 16) - shift)
    return tuple(found)


def _record(
    pid: int, memory: int, ranges: Sequence[tuple[int, int]], below: int, limit: int
) -> list[NativeStep]:
    area, vectors = ctypes.create_string_buffer(_USER.size), ctypes.create_string_buffer(512)
    at_area, at_vectors = ctypes.addressof(area), ctypes.addressof(vectors)
    rip = _NAMES.index("rip") * 8
    steps: list[NativeStep] = []
    top = back = 0
    for _ in range(limit):
        pc = _ptrace(PEEKUSER, pid, rip, None) & (1 << 64) - 1
        ended = pc == back
        if ended or any(low <= pc < high for low, high in ranges):
            _call(GETREGS, pid, 0, at_area)
            _call(GETFPREGS, pid, 0, at_vectors)
            registers = dict(zip(_NAMES, _USER.unpack(area.raw), strict=True))
            registers["eflags"] &= ~(1 << 16)
            rsp = registers["rsp"]
            if not top:
                top = rsp + 8
                (back,) = struct.unpack("<Q", os.pread(memory, 8, rsp))
            ended = ended and rsp >= top
            if not ended or rsp == top:
                low, high = rsp - below, top if top - STACK_SIZE < rsp else rsp + below
                steps.append(
                    NativeStep(pc, registers, vectors.raw[_XMM], low, os.pread(memory, high - low, low))
                )
            if ended:
                return steps
        if not _step(pid):
            return steps
    raise AssertionError(f"not finished after {limit} instructions")


def _step(pid: int) -> bool:
    """Execute one instruction, delivering signals; False when the program has ended."""
    sent = 0
    while True:
        _call(SINGLESTEP, pid, 0, sent)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            return False
        sent = os.WSTOPSIG(status)
        if sent == signal.SIGTRAP:
            return True
