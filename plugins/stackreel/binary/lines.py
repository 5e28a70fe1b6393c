"""The line table of a unit, as gdb 13 builds it from a DWARF line program.

gdb leaves out rows that change nothing but a discriminator, rows of line 0, and rows that a change of file makes
empty; of several rows at one address it uses the last that starts a statement. This module does the same, so that
"where does line 7 start" has one answer in a figure and in a debugger. Follows DWARF 5 section 6.2 and gdb's
`lnp_state_machine` and `find_pc_sect_line`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stackreel.binary.model import LineRow


@dataclass(frozen=True)
class LineItem:
    """A row of the line program that gdb keeps: `line` 0 marks the end of a sequence.

    `ends_prologue`: the compiler says that a breakpoint on the function belongs here (DW_LNS_set_prologue_end).
    """

    address: int
    file: str
    line: int
    is_stmt: bool
    ends_prologue: bool = False


class _Sequence:
    """Collects the rows of one sequence, with what gdb remembers of the rows before."""

    def __init__(self) -> None:
        self.items: list[LineItem] = []
        self.first: int | None = None
        self._file: str | None = None
        self._line = 0
        self._row_line = 0
        self._address: int | None = None
        self._has_stmt = False
        self._has_discriminator = False

    def add(self, item: LineItem, discriminator: int) -> None:
        """Take one row of the program."""
        self.first = item.address if self.first is None else self.first
        if item.line != self._row_line:
            self._has_discriminator = False
        self._has_discriminator |= discriminator != 0
        self._row_line = item.line
        changed = item.file != self._file
        hidden = changed and self._address == item.address and not item.is_stmt and self._has_stmt
        if item.line and not hidden:
            if changed:
                self._drop(item.address, self._file)
            if changed or item.line != self._line or not self._has_discriminator:
                self.items.append(item)
                self._line = item.line
            self._file = item.file
        if self._address != item.address:
            self._address, self._has_stmt = item.address, False
        self._has_stmt |= item.is_stmt

    def end(self, address: int) -> list[LineItem]:
        """Return the rows kept; a sequence that starts at 0 was discarded by the linker."""
        if not self.first:
            return []
        self._drop(address, None)
        return [*self.items, LineItem(address, "", 0, True)]

    def _drop(self, address: int, file: str | None) -> None:
        while self.items and self.items[-1].address == address and file in (None, self.items[-1].file):
            self.items.pop()


def read_items(program: Any, files: Mapping[int, str], bias: int) -> tuple[LineItem, ...]:  # noqa: ANN401 - of pyelftools
    """Return the rows gdb keeps of a line program, in address order; an end marker before a row of its address."""
    found: list[LineItem] = []
    sequence = _Sequence()
    for entry in program.get_entries():
        state = entry.state
        if state is None:
            continue
        address = state.address + bias if state.address else 0
        if state.end_sequence:
            found += sequence.end(address)
            sequence = _Sequence()
        else:
            file, is_end = files.get(state.file, ""), bool(state.prologue_end)
            item = LineItem(address, file, state.line, bool(state.is_stmt), is_end)
            sequence.add(item, state.discriminator)
    return tuple(sorted(found, key=lambda i: (i.address, i.line != 0)))


def rows_of(items: tuple[LineItem, ...]) -> tuple[LineRow, ...]:
    """Return the row gdb uses at each address, as half-open ranges in address order."""
    rows: list[LineRow] = []
    start = 0
    while start < len(items):
        address = items[start].address
        stop = start
        while stop < len(items) and items[stop].address == address:
            stop += 1
        best = _best(items[start:stop])
        if best.line and stop < len(items):
            rows.append(LineRow(address, items[stop].address, best.file, best.line, best.is_stmt))
        start = stop
    return tuple(rows)


def _best(group: tuple[LineItem, ...]) -> LineItem:
    last = group[-1]
    for item in reversed(group):
        if item.line == 0 or item.file != last.file:
            break
        if item.is_stmt:
            return item
    return last


def ranges_of(items: tuple[LineItem, ...], file: str, line: int) -> tuple[tuple[int, int], ...]:
    """Return the half-open ranges of statements of a line, adjacent ones merged; `file` is matched by its tail."""
    ranges: list[tuple[int, int]] = []
    for n, item in enumerate(items):
        if item.line != line or not item.is_stmt or not same_file(item.file, file):
            continue
        low, high = item.address, next((i.address for i in items[n + 1 :] if i.address > item.address), 0)
        if ranges and ranges[-1][1] == low:
            low = ranges.pop()[0]
        if high > low:
            ranges.append((low, high))
    return tuple(ranges)


def same_file(known: str, asked: str) -> bool:
    """Whether `asked` is the whole of a file's name or a tail of it from a slash on, as gdb compares them."""
    return known == asked or known.endswith("/" + asked)


def file_names(header: Any, unit_name: str, directory: str) -> Mapping[int, str]:  # noqa: ANN401 - of pyelftools
    """Map file numbers of a line program to names; the unit's own file is called as the compiler was told."""
    folders = [_text(d) for d in header["include_directory"]]
    first = 0 if header["version"] >= 5 else 1
    if first:
        folders.insert(0, directory)
    names: dict[int, str] = {}
    own = _join(directory, unit_name)
    for n, entry in enumerate(header["file_entry"], first):
        name, folder = _text(entry.name), entry.dir_index or 0
        is_beside = not folder and not first and folders[:1] == ["."]  # Go's own files
        path = _join(folders[folder], name) if is_beside or 0 < folder < len(folders) else name
        names[n] = unit_name if _join(directory, path) == own else path
    return names


def _text(raw: bytes | str) -> str:
    return raw if isinstance(raw, str) else raw.decode("utf-8", "backslashreplace")


def _join(folder: str, name: str) -> str:
    return name if name.startswith("/") or not folder else f"{folder}/{name}"
