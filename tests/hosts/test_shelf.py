"""What is taken out of a page for the search index comes back as it was."""

from __future__ import annotations

import pytest

from stackreel.hosts.shelf import Shelf

MARK = ' data-search-exclude="true"'


@pytest.mark.parametrize(
    ("html", "light"),
    [
        ("<p>a</p>", "<p>a</p>"),
        (f"<div{MARK}><div>x</div><svg/></div><p>a</p>", "<p>a</p>"),
        (f'<p>a <code class="c"{MARK} id="i">b</code></p>', "<p>a </p>"),
        (f"<div{MARK}>x<p{MARK}>y</p></div><p>a</p><div{MARK}>z</div>", "<p>a</p>"),
        (f"<div{MARK}><p>a</p>", "<p>a</p>"),
    ],
)
def test_a_page_is_whole_again_but_for_the_mark(html: str, light: str) -> None:
    shelf = Shelf()
    taken = shelf.take(html)
    assert shelf.give_back(taken) == html.replace(MARK, "")
    for number in range(1, 4):
        taken = taken.replace(f'<span data-stackreel-shelf="{number}"></span>', "")
    assert taken == light


def test_pages_do_not_mix() -> None:
    shelf = Shelf()
    first, second = (shelf.take(f"<div{MARK}>{name}</div>") for name in ("a", "b"))
    assert (shelf.give_back(second), shelf.give_back(first)) == ("<div>b</div>", "<div>a</div>")
