"""The figures the older articles had, which ours must have too: an id each, the moment it shows, what stood in it.

Ids name the five older texts S0 to S4 and their figures F1, F2, …; an article puts `<!-- ledger: S0-F4 -->` before the
block that is the counterpart. Addresses of the C program are the older texts' own; of Go programs on the heap only
offsets are the same in every run.
"""

from __future__ import annotations

from dataclasses import dataclass

C, SUM, ADD = "c-sum", "go-sum-1.15", "go-add-1.15"
ARGS, FRAMES, ABC = "go-args7-1.15", "go-frames-1.15", "c-abc"


@dataclass(frozen=True)
class Drawn:
    """A figure: the moment `at` of `example` (both empty: it shows no moment), and what holds there."""

    id: str
    example: str = ""
    at: str = ""
    holds: tuple[str, ...] = ()


_CALL_IN_C = (
    # S0's figure, S3's (it lacks one), the moment, what it must show
    ("F2", "F4", "enter main", "rip == 0x400540", "rsp == 0x7fffffffe518", "rbp == 0x400580"),
    ("F3", "F5", "after main+0", "rip == 0x400541", "rsp == 0x7fffffffe510", "[rsp] == 0x400580"),
    ("F4", "F6", "after main+1", "rip == 0x400544", "rsp == rbp", "rbp == 0x7fffffffe510"),
    ("F5", "F7", "after main+4", "rip == 0x400548", "rsp == 0x7fffffffe4f0", "rbp + 8 - rsp == 40"),
    ("F6", "F8", "after main+20", "rip == 0x400559", "edi == 1", "esi == 2", "[0x7fffffffe4fc]:i32 == 1",
     "[0x7fffffffe4f0] == rsi@{enter main}"),
    ("F7", "F9", "enter sum", "rip == 0x400526", "rsp == 0x7fffffffe4e8", "[rsp] == 0x40055e"),
    ("F8", "", "after sum+21", "rip == 0x40053e", "rsp == 0x7fffffffe4e0", "rbp == rsp", "eax == 3",
     "[rsp] == 0x7fffffffe510", "[0x7fffffffe4dc]:i32 == 3", "[0x7fffffffe4cc]:i32 == 1",
     "[0x7fffffffe4c8]:i32 == 2"),
    ("F9", "F10", "after sum+24", "rip == 0x40053f", "rsp == 0x7fffffffe4e8", "rbp == 0x7fffffffe510"),
    ("F10", "F11", "leave sum", "rip == 0x40055e", "rsp == 0x7fffffffe4f0", "eax == 3"),
    ("F11", "F12", "after main+30", "rip == 0x400561", "[0x7fffffffe50c]:i32 == 3"),
    ("F12", "F13", "main+58", "rip == 0x40057a", "eax == 0", "eax@{main+53} == 5"),
    ("F13", "F14", "after main+58", "rip == 0x40057b", "rsp == 0x7fffffffe518", "rbp == 0x400580"),
)  # fmt: skip

_SUM_IN_GO = (
    "main.main == 0x45dd40", "main.sum == 0x45dce0", "rbp == rsp + 0x18", "rax == 5", "rcx == 4",
    "sym([rsp+0x48]) == runtime.main+521", "[rsp+0x38] == 5", "[rsp+0x30] == 2", "[rsp+0x28] == 1",
    "[rsp+0x20] == main.main+51", "[rsp+0x18] == rsp + 0x40", "[rsp+0x10] == 1", "[rsp+8] == 4", "[rsp] == 5",
)  # fmt: skip

FIGURES: tuple[Drawn, ...] = (
    # S0 and S3: the call in C, then one figure of Go
    Drawn("S0-F1", C, "enter main", ("main == 0x400540", "[main]:u8 == 0x55")),
    *(Drawn(f"S0-{row[0]}", C, row[2], row[3:]) for row in _CALL_IN_C),
    *(Drawn(f"S3-{row[1]}", C, row[2], row[3:]) for row in _CALL_IN_C if row[1]),
    Drawn("S0-F14", SUM, "main.sum+78", _SUM_IN_GO),
    Drawn("S3-F15", SUM, "main.sum+78", _SUM_IN_GO),
    # S1: main calls add1, add1 calls add2; M is rsp in main
    Drawn("S1-F1", ADD, "enter main.add1", ("[rsp] == main.main+42", "[rsp+8] == 1", "rbp == rsp + 24")),
    Drawn("S1-F2", ADD, "enter main.add2", (
        "[rsp] == main.add1+47", "[rsp+8] == 11", "rbp == rsp + 24", "[rbp] == rbp@{enter main.add1}",
        "[rsp+0x20] == main.main+42", "[rsp+0x28] == 1")),
    Drawn("S1-F3", ADD, "main.add2+14", ("[rsp+0x10] == 21", "[rsp+8] == 11", "rsp == rsp@{enter main.add2}")),
    Drawn("S1-F4", ADD, "leave main.add2", ("[rsp] == 11", "[rsp+8] == 21", "rsp == rsp@{enter main.add2} + 8")),
    Drawn("S1-F5", ADD, "leave main.add1", ("[rsp] == 1", "[rsp+8] == 21", "rbp == rsp + 16")),
    # S2: a process's areas, the parts of a frame, seven arguments
    Drawn("S2-F1"),
    Drawn("S2-F2", FRAMES, "main.sum+9"),
    Drawn("S2-F3", ARGS, "main.main+165", (
        *(f"[rsp+{8 * i}] == {i + 1}" for i in range(7)), *(f"[rsp+{0x70 - 8 * i}] == {i + 1}" for i in range(7)),
        "rbp == rsp + 0x78", "main.main == 0x45dce0", "main.A == 0x45dda0")),
    Drawn("S2-F4", ARGS, "enter main.A", ("[rsp] == main.main+170", "rsp == rsp@{main.main+165} - 8",
                                          "[rsp+0x40]@{main.A+49} == 28")),
    # S3: a process's areas, three frames in one another, one left
    Drawn("S3-F1"),
    Drawn("S3-F2", ABC, "in-c"),
    Drawn("S3-F3", ABC, "leave b"),
    # S4: virtual memory, the stack's direction, three frames of Go
    Drawn("S4-F1"),
    Drawn("S4-F2"),
    Drawn("S4-F3", FRAMES, "main.sum+9", (
        "[rsp] == main.sumSquare+95", "[rsp+8] == 1", "[rsp+0x10] == 4", "[rsp+0x18] == 0", "[rsp+0x20] == 4",
        "[rsp+0x28] == 1", "rbp == rsp + 0x38", "[rsp+0x40] == main.main+55", "[rsp+0x48] == 1",
        "[rsp+0x50] == 2", "[rsp+0x58] == 0", "[rbp] == rsp + 0xb8")),
)  # fmt: skip
"""Every figure of the older texts."""

WRONG = frozenset(
    f"E{number}"
    for number in (1, 3, 4, 6, 7, 8, 11, 12, 16, 17, 26, 30, 31, 32, 33, 34, 36, 45, 48, 50, 51, 52)
)
"""What was wrong in the older texts, not just imprecise or out of date: each has its place in the errata."""

CORRECTIONS = frozenset(f"E{number}" for number in range(1, 71))
"""Every correction, slips of the pen included: each has its place in some article."""
