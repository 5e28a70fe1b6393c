"""Variables, inlined calls and call sites as records, and where a variable is in a frame.

Follows DWARF 5 sections 3.3.8, 3.4 and 4.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from elftools.dwarf.die import DIE

from stackreel.binary.dies import attribute, block, children, is_address, name_of, number
from stackreel.binary.goabi0 import places
from stackreel.binary.location import (
    Context,
    Expression,
    InMemory,
    InRegister,
    OptimizedOut,
    Place,
    Value,
    evaluate,
)
from stackreel.binary.reader import Reader
from stackreel.binary.scopes import Block
from stackreel.binary.types import Array, Bound, Pointer, Qualified, Type, Typedef, strip
from stackreel.binary.unit import DebugUnit


@dataclass(frozen=True)
class VariableInfo:
    """A parameter or variable visible at a pc.

    `depth` is 0 in the function's outermost block; `low` and `high` bound the block. `location` holds at the pc the
    record was asked for; where it is None, `constant` is the value, or the variable is optimized out. `is_static`:
    it has one place for all calls. `home` is where a parameter that came in registers has its slot on the stack, in
    Go, whose callers keep it free whether it is used or not; and where one that came on the stack is though nothing
    says so. `is_result`: a function of Go returns it.
    """

    name: str
    type: Type
    is_parameter: bool
    depth: int
    low: int
    high: int
    location: Expression | None
    constant: Value | None
    is_static: bool = False
    file: str = ""
    line: int = 0
    home: Expression | None = None
    is_result: bool = False

    def place(self, context: Context) -> Place:
        """Return where the variable is in a frame; BinaryError where its location is damaged."""
        if self.location is not None:
            return evaluate(self.location, context)
        return self.constant if self.constant is not None else OptimizedOut()


@dataclass(frozen=True)
class GlobalVariable:
    """A variable with static storage at file level: run-time address, None where it is thread-local or elsewhere."""

    name: str
    type: Type
    address: int | None
    file: str
    line: int
    location: Expression | None


@dataclass(frozen=True)
class InlinedCall:
    """A function inlined at a pc: its name, first address, the range that holds the pc, and where it was called."""

    name: str
    entry: int
    low: int
    high: int
    call_file: str
    call_line: int


@dataclass(frozen=True)
class CallSite:
    """What a caller passed, for values at function entry: pairs of a place in the callee and its value in the caller.

    `target` is the name of the function called where it is known; `is_tail_call` where it was a jump.
    """

    return_pc: int
    target: str
    is_tail_call: bool
    parameters: tuple[tuple[Expression, Expression], ...]


def read_variable(unit: DebugUnit, die: DIE, pc: int, scope: tuple[int, Block]) -> VariableInfo | None:
    """Return the variable an entry declares; None where it only says that it is defined elsewhere."""
    depth, around = scope
    if number(die, "DW_AT_declaration") and attribute(die, "DW_AT_location") is None:
        return None
    location = unit.expression(die, "DW_AT_location", pc)
    low, high = next((r for r in around.ranges if r[0] <= pc < r[1]), (0, 0))
    return VariableInfo(
        name_of(die),
        unit.types.of(die),
        die.tag == "DW_TAG_formal_parameter",
        depth,
        low,
        high,
        None if location is None or not location.code else location,
        _constant(die),
        location is not None and location.code[:1] in (b"\x03", b"\xa1"),
        unit.file_of(die),
        number(die, "DW_AT_decl_line"),
        unit.home(die) if die.tag == "DW_TAG_formal_parameter" else None,
        unit.is_go and bool(number(die, "DW_AT_variable_parameter")),
    )


def read_scope(unit: DebugUnit, path: list[Block], pc: int) -> tuple[VariableInfo, ...]:
    """Return the parameters of the first block of `path`, then the variables of its blocks, innermost first."""
    found = [read_variable(unit, die, pc, (0, path[0])) for die in path[0].parameters()]
    if unit.has_stack_convention and path[0].die is not None and path[0].die.tag == "DW_TAG_subprogram":
        found = list(_at_home(unit, found))
    for depth in reversed(range(len(path))):
        found += [read_variable(unit, die, pc, (depth, path[depth])) for die in path[depth].variables()]
    return tuple(v for v in found if v is not None and v.name)


def _at_home(unit: DebugUnit, found: Sequence[VariableInfo | None]) -> Iterator[VariableInfo | None]:
    """Yield the parameters of a function whose convention says where each is, with that place for a home."""
    known = [info for info in found if info is not None]
    at = places([(info.name, info.type, info.is_result) for info in known])
    said = (_distance(info.home or info.location) for info in known)
    is_sure = len(found) == len(at) and all(
        told is None or told < 0 or told == own for told, own in zip(said, at, strict=True)
    )
    for nth, info in enumerate(found):
        yield replace(info, home=_from_cfa(unit, at[nth])) if is_sure and info is not None else info


def _distance(place: Expression | None) -> int | None:
    """Return how far from the frame base, which is the CFA in Go, a place begins; None where it does not say."""
    code = b"" if place is None else place.code
    if code[:1] == _FRAME_BASE:
        return Reader(code, 1).sleb()
    return 0 if code[:1] == _CFA else None


def _from_cfa(unit: DebugUnit, distance: int) -> Expression:
    return Expression(_CFA + _CONST4U + distance.to_bytes(4, "little") + _PLUS, unit)


def split_path(path: list[Block]) -> list[list[Block]]:
    """Split nested blocks at inlined calls: the blocks of the innermost function first."""
    parts: list[list[Block]] = []
    for one in path:
        if one.die is not None:
            parts.insert(0, [])
        parts[0].append(one)
    return parts


def read_globals(unit: DebugUnit) -> tuple[GlobalVariable, ...]:
    """Return the variables at the unit's top level that it defines."""
    found: list[GlobalVariable] = []
    for die in children(unit.top):
        code = block(attribute(die, "DW_AT_location")) if die.tag == "DW_TAG_variable" else None
        if code:
            expression = Expression(code, unit)
            address = _fixed_address(unit, code)
            file, line = unit.file_of(die), number(die, "DW_AT_decl_line")
            found.append(GlobalVariable(name_of(die), unit.types.of(die), address, file, line, expression))
    return tuple(found)


