"""Pages that are remembered: the same site from less, and nothing old where anything has changed."""

import os
import time
from pathlib import Path

import pytest

from support.sites import Site, site

PAGE = """---
stackreel: {example: sum}
---
# Sum of `{leave sum} eax`

```stack-figure
at: after sum+4
expect: ["rsp == rsp"]
```

At `{after sum+4} rsp == rsp` there is `{after sum+4} rsp`.

```stack-check
{after sum+4} rip != 0
```
"""
LISTING = """```stack-listing
example: sum
functions: [sum]
```
"""
LOADED = """
import sys
import atexit
atexit.register(lambda: print("LOADED", *sorted(m for m in sys.modules if m in {names!r}), file=sys.stderr))
"""
HEAVY = ("pydantic", "elftools", "capstone", "unicorn", "lark", "stackreel.page.studio")


def rested(here: Site) -> Site:
    """Make every file of a site older than its next build, as files mostly are."""
    time.sleep(2.2)
    return here


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site that was built once, a while after it was written."""
    here = rested(site(tmp_path_factory.mktemp("memory") / "s", {"index.md": PAGE}))
    assert here.build("--strict").status == 0
    return here


def test_a_remembered_page_is_the_same_and_loads_nothing(built: Site, tmp_path: Path) -> None:
    assert built.build("--strict", SOURCE_DATE_EPOCH="0").status == 0
    first = built.page()
    (tmp_path / "sitecustomize.py").write_text(LOADED.format(names=HEAVY))
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    again = built.build("--strict", SOURCE_DATE_EPOCH="0", PYTHONPATH=path)
    assert again.status == 0, again.said
    assert built.page() == first
    assert [line for line in again.said.splitlines() if line.startswith("LOADED")] == ["LOADED"]


def test_a_remembered_page_counts_as_much(built: Site) -> None:
    (told,) = [line for line in built.build("--strict").said.splitlines() if "blocks:" in line]
    assert "2 blocks: 2 from the cache, 0 drawings made, 0 programs traced, 5 values and claims" in told


CHANGES = {
    "the binary": ("traces/sum/sum", "main.c", "main.d", "sha256"),
    "the example": ("traces/sum/example.toml", 'start = "main"', 'start = "mani"', "mani"),
    "the text": ("docs/index.md", "rip != 0", "rip == 0", "this is false: rip == 0"),
    "the front matter": ("docs/index.md", "example: sum", "example: smu", "`smu`"),
}


@pytest.mark.parametrize("changed", CHANGES)
def test_what_has_changed_is_not_remembered(changed: str, tmp_path: Path) -> None:
    here = rested(site(tmp_path / "s", {"index.md": PAGE}))
    assert here.build("--strict").status == 0
    name, old, new, told = CHANGES[changed]
    file = here.folder / name
    before, times = file.read_bytes(), file.stat()
    after = before.replace(old.encode(), new.encode()) if old.encode() in before else before[:-1] + b"!"
    assert len(after) == len(before)
    file.write_bytes(after)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))  # as some tools keep the time of what they copy
    built = here.build("--strict")
    assert built.status != 0
    assert told in built.said


def test_a_setting_that_has_changed_is_not_remembered(tmp_path: Path) -> None:
    here = rested(site(tmp_path / "s", {"index.md": LISTING}))
    assert here.build("--strict").status == 0
    assert "%rbp" in here.page()
    config = here.folder / "mkdocs.yml"
    config.write_text(config.read_text().replace("stackreel]", "stackreel: {syntax: intel}]"))
    assert here.build("--strict").status == 0
    assert "%rbp" not in here.page()


def test_a_file_that_is_new_is_not_vouched_for(tmp_path: Path) -> None:
    here = site(tmp_path / "s", {"index.md": PAGE})
    assert here.build("--strict").status == 0
    assert not list((here.folder / ".cache/stackreel").glob("page/*"))


def test_a_page_with_a_mistake_is_told_every_time(tmp_path: Path) -> None:
    here = rested(site(tmp_path / "s", {"index.md": PAGE.replace("rsp == rsp", "rsp == 1")}))
    first, second = here.build(), here.build()
    assert first.warnings()
    assert second.warnings() == first.warnings()
