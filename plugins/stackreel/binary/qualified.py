"""Names of C++'s functions with the namespaces and classes around them: `S::get`, as gdb shows them in a backtrace.

They are put together from the entries around a function's declaration, so that no symbol is demangled: parameters are
not in them, and overloaded functions have one name. Follows DWARF 5 sections 3.2.2 and 5.7.
"""

from __future__ import annotations

from collections.abc import Mapping

from elftools.dwarf.die import DIE

from stackreel.binary.dies import chain, children, name_of, number

_CPLUSPLUS = frozenset([0x04, 0x1A, 0x21, 0x2B])
"""DW_LANG_C_plus_plus, _11, _14, _20 (which compilers write with the values that DWARF 5 gives, or its drafts)."""

_AROUND = frozenset(
    ["DW_TAG_namespace", "DW_TAG_class_type", "DW_TAG_structure_type", "DW_TAG_union_type", "DW_TAG_module"]
)
ANONYMOUS = "(anonymous namespace)"


def is_cplusplus(top: DIE) -> bool:
    """Whether a unit is in C++."""
    return number(top, "DW_AT_language") in _CPLUSPLUS


def prefixes(top: DIE) -> Mapping[int, str]:
    """Return what stands before the names of the functions declared inside of others, by their offsets: `ns::S::`."""
    found: dict[int, str] = {}
    waiting = [(top, "")]
    while waiting:
        die, before = waiting.pop()
        for child in children(die):
            if child.tag == "DW_TAG_subprogram" and before:
                found[child.offset] = before
            elif child.tag in _AROUND:
                own = name_of(child) or (ANONYMOUS if child.tag == "DW_TAG_namespace" else "")
                waiting.append((child, f"{before}{own}::" if own else before))
    return found


def qualified(die: DIE, before: Mapping[int, str]) -> str:
    """Return the name of a function's entry with what stands before it, which its declaration tells."""
    found = next((before[one.offset] for one in chain(die) if one.offset in before), "")
    name = name_of(die)
    return f"{found}{name}" if name else ""


def is_named(function: str, name: str) -> bool:
    """Whether a qualified name ends with the parts that are written, as gdb looks for `get` and `S::get`."""
    whole = function.replace(f"{ANONYMOUS}::", "")
    return name in (function, whole) or whole.endswith(f"::{name}") or function.endswith(f"::{name}")
