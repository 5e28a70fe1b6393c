"""Commands that move the program: run, start, continue, step, next, stepi, nexti, until, advance, finish, kill."""

from __future__ import annotations

import signal
from contextlib import suppress
from dataclasses import replace

from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.breakpoints import Breakpoint
from stackreel.claims.gdb.commands_display import displays
from stackreel.claims.gdb.evaluate import address_of, integer_of
from stackreel.claims.gdb.formats import shown
from stackreel.claims.gdb.lines import frame_line, location
from stackreel.claims.gdb.motion import Stop
from stackreel.claims.gdb.places import spots
from stackreel.claims.gdb.returned import returned_by
from stackreel.claims.gdb.stack import beginning, hidden, without
from stackreel.claims.gdb.state import PROCESS, State
from stackreel.claims.gdb.typed import whole

_ONCE = 2
"""What `continue` is given to cross a breakpoint once and stop at the next crossing."""

NOT_RUN = "The program is not being run."


def _position(state: State) -> int:
    if state.position is None:
        raise GdbError(NOT_RUN)
    return state.position


def _count(state: State, rest: str) -> int:
    if not rest:
        return 1
    return integer_of(rest, state.scope)


# --- stops -------------------------------------------------------------------------------------------------------


def stopped(
    state: State, stop: Stop, *, whole: bool = False, returned: str = "", by_instruction: bool = False
) -> str:
    """Take the program to a stop and return what gdb says there; `whole`: the frame with its source line.

    `returned` is what `finish` says after the place. `by_instruction`: it was stepi or nexti that stopped.
    """
    state.hidden = 0 if by_instruction else stop.hidden
    if stop.why in ("exited", "killed"):
        return _gone(state, stop)
    state.position, state.level = stop.position, 0
    head = ""
    if stop.why == "breakpoint":
        crossed = state.holding(stop.position)
        found = tuple(one for one in crossed if not one.ignored) or crossed
        failed = state.failures(stop.position)
        state.hidden = hidden(state.stacks.frames(stop.position), [one.function for one in found])
        named = found[0].named(state.trace.pc(stop.position))
        for one in crossed:
            state.hit(one.number)
        kind = "Temporary breakpoint" if found[0].is_temporary else "Breakpoint"
        head = f"{failed}\n{kind} {named}, "
        whole = True
    elif stop.why == "signal":
        head = f"\nProgram received signal {_signal(state)}.\n"
        whole = True
    elif stop.why == "step":
        whole = not stop.is_same_frame
    return head + location(state, state.frame, whole=whole) + returned + displays(state)


def _signal(state: State) -> str:
    number_ = state.trace.end.signal
    try:
        name = signal.Signals(number_).name
    except ValueError:
        name = f"SIG{number_}"
    return f"{name}, {_SIGNALS.get(name, signal.strsignal(number_) or name)}"


_SIGNALS = {
    "SIGFPE": "Arithmetic exception",
    "SIGILL": "Illegal instruction",
    "SIGTRAP": "Trace/breakpoint trap",
}


def _gone(state: State, stop: Stop) -> str:
    state.position, state.level, state.hidden = None, 0, None
    if stop.why == "killed":
        state.exit_code = -1
        return f"\nProgram terminated with signal {_signal(state)}.\nThe program no longer exists.\n"
    status = state.motion.exit_status()
    state.exit_code = status
    state.convenience["_exitcode"] = whole(status)
    how = f"exited with code 0{status:o}" if status else "exited normally"
    output = state.trace.stdout.decode("utf-8", "replace")
    gap = "" if not output or output.endswith("\n") else "\n"
    return f"{output}{gap}[Inferior 1 (process {PROCESS}) {how}]\n"


# --- running -----------------------------------------------------------------------------------------------------


