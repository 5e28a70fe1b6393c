"""Compare a recorded trace with the CPU's own steps: pc, registers, flags, vector registers, bytes of the stack.

What is compared is everything; what may differ is handed in, by name, and counted.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from stackreel.listing import one
from stackreel.trace import Memory, Trace
from support.flags import STATUS, effect
from support.native import STACK_TOP, NativeStep

GENERAL = (
    *("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp"),
    *(f"r{n}" for n in range(8, 16)),
)
RED_ZONE = 128
FRAME_SIZE = 440  # return address, struct ucontext, siginfo: struct rt_sigframe
UNWRITTEN = (range(36, 40), range(240, 304), range(312, 440))
"""What the kernel does not write of a frame: padding, reserved words, siginfo for handlers that take none."""
SAVED_RSP = 8 + 40 + 15 * 8  # in it: uc_mcontext.rsp
HANDLER_STACK = 1 << 16
SPOT = 97


@dataclass(frozen=True)
class Difference:
    """At position `k`: `what` is a register, `flags` or `stack`; both values.

    For the stack: the guest's `address` of the word, and `frame`, its offset in a signal frame or -1.
    """

    k: int
    what: str
    guest: int
    native: int
    address: int = 0
    frame: int = -1


Allowed = Callable[[Difference, "SignalFrames"], str]
"""The name of the reason a difference is allowed for, empty where it is not."""


@dataclass
class Outcome:
    """The differences that nothing allows, in order, and how many each reason allowed."""

    wrong: list[str] = field(default_factory=list)
    allowed: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)


def compare(trace: Trace, native: Sequence[NativeStep], allowed: Allowed, *, most: int = 12) -> Outcome:
    """Compare all positions; stops after `most` differences, or where the paths part."""
    outcome = Outcome()
    flags = Flags(trace)
    stack, frames = _Stack(trace), SignalFrames()
    known: set[tuple[str, int, int, int]] = set()
    for k, state in enumerate(native):
        if k > len(trace) or trace.pc(k) != state.pc:
            at = f"{trace.pc(k):#x}" if k <= len(trace) else f"the end ({trace.end})"
            outcome.wrong.append(f"{k}: the guest is at {at}, the CPU at {state.pc:#x}")
            return outcome
        frames.enter(state, trace.register("rsp", k), k)
        found = (*_registers(trace, frames, state, k, flags.mask), *stack.differences(frames, state, k))
        for difference in found:
            once = (difference.what, difference.guest, difference.native, difference.address)
            if once in known:
                continue  # the same value is still there
            known.add(once)
            reason = allowed(difference, frames)
            if reason:
                outcome.allowed[reason] += 1
            else:
                outcome.wrong.append(describe(trace, difference))
        if len(outcome.wrong) >= most:
            return outcome
        if k < len(trace):
            flags.step(k, shifted=bool(frames.now))
        outcome.compared["states"] += 1
        outcome.compared["bytes"] += len(state.stack)
    if len(trace) + 1 != len(native):
        outcome.wrong.append(
            f"the guest recorded {len(trace) + 1} states, the CPU {len(native)}: {trace.end}"
        )
    return outcome


def describe(trace: Trace, d: Difference) -> str:
    """Say a difference with the instruction before it."""
    before = ""
    if d.k:
        step = trace.step(d.k - 1)
        text = one(step.code, step.pc, "att", lambda _: None).text
        before = f" after {step.pc:#x} {text}" + (" (stepped over)" if step.over else "")
    place = f" at {d.address:#x} (rsp{d.address - trace.register('rsp', d.k):+d})" if d.address else ""
    return f"{d.k}{before}: {d.what}{place} guest {d.guest:#x} CPU {d.native:#x}"


def _registers(
    trace: Trace, frames: SignalFrames, state: NativeStep, k: int, mask: int
) -> Iterator[Difference]:
    columns = trace.columns
    for name in (*GENERAL, "fs_base"):
        if columns[name][k] not in (state.registers[name], frames.translate(state.registers[name])):
            yield Difference(k, name, columns[name][k], state.registers[name])
    guest, native = columns["eflags"][k], state.registers["eflags"]
    if (guest ^ native) & ~mask:
        yield Difference(k, "flags", guest & ~mask, native & ~mask)
    for n in range(16):
        value = int.from_bytes(state.xmm[16 * n : 16 * n + 16], "little")
        if columns[f"xmm{n}"][k] != value:
            yield Difference(k, f"xmm{n}", columns[f"xmm{n}"][k], value)


class Flags:
    """The flags that no executed instruction has defined since one left them undefined, or took them from rsp.

    In a handler rsp differs, and so do the flags of arithmetic on it.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.mask = 0
        self._effects: dict[int, tuple[str, tuple[str, ...]]] = {}

    def step(self, k: int, *, shifted: bool) -> None:
        """Take step `k`, executed in a state whose rsp is not the CPU's where `shifted`."""
        trace, pc = self.trace, self.trace.pc(k)
        if pc not in self._effects:
            found = one(trace.code[pc], pc, "intel", lambda _: None)
            self._effects[pc] = (found.mnemonic.split()[-1], tuple(found.operands.split(",")))
        mnemonic, operands = self._effects[pc]
        defined, undefined = effect(mnemonic, operands, trace.register("cl", k))
        if shifted and operands[0] == "rsp":
            defined, undefined = 0, defined | undefined
        self.mask = (self.mask & ~defined) | undefined
        if trace.over[k]:
            self.mask = STATUS  # the psABI preserves no status flag; code not decoded here left them


