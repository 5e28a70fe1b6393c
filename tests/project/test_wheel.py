import zipfile
from pathlib import Path

import pytest

from support.project import build_wheel, tracked


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_the_whole_package_and_nothing_else(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    ours = {path.removeprefix("plugins/") for path in tracked() if path.startswith("plugins/")}
    assert held == ours
    assert "stackreel/py.typed" in held
    assert {name.rsplit(".", 1)[1] for name in held} >= {"py", "css", "js"}


def test_the_wheel_opens_its_doors(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (entries,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
    text = archive.read(entries).decode()
    for line in (
        "stackreel = stackreel.hosts.cli:main",
        "stackreel = stackreel.hosts.mkdocs_plugin:StackreelPlugin",
        "stackreel = stackreel.page.extension:StackreelExtension",
    ):
        assert line in text


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (metadata,) = (name for name in archive.namelist() if name.endswith("METADATA"))
    text = archive.read(metadata).decode()
    assert "Name: mkdocs-stackreel\n" in text
    assert "License-Expression: MIT\n" in text
    assert "Requires-Python: >=3.11\n" in text
    assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())
