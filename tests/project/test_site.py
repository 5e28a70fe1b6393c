"""The project's own site, built twice as strangers would: elsewhere, as somebody else, on another day."""

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from markdown import Markdown
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from stackreel.page import StackreelExtension
from support.browser import chromium
from support.links import broken
from support.project import copy_project, environment

ADDRESS = "http://127.0.0.1:8000/"
"""Where the site believes to be: `site_url` of mkdocs.yml."""

ERROR, WRONG = 'class="sd-error', 'class="sd-wrong'
"""What stands in a page where a block or a claim is wrong."""

ELSEWHERE = (
    {"TZ": "UTC", "USER": "ada", "LANG": "C.UTF-8", "PYTHONHASHSEED": "1"},
    {"TZ": "Asia/Shanghai", "USER": "ren", "LANG": "C", "PYTHONHASHSEED": "2"},
)


def build(folder: Path, umask: int, **changes: str) -> Path:
    """Build the site of a copy of the project in `folder`, from nothing, and return where it stands."""
    copy_project(folder)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    settings = environment(HOME=str(folder), SOURCE_DATE_EPOCH="1700000000", **changes)
    built = subprocess.run(
        command, cwd=folder, env=settings, umask=umask, check=False, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("here") / "project", 0o022, **ELSEWHERE[0])


def files(site: Path) -> dict[str, bytes]:
    return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def pages(site: Path) -> dict[str, str]:
    return {name: text.decode() for name, text in files(site).items() if name.endswith(".html")}


def test_two_strangers_build_the_same_site(site: Path, tmp_path: Path) -> None:
    other = files(build(tmp_path / "quite/another/folder", 0o077, **ELSEWHERE[1]))
    ours = files(site)
    assert sorted(other) == sorted(ours)
    assert [name for name in ours if ours[name] != other[name]] == []


def test_the_site_names_no_folder_of_its_builder(site: Path) -> None:
    own = str(site.parent).encode()
    assert [name for name, text in files(site).items() if own in text] == []


def test_a_reader_needs_no_other_server(site: Path) -> None:
    loads = re.compile(
        r'<(?:script|img|iframe|source)\b[^>]*\bsrc="(?:https?:)?//|<link\b[^>]*\bhref="(?:https?:)?//'
    )
    for name, text in pages(site).items():
        # What says where a page stands, and its twin, is the site's own address; a browser does not load it.
        elsewhere = re.sub(r'<link rel="(?:canonical|prev|next|alternate translation)"[^>]*>', "", text)
        assert loads.findall(elsewhere) == [], name


def test_what_is_looked_for_is_what_a_wrong_page_has() -> None:
    page = "```stack-figure\nat: [\n```\n\n`{nowhere} rsp`\n"
    html = Markdown(extensions=[StackreelExtension(report=lambda _: None)]).convert(page)
    assert ERROR in html
    assert WRONG in html


def test_every_block_is_drawn(site: Path) -> None:
    for name, text in pages(site).items():
        assert "data-stackreel-block" not in text, name
        assert ERROR not in text, name
        assert WRONG not in text, name
    assert pages(site)["zh/c-call/index.html"].count("<svg") >= 14
    assert pages(site)["index.html"].count("<svg") >= 1


def test_no_link_is_broken(site: Path) -> None:
    assert list(broken(pages(site), frozenset(files(site)), ADDRESS)) == []


def test_a_broken_link_is_found() -> None:
    text = '<a href="../b/#there">1</a><a href="#here">2</a><a href="https://example.org/">3</a><img src="x.svg">'
    shown = {"a/index.html": f'<p id="here">{text}</p>', "b/index.html": '<p id="there"></p>'}
    assert list(broken(shown, frozenset(shown) | {"a/x.svg"}, ADDRESS)) == []
    shown["b/index.html"] = ""
    assert list(broken(shown, frozenset(shown), ADDRESS)) == [
        "a/index.html: ../b/#there: no such place",
        "a/index.html: x.svg: no file",
    ]


LANGUAGES = {"zh": "zh", "en": "en"}


def test_each_language_has_its_own_words_search_and_site_map(site: Path) -> None:
    for folder, tag in LANGUAGES.items():
        own = {name: text for name, text in pages(site).items() if name.startswith(f"{folder}/")}
        assert own
        assert all(f'<html lang="{tag}"' in text for text in own.values())
        listed = re.findall("<loc>(.*?)</loc>", (site / folder / "sitemap.xml").read_text())
        assert sorted(listed) == sorted(ADDRESS + name.removesuffix("index.html") for name in own)
        entries = json.loads((site / folder / "search/search_index.json").read_text())["docs"]
        assert {entry["location"].split("#")[0] for entry in entries} == {
            name.removeprefix(f"{folder}/").removesuffix("index.html") for name in own
        }
    figures = {folder: pages(site)[f"{folder}/index.html"] for folder in LANGUAGES}
    assert "返回地址" in figures["zh"]
    assert "return address" in figures["en"]
    assert "栈帧" not in figures["en"]


