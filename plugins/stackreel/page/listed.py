"""A listing as HTML lines that copy as text: gutter, address, offset, bytes, instruction, source between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

from stackreel.listing import FunctionListing, Instruction, Listing, gdb_text
from stackreel.page.html import marked

_NEXT, _DONE, _PLAIN = "=>", "✓ ", "  "
_CLASSES = {_NEXT: " sd-coming", _DONE: " sd-done", _PLAIN: ""}


@dataclass(frozen=True)
class Shape:
    """How a listing is shown.

    `ident` is its id. `executed` is the address of the instruction just executed, `following` of the one to
    come; None for neither. `sources` are source lines by file name, empty for none between the instructions. `shown`
    are the instructions there is room for, None for all.
    """

    ident: str
    has_bytes: bool
    sources: Mapping[str, Sequence[str]]
    executed: int | None
    following: int | None
    shown: frozenset[int] | None = None

    def gutter(self, address: int) -> str:
        """Return the sign before the instruction at `address`."""
        return {self.executed: _DONE, self.following: _NEXT}.get(address, _PLAIN)


def lines(listing: Listing, shape: Shape, remarks: Mapping[int, str] = MappingProxyType({})) -> str:
    """Return the lines of `listing` as markup for a `<code>`; a call inside the listing is a link.

    `remarks` are an author's words by the address of the instruction they stand below.
    """
    several = len(listing.functions) > 1
    known = frozenset(
        function.name for function in listing.functions if several
    )  # alone it has no heading to link to
    parts: list[str] = []
    for function in listing.functions:
        if several:
            parts += [""] if parts else []
            anchor = escape(_anchor(shape.ident, function.name))
            name = escape(function.name or f"{function.low:#x}")
            parts.append(f'<span class="sd-line sd-function" id="{anchor}">{name}:</span>')
        parts += _function(function, shape, known, remarks)
    return "\n".join(parts) + "\n"


def _function(
    function: FunctionListing, shape: Shape, known: frozenset[str], remarks: Mapping[int, str]
) -> Iterator[str]:
    offset_width = len(f"<+{function.high - function.low}>:")
    code_width = max((len(i.code.hex(" ")) for i in function.instructions), default=0)
    before = ("", 0)
    is_cut = False
    for instruction in function.instructions:
        if shape.shown is not None and instruction.address not in shape.shown:
            if not is_cut:
                yield f'<span class="sd-line sd-address">{_PLAIN} ⋯</span>'
            is_cut = True
            continue
        is_cut = False
        place = (instruction.file, instruction.line)
        if place != before and instruction.line:
            yield from _source(instruction, shape.sources)
        before = place
        mark = shape.gutter(instruction.address)
        offset = f"<+{instruction.address - function.low}>:"
        hexadecimal = f"{instruction.code.hex(' '):<{code_width}}"
        code = f'<span class="sd-bytes">{hexadecimal}</span>  ' if shape.has_bytes else ""
        yield (
            f'<span class="sd-line{_CLASSES[mark]}">{escape(mark)} '
            f'<span class="sd-address">{instruction.address:#x} {escape(f"{offset:<{offset_width}}")}</span> '
            f"{code}{_text(instruction, shape.ident, known)}</span>"
        )
        if instruction.address in remarks:
            indent = " " * (len(f"{_PLAIN} {instruction.address:#x} ") + offset_width + 1)
            said = marked(remarks[instruction.address])
            yield f'<span class="sd-line">{indent}<span class="sd-remark">↑ {said}</span></span>'


def _source(instruction: Instruction, sources: Mapping[str, Sequence[str]]) -> Iterator[str]:
    text = sources.get(instruction.file, ())
    if 0 < instruction.line <= len(text):
        line = escape(text[instruction.line - 1].expandtabs(4).rstrip())
        yield f'<span class="sd-line sd-source">{instruction.line}  {line}</span>'


def _text(instruction: Instruction, ident: str, known: frozenset[str]) -> str:
    text = escape(gdb_text(instruction))
    symbol = instruction.symbol
    if instruction.kind != "call" or symbol is None or symbol.offset or symbol.name not in known:
        return text
    shown = escape(instruction.note.strip() or symbol.name)
    return text.replace(shown, f'<a href="#{escape(_anchor(ident, symbol.name))}">{shown}</a>')


def _anchor(ident: str, function: str) -> str:
    return f"{ident}.{function}"
