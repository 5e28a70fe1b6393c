"""Articles as pytest sees them: a file, and a test for each thing it says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackreel.errors import StackreelError
from stackreel.hosts.checking import prove
from stackreel.page.collect import Item, collect
from stackreel.page.snippets import Part, parts
from stackreel.page.studio import Settings, Studio

if TYPE_CHECKING:
    from _pytest._code.code import ExceptionInfo, TerminalRepr

_STUDIO = pytest.StashKey[Studio]()


class WrongError(Exception):
    """What an article says is not so; holds everything that is wrong."""

    def __init__(self, errors: Iterable[StackreelError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))


class Article(pytest.File):
    """A Markdown file."""

    def collect(self) -> Iterable[Statement]:
        """Yield a test for everything the article says and includes, file by file in the order of its lines."""
        root = self.config.rootpath
        shown = self.path.relative_to(root) if self.path.is_relative_to(root) else self.path
        seen: set[str] = set()
        for part in parts(self.path, shown.as_posix(), root):
            for item in collect(part.page, part.seen(part.page.source)):
                name = _name(f"{part.file.name}:{item.place.line}", item.place.column, seen)
                statement: Statement = Statement.from_parent(self, name=name)
                statement.take(item, part)
                yield statement


def _name(place: str, column: int, seen: set[str]) -> str:
    """Return a name of its own: file and line, the column too where there is one already, else a number."""
    tried = [place, f"{place}:{column}", *(f"{place}-{number}" for number in range(2, len(seen) + 3))]
    name = next(name for name in tried if name not in seen)
    seen.add(name)
    return name


class Statement(pytest.Item):
    """One claim, session or block."""

    def take(self, item: Item, part: Part) -> None:
        """Take what is to be judged; `-k` finds it by its kind and what it says too."""
        self._said, self._part = item, part
        self.extra_keyword_matches |= {item.kind, item.title}

    def runtest(self) -> None:
        """Judge it."""
        errors = prove(self._said, self._part.page, studio(self.config))
        if errors:
            raise WrongError(errors)

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: object = None) -> str | TerminalRepr:
        """Tell what is expected, what is so, the moment and the instruction; no traceback."""
        if isinstance(excinfo.value, WrongError | StackreelError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the place and what is said there."""
        return self._part.file, max(self._said.place.line - 1, 0), f"{self.name}: {self._said.title}"


def studio(config: pytest.Config) -> Studio:
    """Return the one studio of a run; it records an example when its first claim is judged."""
    if _STUDIO not in config.stash:
        root = config.rootpath
        settings = Settings(
            traces=root / str(config.getoption("stackreel_traces")),
            cache=root / ".cache/stackreel",
            root=root,
            jobs=1,
        )
        config.stash[_STUDIO] = Studio(settings)
    return config.stash[_STUDIO]
