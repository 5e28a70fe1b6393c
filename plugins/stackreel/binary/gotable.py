"""Finding Go's line table in a binary, and what it stands in for where a binary is stripped.

`-ldflags "-s -w"` drops symbols and DWARF; .gopclntab stays, because the runtime needs it for tracebacks. Its
functions become symbols, its lines those of the debug information, its stack depths the rules for unwinding.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from stackreel.binary.cfa import CfaRule, RegisterRule, UnwindRow
from stackreel.binary.gopclntab import GoLineTable, read_gopclntab
from stackreel.binary.model import LineRow

_TEXT_START = 24
_WORD = 8


class SectionLike(Protocol):
    """What is asked of a section header."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def address(self) -> int:
        """Where it is loaded."""

    @property
    def size(self) -> int:
        """Its bytes."""

    @property
    def offset(self) -> int:
        """Where they are in the file."""


def go_table(data: bytes, sections: Iterable[SectionLike], bias: int, shift: int = 0) -> GoLineTable | None:
    """Return the line table of a Go binary, None where it has none.

    `shift` is what the sections' addresses lack to be run-time addresses. Raises BinaryError for a damaged table.
    """
    table = text = None
    for section in sections:
        if section.name in (".gopclntab", ".data.rel.ro.gopclntab"):
            table = section
        elif section.name == ".text":
            text = section
    if table is None or text is None:
        return None
    raw = data[table.offset : table.offset + table.size]
    low = text.address + shift
    start = int.from_bytes(raw[_TEXT_START : _TEXT_START + _WORD], "little") + bias  # Go 1.18 to 1.25
    return read_gopclntab(raw, start if low <= start < low + text.size else low, bias)


def unwind_row(table: GoLineTable, pc: int) -> UnwindRow | None:
    """Return the rule for the canonical frame address at `pc`, which the depth of the stack there gives."""
    function, found = table.function_at(pc), table.stack_range(pc)
    if function is None or found is None:
        return None
    low, high, depth = found
    rules = {"rip": RegisterRule("offset", -_WORD)}
    cfa = CfaRule("rsp", depth + _WORD)
    return UnwindRow(low, high, function.low, function.high, cfa, rules, "rip", is_signal_frame=False)


def all_lines(table: GoLineTable) -> tuple[LineRow, ...]:
    """Return the lines of all functions in address order."""
    return tuple(row for function in table.functions for row in table.lines(function))
