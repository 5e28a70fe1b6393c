"""What Go's compiler says of types beyond DWARF: names of all types, and which structures stand for Go's own types.

Every type of Go has a name, `[]int` and `func(int) int` too: it becomes a Typedef of what DWARF describes, so that
`type_name` writes Go's name. A value of a function type is a pointer to a closure, which DWARF leaves out. Follows
`cmd/internal/dwarf` (DW_AT_go_kind is reflect.Kind); pyelftools names attributes it does not know by their number.
"""

from __future__ import annotations

from dataclasses import replace

from elftools.dwarf.die import DIE

from stackreel.binary.dies import name_of
from stackreel.binary.types import Array, Base, FunctionType, GoKind, Pointer, Struct, Type, Typedef

GO = 0x16
"""DW_LANG_Go."""

_GO_KIND = 0x2900
_KINDS: dict[int, GoKind] = {20: "interface", 23: "slice", 24: "string"}


def go_type(die: DIE, found: Type) -> Type:
    """Return the type of an entry of a Go unit under its Go name."""
    name = name_of(die)
    if isinstance(found, Base):
        if found.size == 1 and found.encoding in ("signed", "unsigned"):  # gdb shows them as characters too
            return replace(found, encoding="signed char" if found.encoding == "signed" else "unsigned char")
        return found
    if isinstance(found, Struct):
        kind = next((a.value for key, a in die.attributes.items() if str(key) == str(_GO_KIND)), 0)
        found = replace(found, go=_KINDS.get(kind, ""))
    if isinstance(found, FunctionType):
        function = found
        found = Pointer(lambda: function)
    if name and isinstance(found, Array | Pointer | Struct):
        return Typedef(name, found)
    return found
