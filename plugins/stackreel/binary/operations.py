"""The stack machine of DWARF expressions: arithmetic, memory, registers, conversions between base types.

Follows DWARF 5 section 2.5.1. Values are kept as Python numbers together with their base type; the generic type
(None) is an unsigned 64-bit number. What the context does not know raises `Unknown`, which never leaves the room.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from stackreel.binary.arithmetic import (
    BINARY,
    COMPARISONS,
    MASK,
    Item,
    Unknown,
    arithmetic,
    decode,
    encode,
    signed,
    wrap,
)
from stackreel.binary.cfa import NAMES
from stackreel.binary.reader import Reader
from stackreel.binary.types import Base
from stackreel.errors import BinaryError

if TYPE_CHECKING:
    from stackreel.binary.location import Context, Expression

_STEP_LIMIT = 10_000
_STACK_LIMIT = 1_000


class Machine:
    """Executes operations that leave a value on the stack; operations that name a place are `evaluate`'s."""

    def __init__(self, expression: Expression, context: Context, stack: list[int]) -> None:
        self.stack: list[Item] = [(value & MASK, None) for value in stack]
        self.expression = expression
        self.context = context
        self._steps = 0

    def step(self, opcode: int, reader: Reader) -> None:
        """Execute one operation; raises Unknown, or BinaryError for what is damaged or not known to DWARF 5."""
        self._steps += 1
        if self._steps > _STEP_LIMIT or len(self.stack) > _STACK_LIMIT:
            raise BinaryError(f"{reader.what} does not come to an end")
        if 0x30 <= opcode <= 0x4F:  # DW_OP_lit0 …
            self.push(opcode - 0x30)
        elif 0x70 <= opcode <= 0x8F:  # DW_OP_breg0 …
            offset = reader.sleb()
            self.push(self.register(opcode - 0x70) + offset)
        elif opcode in _CONSTANTS:
            size, is_signed = _CONSTANTS[opcode]
            self.push(reader.signed(size) if is_signed else reader.unsigned(size))
        elif opcode in BINARY:
            b, a = self.pop(), self.pop()
            self.stack.append(arithmetic(opcode, a, b))
        elif opcode in COMPARISONS:
            b, a = self.pop(), self.pop()
            self.push(int(COMPARISONS[opcode](signed(a), signed(b))))
        elif opcode in _OTHERS:
            _OTHERS[opcode](self, reader)
        else:
            raise BinaryError(f"{reader.what} holds the unknown operation {opcode:#x}")

    def push(self, value: int) -> None:
        """Push a value of the generic type, modulo 2**64."""
        self.stack.append((value & MASK, None))

    def pop(self) -> Item:
        """Pop a value with its type."""
        if not self.stack:
            raise BinaryError("a DWARF expression is damaged: its stack is empty")
        return self.stack.pop()

    def pop_address(self) -> int:
        """Pop an address."""
        return int(wrap(self.pop()[0], None)[0])

    def pop_value(self) -> int | bytes:
        """Pop a result: a number of the generic type, or the bytes of a typed value."""
        value, base = self.pop()
        return int(value) if base is None else encode(value, base)

    def register(self, number: int) -> int:
        """Return a register's value by DWARF number."""
        value = self.context.register(NAMES[number]) if number in NAMES else None
        return _known(value, f"register {NAMES.get(number, number)} is not known")

    def load(self, address: int, size: int) -> bytes:
        """Return bytes of memory."""
        if not 0 <= size <= 16:
            raise BinaryError(f"a DWARF expression is damaged: it reads {size} bytes")
        data = self.context.memory(address, size)
        if data is None:
            raise Unknown(f"memory at {address:#x} is not known")
        return data

    def base(self, offset: int) -> Base | None:
        """Return the base type at an offset of the unit; 0 is the generic type."""
        if not offset:
            return None
        if self.expression.unit is None:
            raise BinaryError("a DWARF expression is damaged: it has no unit to find types in")
        return self.expression.unit.base_type(offset)

    def pick(self, index: int) -> None:
        """Push a copy of the value `index` places below the top."""
        if index >= len(self.stack):
            raise BinaryError("a DWARF expression is damaged: its stack is empty")
        self.stack.append(self.stack[-1 - index])


def _known(value: int | None, what: str) -> int:
    if value is None:
        raise Unknown(what)
    return value


_CONSTANTS = {  # DW_OP_const1u …: size in bytes, signed
    0x08: (1, False),
    0x09: (1, True),
    0x0A: (2, False),
    0x0B: (2, True),
    0x0C: (4, False),
    0x0D: (4, True),
    0x0E: (8, False),
    0x0F: (8, True),
}


def _address(m: Machine, r: Reader) -> None:
    unit = m.expression.unit
    m.push(r.unsigned(8) + (unit.bias if unit else 0))


def _indexed(m: Machine, r: Reader, *, is_address: bool) -> None:
    unit, index = m.expression.unit, r.uleb()
    if unit is None:
        raise BinaryError("a DWARF expression is damaged: it has no unit to find addresses in")
    m.push(unit.address(index) - (0 if is_address else unit.bias))


def _frame_relative(m: Machine, r: Reader) -> None:
    offset = r.sleb()
    m.push(_known(m.context.frame_base(), "the frame base is not known") + offset)


