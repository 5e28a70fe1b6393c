"""Figures for slides: one as a PDF page or a picture of its own size, a reel as a PDF with a page a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from xml.etree.ElementTree import Element

from stackreel.figure import Drawing, Panel, Scene, page_svg
from stackreel.hosts.pdf import need_pdfium
from stackreel.hosts.pdf.plates import Plates
from stackreel.hosts.pdf.tree import make, parse, write
from stackreel.hosts.pdf.typeset import style, typeset

_MARGIN = 12
_GAP = 24

PIXELS = 3
"""Pixels of a picture to a CSS pixel: sharp where a projector shows the figure over the width of a slide."""

_WIDTH, _HEIGHT = 1184, 664
"""What a slide of slides.css holds, in CSS pixels."""

_WORDS = 190
"""The height of its words, which stand above the code; the stack beside them has the whole height."""


@dataclass(frozen=True)
class Show:
    """A reel to be shown: its title, the language of its words, and its steps."""

    title: str
    language: str
    scenes: Sequence[Scene]
    drawings: Sequence[Drawing]


def figure_pdf(drawing: Drawing, language: str) -> bytes:
    """Return a PDF of one page that is as large as the figure."""
    plates = Plates()
    width, height = drawing.width + _GAP + 2 * _MARGIN, drawing.height + 2 * _MARGIN
    size = f"@page {{ size: {width}px {height}px; margin: {_MARGIN}px }}"
    body = make("body", _panels(drawing, plates, 1.0, 1.0), class_="figure")
    return typeset(
        _document(drawing.title, language, body), plates.all, {}, (style("slides.css"), size)
    ).content


def figure_png(drawing: Drawing, language: str) -> bytes:
    """Return a figure as a PNG on white, `PIXELS` pixels to a unit. Raises ToolError without pypdfium2."""
    need_pdfium()
    import pypdfium2  # noqa: PLC0415 - the rest does without it

    document = pypdfium2.PdfDocument(figure_pdf(drawing, language))
    picture = document[0].render(scale=PIXELS * 96 / 72).to_pil()
    kept = BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def reel_pdf(show: Show) -> bytes:
    """Return a PDF with a page a step, of the shape of a screen, on which nothing moves but what the step changed."""
    plates = Plates()
    steps = list(zip(show.scenes, show.drawings, strict=True))
    code, stack = (
        _scale([drawing.panels[side] for drawing in show.drawings], room)
        for side, room in ((0, _HEIGHT - _WORDS), (1, _HEIGHT))
    )
    wide = max(drawing.panels[1].width for drawing in show.drawings) * stack
    beside = f"width: {_WIDTH - _GAP - wide:.1f}px"
    body = make("body")
    for number, (scene, drawing) in enumerate(steps):
        changed = ", ".join(f"{line.name} = {line.value}" for line in scene.changed)
        done = make("code", scene.instruction) if scene.instruction else scene.title
        words = make(
            "div", make("p", show.title, make("span", f"{number} / {len(steps) - 1}"), class_="title"),
            make("h1", f"{number} ", done, class_="step"), make("p", scene.sentence, class_="said"),
            make("p", make("code", changed), class_="changed"), class_="words", style=beside,
        )  # fmt: skip
        body.append(make("section", words, _panels(drawing, plates, code, stack), class_="slide"))
    return typeset(_document(show.title, show.language, body), plates.all, {}, (style("slides.css"),)).content


def _scale(panels: Sequence[Panel], room: float) -> float:
    """Return the scale at which the panels of all steps have room in height, and in half the width of a slide."""
    return min(
        room / max(panel.height for panel in panels),
        (_WIDTH - _GAP) / 2 / max(panel.width for panel in panels),
    )


def _panels(drawing: Drawing, plates: Plates, *scales: float) -> Element:
    made = make("div", class_="panels")
    for panel, scale in zip(drawing.panels, scales, strict=True):
        (picture,) = parse(plates.put(page_svg(drawing, (panel.name,))))
        picture.set("style", f"width: {panel.width * scale:.1f}px")
        made.append(picture)
    return made


def _document(title: str, language: str, body: Element) -> str:
    head = make("head", make("meta", charset="utf-8"), make("title", title))
    return "<!doctype html>" + write(make("html", head, body, lang=language))
