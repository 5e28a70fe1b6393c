"""Every form of a moment, found in the hand-made C example and in small made-up runs; every mistake, named."""

from dataclasses import replace

import pytest

from stackreel.binary.model import Function, LineRow
from stackreel.errors import MomentError
from stackreel.trace import End, Trace
from stackreel.trace.moments import Moment, parse
from stackreel.trace.resolve import Moments, resolve
from support.names import C_SUM_NAMES, HandNames, rows
from support.steps import HandStep, c_sum_trace, make_trace, step

MARKS = {
    "saved-rbp": "after main+0",
    "again": "saved-rbp",
    "a": "b",
    "b": "a",
    "own": "own",
    "bad": "main+5",
    "sum.done": "leave sum",
}


@pytest.mark.parametrize(
    ("text", "k"),
    [
        ("start", 0),
        ("end", 28),
        ("step 12", 12),
        ("step 0x0c", 12),
        ("step 28", 28),
        ("main", 0),
        ("main+0", 0),
        ("main+4", 2),
        ("main+0x4", 2),
        (" main  + 4 ", 2),
        ("after main+4", 3),
        ("after main", 1),
        ("0x400526", 8),
        ("after 0x400526", 9),
        ("main+4 #1", 2),
        ("enter main", 0),
        ("enter sum", 8),
        ("after main+25", 8),
        ("leave sum", 19),
        ("leave sum #1", 19),
        ("leave main", 28),
        ("main+48", 24),
        ("after main+48", 25),
        ("main+53", 25),
        ("sum.c:4", 12),
        ("src/sum.c:4", 12),
        ("after sum.c:4", 16),
        ("sum.c:9", 5),
        ("after sum.c:9", 20),
        ("after sum.c:6", 19),
        ("after sum.c:12", 28),
        ("saved-rbp", 1),
        ("again", 1),
        ("sum.done", 19),
    ],
)
def test_a_moment(text: str, k: int) -> None:
    assert resolve(text, c_sum_trace(), C_SUM_NAMES, MARKS) == k


@pytest.mark.parametrize(
    ("text", "message", "near"),
    [
        ("", "a moment is empty", ()),
        ("main+5", "is not the first byte of an instruction", ("main+1", "main+4", "main+8", "main+11")),
        ("main+60", "is outside main, which has 60 bytes", ("main+58", "main+59")),
        ("main+4 #2", "'main+4' is executed once", ("main+4 #1",)),
        ("enter sum #3", "sum is entered once", ("enter sum #1",)),
        ("leave sum #2", "sum is left once", ("leave sum #1",)),
        ("mian+4", "no function named mian", ("main+4",)),
        ("enter smu", "no function named smu", ("enter sum",)),
        ("leave printf@plt", "printf@plt is never entered in what was recorded", ()),
        ("printf@plt+6", "not recorded instruction by instruction; these are: sum, main", ()),
        ("main #0", "the count must be #1 or more", ()),
        ("main #1 #2", "the count must be #1 or more", ()),
        (
            "step 29",
            "there is no step 29; the trace has 28 steps; step 28 is its end",
            ("step 28", "end"),
        ),
        ("step 99999", "there is no step 99999; the trace has 28 steps", ("step 28",)),
        ("step", "needs a name or number after it", ()),
        ("enter", "needs a name or number after it", ()),
        ("start #2", "there is only one 'start'", ()),
        ("after end", "'after' goes with an instruction or a line", ()),
        ("after enter sum", "'after' goes with an instruction or a line", ()),
        ("saved-rpb", "neither a mark nor a function", ("saved-rbp",)),
        ("entr sum", "neither a mark nor a function", ("enter sum",)),
        ("after saved-rbp", "is a mark, which is one state", ()),
        ("a", "refer to each other in a circle: a → b → a", ()),
        ("own", "in a circle: own → own", ()),
        ("bad", "the mark 'bad': 'main+5' is not the first byte", ("main+4",)),
        ("sum.c:7", "line 7 of sum.c has no code", ("sum.c:6", "sum.c:8")),
        ("sum.c:20", "line 20 of sum.c is never reached", ("sum.c:12",)),
        ("sun.c:4", "no code comes from a file 'sun.c'", ("sum.c:4",)),
        ("nope.go:4", "no code comes from a file 'nope.go'", ("sum.c:4",)),
        ("sum.c:4 #2", "line 4 of sum.c is reached once", ("sum.c:4 #1",)),
        ("0x400700", "this instruction is never executed", ()),
        ("summary+2", "summary is not recorded", ()),
    ],
)
def test_a_mistake_in_a_moment(text: str, message: str, near: tuple[str, ...]) -> None:
    with pytest.raises(MomentError) as raised:
        resolve(text, c_sum_trace(), C_SUM_NAMES, MARKS)
    assert message in raised.value.message
    for name in near:
        assert name in raised.value.near


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("leave printf@plt", True),
        ("0x400700", True),
        ("enter main #2", True),
        ("leave sum #2", True),
        ("main+4 #2", True),
        ("sum.c:20", True),
        ("step 99", True),
        ("main+5", False),
        ("printf@plt+6", False),
        ("nope.c:4", False),
        ("mian", False),
    ],
)
def test_what_was_not_reached_may_come_after_the_recording_was_stopped(text: str, is_told: bool) -> None:
    whole = c_sum_trace()
    stopped = replace(whole, end=replace(whole.end, reason="limit", detail="steps: raise max_steps"))
    for trace in (whole, stopped):
        with pytest.raises(MomentError) as raised:
            resolve(text, trace, C_SUM_NAMES, MARKS)
        said = ". The run was stopped before its end: steps: raise max_steps"
        assert raised.value.message.endswith(said) == (is_told and trace.end.reason == "limit")


