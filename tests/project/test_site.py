"""The project's own site, built twice as strangers would: elsewhere, as somebody else, on another day."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from markdown import Markdown

from stackreel.page import StackreelExtension
from support.project import copy_project, environment

ERROR, WRONG = 'class="sd-error', 'class="sd-wrong'
"""What stands in a page where a block or a claim is wrong."""

ELSEWHERE = (
    {"TZ": "UTC", "USER": "ada", "LANG": "C.UTF-8", "PYTHONHASHSEED": "1"},
    {"TZ": "Asia/Shanghai", "USER": "ren", "LANG": "C", "PYTHONHASHSEED": "2"},
)


def build(folder: Path, umask: int, **changes: str) -> Path:
    """Build the site of a copy of the project in `folder`, from nothing, and return where it stands."""
    copy_project(folder)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    settings = environment(HOME=str(folder), SOURCE_DATE_EPOCH="1700000000", **changes)
    built = subprocess.run(
        command, cwd=folder, env=settings, umask=umask, check=False, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("here") / "project", 0o022, **ELSEWHERE[0])


def files(site: Path) -> dict[str, bytes]:
    return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def pages(site: Path) -> dict[str, str]:
    return {name: text.decode() for name, text in files(site).items() if name.endswith(".html")}


def test_two_strangers_build_the_same_site(site: Path, tmp_path: Path) -> None:
    other = files(build(tmp_path / "quite/another/folder", 0o077, **ELSEWHERE[1]))
    ours = files(site)
    assert sorted(other) == sorted(ours)
    assert [name for name in ours if ours[name] != other[name]] == []


def test_the_site_names_no_folder_of_its_builder(site: Path) -> None:
    own = str(site.parent).encode()
    assert [name for name, text in files(site).items() if own in text] == []


def test_a_reader_needs_no_other_server(site: Path) -> None:
    loads = re.compile(
        r'<(?:script|img|iframe|source)\b[^>]*\bsrc="(?:https?:)?//|<link\b[^>]*\bhref="(?:https?:)?//'
    )
    for name, text in pages(site).items():
        elsewhere = re.sub(r'<link rel="(?:canonical|prev|next)"[^>]*>', "", text)
        assert loads.findall(elsewhere) == [], name


def test_what_is_looked_for_is_what_a_wrong_page_has() -> None:
    page = "```stack-figure\nat: [\n```\n\n`{nowhere} rsp`\n"
    html = Markdown(extensions=[StackreelExtension(report=lambda _: None)]).convert(page)
    assert ERROR in html
    assert WRONG in html


def test_every_block_is_drawn(site: Path) -> None:
    for name, text in pages(site).items():
        assert "data-stackreel-block" not in text, name
        assert ERROR not in text, name
        assert WRONG not in text, name
    assert pages(site)["zh/c-call/index.html"].count("<svg") >= 14
    assert pages(site)["index.html"].count("<svg") >= 1
