"""Operands as records, read from Capstone's Intel text.

Purpose: turn `dword ptr fs:[rax + rcx*8 - 0x10]` and its like into records that the writers of spelling.py
print in binutils' two syntaxes. It trusts Capstone 5's Intel syntax and does not look at instruction bytes.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Register(NamedTuple):
    """A register by its Intel name; `mask` is what AVX-512 appends (`{k1}{z}`)."""

    name: str
    mask: str


class Immediate(NamedTuple):
    """A constant, signed as Capstone prints it."""

    value: int


class Memory(NamedTuple):
    """`size` word in lower case (`dword`, empty where none), segment override, address parts, AVX-512 tail."""

    size: str
    segment: str
    base: str
    indexed: str
    scale: int
    displacement: int
    mask: str


Operand = Register | Immediate | Memory

_MEMORY = re.compile(r"(?:(?:(\w+) )?ptr )?(?:(\w\w):)?\[([^]]*)\](.*)$")
_COMMA = re.compile(r",\s*(?![^[{(]*[]})])")
_NUMBER = re.compile(r"-?(?:0x[0-9a-f]+|\d+)$")
SIZES = {
    "byte": 1,
    "word": 2,
    "dword": 4,
    "fword": 6,
    "qword": 8,
    "xword": 10,
    "xmmword": 16,
    "ymmword": 32,
    "zmmword": 64,
}
"""Bytes of Capstone's size words."""


def parse(text: str) -> tuple[Operand, ...]:
    """Read all operands of Capstone's Intel operand text, in Intel's order."""
    return tuple(_operand(part) for part in _COMMA.split(text)) if text else ()


def _operand(text: str) -> Operand:
    if "[" in text:
        return _memory(text)
    if _NUMBER.match(text):
        return Immediate(int(text, 0))
    name, brace, mask = text.partition("{")
    return Register(name.strip(), (brace + mask).replace(" ", ""))


def _memory(text: str) -> Memory:
    match = _MEMORY.match(text)
    if match is None:
        return Memory("", "", "", "", 1, 0, "")
    size, segment, address, mask = match.groups()
    base = index = ""
    scale, displacement, sign = 1, 0, 1
    for word in address.split():
        if word in "+-":
            sign = 1 if word == "+" else -1
        elif "*" in word:
            index, _, factor = word.partition("*")
            scale = int(factor)
        elif _NUMBER.match(word):
            displacement = sign * int(word, 0)
        elif base:
            index = word
        else:
            base = word
    return Memory(size or "", segment or "", base, index, scale, displacement, mask.replace(" ", ""))
