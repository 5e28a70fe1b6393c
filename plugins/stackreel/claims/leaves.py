"""Nodes that stand for something by themselves: literals, objects, memory, symbols, other moments."""

from __future__ import annotations

from collections.abc import Callable

from stackreel.claims.casts import cast, size_of
from stackreel.claims.context import Context, child, number_of, token
from stackreel.claims.numbers import Number
from stackreel.claims.objects import address_of, elsewhere, value_of_object
from stackreel.claims.parse import ExpressionError, Node
from stackreel.claims.strings import CHARACTERS, EscapeError, character_code, text_of, unquoted
from stackreel.claims.values import Real, Text, Value
from stackreel.frames.numbers import real

_STRING_LIMIT = 4096

# --- literals ------------------------------------------------------------------------------------------------------


def _number(context: Context, node: Node) -> Value:
    text = token(node, 0)
    if text[:2].lower() == "0x":
        return Number(int(text, 16), style="hex")
    if text[:2].lower() == "0b":
        return Number(int(text, 2), style="binary")
    if "." in text or "e" in text.lower():
        return Real(float(text))
    if text[0] == "0" and text.strip("0"):
        raise _octal(context, node, text)
    return Number(int(text))


def _octal(context: Context, node: Node, text: str) -> ExpressionError:
    decimal = text.lstrip("0")
    if set(text) <= set("01234567"):
        octal = int(text, 8)
        said = f"`{text}` is octal in C, which is not known here: write `{octal}` or `{octal:#x}`"
        return context.fail(node, f"{said}, or `{decimal}` where that is meant")
    return context.fail(node, f"`{text}` begins with 0, as octal numbers of C do: write `{decimal}`")


def _string(context: Context, node: Node) -> Value:
    try:
        return Text(unquoted(token(node, 0)))
    except EscapeError as error:
        raise _no_escape(context, node, error) from error


def _character(context: Context, node: Node) -> Value:
    try:
        return Number(character_code(token(node, 0)), style="character")
    except EscapeError as error:
        raise _no_escape(context, node, error) from error


def _no_escape(context: Context, node: Node, error: EscapeError) -> ExpressionError:
    return context.fail(node, f"`{error}` is no character; escapes are {CHARACTERS}")


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
        data = _read(context, node, address, int(kind[1:]) // 8)
        return Real(real(data), size=len(data))
    size, signed = _TYPES[kind]
    value = int.from_bytes(_read(context, node, address, size), "little", signed=signed)
    if kind == "ptr":
        return Number(value, 8 * size, signed=False, style="hex")
    return Number(value, 8 * size, signed=signed, typed="c")


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
            return text_of(bytes(data))
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


def _elsewhere(context: Context, node: Node) -> Value:
    return elsewhere(context, node).value(child(node, 0))


LEAVES: dict[str, Callable[[Context, Node], Value]] = {
    "number": _number,
    "string": _string,
    "character": _character,
    "name": value_of_object,
    "member": value_of_object,
    "element": value_of_object,
    "dereference": value_of_object,
    "address_of": address_of,
    "size_of": size_of,
    "size_of_type": size_of,
    "cast": cast,
    "memory": _memory,
    "symbol_of": _symbol_of,
    "region_of": _region_of,
    "elsewhere": _elsewhere,
}
"""The function of each kind of node here."""
