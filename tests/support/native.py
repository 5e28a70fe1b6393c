"""The oracle: a program single-stepped on this machine's own CPU under ptrace, address randomisation off.

Linux x86-64 only. Code outside the given ranges is stepped too, but not recorded: so calls, callbacks, signal
handlers and longjmp need no breakpoints, and what is recorded are the states the emulator must show.

The process is told of another CPU and another kernel: every `cpuid` before `start` is caught and answered by the
caller; the block the kernel left on the stack is rewritten, and its vDSO exchanged, before the first instruction.
Two more instructions are given the guest's outcome or a known one: `fxsave` leaves the reserved bytes of its image
as they were and says that MXCSR has the guest's bits; `rdtsc` before `start` answers numbers that can be told.
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
    *("r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi", "rdi"),
    *("orig_rax", "rip", "cs", "eflags", "rsp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs"),
]
_XMM = slice(160, 160 + 16 * 16)
_BREAKPOINT = b"\xcc"
_SYSCALL = b"\x0f\x05"
_TRAP_FLAG = 1 << 8
_SS_DISABLE = 2
_RESERVED = (slice(6, 8), *(slice(at + 10, at + 16) for at in range(32, 160, 16)))
"""Bytes of an FXSAVE image that the emulator leaves as they are: the last opcode, the upper part of x87 registers."""
_MXCSR_BITS = (0xFFFF).to_bytes(4, "little")
CLOCK = 0x5AFE_0000_0000
STACK_TOP = 0x7FFFFFFFF000
STACK_SIZE = 8 << 20
ALTERNATE = 512

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
    """What was recorded, the process's number, and the answers `rdtsc` got before `start`."""

    steps: list[NativeStep]
    pid: int
    clock: frozenset[int]


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
    cpuid: Cpuid,
    rewrite: Rewrite,
    vdso: bytes,
) -> NativeRun:
    """Run `path` to `start`, then record every state inside `ranges` until the function at `start` returns.

    The last state is the one after its return, or the last one recorded where the program ends before. The
    stack is read from rsp - `below` to the end of the return address `start` was entered with, on an alternate
    stack to rsp + ALTERNATE.
    """
    pid = os.fork()
    if pid == 0:
        become(path, argv, env or {})
    try:
        _, status = os.waitpid(pid, 0)
        assert os.WIFSTOPPED(status), "the program could not be started"
        call(SETOPTIONS, pid, 0, EXITKILL)
        memory = os.open(f"/proc/{pid}/mem", os.O_RDWR)
        try:
            rsp = registers_of(pid)["rsp"]
            block = os.pread(memory, STACK_TOP - rsp, rsp)
            wanted = rewrite(rsp, block)
            assert len(wanted) == len(block)
            os.pwrite(memory, wanted, rsp)
            _replace_vdso(pid, memory, vdso)
            sites = _Sites(pid, memory, cpuid)
            _run_to(start, sites)
            steps = _record(sites, ranges, below, limit)
            return NativeRun(steps, pid, frozenset(sites.clock))
        finally:
            os.close(memory)
    finally:
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass  # it has ended by itself


def become(path: Path, argv: Sequence[str], env: Mapping[str, str]) -> NoReturn:
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.closerange(3, 64)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    _libc.personality(ADDR_NO_RANDOMIZE)
    _libc.sigaltstack(struct.pack("<QixxxxQ", 0, _SS_DISABLE, 0), None)  # exec keeps whether there was one
    _ptrace(TRACEME, 0, None, None)
    try:
        os.execve(path, list(argv), dict(env))
    finally:
        os._exit(127)


def call(request: int, pid: int, address: int = 0, data: int = 0) -> int:
    ctypes.set_errno(0)
    result = int(_ptrace(request, pid, address, data))
    if result == -1 and ctypes.get_errno():
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), f"ptrace {request}")
    return result


def _replace_vdso(pid: int, memory: int, vdso: bytes) -> None:
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        if line.endswith("[vdso]"):
            low, high = (int(n, 16) for n in line.split()[0].split("-"))
            os.pwrite(memory, vdso.ljust(high - low, b"\0"), low)


def registers_of(pid: int) -> dict[str, int]:
    area = ctypes.create_string_buffer(_USER.size)
    call(GETREGS, pid, 0, ctypes.addressof(area))
    return dict(zip(_NAMES, _USER.unpack(area.raw), strict=True))


def set_registers(pid: int, registers: Mapping[str, int]) -> None:
    area = ctypes.create_string_buffer(_USER.pack(*(registers[name] for name in _NAMES)), _USER.size)
    call(SETREGS, pid, 0, ctypes.addressof(area))


class _Sites:
    """The instructions whose outcome is a matter of the machine, where they are mapped: watched until `start`."""

    def __init__(self, pid: int, memory: int, cpuid: Cpuid) -> None:
        self.pid, self.memory, self.cpuid = pid, memory, cpuid
        self.at = dict(_mapped_sites(pid))
        self.clock: set[int] = set()

    def set_breakpoints(self, on: bool) -> None:
        for address, site in self.at.items():
            os.pwrite(self.memory, _BREAKPOINT if on else site.code[:1], address)

    def hit(self, address: int, registers: dict[str, int]) -> None:
        """Do what the instruction at `address` does: answer it, or note it and execute it."""
        site = self.at[address]
        if site.name == "fxsave":
            set_registers(self.pid, registers | {"rip": address})
            os.pwrite(self.memory, site.code[:1], address)
            self.step(address)
            os.pwrite(self.memory, _BREAKPOINT, address)
            return
        if site.name == "cpuid":
            answer = self.cpuid(registers["rax"] & 0xFFFFFFFF, registers["rcx"] & 0xFFFFFFFF)
        else:
            time = CLOCK + (len(self.clock) << 12)
            self.clock.add(time)
            answer = (time & 0xFFFFFFFF, registers["rbx"], registers["rcx"], time >> 32)
        named = dict(zip(("rax", "rbx", "rcx", "rdx"), answer, strict=True))
        set_registers(self.pid, registers | named | {"rip": address + len(site.code)})

    def step(self, pc: int) -> bool:
        """Execute the instruction at `pc`; False when the program has ended."""
        site = self.at.get(pc)
        if site is None or site.name != "fxsave":
            return _step(self.pid)
        image = registers_of(self.pid)["rsp"] + int(site.operands.removesuffix("(%rsp)") or "0", 0)
        before = os.pread(self.memory, 512, image)
        lives = _step(self.pid)
        for part in _RESERVED:
            os.pwrite(self.memory, before[part], image + part.start)
        os.pwrite(self.memory, _MXCSR_BITS, image + 28)
        return lives


