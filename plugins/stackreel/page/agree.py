"""Whether a site reads a page as `stackreel check` does: what one takes for a block or a claim, the other does too.

A container whose Markdown extension a site lacks leaves what is in it as text or as code, and nobody would judge it.
The same text is read once more, with the extensions that `check` has, and what only one of the two readings sees is an
error. Fences shown in longer fences, or indented as code, are in neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from markdown import Markdown

from stackreel.errors import BlockError, Place, StackreelError
from stackreel.page.collect import EXTENSIONS
from stackreel.page.context import Page
from stackreel.page.conversion import Reading, Run
from stackreel.page.extension import StackreelExtension
from stackreel.page.inline import Anchors
from stackreel.page.statements import Judged, Statement
from stackreel.page.validate import Placed

_MODULES: Mapping[str, str] = {
    name: name if "." in name else f"markdown.extensions.{name}" for name in EXTENSIONS
}


@dataclass(frozen=True)
class _Nobody:
    """Stands in for the studio where only what is seen matters."""

    def judge(self, statement: Statement) -> Judged:
        """Show nothing."""
        return Judged("", 0, is_claim=False)

    def render(self, page: Page, blocks: Sequence[Placed]) -> Sequence[str]:
        """Show nothing."""
        return [""] * len(blocks)

    def anchors(self, page: Page, blocks: Sequence[Placed]) -> Anchors:
        """Link nothing."""
        return {}

    def error_html(self, page: Page, errors: Sequence[StackreelError]) -> str:
        """Show nothing."""
        return ""


def disagreements(md: Markdown, run: Run, seen: Reading) -> Iterator[StackreelError]:
    """Yield an error for each thing of a page that only `check` reads, or only the site, which has `seen` those."""
    text = "\n".join(run.lines)
    known = _reading(text, EXTENSIONS)
    lacking = [name for name in EXTENSIONS if not _has(md, _MODULES[name])]
    needed = lru_cache(maxsize=None)(lambda name: _reading(text, tuple(n for n in EXTENSIONS if n != name)))
    named = {fence.first: fence.name for fence in run.fences}
    for kind in ("blocks", "spans"):
        ours, theirs = _of(seen, kind), _of(known, kind)
        for at in sorted(ours ^ theirs):
            place, what = _placed(run.page, at, named.get(at[0], ""))
            if at in ours:
                yield BlockError(f"{what} is read here, but {_CHECKS_ONLY}", place=place)
                continue
            causes = [name for name in lacking if at not in _of(needed(name), kind)]
            yield _left(what, place, causes)


_CHECKS_ONLY = f"`stackreel check` takes it for text: of Markdown's extensions it has {', '.join(EXTENSIONS)}"


def _left(what: str, place: Place, causes: Sequence[str]) -> BlockError:
    """Say that something is left as text, and what the site lacks."""
    if not causes:
        said = "with this site's Markdown extensions, but read by `stackreel check`"
        return BlockError(f"{what} is left as text {said}", place=place)
    names = " and ".join(f"`{name}`" for name in causes)
    lacks = f"the Markdown extension{'s' if len(causes) > 1 else ''} {names}"
    return BlockError(
        f"{what} is left as text, as the site lacks {lacks}",
        place=place,
        example=f"markdown_extensions: [{', '.join(causes)}]",
    )


def _of(reading: Reading, kind: str) -> frozenset[tuple[int, int]]:
    return reading.spans if kind == "spans" else frozenset((line, 0) for line in reading.blocks)


def _placed(page: Page, at: tuple[int, int], name: str) -> tuple[Place, str]:
    place = page.place(at[0])
    what = f"this `{name}` block" if not at[1] else "what this code span says of the machine"
    return Place(place.file, place.line, at[1]), what


def _reading(text: str, extensions: Sequence[str]) -> Reading:
    """Read a text with these Markdown extensions and ours."""
    found: list[Reading] = []
    ours = StackreelExtension(
        renderer=_Nobody(), page=lambda: Page(""), report=lambda _: None, listen=found.append
    )
    Markdown(extensions=[*extensions, ours]).convert(text)
    return found[-1] if found else Reading()


def _has(md: Markdown, module: str) -> bool:
    """Tell whether a converter has a processor of a module, or one that is made from it."""
    registered = chain(
        md.preprocessors, md.parser.blockprocessors, md.inlinePatterns, md.treeprocessors, md.postprocessors
    )
    return any(kind.__module__ == module for one in registered for kind in type(one).__mro__)
