"""The steps of a reel as the player reads them: each distinct piece of markup once, each step as what it changes.

A drawing is a flat list of elements, and most of a step's are those of the step before. So the elements of all
steps stand in one table, and a step is a list of splices: where, how many go, which come. The same holds for the
rows of the table, the lines of the text figure, the code lines' addresses and the cells. What can be pointed at
and what each step is are beside them. `assets/player/steps.js` is the other side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from stackreel.figure import Drawing, Scene
from stackreel.figure.targets import Spot, code_keys, targets
from stackreel.isa import Isa
from stackreel.page.offsets import pointers

VERSION = 4
"""The version of this form; the script leaves another alone."""

_ELEMENT = re.compile(r"<(\w+)\b(?:[^>]*/>|.*?</\1>)", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_CODE = re.compile(r"(.{6})(0x[0-9a-f]+ <\+.*\n)")
_CAPTION = re.compile(r"<caption>(.*?)</caption>", re.DOTALL)
_MARKS = {"": "", "written": "w", "read": "r"}

Source = tuple[str, int]
"""A source line: file and number."""


@dataclass(frozen=True)
class Event:
    """What a reader is told of a step besides its drawing.

    `kind` is `call`, `over` (a call stepped over), `return` or empty. `line` is the source line of the instruction
    executed, `coming` of the one to come, None where unknown. `note` are an author's words as HTML.
    """

    kind: str
    line: Source | None
    coming: Source | None
    note: str


@dataclass(frozen=True)
class Call:
    """A call recorded whole: the step that called the function `name`, and the step that came back from it."""

    step: int
    back: int
    name: str


class _Pool:
    """Distinct pieces of text, in the order in which the lists name them."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, part: str) -> int:
        """Return 0 for a part that comes for the first time, else its place in the table, counted from 1."""
        if part in self.numbers:
            return self.numbers[part]
        self.numbers[part] = len(self.numbers) + 1
        return 0


def encode(  # noqa: PLR0913 - what is drawn elsewhere on the page is a choice besides
    ident: str,
    scenes: Sequence[Scene],
    drawings: Sequence[Drawing],
    events: Sequence[Event],
    isa: Isa,
    *,
    has_stack: bool = True,
) -> dict[str, object]:
    """Return the steps as plain data; the sequences are of the same length, `ident` is the reel's.

    `has_stack`: with the drawings of the stack, which the script takes from the strip where that has them all.
    """
    lists: dict[str, list[Sequence[str]]] = {}
    for scene, drawing in zip(scenes, drawings, strict=True):
        for name, parts in _layers(ident, scene, drawing).items():
            if name != "stack" or has_stack:
                lists.setdefault(name, []).append(parts)
    pool = _Pool()
    layers = {name: _splices(of, pool) for name, of in lists.items()}
    first = scenes[0]
    places = targets(first)
    lines = (*first.registers, *first.wide)
    return {
        "version": VERSION,
        "size": {panel.name: [panel.width, panel.height] for panel in drawings[0].panels},
        "parts": list(pool.numbers),
        "layers": layers,
        "head": _ROW.findall(drawings[0].table)[0],
        "lines": [_spot(spot) for spot in places.lines],
        "registers": [
            [line.name, 0 if line in first.wide else _register_bytes(line.name, isa), *_spot(spot)]
            for line, spot in zip(lines, places.registers, strict=True)
        ],
        "key": [places.registers_end, places.key_top],
        "bytes": [[f"{part.address:x}", part.size, *_spot(part.spot)] for part in places.stack],
        "field": [places.top, places.bottom],
        "cell": places.cell_width,
        "width": first.offset_width,
        "steps": [_step(*three, has_stack=has_stack) for three in zip(scenes, drawings, events, strict=True)],
    }


def _register_bytes(name: str, isa: Isa) -> int:
    """Return the size of a register or a part of one: 4 for eax."""
    if name in isa.parts:
        return isa.parts[name].bits // 8
    return next(register.bits for register in isa.registers if register.name == name) // 8


def _layers(ident: str, scene: Scene, drawing: Drawing) -> dict[str, list[str]]:
    """Return each of the lists a step consists of; ids inside drawings are made the reel's."""
    code, stack = drawing.panels
    at = pointers(scene)
    shared = (stack.defs + stack.body).replace(f"{drawing.ident}-hatch", f"{ident}-hatch")
    return {
        "code": _elements(code.defs + code.body),
        "stack": _elements(shared),
        "table": [at.row(row) if at else row for row in _ROW.findall(drawing.table)[1:]],
        "text": [
            part
            for line in drawing.text.splitlines(keepends=True)
            for part in _coded(at.line(line) if at else line)
        ],
        "keys": list(code_keys(scene)),
        "cells": [
            f"{cell.address:x}:{row.size if row.is_fold else cell.size}:{_MARKS[cell.mark]}:{cell.label}"
            for row in scene.rows
            for cell in row.cells
        ],
    }


def _elements(markup: str) -> list[str]:
    """Split a flat list of elements; none of them holds another of its own name."""
    return [found[0] for found in _ELEMENT.finditer(markup)]


def _coded(line: str) -> list[str]:
    """Part a code line of the text into its sign and itself, which does not change."""
    found = _CODE.fullmatch(line)
    return [found[1], found[2]] if found else [line]


def _splices(lists: Sequence[Sequence[str]], pool: _Pool) -> list[list[int]]:
    """Return each list as splices of the one before: start, how many go, how many come, those that come.

    From the end to the beginning, so that a splice does not move what the next one counts from.
    """
    before: Sequence[str] = ()
    result = []
    for after in lists:
        splices: list[int] = []
        for low, high, first, last in reversed(_changes(before, after)):
            splices += (low, high - low, last - first, *map(pool.number, after[first:last]))
        result.append(splices)
        before = after
    return result


def _changes(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Return what to replace: a range of `before` and of `after` each. Where they are as long, place by place."""
    if len(before) == len(after):
        runs = groupby(range(len(after)), lambda at: before[at] == after[at])
        ranges = [list(run) for is_same, run in runs if not is_same]
        return [(run[0], run[-1] + 1, run[0], run[-1] + 1) for run in ranges]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [
        (low, high, first, last) for tag, low, high, first, last in matcher.get_opcodes() if tag != "equal"
    ]


def _spot(spot: Spot) -> list[int]:
    return [spot.left, spot.top, spot.width, spot.height]


def _step(scene: Scene, drawing: Drawing, event: Event, *, has_stack: bool) -> dict[str, object]:
    """Return what is said of a step; what is empty is left out."""
    caption = _CAPTION.search(drawing.table)
    executed = [number for number, line in enumerate(scene.code) if line.is_executed]
    coming = [number for number, line in enumerate(scene.code) if line.is_next and not line.is_heading]
    at = pointers(scene)
    said: dict[str, object] = {
        "at": [f"{at.sp:x}", "" if at.fp is None else f"{at.fp:x}"] if at else None,
        "code": scene.instruction,
        "say": scene.sentence,
        "note": event.note,
        "kind": event.kind,
        "done": executed[0] if executed else None,
        "next": coming[0] if coming else None,
        "set": [n for n, line in enumerate((*scene.registers, *scene.wide)) if line.change],
        "line": event.line,
        "coming": event.coming,
        "title": drawing.panels[1].title if has_stack else "",
        "about": [panel.description for panel in drawing.panels[: 1 + has_stack]],
        "caption": caption[1] if caption else "",
    }
    return {name: value for name, value in said.items() if value not in ("", None, [])}
