"""Where on a page a position of a run can be seen: the step of a reel, else a figure."""

from __future__ import annotations

from collections.abc import Sequence

from stackreel.errors import StackreelError
from stackreel.page.blocks import Figure, Reel
from stackreel.page.judge import Judge
from stackreel.page.plans import Request


def find_anchors(requests: Sequence[Request], judge: Judge) -> dict[tuple[str, int], str]:
    """Return the HTML id for each (example, position) that the blocks of a page show; reels first, then in order.

    A block that is wrong shows nothing; what is wrong with it is told where it is drawn.
    """
    found: dict[tuple[str, int], str] = {}
    for kind in (Reel, Figure):
        for request in requests:
            if isinstance(request.placed.block, kind):
                for position, ident in _shown(request, judge):
                    found.setdefault((request.example, position), ident)
    return found


def _shown(request: Request, judge: Judge) -> list[tuple[int, str]]:
    block = request.placed.block
    try:
        if isinstance(block, Figure):
            return [(judge.position(request.example, block.at), request.ident)]
        if isinstance(block, Reel):
            first = judge.position(request.example, block.from_)
            last = judge.position(request.example, block.to)
            return [(k, f"{request.ident}:{k - first}") for k in range(first, last + 1)]
    except StackreelError:
        return []
    return []
