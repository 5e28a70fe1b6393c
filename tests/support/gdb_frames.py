"""What gdb says of a program's frames at every step, and the trace of that very run.

The program runs natively under gdb (see gdb_watch.py). gdb is both witness and recorder: registers are read at each
step, writes are what differs in memory, so the trace needs no emulator and all addresses are equal.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from stackreel.trace import Trace
from support.steps import make_trace, step

_SCRIPT = Path(__file__).with_name("gdb_watch.py")


@dataclass(frozen=True)
class GdbFrame:
    """A frame as gdb has it; `kind` is normal, inline, tail or signal; `saved` without rip."""

    name: str
    kind: str
    pc: int
    cfa: int
    saved: dict[str, int]
    file: str
    line: int
    locals: list[str]
    args: list[str]
    addresses: dict[str, int | None]


@dataclass(frozen=True)
class Watched:
    """The recorded run, and at each position the frames of gdb's `bt`, innermost first."""

    trace: Trace
    frames: list[list[GdbFrame]]


GO = {"last": "main.main", "own": "main[.]", "env": "GOMAXPROCS=1 GOGC=off GODEBUG=asyncpreemptoff=1"}
"""Options for a Go program: its package main, and a runtime that leaves the goroutine where it is."""


def watch(binary: Path, limit: int = 400, start: str = "*main", **more: str) -> Watched:
    """Single-step the program's own functions from `start` until its function returns or `limit` steps are done.

    `more` are options of gdb_watch.py.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "watched.jsonl"
        options = json.dumps({"out": str(out), "limit": limit, "start": start, **more})
        done = subprocess.run(
            [
                *("env", "-i", "LC_ALL=C.UTF-8", "gdb", "-q", "-batch", "-nx"),
                *("-iex", "set debug-file-directory /nonexistent", "-iex", "set debuginfod enabled off"),
                *("-ex", f"set $options = {json.dumps(options)}", "-x", str(_SCRIPT), str(binary)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert out.exists(), done.stderr
        lines = [json.loads(line) for line in out.read_text().splitlines()]
    head, states = lines[0], lines[1:]
    assert len(states) > 1, done.stderr
    made = []
    for now, then in pairwise(states):
        left = {name: value for name, value in then["registers"].items() if name != "rip"}
        made.append(
            step(now["registers"]["rip"], now["code"], writes=now["writes"], over=now["over"], **left)
        )
    last = states[-1]["registers"]["rip"]
    trace = make_trace(
        made,
        end_pc=last,
        stack=tuple(head["stack"]),
        snapshot=[(low, bytes.fromhex(data)) for low, data in head["snapshot"]],
        **states[0]["registers"],
    )
    return Watched(trace, [[_frame(f) for f in s.get("frames", ())] for s in states])


def _frame(f: dict[str, Any]) -> GdbFrame:
    saved = {name: address for name, address in f["saved"].items() if name != "rip"}
    return GdbFrame(
        f["name"], f["type"], f["pc"], f["cfa"] or 0, saved, f["file"], f["line"], f["locals"], f["args"],
        f["addresses"],
    )  # fmt: skip
