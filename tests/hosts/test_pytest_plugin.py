"""The pytest plugin: items, names, failures, -k, --lf, xdist; nothing without the option."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.project import ROOT, environment

ARTICLE = """---
stackreel: {example: c-sum}
---
`{leave sum} eax == 3` `{leave sum} eax == 4`

```stack-gdb
at: enter sum
---
(gdb) p a
$1 = 9
```

```stack-figure
at: main+1000
```
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "traces/c-sum", tmp_path / "traces/c-sum")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text(ARTICLE)
    (tmp_path / "test_other.py").write_text("def test_other(): pass\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment(), check=False, capture_output=True, text=True)
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr


def failed(said: str) -> list[str]:
    return re.findall(r"^FAILED (\S+)", said, re.MULTILINE)


def test_every_claim_session_and_block_is_a_test(folder: Path) -> None:
    code, said = run(folder, "--stackreel", "docs")
    assert code == 1
    assert failed(said) == ["docs/a.md::a.md:4:25", "docs/a.md::a.md:6", "docs/a.md::a.md:13"]
    assert (
        "docs/a.md:4:25: this is false: eax == 4\n    expected  4\n    actual    3\n"
        "    moment    leave sum: step 19, before main+30: mov %eax,-0x4(%rbp)" in said
    )
    assert re.search(
        r"docs/a\.md:10: `p a` prints something else:\n    expected  \$1 = 9\n    actual    \$1 = ", said
    )
    assert "1 passed" in said
    assert "3 failed" in said

    code, said = run(folder, "--stackreel", "docs", "--lf", "--co")
    assert "3 tests collected" in said
    code, said = run(folder, "--stackreel", "docs", "-k", "a.md:4 and not 25")
    assert (code, "1 passed" in said) == (0, True)


def test_other_tests_stay(folder: Path) -> None:
    assert "1 passed" in run(folder)[1]
    assert "5 tests collected" in run(folder, "--stackreel", "docs", "--co", "test_other.py")[1]
    assert "4 tests collected" in run(folder, "--stackreel", "docs/a.md", "--co")[1]


def test_it_runs_in_parallel(folder: Path) -> None:
    code, said = run(folder, "--stackreel", "docs", "-n", "2")
    assert code == 1
    assert sorted(failed(said)) == ["docs/a.md::a.md:13", "docs/a.md::a.md:4:25", "docs/a.md::a.md:6"]


def test_a_path_that_is_not_there_is_told(folder: Path) -> None:
    code, said = run(folder, "--stackreel", "dcos")
    assert code == 4
    assert "--stackreel: there is no" in said


ONE = "docs/a.md::a.md:4:25"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--stackreel", "docs", ONE),
        ("--stackreel", "docs", ONE, "-n", "2"),
        ("--stackreel", ONE),
        ("--stackreel", ONE, "-n", "2"),
        (ONE,),
        (ONE, "-k", "claim"),
    ],
    ids=" ".join,
)
def test_a_printed_test_can_be_run_again(folder: Path, arguments: tuple[str, ...]) -> None:
    (folder / "docs/b.md").write_text(ARTICLE)
    code, said = run(folder, *arguments)
    assert (code, failed(said)) == (1, [ONE])
    assert "1 failed" in said
    assert "passed" not in said


def test_the_last_failed_may_be_narrowed(folder: Path) -> None:
    (folder / "docs/b.md").write_text(ARTICLE)
    run(folder, "--stackreel", "docs")
    assert failed(run(folder, "--stackreel", "docs", "--lf", "docs/b.md::b.md:6")[1]) == ["docs/b.md::b.md:6"]


def test_an_article_stands_for_itself(folder: Path) -> None:
    (folder / "docs/b.md").write_text(ARTICLE)
    assert "8 tests collected" in run(folder, "--stackreel", "docs", "--co")[1]
    assert "4 tests collected" in run(folder, "--stackreel", "docs", "--co", "docs/b.md")[1]
    said = run(
        folder, "--stackreel", "docs", "--co", "test_other.py", "docs/b.md::b.md:6", "docs/b.md::b.md:13"
    )[1]
    assert "3 tests collected" in said
    assert "no tests collected" in run(folder, "--co", "docs/b.md")[1]


def test_an_article_may_have_any_ending_of_markdown(folder: Path) -> None:
    (folder / "docs/a.md").rename(folder / "docs/a.markdown")
    (folder / "docs/b.mkd").write_text(ARTICLE)
    one = "docs/a.markdown::a.markdown:4:25"
    assert "8 tests collected" in run(folder, "--stackreel", "docs", "--co")[1]
    assert "4 tests collected" in run(folder, "--stackreel", "docs", "--co", "docs/b.mkd")[1]
    assert failed(run(folder, one)[1]) == [one]


def test_a_test_that_is_not_there_is_told(folder: Path) -> None:
    code, said = run(folder, "--stackreel", "docs", "docs/a.md::a.md:5")
    assert code == 4
    assert "not found: " in said
    code, said = run(folder, "--stackreel", "docs/c.md::c.md:5")
    assert code == 4
    assert "--stackreel: there is no" in said