def test_a_page_names_its_twin_without_script(site: Path) -> None:
    named = re.compile(r'<link rel="alternate[^>]* href="([^"]*)" hreflang="(\w+)"')
    switch = re.compile(r'<a href="([^"]*)" hreflang="(\w+)" class="md-select__link"')
    all_pages = pages(site)
    for name, text in all_pages.items():
        folder, _, rest = name.partition("/")
        if folder not in LANGUAGES:
            continue
        twins = {lang: f"{lang}/{rest}" for lang in LANGUAGES if f"{lang}/{rest}" in all_pages}
        there = {lang: ADDRESS + twin.removesuffix("index.html") for lang, twin in twins.items()}
        assert {lang: address for address, lang in named.findall(text)} == there, name
        led = {lang: urljoin(ADDRESS + name, address) for address, lang in switch.findall(text)}
        assert led == {lang: there.get(lang, f"{ADDRESS}{lang}/") for lang in LANGUAGES}, name


PROMISED, BEGINNING = 1024, 4096
"""Bytes after gzip: of a step of a reel, and of its first figure with the code and names of all of them."""


def test_a_page_stays_small(site: Path) -> None:
    for name, text in pages(site).items():
        reels = re.findall(r"<stack-reel.*?</stack-reel>", text, re.DOTALL)
        without = re.sub(r"<stack-reel.*?</stack-reel>", "", text, flags=re.DOTALL)
        steps = sum(len(re.findall(r'<li id="[^"]+:\d+"', reel)) - 1 for reel in reels)
        weight = len(gzip.compress(text.encode(), 9)) - len(gzip.compress(without.encode(), 9))
        assert weight <= PROMISED * steps + BEGINNING * len(reels), name


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def reader(site: Path, browser: Browser) -> Iterator[BrowserContext]:
    """Give a browser that has the site, at its own address, and nothing else; what else it asked for fails the test."""
    refused: list[str] = []

    def answer(route: Route) -> None:
        address = route.request.url
        path = site / address.removeprefix(ADDRESS).split("?")[0].split("#")[0]
        file = path / "index.html" if path.is_dir() else path
        if address.startswith(ADDRESS) and file.is_file():
            route.fulfill(path=file)
        else:
            refused.append(address)
            route.abort()

    context = browser.new_context()
    context.route("**/*", answer)
    yield context
    context.close()
    assert refused == []


def visited(reader: BrowserContext, name: str) -> Page:
    page = reader.new_page()
    page.goto(ADDRESS + name.removesuffix("index.html"), wait_until="networkidle")
    return page


@pytest.mark.browser
def test_no_request_leaves_any_page(site: Path, reader: BrowserContext) -> None:
    for name in pages(site):
        visited(reader, name).close()


@pytest.mark.browser
def test_a_word_inside_a_chinese_sentence_is_found(reader: BrowserContext) -> None:
    page = visited(reader, "zh/index.html")
    box = page.get_by_placeholder("搜索")
    box.fill("红区")
    box.press("End")  # Material looks when a key is let go
    first = page.locator(".md-search-result__link").first
    expect(first).to_be_visible()
    expect(page.locator(".md-search-result__list")).to_contain_text("红区")
    assert "/zh/" in (first.get_attribute("href") or "")


@pytest.mark.browser
def test_the_switch_stays_on_the_page_and_changes_every_word(reader: BrowserContext) -> None:
    page = visited(reader, "zh/c-call/index.html")
    page.get_by_label("选择当前语言").hover()
    page.get_by_role("link", name="English").click()
    page.wait_for_url(ADDRESS + "en/c-call/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_placeholder("Search")).to_be_attached()
    expect(page.locator(".sd-reel").first).to_contain_text("return address")


@pytest.mark.browser
def test_pages_of_one_language_are_swapped_without_loading_anew(reader: BrowserContext) -> None:
    page = visited(reader, "zh/index.html")
    page.evaluate("window.kept = true")
    page.locator(".md-content").get_by_role("link", name="C 语言的函数调用").first.click()
    page.wait_for_url(ADDRESS + "zh/c-call/")
    assert page.evaluate("window.kept") is True
