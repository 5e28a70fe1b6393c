"""Listings as `go tool objdump` lays them out, to the byte.

Purpose: the third layout a reader sees on his own terminal: a TEXT line a function, then file and line, address,
bytes and instruction in columns made of tabs. The columns are those of Go's `text/tabwriter` with the objdump
command's settings. It reads no files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stackreel.listing.model import FunctionListing, Listing

_LEAST_WIDTH = 18
_TAB = 8
_PADDING = 1


def as_go_objdump(listing: Listing, *, raw: bool = True) -> str:
    """Return what `go tool objdump` prints for the functions; `raw` False leaves the bytes out."""
    parts: list[str] = []
    for number, function in enumerate(listing.functions):
        parts += ["\n"] if number else []
        parts += [f"TEXT {function.name}(SB) {function.file}\n", *_columns(list(_cells(function, raw=raw)))]
    return "".join(parts)


def _cells(function: FunctionListing, *, raw: bool) -> Iterator[tuple[str, ...]]:
    for i in function.instructions:
        place = f"  {i.file.rsplit('/', 1)[-1]}:{i.line}"
        code = (i.code.hex(),) if raw else ()
        yield (place, f"{i.address:#x}", *code, f"{i.mnemonic} {i.operands}".rstrip())


def _columns(lines: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [_width(max(map(len, column))) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "".join(_padded(cell, width) for cell, width in zip(line, widths, strict=True)) + "\n"


def _width(longest: int) -> int:
    return -(-max(_LEAST_WIDTH, longest + _PADDING) // _TAB) * _TAB


def _padded(cell: str, width: int) -> str:
    return cell + "\t" * -(-(width - len(cell)) // _TAB)
