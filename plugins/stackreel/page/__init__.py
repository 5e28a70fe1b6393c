"""The Markdown side: fences become drawn figures, reels, listings and text figures, or visible errors."""

from typing import TYPE_CHECKING

from stackreel.lazy import exports
from stackreel.page.assets import assets
from stackreel.page.context import Page, open_page
from stackreel.page.extension import StackreelExtension, examples_of

if TYPE_CHECKING:
    from stackreel.page.blocks import KINDS, PageOptions, reference

__all__ = [
    "KINDS",
    "Page",
    "PageOptions",
    "StackreelExtension",
    "assets",
    "examples_of",
    "open_page",
    "reference",
]

__getattr__ = exports(__name__, {"blocks": "KINDS PageOptions reference"})
