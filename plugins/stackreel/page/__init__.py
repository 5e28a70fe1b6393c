"""The Markdown side: fences become drawn figures, reels, listings and text figures, or visible errors."""

from stackreel.page.assets import assets
from stackreel.page.blocks import KINDS, PageOptions, reference
from stackreel.page.context import Page, open_page
from stackreel.page.extension import StackreelExtension, examples_of

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
