"""`stackreel pdf`: the site, or an article, as PDF."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, BuildError, ConfigurationError

from stackreel.errors import BlockError, StackreelError, near
from stackreel.hosts.mkdocs_plugin import StackreelPlugin
from stackreel.hosts.pdf import need_weasyprint
from stackreel.hosts.pdf.press import Press
from stackreel.hosts.values import writable
from stackreel.page.snippets import MARKDOWN

_CONFIG = "mkdocs.yml"
_STANDARD = "-"


@click.command()
@click.option("-o", "--output", callback=writable, metavar="FILE",
              help="The PDF to write, - for standard output. Default: ARTICLE.pdf here; for the site, as in "
              "`pdf:`.")  # fmt: skip
@click.option("-f", "--config-file", type=click.Path(dir_okay=False, path_type=Path), metavar="MKDOCS.YML",
              help="Default: the mkdocs.yml here or nearest above.")  # fmt: skip
@click.option("-s", "--strict", is_flag=True, help="Write nothing and fail where the build warns.")
@click.argument("article", required=False, type=click.Path(path_type=Path), metavar="[ARTICLE.md]")
def pdf(output: str | None, config_file: Path | None, strict: bool, article: Path | None) -> None:
    """Write an article of a MkDocs site as PDF, or the whole site: one PDF a language.

    Nothing is read from the network, and the same input gives the same bytes: the date in a PDF is that of
    SOURCE_DATE_EPOCH where it is set.
    """
    need_weasyprint()
    found = config_file or _nearest(article.absolute().parent if article else Path.cwd())
    if found is None or not found.is_file():
        raise StackreelError(
            f"there is no {config_file or _CONFIG}{'' if config_file else ' here or in a folder above'}",
            example="stackreel pdf --config-file docs/mkdocs.yml",
        )
    target = Path(output).absolute() if output else (Path.cwd() / f"{article.stem}.pdf" if article else None)
    with _printed(found, article, strict) as made:
        if output == _STANDARD:
            _pass_on(made)
        else:
            _keep(made, target, found.absolute().parent)


def _nearest(folder: Path) -> Path | None:
    """Return the mkdocs.yml of a folder or of the nearest above it."""
    return next((path / _CONFIG for path in (folder, *folder.parents) if (path / _CONFIG).is_file()), None)


@dataclass(frozen=True)
class _Made:
    """The PDFs of a site, in the folder it was built into."""

    folder: Path
    files: tuple[Path, ...]


@contextmanager
def _printed(config_file: Path, article: Path | None, strict: bool) -> Iterator[_Made]:
    """Build the site of a configuration into a folder that is thrown away at the end, and yield its PDFs."""
    log = logging.getLogger("mkdocs")
    log.setLevel(logging.WARNING)
    teller = logging.StreamHandler()
    teller.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    log.addHandler(teller)
    with tempfile.TemporaryDirectory(prefix="stackreel-pdf-") as folder:
        try:
            config = load_config(str(config_file), site_dir=folder, strict=strict)
            plugin = next((one for one in config.plugins.values() if isinstance(one, StackreelPlugin)), None)
            if plugin is None:
                raise StackreelError(
                    f"{config_file} has no plugin `stackreel`", example="plugins: [search, stackreel]"
                )
            if article is not None:
                _check(article, Path(config.docs_dir))
            press = plugin.press = Press(article)
            config.plugins.on_startup(command="build", dirty=False)
            build(config)
            config.plugins.on_shutdown()
        except (Abort, BuildError, ConfigurationError) as error:
            raise StackreelError(f"the site of {config_file.name} could not be built: {error}") from error
        finally:
            log.removeHandler(teller)
        yield _Made(Path(folder), tuple(press.written))


def _keep(made: _Made, target: Path | None, root: Path) -> None:
    """Write the PDFs where they were asked for, else as the site has them, below its root; say where."""
    for written in made.files:
        kept = target or root / written.relative_to(made.folder)
        if target is not None and written != made.files[0]:
            kept = target.with_suffix("".join(written.suffixes))
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(written.read_bytes())
        click.echo(kept)


def _pass_on(made: _Made) -> None:
    """Write the one PDF to standard output. Raises StackreelError where there are several."""
    if len(made.files) > 1:
        names = ", ".join(file.name for file in made.files)
        raise StackreelError(
            f"standard output has room for one PDF, and the site has {len(made.files)}: {names}",
            example="stackreel pdf -o book.pdf",
        )
    for file in made.files:
        with click.open_file(_STANDARD, "wb") as output:
            output.write(file.read_bytes())


def _check(article: Path, docs: Path) -> None:
    """See that an article is a page of the site. Raises BlockError."""
    if not article.is_file() or not article.resolve().is_relative_to(docs.resolve()):
        pages = sorted(
            path.relative_to(docs).as_posix() for path in docs.rglob("*") if path.suffix in MARKDOWN
        )
        raise BlockError(
            f"{article} is not a page of this site",
            near=[f"{docs.name}/{name}" for name in near(article.name, pages)],
        )
