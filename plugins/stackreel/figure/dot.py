"""The HTML-like labels of DOT: cells of fixed size, text in a role.

dot keeps neither classes nor ids of table cells, so every role has a colour of its own; `roles` is the table the
finisher reads back. Sizes are those of `metrics`: nothing is left for dot to choose. Text is escaped here and
nowhere else; plain spaces become no-break ones, as dot drops runs of them.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Literal

from stackreel.figure.lettering import NO_BREAK
from stackreel.figure.roles import BOX_COLOURS, TEXT_COLOURS, BoxRole, TextRole

MONO = "DejaVu Sans Mono"
SANS = "DejaVu Sans"

Face = Literal["mono", "sans"]
Align = Literal["LEFT", "RIGHT", "CENTER"]

_FACES = {"mono": MONO, "sans": SANS}


def text(content: str, role: TextRole, size: int, face: Face = "mono") -> str:
    """Return `content` set in `face`; empty content is no text at all."""
    if not content.strip():
        return ""
    escaped = html.escape(content.replace("\\", "\\\\"), quote=False).replace(" ", NO_BREAK)
    colour = TEXT_COLOURS[role]
    return f'<FONT FACE="{_FACES[face]}" POINT-SIZE="{size}" COLOR="{colour}">{escaped}</FONT>'


def cell(  # noqa: PLR0913 - the attributes of a cell
    content: str,
    width: int,
    height: int,
    *,
    align: Align = "LEFT",
    box: BoxRole | None = None,
    rows: int = 1,
    columns: int = 1,
    port: str = "",
) -> str:
    """Return a table cell of exactly this size; `rows` and `columns` are how many of the table's it spans."""
    attributes = f'WIDTH="{width}" HEIGHT="{height}" ALIGN="{align}"'
    if width:  # dot warns of a fixed width of 0
        attributes = 'FIXEDSIZE="TRUE" ' + attributes
    if box:
        attributes += f' BGCOLOR="{BOX_COLOURS[box]}"'
    if rows > 1:
        attributes += f' ROWSPAN="{rows}"'
    if columns > 1:
        attributes += f' COLSPAN="{columns}"'
    if port:
        attributes += f' PORT="{port}"'
    return f"<TD {attributes}>{content}</TD>"


def table(rows: Sequence[str], box: BoxRole | None = None) -> str:
    """Return a table without borders, padding or spacing; each row is its cells, joined."""
    colour = f' BGCOLOR="{BOX_COLOURS[box]}"' if box else ""
    body = "\n".join(f"<TR>{row}</TR>" for row in rows)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"{colour}>\n{body}</TABLE>'


def line(*cells: str) -> str:
    """Return a table of one row."""
    return (
        '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>'
        + "".join(cells)
        + "</TR></TABLE>"
    )


def pile(width: int, *parts: tuple[str, int]) -> str:
    """Return parts one above the other: each its content and its height; a height of 0 is left out."""
    return (
        '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
        + "".join(f"<TR>{cell(content, width, height)}</TR>" for content, height in parts if height)
        + "</TABLE>"
    )


def gap(width: int, height: int = 1) -> str:
    """Return an empty cell."""
    return cell("", width, height)
