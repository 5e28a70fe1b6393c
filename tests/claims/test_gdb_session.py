"""Sessions over the C example of the articles: what gdb itself cannot be asked, and hostile input."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackreel.binary import DebugInfo, Image, read_debug, read_image
from stackreel.claims.gdb import Session, UnrecordedError, parse_transcript, replay
from stackreel.claims.gdb.names import ALIASES, COMMANDS
from stackreel.example import Example, load_example
from stackreel.machine.pool import Emulator
from stackreel.trace import Moments, ProgramNames, Trace, record

EXAMPLE = Path(__file__).parents[2] / "traces" / "c-sum"


@pytest.fixture(scope="module")
def trace() -> Iterator[Trace]:
    with Emulator(1) as emulator:
        yield record(load_example(EXAMPLE), emulator)


@cache
def program() -> tuple[Example, Image, DebugInfo]:
    example = load_example(EXAMPLE)
    image = read_image(example.program, "sum")
    return example, image, read_debug(image)


def session(trace: Trace, moment: str = "start") -> Session:
    example, image, debug = program()
    position = Moments(trace, ProgramNames(image, debug), example.marks).resolve(moment)
    sources = {path.name: path.read_text() for path in example.sources}
    return Session(trace, image, debug, sources, position, example.trace.functions)


ARTICLE = """(gdb) b *0x0000000000400540
Breakpoint 1 at 0x400540: file sum.c, line ...
(gdb) r
Starting program: /home/bobo/study/c/call

Breakpoint 1, main (argc=..., argv=...) at sum.c:...
...
(gdb) i r rbp rsp rip
rbp            0x400580            0x400580
rsp            0x7fffffffe518      0x7fffffffe518
rip            0x400540            0x400540 <main>
(gdb) disass
Dump of assembler code for function main:
=> 0x0000000000400540 <+0>:	push   %rbp
   0x0000000000400541 <+1>:	mov    %rsp,%rbp
...
   0x0000000000400559 <+25>:	call   0x400526 <sum>
...
End of assembler dump.
(gdb) si
0x0000000000400541	...
(gdb) x/gx $rsp
0x7fffffffe510:	0x0000000000400580
(gdb) b *sum
Breakpoint 2 at 0x400526: file sum.c, line ...
(gdb) c
Continuing.

