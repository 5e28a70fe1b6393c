"""The strip of a reel, for who has no JavaScript: code, source lines, registers, tables told as what differs."""

from __future__ import annotations

import re
import subprocess
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from markdown import Markdown

from stackreel import figure
from stackreel.figure import Scene
from stackreel.figure.cell_table import brief_table
from stackreel.hosts.cli import status
from stackreel.isa import X86_64
from stackreel.page import StackreelExtension, open_page
from stackreel.page.studio import Settings, Studio
from support.project import ROOT
from support.views import c_sum_listings, c_sum_views


def reel(example: str, written: str, cache: Path) -> str:
    text = f"```stack-reel\nexample: {example}\n{written}\n```\n"
    page = open_page("a.md", text)
    errors: list[str] = []
    studio = Studio(Settings(traces=ROOT / "traces", cache=cache, root=ROOT, jobs=1))
    ours = StackreelExtension(renderer=studio, page=lambda: page, report=lambda e: errors.append(str(e)))
    html = Markdown(extensions=["pymdownx.superfences", ours]).convert(text)
    assert errors == []
    return html


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> str:
    return reel("c-sum", "from: enter main\nto: leave main", tmp_path_factory.mktemp("cache"))


def cards(html: str) -> list[str]:
    return re.findall(r"<li .*?</li>", html, re.DOTALL)


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_the_code_of_what_runs_stands_once_with_its_source(whole: str) -> None:
    (code,) = re.findall(r"<pre><code>(.*?)</code></pre>", whole, re.DOTALL)
    lines = plain(code).splitlines()
    assert [line for line in lines if line.endswith(":")] == ["main:", "sum:"]
    assert any(re.fullmatch(r" +0x40052a <\+4>: +mov +%edi,-0x14\(%rbp\)", line) for line in lines)
    assert "4      int s = a + b;" in lines
    assert whole.index("<pre>") < whole.index("<ol")


def test_each_step_has_its_source_line(whole: str) -> None:
    shown = [plain("".join(re.findall(r'<span class="sd-place">.*?</span>', card))) for card in cards(whole)]
    assert shown[0] == ""
    assert shown[1:4] == ["sum.c:8"] * 3
    assert "" not in shown[1:]


def test_the_first_step_has_all_registers_and_each_other_those_it_changed(whole: str) -> None:
    first, push, *_ = cards(whole)
    assert "registers: rip = 0x400540, rsp = 0x7fffffffe518, rbp = 0x400580, eax = " in plain(first)
    assert "changed: rsp = 0x7fffffffe510" in plain(push)
    compared = next(card for card in cards(whole) if "<code" in card and "sub $0x20,%rsp" in plain(card))
    assert "rsp = 0x7fffffffe4f0" in plain(compared)


GENERAL = ("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15")


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the reel of a program that sets more registers than a panel lists, and jumps over most of itself."""
    folder = tmp_path_factory.mktemp("assembly")
    moves = "".join(f"    mov ${number}, %{name}\n" for number, name in enumerate(GENERAL, 70))
    rest = "    jmp 1f\n" + 90 * "    nop\n" + "1:  cmp $71, %rax\n    je 2f\n2:  ret\n"
    text = ".globl main\n.type main, @function\nmain:\n" + moves + rest
    (folder / "a.s").write_text(text + ".size main, . - main\n")
    command = ["gcc", "-no-pie", "-o", str(folder / "a"), str(folder / "a.s")]
    subprocess.run(command, check=True, capture_output=True)
    assert status(["reel", str(folder / "a"), "-o", str(folder / "a.html")]) == 0
    return (folder / "a.html").read_text(encoding="utf-8")


def test_every_register_that_changes_is_told(assembly: str) -> None:
    steps = [plain(card) for card in cards(assembly)]
    for number, name in enumerate(GENERAL, 70):
        assert re.search(rf"changed: {name} = {number}(?!\d)", steps[number - 69]), name
    (compared,) = (
        step for step in steps if "changed" in step and "cmp $0x47,%rax" in step.partition("changed")[0]
    )
    assert "ZF = 0, SF = 1, CF = 1" in compared


def test_a_long_function_is_shown_around_what_runs(assembly: str, whole: str) -> None:
    (code,) = re.findall(r"<pre><code>(.*?)</code></pre>", assembly, re.DOTALL)
    lines = plain(code).splitlines()
    assert [line.strip() for line in lines].count("⋯") == 1
    assert len([line for line in lines if line.endswith("nop")]) == 4
    assert "⋯" not in plain(re.findall(r"<pre><code>.*?</code></pre>", whole, re.DOTALL)[0])


def scenes() -> tuple[Scene, ...]:
    views = c_sum_views("T0", "T1", "T2", "T5", "T9", "T11")
    return figure.compose(views, c_sum_listings(), X86_64, ident="t", language="en")


def rows(table: str) -> list[list[str]]:
    body = table.partition("<tbody>")[2]
    return [
        [unescape(re.sub(r"<[^>]*>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in re.findall(r"<tr>.*?</tr>", body)
    ]


def test_rows_left_out_of_a_table_are_those_of_the_step_named() -> None:
    made = scenes()
    known = rows(brief_table(made[0], None, 0))
    assert [row for row in known if len(row) == 1] == []
    for step in range(1, len(made)):
        filled: list[list[str]] = []
        for row in rows(brief_table(made[step], made[step - 1], step - 1)):
            if len(row) == 1:
                said = re.fullmatch(r"(\d+) rows? as at step (\d+)", row[0])
                assert said is not None
                assert int(said[2]) == step - 1
                filled += known[len(filled) : len(filled) + int(said[1])]
            else:
                filled.append(row)
        whole = rows(brief_table(made[step], None, 0))
        offsets = 1, 2
        for ours, wanted in zip(filled, whole, strict=True):
            same = [n for n in range(len(wanted)) if n not in offsets]
            assert [ours[n] for n in same] == [wanted[n] for n in same]
        known = whole


def test_a_row_that_is_touched_or_pointed_to_is_never_left_out() -> None:
    made = scenes()
    for before, now in pairwise(made):
        table = brief_table(now, before, 0)
        for row in now.rows:
            for cell in row.cells:
                if cell.mark:
                    assert f"<code>{cell.address:#x}</code>" in table


def test_most_rows_of_a_reel_are_left_out(whole: str) -> None:
    told = [len(re.findall(r'<th scope="row">', card)) for card in cards(whole)]
    assert told[0] > 8
    assert sum(told[1:]) / len(told[1:]) < 4
