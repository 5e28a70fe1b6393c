"""The core of the player's tests in Debian's Firefox; puppeteer-core drives it, `firefox.mjs` has the cases."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from support.npm import package
from support.players import LAST, player_site, reel_file

pytestmark = pytest.mark.browser

CASES = (
    "buttons",
    "keys",
    "slider and wheel",
    "pointing at code, registers and bytes",
    "links and the back button",
    "instant navigation",
    "reels in step",
    "settings are kept",
    "a call opens and closes",
    "arrows are part of the drawing",
    "narrow and wide",
    "a strict policy",
    "from the disk, a long run, on paper",
    "without scripts every step is there",
    "dark, and no motion",
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """What each case found wrong; nothing is an empty text."""
    root = tmp_path_factory.mktemp("firefox")
    firefox = shutil.which("firefox-esr") or shutil.which("firefox")
    assert firefox is not None, "Firefox is needed for this test: apt-get install firefox-esr"
    with player_site(root) as address:
        command = [
            "node", str(Path(__file__).with_name("firefox.mjs")), str(package("puppeteer-core")), firefox, address,
            reel_file(root).as_uri(), str(LAST),
        ]  # fmt: skip
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=400)
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout)


def test_all_cases_are_run(found: Mapping[str, str]) -> None:
    assert tuple(found) == CASES


@pytest.mark.parametrize("name", CASES)
def test_firefox(found: Mapping[str, str], name: str) -> None:
    assert found[name] == ""
