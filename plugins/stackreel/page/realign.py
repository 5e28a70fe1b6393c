"""Offsets of an article after its program was compiled anew: `main+25` becomes where the same instruction is now.

Instructions of the two programs are matched by source line, mnemonic and operands, then with less of them. Written
anew are only moments and expressions of our blocks and code spans; an offset without a counterpart stays, and is then
an error for the author to look at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise

from stackreel.binary import DebugInfo, Image, read_debug, read_image
from stackreel.errors import StackreelError
from stackreel.listing import Instruction, list_functions
from stackreel.page.collect import collect
from stackreel.page.fences import OURS, Fence, everything
from stackreel.page.snippets import Part
from stackreel.page.statements import Statement

Offsets = Mapping[str, Mapping[int, int]]
"""By function: its instructions' offsets before, and now."""

_ADDRESS = re.compile(r"\b0x[0-9a-f]{4,}\b")
_EXAMPLE = re.compile(r"^\s*example:\s*['\"]?([\w.+-]+)")
_PROMPT = "(gdb)"
_EPILOGUE = {"leave": "pop"}


def offsets(before: bytes, image: Image, debug: DebugInfo, functions: Sequence[str]) -> Offsets:
    """Return where instructions of functions were in the program `before`, and where they are in the present one."""
    old = read_image(before, image.name)
    old_debug = read_debug(old)
    found: dict[str, Mapping[int, int]] = {}
    for name in functions:
        try:
            was, now = (
                list_functions(one, info, [name], "att").functions[0].instructions
                for one, info in ((old, old_debug), (image, debug))
            )
        except StackreelError:
            continue  # the function is not in both
        found[name] = {
            was[a].address - was[0].address: now[b].address - now[0].address
            for a, b in _matched(was, now).items()
        }
    return found


def _matched(was: Sequence[Instruction], now: Sequence[Instruction]) -> Mapping[int, int]:
    """Return the numbers of the instructions that are the same in both."""
    pairs: dict[int, int] = {0: 0} if was and now else {}
    for key in _KEYS:
        for rows, columns in _gaps(pairs, len(was), len(now)):
            left, right = [key(was[n]) for n in rows], [key(now[n]) for n in columns]
            for block in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
                pairs |= {rows[block.a + n]: columns[block.b + n] for n in range(block.size)}
    return _filled(pairs, was, now)


def _filled(
    pairs: Mapping[int, int], was: Sequence[Instruction], now: Sequence[Instruction]
) -> Mapping[int, int]:
    """Let an instruction without a counterpart be the last one of its line before the next that has one."""
    found = dict(pairs)
    for n in range(len(was) - 2, -1, -1):
        before = found.get(n + 1, 0) - 1
        if n not in found and before >= 0 and now[before].line == was[n].line:
            found[n] = before
    return found


_KEYS: tuple[Callable[[Instruction], Hashable], ...] = (
    lambda i: (i.line, i.mnemonic, _ADDRESS.sub("", i.operands), i.symbol.name if i.symbol else ""),
    lambda i: (i.line, i.kind, i.mnemonic.rstrip("bwlq")) if i.kind != "other" else (i.line, i.mnemonic),
    lambda i: i.line,
    lambda i: _EPILOGUE.get(i.mnemonic, i.mnemonic),
)
"""What makes two instructions the same, from the strictest on."""


def _gaps(pairs: Mapping[int, int], left: int, right: int) -> list[tuple[range, range]]:
    """Return the ranges between matched instructions."""
    known = [(-1, -1), *sorted(pairs.items()), (left, right)]
    return [(range(a + 1, c), range(b + 1, d)) for (a, b), (c, d) in pairwise(known)]


def realigned(part: Part, text: str, moved: Callable[[str], Offsets]) -> str:
    """Return the text of an article's file with its offsets as they are now.

    `moved` has those of an example, empty where they are as before.
    """
    lines = text.split("\n")
    seen = part.seen(text.replace("\r\n", "\n"))
    page = replace(part.page, source=seen)
    fences = everything(seen.split("\n"))
    inside = {n for fence in fences for n in range(fence.first, fence.last)}
    for fence in fences:
        if fence.name.startswith(OURS):
            found = moved(_example(fence) or page.options.example)
            for number in _said(fence):
                lines[number] = _replaced(lines[number], found)
    for item in reversed(collect(page, seen)):
        one = item.subject
        if isinstance(one, Statement) and one.place.column and one.place.line - 1 not in inside:
            number, begin = one.place.line - 1, one.place.column - 1
            end = begin + one.shift + len(one.text)
            line = lines[number]
            lines[number] = line[:begin] + _replaced(line[begin:end], moved(one.example)) + line[end:]
    return "\n".join(lines)


def _example(fence: Fence) -> str:
    return next((found[1] for line in fence.body if (found := _EXAMPLE.match(line))), "")


def _said(fence: Fence) -> Iterator[int]:
    """Yield the lines of a block that are its author's words, not output."""
    has_output = False
    for number, line in enumerate(fence.body, fence.first + 1):
        has_output |= line.strip() == "---" and fence.name in ("stack-gdb", "stack-objdump")
        if line.lstrip().startswith(_PROMPT) or not has_output:
            yield number


def _replaced(said: str, found: Offsets) -> str:
    for name, pairs in found.items():
        said = re.sub(
            rf"(?<![\w.$])({re.escape(name)}\s*\+\s*)(0x[0-9a-f]+|\d+)\b",
            lambda one, pairs=pairs: one[1] + _written(one[2], pairs),  # type: ignore[misc]  # a default of a lambda
            said,
        )
    return said


def _written(offset: str, pairs: Mapping[int, int]) -> str:
    new = pairs.get(int(offset, 0))
    if new is None:
        return offset
    return f"{new:#x}" if offset.startswith("0x") else str(new)
