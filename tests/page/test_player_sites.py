"""The player as sites and readers use it: tabs, addresses that change, plain http, tall stacks, fingers, files."""

import base64
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from stackreel.hosts.cli import status
from support.browser import opened
from support.players import LAST, reel_file
from support.project import ROOT

pytestmark = pytest.mark.browser

NEGATIVE = """int less(int a) {
    return a - 2; /* %s */
}

int main(void) {
    return less(-5) + 8;
}
""" % ("a comment that is as long as a line of source may be, " * 3)
DEEP = """int down(int n) {
    if (n == 0)
        return 0;
    return down(n - 1) + 1;
}

int main(void) {
    return down(9);
}
"""


@pytest.fixture(scope="module")
def negative(tmp_path_factory: pytest.TempPathFactory) -> str:
    return reel_file(tmp_path_factory.mktemp("negative"), NEGATIVE).as_uri()


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> str:
    return reel_file(tmp_path_factory.mktemp("deep"), DEEP).as_uri()


@pytest.fixture(scope="module")
def old_go(tmp_path_factory: pytest.TempPathFactory) -> str:
    return _of_example(tmp_path_factory.mktemp("old"), "go-sum-1.15/sum", "--functions", "main.main,main.sum")


@pytest.fixture(scope="module")
def interfaces(tmp_path_factory: pytest.TempPathFactory) -> str:
    functions = ("--start", "main.interfaces", "--functions", "main.interfaces,main.useInterfaces")
    return _of_example(tmp_path_factory.mktemp("interfaces"), "go-types-1.15/types", *functions)


def _of_example(folder: Path, binary: str, *options: str) -> str:
    written = folder / "page.html"
    assert status(["reel", *options, str(ROOT / "traces" / binary), "-o", str(written)]) == 0
    return written.as_uri()


def at(page: Page, step: int, reel: str = "stack-reel") -> None:
    """Wait for the reel to be at a step."""
    expect(page.locator(f"{reel} .sd-entry")).to_have_value(str(step))


def menu(page: Page, name: str) -> None:
    """Open one of the menus below the buttons."""
    page.get_by_role("button", name=name, exact=True).first.click()


def saved(page: Page, name: str, folder: Path) -> Path:
    """Save the step under this name in the menu, which is open."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name, exact=True).click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def pixels(page: Page, png: bytes) -> list[list[int]]:
    """Return the colours of a picture along its left edge, 8 pixels in, and of its upper left corner."""
    found = page.evaluate(
        """async (url) => {
            const image = new Image();
            image.src = url;
            await image.decode();
            const canvas = new OffscreenCanvas(image.width, image.height);
            const pen = canvas.getContext('2d');
            pen.drawImage(image, 0, 0);
            const rows = [0, ...Array(40).keys()].map(row => Math.floor(row * image.height / 40));
            return rows.map(y => [...pen.getImageData(8, y, 1, 1).data.slice(0, 3)]);
        }""",
        "data:image/png;base64," + base64.b64encode(png).decode(),
    )
    return list(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_saved_picture_has_the_pages_ground_and_a_margin(
    browser: Browser, address: str, tmp_path: Path, scheme: str
) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light", accept_downloads=True)
    with opened(context) as page:
        page.goto(f"{address}#sum-sum:8")
        at(page, 8)
        menu(page, "Copy and save")
        png = saved(page, "PNG", tmp_path).read_bytes()
        ground = page.evaluate("getComputedStyle(document.querySelector('.sd-deck')).backgroundColor")
        expected = [int(number) for number in re.findall(r"\d+", ground)[:3]]
        assert (sum(expected) > 3 * 250) == (scheme == "light")
        assert all(colour == expected for colour in pixels(page, png))


def test_a_picture_where_a_policy_allows_data_alone(browser: Browser, address: str, tmp_path: Path) -> None:
    context = browser.new_context(accept_downloads=True)
    page = context.new_page()  # the theme's own inline scripts fail here; ours is none
    page.goto(f"{address}images/#sum-sum:8")
    at(page, 8)
    menu(page, "Copy and save")
    assert saved(page, "PNG", tmp_path).read_bytes().startswith(b"\x89PNG")
    context.close()


def values(page: Page, register: str) -> list[str]:
    """Return what stands beside a register's name, in all forms there are."""
    found = []
    for form in ("as they are typed", "hexadecimal", "decimal", "characters"):
        page.get_by_label("Values").select_option(label=form)
        texts = page.locator(".sd-registers text").all_text_contents()
        found.append(texts[texts.index(register) + 1])
    return found


