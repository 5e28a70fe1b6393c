"""The code panel of every view of a reel: which lines of which functions, always the same number of them.

One function shows through a window that moves only when the lines to mark would leave it. Where control goes from
one place to another (call, return), both are shown, under their functions' names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from stackreel.figure.cells import digits_of
from stackreel.figure.lettering import brief, clean
from stackreel.figure.scene import CodeLine
from stackreel.figure.words import Words
from stackreel.frames.model import StackView
from stackreel.listing.model import FunctionListing, Instruction

_LEAST_SPLIT = 9
_LONG_ADDRESS = 10  # characters from which addresses are shortened to their last digits
_MNEMONIC = (5, 7)  # least and most columns a mnemonic is padded to


@dataclass(frozen=True)
class CodePanel:
    """The lines for one view, and the addresses of the instructions among them."""

    title: str
    lines: tuple[CodeLine, ...]
    shown: frozenset[int]


@dataclass(frozen=True)
class CodePanels:
    """The panels of a reel, and what its addresses begin with, empty where lines show them whole."""

    prefix: str
    panels: tuple[CodePanel, ...]


@dataclass(frozen=True)
class Place:
    """An instruction, and where it stands in its function."""

    function: FunctionListing
    index: int

    @property
    def instruction(self) -> Instruction:
        """The instruction itself."""
        return self.function.instructions[self.index]


def places(listings: Sequence[FunctionListing]) -> Mapping[int, Place]:
    """Map addresses to instructions; of two listings that hold the same one the first counts."""
    found: dict[int, Place] = {}
    for function in listings:
        for index, instruction in enumerate(function.instructions):
            found.setdefault(instruction.address, Place(function, index))
    return found


@dataclass(frozen=True)
class _Part:
    """Lines [start, end) of a function under a heading, or its only ones."""

    function: FunctionListing
    start: int
    end: int


def code_panels(
    views: Sequence[StackView], known: Mapping[int, Place], words: Words, lines: int
) -> CodePanels:
    """Return the code panel of each of `views`, at most `lines` lines high."""
    marked = [(known.get(v.executed.pc) if v.executed else None, known.get(v.next_pc)) for v in views]
    splits = [_is_split(before, after, lines) for before, after in marked]
    functions = [p.function for pair in marked for p in pair if p]
    height = min(lines, max((len(f.instructions) for f in functions), default=0))
    if any(splits):
        height = max(height, min(lines, _LEAST_SPLIT))
    starts: dict[int, int] = {}
    parts = [
        _two(before, after, height) if split and before and after else _one(before, after, height, starts)
        for (before, after), split in zip(marked, splits, strict=True)
    ]
    leaving = [before is not None and after is None and height > 1 for before, after in marked]
    shown = [i for part in parts for p in part for i in p.function.instructions[p.start : p.end]]
    style = _style(shown, height)
    panels = [
        _panel(view, part, style, words, leaves=leaves)
        for view, part, leaves in zip(views, parts, leaving, strict=True)
    ]
    return CodePanels(style.prefix, tuple(panels))


def _is_split(before: Place | None, after: Place | None, lines: int) -> bool:
    if not before or not after:
        return False
    return before.function.low != after.function.low or abs(before.index - after.index) > lines - 2


def _two(before: Place, after: Place, height: int) -> tuple[_Part, ...]:
    room = height - 2
    first = min(len(before.function.instructions), max(3, room * 2 // 5))
    second = min(len(after.function.instructions), room - first)
    first = min(len(before.function.instructions), room - second)
    return (_around(before, first, first // 2), _around(after, second, 1))


def _around(place: Place, count: int, above: int) -> _Part:
    total = len(place.function.instructions)
    start = max(0, min(place.index - above, total - count))
    return _Part(place.function, start, min(total, start + count))


def _one(before: Place | None, after: Place | None, height: int, starts: dict[int, int]) -> tuple[_Part, ...]:
    marks = [p for p in (before, after) if p]
    if not marks:
        return ()
    function = marks[0].function
    total = len(function.instructions)
    indices = [p.index for p in marks]
    start = starts.get(function.low, -1)
    if after is None:  # the last line says where control went
        height -= 1
    is_inside = start >= 0 and min(indices) >= start and max(indices) < start + height
    if not is_inside:
        start = max(0, min(min(indices) - height // 4, total - height))
    starts[function.low] = start
    return (_Part(function, start, min(total, start + max(1, height))),)


@dataclass(frozen=True)
class _Style:
    prefix: str
    digits: int
    mnemonic: int
    offset: int
    height: int

    def line(self, function: FunctionListing, instruction: Instruction, view: StackView) -> CodeLine:
        """Return the line of `instruction` as `view` marks it."""
        address = (
            f"{instruction.address:#x}" if not self.prefix else f"{instruction.address:x}"[-self.digits :]
        )
        return CodeLine(
            address,
            _offset(function, instruction).ljust(self.offset),
            instruction_text(instruction, self.mnemonic),
            is_executed=view.executed is not None and view.executed.pc == instruction.address,
            is_next=view.next_pc == instruction.address,
        )


def _style(shown: Sequence[Instruction], height: int) -> _Style:
    prefix, digits = digits_of([i.address for i in shown])
    if all(len(f"{i.address:#x}") < _LONG_ADDRESS for i in shown):
        prefix = ""
    offsets = max((max(5, len(f"<+{i.location.offset}>")) for i in shown if i.location), default=0)
    return _Style(prefix, digits, mnemonic_columns(shown), offsets, height)


def mnemonic_columns(shown: Iterable[Instruction]) -> int:
    """Return to how many columns the mnemonics of the instructions `shown` are padded."""
    least, most = _MNEMONIC
    return max(least, min(most, max((len(i.mnemonic) for i in shown), default=0)))


def _offset(function: FunctionListing, instruction: Instruction) -> str:
    return f"<+{instruction.address - function.low}>" if function.name else ""


def _name(function: FunctionListing) -> str:
    return brief(function.name) or f"{function.low:#x}"


def instruction_text(instruction: Instruction, mnemonic: int = 0) -> str:
    """Return mnemonic, operands and the target's name, the mnemonic padded to `mnemonic` columns."""
    text = f"{instruction.mnemonic:<{mnemonic}} {instruction.operands}".rstrip()
    text += instruction.note
    if instruction.comment and not instruction.note:
        text += f"  # {instruction.comment}"
    return clean(text)


