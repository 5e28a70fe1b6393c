"""The extension under plain Python-Markdown, with a renderer that draws nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from markdown import Markdown
from markdown.preprocessors import Preprocessor

from stackreel.errors import MomentError, StackreelError
from stackreel.page.context import Page
from stackreel.page.extension import StackreelExtension
from stackreel.page.validate import Placed


@dataclass
class Stand:
    """Renders each block as its kind and data; `nowhere` is no moment."""

    calls: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def render(self, page: Page, blocks: Sequence[Placed]) -> Sequence[str | tuple[StackreelError, ...]]:
        self.calls.append(len(blocks))
        return [self._one(block) for block in blocks]

    def _one(self, placed: Placed) -> str | tuple[StackreelError, ...]:
        if placed.body.data.get("at") == "nowhere":
            return (MomentError("never reached", place=placed.body.value(("at",))),)
        return f"<figure>{placed.kind} {dict(placed.body.data)} line {placed.place.line}</figure>"

    def error_html(self, page: Page, errors: Sequence[StackreelError]) -> str:
        return f"<div>{len(errors)} error</div>"

    def report(self, error: StackreelError) -> None:
        self.errors.append(str(error))


def convert(text: str, *extensions: str) -> tuple[str, Stand]:
    stand = Stand()
    ours = StackreelExtension(renderer=stand, report=stand.report, file="a.md")
    return Markdown(extensions=[*extensions, ours]).convert(text), stand


FIGURE = "<figure>stack-figure {'at': 'main'} line %d</figure>"
BESIDE = [
    (),
    ("fenced_code",),
    ("pymdownx.superfences",),
    ("pymdownx.superfences", "pymdownx.highlight", "meta"),
]


@pytest.mark.parametrize("extensions", BESIDE)
def test_a_fence_becomes_a_block_of_its_own(extensions: tuple[str, ...]) -> None:
    html, stand = convert("before\n```stack-figure\nat: main\n```\nafter", *extensions)
    assert html == f"<p>before</p>\n{FIGURE % 2}\n<p>after</p>"
    assert stand.calls == [1]


@pytest.mark.parametrize("extensions", BESIDE)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "- item\n\n    ```stack-figure\n    at: main\n    ```\n\n- next",
            f"<ul>\n<li>\n<p>item</p>\n{FIGURE % 3}\n</li>\n<li>\n<p>next</p>\n</li>\n</ul>",
        ),
        (
            "> quote\n> ```stack-figure\n> at: main\n> ```\n> more",
            f"<blockquote>\n<p>quote</p>\n{FIGURE % 2}\n<p>more</p>\n</blockquote>",
        ),
        (
            "1. one\n    - two\n\n        ```stack-figure\n        at: main\n        ```",
            f"<ol>\n<li>one<ul>\n<li>\n<p>two</p>\n{FIGURE % 4}\n</li>\n</ul>\n</li>\n</ol>",
        ),
    ],
)
def test_lists_and_quotes_hold_a_fence(text: str, expected: str, extensions: tuple[str, ...]) -> None:
    assert convert(text, *extensions)[0] == expected


@pytest.mark.parametrize("beside", ["fenced_code", "pymdownx.superfences"])
@pytest.mark.parametrize(
    ("extension", "head"),
    [
        ("admonition", '!!! note "N"'),
        ("pymdownx.details", '??? note "N"'),
        ("pymdownx.tabbed", '=== "Tab"'),
    ],
)
def test_admonitions_details_and_tabs_hold_a_fence(extension: str, head: str, beside: str) -> None:
    html, _ = convert(f"{head}\n    ```stack-figure\n    at: main\n    ```\n\n    words", extension, beside)
    assert f"{FIGURE % 2}\n<p>words</p>\n</d" in html


def test_markdown_inside_html_holds_a_fence() -> None:
    html, _ = convert('<div markdown="1">\n\n```stack-figure\nat: main\n```\n\n</div>', "md_in_html")
    assert html == f"<div>\n{FIGURE % 3}\n</div>"


@pytest.mark.parametrize("extensions", [(), ("pymdownx.highlight",), ("codehilite",)])
def test_indented_code_shows_the_fence_and_renders_nothing(extensions: tuple[str, ...]) -> None:
    text = "text\n\n    see:\n\n    ```stack-figure\n    at: <main>\n    ```\n\nend"
    html, stand = convert(text, *extensions)
    assert "```stack-figure" in html
    assert "at:" in html
    assert "stash" not in html
    assert "wzxhzdk" not in html
    assert "<main>" not in html
    assert stand.calls in ([], [0])


@pytest.mark.parametrize("extensions", BESIDE)
def test_a_fence_shown_in_a_longer_fence_is_not_rendered(extensions: tuple[str, ...]) -> None:
    html, stand = convert("````md\n```stack-figure\nat: main\n```\n````\n", *extensions)
    assert "at: main" in html
    assert stand.calls == []


def test_a_page_is_rendered_in_one_call_and_all_errors_are_reported() -> None:
    good, bad = "```stack-figure\nat: main\n```\n\n", "```stack-figure\nat: nowhere\n```\n\n"
    html, stand = convert(good + bad + "```stack-reel\nfrm: a\ntoo: b\n```\n\n" + bad + good)
    assert stand.calls == [5]
    assert [error.split(":")[1] for error in stand.errors] == ["6", "10", "11", "15"]
    assert html.count("<div>1 error</div>") == 2
    assert html.count("<div>2 error</div>") == 1
    assert html.count("<figure>") == 2


def test_front_matter_counts_and_its_errors_are_shown() -> None:
    text = "---\ntitle: x\nstackreel: {exmaple: a}\n---\n\n```stack-figure\nat: main\nb: c\n```\n"
    html, stand = convert(text, "meta")
    assert [error.split(": ")[0] for error in stand.errors] == ["a.md:3:13", "a.md:8:1"]
    assert html.startswith("<div>1 error</div>")


def test_one_converter_can_convert_again() -> None:
    stand = Stand()
    md = Markdown(extensions=[StackreelExtension(renderer=stand, report=stand.report)])
    text = "```stack-figure\nat: main\n```"
    assert md.convert(text) == FIGURE % 1
    assert md.reset().convert("x\n\n" + text) == f"<p>x</p>\n{FIGURE % 3}"
    assert md.convert("no blocks") == "<p>no blocks</p>"


def test_a_marker_written_by_hand_stays_what_it_is() -> None:
    html, _ = convert('<div data-stackreel-block="7"></div>\n\n```stack-figure\nat: main\n```')
    assert '<div data-stackreel-block="7"></div>' in html


class RenderingContext(Preprocessor):
    """What Zensical leaves in a converter, as far as we look at it."""

    page = SimpleNamespace(path="sub/a.md")
    config: ClassVar[dict[str, object]] = {"docs_dir": "docs", "theme": {"language": "zh"}}

    def run(self, lines: list[str]) -> list[str]:
        return lines


def test_a_page_known_to_the_converter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "# Title\n\n```stack-figure\nat: main\ncolour: red\n```\n"
    (tmp_path / "docs/sub").mkdir(parents=True)
    (tmp_path / "docs/sub/a.md").write_text(f"---\nstackreel: {{exmaple: x}}\n---\n\n{text}")
    monkeypatch.chdir(tmp_path)
    stand = Stand()
    md = Markdown(extensions=[StackreelExtension(renderer=stand, report=stand.report)])
    md.preprocessors.register(RenderingContext(md), "rendering_context", 0)
    md.convert(text)
    assert [error.split(": ")[0] for error in stand.errors] == ["docs/sub/a.md:2:13", "docs/sub/a.md:9:1"]
