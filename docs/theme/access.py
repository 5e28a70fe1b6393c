"""Names for what the theme leaves nameless: the search dialog is called what its field is."""

from __future__ import annotations

import re

_DIALOG = re.compile(r'<div class="md-search" data-md-component="search" role="dialog"')
_FIELD = re.compile(r'<input[^>]*class="md-search__input"[^>]*aria-label="([^"]*)"')


def on_post_page(output: str, **_: object) -> str:
    """Name the dialog of a page."""
    return _named(output)


def on_post_template(output_content: str, **_: object) -> str:
    """Name the dialog of a page that is not an article: the one for what is not found."""
    return _named(output_content)


def _named(page: str) -> str:
    field = _FIELD.search(page)
    return _DIALOG.sub(rf'\g<0> aria-label="{field[1]}"', page) if field else page
