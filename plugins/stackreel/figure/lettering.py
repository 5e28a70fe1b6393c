"""Text that goes into a drawing: made harmless, measured, shortened.

Names and values come out of binaries and are trusted for nothing: `clean` makes control and direction characters
visible. Widths are those of DejaVu, the font dot measures with, on the safe side: a text that fits here fits its
fixed cell in dot, which otherwise complains or stops. Browsers use narrower fonts.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from functools import cache, lru_cache
from math import ceil

Measure = Callable[[str], float]

NO_BREAK = "\u00a0"
"""A space that dot keeps."""

ELLIPSIS = "…"

MONO_ADVANCE = 0.602
"""Width of a character of the mono face in em: the grid that `textLength` holds runs to."""

_BREAKS = re.compile(r"(?<= )|(?<=[；，。、：）])")
_PIXEL = 0.75  # dot rounds each advance to a pixel of a screen of 96 dots an inch, where a point is 72nd
_SLACK = 1.5
_HINTED_WIDER = frozenset("AMW")  # at some sizes these are a pixel wider than their advance says

# Advance widths of DejaVu Sans 2.37, U+0020 to U+007E, in thousandths of an em.
_SANS = (
    317, 400, 459, 837, 636, 950, 779, 274, 390, 390, 500, 837, 317, 360, 317, 336, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 636, 336, 336, 837, 837, 837, 530, 1000, 684, 686, 698, 770, 631, 575, 774, 751, 294, 294, 655,
    557, 862, 748, 787, 603, 787, 694, 634, 610, 731, 684, 988, 685, 610, 685, 390, 336, 390, 837, 500, 500, 612,
    634, 549, 634, 615, 352, 634, 633, 277, 277, 579, 277, 974, 633, 611, 634, 634, 411, 520, 392, 633, 591, 817,
    591, 591, 524, 636, 336, 636, 837,
)  # fmt: skip
_LONGEST = 400
_BRIEF = 48
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_SHORT_ESCAPES = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}
_TAIL = re.compile(r"(?:\+\w{1,8})?[>)\]]{0,2}$")


def clean(text: str) -> str:
    r"""Return `text` with what cannot be seen written as an escape (`\x1b`, `\u202e`), other spaces as a space."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category not in _UNSEEN:
        return character
    code = ord(character)
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@lru_cache(maxsize=1 << 15)
def columns(text: str) -> int:
    """Return how many columns of a terminal `text` takes: 2 for wide characters, 0 for combining ones."""
    return len(text) if text.isascii() else sum(map(_columns, text))


@cache
def _columns(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def is_gridded(text: str) -> bool:
    """Tell whether every character of `text` is one column of the mono grid."""
    return text.isascii() or all(_columns(character) == 1 for character in text)


def mono(size: int) -> Measure:
    """Return the measure of the mono face at `size` units."""
    narrow, wide = _pixels(1000 * MONO_ADVANCE, size), _pixels(1000, size)

    def measure(text: str) -> float:
        if text.isascii():
            return len(text) * narrow + _SLACK
        return sum(narrow if _columns(character) == 1 else wide for character in text) + _SLACK

    return measure


def sans(size: int) -> Measure:
    """Return the measure of the sans face at `size` units."""

    def measure(text: str) -> float:
        return sum(_pixels(_sans(c), size, c in _HINTED_WIDER) for c in text) + _SLACK

    return measure


def _pixels(advance: float, size: int, is_wider: bool = False) -> float:
    """Return what dot makes of an advance in thousandths: whole pixels, but not less than it is."""
    exact = advance * size / 1000
    pixels = ceil(exact / _PIXEL) if is_wider else round(exact / _PIXEL)
    return max(pixels * _PIXEL, exact)


def natural(text: str, size: int) -> float:
    """Return the width of `text` in the sans face, not on the safe side."""
    return sum(_sans(character) for character in text) / 1000 * size


def _sans(character: str) -> int:
    code = ord(character)
    return _SANS[code - 32] if 32 <= code < 127 else 1000


def squeeze(text: str, room: float, measure: Measure) -> str:
    """Shorten `text` until it is at most `room` wide: before a `+30>` at its end, else in its middle."""
    if len(text) <= _LONGEST and measure(text) <= room:
        return text
    tail = _TAIL.search(text)
    suffix = tail[0] if tail and measure(ELLIPSIS + tail[0]) <= room / 2 else ""
    body = text[: len(text) - len(suffix)]

    def shortened(keep: int) -> str:
        back = 0 if suffix.startswith("+") else keep // 3
        return body[: keep - back] + ELLIPSIS + body[len(body) - back :] + suffix

    most = min(len(body) - 1, _LONGEST)
    kept = bisect_right(range(1, most + 1), room, key=lambda keep: measure(shortened(keep)))
    if kept > 0:
        return shortened(kept)
    return ELLIPSIS if measure(ELLIPSIS) <= room else ""


def right(text: str, width: int) -> str:
    """Set `text` against the right of `width` columns."""
    return " " * (width - columns(text)) + text


def left(text: str, width: int) -> str:
    """Set `text` against the left of `width` columns."""
    return text + " " * (width - columns(text))


def wrapped(text: str, width: int) -> list[str]:
    """Break `text` into lines of at most `width` columns, between words and after Chinese punctuation."""
    lines = [""]
    for part in _BREAKS.split(text):
        if lines[-1] and columns(lines[-1] + part.rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return [line.rstrip() for line in lines]


def brief(text: str) -> str:
    """Return `text` cleaned and no longer than a sentence bears."""
    return squeeze(clean(text), _BRIEF, columns)


def offset(distance: int) -> str:
    """Write a distance as gdb writes a displacement, with its sign: `+0x30`, `0`, `-0x14`."""
    return f"{distance:+#x}" if distance else "0"
