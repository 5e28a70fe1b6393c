"""The commands of a replay: a row each. Which word means which row is `names.py`'s business."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stackreel.claims.gdb import (
    commands_break,
    commands_code,
    commands_data,
    commands_disassemble,
    commands_display,
    commands_examine,
    commands_process,
    commands_registers,
    commands_run,
    commands_source,
    commands_stack,
    commands_types,
    settings,
)
from stackreel.claims.gdb.answers import GdbError, UnrecordedError
from stackreel.claims.gdb.names import info_named
from stackreel.claims.gdb.state import State
from stackreel.errors import near

Run = Callable[[State, str], str]


@dataclass(frozen=True)
class Row:
    """A command. `again` is what Enter does after it: None the same, else this command; empty: nothing."""

    run: Run
    again: str | None = None


def _info(state: State, rest: str) -> str:
    word, _, arguments = rest.partition(" ")
    word, slash, form = word.partition("/")
    if slash and not word:
        raise GdbError(f'Undefined info command: "{rest}".  Try "help info".')
    name = info_named(word, rest) if word else ""
    found = INFO.get(name)
    if found is None:
        raise UnrecordedError(f"a replay has no command `info {name}`", near=near(name, INFO))
    return found(state, f"/{form} {arguments}" if slash else arguments.strip())


INFO: Mapping[str, Run] = {
    "address": commands_code.info_address,
    "all-registers": commands_registers.info_all_registers,
    "args": commands_stack.info_args,
    "breakpoints": commands_break.info_breakpoints,
    "display": commands_display.info_display,
    "files": commands_process.info_files,
    "frame": commands_stack.info_frame,
    "line": commands_code.info_line,
    "locals": commands_stack.info_locals,
    "proc": commands_process.info_proc,
    "registers": commands_registers.info_registers,
    "stack": commands_stack.backtrace,
    "symbol": commands_code.info_symbol,
}

ROWS: Mapping[str, Row] = {
    "advance": Row(commands_run.advance),
    "backtrace": Row(commands_stack.backtrace),
    "break": Row(commands_break.break_, ""),
    "call": Row(commands_data.call),
    "condition": Row(commands_break.condition, ""),
    "continue": Row(commands_run.continue_, "continue"),
    "delete": Row(commands_break.delete, ""),
    "disable": Row(commands_break.disable, ""),
    "disassemble": Row(commands_disassemble.disassemble),
    "display": Row(commands_display.display, ""),
    "down": Row(commands_stack.down),
    "echo": Row(commands_data.echo),
    "enable": Row(commands_break.enable, ""),
    "finish": Row(commands_run.finish),
    "frame": Row(commands_stack.frame),
    "info": Row(_info),
    "kill": Row(commands_run.kill, ""),
    "list": Row(commands_source.list_, "list"),
    "next": Row(commands_run.next_),
    "nexti": Row(commands_run.nexti),
    "output": Row(commands_data.output),
    "print": Row(commands_data.print_),
    "ptype": Row(commands_types.ptype),
    "run": Row(commands_run.run, ""),
    "set": Row(settings.set_),
    "show": Row(settings.show),
    "start": Row(commands_run.start, ""),
    "step": Row(commands_run.step),
    "stepi": Row(commands_run.stepi),
    "tbreak": Row(commands_break.tbreak, ""),
    "undisplay": Row(commands_display.undisplay, ""),
    "until": Row(commands_run.until),
    "up": Row(commands_stack.up),
    "whatis": Row(commands_types.whatis),
    "x": Row(commands_examine.examine, "x"),
}
