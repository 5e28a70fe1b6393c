import re
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import click
import markdown
import pytest

from stackreel.hosts.cli import cli
from stackreel.hosts.mkdocs_config import LimitsConfig, PdfConfig, StackreelConfig
from stackreel.page import StackreelExtension, open_page
from stackreel.page.blocks import KINDS, Objdump, reference
from stackreel.page.uncovered import uncovered
from support.project import ROOT, theme_hook

ARTICLES = sorted((ROOT / "docs").glob("**/*.md"))
CHINESE = [path for path in ARTICLES if "adr" not in path.parts]
GUIDE = ROOT / "docs/zh/guide.md"
GUIDES = (GUIDE, ROOT / "docs/en/guide.md")
WIDE = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
FENCE = re.compile(
    r"^(?P<indent> *)(?P<mark>`{3,})[^\n]*\n.*?^(?P=indent)(?P=mark) *$", re.MULTILINE | re.DOTALL
)


def prose(path: Path) -> str:
    return FENCE.sub("", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", CHINESE, ids=lambda path: path.stem)
def test_no_line_ends_inside_a_chinese_paragraph(path: Path) -> None:
    # a browser shows a line's end as a space
    assert re.findall(rf".{{0,8}}[{WIDE}]\n *[{WIDE}`].{{0,8}}", prose(path)) == []


@pytest.mark.parametrize("path", CHINESE, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nothing_about_the_machine_is_typed_without_a_reason(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [str(found) for found in uncovered(open_page(path.name, text), text) if not found.reason] == []


SUMMARISED = [path for path in CHINESE if "{ #summary }" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", SUMMARISED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_point_of_a_summary_has_a_claim(path: Path) -> None:
    summary = path.read_text(encoding="utf-8").partition("{ #summary }")[2]
    points = re.findall(r"^(?:- |:   )(.*)$", summary, re.MULTILINE)
    assert len(points) > 3
    assert [point for point in points if "`{" not in point] == []


def test_room_is_made_and_given_up_in_words_of_their_own() -> None:
    # the one word for both is left to what a goroutine does with the CPU
    told = [hit for path in CHINESE for hit in re.findall("让出.{0,4}", path.read_text(encoding="utf-8"))]
    assert [hit for hit in told if hit != "让出 CPU"] == []


def test_the_article_steps_through_the_whole_call() -> None:
    article = (ROOT / "docs/zh/c-call.md").read_text(encoding="utf-8")
    assert re.search(r"```stack-reel\nfrom: enter main\nto: leave main\n", article)


@pytest.mark.parametrize("kind", KINDS)
def test_the_guide_names_every_key_and_shows_the_block(kind: str) -> None:
    (section,) = re.findall(
        rf"^## {kind}：.*?(?=^## )", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    rows = dict(re.findall(r"^\| ((?:`\w+`、?)+) \| ([^|]+) \|", section, re.MULTILINE))
    told = {key: value for keys, value in rows.items() for key in re.findall(r"`(\w+)`", keys)}
    known = {key: default for key, _, default, _ in reference(KINDS[kind])}
    assert set(told) == set(known)
    for key, default in known.items():
        assert (default == "required") == bool(
            re.search(rf"^\| `{key}` \| [^|]+ \| 必填 \|", section, re.MULTILINE)
        )
    shown, live = re.findall(rf"^```{kind}\n.*?^```$", section, re.MULTILINE | re.DOTALL)
    assert shown == live


def test_decisions_are_numbered_without_gaps() -> None:
    files = sorted((ROOT / "docs/adr").glob("0*.md"))
    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. ")
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequences"))
        assert len(text.splitlines()) <= 25
    titles = [file.read_text(encoding="utf-8").splitlines()[0].partition(". ")[2] for file in files]
    listed = re.findall(
        r"^(\d+)\. \[(.*)\]\((.*)\)$", (ROOT / "docs/adr/README.md").read_text(), re.MULTILINE
    )
    assert listed == [
        (str(n), title, file.name) for n, (title, file) in enumerate(zip(titles, files, strict=True), 1)
    ]


def test_the_readme_and_the_changes_name_every_block_and_command() -> None:
    for name in ("README.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert {kind for kind in KINDS if f"`{kind}`" not in text} == set(), name
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "`stackreel traces hello --accept`" in readme


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md"])
def test_what_bounds_a_run_is_told(name: str) -> None:
    text = " ".join((ROOT / name).read_text(encoding="utf-8").split())
    words = {key: key for key, _ in LimitsConfig._schema} | {"seconds": "time"}
    told = re.findall(r"limits on ([^;.]*)", text)[-1]
    assert {key for key, word in words.items() if word not in told} == set()


def test_the_readme_names_every_tool_of_stack_objdump() -> None:
    (row,) = re.findall(
        r"^\| `stack-objdump` \|.*", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    tools = get_args(Objdump.model_fields["tool"].annotation)
    assert {tool.split()[0] for tool in tools} == set(re.findall(r"`(\w+)[ `]", row))


def test_the_architecture_names_every_host() -> None:
    (row,) = re.findall(
        r"^\| `hosts/` \|.*", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    for known in (
        "MkDocs plugin",
        "pytest plugin",
        "command line",
        "PDF",
        "mkdocs, pytest, click, WeasyPrint",
    ):
        assert known in row


@pytest.mark.parametrize("name", ["README.md", "docs/zh/guide.md", "docs/en/guide.md", "docs/zh/glossary.md"])
def test_a_false_claim_is_said_to_fail_a_strict_build(name: str) -> None:
    paragraphs = (ROOT / name).read_text(encoding="utf-8").split("\n\n")
    rows = [row for one in paragraphs for row in (one.splitlines() if one.startswith("|") else [one])]
    told = [row for row in rows if re.search(r"(where it is\s+false|断言：|断言（claim）)", row)]
    assert told
    assert [row for row in told if "`--strict`" not in row] == []


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.parent.name)
def test_the_guides_have_the_table_of_the_plugins_options(path: Path) -> None:
    (section,) = re.findall(
        r"^## [^\n]*\{ #options \}.*?(?=^## )", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert section.count("<!-- options: plugin -->") == 1


def option_rows(folder: str) -> list[tuple[str, str, str]]:
    page = SimpleNamespace(file=SimpleNamespace(src_uri=f"{folder}/guide.md"))
    table = theme_hook("reference").on_page_markdown("<!-- options: plugin -->", page=page)
    return re.findall(r"^\| `([\w.]+)` \| (.*?) \| (.*) \|$", table, re.MULTILINE)


def test_options_are_told_in_both_languages_with_their_defaults() -> None:
    english, chinese = option_rows("en"), option_rows("zh")
    keys = [key for key, _, _ in english]
    assert {"traces", "limits.instructions", "limits.seconds", "limits.memory", "pdf.file"} <= set(keys)
    assert keys[0] == next(iter(dict(StackreelConfig._schema)))
    assert [row[:2] for row in chinese] == [row[:2] for row in english]
    assert list(theme_hook("reference").reference_zh.OPTIONS) == keys
    assert all(re.search(f"[{WIDE}]", meaning) for _, _, meaning in chinese)
    assert all(re.search(r"[a-z]{3}", meaning) for _, _, meaning in english)
    for kind, before in ((LimitsConfig, "limits."), (PdfConfig, "pdf.")):
        assert [key for key in keys if key.startswith(before)] == [before + name for name, _ in kind._schema]


WRONG = re.compile(r"````markdown\n((?:(?!````).)*?)````\n\n<!-- error -->\n\n```text\n(.*?)\n```", re.DOTALL)


@pytest.mark.parametrize(
    ("block", "told"), [pair for path in GUIDES for pair in WRONG.findall(path.read_text(encoding="utf-8"))]
)
def test_the_guide_shows_errors_as_they_are(block: str, told: str, tmp_path: Path) -> None:
    said: list[str] = []
    extension = StackreelExtension(
        report=lambda error: said.append(str(error)),
        file="docs/article.md", traces=str(ROOT / "traces"), cache=str(tmp_path),
    )  # fmt: skip
    markdown.markdown(block, extensions=[extension])
    assert [line.replace(f"{ROOT}/", "") for line in said] == [told]


def test_the_guide_names_every_command() -> None:
    (section,) = re.findall(
        r"^## 命令行.*?(?=^## )", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert set(re.findall(r"^\| `stackreel (\w+)", section, re.MULTILINE)) == set(
        cli.list_commands(click.Context(cli))
    )
