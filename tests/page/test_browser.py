"""One built site in a real browser: with and without JavaScript, narrow, dark, printed, with swapped pages."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from support.sites import site

pytestmark = pytest.mark.browser

TEXT = """# Sum

[the fourth step](#sum-sum:4), [elsewhere](other.md)

```stack-reel
example: sum
from: enter sum
to: leave sum
notes: {sum+0: "keeps rbp"}
```

```stack-figure
example: sum
at: after sum+18
caption: "s is there"
```

```stack-listing
example: sum
functions: [main, sum]
at: enter sum
```

```stack-text
example: sum
at: enter sum
```

```stack-figure
example: sum
at: nowhere
```
"""
CONFIG = """
site_name: T
site_url: {base}/notes/
plugins: [stackreel]
theme:
  name: material
  font: false
  features: [navigation.instant]
  palette:
    - {{media: "(prefers-color-scheme: light)", scheme: default}}
    - {{media: "(prefers-color-scheme: dark)", scheme: slate}}
"""
STEPS = 11


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files under a strict policy: no inline script runs."""

    def end_headers(self) -> None:
        if self.path.endswith("/plain/"):
            self.send_header("Content-Security-Policy", "script-src 'self'")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the site under a path, as https://example.org/notes/ would."""
    root = tmp_path_factory.mktemp("browser")
    (root / "served").mkdir()
    with serving(root / "served") as base:
        here = site(
            root / "s", {"index.md": TEXT, "other.md": "# Other\n\n[back](index.md)\n", "plain.md": TEXT}
        )
        (here.folder / "mkdocs.yml").write_text(CONFIG.format(base=base))
        assert here.build().status == 0
        (here.folder / "site").rename(root / "served/notes")
        yield f"{base}/notes/"


class serving:  # noqa: N801 - reads as a statement
    """A server of a folder on a free port."""

    def __init__(self, folder: Path) -> None:
        handler = functools.partial(Quiet, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def shown(page: Page) -> list[str]:
    """Return the ids of the steps that are to be seen."""
    return [
        str(step.get_attribute("id"))
        for step in page.locator("stack-reel .sd-strip > li").all()
        if step.is_visible()
    ]


def step(page: Page) -> int:
    """Return the number of the step the player shows."""
    assert shown(page) == []
    return int(page.locator("stack-reel .sd-entry").input_value())


def test_without_javascript_every_step_is_there(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address)
    assert shown(page) == [f"sum-sum:{n}" for n in range(STEPS + 1)]
    tops = [step.bounding_box() for step in page.locator("stack-reel .sd-strip > li").all()[:3]]
    assert tops[0] is not None
    assert tops[1] is not None
    assert tops[2] is not None
    assert tops[0]["y"] == tops[1]["y"] < tops[2]["y"]
    assert page.locator(".sd-bar").count() == 0
    context.close()


def test_steps_with_buttons_and_keys(page: Page, address: str) -> None:
    page.goto(address)
    reel = page.locator("stack-reel")
    assert step(page) == 0
    assert reel.locator(".sd-previous").get_attribute("aria-disabled") == "true"
    reel.locator(".sd-next").click()
    assert step(page) == 1
    assert reel.locator(".sd-count").inner_text().strip().endswith(f"of {STEPS}")
    said = str(reel.locator("[aria-live]").text_content())
    assert "push %rbp" in said
    assert "keeps rbp" in said
    page.keyboard.press("ArrowRight")
    assert step(page) == 2
    page.keyboard.press("End")
    assert step(page) == STEPS
    assert reel.locator(".sd-next").get_attribute("aria-disabled") == "true"
    page.keyboard.press("ArrowLeft")
    assert step(page) == STEPS - 1
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Home")
    assert step(page) == STEPS - 1


def test_a_step_can_be_linked(page: Page, address: str) -> None:
    page.goto(f"{address}#sum-sum:7")
    assert step(page) == 7
    page.get_by_role("link", name="the fourth step").click()
    page.wait_for_function("document.querySelector('.sd-entry').value === '4'")
    assert page.locator("stack-reel .sd-player").is_visible()


def test_instant_navigation_brings_the_reel_back(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate("window.kept = true")
    page.get_by_role("link", name="elsewhere").click()
    page.get_by_role("heading", name="Other").wait_for()
    page.get_by_role("link", name="back").click()
    page.locator("stack-reel.sd-live").wait_for()
    assert page.evaluate("window.kept")
    assert page.locator(".sd-bar").count() == 1
    page.locator(".sd-bar .sd-next").click()
    assert step(page) == 1


def test_a_strict_content_security_policy_is_enough(chromium: Browser, address: str) -> None:
    page = chromium.new_page()  # Material's own inline scripts fail here; ours is none
    page.goto(f"{address}plain/")
    page.locator("stack-reel.sd-live").wait_for()
    page.locator(".sd-bar .sd-next").click()
    assert step(page) == 1
    page.close()


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_the_page_never_scrolls_sideways(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    for details in page.locator("details.sd-table summary").all():
        if details.is_visible():
            details.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    figure = page.locator("figure.sd-fig .sd-parts svg").last.bounding_box()
    assert figure is not None
    assert figure["x"] >= 0
    assert figure["x"] + figure["width"] <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_drawings_follow_the_theme(chromium: Browser, address: str, scheme: str) -> None:
    context = chromium.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.goto(address)
    ink = page.evaluate("getComputedStyle(document.querySelector('figure.sd-fig .sd text')).fill")
    level = sum(int(part) for part in ink.removeprefix("rgb(").removesuffix(")").split(", ")) / 3
    assert (level > 128) == (scheme == "dark")
    context.close()


def test_paper_shows_every_step(page: Page, address: str) -> None:
    page.goto(address)
    page.emulate_media(media="print")
    assert len(shown(page)) == STEPS + 1
    assert not page.locator(".sd-bar").is_visible()


def test_an_error_is_seen_and_the_listing_copies_as_text(page: Page, address: str) -> None:
    page.goto(address)
    alert = page.get_by_role("alert")
    assert alert.is_visible()
    assert "'nowhere' is no moment" in str(alert.text_content())
    lines = page.locator(".sd-listing code").inner_text().splitlines()
    assert lines[0] == "main:"
    assert any(line.startswith("=> 0x401106 <+0>:") and line.endswith("push   %rbp") for line in lines)
    page.locator(".sd-listing a").click()
    assert page.evaluate("decodeURIComponent(location.hash)") == "#sum-listing-main-sum.sum"


def test_names_and_roles_for_screen_readers(page: Page, address: str) -> None:
    page.goto(address)
    images = page.locator("figure svg[role=img]").all()
    assert images
    for image in images[:3]:
        named = str(image.get_attribute("aria-labelledby")).split()
        assert [page.locator(f"[id='{name}']").count() for name in named] == [1, 1]
    assert page.get_by_role("button", name="Next step").count() == 1
    assert page.locator(".sd-player svg[role=img][aria-label][aria-describedby]").count() == 2
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    assert len(ids) == len(set(ids))