def run(state: State, _rest: str) -> str:
    """`run`: from the start of the trace."""
    words = " ".join(_arguments(state))
    shift = 0 if state.has_run else state.loaded_at
    state.position, state.level, state.hidden = 0, 0, None
    _renew(state, shift)
    head = f"Starting program: {state.trace.program.path} {words}\n"
    return head + stopped(state, state.motion.run(state.halts, None))


def _renew(state: State, shift: int) -> None:
    """Count hits anew, and move breakpoints that were set before the program ran by how far it is loaded.

    A place is not looked up again: what a line's number alone means has changed since. `*ADDRESS` is evaluated again.
    """
    for number_, one in list(state.breakpoints.items()):
        by = shift
        if shift and one.spec.startswith("*"):
            by = _address_again(state, one) - one.locations[0].address
        moved = tuple(replace(at, address=at.address + by) for at in one.locations)
        state.breakpoints[number_] = replace(one, locations=moved, hits=0)
    state.look_at(state.frame)


def _address_again(state: State, one: Breakpoint) -> int:
    """Return what `*ADDRESS` is now; its old address where it means nothing here, or names a value of the session."""
    if "$" not in one.spec:
        with suppress(GdbError):
            return address_of(one.spec[1:], state.scope)
    return one.locations[0].address


def _arguments(state: State) -> list[str]:
    """Return the program's arguments, from argc and argv where the trace starts at main."""
    main = state.motion.main
    if main is None or main.low != state.trace.start or state.program.is_go:
        return []
    memory = state.trace.memory(0)
    count, at = state.trace.register("edi", 0), state.trace.register("rsi", 0)
    found: list[str] = []
    for n in range(1, min(count, 64)):
        pointer = memory.read(at + 8 * n, 8)
        if pointer is None:
            break
        address, text = int.from_bytes(pointer, "little"), bytearray()
        while (byte := memory.read(address + len(text), 1)) not in (None, b"\0"):
            text += byte
        found.append(text.decode("utf-8", "replace"))
    return found


def start(state: State, rest: str) -> str:
    """`start`: run to a temporary breakpoint on main."""
    from stackreel.claims.gdb.commands_break import tbreak  # noqa: PLC0415 - it needs the stops of this module

    said = tbreak(state, state.program.main)
    return said + run(state, rest)


def continue_(state: State, rest: str) -> str:
    """`continue [N]`."""
    position = _position(state)
    count = _count(state, rest)
    head = ""
    if count > 1:
        here = [b for b in state.breakpoints.values() if b.place(state.trace.pc(position))]
        if here:
            crossings = "crossing" if count == _ONCE else f"{count - 1} crossings"
            for one in here:
                head += f"Will ignore next {crossings} of breakpoint {one.number}.  "
                state.breakpoints[one.number] = replace(one, ignored=count - 1)
            head += "Continuing.\n"
        else:
            head = "Not stopped at any breakpoint; argument ignored.\nContinuing.\n"
    else:
        head = "Continuing.\n"
    while True:
        stop = state.motion.run(state.halts, position)
        passed = _passed(state, stop)
        if passed is None:
            return head + stopped(state, stop)
        head += state.failures(passed)
        position = passed


def _passed(state: State, stop: Stop) -> int | None:
    """Count a crossing of a breakpoint that is to be ignored; returns where to go on, None where it stops."""
    if stop.why != "breakpoint":
        return None
    found = state.holding(stop.position)
    if any(not b.ignored for b in found):
        return None
    for one in found:
        state.hit(one.number)
    return stop.position


def stepi(state: State, rest: str) -> str:
    """`stepi [N]`."""
    return _instructions(state, rest, over=False)


def nexti(state: State, rest: str) -> str:
    """`nexti [N]`."""
    return _instructions(state, rest, over=True)


def _instructions(state: State, rest: str, *, over: bool) -> str:
    position = _position(state)
    stop = Stop("step", position, is_same_frame=True)
    begun = state.frames[0].identity
    for _ in range(_count(state, rest)):
        stop = state.motion.instruction_step(state.halts, stop.position, over=over)
        if stop.why != "step":
            break
        now = state.stacks.frames(stop.position)[0].identity
        stop = replace(stop, is_same_frame=stop.is_same_frame and now == begun)
        begun = now
    return stopped(state, stop, by_instruction=True)


