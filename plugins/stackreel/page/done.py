"""What a build did, for its log and for tests."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Done:
    """Counts: blocks shown, of them taken from the cache, drawings made, programs traced, values and claims checked."""

    blocks: int = 0
    kept: int = 0
    drawn: int = 0
    traced: int = 0
    claims: int = 0

    def __add__(self, more: Done) -> Done:
        """Return both together."""
        return Done(*(getattr(self, one.name) + getattr(more, one.name) for one in fields(self)))

    def __str__(self) -> str:
        """One line for the log."""
        claims = f", {self.claims} values and claims checked" if self.claims else ""
        return (
            f"{self.blocks} blocks: {self.kept} from the cache, {self.drawn} drawings made, "
            f"{self.traced} programs traced{claims}"
        )
