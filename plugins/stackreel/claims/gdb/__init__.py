r"""GDB sessions replayed against a recorded trace: what gdb 13 would print, without gdb.

    session = Session(trace, image, debug, {"sum.c": text}, position)
    session.run("info registers rip")        -> "rip            0x400540            0x400540 <main>\n"
    outcomes = replay(session, parse_transcript(block, first_line))

`position` is a position of the trace (see `trace.resolve`), or None for a program that was not started: `run` then
starts it, at the beginning of the trace. Output is that of gdb 13.1 with default settings but `set width 0`,
`set height 0`, `set confirm off` and no colours, on a terminal; the process id is `PROCESS`. What the program prints
appears when it exits. Errors of gdb are output; what the trace cannot answer raises UnrecordedError (from `run`) or
is an Outcome with that error (from `replay`).
"""

from stackreel.claims.gdb.answers import UnrecordedError
from stackreel.claims.gdb.replay import Outcome, first_difference, replay
from stackreel.claims.gdb.session import Session
from stackreel.claims.gdb.state import PROCESS
from stackreel.claims.gdb.transcript import Exchange, parse_transcript

__all__ = [
    "PROCESS",
    "Exchange",
    "Outcome",
    "Session",
    "UnrecordedError",
    "first_difference",
    "parse_transcript",
    "replay",
]
