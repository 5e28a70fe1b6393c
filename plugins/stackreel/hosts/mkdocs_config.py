"""What a site may set under `plugins: - stackreel:` in mkdocs.yml."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath, PureWindowsPath

from mkdocs.config import config_options as c
from mkdocs.config.base import Config, ConfigErrors, ConfigWarnings, ValidationError

from stackreel.errors import near


class WholeConfig(Config):  # type: ignore[no-untyped-call]  # MkDocs leaves __init_subclass__ untyped
    """A configuration that tells every mistake; MkDocs's own stops at the first."""

    def validate(self) -> tuple[ConfigErrors, ConfigWarnings]:
        """Return what is wrong with each option, and a warning for each key there is not."""
        failed: ConfigErrors = []
        for key, option in self._schema:
            try:
                option.validate(self.get(key))
            except ValidationError as error:
                failed.append((key, error))
            option.reset_warnings()  # what it warns of is told when MkDocs asks it again
        ours, warnings = super().validate()
        known = [key for key, _ in self._schema]
        return failed or ours, [(key, _with_near(key, said, known)) for key, said in warnings]


def _with_near(key: str, said: str, known: Sequence[str]) -> str:
    """Return a warning; of a key there is not, with those that may be meant."""
    like = near(key, known)
    return said if key in known or not like else f"{said}; near: {', '.join(like)}"


class Bounded(c.Type[float]):
    """A number within bounds; truth values are not numbers."""

    def __init__(self, kind: type | tuple[type, ...], *, default: float, least: float, most: float) -> None:
        super().__init__(kind, default=default)
        self._least, self._most = least, most

    def run_validation(self, value: object) -> float:
        """Return the number, or raise ValidationError for one that is no bound."""
        checked = super().run_validation(value)
        if isinstance(checked, bool) or not self._least <= checked <= self._most:
            raise ValidationError(f"{value!r} is not a number from {self._least:g} to {self._most:g}")
        return checked


class LimitsConfig(WholeConfig):  # type: ignore[no-untyped-call]  # MkDocs leaves __init_subclass__ untyped
    """Bounds of an emulated run; a program that exceeds one ends with reason `limit`."""

    instructions = Bounded(int, default=2_000_000_000, least=1, most=1 << 62)
    """Instructions executed."""

    seconds = Bounded((int, float), default=60.0, least=0.001, most=1e9)
    """Wall time."""

    memory = Bounded(int, default=1 << 30, least=1 << 16, most=1 << 46)
    """Guest memory in bytes."""

    output = Bounded(int, default=16 << 20, least=0, most=1 << 40)
    """What the program prints, in bytes."""


class PdfFile(c.Type[str]):
    """The name of a PDF in the site, in a folder of it perhaps."""

    def __init__(self, *, default: str) -> None:
        super().__init__(str, default=default)

    def run_validation(self, value: object) -> str:
        """Return the name, or raise ValidationError for one that is outside the site or no PDF's."""
        name = super().run_validation(value)
        path = PurePosixPath(name)
        if path.is_absolute() or PureWindowsPath(name).anchor or ".." in path.parts:
            raise ValidationError(f"{name!r} is not in the site: a name below it is meant, such as site.pdf")
        if path.suffix.lower() != ".pdf" or "\\" in name:
            raise ValidationError(f"{name!r} is no name of a PDF in the site, such as site.pdf")
        return name


class PdfConfig(WholeConfig):  # type: ignore[no-untyped-call]  # MkDocs leaves __init_subclass__ untyped
    """The site as PDF, a file a language. Needs the extra: `pip install 'mkdocs-stackreel[pdf]'`."""

    enabled = c.Type(bool, default=True)
    """Whether `mkdocs build` writes it; `mkdocs serve` never does."""

    file = PdfFile(default="site.pdf")
    """Where it is in the site. Other languages than the site's first have theirs before the dot: `site.en.pdf`."""

    title = c.Type((str, dict), default="")
    """The title on the cover, or one a language: `{zh: …, en: …}`. Default: `site_name`."""

    subtitle = c.Type((str, dict), default="")
    """The line below it, or one a language. Default: `site_description`."""

    version = c.Type((str, int, float), default="")
    """The version on the cover."""

    styles = c.ListOfItems(c.File(exists=True), default=[])
    """Style sheets of your own for the PDF, after the built-in one."""


class Switched(c.SubConfig[PdfConfig]):
    """`true`, `false`, or options, which mean `true`."""

    def __init__(self) -> None:
        super().__init__(PdfConfig)
        self.default = False

    def run_validation(self, value: object) -> PdfConfig:
        """Return the options."""
        return super().run_validation({"enabled": value} if isinstance(value, bool) else value)


class StackreelConfig(WholeConfig):  # type: ignore[no-untyped-call]  # MkDocs leaves __init_subclass__ untyped
    """Options of the plugin. Paths are relative to mkdocs.yml."""

    traces = c.Type(str, default="traces")
    """Folder of the examples."""

    cache = c.Type(str, default=".cache/stackreel")
    """Folder of recorded traces and drawn blocks. It may be deleted at any time."""

    syntax = c.Choice(("att", "intel", "go"), default="att")
    """Assembly syntax where a block and its page name none."""

    language = c.Optional(c.Choice(("en", "zh")))
    """Language of the words in figures. Default: the theme's."""

    jobs = Bounded(int, default=0, least=0, most=1024)
    """Emulators at a time; 0: one a processor."""

    sysroot = c.Type(str, default="/")
    """Where the interpreter and shared libraries of dynamically linked programs are read; never written."""

    limits = c.SubConfig(LimitsConfig)
    """Bounds of a run."""

    on_error = c.Choice(("warn", "fail"), default="warn")
    """`warn`: a block that is wrong is shown as such and warned of, which `--strict` turns into a failure.
    `fail`: a build with such a block always fails, after all of them are told; `mkdocs serve` goes on."""

    pdf = Switched()
    """`true`: `mkdocs build` writes the site as one PDF a language, too. Its options may be given instead."""