def test_a_registers_size_decides_its_value(page: Page, negative: str) -> None:
    page.goto(negative)
    page.get_by_role("slider").fill("4")
    menu(page, "Settings")
    assert values(page, "edi") == ["-5", "0xfffffffb", "-5", '"····"']
    page.get_by_role("button", name="Last step").click()
    assert values(page, "eax") == ["1", "0x1", "1", '"····"']
    assert values(page, "rbp")[1].startswith("0x")


@pytest.mark.parametrize(("link", "other"), [("one:5", "#two"), ("two:5", "#one")])
def test_a_link_moves_all_reels_of_a_group(page: Page, address: str, link: str, other: str) -> None:
    page.goto(f"{address}pair/#{link}")
    at(page, 5, f"#{link[:3]}")
    at(page, 5, other)


def test_a_reel_that_comes_later_joins_where_its_group_is(page: Page, address: str) -> None:
    page.goto(f"{address}pair/")
    at(page, 0, "#two")
    page.evaluate(
        "window.late = document.querySelector('#two'), window.place = late.parentElement, late.remove()"
    )
    page.locator("#one .sd-slider").fill("7")
    page.evaluate("place.append(late)")
    at(page, 7, "#two")


def test_of_a_group_one_plays_and_speaks(page: Page, address: str) -> None:
    page.goto(f"{address}pair/")
    at(page, 0, "#two")
    spoken = {reel: page.locator(f"{reel} .sd-spoken") for reel in ("#one", "#two")}
    page.locator("#one .sd-play").click()
    expect(spoken["#two"]).to_have_attribute("aria-live", "off")
    expect(spoken["#one"]).to_have_attribute("aria-live", "off")
    page.locator("#two .sd-play").click()
    expect(page.locator("#two .sd-play")).to_have_attribute("aria-label", "Pause")
    assert page.locator("#one .sd-play").get_attribute("aria-label") == "Play"
    page.locator("#two .sd-play").click()
    page.locator("#one .sd-next").click()
    expect(spoken["#one"]).to_have_attribute("aria-live", "polite")
    expect(spoken["#two"]).to_have_attribute("aria-live", "off")


@pytest.mark.parametrize(("link", "step"), [("tabbed:5", 5), ("inside:4", 4), ("tabbed", 0)])
@pytest.mark.parametrize("is_fresh", [True, False])
def test_a_link_opens_what_hides_the_reel(
    page: Page, address: str, link: str, step: int, is_fresh: bool
) -> None:
    reel = f"#{link.partition(':')[0]}"
    if is_fresh:
        page.goto(f"{address}tabs/#{link}")
    else:
        page.goto(f"{address}tabs/")
        page.locator(f"{reel}.sd-live").wait_for(state="attached")
        assert not page.locator(f"{reel} .sd-player").is_visible()
        page.evaluate("link => { location.hash = link; }", link)
    at(page, step, reel)
    expect(page.locator(f"{reel} .sd-player")).to_be_visible()
    expect(page.locator(f"{reel} .sd-player")).to_be_in_viewport()


def test_a_link_wins_over_the_step_before(page: Page, address: str) -> None:
    page.goto(address)
    at(page, 0)
    page.evaluate("document.querySelector('.sd-next').click(), location.hash = '#sum-sum:7'")
    at(page, 7)
    page.wait_for_timeout(600)  # longer than the address waits for further steps
    at(page, 7)
    assert page.url.endswith("#sum-sum:7")


def test_a_link_opens_tabs_of_the_older_style(page: Page, negative: str) -> None:
    page.goto(negative)
    at(page, 0)
    page.evaluate(
        """() => {
            const reel = document.querySelector('stack-reel');
            const tabs = document.createElement('div');
            tabs.className = 'tabbed-set';
            tabs.innerHTML = '<input checked type=radio name=t><label>A</label><div class=tabbed-content hidden></div>'
                + '<input type=radio name=t><label>B</label><div class=tabbed-content></div>';
            reel.replaceWith(tabs);
            tabs.lastElementChild.append(reel);
            location.hash = `#${reel.id}:3`;
        }"""
    )
    at(page, 3)
    assert page.locator(".tabbed-set > input").nth(1).is_checked()


