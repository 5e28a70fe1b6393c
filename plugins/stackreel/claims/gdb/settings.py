"""`set` and `show`: the settings a replay has, and the values of gdb's others that it can keep to.

A setting that would change what gdb prints is either followed (`print pretty`, `listsize`, `disassembly-flavor`) or
refused, so that no later answer is that of other settings. What changes nothing on a page is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stackreel.claims.gdb.answers import GdbError, UnrecordedError, unrecorded
from stackreel.claims.gdb.commands_data import set_variable
from stackreel.claims.gdb.literals import is_digits
from stackreel.claims.gdb.names import setting_named
from stackreel.claims.gdb.state import Flavor, State
from stackreel.errors import near

ON = ("on", "1", "yes", "enable")
OFF = ("off", "0", "no", "disable")
FLAVORS: tuple[Flavor, ...] = ("att", "intel")

QUIET = frozenset(
    [
        *(
            "auto-load",
            "debuginfod",
            "disable-randomization",
            "height",
            "history",
            "max-completions",
            "pagination",
        ),
        *("scheduler-locking", "startup-with-shell", "style", "tui"),
    ]
)
"""Settings that change nothing here, whatever they are set to."""

KEPT: Mapping[str, tuple[str, ...]] = {
    "confirm": OFF,
    "width": ("0", "unlimited"),
    "logging": ("enabled off", *OFF),
}
"""Settings of which a replay knows these values only; the first is its own."""

PRINT: Mapping[str, tuple[str, ...]] = {
    "address": ON,
    "array": OFF,
    "array-indexes": OFF,
    "asm-demangle": OFF,
    "demangle": ON,
    "elements": ("200",),
    "entry-values": ("default",),
    "finish": ON,
    "frame-arguments": ("scalars",),
    "frame-info": ("auto",),
    "inferior-events": ON,
    "max-depth": ("20",),
    "max-symbolic-offset": ("unlimited", "-1"),
    "memory-tag-violations": ON,
    "nibbles": OFF,
    "null-stop": OFF,
    "object": OFF,
    "pascal_static-members": ON,
    "pretty": (),
    "raw-frame-arguments": OFF,
    "raw-values": OFF,
    "repeats": ("10",),
    "sevenbit-strings": OFF,
    "static-members": ON,
    "symbol": ON,
    "symbol-filename": OFF,
    "symbol-loading": ("full",),
    "thread-events": ON,
    "type": (),
    "union": ON,
    "vtbl": OFF,
}
"""gdb's `set print`, with the values a replay keeps to."""


def set_(state: State, rest: str) -> str:
    """`set SETTING VALUE`, or `set [var] EXPRESSION`."""
    word, _, value = rest.partition(" ")
    if not word:
        raise GdbError("Argument required (expression to compute).")
    name = setting_named(word, rest)
    if not name or name in ("var", "variable"):
        return set_variable(state, value if name else rest)
    if name in QUIET:
        return ""
    if name not in _SET:
        raise UnrecordedError(f"a replay does not have `set {name}`", near=near(name, [*_SET, *QUIET]))
    return _SET[name](state, value.strip())


def _flavor(state: State, value: str) -> str:
    if not value:
        raise GdbError("Requires an argument. Valid arguments are att, intel.")
    word, _, junk = value.partition(" ")
    found = next((flavor for flavor in FLAVORS if flavor.startswith(word)), None)
    if found is None:
        raise GdbError(f'Undefined item: "{word}".')
    if junk:
        raise GdbError(f'Junk after item "{word}": {junk.strip()}')
    state.flavor = found
    return ""


def _list_size(state: State, value: str) -> str:
    if not value:
        raise GdbError('Argument required (integer to set it to, or "unlimited").')
    if not is_digits(value) or not int(value):
        raise unrecorded(f"a replay lists a number of lines at a time, not {value}")
    state.list_size = int(value)
    return ""


def _print(state: State, rest: str) -> str:
    word, _, value = rest.partition(" ")
    value = value.strip()
    if not word:
        raise UnrecordedError("a replay has no command `set print`", near=sorted(PRINT))
    found = [word] if word in PRINT else [name for name in PRINT if name.startswith(word)]
    if not found:
        raise GdbError(f'Undefined set print command: "{rest}".  Try "help set print".')
    if len(found) > 1:
        raise GdbError(f'Ambiguous set print command "{rest}": {", ".join(found)}.')
    name = found[0]
    if name == "pretty":
        state.is_pretty = _is_on(value)
        return ""
    return _kept(f"print {name}", value, PRINT[name])


def _kept(name: str, value: str, own: tuple[str, ...]) -> str:
    """Take a value that a replay has anyway; refuse another."""
    if own in (ON, OFF):
        value = "on" if _is_on(value) else "off"
    if value not in own:
        like = f": it prints as with `set {name} {own[0]}`" if own else ""
        raise unrecorded(f"a replay does not have `set {name} {value}`{like}")
    return ""


def _is_on(value: str) -> bool:
    """Whether a switch is turned on: by any beginning of gdb's words that is of one kind, or by none."""
    if not value:
        return True
    meant = {words is ON for words in (ON, OFF) for word in words if word.startswith(value)}
    if len(meant) != 1:  # `o` may be either
        raise GdbError('"on" or "off" expected.')
    return meant.pop()


def _keeping(name: str) -> Callable[[State, str], str]:
    return lambda state, value: _kept(name, value, KEPT[name])


_SET: Mapping[str, Callable[[State, str], str]] = {
    "disassembly-flavor": _flavor,
    "listsize": _list_size,
    "print": _print,
    **{name: _keeping(name) for name in KEPT},
}


def show(state: State, rest: str) -> str:
    """`show disassembly-flavor`, `show listsize`, `show print pretty`."""
    said = {
        "disassembly-flavor": f'The disassembly flavor is "{state.flavor}".\n',
        "listsize": f"Number of source lines gdb will list by default is {state.list_size}.\n",
        "print pretty": f"Pretty formatting of structures is {'on' if state.is_pretty else 'off'}.\n",
    }
    if rest and "disassembly-flavor".startswith(rest):
        return said["disassembly-flavor"]
    if rest in said:
        return said[rest]
    raise UnrecordedError(f"a replay has no command `show {rest}`", near=sorted(said))
