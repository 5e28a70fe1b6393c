"""Nodes that stand for something by themselves: literals, names, variables, memory, symbols, other moments.

A variable is only searched for when no register has the name, so that `rsp` is always the register; `$rsp` may be
written for clarity.
"""

from __future__ import annotations

import difflib
import math
import struct
from collections.abc import Callable
from dataclasses import replace

from stackreel.claims.context import Context, child, number_of, token
from stackreel.claims.parse import ExpressionError, Node
from stackreel.claims.subject import Cell
from stackreel.claims.values import Aggregate, Number, Real, Text, Value, unquoted
from stackreel.errors import MomentError, near
from stackreel.isa import BY_NAME

_STRING_LIMIT = 4096
_ALIKE = 0.7

# --- literals and names -------------------------------------------------------------------------------------------


def _number(_context: Context, node: Node) -> Value:
    text = token(node, 0)
    if text[:2].lower() == "0x":
        return Number(int(text, 16), style="hex")
    if text[:2].lower() == "0b":
        return Number(int(text, 2), style="binary")
    return Real(float(text)) if "." in text else Number(int(text))


def _string(_context: Context, node: Node) -> Value:
    return Text(unquoted(token(node, 0)))


def _character(_context: Context, node: Node) -> Value:
    return Number(ord(unquoted(token(node, 0))), style="character")


_OF_THE_STACK = {"stack_low": 0, "stack_high": 1, "moved": 2}
"""Names for the stack in use, where the program has none of its own: its ends, and how far it was just moved."""


def _name(context: Context, node: Node) -> Value:
    name = token(node, 0)
    register = context.subject.register(name.removeprefix("$"))
    if register is not None:
        return Number(register[0], register[1], signed=False, style="hex")
    cell = context.subject.variable(name, None)
    if cell is not None:
        return _loaded(context, node, cell, name)
    address = context.subject.address_of(name)
    if address is not None:
        return Number(address, 64, signed=False, style="hex")
    if name in _OF_THE_STACK:
        value = context.subject.stack()[_OF_THE_STACK[name]]
        return Number(value, 64, signed=name == "moved", style="hex")
    raise _unknown(context, node, name)


def _unknown(context: Context, node: Node, name: str) -> ExpressionError:
    there = context.subject.variables()
    message = f"no variable `{name}` in {context.subject.function() or 'this place'}"
    message += f"; there are {', '.join(there)}" if there else "; no variables are known here"
    return context.fail(node, message, (*near(name, there), *_registers(context, name)))


def _registers(context: Context, name: str) -> list[str]:
    """Return the registers a name very likely means: with its letters in another order, or nearly all of them."""
    written = name.removeprefix("$").lower()
    known = sorted({n for isa in BY_NAME.values() for n in (*isa.parts, *(r.name for r in isa.registers))})
    swapped = [register for register in known if sorted(register) == sorted(written)]
    alike = difflib.get_close_matches(written, known, n=2, cutoff=_ALIKE)
    return [register for register in dict.fromkeys([*swapped, *alike]) if context.subject.register(register)]


def _loaded(context: Context, node: Node, cell: Cell, name: str) -> Value:
    if cell.data is None:
        raise context.fail(node, f"`{name}` has no value at this moment ({cell.shown or 'not observed'})")
    if cell.kind in ("aggregate", "text"):
        return Aggregate(cell.data, cell.shown) if cell.kind == "aggregate" else _char_array(cell)
    if cell.kind == "real":
        return Real(_real(cell.data), cell.shown)
    signed = cell.kind in ("signed", "character")
    value = int.from_bytes(cell.data, "little", signed=signed)
    return Number(
        value,
        8 * cell.size,
        signed=signed,
        style="hex" if cell.kind == "pointer" else "decimal",
        shown=cell.shown,
    )


def _char_array(cell: Cell) -> Text:
    data = cell.data or b""
    return Text(data.split(b"\0", 1)[0].decode("utf-8", "backslashreplace"))


def _real(data: bytes) -> float:
    if len(data) in (4, 8):
        unpacked: float = struct.unpack("<f" if len(data) == 4 else "<d", data)[0]
        return unpacked
    significand, sign_exponent = struct.unpack("<QH", data[:10])
    exponent = (sign_exponent & 0x7FFF) - 16383 - 63
    magnitude = (
        math.ldexp(significand, exponent)
        if significand and exponent < 960
        else (math.inf if significand else 0.0)
    )
    return -magnitude if sign_exponent >> 15 else magnitude


def _cell(context: Context, node: Node) -> Cell:
    """The object a name, member or element denotes."""
    kind = str(node.data)
    if kind == "name":
        found = context.subject.variable(token(node, 0), None)
        if found is None:
            raise _unknown(context, node, token(node, 0))
        return found
    if kind == "member":
        return _member_cell(context, node)
    if kind == "element":
        base = _cell(context, child(node, 0))
        index = number_of(context, child(node, 1)).value
        found = base.element(index)
        if found is None:
            raise context.fail(node, f"a {base.type} has no element {index}")
        return found
    if kind == "elsewhere":
        return _cell(_moved_context(context, node), child(node, 0))
    raise context.fail(node, "a variable is needed here")


