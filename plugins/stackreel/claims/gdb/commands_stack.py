"""Commands about frames: backtrace, frame, up, down, info frame, info locals, info args."""

from __future__ import annotations

from stackreel.binary import VariableInfo
from stackreel.claims.gdb.answers import GdbError, unrecorded
from stackreel.claims.gdb.evaluate import integer_of
from stackreel.claims.gdb.framebase import frame_base
from stackreel.claims.gdb.lines import arguments, frame_line, location, variable_text
from stackreel.claims.gdb.stack import GdbFrame
from stackreel.claims.gdb.state import State


def _whole_number(state: State, text: str) -> int:
    return integer_of(text, state.scope)


def _check_callers(state: State) -> None:
    """Raise UnrecordedError where the frames end because the trace does, not because main does."""
    last = state.frames[-1]
    if last.function != state.program.main:
        raise unrecorded(f"the callers of {last.function} are not in the trace")


def backtrace(state: State, rest: str) -> str:
    """`backtrace [N | -N | full]`."""
    frames = state.frames
    full = False
    words = rest.split()
    while words and (words[0] in ("full", "-full") or words[0].startswith("f")):
        full, words = True, words[1:]
    first, last = 0, len(frames)
    if words:
        count = _whole_number(state, " ".join(words))
        first, last = (0, count) if count >= 0 else (max(len(frames) + count, 0), len(frames))
    if last >= len(frames):
        _check_callers(state)
    shown = frames[first:last]
    text = "".join(
        frame_line(state, f, numbered=True) + (_locals(state, f, "        ") if full else "") for f in shown
    )
    return text + ("(More stack frames follow...)\n" if 0 <= last < len(frames) and first == 0 else "")


def frame(state: State, rest: str) -> str:
    """`frame [N]`, `frame level N`, `frame function NAME`."""
    words = rest.split()
    if words and words[0] == "function":
        found = next((f for f in state.frames if f.function == " ".join(words[1:])), None)
        if found is None:
            raise GdbError(f'No frame for function "{" ".join(words[1:])}".')
        state.level = found.level
    elif words:
        if words[0] == "level":
            words = words[1:]
        state.level = _level(state, " ".join(words))
    elif state.position is None:
        raise GdbError("No stack.")
    return location(state, state.frame, whole=True, numbered=True)


def _level(state: State, text: str) -> int:
    if state.position is None:
        raise GdbError("No registers.")
    frames = state.frames
    level = _whole_number(state, text)
    if not 0 <= level < len(frames):
        raise GdbError(f"No frame at level {text}.")
    return level


def up(state: State, rest: str) -> str:
    """`up [N]`."""
    count = _whole_number(state, rest) if rest else 1
    return _moved(state, count, is_counted=bool(rest))


def down(state: State, rest: str) -> str:
    """`down [N]`."""
    count = _whole_number(state, rest) if rest else 1
    return _moved(state, -count, is_counted=bool(rest))


def _moved(state: State, count: int, *, is_counted: bool) -> str:
    frames = state.frames
    wanted = state.level + count
    if wanted >= len(frames):
        _check_callers(state)
        if not is_counted:
            raise GdbError("Initial frame selected; you cannot go up.")
    if wanted < 0 and not is_counted:
        raise GdbError("Bottom (innermost) frame selected; you cannot go down.")
    state.level = min(max(wanted, 0), len(frames) - 1)
    return location(state, state.frame, whole=True, numbered=True)


def _locals(state: State, frame: GdbFrame, indent: str = "") -> str:
    found = [v for v in state.stacks.scope(frame) if not v.is_parameter and not _is_unlisted(v)]
    if not found:
        return "No locals.\n"
    return "".join(f"{indent}{v.name} = {variable_text(state, v, frame, len(indent))}\n" for v in found)


def _is_unlisted(info: VariableInfo) -> bool:
    """Whether gdb leaves a local variable out: a constant that the compiler wrote out as bytes (LOC_CONST_BYTES)."""
    return info.location is None and info.constant is not None and isinstance(info.constant.data, bytes)


def _described(state: State) -> GdbFrame:
    if state.position is None:
        raise GdbError("No frame selected.")
    if not state.frame.has_symbols:
        raise GdbError("No symbol table info available.")
    return state.frame


def info_locals(state: State, _rest: str) -> str:
    """`info locals`."""
    return _locals(state, _described(state))


def info_args(state: State, _rest: str) -> str:
    """`info args`."""
    frame = _described(state)
    found = [v for v in state.stacks.scope(frame) if v.is_parameter]
    if not found:
        return "No arguments.\n"
    return "".join(f"{v.name} = {variable_text(state, v, frame)}\n" for v in found)


def info_frame(state: State, rest: str) -> str:
    """`info frame [N]`, `info frame level N`."""
    level = _level(state, rest.removeprefix("level").strip()) if rest else state.level
    frames = state.frames
    frame = frames[level]
    if not frame.is_known or (frame.return_address is None and not frame.is_inlined):
        raise unrecorded(f"the frame of {frame.function} is not in the trace")
    following = frames[level + 1] if level + 1 < len(frames) else None
    if following is None:
        _check_callers(state)
    place = f" ({frame.file}:{frame.line})" if frame.line else ""
    lines = [
        f"{'Stack frame' if rest else f'Stack level {level}, frame'} at {frame.cfa:#x}:",
        f" rip = {frame.pc:#x} in {frame.function}{place}; saved rip = {frame.return_address or 0:#x}",
        *_neighbours(frames, level),
    ]
    if place:
        lines.append(f" source language {_language(state, frame)}.")
    if frame.is_inlined:
        lines += [" Arglist at unknown address.", " Locals at unknown address, Previous frame's sp in rsp"]
        return "".join(f"{line}\n" for line in lines)
    base = frame_base(state.program, state.reader, frame)
    lines += [
        f" Arglist at {base:#x}, args: {arguments(state, frame)}",
        f" Locals at {base:#x}, Previous frame's sp is {frame.cfa:#x}",
        " Saved registers:",
        "  " + ", ".join(f"{name} at {address:#x}" for name, address in _saved(state, frame)),
    ]
    return "".join(f"{line}\n" for line in lines)


def _language(state: State, frame: GdbFrame) -> str:
    """Return the language of a frame's file, which gdb does not know of Go's."""
    if not state.program.is_go:
        return "c"
    return "asm" if frame.file.endswith((".s", ".S")) else "unknown"


def _neighbours(frames: tuple[GdbFrame, ...], level: int) -> list[str]:
    frame = frames[level]
    parts: list[str] = []
    if level + 1 < len(frames):
        outer = frames[level + 1]
        parts.append(
            f" inlined into frame {level + 1}" if frame.is_inlined else f" called by frame at {outer.cfa:#x}"
        )
    if level:
        parts.append(f" caller of frame at {frames[level - 1].cfa:#x}")
    if not parts:
        return []
    return [" " + ",".join(parts).strip()] if len(parts) > 1 else parts


def _saved(state: State, frame: GdbFrame) -> list[tuple[str, int]]:
    """Return where the caller's registers are kept, in gdb's register order."""
    found = {**frame.saved, "rip": frame.return_slot}
    return [(name, found[name]) for name in state.trace.registers if name in found]
