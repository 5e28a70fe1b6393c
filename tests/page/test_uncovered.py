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
        ("register `rdi` is `0x5`, then", ["a.md:4:10: register `rdi` is `0x5`"]),
        ("RSP holds 140737488350000", ["a.md:4:1: register RSP holds 140737488350000"]),
        ("The eax register contains 3", ["a.md:4:5: register eax register contains 3"]),
        ("`eax` 寄存器里现在是 3", ["a.md:4:1: register `eax` 寄存器里现在是 3"]),
        (
            "r8d gets 12, %ecx was set to 4",
            ["a.md:4:1: register r8d gets 12", "a.md:4:14: register %ecx was set to 4"],
        ),
        ("ZF=1，即 `CF == 0`", ["a.md:4:1: register ZF=1", "a.md:4:8: register `CF == 0`"]),
        ("`ZF` 置为 1（`{after main+4} ZF == 1`）", []),
        ("RAX 得到 3（`{leave sum} rax == 3`）", []),
        ("if 3 of 4: al 5, Al is 6", []),
        ("mask 0b101, 0X1F", ["a.md:4:6: number 0b101", "a.md:4:13: number 0X1F"]),
        ("A0x10 and 0x10B are words; <!-- S1 0x99 --> is a comment.", ["a.md:4:11: number 0x10B"]),
        ("ZF is set, `CF` was cleared.", ["a.md:4:1: flag ZF is set", "a.md:4:12: flag `CF` was cleared"]),
        ("此时 `ZF` 被清零，CF置位。", ["a.md:4:4: flag `ZF` 被清零", "a.md:4:13: flag CF置位"]),
        ("It jumps if ZF is set. 若 ZF 置位就跳转；ZF 置位时也是。When CF is clear, it does not.", []),
        ("ZF is set (`{after main+4} ZF == 1`).", []),
        (
            "`n` is 4, `n = 4`, and `n` 等于 `-4`。",
            [
                "a.md:4:1: variable `n` is 4",
                "a.md:4:11: variable `n = 4`",
                "a.md:4:24: variable `n` 等于 `-4`",
            ],
        ),
        ("`n` is 4 (`{enter sum} main.n == 4`).", []),
        ("`int` is 4 bytes, `n` is 4.5 on average, `sum` 是 3 条指令，n is 4, `rows: 24`", []),
    ],
    ids=range(24),
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


@pytest.mark.parametrize(
    "line",
    [
        "  401126: 55   push %rbp",
        "  401126:\t55                   \tpush   %rbp",
        "push   %rbp",
        "back: mov %rax, 0x8(%rsp)",
        "mov    rbp, rsp",
        "mov    DWORD PTR [rbp-0x4], edi".lower(),
        "=> 0x401126 <main>:\tpush   %rbp",
    ],
)
@pytest.mark.parametrize("prefix", ["    ", "> ", "        "])
def test_a_listing_that_is_no_fenced_block(line: str, prefix: str) -> None:
    text = f"As follows:\n\n{prefix}    {line}\n{prefix}    {line}\n\nand 0x1\n"
    assert told(text) == ["a.md:6: listing in the text", "a.md:9:5: number 0x1"]


@pytest.mark.parametrize(
    "line",
    ["push %rbp saves it", "moment    leave sum: mov %eax,(%rbp)", "2024: 12 new", "    and rsp too"],
)
def test_sentences_are_no_listings(line: str) -> None:
    assert told(f"{line}\n") == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("asm", "push %rbp"),
        ("nasm", "push rbp"),
        ("ASM", "nop"),
        ("", "mov rbp, rsp"),
        ("text", "a: pop %rcx"),
    ],
)
def test_instructions_in_a_fenced_block(name: str, body: str) -> None:
    assert told(f"```{name}\n{body}\n```\n") == [f"a.md:4: listing in a block of {name or 'text'}"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("asm", '--8<-- "traces/c-ops/ops.s"'),
        ("text", "moment    leave sum: step 19, before main+30: mov %eax,-0x4(%rbp)"),
        ("text", "add the two, and call it a day"),
        ("c", 'asm("push %rbp");'),
    ],
)
def test_blocks_that_are_no_listings(name: str, body: str) -> None:
    assert told(f"```{name}\n{body}\n```\n") == []
