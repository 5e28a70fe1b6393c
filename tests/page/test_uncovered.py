"""What no claim covers, and what an author excuses."""

from __future__ import annotations

import pytest

from stackreel.page import open_page
from stackreel.page.uncovered import uncovered

FRONT = "---\nstackreel: {example: c-sum}\n---\n"


def told(text: str) -> list[str]:
    return [str(one) for one in uncovered(open_page("a.md", FRONT + text), FRONT + text)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("地址0x400540处", ["a.md:4:3: number 0x400540"]),
        ("此时`rsp`为 0x10，`{enter sum} rdi == 1`", ["a.md:4:3: register `rsp`为 0x10"]),
        ("| `eax` | 3 |", ["a.md:4:3: register `eax` | 3"]),
        ("`rsp` 是 16 的倍数（`{main+25} rsp & 0xf == 0`）", []),
        ("`esp` 是 16 的倍数（`{main+25} rsp & 0xf == 0`）", ["a.md:4:1: register `esp` 是 16"]),
        ("`{enter sum} rsp == 0x7fffffffe4e8`\n\n再说一次 0x7fffffffe4e8。", []),
        ("A0x10 and 0x10B are words; <!-- S1 0x99 --> is a comment.", ["a.md:4:11: number 0x10B"]),
    ],
    ids=range(7),
)
def test_what_counts(text: str, said: list[str]) -> None:
    assert told(text) == said


def test_a_comment_behind_text_is_about_its_line() -> None:
    assert told("red zone 0x80 <!-- stackreel: typed psABI 3.2.2 -->\n0x81") == [
        "a.md:4:10: number 0x80  (typed: psABI 3.2.2)",
        "a.md:5:1: number 0x81",
    ]


def test_a_comment_alone_is_about_the_block_that_follows() -> None:
    text = "<!-- stackreel: typed：旧文里的地址 -->\n\n0x1 and\n0x2\n\n0x3\n"
    assert told(text) == [
        "a.md:6:1: number 0x1  (typed: 旧文里的地址)",
        "a.md:7:1: number 0x2  (typed: 旧文里的地址)",
        "a.md:9:1: number 0x3",
    ]


@pytest.mark.parametrize("prefix", ["", "    ", "> "])
def test_a_comment_before_a_fence_is_about_all_of_it(prefix: str) -> None:
    lines = ["<!-- stackreel: typed an old gdb's -->", "```text", "(gdb) p 1", "", "(gdb) p 2", "```", "0x1"]
    assert told("".join(f"{prefix}{line}\n" for line in lines)) == [
        "a.md:5: listing in a block of text  (typed: an old gdb's)",
        f"a.md:10:{len(prefix) + 1}: number 0x1",
    ]


@pytest.mark.parametrize(
    "comment", ["<!-- stackreel: typed -->", "<!-- stackreel: type why -->", "<!-- stackreel: typed why"]
)
def test_a_comment_without_a_reason_excuses_nothing(comment: str) -> None:
    message = "a.md:4: comment this comment excuses nothing; it reads <!-- stackreel: typed quoted from"
    first, second = told(f"{comment}\n0x1\n")
    assert first.startswith(message)
    assert second == "a.md:5:1: number 0x1"


def test_a_comment_that_is_no_longer_needed_is_told() -> None:
    text = "<!-- stackreel: typed why -->\nnothing\n\n```text\n<!-- stackreel: typed why -->\n```\n"
    assert told(text) == ["a.md:4: comment excuses what needs no excuse"]
