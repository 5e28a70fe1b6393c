"""Sizes of a figure in its units; at full size a unit is a CSS pixel. All constant over a reel."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from stackreel.figure.scene import Scene

PANEL = 365
"""Width of each of the two panels."""

GAP = 28
"""Between the panels, where they stand side by side."""

HALF = 15
"""Height of a line of the stack: 4 bytes where a row is split in two."""

HEAD, SUBHEAD, FOOT = 13, 15, 14
TOP = HEAD + SUBHEAD
POINTER, CELL, CHANNEL, BRACKET, NAME = 34, 188, 19, 7, 15
PAD = 6
"""Between a cell's border and its text."""

GUTTER, LINE = 32, 17
REGISTER, VECTOR = 19, 17
KEY = 17
INDENT = 7
"""Between the gutter and a code line's text."""

_COLUMN = 34
_CHARACTER = 6.2  # of the 10 unit mono face, as dot measures it
_ADDRESS_INDENT = 7
_LEAST_GAP = 12
_MOST_GAP = 64


@dataclass(frozen=True)
class StackColumns:
    """Widths of the stack panel's columns, and where they begin; together they are PANEL wide."""

    offset: int
    address: int
    cell: int

    @property
    def cell_left(self) -> int:
        """Left side of the cells."""
        return 2 * self.offset + self.address + POINTER

    @property
    def cell_right(self) -> int:
        """Right side of the cells."""
        return self.cell_left + self.cell


def stack_columns(scene: Scene) -> StackColumns:
    """Return the columns of `scene`: what offsets and addresses need beyond the usual is taken from the cells."""
    offset = max(_COLUMN, ceil(scene.offset_width * _CHARACTER) + 3)
    address = max(_COLUMN, ceil(scene.digits * _CHARACTER) + 2 + _ADDRESS_INDENT)
    return StackColumns(offset, address, PANEL - 2 * offset - address - POINTER - CHANNEL - BRACKET - NAME)


def row_tops(scene: Scene) -> tuple[int, ...]:
    """Return the upper side of each row, and at the end the lower side of the last."""
    tops = [TOP]
    for row in scene.rows:
        tops.append(tops[-1] + row.lines * HALF)
    return tuple(tops)


def stack_height(scene: Scene) -> int:
    """Return the height of the stack panel."""
    return row_tops(scene)[-1] + FOOT


def code_lines_height(scene: Scene) -> int:
    """Return the height of the code panel's heading and lines."""
    return HEAD + 3 + LINE * len(scene.code)


def registers_height(scene: Scene) -> int:
    """Return the height of the register list."""
    flags = REGISTER if scene.flags else 0
    return HEAD + REGISTER * ((len(scene.registers) + 1) // 2) + VECTOR * len(scene.wide) + flags


def key_height(scene: Scene) -> int:
    """Return the height of the key."""
    return KEY * ((len(scene.key) + 1) // 2)


def key_gap(scene: Scene) -> int:
    """Return the space above the key: what makes the panels equally high, if that is little."""
    used = code_lines_height(scene) + 10 + registers_height(scene) + key_height(scene)
    return max(_LEAST_GAP, min(_MOST_GAP, stack_height(scene) - used))


def code_height(scene: Scene) -> int:
    """Return the height of the code panel."""
    return code_lines_height(scene) + 10 + registers_height(scene) + key_gap(scene) + key_height(scene)


def height(scene: Scene) -> int:
    """Return the height of both panels side by side."""
    return max(stack_height(scene), code_height(scene))
