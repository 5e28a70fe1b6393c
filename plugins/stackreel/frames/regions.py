"""Which frame every byte of a window belongs to, live, in the red zone or left behind: regions, before any naming."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stackreel.frames.activations import Activation, Activations
from stackreel.frames.layout import Placed
from stackreel.frames.model import Frame, SavedRegister, SlotState
from stackreel.frames.ownership import RED_ZONE, Claim, Ownership
from stackreel.frames.tiling import Canvas


@dataclass(frozen=True)
class Holding:
    """A frame and what it keeps in memory: `placed` are its variables there, innermost block first.

    `pushed` are registers it has saved beside those in its record (see `UnwoundFrame`).
    `is_described` says whether DWARF names its variables at all.
    """

    frame: Frame
    activation: Activation | None
    placed: tuple[Placed, ...]
    is_described: bool
    pushed: tuple[SavedRegister, ...] = ()


@dataclass(frozen=True)
class Region:
    """Bytes [low, high) of one owner in one state; `since` is the position from which they are its own."""

    low: int
    high: int
    level: int | None
    state: SlotState
    holding: Holding | None
    since: int


@dataclass(frozen=True)
class Survey:
    """All regions of a window, ascending and complete, and the popped frames that still have some."""

    regions: tuple[Region, ...]
    popped: tuple[Holding, ...]


@dataclass(frozen=True)
class _Owner:
    """Who has bytes, before popped frames have their numbers."""

    activation: int | None
    state: SlotState
    since: int


_Painted = Canvas[_Owner | Holding | None]


@dataclass(frozen=True)
class Surveyor:
    """Surveys windows of a trace.

    `reference` gives a frame as it last was while it was whole, with the level it is to have.
    """

    activations: Activations
    ownership: Ownership
    reference: Callable[[Activation, int, int], Holding]

    def survey(
        self,
        windows: Sequence[tuple[int, int]],
        position: int,
        sp: int,
        live: Sequence[Holding],
        callers: Sequence[Frame],
    ) -> Survey:
        """Divide windows at a position into regions: first that of the stack in use, then those of other stacks.

        `live` are its frames, innermost first, `callers` those beyond them. Other stacks are those that the goroutine
        has left or will be moved to.
        """
        low, high = windows[0]
        canvas: _Painted = Canvas(low, high)
        for holding in live:
            canvas.paint(holding.frame.low, holding.frame.cfa, holding)
        for frame in callers:
            if frame.low < frame.cfa:
                canvas.paint(frame.return_slot, frame.cfa, Holding(frame, None, (), is_described=False))
        below = live[0].frame.low if live else sp
        canvas.paint(max(live[-1].frame.cfa, below) if live else below, high, None)
        self._below(canvas, position, below)
        canvases = [canvas]
        for low, high in windows[1:]:
            canvases.append(Canvas(low, high))
            self._left(canvases[-1], position)
        for made in canvases:
            made.fill(_Owner(None, "unwritten", 0))
        pieces = [piece for made in canvases for piece in made.in_order()]
        return self._numbered(pieces, position, live)

    def _left(self, canvas: _Painted, position: int) -> None:
        """Paint what lies on a stack that is not in use."""
        for made in self.ownership.latest(position):
            canvas.paint(made.low, made.high, _Owner(made.owner, "stale", made.position))

    def _below(self, canvas: _Painted, position: int, sp: int) -> None:
        top = self.activations.at(position)
        for made in self.ownership.latest(position):
            if not canvas.gaps:
                return
            state: SlotState = "red zone" if _is_red(made, top, sp) else "stale"
            canvas.paint(made.low, made.high, _Owner(made.owner, state, made.position))
        if top is not None:
            red = self.ownership.red_zone(top, position, sp)
            canvas.paint(red, sp, _Owner(top.index, "red zone", position))
        for gone in self.activations.ended(position):  # what lies between the bytes an activation stored
            if gone.entry != "over" and canvas.gaps:
                low = self.ownership.lowest(gone, position)
                canvas.paint(low, gone.cfa, _Owner(gone.index, "stale", gone.end or 0))

    def _numbered(
        self,
        pieces: Sequence[tuple[int, int, _Owner | Holding | None]],
        position: int,
        live: Sequence[Holding],
    ) -> Survey:
        levels = {h.activation.index: h.frame.level for h in live if h.activation is not None}
        seen = {what.activation for _, _, what in pieces if isinstance(what, _Owner)}
        gone = [a for a in self.activations.ended(position) if a.index in seen]
        levels |= {a.index: -1 - n for n, a in enumerate(gone)}
        holdings = {
            index: self.reference(self.activations.rows[index], position, levels[index])
            for index in seen
            if index is not None and index in levels
        }
        regions: list[Region] = []
        for low, high, what in pieces:
            if isinstance(what, Holding):
                begun = 0 if what.activation is None else what.activation.begin
                regions.append(Region(low, high, what.frame.level, "live", what, begun))
            elif isinstance(what, _Owner):
                index = -1 if what.activation is None else what.activation
                made = Region(low, high, levels.get(index), what.state, holdings.get(index), what.since)
                _append(regions, made)
            else:
                regions.append(Region(low, high, None, "live", None, 0))
        return Survey(tuple(regions), tuple(holdings[a.index] for a in gone))


def _is_red(made: Claim, top: Activation | None, sp: int) -> bool:
    is_own = top is not None and made.owner == top.index and made.kind == "red zone"
    return is_own and sp - RED_ZONE <= made.low < sp


def _append(regions: list[Region], made: Region) -> None:
    """Join neighbours of one owner and state; the later claim counts for both."""
    last = regions[-1] if regions else None
    if last is not None and last.high == made.low and (last.level, last.state) == (made.level, made.state):
        since = max(last.since, made.since)
        regions[-1] = Region(last.low, made.high, made.level, made.state, made.holding, since)
    else:
        regions.append(made)
