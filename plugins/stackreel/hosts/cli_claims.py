"""`stackreel update` and `gdb`: claims set right, and sessions without gdb."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Unpack

import click

from stackreel.claims.gdb import Session
from stackreel.hosts.cli_author import FOLDER, TRACES, markdown_files
from stackreel.hosts.cli_show import Watching, neighbours, record_program, watched
from stackreel.hosts.programs import ProgramCommand
from stackreel.page.mend import mend
from stackreel.page.studio import Settings, Studio
from stackreel.page.subject import Shown, subject

_MARK = "\ufeff"


@click.command()
@TRACES
@click.option("--docs", type=FOLDER, default=Path("docs"), show_default=True, help="Folder of the articles.")
@click.option(
    "--cache", type=FOLDER, default=Path(".cache/stackreel"), show_default=True, help="Cache folder."
)
@click.option("--yes", "is_sure", is_flag=True, help="Write without asking.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.pass_context
def update(  # noqa: PLR0913, PLR0917 - one argument an option
    ctx: click.Context, traces: Path, docs: Path, cache: Path, is_sure: bool, paths: Sequence[Path]
) -> None:
    """Set right the outputs of sessions and the literals of `expr == literal` in the articles, after showing them.

    Everything else of a file stays byte for byte. What only its author can mend is listed, and the status is 1.
    """
    here = Path.cwd()
    studio = Studio(Settings(traces=here / traces, cache=here / cache, root=here))
    left = written = 0
    for file in markdown_files(paths or [docs]):
        source = file.read_bytes().decode("utf-8", "surrogateescape")
        mark, text = (_MARK, source[1:]) if source.startswith(_MARK) else ("", source)
        mended = mend(file.as_posix(), text, studio)
        for error in mended.left:
            click.echo(str(error))
        left += len(mended.left)
        if mended.text == text:
            continue
        click.echo("".join(_diff(file.as_posix(), text, mended.text)), nl=False)
        if is_sure or click.confirm(f"Write {file}?"):
            file.write_bytes((mark + mended.text).encode("utf-8", "surrogateescape"))
            written += 1
        else:
            left += 1
    click.echo(f"{written} files written, {left} things left to their author")
    ctx.exit(1 if left else 0)


def _diff(name: str, old: str, new: str) -> Iterator[str]:
    for line in unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), name, name, n=1):
        yield line if line.endswith("\n") else f"{line}\n"


@click.command("gdb", cls=ProgramCommand)
@watched
@click.option("-ex", "commands", multiple=True, metavar="CMD", help="A command; may be given several times.")
@click.option("--at", "moment", default="", metavar="MOMENT",
              help="The moment at which the session begins. Default: before `run`.")  # fmt: skip
@click.argument("elf", metavar="ELF")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGS]...")
def gdb(
    elf: str, arguments: Sequence[str], commands: Sequence[str], moment: str, **options: Unpack[Watching]
) -> None:
    """Print what gdb would print for the commands, from a recorded run; no gdb is needed.

    An option that is not one of these is the program's, and so is all that follows `--`.
    """
    if not options["functions"]:
        options["functions"] = neighbours(elf, options["start"])
    trace, program = record_program(elf, arguments, options)
    shown = subject(trace, program, Path(elf).name, Shown(options["functions"]))
    sources = _sources(Path(elf).parent, shown.debug.files)
    position = shown.position(moment) if moment else None
    session = Session(trace, shown.image, shown.debug, sources, position, options["functions"])
    for command in commands:
        click.echo(session.run(command), nl=False)


def _sources(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """Return the texts of source files that lie where the debug information or the program is."""
    found: dict[str, str] = {}
    for name in names:
        for path in (Path(name), folder / Path(name).name):
            if path.is_file():
                found[name] = path.read_text(encoding="utf-8", errors="replace")
                break
    return found