def _member_cell(context: Context, node: Node) -> Cell:
    base, name = child(node, 0), token(node, 1)
    if base.data == "name" and context.subject.variable(token(base, 0), None) is None:
        found = context.subject.variable(name, token(base, 0))
        if found is None:
            raise context.fail(node, f"no variable `{name}` in `{token(base, 0)}` at this moment")
        return found
    outer = _cell(context, base)
    found = outer.member(name)
    if found is None:
        raise context.fail(node, f"{outer.type} has no member `{name}`", near(name, outer.members()))
    return found


def _member(context: Context, node: Node) -> Value:
    address = _package_symbol(context, node)
    if address is not None:
        return address
    return _loaded(context, node, _member_cell(context, node), token(node, 1))


def _package_symbol(context: Context, node: Node) -> Number | None:
    """The address of a function or variable of Go written with its package, as in `main.sum`."""
    base = child(node, 0)
    if base.data != "name" or context.subject.variable(token(base, 0), None) is not None:
        return None
    address = context.subject.address_of(f"{token(base, 0)}.{token(node, 1)}")
    return None if address is None else Number(address, 64, signed=False, style="hex")


def _element(context: Context, node: Node) -> Value:
    return _loaded(context, node, _cell(context, node), "the element")


def _dereference(context: Context, node: Node) -> Value:
    inner = child(node, 0)
    cell = _cell(context, inner).element(0)
    if cell is None:
        raise context.fail(node, "`*` needs a pointer; `[address]:i32` reads memory")
    return _loaded(context, node, cell, "what it points at")


def _address_of(context: Context, node: Node) -> Value:
    inner = child(node, 0)
    if inner.data == "name" and context.subject.variable(token(inner, 0), None) is None:
        address = context.subject.address_of(token(inner, 0))
        if address is not None:
            return Number(address, 64, signed=False, style="hex")
    symbol = _package_symbol(context, inner) if inner.data == "member" else None
    if symbol is not None:
        return symbol
    cell = _cell(context, inner)
    if cell.address is None:
        raise context.fail(node, "it has no address at this moment: it is in a register or nowhere")
    return Number(cell.address, 64, signed=False, style="hex")


def _size_of(context: Context, node: Node) -> Value:
    return Number(_cell(context, child(node, 0)).size)


# --- memory, symbols, moments ----------------------------------------------------------------------------------------

_TYPES: dict[str, tuple[int, bool]] = {
    "i8": (1, True), "i16": (2, True), "i32": (4, True), "i64": (8, True),
    "u8": (1, False), "u16": (2, False), "u32": (4, False), "u64": (8, False), "ptr": (8, False),
}  # fmt: skip


def _memory(context: Context, node: Node) -> Value:
    address = number_of(context, child(node, 0)).unsigned()
    kind = token(node, 1)[1:] if len(node.children) > 1 else "ptr"
    if kind == "str":
        return Text(_c_string(context, node, address))
    if kind in ("f32", "f64"):
        return Real(_real(_read(context, node, address, int(kind[1:]) // 8)))
    size, signed = _TYPES[kind]
    value = int.from_bytes(_read(context, node, address, size), "little", signed=signed)
    return Number(value, 8 * size, signed=signed, style="hex" if kind == "ptr" else "decimal")


def _read(context: Context, node: Node, address: int, size: int) -> bytes:
    data = context.subject.memory(address, size)
    if data is None:
        raise context.fail(node, f"the {size} bytes at {address:#x} are not known at this moment")
    return data


def _c_string(context: Context, node: Node, address: int) -> str:
    data = bytearray()
    while len(data) < _STRING_LIMIT:
        byte = _read(context, node, address + len(data), 1)
        if byte == b"\0":
            return data.decode("utf-8", "backslashreplace")
        data += byte
    raise context.fail(node, f"no string ends within {_STRING_LIMIT} bytes of {address:#x}")


def _symbol_of(context: Context, node: Node) -> Value:
    address = number_of(context, child(node, 0)).unsigned()
    symbol = context.subject.symbolize(address)
    if symbol is None:
        raise context.fail(node, f"{address:#x} belongs to no symbol")
    return Text(str(symbol), address)


def _region_of(context: Context, node: Node) -> Value:
    return Text(context.subject.region(number_of(context, child(node, 0)).unsigned()))


def _moved_context(context: Context, node: Node) -> Context:
    moment = token(node, 1).strip("{} ")
    try:
        return replace(context, subject=context.subject.elsewhere(moment))
    except MomentError as e:
        raise context.fail(node, e.message, e.near) from e


def _elsewhere(context: Context, node: Node) -> Value:
    return _moved_context(context, node).value(child(node, 0))


LEAVES: dict[str, Callable[[Context, Node], Value]] = {
    "number": _number,
    "string": _string,
    "character": _character,
    "name": _name,
    "member": _member,
    "element": _element,
    "dereference": _dereference,
    "address_of": _address_of,
    "size_of": _size_of,
    "memory": _memory,
    "symbol_of": _symbol_of,
    "region_of": _region_of,
    "elsewhere": _elsewhere,
}
"""The function of each kind of node here."""
