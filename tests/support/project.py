"""The project's own files, for tests about the project itself."""

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"


@functools.cache
def tracked() -> tuple[str, ...]:
    """Return the paths git knows, relative to the root; new files not yet added count too."""
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(sorted(path for path in listed.split("\0") if path and (ROOT / path).is_file()))


def copy_project(to: Path) -> Path:
    """Copy the tracked files to `to`, as a clone would."""
    for path in tracked():
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, to / path)
    return to


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment with our package importable, and with `changes`."""
    return {**os.environ, "PYTHONPATH": str(PLUGINS), "NO_MKDOCS_2_WARNING": "1", **changes}


def theme_hook(name: str) -> ModuleType:
    """Return a hook of the site's theme, loaded from its file as MkDocs does."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"docs/theme/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build_wheel(to: Path) -> Path:
    """Build the wheel from a copy of the project, with the build backend installed here, and return it."""
    source = copy_project(to / "source")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(to), str(source)]
    made = subprocess.run(command, check=False, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    (wheel,) = to.glob("*.whl")
    return wheel
