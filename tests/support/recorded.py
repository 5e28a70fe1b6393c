"""Traces of compiled C programs, recorded by the machine: their own functions step by step, the rest stepped over."""

from __future__ import annotations

from pathlib import Path

from stackreel.binary import DebugInfo, Image, read_debug, read_image
from stackreel.frames import Analyst
from stackreel.machine.pool import Emulator
from stackreel.trace import Trace
from stackreel.trace.recorder import record
from stackreel.trace.request import Request


def recorded(binary: Path, emulator: Emulator) -> Trace:
    """Record a static program from main to its return, every function that has DWARF followed."""
    image, debug = opened(binary)
    own = {f.low for f in debug.functions}
    functions = tuple(s.name for s in image.symbols if s.kind == "function" and s.address in own)
    return record(Request(binary.read_bytes(), str(binary), (str(binary),), functions=functions), emulator)


def opened(binary: Path, bias: int = 0) -> tuple[Image, DebugInfo]:
    """Return the image of a binary, mapped with `bias` added to its addresses, and its debug information."""
    image = read_image(binary.read_bytes(), binary.name, bias)
    return image, read_debug(image)


def analyst(trace: Trace, binary: Path) -> Analyst:
    """Return the analyst of a trace of a binary."""
    return Analyst(trace, *opened(binary))
