"""One compilation unit: its functions, blocks, lines, variables and types, each read when first asked for.

Trusts nothing beyond what `dies.py` guards. Addresses are run-time addresses. Follows DWARF 5 chapters 2, 3 and 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from elftools.dwarf.compileunit import CompileUnit
from elftools.dwarf.die import DIE
from elftools.dwarf.dwarfinfo import DWARFInfo

from stackreel.binary.dies import attribute, block, children, guarded, is_address, name_of, number
from stackreel.binary.goabi0 import is_stack_convention
from stackreel.binary.gotypes import GO
from stackreel.binary.image import Image
from stackreel.binary.lines import LineItem, file_names, read_items, rows_of
from stackreel.binary.lists import Lists
from stackreel.binary.location import Expression
from stackreel.binary.model import Function, LineRow
from stackreel.binary.qualified import is_cplusplus, is_named, prefixes, qualified
from stackreel.binary.scopes import Block, Ranges, read_block
from stackreel.binary.typereader import TypeReader
from stackreel.binary.types import Base
from stackreel.errors import BinaryError

_WITH_CODE = ("DW_TAG_subprogram", "DW_TAG_lexical_block", "DW_TAG_inlined_subroutine", "DW_TAG_namespace")


_ON_STACK = (b"\x91", b"\x9c")  # DW_OP_fbreg, DW_OP_call_frame_cfa


class DebugUnit:
    """A unit of an image's debug information. It is also the `Unit` that expressions stand in."""

    def __init__(self, cu: CompileUnit, dwarf: DWARFInfo, image: Image) -> None:
        self._cu = cu
        self._dwarf = dwarf
        self._image = image
        self.bias = image.bias
        self.top: DIE = cu.get_top_DIE()
        self.is_go = number(self.top, "DW_AT_language") == GO
        self.is_cplusplus = is_cplusplus(self.top)
        self.types = TypeReader(self, is_go=self.is_go)
        self._blocks: dict[int, Block] = {}

    @property
    def name(self) -> str:
        """The source file as the compiler was told."""
        return name_of(self.top)

    @property
    def producer(self) -> str:
        """The compiler's own name for itself."""
        found = attribute(self.top, "DW_AT_producer")
        return found.value.decode("utf-8", "replace") if found and isinstance(found.value, bytes) else ""

    @cached_property
    def has_stack_convention(self) -> bool:
        """Whether the unit is Go's, of a version that passes all arguments on the stack."""
        return self.is_go and is_stack_convention(self._image.go_version)

    @cached_property
    def ranges(self) -> Ranges:
        """Where the unit's code is; from its functions where the unit itself does not say."""
        found = self.ranges_of(self.top)
        return found or tuple(r for die in self.function_dies for r in self.ranges_of(die))

    @cached_property
    def function_dies(self) -> tuple[DIE, ...]:
        """Functions that have code, in order; nested ones and those in namespaces are found too."""
        found: list[DIE] = []
        waiting = [self.top]
        while waiting:
            for child in children(waiting.pop()):
                if child.tag == "DW_TAG_subprogram" and self.ranges_of(child):
                    found.append(child)
                if child.tag in ("DW_TAG_namespace", "DW_TAG_module"):
                    waiting.append(child)
        return tuple(found)

    @cached_property
    def functions(self) -> tuple[tuple[Function, DIE], ...]:
        """A record for each range of each function, the range with its entry first."""
        return tuple(
            (Function(self.name_of(die), low, high, self.file_of(die), number(die, "DW_AT_decl_line")), die)
            for die in self.function_dies
            for low, high in self._entry_first(die)
        )

    @cached_property
    def items(self) -> tuple[LineItem, ...]:
        """The rows of the line program that gdb keeps."""
        program = self._dwarf.line_program_for_CU(self._cu)
        return () if program is None else read_items(program, self.files, self.bias)

    @cached_property
    def rows(self) -> tuple[LineRow, ...]:
        """The line of each address."""
        return rows_of(self.items)

    @cached_property
    def files(self) -> dict[int, str]:
        """Names of the files of the line program, by number."""
        program = self._dwarf.line_program_for_CU(self._cu)
        if program is None:
            return {}
        return dict(file_names(program.header, self.name, self.directory))

    @property
    def directory(self) -> str:
        """The folder the compiler ran in, empty where it does not say."""
        found = attribute(self.top, "DW_AT_comp_dir")
        return found.value.decode("utf-8", "backslashreplace") if found else ""

    @cached_property
    def has_location_lists(self) -> bool:
        """Whether a variable of the unit has one: gdb then trusts locations from a function's first instruction on."""
        waiting = [self.top]
        while waiting:
            for die in children(waiting.pop()):
                place = die.attributes.get("DW_AT_location")
                if (
                    place is not None
                    and block(place) is None
                    and die.tag in ("DW_TAG_variable", "DW_TAG_formal_parameter")
                ):
                    return True
                if die.has_children and die.tag in _WITH_CODE:
                    waiting.append(die)
        return False

    def name_of(self, die: DIE) -> str:
        """Return the name of a function; in C++ with the namespaces and classes it is in."""
        return qualified(die, self._prefixes) if self.is_cplusplus else name_of(die)

    def is_called(self, die: DIE, name: str) -> bool:
        """Whether a function has the name; in C++ it may be written without what the function is in."""
        own = self.name_of(die)
        return is_named(own, name) if self.is_cplusplus else own == name

    def entry(self, die: DIE) -> int:
        """Return where a function that has code begins."""
        return self._entry_first(die)[0][0]

    @cached_property
    def _prefixes(self) -> Mapping[int, str]:
        return prefixes(self.top)

    def file_of(self, die: DIE) -> str:
        """Return the file an entry is declared in."""
        return self.files.get(number(die, "DW_AT_decl_file", -1), "")

    def block_of(self, die: DIE) -> Block:
        """Return the blocks of a function."""
        if die.offset not in self._blocks:
            self._blocks[die.offset] = read_block(die, self.ranges_of)
        return self._blocks[die.offset]

    def die_at(self, pc: int) -> DIE | None:
        """Return the function whose code is at `pc`."""
        return next((die for f, die in self.functions if f.low <= pc < f.high), None)

    @guarded
    def address(self, index: int) -> int:
        """Return an address of .debug_addr."""
        return int(self._dwarf.get_addr(self._cu, index)) + self.bias

    @guarded
    def base_type(self, offset: int) -> Base:
        """Return the base type at an offset of this unit."""
        found = self.types.read(self._cu.get_DIE_from_refaddr(self._cu.cu_offset + offset))
        if not isinstance(found, Base) or not 1 <= found.size <= 16:
            raise BinaryError(
                "a DWARF expression is damaged: it names a type that is no base type of 1 to 16 bytes"
            )
        return found

    def ranges_of(self, die: DIE) -> Ranges:
        """Return the code ranges of an entry itself, in order; none where it has no code."""
        own = die.attributes
        if "DW_AT_ranges" in own:
            entries = self._range_lists.entries(int(own["DW_AT_ranges"].value))
            return tuple(
                self._checked(e.range) for e in entries if e.range and self.bias != e.range[0] < e.range[1]
            )
        if "DW_AT_low_pc" not in own or "DW_AT_high_pc" not in own:
            return ()
        low, high = int(own["DW_AT_low_pc"].value) + self.bias, own["DW_AT_high_pc"]
        end = int(high.value) + (self.bias if is_address(high) else low)
        return (self._checked((low, end)),) if low < end and low != self.bias else ()

    def _checked(self, range_: tuple[int, int]) -> tuple[int, int]:
        if range_[0] < self._image.low or range_[1] > self._image.high:
            raise BinaryError(
                f"the debug information is damaged: it has code at {range_[0]:#x}, outside of the image"
            )
        return range_

    @guarded
    def expression(self, die: DIE, name: str, pc: int) -> Expression | None:
        """Return the expression that an attribute of the entry or its origins has for `pc`, None where none holds."""
        found = attribute(die, name)
        if found is None:
            return None
        code = block(found)
        if code is not None:
            return Expression(code, self)
        fallback: Expression | None = None
        for entry in self._location_lists.entries(int(found.value)):
            if entry.range is None:
                fallback = Expression(entry.code, self)
            elif entry.range[0] <= pc < entry.range[1] or entry.range == (pc, pc) in self._entries:
                return Expression(entry.code, self)
        return fallback

    @guarded
    def home(self, die: DIE) -> Expression | None:
        """Return where a parameter that comes in registers has its place on the stack, for Go: its spill slot.

        That is the first place relative to the frame among its locations; None where it has only one location.
        """
        found = attribute(die, "DW_AT_location")
        if not self.is_go or found is None or block(found) is not None:
            return None
        codes = (entry.code for entry in self._location_lists.entries(int(found.value)))
        return next((Expression(code, self) for code in codes if code[:1] in _ON_STACK), None)

    def _entry_first(self, die: DIE) -> Ranges:
        ranges = self.ranges_of(die)
        entry = die.attributes.get("DW_AT_entry_pc") or die.attributes.get("DW_AT_low_pc")
        low = int(entry.value) + self.bias if entry is not None and is_address(entry) else 0
        return tuple(sorted(ranges, key=lambda r: not r[0] <= low < r[1]))

    @cached_property
    def _entries(self) -> frozenset[tuple[int, int]]:
        """Empty ranges at the functions' entries: gdb takes what holds there for so before the first instruction."""
        return frozenset((f.low, f.low) for f, _ in self.functions)

    @cached_property
    def _base(self) -> int:
        low = self.top.attributes.get("DW_AT_low_pc")
        return (int(low.value) if low else 0) + self.bias

    @cached_property
    def _version(self) -> int:
        return int(self._cu["version"])

    @cached_property
    def _range_lists(self) -> Lists:
        section = self._dwarf.debug_rnglists_sec if self._version >= 5 else self._dwarf.debug_ranges_sec
        return Lists(_contents(section), self._version, self.bias, self._base, self.address, has_code=False)

    @cached_property
    def _location_lists(self) -> Lists:
        section = self._dwarf.debug_loclists_sec if self._version >= 5 else self._dwarf.debug_loc_sec
        return Lists(_contents(section), self._version, self.bias, self._base, self.address, has_code=True)


def _contents(section: object) -> bytes:
    stream = getattr(section, "stream", None)
    return b"" if stream is None else bytes(stream.getvalue())
