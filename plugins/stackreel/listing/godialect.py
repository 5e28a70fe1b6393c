"""How Go's own tools would spell a binary: which names they know, and which release's spelling they use.

Purpose: `syntax: go` needs two things beside bytes: the symbol whose bytes an address lies in, as `go tool objdump`
looks it up (by size; the bounds of sections are no symbols), and whether the binary was made by a Go whose
disassembler writes the operands of comparisons left to right (1.22 and later).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from stackreel.binary import Image, SymbolOffset, go_release
from stackreel.listing.plan9 import Symbolize

_MODERN = (1, 22)
_BOUNDS = frozenset(["runtime.text", "runtime.etext"])


@dataclass(frozen=True)
class GoDialect:
    """Names for addresses, and whether comparisons are written as since Go 1.22."""

    symbolize: Symbolize
    modern: bool = True


def go_dialect(image: Image) -> GoDialect:
    """Return the spelling for an image: that of the Go that made it, the newest where another compiler did."""
    symbols = sorted(
        (s.address, s.size, s.name)
        for s in image.symbols
        if s.kind not in ("plt", "tls") and s.name not in _BOUNDS
    )
    starts = [address for address, _, _ in symbols]

    def symbolize(address: int) -> SymbolOffset | None:
        index = bisect_right(starts, address) - 1
        if index < 0:
            return None
        start, size, name = symbols[index]
        return SymbolOffset(name, address - start) if address < start + size else None

    release = go_release(image.go_version)
    return GoDialect(symbolize, release is None or release >= _MODERN)
