"""A binary as its file describes it: ELF image, symbols, DWARF where it has it. The one user of pyelftools."""

from stackreel.binary.image import Image, read_image
from stackreel.binary.model import Function, LineRow, Section, Segment, Symbol, SymbolOffset

__all__ = [
    "Function",
    "Image",
    "LineRow",
    "Section",
    "Segment",
    "Symbol",
    "SymbolOffset",
    "read_image",
]
