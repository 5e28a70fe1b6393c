"""The base of a frame as gdb finds it from the code of its function: `$fp`, and where `info frame` sees arguments."""

from __future__ import annotations

from stackreel.claims.gdb.memory import Reader
from stackreel.claims.gdb.program import Program
from stackreel.claims.gdb.stack import GdbFrame

_ENDBR64 = b"\xf3\x0f\x1e\xfa"
_MOV_RSP_RBP = (b"\x48\x89\xe5", b"\x48\x8b\xec", b"\x89\xe5", b"\x8b\xec")


def frame_base(program: Program, reader: Reader, frame: GdbFrame) -> int:
    """Return the base gdb shows for arguments and locals: rbp once it is set up (amd64_analyze_prologue)."""
    registers = frame.registers
    sp = registers.get("rsp", 0)
    function = program.function_at(frame.lookup)
    if function is None:
        return registers.get("rbp", 0)
    code = reader.read(function.low, 12) or b""
    at = 4 if code.startswith(_ENDBR64) else 0
    if code[at : at + 1] != b"\x55" or frame.pc <= function.low + at:
        return sp - 8
    is_set = any(code.startswith(m, at + 1) for m in _MOV_RSP_RBP) and frame.pc > function.low + at + 1
    return registers.get("rbp", 0) if is_set else sp
