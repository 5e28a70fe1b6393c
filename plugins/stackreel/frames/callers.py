"""Who called the function a Go trace starts in: runtime.main, and runtime.goexit at the bottom of every goroutine.

Their code is not recorded, so they are found by call frame information alone, from what the stack held at the start.
They end at runtime.goexit, which Go puts there as a return address and never calls (runtime/asm_amd64.s), and where a
rule or a word is missing. Of C programs nothing is told: what calls main is libc's affair and differs with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stackreel.binary import Image, UnwindRow
from stackreel.frames.known import Known
from stackreel.frames.model import Frame
from stackreel.frames.rules import Rules
from stackreel.frames.unwind import UnwoundFrame

_BOTTOM = "runtime.goexit"
_MOST = 16


def callers(
    frames: tuple[UnwoundFrame, ...],
    image: Image,
    rows: Callable[[int], UnwindRow | None],
    known: Known,
    sp: str,
) -> tuple[Frame, ...]:
    """Return the frames beyond the outermost of `frames`, innermost first; none but in a Go program.

    Their variables and source lines are not read. That of runtime.goexit is empty: it owns no byte of the stack.
    """
    found: list[Frame] = []
    if not frames or not image.go_version:
        return ()
    row, low, pc = frames[-1].row, frames[-1].cfa, frames[-1].return_address
    registers: Mapping[str, int] = frames[-1].registers
    while pc is not None and len(found) < _MOST:
        function = image.function_at(pc - 1)
        if function is None:
            break
        name = function.name.removesuffix(".abi0")
        if name == _BOTTOM:
            cfa, back = low, None
        else:
            kept = {} if row is None else _of_caller(Rules(row, registers, known), registers, low)
            registers = {**kept, sp: low}
            row = rows(pc - 1)
            end = None if row is None else Rules(row, registers, known).cfa()
            if end is None or end <= low:
                break
            cfa, back = end, known.word(end - 8)
        made = Frame(
            level=len(frames) + len(found),
            function=name,
            pc=pc,
            cfa=cfa,
            low=low,
            return_slot=cfa - 8,
            return_address=back,
            return_symbol=None if back is None else image.symbolize(back),
            saved=(),
            variables=(),
            file="",
            line=0,
        )
        found.append(made)
        if name == _BOTTOM:
            return tuple(found)
        low, pc = cfa, back
    return ()


def _of_caller(rules: Rules, registers: Mapping[str, int], cfa: int) -> dict[str, int]:
    values = {name: rules.value(name, cfa) for name in registers}
    return {name: value for name, value in values.items() if value is not None}
