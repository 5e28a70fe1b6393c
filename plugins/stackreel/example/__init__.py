"""example.toml and toolchains.toml: reading, checking, building. It knows nothing of what a binary holds."""

from stackreel.example.build import build
from stackreel.example.load import Loaded, SeveralError, each, load_all, load_example, survey
from stackreel.example.model import Example, Run, Toolchain, TraceOptions
from stackreel.example.new import Created, new_example
from stackreel.example.rebuild import GoldenTrace, Rebuilt, chosen, rebuild, rebuild_all
from stackreel.example.toolchains import check, load_toolchains

__all__ = [
    "Created",
    "Example",
    "GoldenTrace",
    "Loaded",
    "Rebuilt",
    "Run",
    "SeveralError",
    "Toolchain",
    "TraceOptions",
    "build",
    "check",
    "chosen",
    "each",
    "load_all",
    "load_example",
    "load_toolchains",
    "new_example",
    "rebuild",
    "rebuild_all",
    "survey",
]
