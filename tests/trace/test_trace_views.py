import pytest

from stackreel.errors import MomentError, SymbolError
from stackreel.trace import Access
from support.steps import LIBC_RETURN, c_sum_trace, make_trace, step

E = 0x7FFFFFFFE000


def test_length_and_positions() -> None:
    trace = c_sum_trace()
    assert len(trace) == 28
    assert trace.pc(0) == trace.start == 0x400540
    assert trace.pc(28) == LIBC_RETURN
    assert trace.program.path == "/home/bobo/study/c/call"


def test_a_step_shows_the_state_before_and_what_it_did() -> None:
    step0 = c_sum_trace().step(0)
    assert (step0.pc, step0.code, step0.over) == (0x400540, b"\x55", False)
    assert step0.registers["rsp"] == E + 0x518
    assert step0.writes == (Access(E + 0x510, 0x400580, 8),)
    assert step0.reads == ()


def test_a_call_stepped_over_is_one_step() -> None:
    trace = c_sum_trace()
    (call,) = [trace.step(i) for i in range(len(trace)) if trace.over[i]]
    assert call.pc == 0x400570
    assert trace.pc(call.index + 1) == 0x400575


@pytest.mark.parametrize("i", [-1, 28])
def test_no_step_outside(i: int) -> None:
    with pytest.raises(MomentError, match="steps 0 to 27"):
        c_sum_trace().step(i)


def test_parts_of_registers() -> None:
    trace = make_trace([step(0x1000, rax=0xFFFF_8000_1234_ABCD)], rip=0x1000)
    assert trace.register("eax", 1) == 0x1234ABCD
    assert trace.register("ax", 1) == 0xABCD
    assert trace.register("ah", 1) == 0xAB
    assert trace.register("al", 1) == 0xCD
    assert trace.register("rax", 0) == 0
    assert trace.register("pc", 0) == 0x1000


def test_wide_registers() -> None:
    wide = 0x1122334455667788_99AABBCCDDEEFF00
    trace = make_trace([step(0x1000, xmm3=wide), step(0x1001)])
    assert [trace.register("xmm3", k) for k in range(3)] == [0, wide, wide]


def test_an_unknown_register_names_the_near_ones() -> None:
    with pytest.raises(SymbolError) as raised:
        c_sum_trace().register("rxp", 0)
    assert "rsp" in raised.value.near


def test_memory_at_every_position() -> None:
    trace = c_sum_trace()
    cell = E + 0x4E0
    seen = [trace.memory(k).read(cell, 8) for k in range(len(trace) + 1)]
    saved = (E + 0x510).to_bytes(8, "little")
    assert seen == [bytes(8)] * 9 + [saved] * 16 + [bytes(8)] * 4
    assert trace.memory(9).writer(cell) == 8
    assert trace.memory(8).writer(cell) is None
    assert trace.memory(28).writer(cell + 7) == 24


def test_memory_of_half_a_cell() -> None:
    trace = c_sum_trace()
    assert trace.memory(28).read(E + 0x508, 8) == bytes(4) + b"\3\0\0\0"
    assert trace.memory(28).writer(E + 0x508) is None
    assert trace.memory(28).writer(E + 0x50C) == 19


def test_memory_not_observed_is_none() -> None:
    trace = c_sum_trace()
    assert trace.memory(0).read(0x400604, 1) is None
    assert trace.memory(0).read(0x402008, 0x18) == bytes(0x18)
    assert trace.memory(0).read(0x402008, 0x19) is None


def test_what_a_read_saw_is_known_from_there_on() -> None:
    trace = make_trace(
        [
            step(0x10),
            step(0x11, reads=[(0x5000, 0x2A, 1)]),
            step(0x12, writes=[(0x5000, 0x2B, 1)]),
            step(0x13),
        ]
    )
    assert [trace.memory(k).read(0x5000, 1) for k in range(5)] == [None, b"\x2a", b"\x2a", b"\x2b", b"\x2b"]
    assert trace.memory(2).writer(0x5000) is None
    assert trace.memory(4).writer(0x5000) == 2


def test_a_read_that_contradicts_replay_wins() -> None:
    trace = make_trace(
        [step(0x10, writes=[(0x5000, 1, 1)]), step(0x11), step(0x12, reads=[(0x5000, 9, 1)]), step(0x13)]
    )
    assert trace.memory(1).read(0x5000, 1) == b"\1"
    assert trace.memory(2).read(0x5000, 1) == b"\x09"
    assert trace.memory(3).writer(0x5000) == 0


def test_a_string_instruction_reading_its_own_writes() -> None:
    trace = make_trace(
        [
            step(
                0x10,
                "f3a4",
                reads=[(0x5000, 7, 1), (0x5001, 7, 1)],
                writes=[(0x5001, 7, 1), (0x5002, 7, 1)],
            )
        ],
        snapshot=[(0x5000, b"\7\1\1")],
    )
    assert trace.memory(0).read(0x5000, 3) == b"\7\1\1"
    assert trace.memory(1).read(0x5000, 3) == b"\7\7\7"
