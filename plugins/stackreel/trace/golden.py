"""The golden trace of an example: its recorded run as text that is read in a diff and compared on other machines.

One step a line: where, what, which registers changed, what was written and read. What differs between hosts is
left out or said by name: addresses in shared libraries are the library's name; a call stepped over shows only what
the ABI says of it (the result, callee-saved registers, the stack from rsp up); with `relative`, addresses up to
the first frame are `sp-0x8`, from rsp at the start, whose own value depends on libc's start-up code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stackreel.example import Example
from stackreel.trace.jsonl import Assembly
from stackreel.trace.model import Access, Step
from stackreel.trace.names import Names, program_names
from stackreel.trace.trace import SCHEMA, Trace

_STACK_SPAN = 1 << 20
_SHOWN = 20


def golden(trace: Trace, names: Names, assembly: Assembly, *, relative: bool = False) -> str:
    """Return the golden text. `relative` is for a dynamically linked program whose rsp is not given."""
    return _Golden(trace, names, assembly, relative).text()


def golden_for(example: Example, trace: Trace, assembly: Assembly) -> str:
    """Return the golden text of an example's trace; raises BinaryError where its program is none."""
    given = trace.architecture.sp in example.trace.registers
    relative = len(trace.modules) > 1 and not given
    return golden(trace, program_names(example.program, example.binary.name), assembly, relative=relative)


def compare(old: str, new: str) -> list[str]:
    """Return how two golden texts differ, a sentence each; nothing where they say the same."""
    documents: list[dict[str, Any]] = []
    for which, text in (("trace.json", old), ("the new trace", new)):
        try:
            document = json.loads(text)
        except json.JSONDecodeError as error:
            return [f"{which} is not JSON: {error.msg} in line {error.lineno}"]
        if not isinstance(document, dict) or not isinstance(document.get("steps"), list):
            return [f"{which} is no golden trace: it has no steps"]
        documents.append(document)
    before, after = documents
    found = [
        f"{key}: was {_short(before.get(key))}, is {_short(after.get(key))}"
        for key in dict.fromkeys((*before, *after))
        if key != "steps" and before.get(key) != after.get(key)
    ]
    found += _steps(before["steps"], after["steps"])
    if len(found) > _SHOWN:
        found[_SHOWN:] = [f"and {len(found) - _SHOWN} more"]
    return found


def _steps(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[str]:
    found: list[str] = []
    for i, (old, new) in enumerate(zip(before, after, strict=False)):
        if old.get("at") != new.get("at"):
            found.append(f"step {i}: was at {old.get('at')}, is at {new.get('at')}")
            break  # from here on the runs went different ways
        found += [
            f"step {i} ({new.get('at')}): {key} was {_short(old.get(key))}, is {_short(new.get(key))}"
            for key in dict.fromkeys((*old, *new))
            if old.get(key) != new.get(key)
        ]
    if len(before) != len(after):
        found.append(f"there were {len(before)} steps, there are {len(after)}")
    return found


def _short(value: object) -> str:
    return "absent" if value is None else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class _Golden:
    trace: Trace
    names: Names
    assembly: Assembly
    relative: bool

    def text(self) -> str:
        trace, isa = self.trace, self.trace.architecture
        shown = (isa.sp, isa.fp, *isa.arguments[:3])
        end = trace.end
        head: dict[str, Any] = {
            "schema": SCHEMA,
            "program": trace.program.sha256,
            "isa": trace.isa,
            "start": self.place(trace.start),
            "registers": {
                name: self.value(trace.register(name, 0)) for name in shown if trace.register(name, 0)
            },
        }
        tail: dict[str, Any] = {
            "end": {
                "reason": end.reason,
                "status": end.status,
                "signal": end.signal,
                "at": self.place(end.pc),
            },
            "stdout": trace.stdout.decode("utf-8", "backslashreplace"),
        }
        steps = (self.step(trace.step(i)) for i in range(len(trace)))
        lines = [f" {_key(item)}," for item in head.items()]
        lines.append(' "steps": [')
        lines.append(",\n".join("  " + json.dumps(step, ensure_ascii=False) for step in steps))
        lines.append(" ],")
        lines.append(",\n".join(f" {_key(item)}" for item in tail.items()))
        return "{\n" + "\n".join(lines) + "\n}\n"

    def step(self, step: Step) -> dict[str, Any]:
        trace, isa = self.trace, self.trace.architecture
        after = trace.state(step.index + 1)
        kept = (isa.sp, isa.results[0], *isa.callee_saved) if step.over else trace.registers
        row: dict[str, Any] = {"at": self.place(step.pc), "asm": self.assembly(step.pc, step.code)}
        changed = {
            name: self.value(after[name])
            for name in kept
            if name != isa.pc and after[name] != step.registers[name]
        }
        if changed:
            row["set"] = changed
        writes = [w for w in step.writes if not step.over or self.visible(w, step.index + 1)]
        if writes:
            row["writes"] = [self.access(write) for write in writes]
        if step.reads and not step.over:
            row["reads"] = [self.access(read) for read in step.reads]
        if step.over:
            row["over"] = True
        if step.move is not None:
            row["moved"] = [[hex(end) for end in ends] for ends in (step.move.before, step.move.after)]
        return row

    def visible(self, access: Access, k: int) -> bool:
        """Tell whether what a call stepped over wrote is the program's: on the stack in use, or its own data."""
        low, high = self.trace.stack_at(k)
        if low <= access.address < high:
            return access.address >= self.trace.register(self.trace.architecture.sp, k)
        program = self.trace.program
        return program.low <= access.address < program.high

    def access(self, access: Access) -> list[str | int]:
        value = self.value(access.value) if access.size == 8 else hex(access.value)
        return [self.value(access.address), value, access.size]

    def place(self, pc: int) -> str:
        symbol = self.names.symbolize(pc)
        return str(symbol) if symbol else self.value(pc)

    def value(self, value: int) -> str:
        for module in self.trace.modules[1:]:
            if module.low <= value < module.high:
                return module.path.rsplit("/", 1)[-1]
        if self.relative:
            sp = self.trace.register(self.trace.architecture.sp, 0)
            if sp - _STACK_SPAN <= value <= sp + self.trace.architecture.pointer_size:
                return f"sp{value - sp:+#x}"
        return hex(value)


def _key(item: tuple[str, object]) -> str:
    return f"{json.dumps(item[0])}: {json.dumps(item[1], ensure_ascii=False)}"
