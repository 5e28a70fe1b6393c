"""Blocks of a function and what is declared in them, in the order in which gdb 13 lists it.

Concrete instances are completed from their abstract origins (inlined calls, cloned functions). Trusts nothing:
nesting is bounded. Follows DWARF 5 sections 3.3 to 3.5; the order of `info locals` follows gdb's block dictionaries,
which keep declaration order in a function's outermost block and hash names in inner ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from elftools.dwarf.die import DIE

from stackreel.binary.dies import attribute, chain, children, name_of, number
from stackreel.errors import BinaryError

_VARIABLES = ("DW_TAG_formal_parameter", "DW_TAG_variable")
_NAMED = (
    *_VARIABLES,
    "DW_TAG_typedef",
    "DW_TAG_structure_type",
    "DW_TAG_union_type",
    "DW_TAG_enumeration_type",
    "DW_TAG_enumerator",
    "DW_TAG_label",
)
_DEPTH_LIMIT = 200

Ranges = tuple[tuple[int, int], ...]
RangeReader = Callable[[DIE], Ranges]


@dataclass(frozen=True)
class Block:
    """A lexical block, a function's body or an inlined call's, with what it declares and the blocks inside.

    `die` is the entry of the function or inlined call, None for a plain block.
    """

    ranges: Ranges
    die: DIE | None
    declared: tuple[DIE, ...]
    inner: tuple[Block, ...]

    def holds(self, pc: int) -> bool:
        """Whether the block's code is at `pc`."""
        return any(low <= pc < high for low, high in self.ranges)

    def path(self, pc: int) -> list[Block]:
        """Return the blocks that hold `pc`, outermost (this one) first."""
        found, at = [self], self
        while (inside := next((b for b in at.inner if b.holds(pc)), None)) is not None:
            found.append(inside)
            at = inside
        return found

    def parameters(self) -> tuple[DIE, ...]:
        """Return the formal parameters in order."""
        return tuple(d for d in self.declared if d.tag == "DW_TAG_formal_parameter")

    def variables(self) -> tuple[DIE, ...]:
        """Return the variables in the order in which gdb lists them."""
        ordered = self.declared if self.die is not None else _hashed(self.declared)
        return tuple(d for d in ordered if d.tag == "DW_TAG_variable")


def read_block(die: DIE, ranges_of: RangeReader, depth: int = 0) -> Block:
    """Read the blocks of a function, inlined call or lexical block; `ranges_of` says where code is."""
    if depth > _DEPTH_LIMIT:
        raise BinaryError("the debug information is damaged: blocks are nested without end")
    declared: list[DIE] = []
    inner: list[Block] = []
    _collect(die, ranges_of, depth, declared, inner)
    declared.extend(_inherited(die, declared))
    plain = die.tag == "DW_TAG_lexical_block"
    return Block(ranges_of(die), None if plain else die, tuple(declared), tuple(inner))


def _collect(die: DIE, ranges_of: RangeReader, depth: int, declared: list[DIE], inner: list[Block]) -> None:
    for child in children(die):
        if child.tag in _NAMED:
            declared.append(child)
            if child.tag == "DW_TAG_enumeration_type":
                declared.extend(c for c in children(child) if c.tag == "DW_TAG_enumerator")
        elif child.tag in ("DW_TAG_lexical_block", "DW_TAG_inlined_subroutine"):
            if ranges_of(child):
                inner.append(read_block(child, ranges_of, depth + 1))
            elif child.tag == "DW_TAG_lexical_block" and depth < _DEPTH_LIMIT:  # gdb: as if it were not there
                _collect(child, ranges_of, depth + 1, declared, inner)


def _inherited(die: DIE, declared: Iterable[DIE]) -> Iterator[DIE]:
    """Yield what the abstract origin declares and no concrete entry stands for: gdb shows it as optimized out."""
    if "DW_AT_abstract_origin" not in die.attributes:
        return
    seen = {at.offset for child in declared for at in chain(child)}
    for child in children(die.get_DIE_from_attribute("DW_AT_abstract_origin")):
        if child.tag in _VARIABLES and child.offset not in seen:
            yield child


def _is_symbol(die: DIE) -> bool:
    """Whether gdb makes a symbol of the entry: it is named, and not a mere declaration of something elsewhere."""
    if not name_of(die):
        return False
    if die.tag in ("DW_TAG_structure_type", "DW_TAG_union_type", "DW_TAG_enumeration_type"):
        return not number(die, "DW_AT_declaration")
    if die.tag == "DW_TAG_label":
        return attribute(die, "DW_AT_low_pc") is not None
    return True


def _hashed(declared: tuple[DIE, ...]) -> list[DIE]:
    """Order entries as gdb's dictionary of a block does, which has a fifth of their number and one buckets."""
    named = [d for d in declared if _is_symbol(d)]
    size = len(named) // 5 + 1
    buckets: list[list[DIE]] = [[] for _ in range(size)]
    for die in named:
        buckets[_hash(name_of(die)) % size].append(die)
    return [die for bucket in buckets for die in bucket]


def _hash(name: str) -> int:
    """Return gdb's `default_search_name_hash`: it stops where Ada would put a suffix."""
    raw = name.encode("utf-8", "backslashreplace")
    at = 0
    if raw.startswith(b"_"):
        if not raw.startswith(b"_ada_"):
            return _whole_hash(raw)
        at = 5
    value = 0
    while at < len(raw):
        byte = raw[at : at + 1]
        if byte in (b"$", b".", b"X"):
            return _whole_hash(raw) if at == 0 else value
        if byte in (b" ", b"("):
            return _whole_hash(raw)
        if byte == b"_" and raw[at + 1 : at + 2] == b"_" and at:
            after = raw[at + 2 : at + 3]
            if not (b"a" <= after <= b"z" or after == b"O"):
                return value
            value = 0
            at += 2
            continue
        if raw[at:] == b"TKB":
            return value
        value = _next(value, raw[at])
        at += 1
    return value


def _whole_hash(raw: bytes) -> int:
    value = 0
    for byte in raw.split(b"(", 1)[0]:
        if not bytes((byte,)).isspace():
            value = _next(value, byte)
    return value


def _next(value: int, byte: int) -> int:
    lower = byte + 32 if 65 <= byte <= 90 else byte
    return (value * 67 + lower - 113) & 0xFFFFFFFF
