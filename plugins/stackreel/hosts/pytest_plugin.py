"""The pytest plugin: `pytest --stackreel docs/` makes a test of every claim, session and block of the articles.

Without the option nothing is collected and nothing of ours is loaded. With it the Markdown files under PATH are
collected beside whatever else pytest is given; given nothing else, they alone are. Names are those of the file and
the line, so that `-k`, `--lf` and xdist work as with other tests.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from stackreel.hosts.pytest_items import Article

_OPTION = "stackreel_paths"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("stackreel", "claims of articles")
    group.addoption(
        "--stackreel",
        dest=_OPTION,
        action="append",
        default=[],
        metavar="PATH",
        help="test every claim, session and block of the Markdown files in PATH (a file or a folder)",
    )
    group.addoption(
        "--stackreel-traces",
        default="traces",
        metavar="FOLDER",
        help="folder of the examples, from the root directory (default: traces)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Add the paths to what is collected. A path that is not there is a usage error."""
    paths = _paths(config)
    for path in paths:
        if not path.exists():
            raise pytest.UsageError(f"--stackreel: there is no {path}")
    if not paths:
        return
    named = [str(path) for path in paths]
    is_given = config.args_source is pytest.Config.ArgsSource.ARGS
    config.args = [*config.args, *(name for name in named if name not in config.args)] if is_given else named


def _paths(config: pytest.Config) -> list[Path]:
    here = config.invocation_params.dir
    return [Path(here, path).resolve() for path in config.getoption(_OPTION)]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Article | None:
    """Collect a Markdown file that lies in one of the paths."""
    if file_path.suffix != ".md":
        return None
    if not any(file_path.resolve().is_relative_to(path) for path in _paths(parent.config)):
        return None
    from stackreel.hosts.pytest_items import Article  # noqa: PLC0415 - only where it is asked for

    return Article.from_parent(parent, path=file_path)
