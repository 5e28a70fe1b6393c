"""The Markdown extension: finds our fences, lets Markdown do its work, puts the drawn blocks in at the end.

It works under plain Python-Markdown and under any tool that runs it, with fenced_code or pymdownx.superfences
beside it or without. A fence becomes a raw HTML marker before other extensions see it; the marker is a block of
its own at the fence's depth, so lists, quotes, admonitions and tabs hold it like a paragraph. All blocks of a
page are rendered together when the rest of the page is done.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE, AtomicString, code_escape

from stackreel.errors import StackreelError, told
from stackreel.page.context import Page
from stackreel.page.conversion import Reading, Renderer, Run
from stackreel.page.fences import NAMES, OURS, Fence, scan
from stackreel.page.inline import PRIORITY, Anchors, Unlinked, Values, ValueSpans, link
from stackreel.page.memory import Memory
from stackreel.page.spans import Spans

if TYPE_CHECKING:
    from stackreel.page.validate import Placed

log = logging.getLogger("stackreel")


class StackreelExtension(Extension):
    """Stack figures, reels, listings and text figures as fenced blocks.

    A host passes `renderer`, `page` (which page is being rendered), `report` (who hears of errors) and, where it has
    one, the `memory` of pages. Alone, the extension makes them from its options, which are those of `getConfigs()`.
    `listen` is told what of a page was read as ours; without it, that is compared with what `stackreel check` reads.
    """

    def __init__(
        self,
        *,
        renderer: Renderer | None = None,
        page: Callable[[], Page] | None = None,
        report: Callable[[StackreelError], None] | None = None,
        memory: Memory | None = None,
        listen: Callable[[Reading], None] | None = None,
        **options: object,
    ) -> None:
        self.config = {
            "traces": ["traces", "folder of the examples"],
            "cache": ["", "folder of recorded traces and drawn blocks; default: the user's cache folder"],
            "file": ["document.md", "the file named in errors"],
            "language": ["en", "language of our own words: en or zh"],
            "syntax": ["att", "assembly syntax where a block names none: att, intel or go"],
            "jobs": [0, "emulators at a time; 0: one a processor"],
        }
        super().__init__(**options)
        self._renderer = renderer
        self._page = page
        self._report = report or _log
        self._memory = memory
        self._listen = listen

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Register with `md`: before other fences are found (25), before code is coloured, and at the end."""
        renderer = self._renderer or self._own_renderer()
        wrong: list[StackreelError] = []
        run = Run(
            renderer,
            self._page,
            self._report,
            self.getConfigs(),
            Values(renderer, wrong.append),
            wrong,
            self._memory,
            self._listen,
        )
        md.preprocessors.register(_Count(md, run), "stackreel_lines", 31)
        md.preprocessors.register(_Collect(md, run), "stackreel", 26)
        md.inlinePatterns.register(ValueSpans(md, run.values), "stackreel_values", PRIORITY)
        md.treeprocessors.register(_Restore(md, run), "stackreel_code", 100)
        md.treeprocessors.register(Unlinked(md), "stackreel_values", 6)
        md.treeprocessors.register(_Whole(md, run), "stackreel_whole", -100)
        md.postprocessors.register(_Insert(md, run), "stackreel", -10)

    def _own_renderer(self) -> Renderer:
        """Make the studio of the options; loaded here, as a host brings its own."""
        from stackreel.page.studio import Settings, Studio  # noqa: PLC0415 - see the docstring

        options = self.getConfigs()
        traces = Path(options["traces"]).absolute()
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        settings = Settings(
            traces=traces,
            cache=Path(options["cache"]) if options["cache"] else home / "stackreel",
            root=Path.cwd(),
            syntax=options["syntax"],
            jobs=options["jobs"],
        )
        return Studio(settings)


def _log(error: StackreelError) -> None:
    log.warning("%s", error)


class _Count(Preprocessor):
    """Sees the text before anything is taken from its top (the meta extension is at 27)."""

    def __init__(self, md: Markdown, run: Run) -> None:
        super().__init__(md)
        self._run = run

    def run(self, lines: list[str]) -> list[str]:
        self._run.begin(self.md, "\n".join(lines))
        return lines


class _Collect(Preprocessor):
    """Takes our fences out and leaves a marker in the place of each."""

    def __init__(self, md: Markdown, run: Run) -> None:
        super().__init__(md)
        self._run = run

    def run(self, lines: list[str]) -> list[str]:
        run = self._run
        run.read(lines)
        result: list[str] = []
        after = 0
        for fence in scan(lines, NAMES):
            result += lines[after : fence.first]
            result += self._marker(fence, lines)
            after = fence.last
        return result + lines[after:]

    def _marker(self, fence: Fence, lines: Sequence[str]) -> list[str]:
        """Return the lines that stand for `fence`: a marker, apart from what is around it."""
        run = self._run
        number = len(run.fences)
        run.fences.append(fence)
        run.originals.append(tuple(lines[fence.first : fence.last]))
        stash = self.md.htmlStash.store(_marker(number))
        run.markers[stash] = number
        blank = fence.prefix.rstrip()
        before = [blank] if fence.first and _bare(lines[fence.first - 1]) else []
        behind = [blank] if fence.last < len(lines) and _bare(lines[fence.last]) else []
        return [*before, fence.prefix + stash, *behind]


_TERMINAL_TAB = 8


