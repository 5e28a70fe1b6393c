"""`stackreel trace --format jsonl` is a contract for scripts: every field of it."""

import json

from stackreel.isa import X86_64
from stackreel.trace import End, StackMove
from stackreel.trace.jsonl import lines
from support.steps import c_sum_trace, make_trace, step

ROWS = [json.loads(line) for line in lines(c_sum_trace(), lambda pc, code: f"{pc:x} {code.hex()}")]


def test_the_header() -> None:
    assert ROWS[0] == {
        "schema": 1,
        "arch": "x86_64",
        "start": "0x400540",
        "registers": [register.name for register in X86_64.registers],
    }


def test_a_step() -> None:
    assert list(ROWS[1]) == ["i", "pc", "size", "asm", "regs", "writes", "reads", "over"]
    assert (ROWS[1]["i"], ROWS[1]["pc"], ROWS[1]["size"], ROWS[1]["asm"]) == (0, "0x400540", 1, "400540 55")
    assert list(ROWS[1]["regs"]) == ROWS[0]["registers"]
    assert ROWS[1]["regs"]["rsp"] == "0x7fffffffe518"
    assert ROWS[1]["regs"]["rip"] == "0x400540"
    assert ROWS[1]["writes"] == [["0x7fffffffe510", "0x400580", 8]]
    assert ROWS[1]["reads"] == []
    assert ROWS[1]["over"] is False
    assert ROWS[13]["reads"] == [["0x7fffffffe4cc", "0x1", 4]]


def test_only_the_call_stepped_over_says_over() -> None:
    assert [row["pc"] for row in ROWS[1:-1] if row["over"]] == ["0x400570"]


def test_the_end() -> None:
    assert list(ROWS[-1]) == ["end", "regs", "reason"]
    assert ROWS[-1]["end"] is True
    assert ROWS[-1]["regs"]["rsp"] == "0x7fffffffe520"
    assert ROWS[-1]["reason"] == "returned"
    assert len(ROWS) == 30


def test_a_trace_without_steps_has_a_header_and_an_end() -> None:
    trace = make_trace([], end_pc=0x10, end=End("limit", 0, 0, 0x10, "steps"))
    rows = [json.loads(line) for line in lines(trace, lambda _pc, _code: "")]
    assert [row.get("reason") for row in rows] == [None, "limit"]


def test_wide_registers_and_no_line_ends() -> None:
    trace = make_trace([step(0x10, xmm0=1 << 127)])
    texts = list(lines(trace, lambda _pc, _code: "a\nb"))
    assert not any("\n" in text for text in texts)
    assert json.loads(texts[-1])["regs"]["xmm0"] == "0x8" + "0" * 31


def test_a_step_that_moved_the_stack_says_so() -> None:
    moves = [StackMove(1, (0x1000, 0x1800), (0x4000, 0x5000))]
    trace = make_trace([step(1, "90"), step(2, "e800000000", over=True), step(7, "90")], moves=moves)
    rows = [json.loads(line) for line in lines(trace, lambda _pc, _code: "")]
    assert rows[2]["moved"] == [["0x1000", "0x1800"], ["0x4000", "0x5000"]]
    assert [i for i, row in enumerate(rows) if "moved" in row] == [2]
