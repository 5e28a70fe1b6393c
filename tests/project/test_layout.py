import re
import subprocess
import sys

import pytest

from support.project import ROOT, environment, tracked

ALLOWED = {
    "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "mkdocs.yml",
    "pyproject.toml", "docs", "plugins", "tests", "traces",
}  # fmt: skip
SOURCES = [path for path in tracked() if path.endswith(".py")]
ROOMS = [path for path in SOURCES if path.startswith("plugins/")]
TEXTS = [
    path for path in tracked() if path.endswith((".py", ".md", ".toml", ".yml", ".js", ".css", ".txt", ".c"))
]


def lines_of(path: str) -> list[str]:
    return (ROOT / path).read_text(encoding="utf-8").splitlines()


def found(pattern: str, paths: list[str]) -> list[str]:
    wanted = re.compile(pattern)
    return [
        f"{path}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(lines_of(path), 1)
        if wanted.search(line)
    ]


def test_only_the_agreed_names_stand_at_the_top() -> None:
    top = {path.split("/")[0] for path in tracked()}
    assert {name for name in top if not name.startswith(".")} <= ALLOWED
    assert top >= ALLOWED


def test_a_room_is_comfortable() -> None:
    assert {path: len(lines_of(path)) for path in ROOMS if len(lines_of(path)) > 350} == {}


def test_every_module_says_what_it_is_for() -> None:
    assert [
        path for path in ROOMS if not (ROOT / path).read_text(encoding="utf-8").startswith(('"""', 'r"""'))
    ] == []


def test_tests_are_found_once() -> None:
    names = [path.rsplit("/", 1)[1] for path in SOURCES if path.startswith("tests/")]
    tests = [name for name in names if name.startswith("test_")]
    assert sorted(set(tests)) == sorted(tests)
    assert "__init__.py" not in names


def test_nothing_is_silenced_without_a_reason() -> None:
    silenced = found(r"#\s*(noqa|type: ignore)", SOURCES)
    codes = r"(?:: ?[A-Z]+\d+(?:, ?[A-Z]+\d+)*|\[[\w, -]+\])"
    given = re.compile(rf"#\s*(?:noqa|type: ignore){codes}\s+[-#(]*\s*\w")
    assert [line for line in silenced if not given.search(line) and "test_layout.py" not in line] == []


def test_nothing_is_left_for_later() -> None:
    later = "|".join(("TO" + "DO", "FIX" + "ME", "raise Not" + "ImplementedError"))
    assert found(rf"\b({later})\b", [path for path in TEXTS if not path.startswith("docs/adr")]) == []


def test_no_test_is_skipped() -> None:
    skips = "|".join((r"mark\." + "skip", r"pytest\." + "skip", "x" + "fail", "import" + "orskip"))
    assert found(rf"({skips})", [path for path in SOURCES if path.startswith("tests/")]) == []


def test_nobodys_folder_is_named() -> None:
    # /home/bobo/study/c/call is the program name of the article's transcript
    own = r"(?<![\w.])/(Users|home/(?!bobo/)\w+|root)/\w"
    assert found(own, [path for path in TEXTS if not path.startswith("tests/")]) == []


def test_the_layers_hold() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT, env=environment(), check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    "door", ["stackreel.hosts.mkdocs_plugin", "stackreel.hosts.cli", "stackreel.page.extension"]
)
def test_no_door_loads_the_emulator(door: str) -> None:
    code = f"import sys; sys.modules['unicorn'] = None; import {door}"
    loaded = subprocess.run(
        [sys.executable, "-c", code], env=environment(), check=False, capture_output=True, text=True
    )
    assert loaded.returncode == 0, loaded.stderr
