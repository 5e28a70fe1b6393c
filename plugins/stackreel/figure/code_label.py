"""The code panel as a DOT label: the listing, the registers and the key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil

from stackreel.figure.cells import GHOST
from stackreel.figure.dot import cell, gap, line, pile, table, text
from stackreel.figure.lettering import mono, sans, squeeze
from stackreel.figure.metrics import (
    GUTTER,
    HEAD,
    INDENT,
    KEY,
    LINE,
    PANEL,
    REGISTER,
    VECTOR,
    code_lines_height,
    key_gap,
    key_height,
    registers_height,
)
from stackreel.figure.roles import BoxRole
from stackreel.figure.scene import Change, CodeLine, KeyEntry, RegisterLine, Scene
from stackreel.figure.stack_label import FLAG, pill
from stackreel.figure.words import Words

TICK = "✓"

_BODY = PANEL - GUTTER
_COLUMN = _BODY // 2
_DOT = 8
_FLAG = 29
_DOTS: Mapping[Change, BoxRole] = {"changed": "changed", "same": "same"}
_SWATCH = (26, 10)


def code_label(scene: Scene) -> str:
    """Return the code panel's table."""
    words = Words(scene.language)
    return table(
        [
            cell(table(list(_listing(scene))), PANEL, code_lines_height(scene)),
            gap(PANEL, 10),
            cell(table(list(_registers(scene, words))), PANEL, registers_height(scene)),
            gap(PANEL, key_gap(scene)),
            *((cell(table(list(_key(scene, words))), PANEL, key_height(scene)),) if scene.key else ()),
        ],
        "code panel",
    )


def _head(content: str, width: int, height: int = HEAD) -> str:
    return cell(text(squeeze(content, width, sans(9)), "heading", 9, "sans"), width, height)


def _listing(scene: Scene) -> Iterator[str]:
    title = f"{scene.code_title}  {scene.code_prefix}…" if scene.code_prefix else scene.code_title
    yield gap(GUTTER, HEAD) + _head(title, _BODY)
    yield gap(GUTTER, 3) + gap(_BODY, 3)
    address = _address_width(scene)
    for code_line in scene.code:
        yield _code_line(code_line, scene, address)


def _address_width(scene: Scene) -> int:
    longest = max((len(f"{line.address} {line.offset}") for line in scene.code), default=0)
    return ceil(mono(10)("0" * longest)) + 8


def room_for_code(scene: Scene) -> int:
    """Return how wide the instructions of the panel may be."""
    return _BODY - INDENT - _address_width(scene)


def _code_line(code_line: CodeLine, scene: Scene, address: int) -> str:
    gutter = ""
    if code_line.is_next:
        name = line(gap(5), cell(text(scene.pc, "on dark", 9), _FLAG - 5, FLAG))
        gutter = pile(GUTTER, ("", 2), (line(cell(name, _FLAG, FLAG, box="flag pc"), gap(GUTTER - _FLAG)), FLAG),
                      ("", LINE - FLAG - 2))  # fmt: skip
    elif code_line.is_executed:
        gutter = line(gap(18), cell(text(TICK, "strong", 10), GUTTER - 18, LINE))
    if code_line.is_heading:
        head = line(gap(INDENT), _head(code_line.text, _BODY - INDENT, LINE))
        return cell(gutter, GUTTER, LINE) + cell(head, _BODY, LINE)
    room = _BODY - INDENT - address
    place = f"{code_line.address} {code_line.offset}".rstrip()
    body = line(
        gap(INDENT),
        cell(text(place, "ink" if code_line.is_executed else "quiet", 10), address, LINE),
        cell(
            text(fitted(code_line.text, room), "strong" if code_line.is_executed else "ink", 11), room, LINE
        ),
    )
    box: BoxRole | None = "executed" if code_line.is_executed else None
    return cell(gutter, GUTTER, LINE) + cell(body, _BODY, LINE, box=box)


def fitted(content: str, room: int) -> str:
    """Shorten an instruction to `room`: a comment goes first, then its middle."""
    bare = content.partition("  # ")[0]
    return squeeze(content if mono(11)(content) <= room else bare, room, mono(11))


