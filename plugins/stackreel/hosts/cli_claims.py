"""`stackreel update` and `gdb`: claims set right, and sessions without gdb."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Unpack

import click

from stackreel.claims.gdb import Session
from stackreel.errors import StackreelError
from stackreel.hosts.before import moved
from stackreel.hosts.checking import distinct
from stackreel.hosts.cli_author import DOCS, FOLDER, TRACES, markdown_files
from stackreel.hosts.cli_show import Watching, observed, watched
from stackreel.hosts.programs import ProgramCommand, source_texts
from stackreel.page.done import amount
from stackreel.page.mend import mend
from stackreel.page.realign import realigned
from stackreel.page.studio import Settings, Studio

_MARK = "\ufeff"


@click.command()
@TRACES
@click.option("--docs", type=FOLDER, default=DOCS, show_default=True, help="Folder of the articles.")
@click.option(
    "--cache", type=FOLDER, default=Path(".cache/stackreel"), show_default=True, help="Cache folder."
)
@click.option("--before", type=FOLDER, help="Folder of the examples before they were compiled anew. Default: "
              "git's last commit.")  # fmt: skip
@click.option("--yes", "is_sure", is_flag=True, help="Write without asking.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.pass_context
def update(  # noqa: PLR0913, PLR0917 - one argument an option
    ctx: click.Context,
    traces: Path,
    docs: Path,
    cache: Path,
    before: Path | None,
    is_sure: bool,
    paths: Sequence[Path],
) -> None:
    """Set right the outputs of sessions and the literals of `expr == literal` in the articles, after showing them.

    Where a program was compiled anew, offsets such as `main+25` become those of the same instructions now. Everything
    else of a file stays byte for byte. What only its author can mend is listed, and the status is 1.
    """
    here = Path.cwd()
    studio = Studio(Settings(traces=here / traces, cache=here / cache, root=here))
    offsets_of = moved(studio, before)
    left = written = 0
    files = markdown_files(paths or [docs], is_named=bool(paths) or docs != DOCS, instead=_accepting)
    for part in distinct(files, here):
        file = part.file
        source = file.read_bytes().decode("utf-8", "surrogateescape")
        mark, text = (_MARK, source[1:]) if source.startswith(_MARK) else ("", source)
        mended = mend(part, realigned(part, text, offsets_of), studio)
        errors = dict.fromkeys(map(str, mended.left))
        for error in errors:
            click.echo(error)
        left += len(errors)
        if mended.text == text:
            continue
        click.echo("".join(_diff(part.page.file, text, mended.text)), nl=False)
        if is_sure or click.confirm(f"Write {part.page.file}?"):
            file.write_bytes((mark + mended.text).encode("utf-8", "surrogateescape"))
            written += 1
        else:
            left += 1
    rest = amount(left, "thing left to its author", "things left to their author")
    click.echo(f"{amount(written, 'file')} written, {rest}")
    ctx.exit(1 if left else 0)


def _accepting(example: Path) -> str:
    """Return the command that sets an example right, which is not this one's to do."""
    return f"stackreel traces {example.name} --accept"


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

    A command that gdb or a replay refuses does not keep the next ones from being run. The status is 1 where a replay
    refuses one, and, as gdb's, where gdb refuses the last. An option that is not one of these is the program's, and so
    is all that follows `--`.
    """
    if not commands:
        raise click.UsageError("No commands are given: -ex 'break main' -ex run -ex bt")
    shown = observed(elf, arguments, options)
    sources = source_texts(shown.debug.files, Path(elf).parent)
    position = shown.position(moment) if moment else None
    session = Session(shown.trace, shown.image, shown.debug, sources, position, shown.functions)
    is_refused = False
    for command in commands:
        try:
            click.echo(session.run(command), nl=False)
        except StackreelError as error:
            is_refused = True
            click.echo(f"stackreel: -ex {shlex.quote(command)}: {error}", err=True)
    if is_refused or session.refused:
        raise click.exceptions.Exit(1)
