"""`stackreel trace`, `listing` and `figure`: what articles show, of any ELF, on a terminal or for a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TypeVar, Unpack, get_args

import click

from stackreel import figure
from stackreel.binary import read_debug, read_image
from stackreel.figure import Drawing, Scene
from stackreel.hosts import values
from stackreel.hosts.pdf import need_weasyprint
from stackreel.hosts.programs import (
    Options,
    ProgramCommand,
    limits,
    read,
    read_input,
    source_texts,
    surroundings,
)
from stackreel.hosts.values import writable
from stackreel.listing import Syntax, as_gdb, as_objdump, go_dialect, list_functions, one
from stackreel.machine.pool import Emulator
from stackreel.page.blocks import MOST_ROWS
from stackreel.page.html import Panel
from stackreel.page.html import figure as figure_html
from stackreel.page.subject import Look, Shown, Subject, subject
from stackreel.trace import Request, Trace, record
from stackreel.trace.jsonl import lines

Handler = TypeVar("Handler", bound=Callable[..., object])

SYNTAX = click.option(
    "--syntax", type=click.Choice(get_args(Syntax)), default="att", show_default=True, help="Assembly syntax."
)

LANGUAGE = click.option(
    "--language", type=click.Choice(tuple(figure.LANGUAGES)), default="en", show_default=True,
    help="Language of the words.",
)  # fmt: skip

ROWS = click.option(
    "--rows", type=click.IntRange(1, MOST_ROWS), default=figure.ROWS, show_default=True, metavar="N",
    help="Rows of the stack; beyond these, runs nothing happens to are folded.",
)  # fmt: skip


class Watching(Options):
    """What click hands over for the options of `watched` besides."""

    start: str
    functions: tuple[str, ...]
    everything: bool
    max_steps: int


def watched(command: Handler) -> Handler:
    """Add the options that say what is recorded."""
    for option in (
        click.option("--max-steps", type=click.IntRange(1), default=100_000, show_default=True,
                     help="Stop recording after so many steps."),
        click.option("--all", "everything", is_flag=True, help="Step into all code, libraries included."),
        click.option("--functions", default="", callback=values.names, metavar="A,B",
                     help="Functions recorded instruction by instruction. Default: that of --start;"
                     " for a figure, those of its source file."),
        click.option("--start", default="main", show_default=True, metavar="PLACE",
                     help="Where recording begins: a symbol, symbol+offset, or entry."),
    ):  # fmt: skip
        command = option(command)
    return surroundings(command)


def record_program(elf: str, arguments: Sequence[str], options: Watching) -> tuple[Trace, bytes]:
    """Record a program; raises what recording raises."""
    program = read(elf)
    request = Request(
        program=program,
        path=str(Path(elf).absolute()),
        argv=(options["argv0"] or elf, *arguments),
        env=options["env"],
        stdin=read_input(options["stdin"]),
        start=options["start"],
        functions=options["functions"],
        everything=options["everything"],
        max_steps=options["max_steps"],
        limits=limits(options),
    )
    with Emulator(1) as emulator:
        return record(request, emulator), program


def observed(elf: str, arguments: Sequence[str], options: Watching, *, has_sources: bool = False) -> Subject:
    """Record a program and return all that is known of the run, source texts where asked for.

    Where no functions are named, those of the source file that recording begins in are followed. Raises what
    recording raises.
    """
    if not options["functions"]:
        options["functions"] = neighbours(elf, options["start"])
    recorded, program = record_program(elf, arguments, options)
    files = read_debug(read_image(program, Path(elf).name)).files if has_sources else ()
    texts = {Path(name).name: text for name, text in source_texts(files, Path(elf).parent).items()}
    return subject(recorded, program, Path(elf).name, Shown(options["functions"], {}, texts))


@click.command(cls=ProgramCommand)
@watched
@SYNTAX
@click.option("--format", "form", type=click.Choice(("jsonl", "none")), default="jsonl", show_default=True,
              help="jsonl: a header, a line a step, an end. none: only the number of steps.")  # fmt: skip
@click.argument("elf", metavar="ELF")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGS]...")
def trace(elf: str, arguments: Sequence[str], syntax: Syntax, form: str, **options: Unpack[Watching]) -> None:
    """Record a program and print its trace, one instruction a line, as JSON.

    An option that is not one of these is the program's, and so is all that follows `--`.
    """
    recorded, program = record_program(elf, arguments, options)
    if form == "none":
        click.echo(len(recorded))
        return
    image = read_image(program, Path(elf).name, recorded.program.bias)
    go = go_dialect(image) if syntax == "go" else None
    for line in lines(recorded, lambda pc, code: one(code, pc, syntax, image.symbolize, go).text):
        click.echo(line)


@click.command()
@SYNTAX
@click.option("--format", "form", type=click.Choice(("gdb", "objdump")), default="gdb", show_default=True,
              help="As gdb's disassemble or as objdump -d prints it.")  # fmt: skip
@click.option("--bytes/--no-bytes", "has_bytes", default=None,
              help="Show the machine code. Default: as the program of --format does.")  # fmt: skip
@click.argument("elf", metavar="ELF")
@click.argument("functions", nargs=-1, required=True, metavar="FUNCTION...")
def listing(elf: str, functions: Sequence[str], syntax: Syntax, form: str, has_bytes: bool | None) -> None:
    """Print the disassembly of functions of a program."""
    image = read_image(read(elf), Path(elf).name)
    found = list_functions(image, read_debug(image), functions, syntax)
    if form == "gdb":
        printed = as_gdb(found, raw=bool(has_bytes))
    else:
        printed = as_objdump(found, image.bfd, raw=has_bytes is not False)
    click.echo(printed, nl=False)


def _document(drawing: Drawing) -> str:
    """Return a whole HTML document of one figure, with its style."""
    body = figure_html(drawing.ident, Panel(drawing.svg, drawing.table), "", "en")
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(drawing.title)}</title>\n"
        f"<style>:root{{color-scheme:light dark}}\n{figure.css()}</style>\n{body}\n</html>\n"
    )


def _pdf(scene: Scene) -> bytes:
    need_weasyprint()
    from stackreel.hosts.pdf.slides import figure_pdf  # noqa: PLC0415 - it needs WeasyPrint, an extra

    return figure_pdf(figure.draw((scene,))[0], scene.language)


def _png(scene: Scene) -> bytes:
    need_weasyprint()
    from stackreel.hosts.pdf.slides import figure_png  # noqa: PLC0415 - it needs WeasyPrint, an extra

    return figure_png(figure.draw((scene,))[0], scene.language)


_FORMS: Mapping[str, Callable[[Scene], str | bytes]] = {
    "svg": lambda scene: figure.standalone_svg(figure.draw((scene,))[0]),
    "text": figure.text,
    "dot": figure.dot_source,
    "html": lambda scene: _document(figure.draw((scene,))[0]),
    "pdf": _pdf,
    "png": _png,
}


def neighbours(elf: str, start: str) -> tuple[str, ...]:
    """Return the functions of the source file that the function of `start` comes from; none without DWARF.

    They are called as the symbol table calls them, which in C++ is not what the source does.
    """
    image = read_image(read(elf), Path(elf).name)
    functions = read_debug(image).functions
    name = start.partition("+")[0]
    file = next((function.file for function in functions if function.name == name), "")
    mine = sorted(
        (function for function in functions if file and function.file == file), key=lambda f: f.line
    )
    named = (symbol.name for function in mine if (symbol := image.function_at(function.low)))
    return tuple(dict.fromkeys(named))


@click.command("figure", cls=ProgramCommand)
@watched
@SYNTAX
@click.option("--at", "moment", required=True, metavar="MOMENT",
              help="The moment: main+4, after main+4, enter sum, leave sum, sum.c:4, step 12, start, end.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(tuple(_FORMS)), default="text", show_default=True,
              help="What is written; pdf and png are for slides.")  # fmt: skip
@click.option(
    "-o",
    "--output",
    default="-",
    callback=writable,
    metavar="FILE",
    help="Where it is written. Default: standard output.",
)
@ROWS
@LANGUAGE
@click.argument("elf", metavar="ELF")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGS]...")
def draw(  # noqa: PLR0913, PLR0917 - one argument an option
    elf: str,
    arguments: Sequence[str],
    moment: str,
    form: str,
    output: str,
    syntax: Syntax,
    rows: int,
    language: str,
    **options: Unpack[Watching],
) -> None:
    """Draw one moment of a program: code, registers, stack.

    An option that is not one of these is the program's, and so is all that follows `--`.
    """
    shown = observed(elf, arguments, options)
    at = shown.position(moment)
    (scene,) = shown.scenes(at, at, Look(options["functions"], syntax, "figure", language, rows))
    drawn = _FORMS[form](scene)
    with click.open_file(output, "wb") as file:
        file.write(drawn if isinstance(drawn, bytes) else f"{drawn.removesuffix(chr(10))}\n".encode())
