"""What `stackreel check` reads and a site does not, or the other way round, is an error of the build."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import pytest
from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension

from stackreel.errors import StackreelError
from stackreel.page.collect import EXTENSIONS, collect
from stackreel.page.context import Page, open_page
from stackreel.page.extension import StackreelExtension
from stackreel.page.inline import Anchors
from stackreel.page.statements import Judged, Statement
from stackreel.page.validate import Placed
from support.sites import site

BLOCK = "```stack-figure\nexample: sum\nat: main\n```"
SPAN = "`{sum @ enter sum} edi == 1`"
LEFT = "is left as text, as the site lacks the Markdown extension"


class Stand:
    """Draws nothing, judges nothing, keeps the errors."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def judge(self, statement: Statement) -> Judged:
        return Judged("shown", 0, is_claim=False)

    def render(self, page: Page, blocks: Sequence[Placed]) -> Sequence[str]:
        return ["<figure>drawn</figure>"] * len(blocks)

    def anchors(self, page: Page, blocks: Sequence[Placed]) -> Anchors:
        return {}

    def error_html(self, page: Page, errors: Sequence[StackreelError]) -> str:
        return "".join(f"<div>{error.message}</div>" for error in errors)

    def report(self, error: StackreelError) -> None:
        self.errors.append(str(error))


def build(text: str, extensions: Sequence[str | Extension]) -> tuple[str, list[str]]:
    stand = Stand()
    page = open_page("a.md", text)
    ours = StackreelExtension(renderer=stand, page=lambda: page, report=stand.report)
    return Markdown(extensions=[*extensions, ours]).convert(text), stand.errors


def indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


CONTAINERS = [
    ("admonition", "!!! note\n\n"),
    ("pymdownx.details", "??? note\n\n"),
    ("pymdownx.tabbed", '=== "Tab"\n\n'),
    ("footnotes", "noted[^1]\n\n[^1]: words\n\n"),
    ("def_list", "Term\n\n:   meaning\n\n"),
]


@pytest.mark.parametrize(("extension", "head"), CONTAINERS)
@pytest.mark.parametrize(
    ("inside", "what", "column"),
    [
        (BLOCK, "this `stack-figure` block", 0),
        (SPAN, "what this code span says of the machine", 6),
    ],
)
def test_a_container_whose_extension_is_missing_is_told(
    extension: str, head: str, inside: str, what: str, column: int
) -> None:
    text = f"# Title\n\n{head}{indented(inside)}"
    line = 3 + head.count("\n")
    place = f"a.md:{line}:{column}" if column else f"a.md:{line}"
    html, errors = build(text, [name for name in EXTENSIONS if name != extension])
    assert errors == [
        f"{place}: {what} {LEFT} `{extension}`\nfor example: markdown_extensions: [{extension}]"
    ]
    assert LEFT in html
    assert build(text, EXTENSIONS)[1] == []


def test_a_fence_right_below_its_container_is_told() -> None:
    _, errors = build(f"!!! note\n{indented(BLOCK)}", ())
    assert [error.split(": ")[0] for error in errors] == ["a.md:2"]


def test_containers_in_each_other_name_all_that_is_missing() -> None:
    text = f'=== "Tab"\n\n    !!! note\n\n{indented(indented(BLOCK))}'
    _, errors = build(text, ["def_list"])
    assert errors == [
        f"a.md:5: this `stack-figure` block {LEFT}s `admonition` and `pymdownx.tabbed`\n"
        "for example: markdown_extensions: [admonition, pymdownx.tabbed]"
    ]
    assert f"{LEFT} `admonition`\n" in build(text, ["pymdownx.tabbed"])[1][0]


def test_markdown_inside_html_is_told() -> None:
    _, errors = build(f'<div markdown="1">\n\n{SPAN}\n\n</div>', ())
    assert len(errors) == 1
    assert errors[0].startswith(f"a.md:3:2: what this code span says of the machine {LEFT} `md_in_html`")


def test_the_second_of_two_equal_spans_is_told() -> None:
    _, errors = build(f"{SPAN}\n\n!!! note\n\n{indented(SPAN)}", ())
    assert [error.split(": ")[0] for error in errors] == ["a.md:5:6"]


@pytest.mark.parametrize(
    "text",
    [
        f"!!! note\n\n    ````markdown\n{indented(BLOCK)}    ````\n",
        f"````markdown\n!!! note\n\n{indented(BLOCK)}{indented(SPAN)}````\n",
        f"as code:\n\n{indented(BLOCK)}",
        f"<!--\n!!! note\n\n{indented(BLOCK)}-->\n",
        f"- item\n\n{indented(BLOCK)}\n{indented(SPAN)}",
        f"> {SPAN}\n",
        f"| a |\n|---|\n| {SPAN} |\n",
        f"[^1]: noted {SPAN}\n\nand[^1] there[^1]\n",
    ],
)
@pytest.mark.parametrize("extensions", [("fenced_code", "tables", "toc"), (*EXTENSIONS, "toc")])
def test_what_both_read_alike_is_no_error(text: str, extensions: Sequence[str]) -> None:
    assert build(text, extensions)[1] == []


class _Asides(BlockProcessor):
    """A container that `stackreel check` does not know: `@@@`, with what is indented below it."""

    def test(self, parent: Element, block: str) -> bool:
        return block.startswith("@@@")

    def run(self, parent: Element, blocks: list[str]) -> None:
        blocks.pop(0)
        aside = SubElement(parent, "aside")
        while blocks and blocks[0].startswith("    "):
            self.parser.parseBlocks(aside, [self.detab(blocks.pop(0))[0]])


class Asides(Extension):
    """The extension of `_Asides`."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        md.parser.blockprocessors.register(_Asides(md.parser), "asides", 175)


def test_what_only_the_site_reads_is_told_too() -> None:
    text = f"@@@\n\n{indented(BLOCK)}\n{indented(SPAN)}"
    assert [item.kind for item in collect(open_page("a.md", text), text)] == []
    html, errors = build(text, [Asides()])
    assert "drawn" in html
    assert [
        error.split(" is read here, but `stackreel check` takes it for text: ")[0] for error in errors
    ] == [
        "a.md:3: this `stack-figure` block",
        "a.md:8:6: what this code span says of the machine",
    ]


def test_a_strict_build_and_check_both_fail(tmp_path: Path) -> None:
    text = "# T\n\n!!! note\n\n    ```stack-check\n    {sum @ enter sum} edi == 2\n    ```\n"
    here = site(tmp_path / "s", {"index.md": text})
    built = here.build("--strict")
    assert built.status == 1
    assert f"docs/index.md:5: this `stack-check` block {LEFT} `admonition`" in built.said
    assert here.build("--strict").status == 1  # nothing of it is remembered
    config = here.folder / "mkdocs.yml"
    config.write_text(config.read_text() + "markdown_extensions: [admonition]\n")
    assert "this is false: edi == 2" in here.build("--strict").said
