import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stackreel.errors import StorageError
from stackreel.trace import End, Trace
from stackreel.trace.encoding import read_column, read_memory, write_column, write_memory
from stackreel.trace.storage import dumps, loads
from support.steps import HandStep, c_sum_trace, make_trace, step

WORD = st.integers(0, 2**64 - 1)
CELL = st.integers(1, 8).flatmap(
    lambda size: st.tuples(WORD, st.integers(0, 2 ** (8 * size) - 1), st.just(size))
)


def hand_step(
    pc: int, code: bytes, over: bool, cells: list[tuple[int, int, int]], registers: dict[str, int]
) -> HandStep:
    return step(pc, code.hex(), over=over, writes=cells, reads=cells[::-1], **registers)


STEPS = st.lists(
    st.builds(
        hand_step,
        WORD,
        st.binary(min_size=1, max_size=15),
        st.booleans(),
        st.lists(CELL, max_size=3),
        st.fixed_dictionaries({"rax": WORD, "xmm7": st.integers(0, 2**128 - 1)}),
    ),
    max_size=6,
)
TRACES = st.builds(
    lambda steps, blocks, out, notes: make_trace(
        steps,
        snapshot=blocks,
        stdout=out,
        notes=notes,
        end=End("signal", 0, 11, 5, "SIGSEGV"),
        eflags=0x246,
    ),
    STEPS,
    st.lists(st.tuples(WORD, st.binary(max_size=80).map(lambda data: data + bytes(40) + data)), max_size=2),
    st.binary(max_size=20),
    st.lists(st.text(max_size=10), max_size=2),
)


@given(TRACES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_was_stored_comes_back(trace: Trace) -> None:
    data = dumps(trace)
    again = loads(data)
    assert again == trace
    assert dumps(again) == data


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_changed_byte_is_noticed(data: st.DataObject) -> None:
    stored = bytearray(C_SUM)
    at = data.draw(st.integers(0, len(stored) - 1))
    stored[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(StorageError):
        loads(bytes(stored))


C_SUM = dumps(c_sum_trace())


def test_every_truncation_is_noticed() -> None:
    for length in range(len(C_SUM)):
        with pytest.raises(StorageError):
            loads(C_SUM[:length])


def test_bytes_after_the_end_are_noticed() -> None:
    with pytest.raises(StorageError):
        loads(C_SUM + b"\n")


def test_it_is_json_with_a_schema() -> None:
    stored = json.loads(C_SUM)
    assert stored["schema"] == 1
    assert stored["trace"]["steps"] == 28
    assert len(C_SUM) < 6000


def test_another_schema_says_so() -> None:
    with pytest.raises(StorageError, match="schema 7; this version reads 1"):
        loads(C_SUM.replace(b'"schema":1', b'"schema":7', 1))


@given(st.lists(st.integers(0, 2**128 - 1)))
def test_columns_come_back(values: list[int]) -> None:
    assert read_column(write_column(values), len(values), 128) == values


def test_a_column_is_short() -> None:
    assert write_column([0x400540, 0x400541, 0x400544, *[0x400544] * 5, 0x400515]) == "400540 1 3 0*5 -2f"
    assert write_column([0] * 1000) == "0*1000"


@pytest.mark.parametrize(
    "text", ["0*999999999999", "1 1", "1 1 1 1", "-1 0 0", "10000 0 0", "x 0 0", "1*0 1 1"]
)
def test_a_damaged_column(text: str) -> None:
    with pytest.raises(ValueError, match=r"value|fit|difference"):
        read_column(text, 3, 16)


@given(st.lists(st.one_of(st.binary(max_size=20), st.integers(0, 60).map(bytes))).map(b"".join))
def test_memory_comes_back(data: bytes) -> None:
    assert read_memory(write_memory(data), len(data)) == data


@pytest.mark.parametrize("pieces", [[[10, "00"]], [[0, "0"]], [[-1, "00"]], ["ab"], "ab", [[0]]])
def test_damaged_memory(pieces: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_memory(pieces, 10)
