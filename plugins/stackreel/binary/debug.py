"""What a binary's debug information says: functions, lines, variables, types, and how to unwind.

Everything is read when it is first asked for, a compilation unit at a time, so that a large binary opens quickly.
Damaged debug information raises BinaryError. Call frame information works without DWARF; of a stripped Go program the
runtime's own table takes its place. Where there is a choice,
gdb 13's is made. Files named by .gnu_debuglink or build id are not looked for: a figure depends on its binary alone.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property

from elftools.dwarf.dwarfinfo import DWARFInfo
from elftools.elf.elffile import ELFFile

from stackreel.binary.cfa import UnwindRow
from stackreel.binary.cfi import FrameTable
from stackreel.binary.dies import guarded, number
from stackreel.binary.gopclntab import GoLineTable
from stackreel.binary.gotable import all_lines, go_table, unwind_row
from stackreel.binary.image import Image
from stackreel.binary.lines import ranges_of, same_file
from stackreel.binary.location import Expression
from stackreel.binary.model import Function, LineRow
from stackreel.binary.prologue import after_prologue
from stackreel.binary.qualified import is_named
from stackreel.binary.scopes import Block
from stackreel.binary.unit import DebugUnit
from stackreel.binary.variables import (
    CallSite,
    GlobalVariable,
    InlinedCall,
    VariableInfo,
    inner_enumerators,
    read_call_sites,
    read_enumerators,
    read_globals,
    read_scope,
    split_path,
)
from stackreel.errors import SymbolError, near


class DebugInfo:
    """The debug information of an image; all addresses are run-time addresses."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self._globals: dict[DebugUnit, tuple[GlobalVariable, ...]] = {}
        self._enumerators: dict[DebugUnit, Mapping[str, int]] = {}

    @property
    def has_dwarf(self) -> bool:
        """Whether there is DWARF (call frame information may be there without)."""
        return bool(self.units)

    @cached_property
    @guarded
    def units(self) -> tuple[DebugUnit, ...]:
        """The compilation units."""
        dwarf = self._dwarf
        if dwarf is None:
            return ()
        units = (DebugUnit(cu, dwarf, self.image) for cu in dwarf.iter_CUs())
        return tuple(u for u in units if u.top.tag == "DW_TAG_compile_unit")

    @cached_property
    @guarded
    def functions(self) -> tuple[Function, ...]:
        """All functions with code, by address; one in several parts is there once a part."""
        if self._table is not None:
            return self._table.functions
        return tuple(sorted((f for u in self.units for f, _ in u.functions), key=lambda f: (f.low, f.high)))

    @guarded
    def function_at(self, pc: int) -> Function | None:
        """Return the function (the part of it) whose code is at `pc`; an inlined one counts to its caller."""
        if self._table is not None:
            return self._table.function_at(pc)
        unit = self.unit_at(pc)
        return next((f for f, _ in unit.functions if f.low <= pc < f.high), None) if unit else None

    @guarded
    def function(self, name: str) -> Function:
        """Return the function of this name (its part with the entry); SymbolError with near matches, or the choices."""
        found = [f for f in self._by_symbol(name) or self.functions if f.name == name]
        entries = {f.low for f in found}
        starts = [f for f in found if self._is_entry(f)] or found
        if not entries:
            raise SymbolError(f"{self.image.name} has no function named {name}", near=near(name, self._names))
        if len({f.low for f in starts}) > 1:
            listed = ", ".join(f"{f.file}:{f.line} at {f.low:#x}" for f in starts[:8])
            raise SymbolError(f"{self.image.name} has {len(starts)} functions named {name}: {listed}")
        return starts[0]

    def functions_of(self, name: str) -> tuple[Function, ...]:
        """Return C++'s functions that `name` means, with or without what they are in; by their addresses."""
        return tuple(f for f in self.cplusplus if is_named(f.name, name))

    @cached_property
    @guarded
    def cplusplus(self) -> tuple[Function, ...]:
        """C++'s functions by address, the part with the entry of each."""
        units = (u for u in self.units if u.is_cplusplus)
        found = (f for u in units for f, die in u.functions if f.low == u.entry(die))
        return tuple(sorted({f.low: f for f in found}.values(), key=lambda f: f.low))

    @cached_property
    @guarded
    def lines(self) -> tuple[LineRow, ...]:
        """The line of every address, by address."""
        if self._table is not None:
            return all_lines(self._table)
        return tuple(sorted((r for u in self.units for r in u.rows), key=lambda r: r.low))

    @guarded
    def line_at(self, pc: int) -> LineRow | None:
        """Return the row of the line table that gdb uses for `pc`."""
        if self._table is not None:
            return self._table.line_at(pc)
        unit = self.unit_at(pc)
        if unit is None:
            return None
        i = bisect_right(unit.rows, pc, key=lambda r: r.low) - 1
        return unit.rows[i] if i >= 0 and pc < unit.rows[i].high else None

    @guarded
    def addresses_of(self, file: str, line: int) -> tuple[tuple[int, int], ...]:
        """Return the half-open ranges of the statements of a source line; `file` may be the tail of its path."""
        units = (u for u in self.units if any(same_file(f, file) for f in u.files.values()))
        return tuple(sorted(r for u in units for r in ranges_of(u.items, file, line)))

    @cached_property
    @guarded
    def files(self) -> tuple[str, ...]:
        """The source files that have code, in the order of the units."""
        return tuple(dict.fromkeys(r.file for u in self.units for r in u.rows))

    @cached_property
    @guarded
    def named_files(self) -> tuple[str, ...]:
        """The source files the units name, headers without code included; much sooner known than `files`."""
        return tuple(dict.fromkeys(name for u in self.units for name in u.files.values()))

    @guarded
    def after_prologue(self, function: Function, *, stepping: bool = False) -> int:
        """Return where gdb puts a breakpoint on the function; its first instruction where it has no DWARF.

        `stepping`: where gdb stops that steps into it.
        """
        return after_prologue(self.image, self.unit_at(function.low), function, stepping=stepping)

    @guarded
    def scope(self, pc: int, level: int = 0) -> tuple[VariableInfo, ...]:
        """Return what is visible at `pc`: parameters in order, then locals, innermost block first, as gdb lists them.

        `level` 0 is the innermost function at `pc`, which may be an inlined one; 1 is what that is inlined into, and
        so on (see `inlined`). The record's locations are those for `pc`.
        """
        unit = self.unit_at(pc)
        parts = split_path(self._path(pc))
        return read_scope(unit, parts[level], pc) if unit is not None and 0 <= level < len(parts) else ()

    @guarded
    def inlined(self, pc: int) -> tuple[InlinedCall, ...]:
        """Return the calls inlined at `pc`, innermost first; none where the code is its function's own."""
        unit = self.unit_at(pc)
        found: list[InlinedCall] = []
        for block in reversed(self._path(pc)[1:]):
            if unit is not None and block.die is not None:
                low, high = next(r for r in block.ranges if r[0] <= pc < r[1])
                file = unit.files.get(number(block.die, "DW_AT_call_file", -1), "")
                found.append(
                    InlinedCall(
                        name=unit.name_of(block.die),
                        entry=block.ranges[0][0],
                        low=low,
                        high=high,
                        call_file=file,
                        call_line=number(block.die, "DW_AT_call_line"),
                    )
                )
        return tuple(found)

    @guarded
    def inlined_at(self, name: str) -> tuple[int, ...]:
        """Return where the function of this name is inlined: the first addresses, in order."""
        found: list[int] = []
        for unit in self.units:
            waiting = [unit.block_of(die) for die in unit.function_dies]
            while waiting:
                inner = waiting.pop().inner
                waiting += inner
                found += [
                    b.ranges[0][0]
                    for b in inner
                    if b.die is not None and b.ranges and unit.is_called(b.die, name)
                ]
        return tuple(sorted(found))

    @guarded
    def innermost(self, pc: int) -> Block | None:
        """Return the innermost lexical block, inlined call or function that holds `pc`."""
        path = self._path(pc)
        return path[-1] if path else None

    @guarded
    def frame_base(self, pc: int) -> Expression | None:
        """Return the frame base of the function at `pc` (mostly DW_OP_call_frame_cfa)."""
        unit = self.unit_at(pc)
        die = unit.die_at(pc) if unit else None
        return unit.expression(die, "DW_AT_frame_base", pc) if unit and die is not None else None

    @guarded
    def call_site(self, return_pc: int) -> CallSite | None:
        """Return what is known of the call that returns to `return_pc`, for values at function entry."""
        unit = self.unit_at(return_pc - 1)
        die = unit.die_at(return_pc - 1) if unit else None
        if unit is None or die is None:
            return None
        return next((s for s in read_call_sites(unit, die) if s.return_pc == return_pc), None)

    @cached_property
    @guarded
    def globals(self) -> tuple[GlobalVariable, ...]:
        """Variables with static storage at file level, in the order of the units."""
        return tuple(v for u in self.units for v in self._globals_of(u))

    @guarded
    def globals_named(self, name: str) -> tuple[GlobalVariable, ...]:
        """Return the variables of `globals` of this name; no unit is read that cannot have one.

        What is at an address has a symbol, where there are symbols; and a Go package is a unit of its name.
        """
        symbols = self.image.symbols
        if symbols and not any(s.name == name and s.kind in ("object", "tls", "notype") for s in symbols):
            return ()
        package = name.rpartition(".")[0]
        own = [u for u in self.units if u.is_go and u.name == package]
        return tuple(v for u in own or self.units for v in self._globals_of(u) if v.name == name)

    @guarded
    def globals_near(self, pc: int) -> tuple[GlobalVariable, ...]:
        """Return the variables of `globals` that are defined in the unit whose code is at `pc`."""
        unit = self.unit_at(pc)
        return self._globals_of(unit) if unit else ()

    @guarded
    def constant(self, name: str, pc: int, *, visible: bool = False) -> int | None:
        """Return what an enumerator stands for at `pc`: the innermost block's, its unit's, else the first unit's.

        `visible`: only one that C's rules of scope find there, so none of other units.
        """
        inner = inner_enumerators(self._path(pc))
        if name in inner:
            return inner[name]
        here = self.unit_at(pc)
        for unit in (*([here] if here else []), *(() if visible else self.units)):
            if unit not in self._enumerators:
                self._enumerators[unit] = read_enumerators(unit)
            if name in self._enumerators[unit]:
                return self._enumerators[unit][name]
        return None

    @guarded
    def unwind(self, pc: int) -> UnwindRow | None:
        """Return the rules that find the caller's registers at `pc`; they are there without DWARF too."""
        found = self._frames.row_at(pc)
        return unwind_row(self._table, pc) if found is None and self._table is not None else found

    @guarded
    def code_range(self, pc: int) -> tuple[int, int] | None:
        """Return the half-open range of the function part at `pc` that call frame information describes."""
        return self._frames.range_at(pc)

    def _globals_of(self, unit: DebugUnit) -> tuple[GlobalVariable, ...]:
        if unit not in self._globals:
            self._globals[unit] = read_globals(unit)
        return self._globals[unit]

    def unit_at(self, pc: int) -> DebugUnit | None:
        """Return the unit whose code is at `pc`."""
        i = bisect_right(self._unit_ranges, pc, key=lambda r: r[0]) - 1
        found = self._unit_ranges[i] if i >= 0 else None
        return self.units[found[2]] if found and pc < found[1] else None

    @cached_property
    def _unit_ranges(self) -> list[tuple[int, int, int]]:
        return sorted((low, high, n) for n, u in enumerate(self.units) for low, high in u.ranges)

    @cached_property
    def _frames(self) -> FrameTable:
        return FrameTable(self.image)

    @cached_property
    def _table(self) -> GoLineTable | None:
        """Go's own line table, where there is no DWARF."""
        return None if self.units else go_table(self.image.data, self.image.sections, self.image.bias)

    @cached_property
    def _dwarf(self) -> DWARFInfo | None:
        if not any(
            s.name in (".debug_info", ".zdebug_info") and s.kind != "nobits" for s in self.image.sections
        ):
            return None
        elf = ELFFile(io.BytesIO(self.image.data))
        return elf.get_dwarf_info(relocate_dwarf_sections=False, follow_links=False)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple({f.name for f in self.functions})

    def _path(self, pc: int) -> list[Block]:
        unit = self.unit_at(pc)
        die = unit.die_at(pc) if unit else None
        return unit.block_of(die).path(pc) if unit and die is not None else []

    def _by_symbol(self, name: str) -> tuple[Function, ...]:
        """Return the functions of the units in which a global symbol says the function is: saves reading all units."""
        places = [s.address for s in self.image.symbols if s.name == name and s.kind == "function"]
        units = [self.unit_at(p) for p in places]
        if not places or None in units:
            return ()
        return tuple(f for u in dict.fromkeys(units) if u is not None for f, _ in u.functions)

    def _is_entry(self, function: Function) -> bool:
        unit = self.unit_at(function.low)
        die = unit.die_at(function.low) if unit else None
        return bool(unit and die is not None and next(f for f, d in unit.functions if d is die) == function)


def read_debug(image: Image) -> DebugInfo:
    """Return the debug information of an image, read lazily; an image without any has `has_dwarf` False."""
    return DebugInfo(image)
