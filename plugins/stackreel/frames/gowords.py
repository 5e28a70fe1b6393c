"""What words of Go's own types stand for: the type in an interface, the function of a closure, the bytes of a slice.

Trusts neither the words, which may not be set yet, nor what they point to: what does not fit has no name.
"""

from __future__ import annotations

from stackreel.binary import SymbolOffset
from stackreel.binary.godescriptors import itab_named, type_named
from stackreel.binary.types import FunctionType, Pointer, Struct, Type, strip, type_name
from stackreel.frames.gotext import go_string
from stackreel.frames.known import Known
from stackreel.frames.text import LIMIT
from stackreel.frames.values import NOTHING, character_size

_WORD = 8
_DESCRIPTORS = ("*runtime._type", "*internal/abi.Type")
_ITABS = ("*runtime.itab", "*internal/abi.ITab")


def dynamic_type(type_: Type, word: int, known: Known) -> str:
    """Return the type that the first word of an interface names, an itab's with the interface; empty for others."""
    name = type_name(type_)
    if name in _DESCRIPTORS:
        return type_named(word, known.image, known.read)
    return itab_named(word, known.image, known.read) if name in _ITABS else ""


def closure(type_: Type, word: int, known: Known) -> SymbolOffset | None:
    """Return the function that a Go function value runs: the first word of what it points to."""
    inner = strip(type_)
    is_function = isinstance(inner, Pointer) and isinstance(strip(inner.target), FunctionType)
    code = known.word(word) if known.image.go_version and is_function and word else None
    function = None if code is None else known.image.function_at(code)
    return SymbolOffset(function.name, 0) if function is not None and function.low == code else None


def is_byte_slice(type_: Type) -> bool:
    """Tell whether a type is Go's slice of bytes: pointer, length, capacity."""
    inner = strip(type_)
    if not isinstance(inner, Struct) or inner.go != "slice" or inner.size != 3 * _WORD:
        return False
    array = strip(inner.members[0].type)
    return isinstance(array, Pointer) and character_size(array.target) == 1


def bytes_of(data: bytes, known: Known) -> str:
    """Write a string's or slice's pointer and as many bytes as its length says; where they are not known, it alone."""
    address = int.from_bytes(data[:_WORD], "little")
    length = int.from_bytes(data[_WORD : 2 * _WORD], "little", signed=True)
    is_known = len(data) >= 2 * _WORD and known.read(address, max(0, min(length, LIMIT))) is not None
    return go_string(data[: 2 * _WORD], known, NOTHING) if is_known else f"{address:#x}"
