"""Entering a function directly, with registers given, as `Watch` has it: what a debugger's call does."""

from __future__ import annotations

import struct

from stackreel.errors import MachineError, near
from stackreel.isa import X86_64
from stackreel.machine import fxsave
from stackreel.machine.model import Watch
from stackreel.machine.outcomes import LinuxError
from stackreel.machine.process import Process


def enter_directly(process: Process, watch: Watch) -> None:
    """Set the registers and the word at rsp, and go to `watch.start`. Raises MachineError for what cannot be."""
    engine = process.engine
    given = dict(watch.registers)
    initial = process.loaded.stack
    values = {
        **{r.name: 0 for r in X86_64.registers if r.bits == 64 and not r.name.endswith("_base")},
        "eflags": 0x202,
        "rdi": len(process.job.argv),
        "rsi": initial.argv,
        "rdx": initial.envp,
        "rsp": initial.sp - 8,
    }
    known = [r.name for r in X86_64.registers if r.name != X86_64.pc]
    for name in given:
        if name not in known:
            raise MachineError(
                f"there is no register {name} to start with",
                near=near(name, known),
                example="rsp, rbp, rdi, xmm0",
            )
    fxsave.reset(engine)
    values |= given
    numbers = {r.name: (r.unicorn, r.bits) for r in X86_64.registers}
    for name, value in values.items():
        number, bits = numbers[name]
        engine.set(number, value & ((1 << bits) - 1))
    try:
        process.memory.write(values["rsp"], struct.pack("<Q", process.loaded.entry))
    except LinuxError as error:
        raise MachineError(
            f"the run cannot start with rsp {values['rsp']:#x}: no stack is there",
            example="rsp = 0x7fffffffe518",
        ) from error
    engine.pc = watch.start
