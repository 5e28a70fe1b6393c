"""Variables at every instruction of a program, against gdb that steps through the same program."""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from stackreel.binary import (
    DebugInfo,
    Expression,
    InMemory,
    InRegister,
    Pieces,
    Place,
    Value,
    VariableInfo,
    entry_value,
    frame_base_value,
    read_debug,
    read_image,
    resolve,
)
from stackreel.binary.types import Base, Pointer, Type, strip, type_name
from support.build import compile_c
from support.c_programs import VARIABLES
from support.gdb_oracle import run_script

CASES = {
    "O0": ("gcc", "-O0"),
    "O1 fixed": ("gcc", "-O1", "-no-pie", "-fno-pie"),
    "O2": ("gcc", "-O2"),
    "O2 DWARF 4": ("gcc", "-O2", "-gdwarf-4"),
    "O0 DWARF 4 static": ("gcc", "-O0", "-gdwarf-4", "-static"),
    "clang O0": ("clang", "-O0"),
    "clang O2": ("clang", "-O2"),
}

STEPPING = r"""
import json
names = "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip fs_base".split()
gdb.execute("set print frame-arguments none")
gdb.execute("set print entry-values no")
gdb.execute("break *START")
gdb.execute("run >/dev/null", to_string=True)
process = gdb.selected_inferior()
for _ in range(1500):
    if not process.pid:
        break
    frame = gdb.newest_frame()
    if not any(low <= frame.pc() < high for low, high in RANGES):
        try:
            gdb.execute("finish", to_string=True)
        except gdb.error:
            break
        continue
    real = frame
    while real.type() == gdb.INLINE_FRAME:
        real = real.older()
    registers = {n: int(real.read_register(n)) % 2**64 for n in names}
    for n in range(16):
        halves = real.read_register("xmm%d" % n)["v2_int64"]
        registers["xmm%d" % n] = int(halves[0]) % 2**64 | int(halves[1]) % 2**64 << 64
    low = registers["rsp"] - 512
    caller = real.older()
    print("@" + json.dumps({
        "pc": frame.pc(), "name": frame.name(), "registers": registers, "low": low,
        "memory": bytes(process.read_memory(low, min(2048, 0x7FFFFFFFF000 - low))).hex(),
        "caller": caller.pc() if caller else 0,
        "args": gdb.execute("info args", to_string=True), "locals": gdb.execute("info locals", to_string=True),
        "counts": {v: str(gdb.parse_and_eval(v).type) for v in (["v"] if frame.name() == "variable" else [])},
    }))
    gdb.execute("stepi", to_string=True)
"""


@dataclass(frozen=True)
class State:
    """A frame as gdb stopped in it: a context for expressions."""

    info: DebugInfo
    row: dict[str, Any]

    @cached_property
    def _memory(self) -> bytes:
        return bytes.fromhex(self.row["memory"])

    def register(self, name: str) -> int | None:
        found: int | None = self.row["registers"].get(name)
        return found

    def memory(self, address: int, size: int) -> bytes | None:
        at = address - self.row["low"]
        return self._memory[at : at + size] if 0 <= at <= len(self._memory) - size else None

    def cfa(self) -> int | None:
        rules = self.info.unwind(self.row["pc"])
        assert rules is not None
        return self.row["registers"][rules.cfa.register] + rules.cfa.offset

    def frame_base(self) -> int | None:
        expression = self.info.frame_base(self.row["pc"])
        return None if expression is None else frame_base_value(expression, self)

    def entry_value(self, expression: Expression) -> int | None:
        return None

    def thread_pointer(self) -> int | None:
        return self.row["registers"]["fs_base"]


