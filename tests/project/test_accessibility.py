"""axe-core finds nothing wrong on any page of the project's own site, in light and in dark."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from support.browser import chromium, serving
from support.npm import package
from support.project import ROOT, environment

pytestmark = pytest.mark.browser

FIND = """options => {
    // What a player replaces is shown to nobody; looking through it takes minutes.
    document.querySelectorAll('.sd-live > .sd-strip').forEach(strip => strip.remove());
    return axe.run({resultTypes: ['violations'], ...options}).then(({violations}) => violations.flatMap(({id, nodes}) =>
        nodes.map(({target, failureSummary}) => `${id}: ${target.join(' ')}: ${failureSummary}`)));
}"""
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that depend on colours, of those that axe runs if not asked for more."""
GROUND = "() => getComputedStyle(document.body).backgroundColor"
WITHOUT_SCRIPT = ("zh/c-call/index.html",)
"""Pages whose film strips are looked through too; the strips of all pages are made alike."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(built)]
    done = subprocess.run(command, cwd=ROOT, env=environment(), check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return built


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with serving(site) as base:
        yield base


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def found(browser: Browser, address: str, name: str, *, blocked: str = "") -> list[str]:
    """Return what axe finds on a page in light, and in dark what depends on colours.

    `blocked` are scripts that are not loaded, as a pattern.
    """
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    if blocked:
        page.route(blocked, lambda route: route.abort())
    page.goto(f"{address}/{name}")
    page.wait_for_load_state("networkidle")
    page.add_script_tag(path=package("axe-core") / "axe.min.js")
    told = [f"light: {violation}" for violation in page.evaluate(FIND, {})]
    light = page.evaluate(GROUND)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({GROUND})() !== light", arg=light)
    told += [f"dark: {violation}" for violation in page.evaluate(FIND, {"runOnly": COLOURS})]
    context.close()
    return told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_on_any_page(browser: Browser, site: Path, address: str, language: str) -> None:
    names = sorted(str(path.relative_to(site)) for path in site.rglob("*.html"))
    assert {"404.html", "index.html", "en/index.html", "zh/index.html", *WITHOUT_SCRIPT} <= set(names)
    ours = [name for name in names if name.startswith("en/") == (language == "en")]
    wrong = {name: told for name in ours if (told := found(browser, address, name))}
    assert wrong == {}


@pytest.mark.parametrize("name", WITHOUT_SCRIPT)
def test_axe_finds_nothing_in_film_strips(browser: Browser, address: str, name: str) -> None:
    assert found(browser, address, name, blocked="**/assets/stackreel/*.js") == []
