"""The emulated Linux process: loader, memory, system calls, signals, clock, files, and the recorder.

What is exported here does not load the emulator; that happens in worker processes, see `pool`.
"""

from typing import TYPE_CHECKING

from stackreel.lazy import exports

if TYPE_CHECKING:
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
    from stackreel.machine.pool import Emulator, default_jobs, run_inline


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
    "default_jobs",
    "load_bias",
    "run_inline",
]

__getattr__ = exports(
    __name__,
    {
        "layout": "PIE_BASE load_bias",
        "model": "Ending Job Limits MappedArea Module Recording Report StackMove Watch",
        "pool": "default_jobs Emulator run_inline",
    },
)
