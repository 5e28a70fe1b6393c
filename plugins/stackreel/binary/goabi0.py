"""Where Go's stack calling convention puts arguments and results: in the caller's frame, above the return address.

All of Go up to 1.16 follows it, and the compiler describes no place for a result that an optimized function has.
The place follows from the types alone (`cmd/compile/internal/gc/align.go`, dowidth of a function): arguments in
order, each aligned for its type, then, at the next word, the results.
"""

from __future__ import annotations

from collections.abc import Sequence

from stackreel.binary.gobuild import go_release
from stackreel.binary.types import Array, Base, Struct, Type, strip

_WORD = 8
_REGISTERS = (1, 17)
"""The first release that passes arguments in registers."""


def is_stack_convention(version: str) -> bool:
    """Tell whether functions of a version of Go (`go1.15.15`) take all arguments from the stack."""
    release = go_release(version)
    return release is not None and release < _REGISTERS


def places(parameters: Sequence[tuple[str, Type, bool]]) -> tuple[int, ...]:
    """Return the distance of each parameter from the canonical frame address; `parameters` are in order.

    Each is name, type, and whether it is a result. Empty where they cannot be all there are: a result `~r2` is the
    third.
    """
    at, was_result = 0, False
    found: list[int] = []
    for index, (name, type_, is_result) in enumerate(parameters):
        if name.startswith("~r") and name[2:] != str(index):
            return ()
        if is_result and not was_result:
            at = -(-at // _WORD) * _WORD
            was_result = True
        if was_result and not is_result:
            return ()
        align = max(1, _alignment(type_))
        at = -(-at // align) * align
        found.append(at)
        at += type_.size
    return tuple(found)


def _alignment(type_: Type) -> int:
    inner = strip(type_)
    if isinstance(inner, Struct):
        return max((_alignment(member.type) for member in inner.members), default=1)
    if isinstance(inner, Array):
        return _alignment(inner.element)
    if isinstance(inner, Base) and inner.encoding == "complex":
        return inner.size // 2
    return min(inner.size, _WORD)
