"""A binary as its file describes it: ELF image, symbols, DWARF where it has it. The one user of pyelftools."""

from typing import TYPE_CHECKING

from stackreel.lazy import exports

if TYPE_CHECKING:
    from stackreel.binary.cfa import CfaRule, RegisterRule, UnwindRow
    from stackreel.binary.debug import DebugInfo, read_debug
    from stackreel.binary.gobuild import go_release
    from stackreel.binary.image import Image, read_image
    from stackreel.binary.location import (
        Context,
        Expression,
        FixedContext,
        InMemory,
        InRegister,
        OptimizedOut,
        Piece,
        Pieces,
        Place,
        Value,
        evaluate,
        frame_base_value,
    )
    from stackreel.binary.model import Function, LineRow, Section, Segment, Symbol, SymbolOffset
    from stackreel.binary.variables import (
        CallSite,
        GlobalVariable,
        InlinedCall,
        VariableInfo,
        entry_value,
        resolve,
    )


__all__ = [
    "CallSite",
    "CfaRule",
    "Context",
    "DebugInfo",
    "Expression",
    "FixedContext",
    "Function",
    "GlobalVariable",
    "Image",
    "InMemory",
    "InRegister",
    "InlinedCall",
    "LineRow",
    "OptimizedOut",
    "Piece",
    "Pieces",
    "Place",
    "RegisterRule",
    "Section",
    "Segment",
    "Symbol",
    "SymbolOffset",
    "UnwindRow",
    "Value",
    "VariableInfo",
    "entry_value",
    "evaluate",
    "frame_base_value",
    "go_release",
    "read_debug",
    "read_image",
    "resolve",
]

__getattr__ = exports(
    __name__,
    {
        "cfa": "CfaRule RegisterRule UnwindRow",
        "debug": "DebugInfo read_debug",
        "gobuild": "go_release",
        "image": "Image read_image",
        "location": "Context Expression FixedContext InMemory InRegister"
        " OptimizedOut Piece Pieces Place Value evaluate frame_base_value",
        "model": "Function LineRow Section Segment Symbol SymbolOffset",
        "variables": "CallSite GlobalVariable InlinedCall VariableInfo entry_value resolve",
    },
)