def test_what_was_not_reached_may_come_after_the_program_was_killed() -> None:
    whole = c_sum_trace()
    killed = replace(whole, end=replace(whole.end, reason="signal", signal=11, pc=0x400530))
    with pytest.raises(MomentError, match=r"The program was killed by SIGSEGV at sum\+10\n"):
        resolve("leave sum #2", killed, C_SUM_NAMES, MARKS)


def test_a_mark_named_like_a_function_is_ambiguous() -> None:
    with pytest.raises(MomentError, match="both a mark and a function"):
        resolve("sum", c_sum_trace(), C_SUM_NAMES, {"sum": "leave sum"})


def test_without_lines_the_error_says_how_to_get_them() -> None:
    with pytest.raises(MomentError, match="compile it with -g"):
        resolve("sum.c:4", c_sum_trace(), HandNames(C_SUM_NAMES.functions), {})


def test_two_files_of_one_name() -> None:
    names = HandNames(
        C_SUM_NAMES.functions,
        rows("a/x.c", (0x400526, 1), end=0x400540) + rows("b/x.c", (0x400540, 1), end=0x400550),
    )
    with pytest.raises(MomentError, match="more than one file") as raised:
        resolve("x.c:1", c_sum_trace(), names, {})
    assert raised.value.near == ("a/x.c:1", "b/x.c:1")
    assert resolve("b/x.c:1", c_sum_trace(), names, {}) == 0


def test_parsing_needs_no_trace() -> None:
    assert parse("after  operator new(unsigned long)+0x10 #2") == Moment(
        "after operator new(unsigned long)+0x10 #2",
        "instruction",
        "operator new(unsigned long)",
        16,
        after=True,
        count=2,
    )
    assert parse("leave main.(*T).f").name == "main.(*T).f"
    assert parse("dir/a b.c:12").name == "dir/a b.c"


# f at 0x10: 10 push, 11 "if" jumps to 16 at the deepest, 12 call f, 14 jump back to 10's line, 16 pop, 17 ret
RECURSIVE = HandNames(
    (Function("f", 0x10, 0x18), Function("g", 0x20, 0x24), Function("main", 0x30, 0x38)),
    rows("f.c", (0x10, 1), (0x11, 2), (0x16, 3), (0x20, 10), (0x30, 20), end=0x38),
)


def recursion(depth: int) -> Trace:
    """main at 0x30 calls f(depth), which calls itself down to 0, and returns to 0x32."""
    sp = 0x1000
    steps: list[HandStep] = [step(0x30, "e800", rsp=sp - 8, writes=[(sp - 8, 0x32)])]
    sp -= 8
    for level in range(depth, -1, -1):
        sp -= 8
        steps.append(step(0x10, "55", rsp=sp, writes=[(sp, 0)]))
        steps.append(step(0x11, "74"))
        if level:
            sp -= 8
            steps.append(step(0x12, "e8fc", rsp=sp, writes=[(sp, 0x14)]))
    for level in range(depth + 1):
        if level:
            steps.append(step(0x14, "eb00"))
        sp += 8
        steps.append(step(0x16, "5d", rsp=sp))
        sp += 8
        steps.append(step(0x17, "c3", rsp=sp))
    steps.append(step(0x32, "c3", rsp=0x1008))
    return make_trace(steps, end_pc=0x500, rsp=0x1000)


@pytest.mark.parametrize(
    ("text", "k"),
    [
        ("enter f", 1),
        ("enter f #2", 4),
        ("enter f #3", 7),
        ("leave f #3", 11),
        ("leave f #2", 14),
        ("leave f", 17),
        ("leave f #1", 17),
        ("f+1 #2", 5),
        ("after f+7 #1", 11),
        ("f.c:2", 2),
        ("f.c:2 #2", 5),
        ("after f.c:2 #2", 12),  # the line calls f and is done when that came back and the jump was taken
        ("after f.c:2 #1", 15),
        ("after f.c:20", 18),
    ],
)
def test_recursion(text: str, k: int) -> None:
    assert resolve(text, recursion(2), RECURSIVE, {}) == k


