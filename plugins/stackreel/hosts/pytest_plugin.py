"""The pytest plugin: `pytest --stackreel docs/` makes a test of every claim, session and block of the articles.

Without the option nothing is collected and nothing of ours is loaded. With it the Markdown files under PATH are
collected beside whatever else pytest is given; given nothing else, they alone are. An article, or a test of one as it
is printed (`docs/a.md::a.md:9`), stands for itself: where pytest is given one of PATH, PATH's others are left out. Such
a test can be PATH too, and needs no option. Names are those of the file and the line, so that `-k`, `--lf` and xdist
work as with other tests.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from stackreel.hosts.pytest_items import Article

_OPTION = "stackreel_paths"
_IDENT = "::"
_TEST = re.compile(r"[^:]+\.\w+(?::\d+){1,2}(?:-\d+)?")
"""The name of one of our tests: of the file it is in, its line, perhaps its column."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("stackreel", "claims of articles")
    group.addoption(
        "--stackreel",
        dest=_OPTION,
        action="append",
        default=[],
        metavar="PATH",
        help="test every claim, session and block of the Markdown files in PATH (a file or a folder), or one of them "
        "(PATH::NAME, as a failed one is printed)",
    )
    group.addoption(
        "--stackreel-traces",
        default="traces",
        metavar="FOLDER",
        help="folder of the examples, from the root directory (default: traces)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Add the paths to what is collected. A path that is not there is a usage error."""
    wanted = [_absolute(config, name) for name in config.getoption(_OPTION)]
    for name in wanted:
        if not _file(name).exists():
            raise pytest.UsageError(f"--stackreel: there is no {_file(name)}")
    if not wanted:
        return
    is_given = config.args_source is pytest.Config.ArgsSource.ARGS
    given = config.args if is_given else []
    narrow = [file for file in (_file(_absolute(config, name)) for name in given) if _is_article(file)]
    for name in wanted:
        if name not in given and not any(file.is_relative_to(_file(name)) for file in narrow):
            given = [*given, name]
    config.args = given


def _absolute(config: pytest.Config, name: str) -> str:
    """Return a path, perhaps with the name of a test behind it, from the root of the file system."""
    path, sign, test = name.partition(_IDENT)
    return f"{Path(config.invocation_params.dir, path).resolve()}{sign}{test}"


def _file(name: str) -> Path:
    return Path(name.partition(_IDENT)[0])


def _is_article(file: Path) -> bool:
    from stackreel.page.snippets import MARKDOWN  # noqa: PLC0415 - only where articles are asked for

    return file.suffix in MARKDOWN


def _paths(config: pytest.Config) -> list[Path]:
    """Return where articles are collected: the option's paths, and the articles of tests that are asked for."""
    tests = (name for name in config.args if _TEST.fullmatch(name.partition(_IDENT)[2]))
    return [_file(_absolute(config, name)) for name in (*config.getoption(_OPTION), *tests)]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Article | None:
    """Collect a Markdown file that lies in one of the paths."""
    if not any(file_path.resolve().is_relative_to(path) for path in _paths(parent.config)):
        return None
    if not _is_article(file_path):
        return None
    from stackreel.hosts.pytest_items import Article  # noqa: PLC0415 - only where it is asked for

    return Article.from_parent(parent, path=file_path)
