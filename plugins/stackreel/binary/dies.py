"""Small questions to debugging information entries, and one gate through which all damage becomes BinaryError.

pyelftools reads what it is given without checking it, so that damaged input leaves it as almost any exception.
`guarded` names those it can raise, and turns them into BinaryError; the records built from entries are made here
and in the modules beside, never outside of a guard. Follows DWARF 5 section 2.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar

from elftools.common.exceptions import DWARFError, ELFError
from elftools.construct import ConstructError
from elftools.dwarf.die import DIE, AttributeValue

from stackreel.errors import BinaryError

P = ParamSpec("P")
T = TypeVar("T")

_DAMAGE = (
    DWARFError,
    ELFError,
    ConstructError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
_CHAIN_LIMIT = 8
_ADDRESS_FORMS = ("DW_FORM_addr", "DW_FORM_addrx")
_BLOCK_FORMS = ("DW_FORM_exprloc", "DW_FORM_block")


def guarded(function: Callable[P, T]) -> Callable[P, T]:
    """Let damaged debug information leave the function as BinaryError."""

    @wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except _DAMAGE as error:
            detail = str(error).splitlines()[0] if str(error) else ""
            raise BinaryError(
                f"the debug information is damaged: {type(error).__name__} {detail}".rstrip(),
                example="strip -g removes it; gcc -g makes it",
            ) from error

    return inner


def children(die: DIE) -> Iterator[DIE]:
    """Yield the entries directly below this one.

    Goes forward only, so that it ends: a damaged DW_AT_sibling that points back is not followed.
    """
    unit = die.cu
    at, end, depth = die.offset + die.size, unit.cu_offset + unit.size, 0
    while die.has_children and at < end:
        found = unit.get_DIE_from_refaddr(at)
        if found.is_null():
            if depth == 0:
                return
            depth -= 1
        elif depth == 0:
            yield found
        following = at + found.size
        if found.has_children:
            sibling = found.attributes.get("DW_AT_sibling")
            target = unit.cu_offset + int(sibling.raw_value) if sibling is not None else 0
            depth += target <= following
            following = max(target, following)
        at = following


def origin(die: DIE) -> DIE | None:
    """Return the entry this one completes: its abstract origin or the declaration it specifies."""
    for name in ("DW_AT_abstract_origin", "DW_AT_specification"):
        if name in die.attributes:
            return die.get_DIE_from_attribute(name)
    return None


def chain(die: DIE) -> Iterator[DIE]:
    """Yield the entry, its origin, the origin's origin … eight at most."""
    at: DIE | None = die
    for _ in range(_CHAIN_LIMIT):
        if at is None:
            return
        yield at
        at = origin(at)


def attribute(die: DIE, name: str) -> AttributeValue | None:
    """Return an attribute of the entry or of the nearest of its origins that has it."""
    for at in chain(die):
        if name in at.attributes:
            found: AttributeValue = at.attributes[name]
            return found
    return None


def name_of(die: DIE) -> str:
    """Return DW_AT_name, empty where there is none."""
    found = attribute(die, "DW_AT_name")
    value = found.value if found else None
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else ""


def number(die: DIE, name: str, default: int = 0) -> int:
    """Return an attribute that is a number; `default` where it is absent or is something else."""
    found = attribute(die, name)
    return int(found.value) if found is not None and isinstance(found.value, int) else default


def is_address(found: AttributeValue) -> bool:
    """Whether the attribute's value is an address (not an offset from one)."""
    return str(found.form).startswith(_ADDRESS_FORMS)


def block(found: AttributeValue | None) -> bytes | None:
    """Return the bytes of an attribute that is a block or an expression."""
    if found is None or not str(found.form).startswith(_BLOCK_FORMS):
        return None
    return bytes(found.value)


def type_die(die: DIE) -> DIE | None:
    """Return the entry that DW_AT_type refers to."""
    for at in chain(die):
        if "DW_AT_type" in at.attributes:
            return at.get_DIE_from_attribute("DW_AT_type")
    return None
