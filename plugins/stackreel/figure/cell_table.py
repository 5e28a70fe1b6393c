"""The stack of a scene as an HTML table, for screen readers and for searching: all that the drawing shows or folds."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from stackreel.figure.scene import Cell, Row, Scene
from stackreel.figure.words import Words

_COLUMNS = ("address", "fp", "sp", "bytes", "holds", "value", "frame", "state")


def table(scene: Scene) -> str:
    """Return the table, one row a cell, highest address first."""
    words = Words(scene.language)
    titles = {"fp": words("column from", name=scene.fp), "sp": words("column from", name=scene.sp)}
    heads = "".join(
        f'<th scope="col">{escape(titles.get(name) or words(f"column {name}"))}</th>' for name in _COLUMNS
    )
    caption = f"<caption>{escape(words('caption', title=scene.title))}</caption>"
    body = "".join(_row(row, cell, words) for row in scene.whole for cell in row.cells)
    return f'<table class="sd-cells">{caption}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _row(row: Row, cell: Cell, words: Words) -> str:
    piece = next((p for p in row.pieces if p.address == cell.address), row.pieces[-1])
    value = (
        ""
        if cell.is_ghost and not row.is_fold
        else " ".join(part for part in (cell.value, cell.note) if part)
    )
    size = row.size if row.is_fold else cell.size
    return (
        f'<tr><th scope="row"><code>{cell.address:#x}</code></th><td>{escape(piece.from_fp)}</td>'
        f"<td>{escape(piece.from_sp)}</td><td>{size}</td><td>{escape(cell.label)}</td>"
        f"<td>{f'<code>{escape(value)}</code>' if value else ''}</td><td>{escape(cell.frame)}</td>"
        f"<td>{escape(words('and').join(states(row, cell, words)))}</td></tr>"
    )


def states(row: Row, cell: Cell, words: Words) -> Iterator[str]:
    """Yield what is to be said of a cell besides its content: pointers, mark, shape."""
    for flag in row.flags:
        if cell.line <= flag.line < cell.line + cell.lines:
            yield words("points here", name=flag.register)
    if cell.mark:
        yield words(cell.mark)
    if cell.shape in ("red zone", "stale"):
        yield words(cell.shape)
    if cell.shape == "unwritten" or (cell.is_ghost and not row.is_fold):
        yield words("never written")
