"""Claims in files that an article includes: check, update, the report and pytest see them at their own place."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.command import stackreel
from support.project import ROOT

ARTICLE = """---
stackreel: {example: c-sum}
---
--8<-- "snippets/one.md"

    --8<-- "two.md:part"

;--8<-- "snippets/unused.md"

--8<--
snippets/three.md:2:2
; snippets/unused.md
program.c
--8<--

```text
--8<-- "snippets/unused.md"
```
"""
FILES = {
    "snippets/one.md": 'first\r\n\r\n`{leave sum} eax == 4`\r\n\r\n--8<-- "four.md"\r\n',
    "docs/two.md": "`{leave sum} eax == 9`\n<!-- --8<-- [start:part] -->\n- `{leave sum} eax < 1`\n"
    "<!-- --8<-- [end:part] -->\n`{leave sum} eax == 9`\n",
    "snippets/three.md": "`{leave sum} eax == 9`\n\n`{leave sum} eax == 9`\n",
    "snippets/four.md": "```stack-gdb\nat: leave sum\n---\n(gdb) p $eax\n$1 = 4\n```\n",
    "snippets/unused.md": "`{leave sum} eax == 9`\n",
    "program.c": "int main;\n",
}
WRONG = {
    "docs/two.md:3:4": "this is false: eax < 1",
    "snippets/four.md:5": "`p $eax` prints something else:",
    "snippets/one.md:3:2": "this is false: eax == 4",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "traces/c-sum", tmp_path / "traces/c-sum")
    for name, text in {"docs/zh/a.md": ARTICLE, **FILES}.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return tmp_path


def test_check_judges_them_at_their_own_place(folder: Path) -> None:
    said = stackreel("check", "docs/zh", cwd=folder).stdout.decode()
    for place, message in WRONG.items():
        assert f"    {place}: {message}\n" in said
    assert "eax == 9" not in said
    assert said.endswith("3 checked, 3 failed\n")


def test_update_writes_into_them(folder: Path) -> None:
    done = stackreel("update", "--yes", "docs/zh", cwd=folder).stdout.decode()
    assert done.endswith("2 files written, 1 thing left to its author\n")
    now = {name: (folder / name).read_bytes().decode() for name in FILES}
    expected = dict(FILES)
    expected["snippets/one.md"] = FILES["snippets/one.md"].replace("eax == 4", "eax == 3")
    expected["snippets/four.md"] = FILES["snippets/four.md"].replace("$1 = 4", "$1 = 3")
    assert now == expected
    assert (folder / "docs/zh/a.md").read_bytes().decode() == ARTICLE


def test_the_report_reads_them(folder: Path) -> None:
    (folder / "snippets/one.md").write_text("the number 0x1234\n")
    said = stackreel("check", "--report", "docs/zh", cwd=folder).stdout.decode()
    assert "snippets/one.md:1:12: number 0x1234\n" in said


def test_pytest_has_a_test_for_each(folder: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--stackreel", "docs/zh"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    failed = {
        line.split("::")[1].split(" ")[0] for line in done.stdout.splitlines() if line.startswith("FAILED")
    }
    assert failed == {"one.md:3", "two.md:3", "four.md:1"}, done.stdout
    assert "snippets/four.md:5: `p $eax` prints something else" in done.stdout