def read_enumerators(unit: DebugUnit) -> Mapping[str, int]:
    """Return what the enumerators at the unit's top level stand for; Go has none."""
    top = () if unit.is_go else children(unit.top)
    types = (die for die in top if die.tag == "DW_TAG_enumeration_type")
    return {name_of(one): number(one, "DW_AT_const_value") for die in types for one in children(die)}


def inner_enumerators(path: Sequence[Block]) -> Mapping[str, int]:
    """Return what the enumerators declared in nested blocks stand for; the innermost hides others."""
    declared = (die for around in path for die in around.declared if die.tag == "DW_TAG_enumerator")
    return {name_of(die): number(die, "DW_AT_const_value") for die in declared}


def _fixed_address(unit: DebugUnit, code: bytes) -> int | None:
    if len(code) == 9 and code[0] == 0x03:  # DW_OP_addr alone
        return int.from_bytes(code[1:], "little") + unit.bias
    if len(code) == 2 and code[0] == 0xA1 and code[1] < 0x80:  # DW_OP_addrx alone
        return unit.address(code[1])
    return None


def _constant(die: DIE) -> Value | None:
    found = attribute(die, "DW_AT_const_value")
    if found is None:
        return None
    if isinstance(found.value, int):
        return Value(found.value)
    return Value(bytes(found.value))


def read_call_sites(unit: DebugUnit, die: DIE) -> tuple[CallSite, ...]:
    """Return the call sites of a function that say what they pass."""
    found: list[CallSite] = []
    waiting = [die]
    while waiting:
        for child in children(waiting.pop()):
            if child.tag in ("DW_TAG_lexical_block", "DW_TAG_inlined_subroutine"):
                waiting.append(child)
            elif child.tag in ("DW_TAG_call_site", "DW_TAG_GNU_call_site"):
                found.append(_call_site(unit, child))
    return tuple(found)


