"""Transcripts: what is a command, what is its output, and when the output written is the output printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackreel.claims.gdb import UnrecordedError, first_difference, parse_transcript, replay
from stackreel.errors import StackreelError

SESSION = """(gdb) b *0x400540
Breakpoint 1 at 0x400540
(gdb) i r rsp

(gdb)
rsp            0x7fffffffe518      0x7fffffffe518

(gdb)   next
"""


class Answers:
    """A session that knows its answers by heart."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def run(self, command: str) -> str:
        self.asked.append(command)
        if command == "unknown":
            raise UnrecordedError("not in the trace")
        return self.answers.get(command, "")


def test_commands_have_lines_and_output() -> None:
    found = parse_transcript(SESSION, 10)
    assert [(e.line, e.command, e.expected) for e in found] == [
        (10, "b *0x400540", "Breakpoint 1 at 0x400540\n"),
        (12, "i r rsp", None),
        (14, "", "rsp            0x7fffffffe518      0x7fffffffe518\n"),
        (17, "next", None),
    ]


def test_an_empty_first_line_of_output_is_kept() -> None:
    (found,) = parse_transcript("(gdb) c\n\nBreakpoint 1, main () at sum.c:3\n")
    assert found.expected == "\nBreakpoint 1, main () at sum.c:3\n"


@pytest.mark.parametrize(("text", "line"), [("Breakpoint 1\n(gdb) c", 5), ("", 5), ("\n\n", 5)])
def test_a_session_starts_with_a_command(text: str, line: int) -> None:
    with pytest.raises(StackreelError) as caught:
        parse_transcript(text, 5)
    assert caught.value.place is not None
    assert caught.value.place.line == line


MATCHES = [
    ("a\nb\n", "a\nb\n"),
    ("a  \nb\n", "a\nb\t\n"),
    ("...\n", ""),
    ("...\n", "a\nb\n"),
    ("a\n...\n", "a\n"),
    ("...\nb\n", "a\na\nb\n"),
    ("a\n...\nd\n...\n", "a\nb\nc\nd\ne\n"),
    ("process ...\n", "process 1000\n"),
    ("[Inferior 1 (process ...) exited normally]\n", "[Inferior 1 (process 77) exited normally]\n"),
    ("...main\n", "0x0 in main\n"),
    ("  ...  \n", "x\n"),
]
DIFFERS = [
    ("a\nb\n", "a\nc\n", 1),
    ("a\n", "a\nb\n", 0),
    ("a\nb\n", "a\n", 1),
    ("...\nb\n", "a\n", 1),
    ("a\n...\nd\n", "a\nb\n", 2),
    ("process ... x\n", "process 1000\n", 0),
    ("a.c\n", "abc\n", 0),
    ("rax  0x1\n", "rax 0x1\n", 0),
]


@pytest.mark.parametrize(("written", "printed"), MATCHES)
def test_what_matches(written: str, printed: str) -> None:
    assert first_difference(written, printed) is None


@pytest.mark.parametrize(("written", "printed", "line"), DIFFERS)
def test_what_differs_and_where(written: str, printed: str, line: int) -> None:
    assert first_difference(written, printed) == line


LINES = st.lists(st.sampled_from(["a", "b", "a b", "..."]), max_size=6)


@given(LINES, st.integers(0, 6), st.integers(0, 6))
def test_dots_stand_for_any_lines(lines: list[str], start: int, stop: int) -> None:
    printed = "".join(f"{line}\n" for line in lines)
    written = "".join(f"{line}\n" for line in [*lines[:start], "...", *lines[max(start, stop) :]])
    assert first_difference(written, printed) is None


def test_outcomes_in_order_with_the_line_that_differs() -> None:
    session = Answers(a="one\ntwo\n", b="three\n")
    text = "(gdb) a\none\nzwei\n(gdb) b\n(gdb) unknown\nx\n(gdb) a\n...\n"
    outcomes = replay(session, parse_transcript(text, 20))
    assert session.asked == ["a", "b", "unknown", "a"]
    assert [(o.matches, o.line, o.actual) for o in outcomes] == [
        (False, 22, "one\ntwo\n"),
        (True, 0, "three\n"),
        (False, 24, ""),
        (True, 0, "one\ntwo\n"),
    ]
    error = outcomes[2].error
    assert error is not None
    assert error.place is not None
    assert (error.message, error.place.line) == ("not in the trace", 24)
