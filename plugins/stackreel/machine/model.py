"""What a run of the emulated process is asked to do and what it says afterwards: plain records, no emulator.

They cross a process boundary (the emulator runs in a worker), so they are picklable and hold only numbers, bytes
and text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Reason = Literal["returned", "exited", "signal", "limit", "unsupported"]


@dataclass(frozen=True)
class Limits:
    """Bounds of a run: instructions executed, wall time in seconds, guest memory in bytes, output in bytes."""

    instructions: int = 2_000_000_000
    seconds: float = 60.0
    memory: int = 1 << 30
    output: int = 16 << 20


@dataclass(frozen=True)
class Watch:
    """What to record.

    `start` is where recording begins (run-time address): the first time the program reaches it, or at once if
    `registers` is not empty: the process is then set up, its interpreter run, and `start` entered directly with
    these registers (others: rdi, rsi, rdx as main's argc, argv, envp; rsp 8 below the kernel's, as after a call;
    the rest 0). The word at rsp is then the program's entry point, as gdb's own calls of a function have it.
    `ranges` are half-open address ranges (run-time) recorded instruction by instruction; other code is stepped
    over. `everything` steps into all code. Recording ends when the function entered at `start` returns, when the
    program ends (always so where `start` is its entry point), or after `max_steps`.
    """

    start: int
    ranges: tuple[tuple[int, int], ...] = ()
    everything: bool = False
    registers: Mapping[str, int] = field(default_factory=dict)
    max_steps: int = 100_000


@dataclass(frozen=True)
class Job:
    """Everything a run depends on: program bytes, its name in the guest, arguments, environment, input, files.

    `path` is the guest's path of the program, from the root (AT_EXECFN, /proc/self/exe). `sysroot` is a host folder
    read for the interpreter and shared libraries only, never written. `files` are guest paths and contents.
    """

    program: bytes
    path: str
    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    stdin: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)
    sysroot: str = "/"
    limits: Limits = Limits()
    watch: Watch | None = None


@dataclass(frozen=True)
class Module:
    """An ELF file mapped in the guest: guest path, SHA-256 of the file, bias added to its addresses, range."""

    path: str
    sha256: str
    bias: int
    low: int
    high: int


@dataclass(frozen=True)
class MappedArea:
    """A row of /proc/self/maps at the start of the recording: half-open range, permissions, what is mapped."""

    low: int
    high: int
    permissions: str
    name: str


@dataclass(frozen=True)
class Ending:
    """How a run ended.

    `reason` is: returned (the recorded function returned), exited (with `status`), signal (killed by `signal`),
    limit (`detail` says which), unsupported (`detail` names the instruction or feature). `pc` is where.
    """

    reason: Reason
    status: int = 0
    signal: int = 0
    pc: int = 0
    detail: str = ""


@dataclass(frozen=True)
class StackMove:
    """The stack was copied while the code stepped over at `step` ran: half-open ranges of the old and the new one.

    Go's runtime does so where a goroutine's stack is too small. What was at `before[1] - n` is at `after[1] - n`.
    `below` is a block (address, bytes) of the new stack: what lies, unused, below the bytes in use.
    """

    step: int
    before: tuple[int, int]
    after: tuple[int, int]
    below: tuple[int, bytes] = (0, b"")


@dataclass(frozen=True)
class Recording:
    """The recorded steps as raw columns, little-endian.

    `registers` names `columns`: a register's value before each step and at the end, in its own width (`widths`,
    bytes), or one value if it never changed. `sizes` is one byte a step: instruction length.
    `over` is one byte a step: 1 where code that is not recorded ran between this step and the next.
    Writes and reads are parallel columns: step number (u32), address (u64), size (u8, at most 8), value (u64).
    Accesses are in the order they happened, one that is larger than eight bytes in pieces. Writes of an `over`
    step include, after its own, what the code stepped over left changed in the stack (from 128 bytes below the
    lowest rsp recorded), the program's writable data and the first 256 KiB of the heap, in aligned pieces.
    `snapshot` are blocks (address, bytes) of memory at the start: the stack, writable data, the heap.
    `stack` is the half-open range of the stack in which recording started, `moves` where it was moved to, in order.
    Of a stack that was moved, the bytes in use are writes of the step that moved it.

    Recorded are the steps of the thread that entered `start`; in a Go program, those of the goroutine, on whatever
    thread it runs, but not what the runtime does for it on a thread's own stack. With `everything`, of the thread.
    Where another thread ran in between, the step before counts as `over`, too.
    """

    registers: tuple[str, ...]
    widths: tuple[int, ...]
    columns: tuple[bytes, ...]
    sizes: bytes
    over: bytes
    write_steps: bytes
    write_addresses: bytes
    write_sizes: bytes
    write_values: bytes
    read_steps: bytes
    read_addresses: bytes
    read_sizes: bytes
    read_values: bytes
    snapshot: tuple[tuple[int, bytes], ...]
    code: tuple[tuple[int, bytes], ...]
    stack: tuple[int, int]
    moves: tuple[StackMove, ...] = ()


@dataclass(frozen=True)
class Report:
    """What a run left: how it ended, its output, where files were mapped, notes (unknown system calls), steps."""

    ending: Ending
    stdout: bytes
    stderr: bytes
    instructions: int
    modules: tuple[Module, ...]
    mappings: tuple[MappedArea, ...]
    notes: tuple[str, ...]
    recording: Recording | None
