"""The words: both languages say the same things with the same fields, and every phrase asked for is there."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from stackreel import figure
from stackreel.figure.lettering import brief, clean, columns, mono, sans, squeeze


def fields(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}


def test_languages_have_the_same_phrases_and_fields() -> None:
    english, chinese = figure.LANGUAGES["en"], figure.LANGUAGES["zh"]
    assert english.keys() == chinese.keys()
    for name in english:
        assert fields(english[name]) == fields(chinese[name]), name


def test_every_phrase_used_is_in_the_table_and_every_one_of_the_table_is_used() -> None:
    folder = Path(figure.__file__).parent
    source = "".join(p.read_text(encoding="utf-8") for p in folder.glob("*.py") if p.name != "words.py")
    asked = set(re.findall(r'words\(\s*"([^"]+)"', source)) | set(re.findall(r'"(say [^"]+)"', source))
    table = figure.LANGUAGES["en"].keys()
    assert asked <= table
    literal = {name for name in table if f'"{name}"' in source or f"'{name}'" in source}
    made = {name for name in table if name.startswith(("key ", "column ", "code ", "title"))}
    assert table - literal - made == set()


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no words for language 'tlh'"):
        figure.Words("tlh")


def test_words_are_spaced_and_punctuated_as_chinese() -> None:
    for phrase in figure.LANGUAGES["zh"].values():
        assert not re.search(r"[一-鿿][,:;()]|[,:;()][一-鿿]", phrase), phrase


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\tb\n", "a\\tb\\n"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\u202eabc", "\\u202eabc"),
        ("\U000e0001", "\\U000e0001"),
        ("汉字", "汉字"),
        ("a\u00a0b", "a b"),
    ],
)
def test_clean_shows_what_cannot_be_seen(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_squeeze_keeps_the_offset() -> None:
    assert squeeze("<__libc_start_call_main+122>", 20, columns) == "<__libc_start_…+122>"
    assert squeeze("std::vector<int>::push_back", 15, columns) == "std::vecto…back"
    assert squeeze("short", 5, columns) == "short"
    assert squeeze("anything", 0, columns) == ""


@pytest.mark.parametrize("measure", [columns, mono(11), sans(9)])
def test_squeezed_text_fits(measure: object) -> None:
    for room in range(1, 120, 7):
        for text in ("x" * 500, "汉" * 40, "<a_name_of_some_length+0x1234>", "W" * 30):
            assert measure(squeeze(text, room, measure)) <= room or squeeze(text, room, measure) == ""  # type: ignore[operator, arg-type]  # a measure


def test_brief_is_short() -> None:
    assert columns(brief("名" * 1000)) <= 48
