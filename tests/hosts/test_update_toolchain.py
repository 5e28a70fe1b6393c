"""`stackreel update` after a program was compiled anew: another base, another compiler."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support.command import stackreel
from support.project import ROOT

FLAGS = ("-O0", "-g", "-fno-pie", "-no-pie", "-fcf-protection=none")
ADDRESS = "{leave sum} rip < 0x400600"
"""True at the base of the article's program, and false at a linker's own."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The article on the C call with its examples, in a repository of its own, and a claim that cannot be mended."""
    shutil.copytree(
        ROOT / "traces",
        tmp_path / "traces",
        ignore=lambda _, names: [n for n in names if n.startswith("go-")],
    )
    (tmp_path / "docs").mkdir()
    text = (ROOT / "docs/zh/c-call.md").read_text(encoding="utf-8")
    (tmp_path / "docs/a.md").write_text(f"{text}\n`{ADDRESS}`\n", encoding="utf-8")
    for command in ("init", "add .", "-c user.name=a -c user.email=b commit -m before"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def compile_anew(folder: Path, compiler: str) -> None:
    example = folder / "traces/c-sum"
    subprocess.run([compiler, *FLAGS, "-o", "sum", "sum.c"], cwd=example, check=True)
    digest = hashlib.sha256((example / "sum").read_bytes()).hexdigest()
    toml = (example / "example.toml").read_text()
    (example / "example.toml").write_text(re.sub(r'(?m)^(sha256\s*=\s*)".*"', rf'\1"{digest}"', toml))


def said(line: str) -> str:
    """Return what is said of a line; the number of a line it names moves with what is written above."""
    return re.sub(r"on line \d+", "on line N", line.partition(": ")[2])


def left(folder: Path) -> list[str]:
    """Update, and return the first lines of what is left; the rest has to be right then."""
    done = stackreel("update", "--yes", "docs", cwd=folder).stdout.decode()
    found = [line for line in done.splitlines() if line.startswith("docs/a.md:")]
    rest = "1 thing left to its author" if len(found) == 1 else f"{len(found)} things left to their author"
    assert done.endswith(f"1 file written, {rest}\n")
    checked = stackreel("check", "docs", cwd=folder).stdout.decode()
    still = [line for line in checked.splitlines() if line.startswith("    docs/a.md:")]
    assert sorted(map(said, still)) == sorted(
        map(said, found)
    )  # a session may have another number of lines now
    return found


def test_another_base_leaves_only_what_is_false(folder: Path) -> None:
    compile_anew(folder, "gcc")
    before = stackreel("check", "docs", cwd=folder).stdout.decode()
    assert before.count("prints something else") > 3
    number = len((folder / "docs/a.md").read_text(encoding="utf-8").splitlines())
    assert left(folder) == [f"docs/a.md:{number}:2: this is false: {ADDRESS.partition('} ')[2]}"]


def test_another_compiler_leaves_what_is_false_and_notes_that_fell_together(folder: Path) -> None:
    compile_anew(folder, "clang")
    before = stackreel("check", "docs", cwd=folder).stdout.decode()
    assert before.count("is not the first byte of an instruction") > 20
    found = left(folder)
    explained = re.compile(r"this is false: .*(&|\[|rip <)|the key `\w+\+\d+` is there twice")
    assert [line for line in found if not explained.match(said(line))] == []
    assert len(found) < 12
    text = (folder / "docs/a.md").read_text(encoding="utf-8")
    assert "{main+32} rsp" in text
    assert "main+25" not in text.replace("`main+25`", "")


def test_the_programs_before_may_lie_in_a_folder(folder: Path) -> None:
    shutil.copytree(folder / "traces", folder / "before")
    shutil.rmtree(folder / ".git")
    compile_anew(folder, "clang")
    article = folder / "docs/a.md"
    article.write_text("`{c-sum @ main+25} rsp == 0x1`\n")
    done = stackreel("update", "--yes", "--before", "before", "docs", cwd=folder)
    assert (done.returncode, article.read_text()) == (0, "`{c-sum @ main+32} rsp == 0x7fffffffe4f0`\n")
