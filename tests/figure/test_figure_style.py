"""The palette: contrast computed from figure.css, in light, dark and print."""

from __future__ import annotations

import re

import pytest

from stackreel import figure
from stackreel.figure.roles import BOX_COLOURS, TEXT_COLOURS
from stackreel.isa import X86_64
from support.views import c_sum_listings, c_sum_views

TEXT_ON = {  # text and what it may stand on
    "ink": ("paper", "cell", "wash", "band", "w-fill", "r-fill"),
    "mute": ("paper", "cell", "band", "w-fill", "r-fill"),
    "stale": ("paper", "cell", "wash"),
    "r": ("cell",),
    "paper": ("w", "ink"),
}
LINES_ON = {
    "rule": ("paper", "cell", "wash"),
    "hatch": ("paper",),
    "w": ("paper", "cell", "w-fill"),
    "r": ("paper", "cell", "r-fill"),
}


def colours(theme: str) -> dict[str, str]:
    css = figure.css()
    plain = dict(re.findall(r"--sd-([\w-]+): (#\w+)", css.partition("@supports")[0]))
    if theme == "print":
        return plain | dict(
            re.findall(r"--sd-([\w-]+): (#\w+)", css.partition("@media print")[2].partition("@media")[0])
        )
    pairs = re.findall(r"--sd-([\w-]+): light-dark\((#\w+), (#\w+)\)", css)
    assert {name for name, *_ in pairs} == plain.keys()
    return {name: (light if theme == "light" else dark) for name, light, dark in pairs}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_wcags() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_text_is_readable(theme: str) -> None:
    palette = colours(theme)
    for text, grounds in TEXT_ON.items():
        for ground in grounds:
            assert contrast(palette[text], palette[ground]) >= 4.5, (theme, text, ground)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_outlines_are_visible(theme: str) -> None:
    palette = colours(theme)
    for line, grounds in LINES_ON.items():
        for ground in grounds:
            assert contrast(palette[line], palette[ground]) >= 3, (theme, line, ground)


def test_the_light_values_stand_before_the_pair() -> None:
    plain = dict(re.findall(r"--sd-([\w-]+): (#\w+)", figure.css().partition("@supports")[0]))
    assert plain == colours("light")


def test_forced_colours_use_the_systems() -> None:
    block = figure.css().partition("forced-colors")[2].partition("}")[0]
    values = set(re.findall(r"--sd-[\w-]+: (\w+)", block))
    assert values == {"CanvasText", "GrayText", "Canvas"}


def test_no_theme_is_named_in_the_style() -> None:
    assert "data-md-color-scheme" not in figure.css()
    assert "slate" not in figure.css()


def test_each_role_has_a_colour_of_its_own() -> None:
    for table in (TEXT_COLOURS, BOX_COLOURS):
        assert len(set(table.values())) == len(table)


def test_every_class_of_a_drawing_is_styled() -> None:
    views, listings = c_sum_views(), c_sum_listings()
    drawings = figure.draw(figure.compose(views, listings, X86_64, ident="c", language="en"))
    used = {
        name for d in drawings for group in re.findall(r'class="([^"]+)"', d.svg) for name in group.split()
    }
    styled = set(re.findall(r"\.([a-z][a-z0-9]*)", figure.css()))
    assert used - {"sd"} <= styled
