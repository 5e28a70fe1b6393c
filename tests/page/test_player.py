"""The reader's player in a real browser: every control, by mouse, finger and keys; links, settings, saving, paper."""

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from support.browser import opened
from support.golden import golden
from support.npm import package
from support.players import LAST, TEXT, reel_file
from support.sites import site

pytestmark = pytest.mark.browser


def at(page: Page, step: int, reel: str = "stack-reel") -> None:
    """Wait for the reel to be at a step."""
    expect(page.locator(f"{reel} .sd-entry")).to_have_value(str(step))


def begin(page: Page, address: str, step: int = 0) -> None:
    """Open the page with the reel at a step and the focus in it."""
    page.goto(f"{address}#sum-sum:{step}" if step else address)
    at(page, step)
    page.locator(".sd-now-said").click()


PANELS = {
    "code": ".sd-player .sd-parts > svg, .sd-player .sd-registers svg",
    "stack": ".sd-player .sd-pane svg",
}
"""The drawings a panel consists of; all have the units of the whole."""


def point(page: Page, panel: str, x: float, y: float, *, shift: bool = False) -> None:
    """Click a point of a panel's drawing, in its units."""
    for svg in page.locator(PANELS[panel]).all():
        left, top, width, height = (float(n) for n in str(svg.get_attribute("viewBox")).split())
        if left <= x < left + width and top <= y < top + height:
            box = svg.bounding_box()
            assert box is not None
            scale = box["width"] / width
            svg.click(
                position={"x": (x - left) * scale, "y": (y - top) * scale},
                modifiers=["Shift"] if shift else [],
            )
            return
    raise AssertionError(f"({x}, {y}) is in no drawing of the {panel} panel")


def text_at(page: Page, panel: str, content: str) -> tuple[float, float]:
    """Return where a text of a drawing stands, in its units."""
    texts = page.locator(PANELS[panel]).locator("text")
    text = texts.filter(has_text=re.compile(rf"^{re.escape(content)}$")).first
    return float(text.get_attribute("x") or 0), float(text.get_attribute("y") or 0)


def test_buttons(page: Page, address: str) -> None:
    begin(page, address)
    for name, step in (
        ("Next step", 1),
        ("Next step", 2),
        ("Previous step", 1),
        ("Last step", LAST),
        ("First step", 0),
    ):
        page.get_by_role("button", name=name).click()
        at(page, step)
    page.get_by_role("button", name="Previous step").click(force=True)  # it says that it is disabled
    at(page, 0)


def test_plays_at_a_speed_and_stops_at_the_end(page: Page, address: str) -> None:
    begin(page, address, 9)
    page.get_by_label("Speed").select_option("8")
    assert page.locator(".sd-spoken").get_attribute("aria-live") == "polite"
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".sd-spoken")).to_have_attribute("aria-live", "off")
    at(page, LAST)
    page.get_by_role("button", name="Play").wait_for()
    expect(page.locator(".sd-spoken")).to_have_attribute("aria-live", "polite")


def test_the_slider_and_the_wheel(page: Page, address: str) -> None:
    begin(page, address)
    slider = page.get_by_role("slider", name="Timeline")
    slider.fill("5")
    at(page, 5)
    assert slider.get_attribute("aria-valuetext") == f"Step 5 of {LAST}"
    slider.hover()
    scrolled = page.evaluate("scrollY")
    page.mouse.wheel(0, 80)
    at(page, 7)
    page.mouse.wheel(0, -40)
    at(page, 6)
    assert page.evaluate("scrollY") == scrolled
    assert page.locator(".sd-ticks").get_attribute("d").count("M") == LAST + 1  # type: ignore[union-attr]  # it is there
    assert page.locator(".sd-run .sd-mark-return").count() == 1


def test_a_step_by_its_number(page: Page, address: str) -> None:
    begin(page, address)
    entry = page.get_by_label("Step", exact=True)
    entry.fill("8")
    entry.press("Enter")
    at(page, 8)
    entry.fill("nonsense")
    entry.press("Enter")
    at(page, 8)
    entry.fill("99")
    entry.press("Enter")
    at(page, LAST)


