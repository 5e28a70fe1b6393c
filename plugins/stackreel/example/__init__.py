"""example.toml and toolchains.toml: reading, checking, building. It knows nothing of what a binary holds."""

from stackreel.example.load import Loaded, SeveralError, each, load_all, load_example, survey
from stackreel.example.model import Example, Run, Toolchain, TraceOptions

__all__ = [
    "Example",
    "Loaded",
    "Run",
    "SeveralError",
    "Toolchain",
    "TraceOptions",
    "each",
    "load_all",
    "load_example",
    "survey",
]
