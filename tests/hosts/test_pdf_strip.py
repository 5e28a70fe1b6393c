"""Film strips: which steps stand where, and how large their drawings are."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from stackreel.hosts.pdf.strip import SMALLEST, Cell, strip_of
from stackreel.hosts.pdf.tree import classes, find_class, make

PAGE = 254 / 25.4 * 96
"""Height of a page's text, in CSS pixels."""


def cell(number: int, height: float, told: int = 0, caption: str = "words") -> Cell:
    picture = make("img", class_="sd", src="")
    frame = make("div", make("figure", make("figcaption", make("p", caption)), picture), id=str(number))
    return Cell(frame, height, tuple(make("div", f"word {number}") for _ in range(told)))


def shape(rows: Sequence[Element]) -> list[list[list[str]]]:
    """Return the rows: of each cell, its frame's number and the words in it."""
    return [
        [[*(part.get("id", "") for part in one if part.get("id")), *(word.text or "" for told in
          find_class(one, "film-told") for word in told)] for one in row]
        for row in rows
    ]  # fmt: skip


def heights(rows: Sequence[Element]) -> set[str]:
    return {picture.get("style", "") for row in rows for picture in find_class(row, "sd")}


def test_words_stand_beneath_the_frame_before_them() -> None:
    rows = list(strip_of([cell(0, 300, 2), cell(3, 300, 1), cell(5, 300), cell(6, 300)]))
    assert shape(rows) == [[["0", "word 0", "word 0"], ["3", "word 3"]], [["5"], ["6"]]]
    assert all(classes(row) == ["film-row"] for row in rows)


def test_many_words_stand_beside_their_frame_or_in_a_row_of_their_own() -> None:
    rows = list(strip_of([cell(0, 300, 8), cell(9, 300), cell(10, 300, 8), cell(19, 300)]))
    assert shape(rows) == [
        [["0"], ["word 0"] * 8], [["9"], ["10"]], [["word 10"] * 4, ["word 10"] * 4], [["19"]],
    ]  # fmt: skip


def test_a_last_frame_alone_has_its_words_beside_it() -> None:
    assert shape(list(strip_of([cell(0, 300, 1)]))) == [[["0"], ["word 0"]]]


def test_drawings_of_a_strip_have_one_scale_at_which_two_rows_share_a_page() -> None:
    ((said,),) = [heights(list(strip_of([cell(n, 450) for n in range(4)])))]
    height = float(said.removeprefix("max-height: ").removesuffix("px"))
    assert 450 * SMALLEST <= height <= PAGE / 2 - 40


def test_letters_of_high_drawings_keep_five_points_and_a_row_has_a_page() -> None:
    ((said,),) = [heights(list(strip_of([cell(n, 900) for n in range(4)])))]
    height = float(said.removeprefix("max-height: ").removesuffix("px"))
    assert 9 * 0.75 * height / 900 >= 5
    assert height < PAGE


def test_captions_of_a_row_have_one_height() -> None:
    (row,) = strip_of([cell(0, 300), cell(1, 300, caption="很长的说明" * 20)])
    first, second = (caption.get("style") for caption in row.iter("figcaption"))
    assert first == second
