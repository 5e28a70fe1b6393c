"""Disassembly as gdb and objdump spell it. The one user of capstone."""

from typing import TYPE_CHECKING

from stackreel.lazy import exports

if TYPE_CHECKING:
    from stackreel.listing.decode import Symbolize, disassemble, one
    from stackreel.listing.functions import Lines, list_functions
    from stackreel.listing.godialect import GoDialect, go_dialect
    from stackreel.listing.model import FunctionListing, Instruction, Kind, Listing, MemoryOperand, Syntax
    from stackreel.listing.nameless import list_nameless
    from stackreel.listing.render import Row, Sources, as_gdb, as_objdump, gdb_text, objdump_text, rows


__all__ = [
    "FunctionListing",
    "GoDialect",
    "Instruction",
    "Kind",
    "Lines",
    "Listing",
    "MemoryOperand",
    "Row",
    "Sources",
    "Symbolize",
    "Syntax",
    "as_gdb",
    "as_objdump",
    "disassemble",
    "gdb_text",
    "go_dialect",
    "list_functions",
    "list_nameless",
    "objdump_text",
    "one",
    "rows",
]

__getattr__ = exports(
    __name__,
    {
        "decode": "Symbolize disassemble one",
        "functions": "Lines list_functions",
        "godialect": "GoDialect go_dialect",
        "model": "FunctionListing Instruction Kind Listing MemoryOperand Syntax",
        "nameless": "list_nameless",
        "render": "Row Sources as_gdb as_objdump gdb_text objdump_text rows",
    },
)
