"""What names mean in a frame: variables, functions, types, registers, `$` values; and how values are read."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile

from stackreel.binary import (
    FixedContext,
    InMemory,
    InRegister,
    OptimizedOut,
    Pieces,
    VariableInfo,
    evaluate,
    resolve,
)
from stackreel.binary import Value as PlaceValue
from stackreel.binary.lines import same_file
from stackreel.binary.types import FunctionType, Type
from stackreel.claims.gdb.answers import GdbError, UnrecordedError, unrecorded
from stackreel.claims.gdb.framebase import frame_base
from stackreel.claims.gdb.goview import BASIC
from stackreel.claims.gdb.literals import is_digits
from stackreel.claims.gdb.memory import Reader
from stackreel.claims.gdb.nodes import Declarator
from stackreel.claims.gdb.program import DATA, NO_TABLE, Program
from stackreel.claims.gdb.registers import DATA_POINTER, UNRECORDED, register_type, register_value
from stackreel.claims.gdb.stack import GdbFrame, Stacks
from stackreel.claims.gdb.typed import BOOL, VOID, Value, whole
from stackreel.claims.gdb.typenames import type_of
from stackreel.errors import near
from stackreel.frames.values import OPTIMIZED_OUT, SYNTHETIC_POINTER

_OF_THE_PROCESS = frozenset(["_siginfo", "_thread", "_gthread", "_inferior", "_tlb", "_shell_exitcode"])
"""What gdb knows of a running process by names of its own."""

_MAIN, _TRUTH = "main", {"false": 0, "true": 1}


def is_history(text: str) -> bool:
    """Whether a name with its dollar is a value of the history: `$1`, `$`, `$$`, `$$2`."""
    bare = text.lstrip("$")
    return not bare or is_digits(bare)


@dataclass(frozen=True)
class Scope:
    """The selected frame and the session's values; `frame` None: the program does not run.

    `is_typing`: only the type of an expression is asked for, so that it changes nothing.
    """

    program: Program
    stacks: Stacks
    reader: Reader
    frame: GdbFrame | None
    history: Sequence[Value] = ()
    convenience: MutableMapping[str, Value] = field(default_factory=dict)
    is_typing: bool = False

    # --- words ---------------------------------------------------------------------------------------------------

    @property
    def is_go(self) -> bool:
        """Whether the program is in Go, and expressions with it."""
        return self.program.is_go

    def is_file(self, name: str) -> bool:
        """Whether a name is that of a source file."""
        return any(same_file(file, name) for file in self.program.debug.named_files)

    def is_package(self, name: str) -> bool:
        """Whether a name is a package of Go here: a variable of the name would hide it."""
        return self.program.is_package(name) and self._local(name) is None

    # --- types ---------------------------------------------------------------------------------------------------

    def is_type(self, name: str) -> bool:
        """Whether a name alone is a type here: a variable of the name would hide it."""
        if self.is_go and name not in BASIC and not name.startswith(f"{_MAIN}."):
            return False
        return self.program.type_named(name) is not None and self._local(name) is None

    def type(self, declared: Declarator) -> Type:
        """Return the type that was written. Raises GdbError where there is none of its name."""
        return self.program.seen(type_of(self.program, declared))

    # --- names ---------------------------------------------------------------------------------------------------

    def name(self, name: str) -> Value:
        """Return what a name means: the innermost variable, else a global one, a function, a constant, a symbol."""
        if self.frame is not None:
            info = self._local(name)
            if info is not None:
                return self.variable(info, self.frame)
        return self._go_name(name) if self.is_go else self.global_name(name)

    def _go_name(self, name: str) -> Value:
        """Return what a name of Go means: with its package before it, as gdb finds no other."""
        package, dot, _ = name.partition(".")
        if name in _TRUTH:
            return whole(_TRUTH[name], BOOL)
        if package != _MAIN and (dot or name == "unsafe"):
            raise unrecorded(
                f"a replay knows no names of other packages than main, as gdb knows few: `{name}`"
            )
        return self.global_name(name)

    def known(self, name: str) -> None:
        """Raise gdb's error where a name means nothing outside of functions."""
        if self.is_go:
            self._go_name(name)
        else:
            self.global_name(name)

    def _local(self, name: str) -> VariableInfo | None:
        if self.frame is None:
            return None
        found = [v for v in self.stacks.scope(self.frame) if v.name == name]
        return max(found, key=lambda v: v.depth, default=None)

    def scoped(self, function: str, name: str) -> Value:
        """Return `function::name`: a variable of that function's next frame, from the selected one outwards.

        Variables of its inner blocks are not meant; what is no variable of it is looked for outside.
        """
        own = self._variables_of(function, name)
        if not own:
            return self._in_context(name)
        if own[0].is_static:
            return self.variable(own[0], self.frame)
        position = self.reader.position
        if position is None or self.frame is None:
            raise GdbError("No frame selected.")
        selected = self.frame.identity
        around = dropwhile(lambda f: f.identity != selected, self.stacks.frames(position))
        frame = next((f for f in around if f.function == function), None)
        if frame is None:
            raise GdbError(f"No frame is currently executing in block {function}.")
        return self.variable(
            next(v for v in self.stacks.scope(frame) if v.name == name and not v.depth), frame
        )

    def known_in(self, function: str, name: str) -> None:
        """Raise gdb's error where `function::name` means nothing, whether or not the function runs."""
        if not self._variables_of(function, name):
            self._in_context(name)

    def _variables_of(self, function: str, name: str) -> list[VariableInfo]:
        """Return a function's own variables of a name, not those of its inner blocks."""
        found = self.program.function(function)
        if found is None:
            raise GdbError(f'No symbol "{function}" in current context.')
        return [v for v in self.program.scope(found.low) if v.name == name and not v.depth]

    def _in_context(self, name: str) -> Value:
        try:
            return self.global_name(name)
        except GdbError:
            raise GdbError(f'No symbol "{name}" in specified context.') from None

    def in_file(self, file: str, name: str) -> Value:
        """Return `'file'::name`: a variable or function of a source file."""
        for variable in self.program.globals_named(name):
            if same_file(variable.file, file) and variable.address is not None:
                return Value(variable.type, None, variable.address)
        function = self.program.function(name)
        row = None if function is None else self.program.row(function.low)
        if function is None or row is None or not same_file(row.file, file):
            raise GdbError(f'No symbol "{name}" in specified context.')
        return Value(self.program.function_type(function), None, function.low)

    def global_name(self, name: str) -> Value:
        """Return a global variable, function, enumeration constant or symbol. Raises GdbError."""
        found = self._global_variable(name)
        if found is not None:
            return found
        function = self.program.function(name)
        if function is not None:
            return Value(self.program.function_type(function), None, function.low)
        if name in self.program.enumerators:
            type_, number = self.program.enumerators[name]
            return whole(number, type_)
        address = self.program.address(name)
        if address is not None:
            return Value(DATA, None, address)
        if not self.program.image.symbols:
            raise GdbError(NO_TABLE)
        if self.frame is not None and self.program.image.interpreter is not None:
            raise self._elsewhere(name, self.frame)
        raise GdbError(f'No symbol "{name}" in current context.')

    def _elsewhere(self, name: str, frame: GdbFrame) -> UnrecordedError:
        """Return the error for a name that only a shared library may have, as far as the program can tell."""
        position = self.reader.position
        frames = () if position is None else self.stacks.frames(position)
        outer = list(dropwhile(lambda f: f.identity != frame.identity, frames))[1:]
        owner = next(
            (f.function for f in outer if any(v.name == name and not v.depth for v in self.stacks.scope(f))),
            "",
        )
        place = f"{frame.function}, nor outside of functions" if frame.has_symbols else "outside of functions"
        told = f"; there is one in {owner}, further out" if owner else ""
        known = [
            *(v.name for v in self.stacks.scope(frame)),
            *(v.name for v in self.program.debug.globals),
            *self.program.enumerators,
        ]
        return UnrecordedError(
            f"the program has no `{name}` in {place}{told}; gdb looks into the shared libraries too,"
            " whose symbols are not in a trace",
            near=near(name, known),
            example=f"{owner}::{name}" if owner else "",
        )

    def _global_variable(self, name: str) -> Value | None:
        found = list(self.program.globals_named(name))
        if self.frame is not None:
            running = self.frame.file
            found.sort(key=lambda variable: variable.file != running)
        for variable in found:
            if variable.address is not None:
                return Value(variable.type, None, variable.address)
            context = FixedContext() if self.frame is None else self.frame.context
            place = None if variable.location is None else evaluate(variable.location, context)
            if isinstance(place, InMemory):
                return Value(variable.type, None, place.address)
            raise GdbError(f"Cannot access memory at address {0:#x}")
        return None

    def variable(self, info: VariableInfo, frame: GdbFrame | None) -> Value:
        """Return the value of a variable in a frame, or where it is; a static one needs no frame."""
        if frame is None:
            fixed = info.place(FixedContext())
            return Value(info.type, None, fixed.address) if isinstance(fixed, InMemory) else _lost(info.type)
        type_ = resolve(info.type, frame.context, frame.lookup)
        place = info.place(frame.context)
        if isinstance(place, InMemory):
            return Value(type_, None, place.address)
        if isinstance(place, InRegister):
            held = frame.registers.get(place.name)
            if held is None:
                return _lost(type_)
            return Value(type_, held.to_bytes(32, "little")[: type_.size], register=place.name)
        if isinstance(place, PlaceValue):
            return Value(type_, place.to_bytes(type_.size))
        if isinstance(place, OptimizedOut):
            return _lost(type_, place.reason)
        return self._pieces(type_, place, frame)

    def _pieces(self, type_: Type, place: Pieces, frame: GdbFrame) -> Value:
        total, at = 0, 0
        missing: dict[int, str] = {}
        for piece in place.pieces:
            where = piece.place
            size = (piece.offset + piece.bits + 7) // 8
            raw: bytes | None = None
            if isinstance(where, InMemory):
                raw = self.reader.need(where.address, size)
            elif isinstance(where, PlaceValue):
                raw = where.to_bytes(size)
            elif isinstance(where, InRegister) and where.name in frame.registers:
                raw = frame.registers[where.name].to_bytes(32, "little")[:size]
            if raw is None:
                why = _why(where.reason) if isinstance(where, OptimizedOut) else OPTIMIZED_OUT
                missing |= dict.fromkeys(range(at // 8, min((at + piece.bits + 7) // 8, type_.size)), why)
            else:
                total |= (int.from_bytes(raw, "little") >> piece.offset & ((1 << piece.bits) - 1)) << at
            at += piece.bits
        data = (total & ((1 << (8 * type_.size)) - 1)).to_bytes(type_.size, "little")
        return Value(type_, data, missing=missing)

    # --- `$` -----------------------------------------------------------------------------------------------------

    def dollar(self, text: str) -> Value:
        """Return `$1`, `$`, `$$2`, a register, or a convenience variable; void where there is none yet."""
        name = text[1:]
        if is_history(text):
            return self._from_history(name)
        type_ = register_type(name)
        if name in _OF_THE_PROCESS and self.frame is not None:
            raise unrecorded(f"${name} is not in a trace")
        if name in UNRECORDED:
            raise unrecorded(
                f"${name} is not in a trace, which holds general registers, flags and xmm0 to xmm15"
            )
        if type_ is None or name in self.convenience:
            return self.convenience.get(name, Value(VOID, b""))
        if self.frame is None:
            raise GdbError("No registers.")
        if name == "fp" and not self.frame.is_inlined:
            return whole(frame_base(self.program, self.reader, self.frame), DATA_POINTER)
        found = register_value(name, self.frame.registers)
        if found is None:
            raise unrecorded(f"what ${name} was in frame {self.frame.level} cannot be told from the trace")
        return Value(type_, found.to_bytes(type_.size, "little"), register=name)

    def _from_history(self, name: str) -> Value:
        count = len(self.history)
        if is_digits(name):
            index = int(name)
            if not 0 < index <= count:
                raise GdbError(f"History has not yet reached ${index}.")
        else:
            back = int(name[1:] or 1) if name.startswith("$") else 0
            index = count - back
        return self.history[index - 1] if 0 < index <= count else Value(VOID, b"")

    # --- reading -------------------------------------------------------------------------------------------------

    def data(self, value: Value) -> bytes:
        """Return a value's bytes, read now if they are in memory. Raises GdbError."""
        if value.type == DATA and value.address is not None:
            name = self.program.image.symbolize(value.address)
            raise GdbError(f"'{name}' has unknown type; cast it to its declared type")
        if value.data is None:
            if isinstance(value.type, FunctionType):
                return b""
            return self.reader.need(value.address or 0, value.type.size)
        return value.data

    def known_data(self, value: Value) -> bytes:
        """Return the bytes of a value that is computed with. Raises GdbError where it is optimized out."""
        if SYNTHETIC_POINTER in value.missing.values():
            raise unrecorded(
                "a replay does not follow a synthetic pointer, which points at what is in no memory"
            )
        if value.missing:
            raise GdbError("value has been optimized out")
        return self.data(value)


def _lost(type_: Type, reason: str = "") -> Value:
    return Value(type_, bytes(type_.size), missing=dict.fromkeys(range(max(type_.size, 1)), _why(reason)))


def _why(reason: str) -> str:
    return SYNTHETIC_POINTER if reason == "synthetic pointer" else OPTIMIZED_OUT
