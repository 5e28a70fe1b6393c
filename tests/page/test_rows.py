"""How many rows a figure may have before it folds those nothing happens to is its author's choice."""

import re
from pathlib import Path

import markdown
import pytest

from stackreel.page import StackreelExtension
from support.project import ROOT


def drawn(rows: str, tmp_path: Path) -> tuple[str, list[str]]:
    said: list[str] = []
    extension = StackreelExtension(
        report=lambda error: said.append(str(error)),
        file="docs/a.md", traces=str(ROOT / "traces"), cache=str(tmp_path),
    )  # fmt: skip
    block = f"```stack-text\nexample: go-args7-1.15\nat: enter main.A\n{rows}\n```\n"
    return markdown.markdown(block, extensions=[extension]), said


@pytest.mark.parametrize(("rows", "locals_"), [("", []), ("rows: 30", [f"r{n}" for n in range(1, 8)])])
def test_a_higher_bound_shows_what_was_folded(rows: str, locals_: list[str], tmp_path: Path) -> None:
    """The variables of the caller are folded; the arguments of the function that runs are there either way."""
    page, said = drawn(rows, tmp_path)
    assert said == []
    assert re.findall(r"│ (r[1-7]) +\d │", page) == locals_
    assert re.findall(r"│ ([a-g]) +\d │", page) == list("gfedcba")


@pytest.mark.parametrize("rows", ["0", "513", "many", "true"])
def test_a_bound_that_is_none_is_an_error(rows: str, tmp_path: Path) -> None:
    _, (said, *_) = drawn(f"rows: {rows}", tmp_path)
    assert "`rows`" in said
    assert "rows: 24" in said
