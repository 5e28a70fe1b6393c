"""The stack of a scene as an HTML table, for screen readers and for searching: all that the drawing shows or folds."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from stackreel.figure.scene import Cell, Row, Scene
from stackreel.figure.words import Words

_COLUMNS = ("address", "fp", "sp", "bytes", "holds", "value", "frame", "state")


def table(scene: Scene) -> str:
    """Return the table, one row a cell, highest address first."""
    words = Words(scene.language)
    return _table(scene, "".join(_row(row, cell, words) for row in scene.whole for cell in row.cells), words)


def brief_table(scene: Scene, before: Scene | None, step: int) -> str:
    """Return the table of what is drawn, with runs of rows that are what they were in `before` told in one.

    `before` is the scene of `step`. A row is told anew where it is or was touched or pointed to, or holds
    something else; offsets, which change with every move of the pointers, do not count.
    """
    words = Words(scene.language)
    told = () if before is None else before.rows
    old = {cell.address: _content(row, cell, words) for row in told for cell in row.cells}
    cells = [(row, cell) for row in scene.rows for cell in row.cells]
    body = ""
    for is_old, group in groupby(cells, lambda pair: _is_old(pair[0], pair[1], old, words)):
        run = list(group)
        if is_old:
            said = words("row as" if len(run) == 1 else "rows as", count=len(run), step=step)
            body += f'<tr><td colspan="{len(_COLUMNS)}">{escape(said)}</td></tr>'
        else:
            body += "".join(_row(row, cell, words) for row, cell in run)
    return _table(scene, body, words)


def _is_old(row: Row, cell: Cell, old: dict[int, object], words: Words) -> bool:
    is_pointed = any(cell.line <= flag.line < cell.line + cell.lines for flag in row.flags)
    return not cell.mark and not is_pointed and old.get(cell.address) == _content(row, cell, words)


def _content(row: Row, cell: Cell, words: Words) -> object:
    """Return all that a row of the table tells, offsets left out."""
    said = tuple(states(row, cell, words))
    return (
        row.size,
        cell.size,
        cell.label,
        cell.value,
        cell.note,
        cell.is_ghost,
        cell.shape,
        cell.frame,
        said,
    )


def _table(scene: Scene, body: str, words: Words) -> str:
    titles = {"fp": words("column from", name=scene.fp), "sp": words("column from", name=scene.sp)}
    heads = "".join(
        f'<th scope="col">{escape(titles.get(name) or words(f"column {name}"))}</th>' for name in _COLUMNS
    )
    caption = f"<caption>{escape(words('caption', title=scene.title))}</caption>"
    return f'<table class="sd-cells">{caption}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _row(row: Row, cell: Cell, words: Words) -> str:
    piece = next((p for p in row.pieces if p.address == cell.address), row.pieces[-1])
    is_shown = not cell.is_ghost or row.is_fold
    note = f"<span>{escape(cell.note)}</span>" if cell.note else ""  # apart: the player rewrites numbers
    value = " ".join(part for part in (escape(cell.value), note) if part) if is_shown else ""
    size = row.size if row.is_fold else cell.size
    return (
        f'<tr><th scope="row"><code>{cell.address:#x}</code></th><td>{escape(piece.from_fp)}</td>'
        f"<td>{escape(piece.from_sp)}</td><td>{size}</td><td>{escape(cell.label)}</td>"
        f"<td>{f'<code>{value}</code>' if value else ''}</td><td>{escape(cell.frame)}</td>"
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
