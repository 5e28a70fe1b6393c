"""What one figure shows, decided and worded, but not yet placed: records between `compose` and the drawings.

Nothing here is shortened or escaped: how long a name may be is known where it is set. Rows, pieces, code lines,
registers and key entries are the same in number and kind for all scenes of a reel; see `reel`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stackreel.frames.model import Mark

Shape = Literal["live", "red zone", "stale", "unwritten"]
"""How a cell is drawn: a gap between red zone or stale cells takes their shape."""

Change = Literal["", "changed", "same"]
"""What the instruction just executed did to a register: `same` where it wrote the value that was there."""

Column = Literal["", "fp", "sp"]

BracketKind = Literal["frame", "red zone", "stale"]

Outcome = Literal["", "failed", "ended"]
"""What became of the program: `failed` where a signal killed it before the instruction was carried out."""

KeyEntry = Literal["written", "read", "changed", "same", "never written", "stale", "red zone"]


@dataclass(frozen=True)
class Cell:
    """A box of the stack: `size` bytes at `address`, drawn over `lines` of its row's lines from `line` on.

    `label` is a variable's name where `is_name`, else a word. `note` is the second line, what an address
    stands for by name.
    `is_ghost`: the value stands for bytes never written. `frame` is the function it belongs to, or empty.
    """

    address: int
    size: int
    line: int
    lines: int
    label: str
    is_name: bool
    value: str
    note: str
    is_ghost: bool
    shape: Shape
    mark: Mark
    frame: str


@dataclass(frozen=True)
class Piece:
    """A part of a row with an address of its own; offsets as text, `·` where they say nothing.

    `used` is the column whose offset the instruction just executed used, `is_quiet` true below rsp where the
    bytes are stale or were never written.
    """

    address: int
    line: int
    lines: int
    from_fp: str
    from_sp: str
    used: Column
    is_quiet: bool


@dataclass(frozen=True)
class Flag:
    """A register that points into the row, at its line `line` (0 on top); `is_sp` for the stack pointer."""

    register: str
    line: int
    is_sp: bool


@dataclass(frozen=True)
class Row:
    """A row: 8 bytes at `address`, or a fold of `size` bytes that nothing in the reel touches or that is not stack."""

    address: int
    size: int
    lines: int
    is_fold: bool
    pieces: tuple[Piece, ...]
    cells: tuple[Cell, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Bracket:
    """Rows `first` to `last` (indices, top down) belong together; `names` from the longest wording to the shortest."""

    first: int
    last: int
    kind: BracketKind
    names: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """A saved frame pointer in row `source` holds the address of row `target`, which is higher up."""

    source: int
    target: int


@dataclass(frozen=True)
class CodeLine:
    """A line of the code panel: an instruction, or words where `is_heading`, or nothing.

    Words are a function's name, or, where `is_next`, where control went that is not shown.
    """

    address: str = ""
    offset: str = ""
    text: str = ""
    is_heading: bool = False
    is_executed: bool = False
    is_next: bool = False


@dataclass(frozen=True)
class RegisterLine:
    """A register by the name the code uses, its value as text; `detail` is a second form (a vector's bytes)."""

    name: str
    value: str
    change: Change
    detail: str = ""


@dataclass(frozen=True)
class FlagBit:
    """A bit of the flags register."""

    name: str
    value: int
    is_changed: bool


@dataclass(frozen=True)
class Scene:
    """One figure: the state right after one instruction.

    `whole` are `rows` with nothing folded. `prefix` is what all addresses of the stack begin with, `digits` how many
    of their last digits a row shows, `offset_width` the length of the reel's longest offset. `code_prefix` is what
    the addresses of the code begin with, empty where lines show them whole. `edges` are rows whose upper side is a
    frame's. `wide` are registers that take a whole line. `fp`, `sp` and `pc` are the registers' names. `instruction`
    is what was just executed, empty at the start, `function` where it is; `changed` are the registers it changed.
    `next_pc` is where the program goes on, or ended where there is an `outcome`.
    """

    ident: str
    language: str
    fp: str
    sp: str
    pc: str
    rows: tuple[Row, ...]
    whole: tuple[Row, ...]
    edges: tuple[int, ...]
    brackets: tuple[Bracket, ...]
    links: tuple[Link, ...]
    prefix: str
    digits: int
    offset_width: int
    code_title: str
    code_prefix: str
    code: tuple[CodeLine, ...]
    registers: tuple[RegisterLine, ...]
    wide: tuple[RegisterLine, ...]
    flags: tuple[FlagBit, ...]
    key: tuple[KeyEntry, ...]
    instruction: str
    function: str
    title: str
    sentence: str
    description: str
    changed: tuple[RegisterLine, ...]
    next_pc: int
    outcome: Outcome
