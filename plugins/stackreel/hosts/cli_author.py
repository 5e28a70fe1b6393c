"""`stackreel new`, `check`, `traces`, `assets` and `doctor`: what an author does beside writing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click

from stackreel.errors import StackreelError, near
from stackreel.example import chosen, new_example, rebuild_all
from stackreel.hosts.checking import Checked, check_examples, check_pages, report_pages
from stackreel.hosts.doctor import examine, report
from stackreel.hosts.goldens import Recorder
from stackreel.machine.pool import Emulator
from stackreel.page.assets import assets as page_assets
from stackreel.page.blocks import REEL_LIMIT
from stackreel.page.snippets import MARKDOWN
from stackreel.page.studio import Settings, Studio
from stackreel.trace import defined_functions, open_image
from stackreel.trace.recorder import how

FOLDER = click.Path(file_okay=False, path_type=Path)
DOCS = Path("docs")
TRACES = click.option(
    "--traces", type=FOLDER, default=Path("traces"), show_default=True, help="Folder of the examples."
)


@click.command()
@TRACES
@click.option(
    "--toolchain", default="", metavar="ROW", help="A row of toolchains.toml. Default: what is installed."
)
@click.argument("name")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("flags", nargs=-1, type=click.UNPROCESSED, metavar="[-- FLAG]...")
def new(name: str, source: Path, traces: Path, toolchain: str, flags: Sequence[str]) -> None:
    """Compile SOURCE (C or Go), write traces/NAME/ with all an example has, print the block to paste.

    What follows `--` are flags for the compiler, such as -O1 -lm; they become a part of the example's build command.
    """
    if flags and not flags[0].startswith("-"):
        form = f"stackreel new {name} {source} -- -O1 -lm"
        raise StackreelError(
            f"{flags[0]!r} is no flag for the compiler, and there is one SOURCE", example=form
        )
    created = new_example(name, source, traces, defined_functions, toolchain=toolchain, flags=flags)
    with Emulator(1) as emulator:
        trace = Recorder(emulator).write(created.example)
    end, to = trace.end, ""
    example, follows = created.example, ", ".join(created.example.trace.functions)
    click.echo(f"{example.folder}: {created.toolchain}, follows {follows}")
    if end.reason != "returned":
        to = "end"
        said = how(end, open_image(example.program, example.binary.name))
        click.echo(f"{example.trace.start} does not return in what was recorded: {said}")
    if len(trace) > REEL_LIMIT:
        to = f"step {REEL_LIMIT}"
        click.echo(
            f"This run has {len(trace)} steps and a reel up to {REEL_LIMIT}: the block shows its beginning."
        )
    click.echo("Paste this into an article:\n")
    click.echo(created.fence(to), nl=False)


@click.command()
@TRACES
@click.option("--accept", is_flag=True, help="Take what the sources and the emulator now give.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.pass_context
def traces(ctx: click.Context, traces: Path, accept: bool, names: Sequence[str]) -> None:
    """Rebuild the binaries of examples from their sources and their golden traces from the binaries.

    NAME is an example; default: all. The one command that needs the compilers of toolchains.toml. It fails where a
    result differs.
    """
    failed = 0
    folders = chosen(traces, names)
    with Emulator(1) as emulator:
        for result in rebuild_all(folders, Recorder(emulator).golden(), accept=accept):
            click.echo(f"{result.name}: binary {result.binary}, trace {result.golden}")
            for line in result.said:
                click.echo(f"  {line}", err=not result.ok)
            failed += not result.ok
    ctx.exit(1 if failed else 0)


@click.command()
@TRACES
@click.option("--docs", type=FOLDER, default=DOCS, show_default=True, help="Folder of the articles.")
@click.option(
    "--cache", type=FOLDER, default=Path(".cache/stackreel"), show_default=True, help="Cache folder."
)
@click.option(
    "--report", "has_report", is_flag=True, help="List what articles say of the machine that no claim covers."
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.pass_context
def check(  # noqa: PLR0913, PLR0917 - one argument an option
    ctx: click.Context, traces: Path, docs: Path, cache: Path, has_report: bool, paths: Sequence[Path]
) -> None:
    """Record every example anew and compare; judge every claim, session and block of the articles.

    PATHS are articles, folders of articles, or examples' folders. Default: all of both.
    """
    here = Path.cwd()
    examples = [path for path in paths if _is_example(path)]
    pages = [path for path in paths if not _is_example(path)] if paths else _docs(docs)
    names = frozenset(_name(path, traces) for path in examples) if paths else None
    files = markdown_files(pages, is_named=bool(paths) or docs != DOCS)
    studio = Studio(Settings(traces=here / traces, cache=here / cache, root=here))
    results: list[Checked] = []
    with Emulator(1) as emulator:
        results += _told(check_examples(traces, names, Recorder(emulator)))
    results += _told(check_pages(files, studio, here))
    if has_report:
        for line in report_pages(files, here):
            click.echo(line)
    failed = sum(1 for result in results if result.wrong)
    click.echo(f"{len(results)} checked, {failed} failed" if results else "nothing to check")
    ctx.exit(1 if failed else 0)


def _docs(folder: Path) -> list[Path]:
    """Return the folder of articles; none where nobody asked for it and there is none yet."""
    return [folder] if folder.exists() or folder != DOCS else []


def _is_example(path: Path) -> bool:
    return (path / "example.toml").exists()


def _name(example: Path, traces: Path) -> str:
    """Return the name of an example named by its folder; StackreelError where it is not one of `traces`."""
    folder = example.resolve()
    if folder.parent != traces.resolve():
        raise StackreelError(f"{example} is not in {traces}", example=f"--traces {example.parent}")
    return folder.name


def markdown_files(
    paths: Iterable[Path], *, is_named: bool = True, instead: Callable[[Path], str] = Path.as_posix
) -> list[Path]:
    """Return the Markdown files of files and folders, each once, in order.

    Raises StackreelError where there is no such path, or, of paths that were named, no Markdown in it. What is meant
    may have been an example, of which `instead` says how it is written.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise StackreelError(f"there is no {path}", near=_like(path))
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        files = [one for one in inside if one.suffix in MARKDOWN and one.is_file()]
        if not files and is_named:
            raise _without_markdown(path, instead)
        found += files
    return list(dict.fromkeys(found))


