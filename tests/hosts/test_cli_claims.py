"""`stackreel update`, `check --report` and `gdb`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.build import compile_c
from support.command import stackreel
from support.project import ROOT

ARTICLE = """\ufeff---\r
stackreel: {example: c-sum}\r
---\r
# Title   \r
\r
<!-- a comment -->  after `{leave sum} eax == 4` and `{leave sum} eax == 3`, `{enter sum} edi == 0x9`\r
\r
| a | `{after main+25} sym([rsp]) == main+31` |\r
\r
- `{leave sum} eax < 1`\r
\r
    ```stack-gdb\r
    at: enter main\r
    ---\r
    (gdb) i r rbp rsp\r
    rbp            0x400580            0x400580   \r
    rsp            0x7fffffffe518      0x0\r
    (gdb) x/3i $pc\r
    ...\r
       0x400544 <main+4>:\tsub    $0x21,%rsp\r
    ```\r
\r
```stack-check\r
{leave sum} [0x400604]:str == "n" # the format\r
```\r
"""
MENDED = {
    "eax == 4": "eax == 3",
    "edi == 0x9": "edi == 0x1",
    "main+31": "main+30",
    "0x0\r": "0x7fffffffe518\r",
    "   0x400544 <main+4>:\tsub    $0x21": "   0x400544 <main+4>:   sub    $0x20",
    '== "n" #': r'== "n: %d\n" #',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "traces/c-sum", tmp_path / "traces/c-sum")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_bytes(ARTICLE.encode())
    return tmp_path


def test_update_changes_what_is_false_and_nothing_else(folder: Path) -> None:
    article = folder / "docs/a.md"
    done = stackreel("update", cwd=folder, given=b"n\n")
    assert done.returncode == 1
    assert article.read_bytes() == ARTICLE.encode()
    assert b"-    rsp            0x7fffffffe518      0x0" in done.stdout

    done = stackreel("update", "--yes", cwd=folder)
    said = done.stdout.decode()
    assert "docs/a.md:10:4: this is false: eax < 1" in said
    assert said.endswith("1 file written, 1 thing left to its author\n")
    assert done.returncode == 1
    expected = ARTICLE
    for old, new in MENDED.items():
        assert expected.count(old) == 1
        expected = expected.replace(old, new)
    assert article.read_bytes() == expected.encode()

    article.write_bytes(article.read_bytes().replace(b"eax < 1", b"eax < 4"))
    done = stackreel("update", cwd=folder)
    assert (done.returncode, done.stdout) == (0, b"0 files written, 0 things left to their author\n")
    checked = stackreel("check", "docs", cwd=folder).stdout.decode()
    assert checked == "docs/a.md  1 session, 6 claims  ok\n1 checked, 0 failed\n"


def test_the_head_of_an_article_counts_what_is_told_below_it(folder: Path) -> None:
    (folder / "docs/a.md").write_text(
        "`{c-sum @ leave sum} eax == 3`, `{c-sum @ leave sum} eax == 4`, `{c-sum @ leave sum} eax = 3`\n\n"
        "```stack-figure\nexample: c-sum\nat: end\ncolour: red\nrows: 0\n```\n\n```stack-figur\n```\n"
    )
    (folder / "docs/b.md").write_text("```stack-figur\n```\n")
    said = stackreel("check", "docs", cwd=folder).stdout.decode().splitlines()
    first, second = (
        said.index("docs/a.md  1 block, 3 claims  FAILED, 5 errors"),
        said.index("docs/b.md  FAILED, 1 error"),
    )
    assert sum(line.startswith("    docs/a.md:") for line in said[first:second]) == 5
    assert said[-1] == "2 checked, 2 failed"


def test_the_report_lists_what_no_claim_covers(folder: Path) -> None:
    (folder / "docs/a.md").write_text(
        "`{c-sum @ after main+0} rsp == 0x7fffffffe510`, so rsp is 0x7fffffffe510, rbp is 0x400580 and 0x1234.\n\n"
        "```text\n=> 0x400540 <+0>: push %rbp\n```\n\n```c\nint a = 0x77;\n```\n"
    )
    done = stackreel("check", "--report", "docs", cwd=folder)
    assert done.stdout.decode().splitlines() == [
        "docs/a.md  1 claim  ok",
        "docs/a.md:1:75: register rbp is 0x400580",
        "docs/a.md:1:95: number 0x1234",
        "docs/a.md:3: listing in a block of text",
        "3 not covered by a claim, 0 typed for a reason",
        "1 checked, 0 failed",
    ]


def test_gdb_without_commands_is_wrong_usage() -> None:
    done = stackreel("gdb", ROOT / "traces/c-sum/sum")
    assert (done.returncode, done.stdout) == (2, b"")
    assert "No commands are given: -ex 'break main' -ex run -ex bt" in done.stderr.decode()


def test_gdb_answers_from_a_recorded_run() -> None:
    program = ROOT / "traces/c-sum-plain/sum"
    done = stackreel(
        "gdb", program, "-ex", "b sum", "-ex", "run", "-ex", "bt", "-ex", "p a + b", "-ex", "list 4,5"
    )
    lines = done.stdout.decode().splitlines()
    assert "#0  sum (a=1, b=2) at sum.c:4" in lines
    assert lines[-3:] == ["$1 = 3", "4\t    int s = a + b;", "5\t    return s;"]
    done = stackreel("gdb", program, "--at", "leave sum", "-ex", "p $eax", "-ex", "i r eax")
    assert done.stdout == b"$1 = 3\neax            0x3                 3\n"


NAMES = """
int counted = 3;
int weigh(int w) { return w + counted; }
int main(void) { char label[8] = "abc"; return weigh(4) + label[0] - 104; }
"""
AT_WEIGH = ("-ex", "break weigh", "-ex", "run")


def test_gdb_goes_on_after_a_refusal_and_names_the_command() -> None:
    program = compile_c(NAMES, "-O0", "-g")
    refused = ("-ex", "p conuted", "-ex", "x/s label", "-ex", "watch counted")
    done = stackreel("gdb", program, *AT_WEIGH, *refused, "-ex", "p w", "-ex", "x/s main::label")
    assert done.stdout.decode().splitlines()[-2] == "$1 = 4"
    assert done.stdout.endswith(b':\t"abc"\n')
    libraries = "; gdb looks into the shared libraries too, whose symbols are not in a trace"
    assert done.stderr.decode().splitlines() == [
        "stackreel: -ex 'p conuted': the program has no `conuted` in weigh, nor outside of functions"
        + libraries,
        "near: counted",
        "stackreel: -ex 'x/s label': the program has no `label` in weigh, nor outside of functions;"
        " there is one in main, further out" + libraries,
        "for example: main::label",
        "stackreel: -ex 'watch counted': a replay has no command `watch`",
        "near: whatis",
    ]
    assert done.returncode == 1


def test_gdb_says_as_gdb_what_a_static_program_has_not() -> None:
    program = compile_c(NAMES, "-O0", "-g", "-static")
    absent = b'No symbol "label" in current context.\n'
    done = stackreel("gdb", program, *AT_WEIGH, "-ex", "p label", "-ex", "p w")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.endswith(absent + b"$1 = 4\n")
    done = stackreel("gdb", program, *AT_WEIGH, "-ex", "p label")
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.endswith(absent)
