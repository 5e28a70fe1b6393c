"""Functions by the names an author writes: a symbol's, or in C++ the source's, `S::get`.

What is found has the name of its symbol, by which runs are recorded and listed, and overloaded functions told apart.
"""

from __future__ import annotations

from typing import Protocol

from stackreel.binary.image import Image
from stackreel.binary.model import Function
from stackreel.binary.qualified import is_named
from stackreel.errors import BinaryError, SymbolError, near


class Described(Protocol):
    """What is asked of debug information."""

    @property
    def cplusplus(self) -> tuple[Function, ...]:
        """C++'s functions."""


def functions_called(image: Image, debug: Described | None, name: str) -> tuple[Function, ...]:
    """Return the functions of a symbol's name, as `Image.functions` does, else those of C++ that it means.

    Raises SymbolError, with near matches of both kinds, where there is none.
    """
    try:
        return image.functions(name)
    except SymbolError as error:
        if image.has_function(name):
            raise
        known = _described(debug)
        found = tuple(f for f in known if is_named(f.name, name))
        if not found:
            like = near(name, [f.name for f in known])
            raise SymbolError(error.message, near=dict.fromkeys((*like, *error.near))) from error
        return tuple(image.function_at(f.low) or f for f in found)


def function_called(image: Image, debug: Described | None, name: str) -> Function:
    """Return the one function of `functions_called`; SymbolError for several, with their symbols."""
    if image.has_function(name):
        return image.function(name)
    found = functions_called(image, debug, name)
    if len(found) > 1:
        symbols = [f.name for f in found]
        raise SymbolError(f"{image.name} has {len(found)} functions named {name}", near=symbols)
    return found[0]


def _described(debug: Described | None) -> tuple[Function, ...]:
    """Return C++'s functions; none where the debug information is damaged, as symbols do without it."""
    try:
        return () if debug is None else debug.cplusplus
    except BinaryError:
        return ()