def test_the_step_is_there_again_though_the_address_lost_it(page: Page, address: str) -> None:
    page.goto(f"{address}long/")
    at(page, 0)
    page.locator("stack-reel .sd-next").click()
    page.locator("stack-reel .sd-next").click()
    page.wait_for_url("**/#sum-sum:2")
    page.locator("#far").scroll_into_view_if_needed()
    page.mouse.wheel(0, 4000)
    page.wait_for_url(lambda url: "sum-sum" not in url)
    page.reload()
    at(page, 2)
    page.get_by_role("link", name="elsewhere").click()
    page.get_by_role("heading", name="Other").wait_for()
    page.go_back()
    at(page, 2)
    page.goto(f"{address}other/")
    page.goto(f"{address}long/")
    at(page, 0)  # by a link one begins at the beginning


def test_the_wheel_passes_at_the_ends(page: Page, address: str) -> None:
    page.goto(f"{address}long/")
    at(page, 0)
    page.locator(".sd-timeline").hover()
    page.evaluate("scrollBy(0, 40)")
    page.locator(".sd-timeline").hover()
    scrolled = page.evaluate("scrollY")
    page.mouse.wheel(0, -40)
    page.wait_for_function(f"scrollY < {scrolled}")
    at(page, 0)
    page.get_by_role("button", name="Last step").click()
    page.locator(".sd-timeline").hover()
    scrolled = page.evaluate("scrollY")
    page.mouse.wheel(0, 40)
    page.wait_for_function(f"scrollY > {scrolled}")
    at(page, LAST)