def _registers(scene: Scene, words: Words) -> Iterator[str]:
    yield gap(GUTTER, HEAD) + cell(_plain(words("registers"), _BODY), _BODY, HEAD, columns=2)
    rows = (len(scene.registers) + 1) // 2
    name = max((ceil(mono(11)(r.name)) + 6 for r in scene.registers), default=28)
    for i in range(rows):
        right = scene.registers[i + rows] if i + rows < len(scene.registers) else None
        yield (
            gap(GUTTER, REGISTER)
            + _register(scene.registers[i], name)
            + (_register(right, name) if right else gap(_COLUMN, REGISTER))
        )
    for wide in scene.wide:
        yield gap(GUTTER, VECTOR) + cell(_wide(wide), 2 * _COLUMN, VECTOR, columns=2)
    if scene.flags:
        yield gap(GUTTER, REGISTER) + cell(_flags(scene, words), 2 * _COLUMN, REGISTER, columns=2)


def _plain(content: str, width: int) -> str:
    return text(squeeze(content, width, sans(9)), "heading", 9, "sans")


def _dot(change: Change) -> str:
    return (
        pile(_DOT, ("", 5), ("", 8), ("", 6)) if not change else line(cell("", _DOT, _DOT, box=_DOTS[change]))
    )


def _register(register: RegisterLine, name: int) -> str:
    room = _COLUMN - _DOT - INDENT - name
    return cell(
        line(
            cell(_dot(register.change) if register.change else "", _DOT, _DOT),
            gap(INDENT),
            cell(text(register.name, "strong" if register.change else "quiet", 11), name, REGISTER),
            cell(
                text(squeeze(register.value, room, mono(11)), "strong" if register.change else "ink", 11),
                room,
                REGISTER,
            ),
        ),
        _COLUMN,
        REGISTER,
    )


def _wide(register: RegisterLine) -> str:
    name, value = 44, 108
    rest = 2 * _COLUMN - _DOT - INDENT - name - value
    role = "strong" if register.change else "ink"
    return line(
        cell(_dot(register.change) if register.change else "", _DOT, _DOT),
        gap(INDENT),
        cell(text(register.name, "strong" if register.change else "quiet", 11), name, VECTOR),
        cell(
            text(squeeze(register.value, value, mono(11)), "strong" if role == "strong" else "ink", 11),
            value,
            VECTOR,
        ),
        cell(text(squeeze(register.detail, rest, mono(10)), "quiet", 10), rest, VECTOR),
    )


def _flags(scene: Scene, words: Words) -> str:
    each = 42
    name = ceil(sans(10)(words("flags"))) + 10
    cells = [gap(_DOT + INDENT), cell(text(words("flags"), "quiet", 10, "sans"), name, REGISTER)]
    for bit in scene.flags:
        role = "strong" if bit.is_changed else "ink"
        cells.append(
            cell(text(f"{bit.name} {bit.value}", "strong" if role == "strong" else "ink", 11), each, REGISTER)
        )
    cells.append(gap(2 * _COLUMN - _DOT - INDENT - name - each * len(scene.flags)))
    return line(*cells)


def _key(scene: Scene, words: Words) -> Iterator[str]:
    """The key: two columns, the signs of each column equally wide."""
    signs = [_sign(entry, words) for entry in scene.key]
    widths = [max((w for _, w in signs[side::2]), default=0) + 6 for side in (0, 1)]
    for i in range(0, len(signs), 2):
        cells = []
        for side in (0, 1):
            if i + side >= len(signs):
                cells.append(gap(_COLUMN, KEY))
                continue
            sign, width = signs[i + side]
            rest = _COLUMN - widths[side]
            said = _plain(words(f"key {scene.key[i + side]}", sp=scene.sp), rest)
            parts = (cell(sign, width, KEY), gap(widths[side] - width), cell(said, rest, KEY))
            cells.append(cell(line(*parts), _COLUMN, KEY))
        yield gap(GUTTER, KEY) + "".join(cells)


def _sign(entry: KeyEntry, words: Words) -> tuple[str, int]:
    """Return the sign a key entry explains, and its width."""
    if entry in ("written", "read"):
        return pill("written" if entry == "written" else "read", words)
    if entry in ("changed", "same"):
        return line(cell("", _DOT, _DOT, box="changed" if entry == "changed" else "same")), _DOT
    if entry == "never written":
        ghosts = f"{GHOST} {GHOST}"
        return text(ghosts, "ghost", 10), ceil(mono(10)(ghosts))
    width, height = _SWATCH
    return line(cell("", width, height, box="key stale" if entry == "stale" else "key red zone")), width
