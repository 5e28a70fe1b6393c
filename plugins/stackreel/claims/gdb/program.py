"""A program as gdb knows it from its file: functions, source lines, symbols, types by name.

Joins an image, its debug information and the texts of its sources; nothing here depends on a moment of the run.
It trusts that the three belong together. Where several types have one name, the first unit's is taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from stackreel.binary import DebugInfo, Function, GlobalVariable, Image, LineRow, SymbolOffset, VariableInfo
from stackreel.binary.dies import children, guarded, name_of
from stackreel.binary.types import Base, FunctionType, Pointer, Type, Typedef, strip
from stackreel.claims.gdb.goview import as_gdb
from stackreel.errors import SymbolError

_TAGS = {
    "DW_TAG_base_type": "",
    "DW_TAG_typedef": "",
    "DW_TAG_structure_type": "struct ",
    "DW_TAG_union_type": "union ",
    "DW_TAG_enumeration_type": "enum ",
}
_NUMBERED = re.compile(r"\.\d+$")
INT = Base("int", 4, "signed")
TEXT = Typedef(
    "<text variable, no debug info>", FunctionType(INT, (), is_variadic=False, is_prototyped=False)
)
"""The type gdb gives to functions it knows only by their symbol."""

_EXECUTABLE = 4
"""SHF_EXECINSTR."""

DATA = Typedef("<data variable, no debug info>", INT)
"""The type gdb gives to objects it knows only by their symbol."""

NO_TABLE = 'No symbol table is loaded.  Use the "file" command.'


def pointer_to(target: Type) -> Pointer:
    """Return the type of a pointer to `target`."""
    return Pointer(lambda: target)


def plain_name(symbol: str) -> str:
    """Return a symbol as gdb shows it outside of disassembly: it takes the number of `code.0` for a decoration."""
    return _NUMBERED.sub("", symbol.removesuffix("@plt"))


@dataclass(frozen=True)
class Program:
    """The static side of a session; `sources` are lines by the file names of the debug information."""

    image: Image
    debug: DebugInfo
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def row(self, pc: int) -> LineRow | None:
        """Return the row of the line table for `pc`, None where it has no line."""
        found = self.debug.line_at(pc)
        return found if found is not None and found.line else None

    def statements(self, file: str) -> tuple[tuple[int, int], ...]:
        """Return line and address of every row of a file that starts a statement, also where another row hides it."""
        return self._statements.get(file, ())

    @cached_property
    @guarded
    def _statements(self) -> Mapping[str, tuple[tuple[int, int], ...]]:
        found: dict[str, set[tuple[int, int]]] = {}
        for unit in self.debug.units:
            for item in unit.items:
                if item.line and item.is_stmt:
                    found.setdefault(item.file, set()).add((item.line, item.address))
        return {file: tuple(sorted(rows)) for file, rows in found.items()}

    def text(self, file: str, line: int) -> str | None:
        """Return a source line; None where the source is not known or has fewer lines."""
        lines = self.sources.get(file, ())
        return lines[line - 1] if 0 < line <= len(lines) else None

    def full_name(self, file: str) -> str:
        """Return a source file's name with the folder it was compiled in before it, where that is known."""
        unit = next((u for u in self.debug.units if file in u.files.values()), None)
        return file if unit is None or file.startswith("/") else f"{unit.directory}/{file}"

    def function_at(self, pc: int) -> Function | None:
        """Return the function at `pc` with the range of its symbol, by DWARF's name where it has one."""
        described = self.debug.function_at(pc)
        if described is not None:
            return described
        return self.image.function_at(pc)

    def function_name(self, pc: int) -> str:
        """Return the name gdb shows for code at `pc`, `??` where there is none."""
        function = self.function_at(pc)
        return "??" if function is None else plain_name(function.name)

    def function(self, name: str) -> Function | None:
        """Return the function of this name; None where there is none, or several."""
        for find in (self.debug.function, self.image.function):
            try:
                return find(name)
            except SymbolError:
                continue
        return None

    def functions(self, name: str) -> tuple[Function, ...]:
        """Return the functions gdb looks for by this name, which in C++ may be several, and in something."""
        found = self.debug.functions_of(name)
        one = None if found else self.function(name)
        return found if one is None else (one,)

    def recorded_name(self, pc: int) -> str:
        """Return the name under which the function at `pc` is recorded, empty where there is none.

        In C++ that is its symbol: overloaded functions have one name.
        """
        unit = self.debug.unit_at(pc)
        function = self.image.function_at(pc) if unit is not None and unit.is_cplusplus else None
        function = function or self.function_at(pc)
        return "" if function is None else function.name

    def address(self, name: str) -> int | None:
        """Return the address of the symbol `name`."""
        try:
            return self.image.symbol(name).address
        except SymbolError:
            return None

    def symbolize(self, address: int) -> SymbolOffset | None:
        """Return the symbol gdb writes beside an address: a function by its name in DWARF, no data without a size."""
        found = self.image.symbolize(address)
        if found is None or (found.name, address - found.offset) in self._boundaries:
            return None
        described = self.debug.function_at(address)
        if described is None or address - found.offset != described.low:
            return found
        unit = self.debug.unit_at(address)
        if unit is not None and unit.is_cplusplus:
            return found
        return SymbolOffset(described.name, found.offset)

    @cached_property
    def _boundaries(self) -> frozenset[tuple[str, int]]:
        """Symbols that mark a place in data, such as the linker's."""
        unsized = ((s.name, s.address) for s in self.image.symbols if not s.size and s.kind != "function")
        return frozenset(one for one in unsized if not self._is_code(one[1]))

    def _is_code(self, address: int) -> bool:
        section = self.image.section_at(address)
        return section is not None and bool(section.flags & _EXECUTABLE)

    def angled(self, address: int, *, always: bool = False) -> str:
        """Return ` <main+4>`, or nothing; `always`: `<main+0>` too, as in a dump of a range."""
        symbol = self.symbolize(address)
        if symbol is None:
            return ""
        return f" <{symbol.name}+{symbol.offset}>" if always else f" <{symbol}>"

    @cached_property
    @guarded
    def is_go(self) -> bool:
        """Whether gdb takes the program for one in Go: names and operators in expressions are then Go's."""
        function = self.function("main.main")
        unit = None if function is None else self.debug.unit_at(function.low)
        return unit is not None and unit.is_go

    @property
    def main(self) -> str:
        """The name of the function where a backtrace ends."""
        return "main.main" if self.is_go else "main"

    def is_package(self, name: str) -> bool:
        """Whether a name is a package of Go."""
        return self.is_go and name in self._packages

    @cached_property
    def _packages(self) -> frozenset[str]:
        return frozenset(s.name.partition(".")[0] for s in self.image.symbols if "." in s.name)

    @guarded
    def function_type(self, function: Function) -> Type:
        """Return the type of a function; TEXT where it has no debug information."""
        unit = self.debug.unit_at(function.low)
        die = unit.die_at(function.low) if unit else None
        if unit is None or die is None:
            return TEXT
        found = strip(unit.types.read(die))
        return self.seen(
            found.target if isinstance(found, Pointer) else found
        )  # a value of Go's function type is a pointer

    def seen(self, type_: Type) -> Type:
        """Return a type as gdb sees it, which knows C's but not Go's."""
        return as_gdb(type_) if self.is_go else type_

    def scope(self, pc: int, depth: int = 0) -> tuple[VariableInfo, ...]:
        """Return the variables visible at an address, in the inlined call `depth` frames in, as gdb sees them."""
        found = self.debug.scope(pc, depth)
        return tuple(replace(v, type=as_gdb(v.type)) for v in found) if self.is_go else found

    def globals_named(self, name: str) -> tuple[GlobalVariable, ...]:
        """Return the variables of this name outside of functions, as gdb sees them."""
        return tuple(replace(v, type=self.seen(v.type)) for v in self.debug.globals_named(name))

    def type_named(self, name: str) -> Type | None:
        """Return the type of this name; structures and the like with their keyword: `struct pair`."""
        return self._types.get(name)

    @cached_property
    @guarded
    def _types(self) -> Mapping[str, Type]:
        found: dict[str, Type] = {}
        for unit in self.debug.units:
            for die in children(unit.top):
                prefix = _TAGS.get(str(die.tag))
                if prefix is not None and (name := name_of(die)):
                    if "DW_AT_declaration" in die.attributes:
                        continue
                    found.setdefault(prefix + name, unit.types.read(die))
        return found

    @cached_property
    @guarded
    def enumerators(self) -> Mapping[str, tuple[Type, int]]:
        """Names of enumeration constants with their types and values."""
        return {
            name: (type_, value)
            for type_ in self._types.values()
            for name, value in getattr(type_, "values", ())
        }


def by_dwarf_name(sources: Mapping[str, str], debug: DebugInfo) -> Mapping[str, Sequence[str]]:
    """Return source lines by the file names the debug information uses: the same last part is the same file."""
    texts = {name.rsplit("/", 1)[-1]: text.splitlines() for name, text in sources.items()}
    return {file: texts[short] for file in debug.named_files if (short := file.rsplit("/", 1)[-1]) in texts}
