"""Small sites in a folder of their own: an example made from C, pages, a build in a process."""

from __future__ import annotations

import hashlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from support.build import compile_c
from support.project import environment

SUM = """int sum(int a, int b) {
    int s = a + b;
    return s;
}

int main(void) {
    int n = sum(1, 2);
    return n;
}
"""
FLAGS = ("-O0", "-g", "-fno-pie", "-no-pie", "-fcf-protection=none")
_EXAMPLE = """title = "sum(1, 2)"
source = "sum.c"
binary = "sum"
sha256 = "{sha256}"
toolchain = "gcc-12"
build = "gcc -O0 -g -o {{binary}} {{source}}"

[trace]
start = "main"
functions = ["main", "sum"]

[marks]
called = "enter sum"
"""
_CONFIG = """site_name: Test
theme: {{ name: {theme} }}
plugins: [search, stackreel]
{more}
"""


@dataclass(frozen=True)
class Built:
    """A finished build: what it said and its exit status."""

    status: int
    said: str

    def warnings(self) -> list[str]:
        """Return the warnings, each with its further lines."""
        parts = re.split(r"^(?:INFO|WARNING|ERROR) +-? *", self.said, flags=re.MULTILINE)
        kinds = re.findall(r"^(INFO|WARNING|ERROR)", self.said, flags=re.MULTILINE)
        return [part.strip() for kind, part in zip(kinds, parts[1:], strict=True) if kind == "WARNING"]


@dataclass(frozen=True)
class Served:
    """A running `mkdocs serve`: a context manager that ends it."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)

    def until(self, wanted: Callable[[str], bool]) -> str:
        """Return the start page as soon as it is as wanted; an assertion fails after 40 seconds."""
        page = ""
        for _ in range(400):
            assert self.process.poll() is None, self.log.read_text()
            try:
                page = urllib.request.urlopen(self.address, timeout=20).read().decode()
            except (urllib.error.URLError, ConnectionError):
                page = ""
            if wanted(page):
                return page
            time.sleep(0.1)
        raise AssertionError(f"the page never came to be as wanted:\n{self.log.read_text()}\n{page[-2000:]}")


@dataclass(frozen=True)
class Site:
    """A site in `folder`."""

    folder: Path

    def build(self, *options: str, cwd: Path | None = None, **settings: str) -> Built:
        """Run `mkdocs build` in `cwd` (default: the site's folder); `settings` are environment variables.

        A traceback fails the test.
        """
        command = [sys.executable, "-m", "mkdocs", "build", *options]
        done = subprocess.run(
            command,
            cwd=cwd or self.folder,
            env=environment(**settings),
            check=False,
            capture_output=True,
            text=True,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Built(done.returncode, done.stderr)

    def serve(self, **settings: str) -> Served:
        """Start `mkdocs serve` on a free port."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = "127.0.0.1:" + str(probe.getsockname()[1])
        command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", address]
        with (self.folder / "serve.log").open("w") as log:
            process = subprocess.Popen(
                command, cwd=self.folder, env=environment(**settings), stdout=log, stderr=log
            )
        return Served(f"http://{address}/", process, self.folder / "serve.log")

    def page(self, name: str = "index.html") -> str:
        """Return a built page."""
        return (self.folder / "site" / name).read_text(encoding="utf-8")


def example(folder: Path) -> Path:
    """Write the example of `SUM` into `folder` and return it."""
    folder.mkdir(parents=True)
    (folder / "sum.c").write_text(SUM)
    shutil.copy(compile_c(folder / "sum.c", *FLAGS), folder / "sum")
    digest = hashlib.sha256((folder / "sum").read_bytes()).hexdigest()
    (folder / "example.toml").write_text(_EXAMPLE.format(sha256=digest))
    return folder


def site(folder: Path, pages: Mapping[str, str], *, more: str = "", theme: str = "mkdocs") -> Site:
    """Write a site with the example `sum` and `pages`; `more` are further lines of mkdocs.yml."""
    example(folder / "traces/sum")
    (folder / "mkdocs.yml").write_text(_CONFIG.format(theme=theme, more=more))
    for name, text in pages.items():
        file = folder / "docs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return Site(folder)


def counting_dot(folder: Path) -> Path:
    """Return a folder for PATH whose `dot` notes each drawing in `drawn` before it draws."""
    folder.mkdir()
    real = shutil.which("dot")
    script = folder / "dot"
    script.write_text(
        f'#!/bin/sh\ncase "$*" in *-v*) ;; *) echo x >> "{folder}/drawn" ;; esac\nexec {real} "$@"\n'
    )
    script.chmod(0o755)
    return folder
