"""From lines that Markdown sees to lines of the author's file.

Front matter, included snippets and plugins that rewrite a page all move lines. Where the text is the file's end the
answer is exact; else lines are matched by what they say, and a line that is not the file's own is given the place of
the last one before it that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

_TAB = 4


def align(source: str, lines: Sequence[str]) -> tuple[int, ...]:
    """Return the line of `source` (from 0) of each of `lines`, as Markdown has them after normalising."""
    wanted = _plain(source.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    seen = _plain(lines)
    while seen and not seen[-1]:
        seen.pop()
    end = len(wanted)
    while end and not wanted[end - 1]:
        end -= 1
    first = end - len(seen)
    if first >= 0 and wanted[first:end] == seen:
        return tuple(range(first, first + len(lines)))
    found: list[int] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, wanted, seen, autojunk=False).get_opcodes():
        last = i2 - 1 if kind != "insert" else i1 - 1
        found += [max(min(i1 + n, last), 0) for n in range(j2 - j1)]
    return tuple(found) + (max(end - 1, 0),) * (len(lines) - len(found))


def _plain(lines: Sequence[str]) -> list[str]:
    return [line.expandtabs(_TAB) if line.strip() else "" for line in lines]