Breakpoint 2, sum (a=..., b=...) at sum.c:...
...
(gdb) p $rsp
$1 = (void *) 0x7fffffffe4e8
(gdb) x/a $rsp
0x7fffffffe4e8:	0x40055e <main+30>
(gdb) disassemble
Dump of assembler code for function sum:
=> 0x0000000000400526 <+0>:	push   %rbp
...
(gdb) fin
Run till exit from #0  sum (a=..., b=...) at sum.c:...
0x000000000040055e in main (argc=1, argv=0x...) at sum.c:...
...
Value returned is $2 = 3
"""


def test_the_session_of_the_article(trace: Trace) -> None:
    outcomes = replay(session(trace), parse_transcript(ARTICLE))
    assert [(o.exchange.command, o.actual, o.error) for o in outcomes if not o.matches] == []


def test_a_wrong_digit_is_found_at_its_line(trace: Trace) -> None:
    wrong = ARTICLE.replace("0x7fffffffe4e8:	0x40055e", "0x7fffffffe4e8:	0x40055f")
    line = next(n for n, text in enumerate(wrong.splitlines(), 100) if "0x40055f" in text)
    failed = [o for o in replay(session(trace), parse_transcript(wrong, 100)) if not o.matches]
    assert [(o.exchange.command, o.line) for o in failed] == [("x/a $rsp", line)]


UNRECORDED = {
    "step into printf": ("main+48", "stepi", "printf"),
    "a change of a variable": ("enter sum", "p a = 4", "recorded"),
    "a call": ("enter sum", "p sum(1, 2)", "recorded"),
    "x87": ("enter sum", "info all-registers", "registers"),
    "a command": ("enter sum", "reverse-step", "reverse-step"),
    "the callers of main": ("leave main", "up", "callers"),
    "an x87 register": ("enter sum", "p $st0", "st0"),
    "the SSE control register": ("enter sum", "p $mxcsr", "mxcsr"),
    "an AVX register": ("enter sum", "p/x $ymm0", "ymm0"),
    "a mask register": ("enter sum", "info registers k0", "k0"),
    "the kernel's register": ("enter sum", "display $orig_rax", "orig_rax"),
    "a group of registers": ("enter sum", "i r vector", "vector"),
    "fewer elements": ("enter sum", "set print elements 5", "set print elements 200"),
    "no addresses": ("enter sum", "set print address off", "set print address on"),
    "no symbols": ("enter sum", "set print symbol off", "set print symbol on"),
    "arrays over lines": ("enter sum", "set print array on", "set print array off"),
    "indexes": ("enter sum", "set print array-indexes on", "array-indexes off"),
    "no unions": ("enter sum", "set print union off", "set print union on"),
    "no arguments": ("enter sum", "set print frame-arguments none", "scalars"),
    "a narrow terminal": ("enter sum", "set width 80", "set width 0"),
    "all lines": ("enter sum", "set listsize unlimited", "unlimited"),
    "questions": ("enter sum", "set confirm on", "set confirm off"),
    "a log": ("enter sum", "set logging enabled on", "set logging enabled off"),
    "another language": ("enter sum", "set language ada", "set language"),
    "strings before an address": ("enter sum", "x/-2s $rsp", "backwards"),
    "lines from here": ("enter sum", "break +1", "name the line"),
    "a condition that changes a value": ("enter sum", "break sum if $n++ == 2", "condition"),
    "a condition that assigns": ("enter sum", "break sum if ($n = $n + 1) == 2", "condition"),
    "a long sum": ("enter sum", "print 1" + " + 1" * 500, "longer"),
    "many indexes": ("enter sum", "print s" + "[0]" * 600, "longer"),
    "the size of an array without length": ("enter sum", "print sizeof(int[])", "length"),
    "too many elements": ("enter sum", "whatis char[4294967296]", "4294967296"),
    "a range without end": ("enter sum", "delete 1-3000000", "10000 numbers"),
    "a number beyond counting": ("enter sum", "break 99999999999", "99999999999"),
    "digits without end": ("enter sum", "x/" + "9" * 5000 + "x $rsp", "count"),
    "a value of the history without end": ("enter sum", "print $" + "9" * 5000, "count"),
    "an array counted up": ("enter sum", 'print ($a = "abc", $a++)', "array"),
    "offsets in hexadecimal": ("enter sum", "ptype/ox int", "decimal"),
}


@pytest.mark.parametrize("case", UNRECORDED)
def test_what_a_trace_cannot_answer_is_an_error(trace: Trace, case: str) -> None:
    moment, command, word = UNRECORDED[case]
    with pytest.raises(UnrecordedError) as caught:
        session(trace, moment).run(command)
    assert word in str(caught.value)


def test_memory_nobody_looked_at_is_an_error(trace: Trace) -> None:
    area = next(a for a in trace.areas if a.name.endswith("libc.so.6"))
    with pytest.raises(UnrecordedError, match="not in the trace"):
        session(trace).run(f"x/x {area.low:#x}")
    assert session(trace).run("x/x 0") == "0x0:\tCannot access memory at address 0x0\n"


def test_a_breakpoint_in_unrecorded_code_says_what_to_record(trace: Trace) -> None:
    now = session(trace)
    assert now.run("b printf@plt").startswith("Breakpoint 1 at ")
    with pytest.raises(UnrecordedError) as caught:
        now.run("c")
    assert 'functions = ["main", "printf"]' in caught.value.example


def test_enter_repeats(trace: Trace) -> None:
    now = session(trace)
    assert now.run("") == ""
    now.run("x/2i main")
    assert now.run("") == session(trace).run("x/2i main+4")
    assert now.run("stepi") != now.run("")


def test_state_is_kept_apart(trace: Trace) -> None:
    one, two = session(trace), session(trace)
    one.run("stepi 3")
    one.run("set disassembly-flavor intel")
    assert two.run("p $rip").endswith("<main>\n")
    assert "push   %rbp" in two.run("x/i $pc")


@pytest.mark.parametrize("word", sorted(ALIASES))
def test_aliases_are_commands(word: str) -> None:
    assert ALIASES[word] in COMMANDS


TYPE_PARTS = (
    "const",
    "volatile",
    "struct",
    "int",
    "char",
    "unsigned",
    "*",
    "(*)",
    "(",
    ")",
    "[3u]",
    "[010]",
    "[",
    "]",
    "1.5",
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(TYPE_PARTS), max_size=8), st.sampled_from(["whatis", "ptype", "print sizeof"])
)
def test_no_type_crashes(trace: Trace, parts: list[str], command: str) -> None:
    try:
        answer = session(trace, "enter sum").run(f"{command} ({' '.join(parts)})")
    except UnrecordedError as error:
        assert error.message
    else:
        assert answer.endswith("\n")


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("()[]*&+-/%<>=!~^|?:,.@{}$ax10'\"\\ s#int²٣"), max_size=24))
def test_no_expression_crashes(trace: Trace, text: str) -> None:
    now = session(trace, "leave sum")
    try:
        answer = now.run(f"print {text}")
    except UnrecordedError as error:
        assert error.message
    else:
        assert answer == "" or answer.endswith("\n")


COMMAND_TEXT = st.text(st.sampled_from("abcdefilnoprstux/ *$&0123456789,.-+:²٣"), max_size=16)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["x/", "info ", "list ", "break ", "disassemble ", "display ", "frame ", ""]),
    COMMAND_TEXT,
)
def test_no_command_crashes(trace: Trace, command: str, text: str) -> None:
    try:
        answer = session(trace, "enter sum").run(command + text)
    except UnrecordedError as error:
        assert error.message
    else:
        assert isinstance(answer, str)


@pytest.mark.parametrize("command", ["watch a", "info vtbl", "set language c"])
def test_a_command_that_a_replay_has_not_has_few_near(trace: Trace, command: str) -> None:
    with pytest.raises(UnrecordedError) as caught:
        session(trace).run(command)
    assert len(caught.value.near) <= 5
