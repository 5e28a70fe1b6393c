"""A trace as JSON lines, for scripts: what `stackreel trace --format jsonl` prints.

One line for the header, one a step with the state before it, one for the end. Numbers that are addresses or
values are texts in hexadecimal, since not every JSON reader keeps 64 bits; sizes and indices are numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from stackreel.trace.model import Access, StackMove
from stackreel.trace.trace import SCHEMA, Trace

Assembly = Callable[[int, bytes], str]
"""The text of the instruction with these bytes at this address."""


def lines(trace: Trace, assembly: Assembly) -> Iterator[str]:
    """Yield the lines, without line ends."""
    yield json.dumps(
        {
            "schema": SCHEMA,
            "arch": trace.isa,
            "start": hex(trace.start),
            "registers": list(trace.registers),
        }
    )
    texts: dict[tuple[int, bytes], str] = {}
    for i in range(len(trace)):
        step = trace.step(i)
        instruction = (step.pc, step.code)
        if instruction not in texts:
            texts[instruction] = assembly(step.pc, step.code)
        yield json.dumps(
            {
                "i": i,
                "pc": hex(step.pc),
                "size": trace.sizes[i],
                "asm": texts[instruction],
                "regs": _hex(step.registers),
                "writes": _accesses(step.writes),
                "reads": _accesses(step.reads),
                "over": step.over,
                **_moved(step.move),
            }
        )
    yield json.dumps({"end": True, "regs": _hex(trace.state(len(trace))), "reason": trace.end.reason})


def _moved(move: StackMove | None) -> dict[str, list[list[str]]]:
    """Return the old and the new range of a stack that was moved; nothing for other steps."""
    return (
        {} if move is None else {"moved": [[hex(end) for end in ends] for ends in (move.before, move.after)]}
    )


def _hex(registers: Mapping[str, int]) -> dict[str, str]:
    return {name: hex(value) for name, value in registers.items()}


def _accesses(accesses: Sequence[Access]) -> list[list[str | int]]:
    return [[hex(access.address), hex(access.value), access.size] for access in accesses]