def _deref(m: Machine, size: int) -> None:
    m.push(int.from_bytes(m.load(m.pop_address(), size), "little"))


def _deref_type(m: Machine, r: Reader) -> None:
    size, base = r.unsigned(1), m.base(r.uleb())
    data = m.load(m.pop_address(), size)
    m.stack.append(decode(data, base) if base else (int.from_bytes(data, "little"), None))


def _const_type(m: Machine, r: Reader) -> None:
    base = m.base(r.uleb())
    data = r.take(r.unsigned(1))
    m.stack.append(decode(data, base) if base else (int.from_bytes(data, "little") & MASK, None))


def _register_type(m: Machine, r: Reader) -> None:
    number, base = r.uleb(), m.base(r.uleb())
    value = m.register(number)
    m.stack.append(decode(value.to_bytes(64, "little")[: base.size], base) if base else (value & MASK, None))


def _convert(m: Machine, r: Reader) -> None:
    base = m.base(r.uleb())
    m.stack.append(wrap(m.pop()[0], base))


def _reinterpret(m: Machine, r: Reader) -> None:
    base = m.base(r.uleb())
    value, old = m.pop()
    raw = encode(value, old) if old else int(value).to_bytes(8, "little")
    m.stack.append(decode(raw, base) if base else (int.from_bytes(raw[:8], "little"), None))


def _entry_value(m: Machine, r: Reader) -> None:
    code = r.take(r.uleb())
    known = m.context.entry_value(type(m.expression)(code, m.expression.unit))
    m.push(_known(known, "the value at function entry is not known"))


def _swap(m: Machine, _: Reader) -> None:
    b, a = m.pop(), m.pop()
    m.stack += [b, a]


def _rotate(m: Machine, _: Reader) -> None:
    c, b, a = m.pop(), m.pop(), m.pop()
    m.stack += [c, a, b]


def _branch(m: Machine, r: Reader, *, always: bool) -> None:
    offset = r.signed(2)
    if always or m.pop()[0]:
        if not 0 <= r.at + offset <= r.end:
            raise BinaryError("a DWARF expression is damaged: it branches out of itself")
        r.at += offset


def _unary(m: Machine, change: Callable[[int], int], of_float: Callable[[float], float] | None) -> None:
    item = m.pop()
    value = signed(item)
    if not isinstance(value, float):
        m.stack.append(wrap(change(value), item[1]))
    elif of_float is None:
        raise BinaryError("a DWARF expression is damaged: it computes with bits of a floating point number")
    else:
        m.stack.append(wrap(of_float(value), item[1]))


def _tls(m: Machine, _: Reader) -> None:
    offset = m.pop_address()
    m.push(_known(m.context.thread_pointer(), "the thread's block is not known") + offset)


def _unsupported(_: Machine, reader: Reader) -> None:
    raise Unknown("an expression that refers to another one")


_OTHERS: Mapping[int, Callable[[Machine, Reader], object]] = {
    0x03: _address,
    0x06: lambda m, r: _deref(m, 8),
    0x10: lambda m, r: m.push(r.uleb()),  # DW_OP_constu
    0x11: lambda m, r: m.push(r.sleb()),
    0x12: lambda m, r: m.pick(0),  # DW_OP_dup
    0x13: lambda m, r: m.pop(),  # DW_OP_drop
    0x14: lambda m, r: m.pick(1),  # DW_OP_over
    0x15: lambda m, r: m.pick(r.unsigned(1)),
    0x16: _swap,
    0x17: _rotate,
    0x19: lambda m, r: _unary(m, abs, abs),
    0x1F: lambda m, r: _unary(m, operator.neg, operator.neg),
    0x20: lambda m, r: _unary(m, operator.invert, None),
    0x23: lambda m, r: m.stack.append(arithmetic(0x22, m.pop(), (r.uleb(), None))),  # DW_OP_plus_uconst
    0x28: lambda m, r: _branch(m, r, always=False),
    0x2F: lambda m, r: _branch(m, r, always=True),
    0x91: _frame_relative,
    0x92: lambda m, r: m.push(m.register(r.uleb()) + r.sleb()),  # DW_OP_bregx
    0x94: lambda m, r: _deref(m, r.unsigned(1)),
    0x96: lambda m, r: None,  # DW_OP_nop
    0x97: _unsupported,  # DW_OP_push_object_address
    0x9B: _tls,
    0x9C: lambda m, r: m.push(_known(m.context.cfa(), "the frame's address is not known")),
    0xA1: lambda m, r: _indexed(m, r, is_address=True),
    0xA2: lambda m, r: _indexed(m, r, is_address=False),
    0xA3: _entry_value,
    0xA4: _const_type,
    0xA5: _register_type,
    0xA6: _deref_type,
    0xA8: _convert,
    0xA9: _reinterpret,
    0xE0: _tls,  # DW_OP_GNU_push_tls_address
    0xF0: lambda m, r: None,  # DW_OP_GNU_uninit
    0xF3: _entry_value,
    0xF4: _const_type,
    0xF5: _register_type,
    0xF6: _deref_type,
    0xF7: _convert,
    0xF9: _reinterpret,
    0xFB: lambda m, r: _indexed(m, r, is_address=True),
    0xFC: lambda m, r: _indexed(m, r, is_address=False),
}
