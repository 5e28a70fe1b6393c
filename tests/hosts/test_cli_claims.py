"""`stackreel update`, `check --report` and `gdb`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

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
    assert said.endswith("1 files written, 1 things left to their author\n")
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
    assert checked == "docs/a.md  1 sessions, 6 claims  ok\n1 checked, 0 failed\n"


def test_the_report_lists_what_no_claim_covers(folder: Path) -> None:
    (folder / "docs/a.md").write_text(
        "`{c-sum @ after main+0} rsp == 0x7fffffffe510`, so rsp is 0x7fffffffe510, rbp is 0x400580 and 0x1234.\n\n"
        "```text\n=> 0x400540 <+0>: push %rbp\n```\n\n```c\nint a = 0x77;\n```\n"
    )
    done = stackreel("check", "--report", "docs", cwd=folder)
    assert done.stdout.decode().splitlines() == [
        "docs/a.md  1 claims  ok",
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
