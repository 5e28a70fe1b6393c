"""What a build did, for its log and for tests."""

from __future__ import annotations

from dataclasses import dataclass, fields


def amount(count: int, one: str, many: str = "") -> str:
    """Say how many there are: `1 block`, `2 blocks`; `many` is a plural that is more than an `s`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


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
        claims = amount(self.claims, "value or claim", "values and claims")
        return (
            f"{amount(self.blocks, 'block')}: {self.kept} from the cache, {amount(self.drawn, 'drawing')} made, "
            f"{amount(self.traced, 'program')} traced{f', {claims} checked' if self.claims else ''}"
        )