def step(state: State, rest: str) -> str:
    """`step [N]`."""
    return _lines(state, rest, into=True)


def next_(state: State, rest: str) -> str:
    """`next [N]`."""
    return _lines(state, rest, into=False)


def _lines(state: State, rest: str, *, into: bool) -> str:
    position = _position(state)
    stop = Stop("step", position, is_same_frame=True, hidden=state.hidden)
    head = ""
    for _ in range(_count(state, rest)):
        frames = state.stacks.frames(stop.position)
        outside = beginning(frames) if stop.hidden is None else stop.hidden
        if into and outside:
            stop = Stop("step", stop.position, hidden=outside - 1)
            continue
        head += _without_lines(state, stop.position)
        frame = without(frames, outside)[0]
        stop = state.lines.step(state.halts, stop.position, frame, into=into)
        if stop.why != "step":
            break
    return head + stopped(state, stop)


def _without_lines(state: State, position: int) -> str:
    pc = state.trace.pc(position)
    if state.program.row(pc) is not None:
        return ""
    function = state.program.function_at(pc)
    if function is None:
        raise GdbError("Cannot find bounds of current function")
    return (
        f"Single stepping until exit from function {function.name},\nwhich has no line number information.\n"
    )


def until(state: State, rest: str) -> str:
    """`until`, which does not go back in loops, or `until PLACE`."""
    position = _position(state)
    if rest:
        return _to(state, rest)
    if state.program.row(state.trace.pc(position)) is None:
        raise unrecorded("a replay does not step `until` in code without lines; stepi does")
    stop = state.lines.step(state.halts, position, state.frames[0], into=False, forward=True)
    return stopped(state, stop)


def advance(state: State, rest: str) -> str:
    """`advance PLACE`."""
    if not rest:
        raise GdbError("Argument required (a location).")
    _position(state)
    return _to(state, rest)


def _to(state: State, rest: str) -> str:
    """Run to a place, or until the selected frame returns."""
    position = _position(state)
    addresses = {spot.address for spot in spots(rest, state.scope, state.current_line())}
    frame = state.frame

    def wanted(k: int) -> bool:
        return state.trace.pc(k) in addresses or state.motion.has_returned(frame, k)

    stop = state.motion.to(state.halts, position, wanted, "location")
    return stopped(state, stop, whole=True)


# --- finish ------------------------------------------------------------------------------------------------------


def finish(state: State, _rest: str) -> str:
    """`finish`: run until the selected frame returns, and say what it returned."""
    position = _position(state)
    frames, frame = state.frames, state.frame
    if state.level + 1 >= len(frames):
        if frame.function != state.program.main:
            raise unrecorded(f"the callers of {frame.function} are not in the trace")
        raise GdbError('"finish" not meaningful in the outermost frame.')
    head = f"Run till exit from {frame_line(state, frame, numbered=True)}"
    if frame.is_inlined:
        left = state.lines.out_of(state.halts, position, frames[state.level + 1])
        return head + stopped(state, replace(left, is_same_frame=False))
    stop = state.motion.finish(state.halts, position, frame)
    if stop.why != "finish":
        return head + stopped(state, stop)
    state.position, state.level, state.hidden = stop.position, 0, None
    value = returned_by(state, frame)
    said = ""
    if value is not None:
        text = shown(value, state.scope.data(value), state.reader)
        said = f"Value returned is ${state.record(value)} = {text}\n"
    return head + stopped(state, stop, whole=True, returned=said)


def kill(state: State, _rest: str) -> str:
    """`kill`."""
    _position(state)
    state.position, state.level, state.hidden = None, 0, None
    state.exit_code = -1
    return f"[Inferior 1 (process {PROCESS}) killed]\n"
