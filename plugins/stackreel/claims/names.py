"""What a bare name is: a register, a variable, an enumerator, a symbol; and the error for one that is none of them.

A name that is a register and something of the program too is an error: the one meant has to be said, `$ch` for the
register, `main.ch` or `*&ch` for the variable.
"""

from __future__ import annotations

import difflib
import re

from stackreel.claims.context import Context, child, token
from stackreel.claims.numbers import Number, literal_type
from stackreel.claims.parse import ExpressionError, Node
from stackreel.claims.subject import Cell
from stackreel.errors import near
from stackreel.isa import BY_NAME

_ALIKE = 0.7
_SHOWN = 8
_NUMBERED = re.compile(r"(?P<letters>[a-z]+)\d+[a-z]?")

_OF_THE_STACK = {"stack_low": 0, "stack_high": 1, "moved": 2}
"""Names for the stack in use, where the program has none of its own: its ends, and how far it was just moved."""


def number_named(context: Context, node: Node) -> Number | Cell:
    """Return what a name means: a number, or the variable it is. Raises ExpressionError."""
    name = token(node, 0)
    cell = None if name.startswith("$") else context.subject.variable(name, None)
    register = context.subject.register(name.removeprefix("$"))
    if register is not None:
        if not name.startswith("$"):
            _refuse_two_meanings(context, node, name, cell)
        return Number(register[0], register[1], signed=False, style="hex")
    if cell is None and name.startswith("$"):
        cell = context.subject.variable(name, None)  # GNU C has such names
    return cell or _constant(context, name) or _address(context, name) or _of_the_stack(context, node, name)


def _refuse_two_meanings(context: Context, node: Node, name: str, cell: Cell | None) -> None:
    """Raise the error for a name that is a register and something of the program too."""
    subject = context.subject
    what = instead = ""
    if cell is not None:
        function = subject.function()
        is_local = bool(function) and subject.variable(name, function) is not None
        what = f"a variable of {function}" if is_local else "a variable"
        instead = f"`{function}.{name}` for the variable" if is_local else f"`*&{name}` for the variable"
    elif (constant := subject.constant(name)) is not None:
        what, instead = "an enumerator", f"`{constant}` for the enumerator"
    elif subject.address_of(name) is not None:
        what, instead = "a symbol of the program", f"`&{name}` for the symbol's address"
    if what:
        raise context.fail(
            node, f"`{name}` is a register and {what}: write `${name}` for the register, {instead}"
        )


def _constant(context: Context, name: str) -> Number | None:
    value = context.subject.constant(name)
    if value is None:
        return None
    bits, signed = literal_type(value, "hex")
    return Number(value, bits, signed=signed, shown=name, typed="c")


def _address(context: Context, name: str) -> Number | None:
    address = context.subject.address_of(name)
    return None if address is None else Number(address, 64, signed=False, style="hex")


def _of_the_stack(context: Context, node: Node, name: str) -> Number:
    if name not in _OF_THE_STACK:
        raise unknown(context, node, name)
    value = context.subject.stack()[_OF_THE_STACK[name]]
    is_distance = name == "moved"
    return Number(value, 64, signed=is_distance, style="hex", typed="c" if is_distance else "raw")


def dotted(node: Node) -> str:
    """Return names joined by dots as they are written, `main.sum`; empty for other nodes."""
    if node.data == "name":
        return token(node, 0)
    if node.data != "member":
        return ""
    before = dotted(child(node, 0))
    return f"{before}.{token(node, 1)}" if before else ""


def package_symbol(context: Context, node: Node) -> Number | None:
    """The address of a function or variable of Go written with its package, as in `main.sum`."""
    name = dotted(node) if node.data == "member" else ""
    if not name or context.subject.variable(name.split(".", 1)[0], None) is not None:
        return None
    return _address(context, name)


def unknown(context: Context, node: Node, name: str, function: str | None = None) -> ExpressionError:
    """Return the error for a name that is nothing here, or no variable of `function`."""
    if function and not context.subject.has_scope(function):
        known = (*near(function, context.subject.variables()), *context.subject.functions_like(function))
        message = f"there is no function and no variable `{function}`"
        return context.fail(node, message, tuple(dict.fromkeys(known)))
    there = context.subject.variables(function)
    registers = [] if function else _registers(context, name)
    place = f"`{function}` at this moment" if function else context.subject.function() or "this place"
    what = "variable or register" if registers or name.startswith("$") else "variable"
    like = near(name, there)
    listed = [*like, *(one for one in there if one not in like)]
    message = f"no {what} `{name}` in {place}"
    if not listed:
        message += "; no variables are known here"
    elif len(listed) > _SHOWN:
        message += f"; there are {', '.join(listed[:_SHOWN])} and {len(listed) - _SHOWN} more"
    else:
        message += f"; there are {', '.join(listed)}"
    if registers:
        message += f"; registers like it are {', '.join(registers)}"
    return context.fail(node, message, (*like, *registers))


def _registers(context: Context, name: str) -> list[str]:
    """Return the registers a name very likely means: with its letters in another order, or nearly all of them.

    Of those that are numbered, the first and the last.
    """
    written = name.removeprefix("$").lower()
    known = sorted({n for isa in BY_NAME.values() for n in (*isa.parts, *(r.name for r in isa.registers))})
    swapped = [register for register in known if sorted(register) == sorted(written)]
    alike = difflib.get_close_matches(written, known, n=2, cutoff=_ALIKE)
    numbered = _NUMBERED.fullmatch(written)
    if numbered:
        family = [r for r in known if re.fullmatch(rf"{numbered['letters']}\d+", r)]
        family.sort(key=lambda r: int(r.removeprefix(numbered["letters"])))
        alike += [*family[:1], *family[-1:]]
    return [register for register in dict.fromkeys([*swapped, *alike]) if context.subject.register(register)]
