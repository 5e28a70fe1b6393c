"""Drawings as images of WeasyPrint, with each text set in one go.

WeasyPrint sets the text of an SVG letter by letter, for SVG may place each by itself: a minute for a thousand
figures. And a text that is not anchored at its start becomes an object of the file: 17 MB where 1.5 are enough.
Drawings have neither turned nor scattered letters, so here a text is one run of Pango's, moved left by its width
where it is anchored at its middle or end.

This is the one module that reaches below WeasyPrint's documented interface (`weasyprint.svg.SVG.draw_node`,
`weasyprint.text.line_break`, `weasyprint.draw.text`), which is why pyproject.toml names its range. It is handed over
through the documented `cache` of images by address. It draws what `figure` wrote and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tinycss2.color4 import Color
from weasyprint.css.properties import INITIAL_VALUES
from weasyprint.draw.text import draw_first_line
from weasyprint.matrix import Matrix
from weasyprint.pdf.stream import Stream
from weasyprint.svg import SVG, Node
from weasyprint.svg.text import TextBox
from weasyprint.svg.utils import color
from weasyprint.text.fonts import FontConfiguration
from weasyprint.text.line_break import Layout, line_size

from stackreel.hosts.pdf.ink import inked
from stackreel.hosts.pdf.plates import Plate

_ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}
_WEIGHTS = {"normal": 400, "bold": 700}


@cache
def _colour(name: str) -> Color:
    """Return a colour of CSS; figures have few, and each has thousands of texts."""
    found: Color = color(name)
    return found


class _Style(dict[str, object]):
    """The initial style of CSS, as WeasyPrint asks for it."""

    def __init__(self, fonts: FontConfiguration) -> None:
        super().__init__(INITIAL_VALUES)
        self.font_config = fonts


class Letters:
    """Texts as Pango has set them, each once: figures repeat most of theirs."""

    def __init__(self, fonts: FontConfiguration) -> None:
        self._fonts = fonts
        self._set: dict[tuple[object, ...], tuple[TextBox, float]] = {}

    def set(self, text: str, node: Mapping[str, str], size: float) -> tuple[TextBox, float]:
        """Return a text set with the fonts that a node names, and its width."""
        key = (text, size, node.get("font-family"), node.get("font-weight"), node.get("font-style"))
        if key not in self._set:
            style = _Style(self._fonts)
            style["font_family"] = [
                name.strip(" \"'") for name in node.get("font-family", "sans-serif").split(",")
            ]
            style["font_style"] = node.get("font-style", "normal")
            weight = node.get("font-weight", "normal")
            style["font_weight"] = _WEIGHTS[weight] if weight in _WEIGHTS else int(weight)
            style["font_size"] = size
            style["white_space"] = "pre"
            layout = Layout(style)
            layout.set_text(text)
            line, _ = layout.get_first_line()
            width, _ = line_size(line, style)
            self._set[key] = (TextBox(layout, style), width)
        return self._set[key]


class _Lettered(SVG):
    """An SVG document whose texts are set in one go."""

    def __init__(self, plate: Plate, letters: Letters) -> None:
        super().__init__(inked(plate.svg), None, None)
        self._letters = letters

    def draw_node(self, node: Node, font_size: float, *arguments: object, **options: object) -> None:
        """Draw a node of the document; texts in our way, all else in WeasyPrint's."""
        if node.tag in ("title", "desc"):
            return
        if node.tag != "text":
            super().draw_node(node, font_size, *arguments, **options)
            return
        text = (node.text or "").strip()
        if not text:
            return
        size = float(node.get("font-size", font_size))
        box, width = self._letters.set(text, node.attrib, size)
        x = float(node.get("x", 0)) - width * _ANCHORS[node.get("text-anchor", "start")]
        stream = self.stream
        stream.push_state()
        self.transform(node, size)
        stream.set_color(_colour(node.get("fill", "black")))
        stream.begin_text()
        draw_first_line(stream, box, "none", "none", Matrix(d=-1, e=x, f=float(node.get("y", 0))))
        stream.end_text()
        stream.pop_state()


class Drawing:
    """A plate as WeasyPrint's layout and drawing ask for it; the SVG is read when it is drawn, and not kept."""

    def __init__(self, plate: Plate, letters: Letters) -> None:
        self._plate = plate
        self._letters = letters

    def get_intrinsic_size(self, _resolution: float, _font_size: float) -> tuple[float, float, float]:
        """Return width and height in CSS pixels, and their ratio."""
        plate = self._plate
        return plate.width, plate.height, plate.width / plate.height

    def draw(self, stream: Stream, width: float, height: float, _style: object) -> None:
        """Draw the plate on a stream of the PDF, `width` and `height` CSS pixels large."""
        _Lettered(self._plate, self._letters).draw(stream, width, height, None, None)