def test_counts_out_of_range_list_the_last_ones() -> None:
    with pytest.raises(MomentError, match="'f\\+1' is executed 3 times") as raised:
        resolve("f+1 #4", recursion(2), RECURSIVE, {})
    assert raised.value.near == ("f+1 #1", "f+1 #2", "f+1 #3")


def test_a_tail_call_leaves_with_the_function_it_went_on_in() -> None:
    trace = make_trace(
        [
            step(0x30, "e800", rsp=0xFF8, writes=[(0xFF8, 0x32)]),
            step(0x10, "eb"),
            step(0x20, "90"),
            step(0x21, "c3", rsp=0x1000),
            step(0x32, "c3", rsp=0x1008),
        ],
        end_pc=0x500,
        rsp=0x1000,
    )
    for text, k in {"enter g": 2, "leave g": 4, "leave f": 4, "leave main": 5}.items():
        assert resolve(text, trace, RECURSIVE, {}) == k


def test_a_loop_back_to_the_first_instruction_is_no_second_entry() -> None:
    trace = make_trace(
        [step(0x10), step(0x11, "eb"), step(0x10), step(0x11, "eb"), step(0x17, "c3", rsp=0x1008)],
        end_pc=0x500,
        rsp=0x1000,
    )
    assert resolve("f+0 #2", trace, RECURSIVE, {}) == 2
    with pytest.raises(MomentError, match="entered once"):
        resolve("enter f #2", trace, RECURSIVE, {})
    assert resolve("f.c:2 #2", trace, RECURSIVE, {}) == 3


def test_a_trace_that_starts_in_the_middle() -> None:
    trace = make_trace([step(0x11), step(0x17, "c3", rsp=0x1008)], end_pc=0x500, rsp=0x1000)
    assert resolve("leave f", trace, RECURSIVE, {}) == 2
    with pytest.raises(MomentError, match="never"):
        resolve("enter f", trace, RECURSIVE, {})


def test_an_inner_call_has_returned_though_the_outer_ones_have_not() -> None:
    sp = 0xFE8
    steps = [
        step(0x30, "e800", rsp=0xFF8, writes=[(0xFF8, 0x32)]),
        step(0x10, "55", rsp=0xFF0, writes=[(0xFF0, 0)]),
        step(0x12, "e8fc", rsp=sp, writes=[(sp, 0x14)]),
        step(0x10, "55", rsp=sp - 8, writes=[(sp - 8, 0)]),
        step(0x16, "5d", rsp=sp),
        step(0x17, "c3", rsp=sp + 8),
    ]
    trace = make_trace(steps, end_pc=0x14, rsp=0x1000, end=End("limit", 0, 0, 0x14, "steps"))
    assert resolve("leave f #2", trace, RECURSIVE, {}) == 6
    with pytest.raises(MomentError, match="ends before f returns"):
        resolve("leave f #1", trace, RECURSIVE, {})


def test_a_trace_that_ends_before() -> None:

    trace = make_trace(
        [step(0x10), step(0x11)], end_pc=0x12, rsp=0x1000, end=End("limit", 0, 0, 0x12, "steps")
    )
    with pytest.raises(MomentError, match="ends before f returns"):
        resolve("leave f", trace, RECURSIVE, {})
    with pytest.raises(MomentError, match="ends before the line is done"):
        resolve("after f.c:2", trace, RECURSIVE, {})
    with pytest.raises(MomentError, match="ends before this instruction is executed"):
        resolve("after f+2", trace, RECURSIVE, {})
    assert resolve("f+2", trace, RECURSIVE, {}) == 2


def test_a_line_is_reached_at_its_statement_where_something_leads_to_it() -> None:
    """10 and 14 belong to line 2 and are no statements; 11 is one. 14 is reached without coming to a statement."""
    kinds = ((0x10, 0x11, 2, False), (0x11, 0x13, 2, True), (0x13, 0x14, 3, True), (0x14, 0x16, 2, False))
    table = tuple(LineRow(low, high, "f.c", line, is_stmt) for low, high, line, is_stmt in kinds)
    names = HandNames((Function("f", 0x10, 0x18),), table)
    steps = [step(0x10, "eb00"), step(0x11), step(0x12), step(0x13), step(0x14, "c3")]
    trace = make_trace(steps, end_pc=0x30, rsp=0x1000, end=End("returned", 0, 0, 0x30, ""))
    assert [resolve(text, trace, names, {}) for text in ("f.c:2", "after f.c:2", "f.c:2 #2")] == [1, 3, 4]


def test_a_position_has_a_spelling_that_means_it() -> None:
    for trace, names in ((c_sum_trace(), C_SUM_NAMES), (recursion(3), RECURSIVE)):
        moments = Moments(trace, names, {})
        for k in range(len(trace) + 1):
            assert moments.resolve(moments.spell(k)) == k
