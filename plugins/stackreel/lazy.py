"""Rooms that load what they export when it is first asked for (PEP 562).

A page whose blocks are all kept needs no disassembler, no debug information and no drawing: what a room exports is
therefore not loaded with the room. Type checkers and readers see the imports, under `TYPE_CHECKING`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def exports(room: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """Return the `__getattr__` of a room that exports names of its modules, separated by spaces.

    A name must not be that of a module of the room: importing the module would put it in the name's place.
    """
    home = {name: module for module, names in modules.items() for name in names.split()}

    def find(name: str) -> object:
        if name not in home:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{room}.{home[name]}"), name)
        setattr(sys.modules[room], name, found)
        return found

    return find
