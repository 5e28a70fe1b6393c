"""`stackreel new`, `check`, `traces` and `assets`: from one C file to a checked article."""

from pathlib import Path

import pytest

from support.command import stackreel
from support.sites import SUM, example


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sum.c").write_text(SUM)
    return tmp_path


def test_from_a_source_to_a_checked_article(folder: Path) -> None:
    made = stackreel("new", "first", "sum.c", cwd=folder)
    assert made.returncode == 0, made.stderr.decode()
    said = made.stdout.decode()
    assert "follows sum, main" in said
    fence = said[said.index("```stack-") :]
    (folder / "docs").mkdir()
    (folder / "docs/index.md").write_text(f"# First\n\n{fence}")

    rebuilt = stackreel("traces", cwd=folder)
    assert rebuilt.stdout.decode() == "first: binary same, trace written\n", rebuilt.stderr.decode()
    checked = stackreel("check", cwd=folder)
    assert checked.stdout.decode().splitlines() == [
        "traces/first  trace  ok",
        "docs/index.md  1 blocks  ok",
        "2 checked, 0 failed",
    ]
    assert checked.returncode == 0

    golden = folder / "traces/first/trace.json"
    golden.write_text(golden.read_text().replace("push %rbp", "push %rbx", 1))
    (folder / "docs/index.md").write_text("```stack-figure\nexample: first\nat: nowhere\n```\n")
    checked = stackreel("check", cwd=folder)
    assert checked.returncode == 1
    told = checked.stdout.decode()
    assert "traces/first  trace  FAILED" in told
    assert "    traces/first/trace.json: step 0 (main): asm was" in told
    assert "    docs/index.md:3:5: 'nowhere' is no moment" in told
    assert told.endswith("2 checked, 2 failed\n")

    assert stackreel("traces", cwd=folder).returncode == 1
    assert stackreel("traces", cwd=folder).returncode == 0


def test_check_of_chosen_paths(tmp_path: Path) -> None:
    example(tmp_path / "traces/sum")
    page = tmp_path / "one.md"
    page.write_text("```stack-text\nexample: sum\nat: called\n```\n")
    done = stackreel("check", "one.md", cwd=tmp_path)
    assert done.stdout.decode() == "one.md  1 blocks  ok\n1 checked, 0 failed\n"
    done = stackreel("check", "traces/sum", cwd=tmp_path)
    assert "`stackreel traces` writes it" in done.stdout.decode()
    assert done.returncode == 1
    done = stackreel("check", "absent.md", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, b"stackreel: there is no absent.md\n")


def test_nothing_to_check(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    done = stackreel("check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"nothing to check\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("../up", "sum.c"), "cannot be the name"),
        (("one", "smu.c"), "near: sum.c"),
        (("one", "notes.txt"), "cannot be compiled here"),
    ],
)
def test_what_new_refuses(folder: Path, arguments: tuple[str, str], said: str) -> None:
    (folder / "notes.txt").write_text("")
    done = stackreel("new", *arguments, cwd=folder)
    assert done.returncode == 1
    assert said in done.stderr.decode()
    assert not (folder / "traces").exists()


def test_assets_for_other_tools(tmp_path: Path) -> None:
    done = stackreel("assets", "out", cwd=tmp_path)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert [name.split(".")[0] for name in names] == ["reel", "stackreel"]
    assert [name.split(".")[-1] for name in names] == ["js", "css"]
    assert done.stdout.decode().splitlines() == [f"out/{name}" for name in reversed(names)]


def test_a_misspelt_command() -> None:
    done = stackreel("lsiting")
    assert done.returncode == 2
    assert "Did you mean listing?" in done.stderr.decode()
