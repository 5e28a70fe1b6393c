"""Building the site a second time, against building the same site without figures (and without the plugin)."""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support.project import copy_project, environment

PROMISED = 1.3
RUNS = 5
BLOCK = re.compile(r"^( *)```stack-\w+\n.*?^\1```\n", re.MULTILINE | re.DOTALL)
PLUGIN = re.compile(r"^  - stackreel:?\n(?: {6}.*\n)*", re.MULTILINE)


def measure() -> bool:
    """Print both times and their ratio; tell whether it is within what is promised."""
    with tempfile.TemporaryDirectory() as folder:
        full, bare = copy_project(Path(folder) / "full"), without_figures(copy_project(Path(folder) / "bare"))
        first = build(full)
        build(bare)
        with_figures, without = (min(build(site) for _ in range(RUNS)) for site in (full, bare))
    print("building the site, seconds")
    print(f"  first time            {first:>12.2f}")
    print(f"  second time           {with_figures:>12.2f}")
    print(
        f"  without figures       {without:>12.2f}   ratio {with_figures / without:.2f}; promised: {PROMISED}"
    )
    return with_figures < PROMISED * without


def without_figures(project: Path) -> Path:
    """Take all blocks out of the articles, and the plugin out of the site."""
    for page in (project / "docs").rglob("*.md"):
        page.write_text(BLOCK.sub("", page.read_text(encoding="utf-8")), encoding="utf-8")
    site = project / "mkdocs.yml"
    site.write_text(PLUGIN.sub("", site.read_text(encoding="utf-8")), encoding="utf-8")
    return project


def build(project: Path) -> float:
    """Build once, as a person does, whose Python keeps what it compiles; return the seconds it took."""
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    env = {name: value for name, value in environment().items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    subprocess.run(command, cwd=project, env=env, check=True, capture_output=True)
    return time.perf_counter() - begin
