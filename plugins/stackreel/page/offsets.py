"""Offsets from the pointers in a reel's table and text: the player reckons them, as each move of rsp changes them all.

What stands in their place is the address between two marks. Where an offset is not what the player would write, it is
left as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stackreel.figure import Scene
from stackreel.figure.lettering import offset

MARK = "\x01"
"""What stands before and after an address."""

NONE = "·"
"""What is written where there is no frame pointer to count from."""

_LINE = re.compile(r" *(?P<fp>\S+) +(?P<sp>0|[+-]0x[0-9a-f]+)  (?=\S)")
_ROW = re.compile(r"<code>0x(?P<address>[0-9a-f]+)</code></th><td>(?P<fp>[^<]*)</td><td>(?P<sp>[^<]*)</td>")


@dataclass(frozen=True)
class Pointers:
    """Where the stack and the frame pointer are at a step; `fp` is None where it is none. `width` is of a column."""

    sp: int
    fp: int | None
    width: int

    def told(self, address: int) -> tuple[str, str]:
        """Return the offsets of an address from the frame and the stack pointer."""
        return NONE if self.fp is None else offset(address - self.fp), offset(address - self.sp)

    def line(self, line: str) -> str:
        """Return a line of the text with the mark of its address for its offsets, if it has any."""
        found = _LINE.match(line)
        if found is None:
            return line
        address = self.sp + int(found["sp"], 16)
        fp, sp = self.told(address)
        written = f"{fp:>{self.width}} {sp:>{self.width}}  "
        return f"{MARK}{address:x}{MARK}{line[len(written) :]}" if line.startswith(written) else line

    def row(self, row: str) -> str:
        """Return a row of the table likewise."""
        found = _ROW.search(row)
        if found is None or (found["fp"], found["sp"]) != self.told(int(found["address"], 16)):
            return row
        begin, end = found.start("fp"), found.end("sp")
        return f"{row[:begin]}{MARK}{found['address']}{MARK}{row[end:]}"


def pointers(scene: Scene) -> Pointers | None:
    """Return the pointers of a scene, None where its registers do not name them."""
    values = {line.name: line.value for line in scene.registers}
    if scene.sp not in values:
        return None
    has_fp = any(piece.from_fp != NONE for row in scene.whole for piece in row.pieces)
    fp = values.get(scene.fp) if has_fp else None
    return Pointers(int(values[scene.sp], 16), int(fp, 16) if fp else None, scene.offset_width)