def test_a_number_beyond_the_end_leads_to_the_end(page: Page, address: str) -> None:
    page.goto(address)
    at(page, 0)
    page.get_by_role("slider").focus()
    page.keyboard.type("100")
    at(page, 100)
    page.keyboard.press("Enter")
    at(page, LAST)


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page for sites without TLS: of a browser that finds example.test on this machine."""
    started = browser.browser_type.launch(
        executable_path="/usr/bin/chromium",
        args=["--no-sandbox", "--host-resolver-rules=MAP example.test 127.0.0.1"],
    )
    with opened(started.new_context()) as page:
        yield page
    started.close()


def test_copying_without_tls(plain: Page, address: str) -> None:
    plain.goto(address.replace("127.0.0.1", "example.test") + "#sum-sum:6")
    at(plain, 6)
    assert plain.evaluate("isSecureContext") is False
    plain.get_by_role("button", name="Copy a link").click()
    expect(plain.locator(".sd-told")).to_have_text("Copied")
    plain.get_by_label("Step", exact=True).focus()
    plain.keyboard.press("Control+V")
    assert plain.locator(".sd-entry").input_value().endswith("#sum-sum:6")
    plain.evaluate("document.execCommand = () => false")
    plain.get_by_role("button", name="Copy a link").click()
    expect(plain.locator(".sd-told")).to_contain_text("#sum-sum:6")
    menu(plain, "Copy and save")
    plain.get_by_role("button", name="Copy figure as SVG").click()
    expect(plain.locator(".sd-told")).to_have_text(
        "The browser did not allow copying. It can be saved as a file."
    )


def test_what_is_told_in_passing_goes_away(page: Page, address: str) -> None:
    page.goto(address)
    at(page, 0)
    page.get_by_role("button", name="Copy a link").click()
    expect(page.locator(".sd-told")).to_have_text("Copied")
    expect(page.locator(".sd-told")).to_have_text("", timeout=9000)


def test_a_tall_stack_scrolls_by_itself_and_keeps_the_step_in_sight(page: Page, deep: str) -> None:
    page.goto(deep)
    at(page, 0)
    pane = page.locator(".sd-pane")
    expect(pane).to_have_attribute("tabindex", "0")
    assert pane.get_attribute("aria-label") == "Stack"
    inside = """() => {
        const pane = document.querySelector('.sd-pane').getBoundingClientRect();
        const marks = [...document.querySelectorAll('.sd-pane path.fs, .sd-pane .wr')];
        return marks.length > 0 && marks.every(each => {
            const box = each.getBoundingClientRect();
            return box.top >= pane.top - 1 && box.bottom <= pane.bottom + 1 && box.bottom <= innerHeight;
        });
    }"""
    last = int(page.locator(".sd-slider").get_attribute("max") or 0)
    for step in range(0, last, 7):
        page.get_by_role("slider").fill(str(step))
        at(page, step)
        page.wait_for_function(inside)
    for choice in ("at the bottom", "at the top"):
        menu(page, "Settings")
        page.get_by_label("High addresses").select_option(label=choice)
        menu(page, "Settings")
        page.get_by_role("slider").fill(str(last // 2))
        page.wait_for_function(inside)
    pane.focus()
    before = pane.evaluate("pane => pane.scrollTop")
    for key in ("PageUp", "PageDown"):
        page.keyboard.press(key)
    page.keyboard.press("PageUp")
    page.wait_for_function(f"document.querySelector('.sd-pane').scrollTop !== {before}")
    page.set_viewport_size({"width": 1280, "height": 6000})
    expect(pane).not_to_have_attribute("tabindex", "0")
    assert pane.evaluate("pane => pane.scrollHeight <= pane.clientHeight + 1")


def test_a_word_of_a_sentence_is_no_instruction(page: Page, old_go: str) -> None:
    page.goto(old_go)
    at(page, 0)
    last = int(page.locator(".sd-slider").get_attribute("max") or 0)
    menu(page, "Settings")
    page.get_by_label("Assembly").select_option(label="Go")
    menu(page, "Settings")
    said = []
    for step in range(last + 1):
        page.get_by_role("slider").fill(str(step))
        at(page, step)
        said.append(page.locator(".sd-spoken").inner_text())
    returned = [each for each in said if " RET " in each]
    assert len(returned) >= 2
    assert all(re.match(r"\d+ RET takes return address 0x", each) for each in returned)
    assert [each for each in said if "RETurn" in each or each.count("ADDQ") > 1] == []


def test_a_number_with_a_type_beside_it_follows_the_setting(page: Page, interfaces: str) -> None:
    page.goto(interfaces)
    at(page, 0)
    last = int(page.locator(".sd-slider").get_attribute("max") or 0)
    page.get_by_role("slider").fill(str(last // 2))
    at(page, last // 2)
    page.locator(".sd-player summary").filter(has_text="This stack as a table").click()
    noted = ".sd-player .sd-cells td:nth-child(6):has(code > span)"
    before = page.locator(noted).all_inner_texts()
    assert any(re.fullmatch(r"0x[0-9a-f]+ [a-z.*]+\w*", each) for each in before)
    menu(page, "Settings")
    page.get_by_label("Values").select_option(label="decimal")
    after = page.locator(noted).all_inner_texts()
    assert [each.partition(" ")[2] for each in after] == [each.partition(" ")[2] for each in before]
    assert [each for each in after if not re.match(r"-?\d+ ", each)] == []


IN_SIGHT = """() => {
    const pane = document.querySelector('.sd-pane').getBoundingClientRect();
    const marks = [...document.querySelectorAll('.sd-pane path.fs')].map(each => each.getBoundingClientRect());
    return marks.length > 0 && marks.every(box => box.top >= pane.top - 1 && box.bottom <= pane.bottom + 1);
}"""


def test_the_step_stays_in_sight_in_a_lower_window(page: Page, deep: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto(deep)
    last = int(page.locator(".sd-slider").get_attribute("max") or 0)
    for step in range(0, last, 9):
        page.set_viewport_size({"width": 1280, "height": 1000})
        page.get_by_role("slider").fill(str(step))
        at(page, step)
        page.wait_for_function(IN_SIGHT)
        page.set_viewport_size({"width": 1280, "height": 560})
        page.wait_for_function("document.querySelector('.sd-pane').clientHeight < 560")
        page.wait_for_function(IN_SIGHT)


def test_a_pane_with_a_scrollbar_does_not_flicker(browser: Browser, deep: str) -> None:
    usual = browser.browser_type.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox"], ignore_default_args=["--hide-scrollbars"]
    )
    with closing(usual), opened(usual.new_context()) as page:
        page.set_viewport_size({"width": 1280, "height": 6000})
        page.goto(deep)
        at(page, 0)
        whole = float(page.evaluate("document.querySelector('.sd-pane').offsetHeight"))
        page.evaluate(
            """() => {
                window.changes = 0;
                new MutationObserver(seen => { window.changes += seen.length; })
                    .observe(document.querySelector('.sd-pane'), { attributes: true });
            }"""
        )
        heights = [*range(int(whole) - 40, int(whole) + 360, 8)]
        for height in heights:
            page.set_viewport_size({"width": 1280, "height": height})
            counts = [-1]
            for _ in range(20):  # it has to come to rest
                page.wait_for_timeout(60)
                counts.append(int(page.evaluate("changes")))
                if counts[-1] == counts[-2]:
                    break
            assert counts[-1] == counts[-2], height
        page.set_viewport_size({"width": 1280, "height": 600})
        page.wait_for_function("document.querySelector('.sd-pane').matches('.sd-scrolls')")
        pane = page.locator(".sd-pane")
        assert pane.evaluate("pane => pane.clientWidth < pane.offsetWidth")  # there is a scrollbar


def test_the_turned_stacks_headings_stand_beside_each_other(page: Page, address: str, deep: str) -> None:
    crossing = """() => {
        const boxes = [...document.querySelectorAll('.sd-pane text[y]')]
            .filter(each => Number(each.getAttribute('y')) < 13)
            .map(each => each.getBoundingClientRect()).sort((a, b) => a.left - b.left);
        return boxes.some((box, at) => at > 0 && box.left < boxes[at - 1].right);
    }"""
    for url, words in ((deep, "↑ lower addresses"), (address, "↑ lower addresses: the stack grows this way")):
        page.goto(url)
        at(page, 0)
        menu(page, "Settings")
        page.get_by_label("High addresses").select_option(label="at the bottom")
        assert words in page.locator(".sd-pane text").all_text_contents()
        assert not page.evaluate(crossing)


def test_the_table_follows_the_settings(page: Page, address: str) -> None:
    page.goto(f"{address}#sum-sum:8")
    at(page, 8)
    page.locator("summary").first.click()
    rows = page.locator(".sd-player tbody tr")
    first = str(rows.first.locator("th").text_content())
    menu(page, "Settings")
    page.get_by_label("Values").select_option(label="hexadecimal")
    page.get_by_label("High addresses").select_option(label="at the bottom")
    page.get_by_label("Offsets").select_option(label="from the stack pointer")
    assert rows.last.locator("th").text_content() == first
    assert page.locator(".sd-player thead th").all_text_contents()[1:3] == ["from rsp", "bytes"]
    row = rows.filter(has=page.locator("td", has_text=re.compile("^s$")))
    assert row.locator("td").nth(3).text_content() == "0x3"
    assert "0x401137 <main+23>" in rows.locator("code").all_text_contents()


def test_a_long_line_of_source_can_be_read(page: Page, negative: str) -> None:
    page.set_viewport_size({"width": 800, "height": 900})
    page.goto(negative)
    at(page, 0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 800
    end = page.locator(".sd-lines").evaluate("lines => { lines.scrollLeft = 1e6; return lines.scrollLeft; }")
    assert end > 200
    edges = page.evaluate(
        """[document.querySelectorAll('.sd-source-line')[1].lastElementChild, document.querySelector('.sd-lines')]
        .map(each => each.getBoundingClientRect().right)"""
    )
    assert edges[0] <= edges[1] + 1


def test_a_saved_page_can_be_read_by_itself(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}pair/#two:8")
    at(page, 8, "#two")
    page.locator("#two .sd-save").click()
    with page.expect_download() as waiting:
        page.locator("#two [data-save='save html']").click()
    waiting.value.save_as(tmp_path / "step.html")
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto((tmp_path / "step.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.title() == f"Stack right after mov %eax,-0x4(%rbp) in sum (Step 8 of {LAST})"
    assert page.get_by_role("heading").text_content() == page.title()
    expect(page.get_by_text("second of the pair")).to_be_visible()
    expect(page.get_by_role("link")).to_have_attribute("href", f"{address}pair/#two:8")
    assert page.locator("svg").count() == 2
    page.set_viewport_size({"width": 1280, "height": 800})
    gap = page.evaluate(
        """(([code, what]) => what.left - code.right)(['code', '.sd-what'].map(
        each => document.querySelector(`.sd-spoken > ${each}`).getBoundingClientRect()))"""
    )
    assert gap > 4


def test_the_sentence_says_things_once_and_addresses_as_code(page: Page, address: str) -> None:
    page.goto(f"{address}#sum-sum:8")
    at(page, 8)
    expect(page.locator(".sd-what")).to_have_text(re.compile("^writes 3 to s at 0x7"))
    assert page.locator(".sd-what code").all_text_contents() == [
        re.search(r"0x7\w+", str(page.locator(".sd-what").text_content()))[0]  # type: ignore[index]  # it is there
    ]
    page.get_by_role("slider").fill("1")
    assert str(page.locator(".sd-what").text_content()).endswith(".")  # a note follows


def test_who_wrote_a_slot_is_told_by_its_name(page: Page, address: str) -> None:
    page.goto(f"{address}#sum-sum:3")
    at(page, 3)
    menu(page, "Go to")
    page.get_by_label("What").select_option(label="0x7fffffffecfc s")
    page.get_by_role("button", name="earlier").click()
    expect(page.locator(".sd-told")).to_have_text(re.compile(r"^s \(0x7\w+\): not written earlier"))


def test_the_help_of_a_mouse_and_of_a_finger(browser: Browser, page: Page, address: str) -> None:
    page.goto(address)
    at(page, 0)
    menu(page, "Help")
    gaps = page.evaluate(
        """[...document.querySelectorAll('.sd-help-panel dt')].flatMap(row => [...row.querySelectorAll('kbd')]
        .map(key => key.getBoundingClientRect())
        .flatMap((box, at, all) => at > 0 ? [box.left - all[at - 1].right] : []))"""
    )
    assert len(gaps) == 4
    assert min(gaps) >= 2
    expect(page.locator(".sd-help-panel li", has_text="Shift")).to_be_visible()
    touch = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    with opened(touch) as phone:
        phone.goto(address)
        at(phone, 0)
        menu(phone, "Help")
        expect(phone.locator(".sd-help-panel li", has_text="Shift")).to_be_hidden()
        expect(phone.locator(".sd-help-panel li", has_text="Go to")).to_be_visible()
        heights = [line.bounding_box() for line in phone.locator(".sd-source-line").all()]
        assert all(box and box["height"] >= 24 for box in heights)


def test_a_narrow_page_has_code_and_stack_first(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address)
    at(page, 0)
    parts = (".sd-parts > svg", ".sd-registers", ".sd-pane", ".sd-source-panel", ".sd-signs")
    boxes = [page.locator(f".sd-player {part}").first.bounding_box() for part in parts]
    tops = [box["y"] for box in boxes if box]
    assert len(tops) == len(parts)
    assert tops == sorted(tops)


def test_a_page_that_is_one_reel_has_its_keys_from_the_start(page: Page, negative: str) -> None:
    page.goto(negative)
    at(page, 0)
    assert page.evaluate("document.activeElement === document.body")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    at(page, 2)
    page.keyboard.press("?")
    expect(page.locator(".sd-help-panel")).to_be_visible()


def test_the_line_that_comes_is_in_the_middle_of_the_source(page: Page, deep: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(deep)
    at(page, 0)
    line, deck = page.locator(".sd-comes").first, page.locator(".sd-deck")
    expect(line).to_be_in_viewport()
    shown, below, stack = line.bounding_box(), deck.bounding_box(), page.locator(".sd-pane").bounding_box()
    assert shown
    assert below
    assert stack
    assert shown["y"] + shown["height"] <= below["y"]
    assert shown["x"] >= stack["x"] + stack["width"]  # a third column


@pytest.mark.parametrize("is_touched", [False, True])
def test_on_a_phone_the_first_line_of_buttons_is_whole(
    browser: Browser, address: str, is_touched: bool
) -> None:
    viewport = ViewportSize(width=360, height=700)
    context = browser.new_context(viewport=viewport, has_touch=is_touched, is_mobile=is_touched)
    with opened(context) as page:
        page.goto(address)
        at(page, 0)
        page.locator("stack-reel").first.evaluate("reel => reel.scrollIntoView()")
        lows = (
            page.locator(".sd-player")
            .first.locator(".sd-button")
            .evaluate_all("buttons => buttons.map(button => button.getBoundingClientRect().bottom)")
        )
        assert min(lows) <= 700  # the lines that follow come with the end of the reel
        assert max(lows) > 700