def _with_tabs(fence: Fence, page: Page) -> Fence:
    """Return a fence whose tabs are as wide as on a terminal, where its text was copied from one."""
    from stackreel.page.blocks import TAILED  # noqa: PLC0415 - remembered pages need no schema

    if fence.name not in TAILED:
        return fence
    first, depth = fence.first + 1, len(fence.prefix)
    body = list(fence.body)
    for number, line in enumerate(body):
        written = page.written(first + number, fence.prefix + line)
        if "\t" in written and written.startswith(fence.prefix):
            body[number] = written[depth:].expandtabs(_TERMINAL_TAB)
    return replace(fence, body=tuple(body))


def _bare(line: str) -> bool:
    """Tell whether a line holds more than a container's own signs."""
    return bool(line.strip(" >"))


def _marker(number: int) -> str:
    return f'<div data-stackreel-block="{number}"></div>'


_MARKER = re.compile(r'<div data-stackreel-block="(\d+)"></div>')


class _Restore(Treeprocessor):
    """Gives a fence that turned out to stand in indented code its text back."""

    def __init__(self, md: Markdown, run: Run) -> None:
        super().__init__(md)
        self._run = run

    def run(self, root: Element) -> None:
        for code in root.iter("code"):
            if code.text and HTML_PLACEHOLDER_RE.search(code.text):
                lines = code.text.split("\n")
                code.text = AtomicString("\n".join(text for line in lines for text in self._original(line)))

    def _original(self, line: str) -> Sequence[str]:
        number = self._run.markers.get(line.strip())
        if number is None:
            return (line,)
        depth = line[: len(line) - len(line.lstrip())]
        prefix = self._run.fences[number].prefix
        return tuple(depth + code_escape(text[len(prefix) :]) for text in self._run.originals[number])


class _Whole(Treeprocessor):
    """Notes that the page is whole: what postprocessors are given before are parts of it, for the contents list."""

    def __init__(self, md: Markdown, run: Run) -> None:
        super().__init__(md)
        self._run = run

    def run(self, root: Element) -> None:
        self._run.is_whole = True


class _Insert(Postprocessor):
    """Renders the blocks that are still there, all together, and reports every error of the page by its line."""

    def __init__(self, md: Markdown, run: Run) -> None:
        super().__init__(md)
        self._run = run

    def run(self, text: str) -> str:
        html = self._inserted(text)
        if self._run.is_whole:
            for error in told(self._run.wrong):
                self._run.report(error)
        return html

    def _inserted(self, text: str) -> str:
        run = self._run
        if not run.fences and not run.values.count and not run.values.spans and not run.page.errors:
            return text
        shown = sorted({int(found[1]) for found in _MARKER.finditer(text)} & set(range(len(run.fences))))
        if run.remembered is not None and run.remembered.blocks.keys() >= set(shown):
            return _filled(text, run.remembered.blocks, run.remembered.anchors)
        return self._rendered(text, shown)

    def _rendered(self, text: str, shown: Sequence[int]) -> str:
        """Render the blocks of these numbers; remember the page, if it is whole and right."""
        from stackreel.page.validate import Placed, read_block  # noqa: PLC0415 - remembered pages need no schema

        run = self._run
        read = [
            read_block(_with_tabs(run.fences[n], run.page), run.page.place(run.fences[n].first))
            for n in shown
        ]
        rendered = iter(run.renderer.render(run.page, [block for block in read if isinstance(block, Placed)]))
        outcomes = [_outcome(block, next(rendered)) if isinstance(block, Placed) else block for block in read]
        html = dict(zip(shown, (self._html(outcome) for outcome in outcomes), strict=True))
        errors = (*run.page.errors, *(self._disagreements(shown) if run.is_whole else ()))
        top = self._html(errors) if errors else ""
        blocks = [block for block in read if isinstance(block, Placed)]
        anchors = run.renderer.anchors(run.page, blocks) if run.values.count else {}
        if run.is_whole:
            run.keep(html, anchors, blocks)
        return top + _filled(text, html, anchors)

    def _disagreements(self, shown: Sequence[int]) -> Iterable[StackreelError]:
        """Return what of the page `stackreel check` reads otherwise, if nobody else listens."""
        from stackreel.page.agree import disagreements  # noqa: PLC0415 - remembered pages need no second reading

        run = self._run
        seen = Reading(frozenset(run.fences[n].first for n in shown), frozenset(run.values.seen))
        if run.listen is None:
            return disagreements(self.md, run, seen)
        run.listen(seen)
        return ()

    def _html(self, outcome: str | tuple[StackreelError, ...]) -> str:
        if isinstance(outcome, str):
            return outcome
        self._run.wrong += outcome
        return self._run.renderer.error_html(self._run.page, outcome)


def _filled(text: str, blocks: Mapping[int, str], anchors: Anchors) -> str:
    """Return a page's HTML with its blocks in it, and its values linked."""
    linked = link(text, anchors)
    return _MARKER.sub(lambda found: blocks.get(int(found[1]), found[0]), linked)


def _outcome(placed: Placed, rendered: str | tuple[StackreelError, ...]) -> str | tuple[StackreelError, ...]:
    """Return the HTML of a block, or everything that is wrong with it."""
    if not placed.errors:
        return rendered
    return told([*placed.errors, *(rendered if isinstance(rendered, tuple) else ())])


def examples_of(page: Page, text: str) -> frozenset[str]:
    """Return the examples that the blocks and code spans of a page need; for recording ahead."""
    from stackreel.page.validate import Placed, read_block  # noqa: PLC0415 - remembered pages need no schema

    lines = text.expandtabs(4).split("\n")
    fences = scan(lines, NAMES) if OURS in text else ()
    read = [read_block(fence, page.place(fence.first)) for fence in fences]
    named = [block.block.example for block in read if isinstance(block, Placed)]
    named += Spans.find(lines).examples()
    return frozenset(name or page.options.example for name in named) - {""}
