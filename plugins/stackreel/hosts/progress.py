"""Say how far a build is: one line that moves on a terminal, plain log lines elsewhere."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass, field
from typing import TextIO

_BAR = 24


@dataclass
class Progress:
    """Progress of a build in phases (`tracing`, `drawing`), told on `stream` if it is a terminal, else to `log`."""

    stream: TextIO
    log: logging.Logger | logging.LoggerAdapter[logging.Logger]
    _shown: bool = field(default=False, init=False)

    def step(self, phase: str, done: int, total: int, name: str) -> None:
        """Tell that `done` of `total` things of `phase` are done, `name` the last of them."""
        if not self.stream.isatty():
            self.log.info("%s %d/%d: %s", phase, done, total, name)
            return
        filled = _BAR * done // max(total, 1)
        line = f"{phase} [{'#' * filled}{'.' * (_BAR - filled)}] {done}/{total} {name}"
        width = shutil.get_terminal_size().columns - 1
        self.stream.write(f"\r\x1b[K{line[:width]}")
        self.stream.flush()
        self._shown = True
        if done >= total:
            self.clear()

    def clear(self) -> None:
        """Take the moving line away, so that something else can be said."""
        if self._shown:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
            self._shown = False
