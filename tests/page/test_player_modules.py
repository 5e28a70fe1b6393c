"""The player's modules become one script with one scope: a name that two of them declare would be one thing in both."""

import re
from collections import Counter
from importlib.resources import files

from stackreel.page.assets import script

DECLARED = re.compile(r"^(?:export )?(?:async )?(?:const|let|function|class) (\w+)", re.MULTILINE)
IMPORTED = re.compile(r"^import .*? from \"\./(\w+)\.js\";$", re.MULTILINE)


def modules() -> dict[str, str]:
    """Return the texts of the modules by name."""
    folder = files("stackreel.page.assets").joinpath("player")
    return {each.name[:-3]: each.read_text() for each in folder.iterdir() if each.name.endswith(".js")}


def test_no_two_modules_declare_the_same_name() -> None:
    declared = Counter(name for text in modules().values() for name in DECLARED.findall(text))
    assert [name for name, times in declared.items() if times > 1] == []


def test_all_modules_are_in_the_script_after_those_they_import() -> None:
    whole = script().content
    places = {name: whole.find(text.split("\n", 1)[0]) for name, text in modules().items()}
    assert [name for name, place in places.items() if place < 0] == []
    for name, text in modules().items():
        assert [other for other in IMPORTED.findall(text) if places[other] > places[name]] == []
