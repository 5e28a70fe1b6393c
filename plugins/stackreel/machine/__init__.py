"""The emulated Linux process: loader, memory, system calls, signals, clock, files, and the recorder.

What is exported here does not load the emulator; that happens in worker processes, see `pool`.
"""

from stackreel.machine.layout import PIE_BASE, load_bias
from stackreel.machine.model import (
    Ending,
    Job,
    Limits,
    MappedArea,
    Module,
    Recording,
    Report,
    StackMove,
    Watch,
)
from stackreel.machine.pool import Emulator, run_inline

__all__ = [
    "PIE_BASE",
    "Emulator",
    "Ending",
    "Job",
    "Limits",
    "MappedArea",
    "Module",
    "Recording",
    "Report",
    "StackMove",
    "Watch",
    "load_bias",
    "run_inline",
]
