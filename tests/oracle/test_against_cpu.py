"""Fifteen programs under the emulator and on the CPU itself: every state of every user function must be the same.

The CPU side runs under ptrace with addresses not randomised and an empty environment. It is told, before its first
instruction, the few things a kernel says of the machine (AUXILIARY below, checked one by one), and `cpuid` answers
as it does for the guest, so that libc chooses the same code. After that nothing is adjusted.
"""

from __future__ import annotations

import os
import struct
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from stackreel.machine import vdso
from stackreel.machine.cpuid import cpuid
from stackreel.machine.pool import Emulator
from stackreel.trace import Trace
from stackreel.trace.recorder import record
from stackreel.trace.request import Request, open_image
from support.build import compile_c
from support.compare import Difference, SignalFrames, compare, initial_words
from support.native import STACK_TOP, NativeRun, native_steps

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.c"))
OPTIMISED = {"O0": ("-O0",), "O2": ("-O2", "-fno-inline")}
LINKED = {
    "static": ("-static", "-no-pie"),
    "pie": ("-pie", "-fPIE"),
    "static-pie": ("-static-pie", "-fPIE"),
}
RELOCATED = ("callbacks", "floating", "recursion", "signals", "strings", "thread_local")
"""The programs that are linked as static-pie too: each relocates itself, TLS and IRELATIVE among it, before main."""

CACHE = Path("/etc/ld.so.cache")
"""ld.so maps this file for a moment, which decides where libraries lie: the guest is given it too."""

AUXILIARY: Mapping[int, tuple[str, str]] = {
    **dict.fromkeys((11, 12, 13, 14), ("AT_UID and its like", "the guest's user is 1000 on every host")),
    16: ("AT_HWCAP", "the guest's CPU has fewer features"),
    25: ("AT_RANDOM", "16 random bytes: the guest's are fixed"),
    26: ("AT_HWCAP2", "features of the host's CPU"),
    51: ("AT_MINSIGSTKSZ", "depends on the register state the host's CPU saves"),
}
"""Entries of the auxiliary vector whose values may differ from this kernel's, and why."""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(jobs=1) as running:
        yield running


def own_functions(source: Path, flags: tuple[str, ...]) -> tuple[str, ...]:
    """Return the functions the compiler made of the program's own source."""
    compiled = compile_c(source, *flags, "-c", "-g", "-w")
    out = subprocess.run(["nm", str(compiled)], capture_output=True, text=True, check=True).stdout
    return tuple(line.split()[2] for line in out.splitlines() if line.split()[-2] in ("t", "T"))


def auxiliary(block: bytes) -> tuple[int, dict[int, int]]:
    """Return where the auxiliary vector begins in the kernel's block, and its entries in order."""
    words = struct.unpack_from(f"<{len(block) // 8}Q", block)
    at = 1 + words[0] + 1
    while words[at]:
        at += 1
    first = at = at + 1
    entries: dict[int, int] = {}
    while words[at]:
        entries[words[at]] = words[at + 1]
        at += 2
    return first * 8, entries


def as_the_guest(trace: Trace, rsp: int, block: bytes) -> bytes:
    """Check the guest's initial stack against the kernel's; return the guest's to run the CPU with."""
    guest = initial_words(trace, rsp)
    (at, entries), (own_at, own) = auxiliary(block), auxiliary(guest)
    assert at == own_at
    assert list(entries) == list(own), "other entries in the auxiliary vector, or in another order"
    differing = {key for key in entries if entries[key] != own.get(key)} - {25}
    assert differing <= AUXILIARY.keys(), {key: (own[key], entries[key]) for key in differing}
    random = entries[25] - rsp
    end = at + 16 * len(entries)
    assert guest[:at] == block[:at]
    assert guest[end:random] == block[end:random]
    assert guest[random + 16 :] == block[random + 16 :]
    return guest


REASONS = {
    "time": "a time stamp that ld.so took before the program began",
    "file": "left by ld.so's fstat of a library: inode, blocks and times are the host's, fixed ones for the guest",
    "pid": "the process's number: 1000 for every guest",
    "signal-frame": "words of a signal frame that tell of the CPU: see FRAME_WORDS",
    "signal-left": "bytes that nobody wrote since a signal frame was put there, or not there but lower",
}
"""All reasons for a difference; what differs besides is an error."""

FRAME_WORDS = {
    8: "uc_flags: UC_FP_XSTATE, since this CPU has XSAVE",
    208: "the number of the last exception: of one long ago where the signal was sent by a program",
    200: "its error code",
    224: "its address (cr2)",
    232: "where the extended state lies",
}
PID = 1000