def _without_markdown(path: Path, instead: Callable[[Path], str]) -> StackreelError:
    if not path.is_dir():
        return StackreelError(f"{path} is no Markdown file", example="docs/zh/index.md")
    if _is_example(path):
        return StackreelError(f"{path} holds no Markdown, but is an example", example=instead(path))
    examples = sorted(one.parent for one in path.glob("*/example.toml"))
    if examples:
        return StackreelError(f"{path} holds no Markdown, but examples", example=instead(examples[0]))
    return StackreelError(f"{path} holds no Markdown file")


def _like(path: Path) -> tuple[str, ...]:
    """Return the articles and folders beside where `path` would be whose names, without endings, resemble its name."""
    if not path.parent.is_dir():
        return ()
    beside = sorted(one for one in path.parent.iterdir() if one.is_dir() or one.suffix in MARKDOWN)
    stems = {one.stem: one.as_posix() for one in beside if not one.name.startswith(".")}
    return tuple(stems[stem] for stem in near(path.stem, stems))


def _told(results: Iterable[Checked]) -> list[Checked]:
    """Print each result as it comes, and return them all."""
    told: list[Checked] = []
    for result in results:
        click.echo(result)
        for error in result.wrong:
            click.echo("".join(f"    {line}\n" for line in error.splitlines()), nl=False)
        told.append(result)
    return told


@click.command()
@click.argument("folder", type=FOLDER)
def assets(folder: Path) -> None:
    """Write the style sheet and the script into FOLDER, for tools that are not MkDocs."""
    folder.mkdir(parents=True, exist_ok=True)
    for asset in page_assets():
        file = folder / asset.uri.rsplit("/", 1)[-1]
        file.write_text(asset.content, encoding="utf-8")
        click.echo(file)


@click.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Say what is installed, what is missing, and how to get it."""
    ctx.exit(0 if report(examine(), click.echo) else 1)
