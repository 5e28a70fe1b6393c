"""A browser, and a site with a player to open in it, for the tests of what readers see."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from support.browser import chromium, opened
from support.players import player_site


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with a player."""
    with player_site(tmp_path_factory.mktemp("player")) as base:
        yield base


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started."""
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty tab, 1280 px wide, that may save files and copy."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    with opened(context) as page:
        yield page
