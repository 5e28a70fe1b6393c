"""A source that changed after its binary was built fails the build, the check and the tests; nothing else does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stackreel.example import load_example
from stackreel.example.record import put_record, record_of
from support.command import stackreel
from support.project import environment
from support.sites import Site, site

SAID = (
    "traces/sum/sum.c: this is not the source sum was built from; `stackreel traces sum --accept` builds it"
)
PAGE = "```stack-figure\nexample: sum\nat: called\n```\n\n`{sum @ leave sum} eax == 3`\n"


@pytest.fixture
def here(tmp_path: Path) -> Site:
    return site(tmp_path / "s", {"index.md": PAGE})


def _record(here: Site) -> None:
    example = load_example(here.folder / "traces/sum")
    put_record(example.file, example.sha256, record_of(example, example.sha256))


def _change(here: Site) -> None:
    source = here.folder / "traces/sum/sum.c"
    source.write_text(source.read_text().replace("sum(1, 2)", "sum(1, 3)"))


def test_a_build_of_which_everything_is_kept_notices_it(here: Site) -> None:
    _record(here)
    assert here.build("--strict").status == 0
    again = here.build("--strict")
    assert (again.status, again.warnings()) == (0, [])
    _change(here)
    built = here.build("--strict")
    assert built.status == 1
    (warning,) = (one for one in built.warnings() if "sum.c" in one)
    assert warning.splitlines()[0] == f"stackreel: {SAID}"
    assert str(here.folder) not in "".join(built.warnings())


def test_check_and_pytest_notice_it(here: Site) -> None:
    _record(here)
    _change(here)
    done = stackreel("check", cwd=here.folder)
    assert done.returncode == 1
    said = done.stdout.decode()
    assert said.startswith(f"traces/sum  trace  FAILED\n    {SAID}\ndocs/index.md  ")
    assert said.count(f"    {SAID}\n") == 2
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--stackreel", "docs"]
    (here.folder / "pytest.ini").write_text("[pytest]\n")
    told = subprocess.run(
        command, cwd=here.folder, env=environment(), check=False, capture_output=True, text=True
    )
    assert told.returncode == 1
    assert SAID in told.stdout


def test_without_a_record_nothing_is_said(here: Site) -> None:
    _change(here)
    assert here.build("--strict").status == 0
