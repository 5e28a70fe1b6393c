"""The README's first article, done literally: its files, its commands, in an empty folder, from the built wheel."""

import re
import socket
import subprocess
import sysconfig
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from support.project import ROOT, build_wheel, environment

TUTORIAL = re.compile(r"<!-- tutorial -->(.*)<!-- tutorial ends -->", re.DOTALL)
PART = re.compile(
    r"(?P<told>[^\n]*)\n\n(?P<fence>`{3,})(?P<kind>\w+)\n(?P<text>.*?)\n(?P=fence)(?=\n)", re.DOTALL
)
FILE = re.compile(r"`([\w./]+)`:$")


def parts() -> list[tuple[str, str, str]]:
    """Return (told, kind, text) of each fence of the tutorial, `told` being the line before it."""
    (tutorial,) = TUTORIAL.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    return [(part["told"], part["kind"], part["text"]) for part in PART.finditer(tutorial)]


def dependencies(to: Path) -> Path:
    """Make a folder of links to the libraries installed here, without our own package."""
    to.mkdir()
    for name in ("purelib", "platlib"):
        for library in Path(sysconfig.get_path(name)).iterdir():
            link = to / library.name
            if "stackreel" not in library.name and library.suffix != ".pth" and not link.exists():
                link.symlink_to(library)
    return to


KNOWN = """\
echo {libraries} > $(echo .venv/lib/python3*/site-packages)/libraries.pth
printf '#!/bin/sh\\nexec "$(dirname "$0")/python" -m mkdocs "$@"\\n' > .venv/bin/mkdocs
chmod +x .venv/bin/mkdocs
pip install"""
"""What an index would give besides the wheel: the libraries, and MkDocs's command."""


class Reader:
    """Someone who follows the tutorial: an empty folder, a shell, no package index but the wheel."""

    def __init__(self, folder: Path, wheel: Path, libraries: Path) -> None:
        self.folder = folder
        self.libraries = libraries
        folder.mkdir()
        self.environment = environment(
            PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheel.parent), PIP_CONFIG_FILE="/dev/null", HOME=str(folder)
        )
        self.environment.pop("PYTHONPATH")
        self.environment.pop("VIRTUAL_ENV", None)

    def shell(self, commands: str) -> str:
        activate = "test -e .venv && . .venv/bin/activate\n"
        known = KNOWN.format(libraries=self.libraries)
        script = activate + "set -e\n" + commands.replace("pip install", known)
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=self.environment, check=False, capture_output=True, text=True
        )  # fmt: skip
        assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def serve(self, commands: str) -> str:
        """Run `mkdocs serve` on a free port and return the start page."""
        assert commands == "mkdocs serve"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = "127.0.0.1:" + str(probe.getsockname()[1])
        command = [self.folder / ".venv/bin/mkdocs", "serve", "--dev-addr", address]
        with (self.folder / "serve.log").open("w") as log:
            server = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=log, stderr=log)
        try:
            return fetch(f"http://{address}/", server)
        finally:
            server.terminate()
            server.wait(10)


def fetch(url: str, server: subprocess.Popen[bytes]) -> str:
    for _ in range(300):
        assert server.poll() is None, "the server ended"
        try:
            return str(urllib.request.urlopen(url, timeout=5).read().decode())
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")


def test_the_first_article_works_as_written(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path / "wheel")
    reader = Reader(tmp_path / "empty", wheel, dependencies(tmp_path / "libraries"))
    done: list[str] = []
    for told, kind, text in parts():
        named = FILE.search(told)
        if named:
            (reader.folder / named[1]).write_text(text + "\n", encoding="utf-8")
        elif text == "mkdocs serve":
            page = reader.serve(text)
            assert page.count("<svg") >= 8
            assert 'class="sd-error' not in page
        else:
            assert kind == "sh"
            reader.shell(text)
        done.append(named[1] if named else text.split("\n")[-1])
    assert done == [
        "mkdir docs", "hello.c", "stackreel new hello hello.c", "mkdocs.yml", "docs/index.md",
        "mkdocs serve", "mkdocs build --strict",
    ]  # fmt: skip
    built = (reader.folder / "site/index.html").read_text(encoding="utf-8")
    assert "square" in built
    assert built.count("<svg") >= 8
    example = (reader.folder / "traces/hello/example.toml").read_text(encoding="utf-8")
    assert "sha256" in example
    assert "[trace]" in example


def test_the_chinese_tutorial_has_the_same_files() -> None:
    chinese = (ROOT / "docs/zh/tutorial.md").read_text(encoding="utf-8")
    language = "\n  language: zh"
    assert f"theme:\n  name: material{language}\nplugins:" in chinese
    chinese = chinese.replace(language, "")
    for told, kind, text in parts():
        named = FILE.search(told)
        if named and kind != "markdown":
            assert f'```{kind} title="{named[1]}"\n{text}\n```' in chinese
        elif named:
            for block in re.findall(r"```stack-\w+\n.*?\n```", text, re.DOTALL):
                assert block in chinese


def test_the_readme_says_how_a_clone_is_used_and_where_the_whole_guide_is() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "`pip install .`" in readme
    assert "the one to edit is `traces/hello/hello.c`" in readme
    pages = re.findall(r"`site/([\w/]+)/index\.html`", readme)
    assert pages == ["en/guide", "zh/guide"]
    assert all((ROOT / f"docs/{page}.md").is_file() for page in pages)
    assert "<!-- options: stack-figure -->" in (ROOT / "docs/en/guide.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", ["site", "test"])
def test_the_two_commands_are_targets(target: str) -> None:
    assert f"    make {target} " in (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