class Reasons:
    """Decides what may differ between this CPU and the guest."""

    def __init__(self, trace: Trace, run: NativeRun) -> None:
        self.trace, self.run = trace, run
        libraries = [m.path for m in trace.modules[1:]]
        self.files = {
            number
            for stat in map(os.stat, [*libraries, CACHE] if libraries else [])
            for time in (stat.st_atime_ns, stat.st_mtime_ns, stat.st_ctime_ns)
            for number in (stat.st_ino, stat.st_blocks, time // 10**9, time % 10**9)
            if number > 255
        }

    def __call__(self, d: Difference, frames: SignalFrames) -> str:
        """Return the name of the reason for a difference, or nothing."""
        words = [(d.guest >> at & 0xFFFFFFFF, d.native >> at & 0xFFFFFFFF) for at in (0, 32, 64, 96)]
        if all(guest == native or (guest, native) == (PID, self.run.pid) for guest, native in words):
            return "pid"
        if d.what != "stack":
            return ""
        if d.frame in FRAME_WORDS:
            return "signal-frame"
        if d.native in self.run.clock:
            return "time"
        differing = sum(0xFF << 8 * i for i in range(8) if (d.guest ^ d.native) >> 8 * i & 0xFF)
        if any((d.native ^ number) & differing == 0 for number in self.files):
            return "file"
        return "signal-left" if frames.left(self.trace.memory(d.k), d) else ""


def both(source: Path, optimised: str, linked: str, emulator: Emulator) -> tuple[Trace, NativeRun]:
    """Record a program under the emulator and on the CPU."""
    flags = (*OPTIMISED[optimised], *LINKED[linked])
    binary = compile_c(source, *flags, "-g", "-w", "-lm")
    names = own_functions(source, flags)
    program = binary.read_bytes()
    trace = record(
        Request(
            program,
            str(binary),
            (str(binary),),
            files={str(CACHE): CACHE.read_bytes()},
            start="main",
            functions=names,
            max_steps=1_000_000,
        ),
        emulator,
    )
    image = open_image(program, binary.name)
    run = native_steps(
        binary,
        [str(binary)],
        image.function("main").low,
        [(f.low, f.high) for f in map(image.function, names)],
        cpuid=cpuid,
        rewrite=lambda rsp, block: as_the_guest(trace, rsp, block),
        vdso=vdso.image(),
    )
    return trace, run


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("source", "optimised", "linked"),
    [
        pytest.param(source, optimised, linked, id=f"{source.stem}-{optimised}-{linked}")
        for source in PROGRAMS
        for optimised in OPTIMISED
        for linked in LINKED
        if linked != "static-pie" or source.stem in RELOCATED
    ],
)
def test_every_state_is_the_cpus(source: Path, optimised: str, linked: str, emulator: Emulator) -> None:
    trace, run = both(source, optimised, linked, emulator)
    outcome = compare(trace, run.steps, Reasons(trace, run))
    print(f"{source.stem} {optimised} {linked}: {dict(outcome.compared)} allowed: {dict(outcome.allowed)}")
    assert not outcome.wrong, "\n".join(outcome.wrong)
    assert outcome.allowed.keys() <= REASONS.keys()
    assert outcome.compared["states"] == len(trace) + 1
    assert len(trace) > 100
    assert trace.stack[1] == STACK_TOP
    assert trace.end.reason == "returned"


@pytest.mark.oracle
def test_the_comparison_sees_every_kind_of_difference(emulator: Emulator) -> None:
    source = next(p for p in PROGRAMS if p.stem == "recursion")
    trace, run = both(source, "O0", "static", emulator)

    def first(changed: Trace) -> str:
        return compare(changed, run.steps, Reasons(changed, run)).wrong[0]

    def with_bit(name: str, k: int, bit: int) -> Trace:
        column = list(trace.columns[name])
        column[k] ^= 1 << bit
        return replace(trace, columns={**trace.columns, name: column})

    assert "rbx" in first(with_bit("rbx", 40, 3))
    assert "xmm7" in first(with_bit("xmm7", 41, 90))
    assert "flags" in first(with_bit("eflags", 42, 6))
    assert "the guest is at" in first(with_bit("rip", 43, 2))
    values = list(trace.writes.values)
    values[5] ^= 0x100
    assert "stack" in first(replace(trace, writes=replace(trace.writes, values=values)))
    short = compare(trace, run.steps[:-1], Reasons(trace, run))
    assert "states" in short.wrong[-1]
