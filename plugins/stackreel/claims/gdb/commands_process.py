"""Commands about the process and the file: info proc, info proc mappings, info files, info program, show, and info."""

from __future__ import annotations

from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.state import PROCESS, State

_ALLOCATED = 2


def info_proc(state: State, rest: str) -> str:
    """`info proc mappings`: the areas of memory when recording started."""
    if rest and not "mappings".startswith(rest):
        raise unrecorded(f"a replay does not know `info proc {rest}`")
    if state.position is None:
        raise GdbError("No current process: you must name one.")
    if not rest:
        raise unrecorded("a replay has no working directory; it knows `info proc mappings`")
    lines = (
        f"process {PROCESS}\nMapped address spaces:\n\n"
        f"  {'Start Addr':>18} {'End Addr':>18} {'Size':>10} {'Offset':>10}  {'Perms'}  objfile\n"
    )
    for area in state.trace.areas:
        size = area.high - area.low
        offset = _offset(state, area.low, area.name)
        lines += f"  {area.low:#18x} {area.high:#18x} {size:#10x} {offset:#10x}  {area.permissions:<5}  {area.name}\n"
    return lines


def _offset(state: State, low: int, name: str) -> int:
    """Return the offset in its file at which an area was mapped: for the program from its segments."""
    module = next((m for m in state.trace.modules if m.path == name), None)
    if module is None:
        return 0
    if module == state.trace.program:
        for segment in state.program.image.segments:
            page = segment.address & -4096
            if page <= low < segment.address + segment.memory_size:
                return (segment.offset & -4096) + low - page
    return low - module.low


def info_files(state: State, _rest: str) -> str:
    """`info files`: the sections of the program, and where they are loaded."""
    image = state.program.image
    path = state.trace.program.path
    lines = f'Symbols from "{path}".\n'
    if state.position is not None:
        lines += (
            "Native process:\n"
            f"\tUsing the running image of child process {PROCESS}.\n"
            "\tWhile running this, GDB does not access memory from...\n"
        )
    lines += f"Local exec file:\n\t`{path}', file type elf64-x86-64.\n\tEntry point: {image.entry:#x}\n"
    for section in image.sections:
        if section.flags & _ALLOCATED:
            lines += (
                f"\t0x{section.address:016x} - 0x{section.address + section.size:016x} is {section.name}\n"
            )
    return lines
