"""What an instruction's record says beside its text."""

from __future__ import annotations

import pytest

from stackreel.binary.model import SymbolOffset
from stackreel.errors import BlockError
from stackreel.listing import Instruction, disassemble, one

NAMES = {0x401106: "sum", 0x404010: "counter"}


def symbolize(address: int) -> SymbolOffset | None:
    return SymbolOffset(NAMES[address], 0) if address in NAMES else None


def att(code: str, address: int = 0x401126) -> Instruction:
    return one(bytes.fromhex(code), address, "att", symbolize)


def test_a_call_knows_its_target_and_moves_the_stack() -> None:
    call = att("e8dbffffff")
    assert (call.text, call.kind, call.target, call.symbol) == (
        "call 0x401106",
        "call",
        0x401106,
        SymbolOffset("sum", 0),
    )
    assert "rsp" in call.reads
    assert "rsp" in call.writes


def test_registers_have_full_names() -> None:
    move = att("8945fc")  # mov %eax,-0x4(%rbp)
    assert (move.reads, move.writes) == ({"rax", "rbp"}, set())
    assert [(m.base, m.displacement, m.size) for m in move.memory] == [("rbp", -4, 4)]
    add = att("01d0")
    assert (add.reads, add.writes) == ({"rax", "rdx"}, {"rax", "eflags"})
    assert att("c5fd6f140e").writes == {"xmm2"}  # vmovdqa into ymm2


def test_rip_relative_operands_have_gdbs_note() -> None:
    assert att("8b05e42e0000").comment == "0x404010 <counter>"
    assert att("8b05e52e0000").comment == "0x404011"


@pytest.mark.parametrize(
    ("code", "kind"),
    [("c3", "return"), ("f3c3", "return"), ("eb00", "jump"), ("7400", "branch"), ("0f05", "syscall"),
     ("cd80", "syscall"), ("ffe0", "jump"), ("f2ffe0", "jump"), ("e200", "branch"), ("90", "other")],
)  # fmt: skip
def test_kinds(code: str, kind: str) -> None:
    assert att(code).kind == kind


def test_bytes_that_are_no_instruction_are_bad_and_stop_nothing() -> None:
    found = list(disassemble(bytes.fromhex("06550690"), 0, "intel", symbolize))
    assert [i.text for i in found] == ["(bad)", "push rbp", "(bad)", "nop"]
    assert [i.address for i in found] == [0, 1, 2, 3]
    cut = list(disassemble(bytes.fromhex("55e8"), 0, "att", symbolize))
    assert [i.text for i in cut] == ["push %rbp", "(bad)"]


def test_a_syntax_that_is_not_written_yet_is_a_clear_error() -> None:
    with pytest.raises(BlockError, match="Go syntax"):
        one(b"\x90", 0, "go", symbolize)
