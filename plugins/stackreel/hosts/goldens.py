"""Golden traces of examples: how they are made and compared, for `check` and `traces`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stackreel.errors import StackreelError
from stackreel.example import Example, GoldenTrace
from stackreel.example.load import GOLDEN
from stackreel.listing import one
from stackreel.machine.pool import Emulator
from stackreel.trace import Trace, compare, golden_for, program_names, record


@dataclass(frozen=True)
class Recorder:
    """Makes golden traces by recording anew, never from a cache."""

    emulator: Emulator

    def golden(self) -> GoldenTrace:
        """Return what `rebuild_all` asks for."""
        return GoldenTrace(self.make, compare)

    def make(self, example: Example) -> str:
        """Record an example and return its golden text. Raises what recording raises."""
        return golden_text(example, record(example, self.emulator))

    def write(self, example: Example) -> Trace:
        """Record an example that is new, write its golden trace, return it. Raises what recording raises."""
        try:
            trace = record(example, self.emulator)
        except StackreelError as error:
            said = f"{_shown(example.folder)} is written, but its run could not be recorded: {error.message}"
            form = f"stackreel traces {example.name}, when its example.toml is right"
            raise type(error)(said, place=error.place, example=form, near=error.near) from error
        (example.folder / GOLDEN).write_text(golden_text(example, trace), encoding="utf-8")
        return trace

    def differences(self, example: Example) -> list[str]:
        """Return how an example recorded anew differs from its golden trace, a sentence each."""
        file = example.folder / GOLDEN
        try:
            kept = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return [
                f"{_shown(file)} is not there or cannot be read; `stackreel traces {example.name}` writes it"
            ]
        try:
            new = self.make(example)
        except StackreelError as error:
            return [str(error)]
        if new == kept:
            return []
        return [f"{_shown(file)}: {line}" for line in compare(kept, new) or ["only its layout differs"]]


def golden_text(example: Example, trace: Trace) -> str:
    """Return the golden text of an example's trace."""
    names = program_names(example.program, example.binary.name)
    return golden_for(example, trace, lambda pc, code: one(code, pc, "att", names.symbolize).text)


def _shown(file: Path) -> str:
    return file.as_posix()
