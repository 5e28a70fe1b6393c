"""`stackreel reel`: every step of a program's function as one HTML file that needs nothing else, or as slides."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Unpack

import click
from click.core import ParameterSource

from stackreel import figure
from stackreel.binary import read_image
from stackreel.errors import BlockError, SymbolError
from stackreel.figure import Drawing, Scene
from stackreel.hosts.cli_show import LANGUAGE, ROWS, SYNTAX, Watching, observed, watched
from stackreel.hosts.pdf import need_weasyprint
from stackreel.hosts.programs import ProgramCommand, read
from stackreel.hosts.values import writable
from stackreel.listing import Syntax
from stackreel.page.assets import script, style
from stackreel.page.blocks import REEL_LIMIT
from stackreel.page.context import language_of
from stackreel.page.reels import Film, film_html
from stackreel.page.subject import Look
from stackreel.trace.request import find_start

_IDENT = "reel"
_MANY = 300  # steps that take long enough to say so

_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ max-width: 1300px; margin: 1rem auto; padding: 0 1rem; font: 16px/1.5 sans-serif }}
body {{ background: Canvas; color: CanvasText }}
h1 {{ font-size: 1.3em; overflow-wrap: anywhere }}
{style}
</style>
<body class="sd-alone">
<h1>{title}</h1>
{body}
<script>
{script}
</script>
</html>
"""


@click.command(cls=ProgramCommand)
@watched
@SYNTAX
@click.option(
    "-o",
    "--output",
    required=True,
    callback=writable,
    metavar="FILE",
    help="The file to write; - for standard output.",
)
@click.option("--format", "form", type=click.Choice(("html", "pdf")), default="html", show_default=True,
              help="html: to step through. pdf: slides, a page a step.")  # fmt: skip
@click.option(
    "--from",
    "first",
    default="start",
    show_default=True,
    metavar="MOMENT",
    help="The moment before the first step.",
)
@click.option(
    "--to", "last", default="end", show_default=True, metavar="MOMENT", help="The moment after the last step."
)
@click.option("--title", default="", help="Default: the program and where recording begins.")
@ROWS
@LANGUAGE
@click.argument("elf", metavar="ELF")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGS]...")
def reel(  # noqa: PLR0913, PLR0917 - one argument an option
    elf: str,
    arguments: Sequence[str],
    output: str,
    form: str,
    first: str,
    last: str,
    title: str,
    syntax: Syntax,
    rows: int,
    language: str,
    **options: Unpack[Watching],
) -> None:
    """Write a program's run as one HTML file to step through, which needs nothing else, or as slides.

    A program without a function main is shown from its entry; of a long run the beginning, unless --to says otherwise.

    An option that is not one of these is the program's, and so is all that follows `--`.
    """
    _find_start(elf, options)
    shown = observed(elf, arguments, options, has_sources=True)
    span = range(shown.position(first), shown.position(last) + 1)
    if not span:
        raise BlockError(
            f"--to {last} comes before --from {first}", example="--from 'enter main' --to 'leave main'"
        )
    if len(span) - 1 > REEL_LIMIT:
        said = f"this run has {len(span) - 1} steps and a reel up to {REEL_LIMIT}"
        if _is_chosen("last"):
            raise BlockError(f"{said}, so write a part of it", example="--to 'step 1000'")
        span = span[: REEL_LIMIT + 1]
        _note(f"{said}: it ends with step {span.stop - 1}; --from and --to choose another part")
    if len(span) > _MANY:
        _note(f"drawing {len(span) - 1} steps, which takes a while")
    look = Look(options["functions"], syntax, _IDENT, language, rows)
    scenes = shown.scenes(span.start, span.stop - 1, look)
    film = Film(_IDENT, span, shown.code(span, options["functions"], syntax), language_of(language))
    drawings = figure.draw(scenes)
    title = title or f"{Path(elf).name}: {options['start']}"
    written = (
        _slides(title, language, scenes, drawings)
        if form == "pdf"
        else _PAGE.format(
            language=language,
            title=escape(title),
            style=style().content,
            body=film_html(shown, film, scenes, drawings),
            script=script().content,
        ).encode()
    )
    with click.open_file(output, "wb") as file:
        file.write(written)


def _find_start(elf: str, options: Watching) -> None:
    """Begin at the entry where there is no main and no other start was chosen; follow all code that has no names."""
    image = read_image(read(elf), Path(elf).name)
    try:
        start = find_start(image, options["start"])
    except SymbolError:
        if _is_chosen("start"):
            raise
        start, options["start"] = image.entry, "entry"
        _note(f"{image.name} has no function main: it is shown from its entry (--start entry)")
    if not options["everything"] and not options["functions"] and image.function_at(start) is None:
        options["everything"] = True
        _note("its code has no names there: all of it is followed (--all)")


def _is_chosen(option: str) -> bool:
    """Tell whether an option was written, and is not its default."""
    return click.get_current_context().get_parameter_source(option) is not ParameterSource.DEFAULT


def _note(said: str) -> None:
    click.echo(f"stackreel: {said}", err=True)


def _slides(title: str, language: str, scenes: Sequence[Scene], drawings: Sequence[Drawing]) -> bytes:
    need_weasyprint()
    from stackreel.hosts.pdf.slides import Show, reel_pdf  # noqa: PLC0415 - they need WeasyPrint, an extra

    return reel_pdf(Show(title, language, scenes, drawings))
