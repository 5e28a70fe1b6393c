"""Compare the recorded main.* functions of a Go program with the CPU's own steps.

Compared at every state are pc, general and vector registers, flags that are defined, and the goroutine's stack from
rsp to the return address of main.main. Addresses of the goroutine's stack are compared by their distance from rsp,
since where a stack lies is the allocator's affair; what may differ besides is one of REASONS, and counted.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from stackreel.listing import one
from stackreel.listing.model import Instruction
from stackreel.trace import Trace
from support.compare import GENERAL, Difference, Flags, describe
from support.native_go import GoRun, GoStep

REASONS = {
    "heap": "addresses of the program's anonymous memory: allocators of different kernels give different ones",
    "dead": "a register as the runtime left it, at the start or in a call, that main.* writes before it reads it",
    "unset": "bytes of a frame that main.* has not written: what the runtime left there before",
}
"""All reasons for a difference; what differs besides is an error."""

_KEPT = ("flags", "rsp", "rbp")

_VECTORS = tuple(f"xmm{n}" for n in range(16))


@dataclass
class Outcome:
    """The differences nothing allows, how many each reason allowed, how much was compared, addresses translated."""

    wrong: list[str] = field(default_factory=list)
    allowed: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)


def compare_go(trace: Trace, run: GoRun, fixed: Collection[str]) -> Outcome:
    """Compare all positions, or up to where the paths part; `fixed` registers mean something between all functions."""
    outcome = Outcome()
    looked, flags = _Looked(trace, fixed), Flags(trace)
    known: set[tuple[str, int, int]] = set()
    stacks: dict[tuple[int, int], int] = {}
    for k, state in enumerate(run.steps):
        if k > len(trace) or trace.pc(k) != state.pc:
            at = f"{trace.pc(k):#x}" if k <= len(trace) else f"the end ({trace.end})"
            outcome.wrong.append(f"{k}: the guest is at {at}, the CPU at {state.pc:#x}")
            return outcome
        stacks[state.bounds] = trace.register("rsp", k) - state.registers["rsp"]
        for d in (*_registers(trace, state, k, flags.mask), *_words(trace, state, k)):
            if _translated(d, stacks):
                outcome.compared["addresses of the stack"] += 1
                continue
            if (d.what, d.guest, d.native) in known and d.what != "stack":
                continue
            known.add((d.what, d.guest, d.native))
            is_stack = any(low <= d.native <= high for low, high in stacks) or looked.is_stack(d.guest)
            reason = looked.reason(d, run, is_stack=is_stack)
            if reason:
                outcome.allowed[reason] += 1
            else:
                outcome.wrong.append(describe(trace, d))
        if k < len(trace):
            flags.step(k, shifted=False)
        outcome.compared["states"] += 1
        outcome.compared["bytes"] += len(state.stack)
    if len(trace) + 1 != len(run.steps):
        outcome.wrong.append(
            f"the guest recorded {len(trace) + 1} states, the CPU {len(run.steps)}: {trace.end}"
        )
    return outcome


def _registers(trace: Trace, state: GoStep, k: int, mask: int) -> Iterator[Difference]:
    for name in GENERAL:
        if trace.columns[name][k] != state.registers[name]:
            yield Difference(k, name, trace.columns[name][k], state.registers[name])
    guest, native = trace.columns["eflags"][k] & ~mask, state.registers["eflags"] & ~mask
    if guest != native:
        yield Difference(k, "flags", guest, native)
    for n, name in enumerate(_VECTORS):
        value = int.from_bytes(state.xmm[16 * n : 16 * n + 16], "little")
        if trace.columns[name][k] != value:
            yield Difference(k, name, trace.columns[name][k], value)


def _words(trace: Trace, state: GoStep, k: int) -> Iterator[Difference]:
    """Yield the words of the stack that differ; rsp is aligned to them."""
    low, memory = trace.register("rsp", k), trace.memory(k)
    ours = memory.read(low, len(state.stack))
    assert ours is not None, f"{k}: not all of the stack is known"
    if ours == state.stack:
        return
    pairs = zip(struct.iter_unpack("<Q", ours), struct.iter_unpack("<Q", state.stack), strict=True)
    for n, ((guest,), (native,)) in enumerate(pairs):
        if guest != native:
            yield Difference(k, "stack", guest, native, low + 8 * n)


def _translated(d: Difference, stacks: dict[tuple[int, int], int]) -> bool:
    """Tell whether the CPU's value is an address of a stack the goroutine has or had, and the guest's the same one."""
    return any(low <= d.native <= high and d.guest == d.native + by for (low, high), by in stacks.items())


class _Looked:
    """The recorded code, looked at for what it reads and writes."""

    def __init__(self, trace: Trace, fixed: Collection[str]) -> None:
        self.trace, self.fixed = trace, fixed
        self._decoded: dict[int, Instruction] = {}
        self._halves: set[tuple[int, int]] = set()

    def reason(self, d: Difference, run: GoRun, *, is_stack: bool) -> str:
        """Return the name of the reason for a difference, or nothing; `is_stack`: one is an address of the stack."""
        if not is_stack and self._is_heap(d, run):
            return "heap"
        if d.what == "stack":
            return "unset" if self.is_unset(d.address, d.k) else ""
        return "dead" if d.what not in (*_KEPT, *self.fixed) and self.is_dead(d.what, d.k) else ""

    def is_stack(self, value: int) -> bool:
        """Tell whether the guest's goroutine has or had its stack there."""
        return any(
            low <= value <= high for low, high in (self.trace.stack, *(m.after for m in self.trace.moves))
        )

    def _is_heap(self, d: Difference, run: GoRun) -> bool:
        """Tell whether both are addresses of anonymous memory, or a word has a half of such an address left in it."""
        halves = [(d.guest >> at & 0xFFFFFFFF, d.native >> at & 0xFFFFFFFF) for at in (0, 32)]
        if any(low <= d.native < high for low, high in run.anonymous) and self.is_anonymous(d.guest):
            self._halves |= set(halves)
            return True
        return d.what == "stack" and all(g == n or (g, n) in self._halves for g, n in halves)

    def is_anonymous(self, value: int) -> bool:
        return any(a.low <= value < a.high for a in self.trace.areas if not a.name)

    def is_dead(self, register: str, k: int) -> bool:
        """Tell whether the runtime left the register, and it is written or clobbered before main.* reads it."""
        trace, written = self.trace, self._last_written(register, k)
        if written and not any(trace.over[i] for i in range(written, k)):
            return False
        for i in range(k, len(trace)):
            instruction = self._at(i)
            if register in instruction.reads and not _is_zeroing(instruction):
                return False
            if register in instruction.writes or trace.over[i]:
                return True
        return True

    def _last_written(self, register: str, k: int) -> int:
        """Return the step after the last one before position `k` in which main.* itself wrote the register."""
        steps = range(k - 1, -1, -1)
        return next((i + 1 for i in steps if register in self._at(i).writes and not self.trace.over[i]), 0)

    def is_unset(self, address: int, k: int) -> bool:
        """Tell whether main.* has not written any of the word's bytes since they are above rsp."""
        return all(self._is_unset(at, k) for at in range(address, address + 8))

    def _is_unset(self, address: int, k: int) -> bool:
        trace = self.trace
        step = trace.memory(k).writer(address)
        while step is not None:
            move = trace.move(step)
            if move is None or not move.after[0] <= address < move.after[1]:
                return bool(trace.over[step]) and address < trace.register("rsp", step + 1)
            address -= move.by
            step = trace.memory(step).writer(address)
        return True

    def _at(self, i: int) -> Instruction:
        pc = self.trace.pc(i)
        if pc not in self._decoded:
            self._decoded[pc] = one(self.trace.code[pc], pc, "intel", lambda _: None)
        return self._decoded[pc]


def _is_zeroing(instruction: Instruction) -> bool:
    first, _, second = instruction.operands.partition(",")
    return instruction.mnemonic.startswith(("xor", "pxor")) and first.strip() == second.strip()
