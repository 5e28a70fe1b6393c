"""Code spans that are computed or claimed: in every container, at their own lines, linked, escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from markdown import Markdown

from stackreel.errors import ClaimError, StackreelError
from stackreel.page import Page, StackreelExtension, open_page
from stackreel.page.collect import EXTENSIONS
from stackreel.page.inline import Anchors
from stackreel.page.spans import Spans
from stackreel.page.statements import Judged, Span, Statement, read_span
from stackreel.page.validate import Placed


@dataclass
class Stand:
    """Judges by the text alone: `no` is false, all else is 7 at position 3."""

    said: list[Statement] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def judge(self, statement: Statement) -> Judged | tuple[StackreelError, ...]:
        self.said.append(statement)
        if statement.text == "no":
            return (ClaimError("it is false", place=statement.place),)
        return Judged("7", 3, is_claim="==" in statement.text)

    def anchors(self, page: Page, blocks: Sequence[Placed]) -> Anchors:
        return {("one", 3): f"reel:{len(blocks)}"}

    def render(self, page: Page, blocks: Sequence[Placed]) -> Sequence[str | tuple[StackreelError, ...]]:
        return ["<figure></figure>"] * len(blocks)

    def error_html(self, page: Page, errors: Sequence[StackreelError]) -> str:
        return "<div>wrong</div>"

    def places(self) -> list[str]:
        return [f"{one.place.line}:{one.place.column} {one.text}" for one in self.said]


def convert(text: str, *more: str, **options: dict[str, object]) -> tuple[str, Stand]:
    stand = Stand()
    page = open_page("a.md", f"---\nstackreel: {{example: one}}\n---\n{text}")
    ours = StackreelExtension(renderer=stand, page=lambda: page, report=lambda e: stand.errors.append(str(e)))
    html = Markdown(extensions=[*EXTENSIONS, "toc", *more, ours], extension_configs=options).convert(text)
    return html, stand


CONTAINERS = {
    "paragraph": ("a `{main+4} x` b", ["4:4 x"]),
    "heading": ("# a `{main+4} x`", ["4:6 x"]),
    "list": ("- a\n- b `{main+4} x`\n    - `{main+4} y`", ["5:6 x", "6:8 y"]),
    "numbers": ("1. a\n2. b `{main+4} x`", ["5:7 x"]),
    "table": (
        "| a | b |\n|---|---|\n| `{main+4} x` | `{main+4} y` |\n| 1 | `{main+4} z` |",
        ["6:4 x", "6:19 y", "7:8 z"],
    ),
    "quote": ("> a\n> `{main+4} x`", ["5:4 x"]),
    "admonition": ('!!! note "t `{main+4} x`"\n\n    b `{main+4} y`', ["4:14 x", "6:8 y"]),
    "details": ('??? note "t"\n\n    b `{main+4} y`', ["6:8 y"]),
    "tabs": ('=== "t"\n\n    b `{main+4} y`', ["6:8 y"]),
    "footnote": ("a[^1]\n\nb `{main+4} x`\n\n[^1]: c `{main+4} y`", ["6:4 x", "8:10 y"]),
    "definition": ("a\n:   b `{main+4} x`", ["5:8 x"]),
    "emphasis": ("**b `{main+4} x`**", ["4:6 x"]),
    "link": ("[b `{main+4} x`](u)", ["4:5 x"]),
    "two lines": ("a `{main+4}\nx` b `{main+4} y`", ["4:4 x", "5:7 y"]),
    "double backquotes": ("a ``{main+4} x``", ["4:5 x"]),
    "html": ("<div markdown>\n`{main+4} x`\n</div>", ["5:2 x"]),
    "chinese": ("栈顶是`{main+4} x`，然后", ["4:5 x"]),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_has_them_at_their_lines(name: str) -> None:
    text, places = CONTAINERS[name]
    html, stand = convert(text)
    assert sorted(stand.places()) == sorted(places)
    assert html.count(">7</code>") == len(places)
    assert "{main" not in html


def test_equal_spans_have_their_own_lines() -> None:
    text = "`{main} no`\n\n```c\n`{main} no`\n```\n\n- `{main} no`\n\n    `{main} no`\n"
    _, stand = convert(text)
    assert [re.sub(r"a\.md:(\d+).*", r"\1", error) for error in stand.errors] == ["4", "10", "12"]


def test_lines_are_the_files_behind_a_snippet(tmp_path: Path) -> None:
    (tmp_path / "part.c").write_text("int a;\nint b;\n\nint c;\n")
    text = '```c\n--8<-- "part.c"\n```\n\n`{main} x`\n\n```stack-figure\nat: main\ncolour: red\n```\n'
    base: dict[str, object] = {"base_path": [str(tmp_path)]}
    _, stand = convert(text, "pymdownx.snippets", **{"pymdownx.snippets": base})
    assert stand.places() == ["8:2 x"]
    assert stand.errors[0].startswith("a.md:12:1: ")


LITERAL = {
    r"`\{main+4} x`": "<code>{main+4} x</code>",
    "`` `{main+4} x` ``": "<code>`{main+4} x`</code>",
    "`{main+4}`": "<code>{main+4}</code>",
    "`{0, 1} set`": "<code>{0, 1} set</code>",
    "`{{ page }} x`": "<code>{{ page }} x</code>",
    "`{ return x; } y`": "<code>{ return x; } y</code>",
    r"\`{main+4} x\`": "`{main+4} x`",
    "`a`{.cls} and `b`": '<code class="cls">a</code> and <code>b</code>',
    "    `{main+4} x`": "<pre><code>`{main+4} x`\n</code></pre>",
    "```c\n`{main+4} x`\n```": '<div class="highlight"><pre><span></span><code><span class="err">`</span>',
}


@pytest.mark.parametrize("text", LITERAL)
def test_what_is_not_ours_stays(text: str) -> None:
    html, stand = convert(text)
    assert LITERAL[text] in html
    assert stand.said == []


def test_values_link_to_where_their_moment_is_shown() -> None:
    html, _ = convert("`{main} x` [`{main} x`](u) `{two @ main} x`\n\n# `{main} x`\n\n```stack-reel\n```")
    assert html.count('<a class="sd-at" href="#reel:1">') == 1
    assert "data-sd-at" not in html
    assert '<a href="u"><code class="sd-value" title="main, step 3 of the run">7</code></a>' in html


def test_a_false_claim_is_visible_and_told() -> None:
    html, stand = convert("a `{main} no` b")
    assert stand.errors == ["a.md:4:4: it is false"]
    assert '<code class="sd-wrong" role="alert" title="a.md:4:4: it is false">no</code>' in html


def test_no_example_is_an_error_that_tells_the_escape() -> None:
    stand = Stand()
    page = open_page("a.md", "`{main} x`")
    ours = StackreelExtension(renderer=stand, page=lambda: page, report=lambda e: stand.errors.append(str(e)))
    Markdown(extensions=[ours]).convert("`{main} x`")
    assert stand.said == []
    (error,) = stand.errors
    assert error.startswith("a.md:1:2: this names no example")
    assert r"begins with `\{`" in error


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("{after main+0} rsp", Span("", "after main+0", "rsp", 15)),
        ("{c-sum @ sum+4 #3} eax == 3", Span("c-sum", "sum+4 #3", "eax == 3", 19)),
        ("{enter printf@plt} rdi", Span("", "enter printf@plt", "rdi", 19)),
        ("{src/sum.c:4} a", Span("", "src/sum.c:4", "a", 14)),
        ("{main} a @ {sum} == 3", Span("", "main", "a @ {sum} == 3", 7)),
        ("{main}", None),
        ("{} x", None),
        ("x {main} y", None),
    ],
)
def test_spans_are_read(written: str, span: Span | None) -> None:
    assert read_span(written) == span


def test_the_examples_a_page_needs() -> None:
    lines = ["`{main} x`, `{two @ main} x`", "```c", "`{three @ main} x`", "```"]
    assert Spans.find(lines).examples() == ("", "two")
