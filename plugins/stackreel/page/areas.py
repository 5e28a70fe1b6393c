"""The areas of a process as a map: what is mapped where, from the highest address down, with what points into it.

Drawn as a table, which is what it is: a row an area, a thin row where nothing is mapped. Areas are those at the
start of the recording. Neighbours of the same library are one row, and so are neighbours without a name; the
program's own are told apart by its sections. It knows nothing of what is on a stack: that is the figures' matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from stackreel.claims import evaluate, show
from stackreel.claims.numbers import Number
from stackreel.claims.subjects import TraceSubject
from stackreel.errors import BlockError, StackreelError
from stackreel.page import html
from stackreel.page.blocks import Memory
from stackreel.page.context import Language
from stackreel.page.judge import raise_all
from stackreel.page.plans import Plan, Request, finished
from stackreel.page.subject import Subject
from stackreel.trace.model import Area

_POINTERS = ("rip", "rsp", "rbp")
_ALLOCATED = 2
"""SHF_ALLOC: the section is in memory when the program runs."""

_TOLD = (".text", ".rodata", ".data", ".bss", ".noptrdata", ".noptrbss")
"""Sections worth naming on a map."""


@dataclass(frozen=True)
class _Words:
    caption: str
    address: str
    area: str
    access: str
    size: str
    high: str
    low: str
    free: str
    anonymous: str
    several: str
    known: Mapping[str, str]
    growth: Mapping[str, str]


_WORDS: Mapping[Language, _Words] = {
    "en": _Words(
        "Areas of the process {}", "from", "area", "access", "size", "high addresses", "low addresses",
        "nothing mapped", "anonymous", "{} ({} areas)",
        {"[stack]": "stack", "[heap]": "heap"},
        {"[stack]": "↓ grows to lower addresses", "[heap]": "↑ grows to higher addresses"},
    ),
    "zh": _Words(
        "进程 {} 的内存区域", "起始地址", "区域", "权限", "大小", "高地址", "低地址",
        "没有映射", "匿名映射", "{}（{} 块）",
        {"[stack]": "栈", "[heap]": "堆"},
        {"[stack]": "↓ 向低地址增长", "[heap]": "↑ 向高地址增长"},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class _Row:
    """One area or several neighbours, half-open; `points` are what lies inside, as (written, value)."""

    low: int
    high: int
    name: str
    access: str
    sections: tuple[str, ...]
    points: tuple[tuple[str, int], ...]
    count: int = 1

    @property
    def size(self) -> int:
        return self.high - self.low


def areas(subject: Subject, request: Request) -> Plan:
    """Return the plan of a `stack-memory` block. Raises what is wrong with its expressions, each at its place."""
    block = request.placed.block
    assert isinstance(block, Memory)
    at = subject.recorded_run.at(block.at or "start")
    points = [(name, subject.trace.register(name, at.position)) for name in _POINTERS]
    points += _values(at, block.show, request)
    rows = tuple(_rows(subject, points))
    return finished(_table(subject, request, rows, block.caption))


def _values(at: TraceSubject, wanted: Sequence[str], request: Request) -> Iterator[tuple[str, int]]:
    wrong: list[StackreelError] = []
    for number, text in enumerate(wanted):
        try:
            value = evaluate(text, at).value
            if not isinstance(value, Number):
                raise BlockError(f"`{text}` is no address, but {show(value)}", example="show: [&counted]")
            yield text, value.unsigned()
        except StackreelError as error:
            place = request.placed.body.value(("show", number))
            wrong.append(type(error)(error.message, place=place, example=error.example, near=error.near))
    raise_all(wrong)


def _rows(subject: Subject, points: Sequence[tuple[str, int]]) -> Iterator[_Row]:
    """Yield the rows, the highest first."""
    for found in reversed(_neighbours(subject)):
        low, high = found[0].low, found[-1].high
        access = dict.fromkeys(area.permissions[:3] for area in found)
        yield _Row(
            low=low,
            high=high,
            name=found[0].name,
            access=" ".join(access) if len(access) < 3 else "",
            sections=_sections(subject, low, high),
            points=tuple((name, value) for name, value in points if low <= value < high),
            count=len(found),
        )


def _neighbours(subject: Subject) -> Sequence[Sequence[Area]]:
    """Return the areas, the lowest first; those that are one row together."""
    own = subject.trace.program.path
    groups: list[list[Area]] = []
    for area in sorted(subject.trace.areas, key=lambda area: area.low):
        alone = area.name == own or area.name.startswith("[") or _sections(subject, area.low, area.high)
        last = groups[-1][-1] if groups else None
        if last and not alone and last.name == area.name and last.high == area.low:
            groups[-1].append(area)
        else:
            groups.append([area])
    return groups


def _sections(subject: Subject, low: int, high: int) -> tuple[str, ...]:
    found = (s for s in subject.image.sections if s.flags & _ALLOCATED and low <= s.address < high)
    return tuple(s.name for s in found if s.name in _TOLD)


def _table(subject: Subject, request: Request, rows: Sequence[_Row], caption: str) -> str:
    words = _WORDS[request.language]
    program = escape(subject.trace.program.path.rsplit("/", 1)[-1])
    lines: list[str] = []
    for row, below in pairwise((*rows, None)):
        assert row is not None
        lines.append(_row(row, words))
        if below is None or below.high < row.low:
            lines.append(_gap(row.low - (below.high if below else 0), words))
    head = "".join(
        f'<th scope="col">{word}</th>' for word in (words.address, words.area, words.access, words.size)
    )
    return (
        f'<figure class="sd-fig sd-map" id="{escape(request.ident)}">'
        f'<table class="sd-areas" {html.QUIET}><caption>{words.caption.format(program)}</caption>'
        f'<thead><tr>{head}</tr></thead><tbody><tr class="sd-end"><td></td><td>↑ {words.high}</td></tr>'
        f'{"".join(lines)}<tr class="sd-end"><td></td><td>↓ {words.low}</td></tr></tbody></table>'
        f"{html.figcaption(caption)}</figure>"
    )


def _row(row: _Row, words: _Words) -> str:
    short = row.name.rsplit("/", 1)[-1].strip("[]")
    name = words.known.get(row.name, short or ("" if row.sections else words.anonymous))
    if row.count > 1:
        name = words.several.format(name, row.count)
    growth = f' <span class="sd-grows">{words.growth[row.name]}</span>' if row.name in words.growth else ""
    sections = "".join(f" <code>{escape(section)}</code>" for section in row.sections)
    points = "".join(
        f'<span class="sd-point"><b>{escape(text)}</b> {value:#x}</span>' for text, value in row.points
    )
    return (
        f'<tr><td class="sd-low">{row.low:#x}</td>'
        f'<td class="sd-area">{escape(name)}{growth}{sections}{f"<div>{points}</div>" if points else ""}</td>'
        f"<td>{escape(row.access)}</td><td>{_amount(row.size)}</td></tr>"
    )


def _gap(size: int, words: _Words) -> str:
    if not size:
        return ""
    return f'<tr class="sd-gap"><td></td><td>{words.free}</td><td></td><td>{_amount(size)}</td></tr>'


def _amount(size: int) -> str:
    """Write a size as a reader says it: `132 KiB`, `1.9 MiB`."""
    amount, unit = float(size), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.0f} {unit}" if amount >= 10 or amount == int(amount) else f"{amount:.1f} {unit}"
