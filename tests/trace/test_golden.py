import json
from dataclasses import replace

from stackreel.trace import MappedModule, Trace
from stackreel.trace.golden import compare, golden
from support.names import C_SUM_NAMES
from support.steps import c_sum_trace, make_trace, step


def assembly(pc: int, code: bytes) -> str:
    return f"asm of {code.hex()}"


def text(trace: Trace, *, relative: bool = False) -> str:
    return golden(trace, C_SUM_NAMES, assembly, relative=relative)


def test_one_step_a_line_with_what_changed() -> None:
    lines = text(c_sum_trace()).splitlines()
    assert (
        '  {"at": "main", "asm": "asm of 55", "set": {"rsp": "0x7fffffffe510"},'
        ' "writes": [["0x7fffffffe510", "0x400580", 8]]},' in lines
    )
    assert '  {"at": "main+1", "asm": "asm of 4889e5", "set": {"rbp": "0x7fffffffe510"}},' in lines
    assert len([line for line in lines if line.startswith('  {"at"')]) == 28
    document = json.loads(text(c_sum_trace()))
    assert document["start"] == "main"
    assert document["registers"]["rsp"] == "0x7fffffffe518"
    assert document["end"] == {"reason": "returned", "status": 0, "signal": 0, "at": "libc.so.6"}
    assert document["stdout"] == "n: 3\n"
    assert document["program"] == "00" * 32


def moved_libc(trace: Trace, by: int) -> Trace:
    """The same run on a host whose libc is another version, larger, and elsewhere."""
    libc = trace.modules[1]
    moved = MappedModule(libc.path, "22" * 32, libc.bias - by, libc.low - by, libc.high + by)
    end = trace.end
    columns = dict(trace.columns)
    columns["rip"] = [*list(columns["rip"])[:-1], columns["rip"][-1] + by]
    reads = trace.reads
    values = [v + by if v == 0x7FFFF7DF424A else v for v in reads.values]
    return replace(
        trace,
        modules=(trace.modules[0], moved),
        end=replace(end, pc=end.pc + by),
        columns=columns,
        reads=replace(reads, values=values),
    )


def test_another_libc_gives_the_same_text() -> None:
    assert text(moved_libc(c_sum_trace(), 0x1000)) == text(c_sum_trace())


def test_what_a_call_stepped_over_leaves_behind_is_not_shown() -> None:
    (call,) = [json.loads(line.rstrip(",")) for line in text(c_sum_trace()).splitlines() if '"over"' in line]
    assert call == {"at": "main+48", "asm": "asm of e88bfeffff", "set": {"rax": "0x5"}, "over": True}


def test_what_a_call_stepped_over_does_to_the_frame_is_shown() -> None:
    trace = make_trace(
        [
            step(
                0x400570, "e8", over=True, writes=[(0x7FFFFFFFE520, 5, 4), (0x402010, 6), (0x7FFFFFFFE510, 9)]
            )
        ],
        rsp=0x7FFFFFFFE518,
    )
    (call,) = json.loads(text(trace))["steps"]
    assert call["writes"] == [["0x7fffffffe520", "0x5", 4], ["0x402010", "0x6", 8]]


def test_relative_stack_addresses() -> None:
    document = json.loads(text(c_sum_trace(), relative=True))
    assert document["registers"]["rsp"] == "sp+0x0"
    assert document["steps"][0]["writes"] == [["sp-0x8", "0x400580", 8]]
    assert document["registers"]["rsi"] == "0x7fffffffe5f8"  # argv, where the kernel put it


def test_equal_traces_have_no_differences() -> None:
    assert compare(text(c_sum_trace()), text(c_sum_trace())) == []


def test_differences_are_sentences() -> None:
    old = text(c_sum_trace())
    new = old.replace('"rax": "0x3"', '"rax": "0x4"').replace('"n: 3', '"n: 4')
    assert compare(old, new) == [
        'stdout: was "n: 3\\n", is "n: 4\\n"',
        'step 14 (sum+16): set was {"rax": "0x3", "eflags": "0x206"}, is {"rax": "0x4", "eflags": "0x206"}',
    ]


def test_runs_that_part_are_followed_no_further() -> None:
    old, new = json.loads(text(c_sum_trace())), json.loads(text(c_sum_trace()))
    del new["steps"][3]
    assert compare(json.dumps(old), json.dumps(new)) == [
        "step 3: was at main+8, is at main+11",
        "there were 28 steps, there are 27",
    ]


def test_many_differences_are_cut_short() -> None:
    old = text(c_sum_trace())
    found = compare(old, old.replace("asm of", "text of"))
    assert len(found) == 21
    assert found[-1] == "and 8 more"


def test_damage_is_a_difference() -> None:
    assert compare("{", text(c_sum_trace()))[0].startswith("trace.json is not JSON")
    assert compare("[]", text(c_sum_trace())) == ["trace.json is no golden trace: it has no steps"]
