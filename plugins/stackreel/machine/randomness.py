"""Random bytes that are the same in every run: SHA-256 of a counter."""

from __future__ import annotations

import hashlib


class Stream:
    """An endless stream of fixed bytes."""

    def __init__(self) -> None:
        self._block = 0
        self._rest = bytearray()

    def take(self, size: int) -> bytes:
        """Return the next bytes."""
        while len(self._rest) < size:
            self._rest += hashlib.sha256(b"stackreel random %d" % self._block).digest()
            self._block += 1
        taken = bytes(self._rest[:size])
        del self._rest[:size]
        return taken
