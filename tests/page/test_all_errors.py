"""Everything that is wrong with a page is told at once: each thing once, at its own line, in the order of the lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown import Markdown

from stackreel.page import StackreelExtension, open_page
from stackreel.page.context import without_front_matter
from stackreel.page.studio import Settings, Studio
from support.project import ROOT


@pytest.fixture(scope="module", name="studio")
def make_studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    settings = Settings(traces=ROOT / "traces", cache=tmp_path_factory.mktemp("cache"), root=ROOT, jobs=1)
    return Studio(settings)


def errors(text: str, studio: Studio) -> list[str]:
    """Convert a page; return what is reported, the name of the file left out."""
    page = open_page("a.md", text)
    told: list[str] = []
    ours = StackreelExtension(
        renderer=studio, page=lambda: page, report=lambda error: told.append(str(error))
    )
    Markdown(extensions=["toc", ours]).convert(without_front_matter(text))
    return [one.removeprefix("a.md:") for one in told]


FRONT = "---\nstackreel: {example: c-sum}\n---\n"
WRONG = {
    "keys of all kinds, and what is right of the rest": (
        f"{FRONT}```stack-figure\nat: mian\ncolour: red\nsyntax: 3\nat: main\ncaption: [a]\n"
        "functions: [main, smu]\n```",
        ["5:5: 'mian'", "6:1: `stack-figure` has no key `colour`", "7:9: `syntax` is", "8:1: the key `at` is",
         "9:10: `caption` is", "10:19: "],
    ),
    "options after the fence, and keys": (
        f"{FRONT}```stack-figure at=main\nfunctions: 3\nbytes: true\n```",
        ["4: options of", "5:12: `functions` is", "6:1: `stack-figure` has no key `bytes`"],
    ),
    "moments of a reel": (
        f"{FRONT}```stack-reel\nfrom: enter mian\nto: leave smu\nnotes:\n  nope+1: a\n  main+4: b\n"
        "  'step 999': c\nfunctions: [nope, main, nine]\n```",
        ["5:7: ", "6:5: ", "8:3: ", "10:3: ", "11:13: ", "11:25: "],
    ),
    "notes outside of a reel": (
        f"{FRONT}```stack-reel\nfrom: enter sum\nto: leave sum\nnotes:\n  main+0: a\n  sum+4: b\n"
        "  after sum+4: c\n  main+1: d\n```",
        ["8:3: the note on `main+0`", "10:3: the note on `after sum+4` is the second", "11:3: "],
    ),
    "expectations": (
        f"{FRONT}```stack-figure\nat: leave sum\nexpect:\n  - eax == 4\n  - eax == 3\n  - eax = 3\n  - eax\n```",
        ["7:5: this is false", "9:", "10:5: nothing is claimed"],
    ),
    "a moment that several expectations need is told once": (
        f"{FRONT}```stack-figure\nat: leave smu\nexpect: [eax == 4, eax == 3]\n```",
        ["5:5: "],
    ),
    "expectations of a reel, and its moments": (
        f"{FRONT}```stack-reel\nto: nowhere\nexpect:\n  leave smu: eax == 3\n  leave sum: eax == 4\n```",
        ["5:5: ", "7:3: ", "8:14: this is false"],
    ),
    "lines of a check": (
        f"{FRONT}```stack-check\nat: leave smu\ncolour: red\n---\neax == 3\neax == 4\n{{leave sum}} eax == 5\n```",
        ["5:5: ", "6:1: ", "10:"],
    ),
    "an unknown example of the page": (
        "---\ntitle: T\nstackreel:\n  example: c-smu\n---\n# A `{main} rsp`\n\n`{main+4} rsp == 1`\n\n"
        "```stack-figure\nat: main\n```\n\n```stack-text\nat: main\nexpect: [eax == 1]\n```\n\n"
        "```stack-check\n{main} rsp == 1\n{c-sum @ main} rsp == 1\n```",
        ["4:12: there is no example `c-smu`", "21:1: this is false"],
    ),
    "an unknown example of a block": (
        f"{FRONT}```stack-figure\nexample: smu\nat: main\nexpect: [eax == 1, eax == 2]\n```",
        ["5:10: there is no example `smu`"],
    ),
    "front matter that names none": (
        "---\nstackreel: {exmaple: c-sum}\n---\n```stack-figure\nat: main\n```\n\n```stack-text\nat: main\n```",
        ["2:13: "],
    ),
    "claims and blocks, by line": (
        f"{FRONT}# `{{main}} 1 == 2`\n\n```stack-figure\nat: mian\n```\n\n`{{main}} 2 == 3`\n\n"
        "```stack-figure\nat: mian\n```\n\n- `{main} 3 == 4`",
        ["4:4: ", "7:5: ", "10:2: ", "13:5: ", "16:4: "],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_all_that_is_wrong_is_told_once_in_order(name: str, studio: Studio) -> None:
    text, expected = WRONG[name]
    found = errors(text, studio)
    assert [one[: len(start)] for one, start in zip(found, expected, strict=False)] == expected
    assert len(found) == len(expected), found


def test_a_block_with_errors_is_not_the_kept_one_without(studio: Studio, tmp_path: Path) -> None:
    right = f"{FRONT}```stack-figure\nat: main\n```"
    assert errors(right, studio) == []
    assert len(errors(right.replace("at: main", "at: main\ncolour: red"), studio)) == 1