def _call_site(unit: DebugUnit, die: DIE) -> CallSite:
    own = die.attributes
    pc = own.get("DW_AT_call_return_pc") or own.get("DW_AT_low_pc") or own.get("DW_AT_call_pc")
    target = next((n for n in ("DW_AT_call_origin", "DW_AT_abstract_origin") if n in own), None)
    pairs: list[tuple[Expression, Expression]] = []
    for child in children(die):
        place = block(child.attributes.get("DW_AT_location"))
        value = block(
            child.attributes.get("DW_AT_call_value") or child.attributes.get("DW_AT_GNU_call_site_value")
        )
        if place and value:
            pairs.append((Expression(place, unit), Expression(value, unit)))
    tail = own.get("DW_AT_call_tail_call") or own.get("DW_AT_GNU_tail_call")
    return CallSite(
        int(pc.value) + unit.bias if pc is not None and is_address(pc) else 0,
        name_of(die.get_DIE_from_attribute(target)) if target else "",
        bool(tail and tail.value),
        tuple(pairs),
    )


def entry_value(site: CallSite, expression: Expression, caller: Context) -> int | None:
    """Return the bits `expression` (of DW_OP_entry_value) had at function entry, by what the caller says it passed.

    `caller` is the caller's frame at the call. None where the caller does not say or no longer has it. Whether the
    call site called this very function is for the caller of this function to know (see `CallSite.target`).
    """
    value = next((v for place, v in site.parameters if place.code == expression.code), None)
    if value is None:
        return None
    place = evaluate(value, caller)
    if isinstance(place, InMemory):  # the expression computes the value itself, which may have a type
        place = evaluate(Expression(value.code + _STACK_VALUE, value.unit), caller)
    if isinstance(place, Value):
        return place.data if isinstance(place.data, int) else int.from_bytes(place.data, "little")
    return _read(place, 8, caller)


_STACK_VALUE = b"\x9f"
"""DW_OP_stack_value."""
_FRAME_BASE = b"\x91"
_CFA = b"\x9c"
_CONST4U = b"\x0c"
_PLUS = b"\x22"


def resolve(type_: Type, context: Context, pc: int) -> Type:
    """Return the type with the bounds of variable-length arrays computed in a frame; None for one that is lost."""
    if isinstance(type_, Typedef | Qualified):
        return replace(type_, target=resolve(type_.target, context, pc))
    if isinstance(type_, Pointer) and isinstance(strip(type_.target), Array):
        target = resolve(type_.target, context, pc)
        return replace(type_, _target=lambda: target)
    if not isinstance(type_, Array):
        return type_
    counts = tuple(_count(c, context, pc) if isinstance(c, Bound) else c for c in type_.counts)
    return replace(type_, element=resolve(type_.element, context, pc), counts=counts)


def _count(bound: Bound, context: Context, pc: int) -> int | None:
    expression = bound.at(pc)
    if expression is None:
        return None
    place = evaluate(expression, context)
    value: int | None = None
    if bound.variable is None:
        if isinstance(place, InMemory):
            value = place.address
        elif isinstance(place, Value) and isinstance(place.data, int):
            value = place.data
    else:
        value = _read(place, bound.variable.size, context)
    if value is None:
        return None
    value = value - (1 << 64) if value >> 63 else value
    return max(0, value + bound.is_upper)


def _read(place: Place, size: int, context: Context) -> int | None:
    raw: bytes | None = None
    if isinstance(place, InMemory):
        raw = context.memory(place.address, size)
    elif isinstance(place, Value):
        raw = place.to_bytes(size)
    elif isinstance(place, InRegister):
        value = context.register(place.name)
        raw = None if value is None else value.to_bytes(16, "little")[:size]
    return None if raw is None else int.from_bytes(raw, "little")
