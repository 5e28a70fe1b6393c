"""Where things are in a drawing, for readers who point at them: code lines, registers, bytes of the stack.

All of it is constant over a reel, as rows, lines and registers are; which instruction stands on a line is not, so
`code_keys` says it for each scene. Sizes are those of `metrics`, which dot was given.
"""

from __future__ import annotations

from dataclasses import dataclass

from stackreel.figure.metrics import (
    GUTTER,
    HALF,
    HEAD,
    LINE,
    PANEL,
    REGISTER,
    VECTOR,
    code_height,
    code_lines_height,
    key_gap,
    key_height,
    row_tops,
    stack_columns,
)
from stackreel.figure.scene import CodeLine, Scene

_AFTER_CODE = 10
_ABOVE_LINES = 3


@dataclass(frozen=True)
class Spot:
    """A rectangle of a panel, in units from the panel's upper left corner."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Bytes:
    """A part of a row with an address of its own: `size` bytes at `address`."""

    address: int
    size: int
    spot: Spot


@dataclass(frozen=True)
class Targets:
    """What can be pointed at. `lines` are in the order of `Scene.code`, `registers` of `registers` and `wide`.

    The cells of the stack reach from `top` to `bottom` of its panel and are `cell_width` wide. Below the registers,
    which end at `registers_end`, the key begins at `key_top`; without a key both are the panel's end.
    """

    lines: tuple[Spot, ...]
    registers: tuple[Spot, ...]
    stack: tuple[Bytes, ...]
    top: int
    bottom: int
    cell_width: int
    registers_end: int
    key_top: int


def targets(scene: Scene) -> Targets:
    """Return the places of `scene`, which are those of all scenes of its reel."""
    tops = row_tops(scene)
    end = code_height(scene)
    key_top = end - key_height(scene)
    return Targets(
        _lines(scene),
        _registers(scene),
        _stack(scene),
        tops[0],
        tops[-1],
        stack_columns(scene).cell,
        key_top - key_gap(scene) if scene.key else end,
        key_top if scene.key else end,
    )


def code_keys(scene: Scene) -> tuple[str, ...]:
    """Return for each code line what names its instruction all over the reel, empty for lines without one."""
    return tuple(_key(line) for line in scene.code)


def _key(line: CodeLine) -> str:
    return "" if line.is_heading else line.address


def _lines(scene: Scene) -> tuple[Spot, ...]:
    top = HEAD + _ABOVE_LINES
    return tuple(Spot(0, top + LINE * i, PANEL, LINE) for i in range(len(scene.code)))


def _registers(scene: Scene) -> tuple[Spot, ...]:
    top = code_lines_height(scene) + _AFTER_CODE + HEAD
    rows = (len(scene.registers) + 1) // 2
    width = (PANEL - GUTTER) // 2
    narrow = [
        Spot(GUTTER + width * (i // rows), top + REGISTER * (i % rows), width, REGISTER)
        for i in range(len(scene.registers))
    ]
    below = top + REGISTER * rows
    wide = [Spot(GUTTER, below + VECTOR * i, 2 * width, VECTOR) for i in range(len(scene.wide))]
    return (*narrow, *wide)


def _stack(scene: Scene) -> tuple[Bytes, ...]:
    columns = stack_columns(scene)
    found = []
    for top, row in zip(row_tops(scene), scene.rows, strict=False):  # the last of the tops is the end
        if row.is_fold:
            continue
        pieces = sorted(row.pieces, key=lambda piece: -piece.address)
        end = row.address + row.size
        for piece in pieces:
            spot = Spot(0, top + piece.line * HALF, columns.cell_right, piece.lines * HALF)
            found.append(Bytes(piece.address, end - piece.address, spot))
            end = piece.address
    return tuple(found)
