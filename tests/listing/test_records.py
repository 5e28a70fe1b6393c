"""What an instruction's record says beside its text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stackreel.binary.model import SymbolOffset
from stackreel.listing import (
    FunctionListing,
    GoDialect,
    Instruction,
    Listing,
    disassemble,
    gdb_text,
    one,
)
from stackreel.listing.render_go import as_go_objdump

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


def test_go_names_the_target_in_the_operand_and_once_only() -> None:
    call = one(bytes.fromhex("e8dbffffff"), 0x401126, "go", symbolize)
    assert (call.text, call.kind, call.target) == ("CALL sum(SB)", "call", 0x401106)
    assert (call.symbol, call.note) == (SymbolOffset("sum", 0), "")
    assert gdb_text(call) == "CALL   sum(SB)"
    assert att("e8dbffffff").note == " <sum>"


def test_go_keeps_what_an_instruction_reads_and_writes() -> None:
    move = one(bytes.fromhex("48896c2418"), 0x45DD53, "go", symbolize)
    assert (move.text, move.reads, move.writes) == ("MOVQ BP, 0x18(SP)", {"rbp", "rsp"}, set())
    assert [(m.base, m.displacement, m.size) for m in move.memory] == [("rsp", 0x18, 8)]


@pytest.mark.parametrize(("modern", "text"), [(False, "CMPQ 0x10(R14), SP"), (True, "CMPQ SP, 0x10(R14)")])
def test_comparisons_turned_round_in_go_1_22(*, modern: bool, text: str) -> None:
    found = one(bytes.fromhex("493b6610"), 0, "go", symbolize, GoDialect(symbolize, modern))
    assert found.text == text


def test_bytes_go_cannot_decode_are_question_marks() -> None:
    found = list(disassemble(bytes.fromhex("0690"), 0, "go", symbolize))
    assert [i.text for i in found] == ["?", "NOPL"]
    assert found[0].kind == "other"


def test_objdumps_go_layout_has_columns_of_tabs() -> None:
    code = tuple(
        replace(i, file="x/main.go", line=3)
        for i in disassemble(bytes.fromhex("4883ec20c3"), 0x45DD4F, "go", symbolize)
    )
    listing = Listing("go", (FunctionListing("main.main", 0x45DD4F, 0x45DD54, code, "x/main.go", 3),))
    assert as_go_objdump(listing).splitlines() == [
        "TEXT main.main(SB) x/main.go",
        "  main.go:3\t\t0x45dd4f\t\t4883ec20\t\tSUBQ $0x20, SP\t\t",
        "  main.go:3\t\t0x45dd53\t\tc3\t\t\tRET\t\t\t",
    ]
    assert as_go_objdump(listing, raw=False).splitlines()[2] == "  main.go:3\t\t0x45dd53\t\tRET\t\t\t"