def _panel(
    view: StackView, parts: Sequence[_Part], style: _Style, words: Words, *, leaves: bool
) -> CodePanel:
    names = list(dict.fromkeys(_name(p.function) for p in parts))
    lines: list[CodeLine] = []
    for part in parts:
        if len(parts) > 1:
            lines.append(CodeLine(text=_name(part.function), is_heading=True))
        chosen = part.function.instructions[part.start : part.end]
        lines += (style.line(part.function, i, view) for i in chosen)
    lines += [CodeLine()] * (style.height - len(lines))
    if leaves:
        lines[-1] = CodeLine(
            text=words("elsewhere ended" if view.has_ended else "elsewhere", address=f"{view.next_pc:#x}"),
            is_heading=True,
            is_next=True,
        )
    shown = frozenset(i.address for p in parts for i in p.function.instructions[p.start : p.end])
    if len(parts) > 1 and parts[0].function == parts[1].function:
        lines = _mark_once(lines)
    title = words("code of", names=words("and").join(names)) if names else ""
    return CodePanel(title, tuple(lines), shown)


def _mark_once(lines: Sequence[CodeLine]) -> list[CodeLine]:
    """Keep the executed mark in the upper part and the next mark in the lower where both show the same lines."""
    middle = max(i for i, line in enumerate(lines) if line.is_heading)
    return [
        replace(line, is_executed=line.is_executed and i < middle, is_next=line.is_next and i > middle)
        for i, line in enumerate(lines)
    ]
