"""The map of a process's areas: every area is on it, in order, with what points into it."""

import re
from html import unescape
from pathlib import Path

import markdown
import pytest

from stackreel.page import StackreelExtension
from stackreel.page.studio import Settings, Studio
from support.project import ROOT


def drawn(body: str, tmp_path: Path, **more: str) -> tuple[str, list[str]]:
    said: list[str] = []
    extension = StackreelExtension(
        report=lambda error: said.append(str(error)),
        file="docs/a.md", traces=str(ROOT / "traces"), cache=str(tmp_path), **more,
    )  # fmt: skip
    return markdown.markdown(f"```stack-memory\n{body}\n```\n", extensions=[extension]), said


def rows(page: str) -> list[tuple[int, str]]:
    found = re.findall(r'<td class="sd-low">(0x[0-9a-f]+)</td><td class="sd-area">(.*?)</td>', page)
    return [
        (int(low, 16), unescape(re.sub(r"<[^>]+>", " ", area)).split("▸")[0].strip()) for low, area in found
    ]


@pytest.mark.parametrize("example", ["c-sum", "c-memory", "go-memory-1.15", "go-memory-1.27"])
def test_every_area_is_in_a_row_and_rows_go_down(example: str, tmp_path: Path) -> None:
    page, said = drawn(f"example: {example}", tmp_path)
    trace = Studio(Settings(ROOT / "traces", tmp_path, ROOT, jobs=1)).library.subject(example).trace
    lows = [low for low, _ in rows(page)]
    assert said == []
    assert lows == sorted(lows, reverse=True)
    assert {area.low for area in trace.areas} >= set(lows)
    uncovered = [area for area in trace.areas if area.low not in lows]
    assert [area for area in uncovered if area.name == trace.program.path or area.name.startswith("[")] == []
    ends = {area.high for area in trace.areas}
    assert all(area.low in ends for area in uncovered), "what is no row of its own adjoins the one below"


def test_addresses_are_shown_in_their_area(tmp_path: Path) -> None:
    page, said = drawn(
        'example: c-memory\nat: after look+12\nshow: [local, small, large, "&counted", look]', tmp_path
    )
    assert said == []
    areas = {name: text for text in page.split("<tr>") for name in re.findall(r"<b>(\S+)</b>", text)}
    for name, area in (("local", "stack"), ("rsp", "stack"), ("small", "heap"), ("large", "anonymous"),
                       ("&amp;counted", ".data"), ("look", ".text"), ("rip", ".text")):  # fmt: skip
        assert area in areas[name], name


def test_its_words_are_in_the_language_of_the_page(tmp_path: Path) -> None:
    page, said = drawn("example: c-memory", tmp_path, language="zh")
    assert said == []
    assert "没有映射" in page
    assert ">堆" in page
    assert "nothing mapped" not in page


@pytest.mark.parametrize(
    ("language", "grown"),
    [
        ("en", ["stack ↓ grows to lower addresses", "heap ↑ grows to higher addresses"]),
        ("zh", ["栈 ↓ 向低地址增长", "堆 ↑ 向高地址增长"]),
    ],
)
def test_stack_and_heap_say_which_way_they_grow(language: str, grown: list[str], tmp_path: Path) -> None:
    page, _ = drawn("example: c-memory\nat: after look+12", tmp_path, language=language)
    found = [" ".join(re.sub("<div>.*", "", text).split()) for _, text in _areas(page)]
    assert [text for text in found if "↓" in text or "↑" in text] == grown


def _areas(page: str) -> list[tuple[str, str]]:
    cells = re.findall(r'<td class="sd-low">(0x[0-9a-f]+)</td><td class="sd-area">(.*?)</td>', page)
    return [(low, re.sub(r"</?(?:span|code)[^>]*>", "", area)) for low, area in cells]


def test_what_is_no_address_is_told_where_it_stands(tmp_path: Path) -> None:
    _, said = drawn("example: c-memory\nat: after look+12\nshow:\n  - locl\n  - local == small", tmp_path)
    assert [line.split(" ")[0] for line in said] == ["docs/a.md:5:5:", "docs/a.md:6:5:"]
    assert "near: local" in said[0]
