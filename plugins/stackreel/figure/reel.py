"""From views of a stack to scenes: everything decided once for the whole reel, then each step said and shown.

Fixed over a reel: rows and their splits, address prefix, number of code lines, registers, key. Trusts that the
slots of a view tile its window. Decides nothing about places and sizes; `panels` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from stackreel.figure.cells import digits_of
from stackreel.figure.code import CodePanel, CodePanels, Place, code_panels, instruction_text, places
from stackreel.figure.folds import PlannedRow
from stackreel.figure.lettering import brief
from stackreel.figure.narration import Narrator
from stackreel.figure.registers import (
    RegisterPlan,
    flag_bits,
    general_lines,
    parent_of,
    plan_registers,
    wide_lines,
)
from stackreel.figure.rows import plan
from stackreel.figure.scene import KeyEntry, Scene
from stackreel.figure.stack import StackPanel, stack_panel
from stackreel.figure.words import Words
from stackreel.frames.model import StackView
from stackreel.isa import Isa
from stackreel.listing.model import FunctionListing

LINES = 11
"""Code lines of a figure, at most."""

ROWS = 14
"""Rows of a stack beyond which untouched runs are folded."""

_KEY: tuple[KeyEntry, ...] = ("written", "read", "changed", "same", "never written", "stale", "red zone")


@dataclass(frozen=True)
class _Reel:
    """What all scenes of a reel share; `whole` are its rows without folds."""

    rows: tuple[PlannedRow, ...]
    whole: tuple[PlannedRow, ...]
    known: Mapping[int, Place]
    code: CodePanels
    registers: RegisterPlan
    isa: Isa
    words: Words


def compose(  # noqa: PLR0913 - three things to draw, the rest by name
    views: Sequence[StackView],
    listings: Sequence[FunctionListing],
    isa: Isa,
    *,
    ident: str,
    language: str,
    lines: int = LINES,
    rows: int = ROWS,
    registers: Sequence[str] | None = None,
) -> tuple[Scene, ...]:
    """Return one scene for each of `views`, all on the same rows, lines and registers.

    `ident` names the figure and must be unique on its page; scenes of a reel are `ident-0`, `ident-1`, ….
    `listings` are the functions the code panel may show. `lines` is the code panel's height, `rows` the stack's
    before untouched rows are folded, `registers` the list to show instead of those the code uses.
    Raises ValueError for a language without words.
    """
    words = Words(language)
    known = places(listings)
    code = code_panels(views, known, words, lines)
    reel = _Reel(
        rows=plan(views, isa, rows),
        whole=plan(views, isa),
        known=known,
        code=code,
        registers=plan_registers(views, known, code, isa, registers),
        isa=isa,
        words=words,
    )
    idents = [ident] if len(views) == 1 else [f"{ident}-{n}" for n in range(len(views))]
    scenes = [_scene(v, c, reel, name) for v, c, name in zip(views, code.panels, idents, strict=True)]
    key = _key(scenes)
    offsets = [
        text
        for s in scenes
        for row in s.rows
        for piece in row.pieces
        for text in (piece.from_fp, piece.from_sp)
    ]
    width = max(map(len, offsets), default=1)
    return tuple(replace(scene, key=key, offset_width=width) for scene in scenes)


def _scene(view: StackView, code: CodePanel, reel: _Reel, ident: str) -> Scene:
    isa, words = reel.isa, reel.words
    place = reel.known.get(view.executed.pc) if view.executed else None
    instruction = place.instruction if place else None
    stack = stack_panel(view, reel.rows, isa, words, instruction)
    is_whole = reel.rows == reel.whole
    whole = stack.rows if is_whole else stack_panel(view, reel.whole, isa, words, instruction).rows
    general = general_lines(view, reel.registers, isa, instruction)
    wide = wide_lines(view, reel.registers, isa, instruction)
    names = {parent_of(line.name, isa): line.name for line in general}
    sentence = Narrator(view, isa, words, reel.known, names).sentence()
    shown = place if view.executed else reel.known.get(view.next_pc)
    address = view.executed.pc if view.executed else view.next_pc
    text = brief(instruction_text(shown.instruction)) if shown else f"{address:#x}"
    function = brief(shown.function.name) if shown else ""
    if not function and view.frames:
        function = brief(view.frames[0].function)
    prefix, digits = digits_of([row.address for row in reel.rows])
    return Scene(
        ident=ident,
        language=words.language,
        fp=isa.fp,
        sp=isa.sp,
        pc=isa.pc,
        rows=stack.rows,
        whole=whole,
        edges=stack.edges,
        brackets=stack.brackets,
        links=stack.links,
        prefix=prefix,
        digits=digits,
        offset_width=0,
        code_title=code.title,
        code_prefix=reel.code.prefix,
        code=code.lines,
        registers=general,
        wide=wide,
        flags=flag_bits(view, reel.registers, isa),
        key=(),
        instruction=text if view.executed else "",
        function=function,
        title=words(_title(view), instruction=text, function=function or "??"),
        sentence=sentence,
        description=_description(view, stack, sentence, reel),
        changed=tuple(line for line in (*general, *wide) if line.change == "changed"),
        next_pc=view.next_pc,
        outcome="failed" if view.has_failed else "ended" if view.has_ended else "",
    )


def _title(view: StackView) -> str:
    if view.has_failed:
        return "title failed"
    return "title" if view.executed else "title start"


def _description(view: StackView, stack: StackPanel, sentence: str, reel: _Reel) -> str:
    """Return what changed and where the pointers point, not every cell: the table has those."""
    isa, words = reel.isa, reel.words
    stop = "。" if words.language == "zh" else ". "
    sp, fp = view.registers[isa.sp], view.registers[isa.fp]
    said = [sentence + stop]
    if sp == fp:
        what = _what(stack, sp, words)
        said.append(words("pointers what" if what else "pointers", first=isa.sp, second=isa.fp, address=f"{sp:#x}",
                          what=what))  # fmt: skip
    else:
        flagged = {flag.register for row in stack.rows for flag in row.flags}
        for name, value in ((isa.sp, sp), (isa.fp, fp)):
            what = _what(stack, value, words)
            if name not in flagged:
                said.append(words("elsewhere pointer", name=name, value=f"{value:#x}"))
            else:
                said.append(
                    words("pointer what" if what else "pointer", name=name, address=f"{value:#x}", what=what)
                )
    if view.frames:
        frames = (*view.frames, *view.callers)
        said.append(words("frames", names=words("and").join(brief(f.function) for f in frames)))
    said.append(words("see table"))
    return ("" if words.language == "zh" else " ").join(part.strip() for part in said)


def _what(stack: StackPanel, address: int, words: Words) -> str:
    cells = [c for row in stack.rows for c in row.cells if c.address <= address < c.address + c.size]
    if not cells or not cells[0].label or cells[0].shape == "unwritten":
        return ""
    cell = cells[0]
    what = brief(cell.label)
    return words("what of", what=what, frame=brief(cell.frame)) if cell.frame else what


def _key(scenes: Sequence[Scene]) -> tuple[KeyEntry, ...]:
    """Return what the key of the reel explains: the signs that any of its scenes uses, in a fixed order."""
    cells = [cell for scene in scenes for row in scene.rows for cell in row.cells]
    lines = [line for scene in scenes for line in (*scene.registers, *scene.wide)]
    used: set[str] = {cell.mark for cell in cells} | {line.change for line in lines}
    used |= {cell.shape for cell in cells}
    if any(cell.is_ghost and cell.mark == "" and cell.value.startswith("··") for cell in cells):
        used.add("never written")
    return tuple(entry for entry in _KEY if entry in used)