class Frame(NamedTuple):
    """A signal frame of the CPU: position and rsp of the handler's start, how far below the guest's, rsp before."""

    k: int
    entry: int
    shift: int
    interrupted: int

    @property
    def top(self) -> int:
        """The end of what both machines have alike; above it is the processor's extended state."""
        return self.entry + FRAME_SIZE


class SignalFrames:
    """Signal frames now on the stack, and where earlier ones left their bytes.

    Linux saves the extended state of the processor above the frame. What of it there is differs from CPU to CPU
    (XSAVE here, FXSAVE for the guest), so all of a handler lies a little lower or higher. Addresses in it are
    translated; the frame itself, the handler's own stack and all above are compared.
    """

    def __init__(self) -> None:
        self.now: list[Frame] = []
        self.gone: list[int] = []

    def enter(self, state: NativeStep, guest: int, k: int) -> None:
        """Take notice of a state's stack pointers."""
        rsp = state.registers["rsp"]
        shift = rsp - guest
        while self.now and shift != self.now[-1].shift and shift in (0, *(f.shift for f in self.now[:-1])):
            self.gone.append(self.now.pop().interrupted - RED_ZONE)
        if shift and (not self.now or self.now[-1].shift != shift):
            (interrupted,) = struct.unpack_from("<Q", state.stack, rsp - state.low + SAVED_RSP)
            self.now.append(Frame(k, rsp, shift, interrupted))

    def translate(self, address: int) -> int:
        """Return the guest's address of what is at the CPU's."""
        for frame in reversed(self.now):
            if address < frame.top:
                return address - frame.shift if address > frame.entry - HANDLER_STACK else address
        return address

    def parts(self, low: int, high: int) -> Iterator[tuple[int, int, Frame | None]]:
        """Split the CPU's range into what is compared with the guest's, by the frame it belongs to."""
        for frame in reversed(self.now):
            if low < min(high, frame.top):
                yield low, min(high, frame.top), frame
            low = max(low, frame.interrupted - RED_ZONE) if frame.interrupted > frame.entry else high
        if low < high:
            yield low, high, None

    def left(self, memory: Memory, d: Difference) -> bool:
        """Whether only bytes differ that nobody wrote since a signal frame came, where one lies or has lain."""
        differing = [i for i in range(8) if (d.guest ^ d.native) >> 8 * i & 0xFF]
        for frame in reversed(self.now):
            if d.address < frame.top - frame.shift:
                offsets = [d.frame + i for i in differing]
                written = [n for n in offsets if 0 <= n < FRAME_SIZE and not any(n in r for r in UNWRITTEN)]
                return not written and all((memory.writer(d.address + i) or 0) < frame.k for i in differing)
        return any(d.address < top for top in self.gone)


class _Stack:
    """The guest's stack, replayed write by write beside the comparison."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        blocks = [(low, data) for low, data in trace.snapshot if trace.stack[0] <= low < trace.stack[1]]
        self.low = min(low for low, _ in blocks)
        self.bytes = bytearray(STACK_TOP - self.low)
        for low, data in blocks:
            self.bytes[low - self.low : low - self.low + len(data)] = data
        self.at = 0

    def _to(self, k: int) -> None:
        writes = self.trace.writes
        for row in range(writes.first[self.at], writes.first[k]):
            address, size = writes.addresses[row], writes.sizes[row]
            if self.low <= address < STACK_TOP:
                at = address - self.low
                self.bytes[at : at + size] = writes.values[row].to_bytes(8, "little")[:size]
        self.at = k

    def _check_memory(self, low: int, size: int, k: int) -> None:
        """The trace's own memory at a position is what replaying all writes gives."""
        if self.low <= low and low + size <= STACK_TOP:
            assert self.trace.memory(k).read(low, size) == self._read(low, size, k), f"memory at position {k}"

    def _read(self, address: int, size: int, k: int) -> bytes:
        if self.low <= address < STACK_TOP:
            return bytes(self.bytes[address - self.low : address - self.low + size])
        memory = self.trace.memory(k)
        return b"".join(memory.read(a, 1) or b"\0" for a in range(address, address + size))

    def differences(self, frames: SignalFrames, state: NativeStep, k: int) -> Iterator[Difference]:
        """Yield the words of the window that differ at position `k`, eight bytes a time."""
        self._to(k)
        if k % SPOT == 0:
            self._check_memory(state.low, len(state.stack), k)
        for low, high, frame in frames.parts(state.low, state.low + len(state.stack)):
            shift = frame.shift if frame else 0
            ours = self._read(low - shift, high - low, k)
            theirs = state.stack[low - state.low : high - state.low]
            if ours == theirs:
                continue
            for offset in range(-low % 8 - 8, len(ours), 8):
                at = max(offset, 0)
                guest, native = (int.from_bytes(part[at : offset + 8], "little") for part in (ours, theirs))
                if guest not in (native, frames.translate(native)):
                    inside = low + at - frame.entry if frame else -1
                    yield Difference(k, "stack", guest, native, low + at - shift, inside)


def initial_words(trace: Trace, low: int) -> bytes:
    """Return what the guest's snapshot holds from `low` to the end of the stack."""
    blocks = sorted(trace.snapshot)
    block = blocks[bisect_right(blocks, (low + 1,)) - 1]
    data = block[1][low - block[0] :]
    assert len(data) == STACK_TOP - low
    return data
