"""`stackreel reel`: every step of a program's function as one HTML file that needs nothing else, or as slides."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Unpack

import click

from stackreel import figure
from stackreel.errors import BlockError
from stackreel.figure import Drawing, Scene
from stackreel.hosts.cli_show import LANGUAGE, ROWS, SYNTAX, Watching, observed, watched
from stackreel.hosts.pdf import need_weasyprint
from stackreel.hosts.programs import ProgramCommand
from stackreel.hosts.values import writable
from stackreel.listing import Syntax
from stackreel.page.assets import script, style
from stackreel.page.context import language_of
from stackreel.page.makers import REEL_LIMIT
from stackreel.page.reels import Film, film_html
from stackreel.page.subject import Look

_IDENT = "reel"

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

    An option that is not one of these is the program's, and so is all that follows `--`.
    """
    shown = observed(elf, arguments, options, has_sources=True)
    span = range(shown.position(first), shown.position(last) + 1)
    if not span:
        raise BlockError(
            f"--to {last} comes before --from {first}", example="--from 'enter main' --to 'leave main'"
        )
    if len(span) > REEL_LIMIT:
        raise BlockError(
            f"this run has {len(span)} steps; a reel holds up to {REEL_LIMIT}, so write a part of it",
            example="--to 'step 1000'",
        )
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


def _slides(title: str, language: str, scenes: Sequence[Scene], drawings: Sequence[Drawing]) -> bytes:
    need_weasyprint()
    from stackreel.hosts.pdf.slides import Show, reel_pdf  # noqa: PLC0415 - they need WeasyPrint, an extra

    return reel_pdf(Show(title, language, scenes, drawings))