def _run_to(start: int, sites: _Sites) -> None:
    pid, memory = sites.pid, sites.memory
    sites.set_breakpoints(True)
    kept = os.pread(memory, 1, start)
    os.pwrite(memory, _BREAKPOINT, start)
    while True:
        call(CONT, pid)
        _, status = os.waitpid(pid, 0)
        assert os.WIFSTOPPED(status), f"the program ended before {start:#x}: {status:#x}"
        assert os.WSTOPSIG(status) == signal.SIGTRAP, f"stopped by signal {os.WSTOPSIG(status)}"
        registers = registers_of(pid)
        at = registers["rip"] - 1
        if at in sites.at:
            sites.hit(at, registers)
        else:
            assert at == start, f"stopped at {at:#x}"
            os.pwrite(memory, kept, start)
            sites.set_breakpoints(False)
            set_registers(pid, registers | {"rip": start})
            return


class _Site(NamedTuple):
    offset: int
    code: bytes
    name: str
    operands: str


def _mapped_sites(pid: int) -> Iterator[tuple[int, _Site]]:
    """Yield the sites of all files the kernel has mapped executable, by address."""
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        fields = line.split()
        if "x" in fields[1] and fields[-1].startswith("/"):
            low, high = (int(n, 16) for n in fields[0].split("-"))
            offset = int(fields[2], 16)
            for site in _sites(fields[-1]):
                if offset <= site.offset < offset + high - low:
                    yield low + site.offset - offset, site


@cache
def _sites(path: str) -> tuple[_Site, ...]:
    """Find a file's cpuid, rdtsc and fxsave instructions with objdump, at their offsets in the file."""
    out = subprocess.run(
        ["objdump", "-d", "-w", "-F", path], capture_output=True, text=True, check=True
    ).stdout
    found: list[_Site] = []
    shift = 0
    for line in out.splitlines():
        fields = line.split("\t")
        if line.endswith("):") and "File Offset: 0x" in line:
            shift = int(line.split()[0], 16) - int(line.rsplit("0x", 1)[1][:-2], 16)
        elif len(fields) == 3 and fields[2].split()[0] in ("cpuid", "rdtsc", "fxsave"):
            name, _, operands = fields[2].partition(" ")
            address = int(fields[0].strip(": "), 16)
            found.append(_Site(address - shift, bytes.fromhex(fields[1]), name, operands.strip()))
    return tuple(found)


def _record(sites: _Sites, ranges: Sequence[tuple[int, int]], below: int, limit: int) -> list[NativeStep]:
    pid, memory = sites.pid, sites.memory
    area, vectors = ctypes.create_string_buffer(_USER.size), ctypes.create_string_buffer(512)
    at_area, at_vectors = ctypes.addressof(area), ctypes.addressof(vectors)
    rip = _NAMES.index("rip") * 8
    steps: list[NativeStep] = []
    top = back = 0
    for _ in range(limit):
        pc = _ptrace(PEEKUSER, pid, rip, None) & (1 << 64) - 1
        ended = pc == back
        if ended or any(low <= pc < high for low, high in ranges):
            call(GETREGS, pid, 0, at_area)
            call(GETFPREGS, pid, 0, at_vectors)
            registers = dict(zip(_NAMES, _USER.unpack(area.raw), strict=True))
            registers["eflags"] &= ~(1 << 16)
            rsp = registers["rsp"]
            if not top:
                top = rsp + 8
                (back,) = struct.unpack("<Q", os.pread(memory, 8, rsp))
            ended = ended and rsp >= top
            if not ended or rsp == top:
                low, high = rsp - below, top if top - STACK_SIZE < rsp else rsp + ALTERNATE
                steps.append(
                    NativeStep(pc, registers, vectors.raw[_XMM], low, os.pread(memory, high - low, low))
                )
            if ended:
                return steps
        called = os.pread(memory, 2, pc) == _SYSCALL
        if not sites.step(pc):
            return steps
        if called:
            _hide_stepping(pid)
    raise AssertionError(f"not finished after {limit} instructions")


def _hide_stepping(pid: int) -> None:
    """Take the trap flag out of r11, where `syscall` puts rflags: it is set only because of the stepping."""
    registers = registers_of(pid)
    if registers["r11"] & _TRAP_FLAG:
        set_registers(pid, registers | {"r11": registers["r11"] & ~_TRAP_FLAG})


def _step(pid: int) -> bool:
    """Execute one instruction, delivering signals; False when the program has ended."""
    sent = 0
    while True:
        call(SINGLESTEP, pid, 0, sent)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            return False
        sent = os.WSTOPSIG(status)
        if sent == signal.SIGTRAP:
            return True
