"""The C example's key moments as text and as DOT, kept beside this file and read by people."""

from pathlib import Path

import pytest

from stackreel import figure
from stackreel.figure.lettering import columns
from stackreel.isa import X86_64
from support.golden import golden
from support.views import MOMENTS, c_sum_listings, c_sum_views

GOLDEN = Path(__file__).parent / "golden"


def scenes(language: str) -> dict[str, figure.Scene]:
    made = figure.compose(c_sum_views(), c_sum_listings(), X86_64, ident="c-sum", language=language)
    return dict(zip(MOMENTS, made, strict=True))


@pytest.mark.parametrize("moment", MOMENTS)
def test_text_of_every_moment(moment: str) -> None:
    golden(GOLDEN / f"c-sum-{moment}.txt", figure.text(scenes("en")[moment]))


@pytest.mark.parametrize("moment", ["T5", "T9", "T11"])
def test_chinese_text(moment: str) -> None:
    golden(GOLDEN / f"c-sum-{moment}-zh.txt", figure.text(scenes("zh")[moment]))


def test_ascii_text() -> None:
    text = figure.text(scenes("en")["T9"], ascii=True)
    golden(GOLDEN / "c-sum-T9-ascii.txt", text)
    assert text.isascii()


def test_dot_source() -> None:
    golden(GOLDEN / "c-sum-T9.dot.txt", figure.dot_source(scenes("en")["T9"]))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sentences(language: str) -> None:
    said = [
        f"{name}: {figure.sentence(scene)}\n   {scene.description}\n"
        for name, scene in scenes(language).items()
    ]
    golden(GOLDEN / f"c-sum-sentences-{language}.txt", "".join(said))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_text_is_narrow_and_clean(language: str) -> None:
    for scene in scenes(language).values():
        for line in figure.text(scene).splitlines():
            assert columns(line) <= 100
            assert line == line.rstrip()


def test_text_is_the_same_twice() -> None:
    assert [figure.text(s) for s in scenes("en").values()] == [figure.text(s) for s in scenes("en").values()]