def raw_bytes(place: Place, size: int, state: State) -> bytes | None:
    if isinstance(place, InMemory):
        return state.memory(place.address, size)
    if isinstance(place, InRegister):
        return (state.register(place.name) or 0).to_bytes(16, "little")[:size]
    if isinstance(place, Value):
        return place.to_bytes(size)
    if isinstance(place, Pieces):
        parts = [raw_bytes(p.place, p.bits // 8, state) for p in place.pieces]
        return b"".join(p for p in parts if p is not None) if None not in parts else None
    return None


def shown(raw: bytes, type_: Type) -> str | None:
    """Write the value as gdb does, for the types this program has that are simple; None for others."""
    kind = strip(type_)
    if isinstance(kind, Pointer):
        return hex(int.from_bytes(raw, "little"))
    if isinstance(kind, Base) and kind.encoding == "signed":
        return str(int.from_bytes(raw, "little", signed=True))
    if isinstance(kind, Base) and kind.encoding == "float":
        return f"{struct.unpack({4: '<f', 8: '<d'}[kind.size], raw)[0]:.17g}"
    if type_name(kind) == "struct pair":
        return "{{x = {}, y = {}}}".format(*struct.unpack("<ii", raw))
    if type_name(kind) == "struct big":
        return "{{a = {{{}, {}, {}, {}}}}}".format(*struct.unpack("<4q", raw))
    return None


def pairs(text: str) -> list[tuple[str, str]]:
    return [(n, v) for n, v in re.findall(r"^(\w+) = (.*)$", text, re.M)]


def recorded(case: str) -> tuple[DebugInfo, list[dict[str, Any]]]:
    compiler, *flags = CASES[case]
    program: Path = compile_c(VARIABLES, "-w", "-g", *flags, cc=compiler)
    image = read_image(program.read_bytes(), case)
    if image.kind == "pie":
        image = read_image(image.data, case, 0x555555554000)
    info = read_debug(image)
    ranges = [(f.low, f.high) for f in info.functions]
    script = STEPPING.replace("START", hex(info.function("main").low)).replace("RANGES", repr(ranges))
    return info, [json.loads(line) for line in run_script(program, script).splitlines()]


@pytest.mark.oracle
@pytest.mark.parametrize("case", CASES)
def test_variables_are_listed_and_placed_as_gdb_has_them(case: str) -> None:
    info, rows = recorded(case)
    compared = 0
    for row in rows:
        pc, state = row["pc"], State(info, row)
        function = info.function_at(pc)
        assert function is not None
        chain = [*(i.name for i in info.inlined(pc)), function.name]
        assert row["name"] in chain
        scope = info.scope(pc, chain.index(row["name"]))
        arguments, variables = pairs(row["args"]), pairs(row["locals"])
        assert [n for n, _ in arguments] == [v.name for v in scope if v.is_parameter], hex(pc)
        assert [n for n, _ in variables] == [v.name for v in scope if not v.is_parameter], hex(pc)
        for variable, (_, text) in zip(scope, [*arguments, *variables], strict=True):
            compared += same_value(variable, text, state)
    assert (len(rows), compared) > (150, 500)


def same_value(variable: VariableInfo, text: str, state: State) -> bool:
    """Compare one value with gdb's; return whether it could be compared in this frame alone."""
    code = variable.location.code if variable.location else b""
    if code[:1] in (b"\xa3", b"\xf3"):
        return False  # a value at function entry, which the caller's frame tells: a test of its own is below
    place = variable.place(state)
    raw = raw_bytes(place, variable.type.size, state)
    if raw is None:
        outside = isinstance(place, InMemory) and state.memory(place.address, 1) is None
        assert outside or "optimized out" in text or "synthetic" in text, (variable, place)
        return not outside
    ours = shown(raw, variable.type)
    if ours is None or len(raw) != variable.type.size:
        return False
    if isinstance(strip(variable.type), Base) and ("." in ours or "e" in ours):
        assert float(ours) == pytest.approx(float(text))
    else:
        assert ours == (text if ours.startswith("{") else text.split(" ", maxsplit=1)[0]), (variable, place)
    return True


@pytest.mark.parametrize("case", ["O0", "clang O0", "O2"])
def test_bounds_of_variable_length_arrays_are_computed(case: str) -> None:
    info, rows = recorded(case)
    seen = set()
    for row in rows:
        if row["counts"]:
            (array,) = [v for v in info.scope(row["pc"]) if v.name == "v"]
            seen.add((type_name(resolve(array.type, State(info, row), row["pc"])), row["counts"]["v"]))
    assert ("int [5]", "int [5]") in seen
    if case == "O0":  # before the bound is stored, both read the same chance bytes
        assert all(ours == gdb for ours, gdb in seen)


@pytest.mark.parametrize("case", ["O2", "O2 DWARF 4"])
def test_callers_tell_values_at_function_entry(case: str) -> None:
    info, rows = recorded(case)
    row = next(r for r in rows if r["name"] == "factorial")
    main = info.function("main")
    assert main.low <= row["caller"] < main.high
    site = info.call_site(row["caller"])
    assert site is not None
    assert (site.target, site.is_tail_call) == ("factorial", False)
    assert entry_value(site, Expression(b"\x55"), State(info, row)) == 5  # DW_OP_reg5 is rdi
    assert entry_value(site, Expression(b"\x54"), State(info, row)) is None
    assert info.call_site(row["caller"] + 1) is None


def test_inlined_calls_know_where_they_were_called() -> None:
    info, _ = recorded("O2")
    work = info.function("work")
    calls = [info.inlined(pc) for pc in range(work.low, work.high)]
    names = {call.name for chain in calls for call in chain}
    assert names == {"square"}
    (call, *_) = next(c for c in calls if c)
    assert (call.call_file, call.call_line) == ("program.c", 11)
    assert call.low < call.high