def test_keys_alone(page: Page, address: str) -> None:
    page.goto(address)
    at(page, 0)
    page.keyboard.press("End")
    at(page, 0)  # the page's own key, as the reel has no focus
    page.get_by_role("slider").focus()
    for key, step in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", LAST), ("Home", 0)):
        page.keyboard.press(key)
        at(page, step)
    page.keyboard.press("1")
    page.keyboard.press("0")
    at(page, 10)  # typed, not yet gone to
    assert "mov" not in str(page.locator(".sd-now-said").text_content())
    page.keyboard.press("Enter")
    expect(page.locator(".sd-step-number")).to_have_text("10")
    page.keyboard.press("3")
    page.keyboard.press("Escape")
    at(page, 10)
    page.keyboard.press("?")
    expect(page.locator(".sd-help-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".sd-help-panel")).to_be_hidden()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Pause").wait_for()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play").wait_for()


def test_every_control_is_reached_with_tab_and_seen(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("slider").focus()
    names = []
    for _ in range(14):
        names.append(
            page.evaluate(
                "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()"
            )
        )
        page.keyboard.press("Tab")
        page.keyboard.press("Shift+Tab")  # by keyboard, so that the ring is due
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", names[-1]
        page.keyboard.press("Tab")
    assert names[:8] == [
        "Timeline", "First step", "Previous step", "Play", "Next step", "Last step", "Step", "Speed",
    ]  # fmt: skip
    assert {"Go to", "Copy and save", "Settings", "Help", "This stack as a table"} <= set(names)


def test_shift_arrows_stay_out_of_calls(page: Page, address: str) -> None:
    page.goto(f"{address}whole/")
    page.locator(".sd-now-said").click()
    calls = page.evaluate(
        """JSON.parse(document.querySelector('stack-reel').dataset.steps).steps
        .flatMap((said, step) => said.kind === 'call' ? [step] : [])"""
    )
    (call,) = calls
    page.get_by_role("slider").fill(str(call - 1))
    page.keyboard.press("Shift+ArrowRight")
    at(page, call + LAST)
    page.keyboard.press("Shift+ArrowLeft")
    at(page, call - 1)
    page.keyboard.press("ArrowRight")
    at(page, call)


def calls(page: Page) -> list[tuple[int, int, str, int]]:
    """Return the calls of the page's reel: step, back, name, whether closed at first."""
    found = page.evaluate("JSON.parse(document.querySelector('stack-reel').dataset.steps).calls")
    return [tuple(call) for call in found]


def test_a_call_is_one_step_or_open(page: Page, address: str) -> None:
    page.goto(f"{address}whole/")
    ((call, back, name, is_closed),) = calls(page)
    assert (name, is_closed, back - call) == ("sum", 0, LAST)
    ticks = page.locator(".sd-ticks")
    open_ticks = str(ticks.get_attribute("d"))
    page.get_by_role("slider").fill(str(call))
    page.get_by_role("button", name=f"Step over sum, to step {back}").click()
    at(page, back)
    expect(page.locator(".sd-of-call")).to_contain_text("Stepped over sum.")
    opener = page.get_by_role("button", name=f"Open its {LAST} steps")
    expect(opener).to_be_focused()
    assert ticks.get_attribute("d") != open_ticks
    page.keyboard.press("ArrowLeft")
    at(page, call - 1)
    page.keyboard.press("ArrowRight")
    at(page, back)
    opener.click()
    at(page, call)
    assert ticks.get_attribute("d") == open_ticks
    page.keyboard.press("ArrowRight")
    at(page, call + 1)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    at(page, back)
    expect(opener).to_be_visible()
    page.keyboard.press("ArrowLeft")
    at(page, back - 1)  # stepped over once, not closed


def test_a_call_an_author_folds_opens_where_it_is_wanted(page: Page, address: str) -> None:
    page.goto(f"{address}folded/")
    ((call, back, _, is_closed),) = calls(page)
    assert is_closed == 1
    page.locator(".sd-now-said").click()
    for step in (*range(1, call), back, back + 1):
        page.keyboard.press("ArrowRight")
        at(page, step)
    page.goto(f"{address}folded/#folded:{call + 3}")
    at(page, call + 3)
    page.locator(".sd-spoken").click()
    page.keyboard.press("ArrowRight")
    at(page, call + 4)
    page.goto(f"{address}other/")
    page.goto(f"{address}folded/")
    at(page, 0)
    page.evaluate(
        """window.played = [], new MutationObserver(() => played.push(document.querySelector('.sd-slider').value))
        .observe(document.querySelector('.sd-slider'), {attributeFilter: ['aria-valuetext']})"""
    )
    page.get_by_label("Speed").select_option("8")
    page.get_by_role("button", name="Play").click()
    last = page.get_by_role("slider").get_attribute("max")
    at(page, int(last or 0))
    played = list(dict.fromkeys(int(step) for step in page.evaluate("played")))
    assert played == [*range(call), *range(back, int(last or 0) + 1)]


def test_without_script_a_call_can_be_passed(browser: Browser, address: str) -> None:
    with opened(browser.new_context(java_script_enabled=False)) as plain:
        plain.goto(f"{address}folded/")
        link = plain.get_by_role("link", name=f"past sum and its {LAST} steps")
        assert plain.locator(".sd-strip > li.sd-inner:visible").count() == LAST
        link.click()
        target = plain.locator(f"[id='{plain.url.split('#')[1]}']")
        expect(target).to_be_in_viewport()
        expect(target).to_contain_text("ret")


def test_a_code_line_leads_to_its_next_execution(page: Page, address: str) -> None:
    begin(page, address, 3)
    x, y = text_at(page, "code", "0x401116 <+16>")
    point(page, "code", x, y - 3)
    at(page, 7)
    expect(page.locator(".sd-now-said")).to_contain_text("add")
    x, y = text_at(page, "code", "0x401106 <+0>")
    point(page, "code", x, y - 3)
    at(page, 1)
    expect(page.locator(".sd-told")).to_contain_text("not executed again later")


def test_a_source_line_leads_to_its_next_execution(page: Page, address: str) -> None:
    begin(page, address)
    page.locator(".sd-source-line", has_text="return s;").click()
    expect(page.locator(".sd-ran")).to_contain_text("return s;")
    expect(page.locator(".sd-source-panel")).to_contain_text("int s = a + b;")
    at(page, 9)


def test_a_register_and_bytes_lead_to_who_wrote_them(page: Page, address: str) -> None:
    begin(page, address, LAST)
    x, y = text_at(page, "code", "rbp")
    point(page, "code", x + 5, y - 3)
    at(page, 10)  # pop %rbp
    x, y = text_at(page, "code", "rbp")
    point(page, "code", x + 5, y - 3)
    at(page, 2)  # mov %rsp,%rbp
    point(page, "code", x + 5, y - 3, shift=True)
    at(page, 10)
    x, y = text_at(page, "stack", "s")
    point(page, "stack", x + 60, y - 3)
    at(page, 8)  # mov %eax,-0x4(%rbp)
    point(page, "stack", x + 60, y - 3)
    expect(page.locator(".sd-told")).to_contain_text("not written earlier")
    at(page, 8)


def test_the_same_by_keyboard(page: Page, address: str) -> None:
    begin(page, address, LAST)
    page.get_by_role("button", name="Go to").click()
    what = page.get_by_label("What")
    what.select_option(label="rbp")
    page.get_by_role("button", name="earlier").click()
    at(page, 10)
    page.get_by_role("button", name="earlier").click()
    at(page, 2)
    page.get_by_role("button", name="later").click()
    at(page, 10)


def test_nothing_jumps(page: Page, address: str) -> None:
    begin(page, address)
    places = """[...document.querySelectorAll('.sd-player svg.sd, .sd-timeline, .sd-bar')]
        .map(element => JSON.stringify(element.getBoundingClientRect()))"""
    before = page.evaluate(places)
    for _ in range(LAST):
        page.keyboard.press("ArrowRight")
        assert page.evaluate(places) == before


def test_flags_glide_unless_motion_is_reduced(browser: Browser, address: str) -> None:
    for motion, moves in (("no-preference", True), ("reduce", False)):
        context = browser.new_context(reduced_motion="reduce" if motion == "reduce" else "no-preference")
        with opened(context) as page:
            page.goto(address)
            at(page, 0)
            running = page.evaluate(
                """(document.querySelector('.sd-next').click(),
                document.querySelector('stack-reel').getAnimations({subtree: true}).length)"""
            )
            assert (running > 0) == moves


def test_links_follow_and_are_followed(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="the fourth step").click()
    at(page, 4)
    expect(page.locator(".sd-deck")).to_be_in_viewport()
    length = page.evaluate("history.length")
    page.get_by_role("button", name="Next step").click()
    page.get_by_role("button", name="Next step").click()
    page.wait_for_url("**/#sum-sum:6")
    assert page.evaluate("history.length") == length
    page.get_by_role("button", name="Copy a link").click()
    expect(page.locator(".sd-told")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}#sum-sum:6"
    page.evaluate("location.hash = '#sum-sum:2'")
    at(page, 2)
    page.go_back()
    at(page, 6)


def test_deep_links_under_instant_navigation(page: Page, address: str) -> None:
    page.goto(f"{address}other/")
    page.evaluate("window.kept = true")
    page.get_by_role("link", name="deep").click()
    at(page, 6)
    expect(page.locator(".sd-deck")).to_be_in_viewport()
    assert page.evaluate("window.kept")
    page.go_back()
    page.get_by_role("heading", name="Other").wait_for()
    page.go_forward()
    at(page, 6)
    assert page.evaluate("window.kept")


def test_reels_in_step(page: Page, address: str) -> None:
    page.goto(f"{address}pair/")
    at(page, 0, "#one")
    page.locator("#one .sd-next").click()
    page.locator("#one .sd-next").click()
    at(page, 2, "#two")
    page.locator("#two .sd-last").click()
    at(page, LAST, "#one")
    page.wait_for_url("**/#two:*")


def test_settings_are_kept(page: Page, address: str) -> None:
    begin(page, address, 8)
    page.get_by_role("button", name="Settings").click()
    stack = page.locator(PANELS["stack"])
    high = text_at(page, "stack", "s")
    for form, seen in (("hexadecimal", "0x3"), ("characters", '"····"'), ("decimal", "3")):
        page.get_by_label("Values").select_option(label=form)
        expect(stack.locator("text", has_text=re.compile(f"^{re.escape(seen)}$")).first).to_be_attached()
    page.get_by_label("High addresses").select_option(label="at the bottom")
    low = text_at(page, "stack", "s")
    assert low[0] == high[0]
    assert low[1] < high[1]
    x, y = text_at(page, "stack", "s")
    point(page, "stack", x + 60, y - 3)
    expect(page.locator(".sd-told")).to_contain_text("not written earlier")
    page.get_by_label("Offsets").select_option(label="from the stack pointer")
    page.locator("select[data-choice=source]").select_option(label="hidden")
    expect(page.locator(".sd-source-panel")).to_be_hidden()
    page.reload()
    at(page, 8)
    expect(page.locator(".sd-source-panel")).to_be_hidden()
    assert text_at(page, "stack", "s") == low
    page.evaluate("localStorage.clear()")
    page.reload()
    at(page, 8)
    assert text_at(page, "stack", "s") == high


def shown_code(page: Page) -> str:
    return "\n".join(page.locator(PANELS["code"]).locator("text").all_text_contents())


def test_code_is_shown_in_the_readers_syntax(page: Page, address: str) -> None:
    begin(page, address, 8)
    assert "%eax,-0x4(%rbp)" in shown_code(page)
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Assembly").select_option(label="Intel")
    assert "DWORD PTR [rbp-0x4],eax" in shown_code(page)
    assert "%" not in shown_code(page)
    expect(page.locator(".sd-spoken")).to_contain_text("mov DWORD PTR [rbp-0x4],eax")
    panel = page.locator(PANELS["stack"])
    assert "DWORD PTR" in str(panel.get_attribute("aria-label"))
    page.get_by_role("button", name="Copy and save").click()
    page.get_by_role("button", name="Copy as text").click()
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert "%" not in copied
    assert "rip ▸ 0x40111b <+21>  mov   eax,DWORD PTR [rbp-0x4]" in copied
    page.get_by_role("button", name="Go to").click()
    assert "%" not in str(page.get_by_label("What").text_content())
    page.reload()
    at(page, 8)
    assert "DWORD PTR [rbp-0x4],eax" in shown_code(page)
    widths = page.evaluate(
        """[...document.querySelectorAll('.sd-player .sd-parts svg')].map(svg =>
        Math.max(...[...svg.querySelectorAll('text')].map(text => text.getBBox().x + text.getBBox().width)))"""
    )
    assert max(widths) <= 366
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Assembly").select_option(label="AT&T")
    assert "%eax,-0x4(%rbp)" in shown_code(page)


def test_saving(page: Page, address: str, tmp_path: Path) -> None:
    begin(page, address, 8)
    page.get_by_role("button", name="Copy and save").click()
    kept = {}
    for name in ("SVG", "PNG", "Text", "Web page"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name, exact=True).click()
        file = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(file)
        kept[file.name] = file.read_bytes()
    assert set(kept) == {f"sum-sum-8.{ending}" for ending in ("svg", "png", "txt", "html")}
    assert kept["sum-sum-8.png"].startswith(b"\x89PNG")
    assert len(kept["sum-sum-8.png"]) > 10_000
    assert kept["sum-sum-8.txt"].decode().startswith("Stack right after mov")
    page.get_by_role("button", name="Copy figure as SVG").click()
    expect(page.locator(".sd-told")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == kept["sum-sum-8.svg"].decode()
    for name in ("sum-sum-8.svg", "sum-sum-8.html"):
        page.goto((tmp_path / name).as_uri())
        assert page.locator("text", has_text="0x7ff").count() > 2
        assert page.evaluate("performance.getEntriesByType('resource').length") == 0


@pytest.mark.parametrize("width", [320, 360, 768, 1280, 3840])
def test_wide_and_narrow(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    begin(page, address, 8)
    for name in ("Help", "Go to", "Copy and save", "Settings"):
        page.get_by_role("button", name=name, exact=True).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    code, stack = (page.locator(PANELS[name]).first.bounding_box() for name in ("code", "stack"))
    assert code is not None
    assert stack is not None
    assert stack["x"] + stack["width"] <= width
    text = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.md-typeset')).fontSize)")
    for panel in (code, stack):
        smallest = 9 * panel["width"] / 365  # the least letters of the drawing
        assert smallest >= (11 / 16 * text if width >= 768 else 7.5)
        assert smallest <= 0.72 * text
    assert code["y"] < stack["y"]


def test_two_panels_where_there_is_room_for_them(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(reel_file(tmp_path).as_uri())
    at(page, 0)
    code, stack = (page.locator(PANELS[name]).first.bounding_box() for name in ("code", "stack"))
    assert code is not None
    assert stack is not None
    assert code["y"] == stack["y"]
    assert code["x"] + code["width"] <= stack["x"]


def test_a_finger(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    with opened(context) as page:
        page.goto(address)
        at(page, 0)
        page.get_by_role("button", name="Next step").tap()
        at(page, 1)
        sizes = [button.bounding_box() for button in page.locator(".sd-bar button").all()]
        assert all(size and size["height"] >= 44 and size["width"] >= 40 for size in sizes)
        slider = page.get_by_role("slider").bounding_box()
        assert slider is not None
        page.touchscreen.tap(slider["x"] + slider["width"] - 4, slider["y"] + 18)
        at(page, LAST)


def test_without_script_and_on_paper(browser: Browser, page: Page, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    with opened(context) as plain:
        plain.goto(address)
        assert plain.locator(".sd-strip > li:visible").count() == LAST + 1
        assert plain.locator(".sd-player").count() == 0
    begin(page, address, 3)
    page.emulate_media(media="print")
    assert page.locator(".sd-strip > li:visible").count() == LAST + 1
    assert not page.locator(".sd-player").is_visible()


def test_a_long_run_is_printed_whole(page: Page, tmp_path: Path) -> None:
    page.goto(reel_file(tmp_path).as_uri())
    at(page, 0)
    last = int(page.locator(".sd-slider").get_attribute("max") or 0)
    cards = page.locator(".sd-strip > li")
    assert cards.count() == last + 1
    assert cards.locator("svg").count() < last
    page.emulate_media(media="print")
    expect(cards.locator("svg")).to_have_count(last + 1)
    assert page.locator(".sd-strip > li:visible").count() == last + 1
    empty = page.evaluate(
        "[...document.querySelectorAll('.sd-strip svg')].filter(s => !s.querySelector('text')).length"
    )
    assert empty == 0
    page.emulate_media(media="null")
    page.reload()
    at(page, 0)
    paper = tmp_path / "page.pdf"
    page.pdf(path=paper)
    read = subprocess.run(["pdftotext", str(paper), "-"], check=True, capture_output=True, text=True).stdout
    numbers = {int(found) for found in re.findall(r"^\f?(\d+) ", read, re.MULTILINE)}
    assert set(range(last + 1)) <= numbers


def test_in_the_systems_own_colours(browser: Browser, address: str) -> None:
    with opened(browser.new_context(forced_colors="active")) as page:
        begin(page, address, 8)
        page.get_by_role("button", name="Help").click()
        drawn, ground = page.evaluate(
            """[[...document.querySelectorAll('.sd-player .sd-parts svg text, .sd-step-number, .sd-button')].map(
            each => getComputedStyle(each)[each.localName === 'text' ? 'fill' : 'color']),
            getComputedStyle(document.body).backgroundColor]"""
        )
        assert len(drawn) > 40
        pills = page.evaluate(
            """[...document.querySelectorAll('.sd-player rect.pw')].map(each => getComputedStyle(each).fill)"""
        )
        assert all(colour != ground or pills for colour in drawn)
        assert pills
        assert ground not in pills


def test_a_site_for_reading_offline(page: Page, tmp_path: Path) -> None:
    here = site(tmp_path / "offline", {"index.md": TEXT.replace("[elsewhere](other.md)", "")})
    (here.folder / "mkdocs.yml").write_text(
        "site_name: T\nplugins: [search, offline, stackreel]\ntheme: {name: material, font: false}\n"
    )
    built = here.build()
    assert built.status == 0, built.said
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((here.folder / "site/index.html").as_uri() + "#sum-sum:4")
    at(page, 4)
    page.get_by_role("button", name="Next step").click()
    at(page, 5)
    shim = "/iframe-worker/"  # Material's own, for its search
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:")) and shim not in url] == []


def test_under_a_strict_policy(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()  # the theme's own inline scripts fail here; ours is none
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "stackreel" in message.text else None)
    page.goto(f"{address}strict/")
    at(page, 0)
    page.locator(".sd-next").click()
    at(page, 1)
    assert page.locator(".sd-now-said").evaluate("element => element.style.minHeight") != ""
    assert refused == []
    context.close()


def test_the_search_index_has_notes_and_no_figures(page: Page, address: str) -> None:
    index = page.request.get(f"{address}search/search_index.json").text()
    assert "keeps" in index
    assert "0x7ffffff" not in index


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "pair/"])
def test_axe_finds_nothing(browser: Browser, address: str, scheme: str, path: str) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    with opened(context) as page:
        page.goto(address + path)
        page.locator("stack-reel.sd-live").first.wait_for()
        page.locator("summary").first.click()
        for name in ("Help", "Settings"):
            page.get_by_role("button", name=name, exact=True).first.click()
            page.add_script_tag(path=package("axe-core") / "axe.min.js")
            found = page.evaluate("axe.run('article').then(({violations}) => violations)")
            told = [f"{v['id']}: {v['help']}: {[n['target'] for n in v['nodes']]}" for v in found]
            assert told == []


def test_the_accessibility_tree_tells_the_step(page: Page, address: str) -> None:
    begin(page, address, 8)
    golden(
        Path(__file__).parent / "golden/player-tree.txt", page.locator("stack-reel").aria_snapshot() + "\n"
    )


def test_one_file_of_a_long_run_opens_from_the_disk(page: Page, tmp_path: Path) -> None:
    written = reel_file(tmp_path)
    page.goto(written.as_uri())
    at(page, 0)
    assert page.get_by_role("heading").text_content() == "<Loop>"
    assert page.locator(".sd-strip > li svg").count() < 60
    assert page.evaluate("performance.getEntriesByType('resource').length") == 0
    page.locator(".sd-now-said").click()
    page.keyboard.press("End")
    last = int(page.locator(".sd-entry").input_value())
    assert last > 60
    page.keyboard.press("ArrowLeft")
    at(page, last - 1)
    page.locator(".sd-source-line", has_text="s += i;").click()
    slowest = page.evaluate(
        """() => Math.max(...[...Array(60)].map(() => {
            const begin = performance.now();
            document.querySelector('.sd-previous').click();
            document.body.getBoundingClientRect();
            return performance.now() - begin;
        }))"""
    )
    assert slowest < 100  # `make bench` measures it; this only sees that nothing went badly wrong
