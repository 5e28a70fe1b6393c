"""One change at a time to what an article says of the machine: values, offsets, instructions, lines of output."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from stackreel.page.blocks import Objdump, Session
from stackreel.page.collect import Item
from stackreel.page.statements import Statement
from stackreel.page.validate import Placed

_BRACED = re.compile(r"\{[^{}]*\}")
_LITERAL = re.compile(r"(?<![\w@#])(0x[0-9a-f]+|\d+)\b")
_OFFSET = re.compile(r"\+(0x[0-9a-f]+|\d+)(?= |\}|$)")
_INSTRUCTION = re.compile(r"(?<=\s)(push|pop|mov|sub|add|call|leave|ret|lea)\b")
_PART = re.compile(r"(?:(?! and ).)+")
_SIGN = re.compile(r"[=!<>]=|(?<![<>])[<>](?![<>])")
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">": "<=", "<=": ">", ">=": "<"}
_PROMPT = "(gdb)"


@dataclass(frozen=True)
class Mutant:
    """A change of one line (from 1) of an article: to what its item number `item` says."""

    item: int
    line: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.old.strip()!r} became {self.new.strip()!r}"


def mutants(items: Sequence[Item], lines: Sequence[str]) -> Iterator[Mutant]:
    """Yield the mutants of an article: every literal and moment of every claim, every line of every output."""
    for number, item in enumerate(items):
        if isinstance(item.subject, Statement) and item.kind == "claim":
            line = lines[item.place.line - 1]
            for start, end, new in _changes(item.subject, line):
                yield Mutant(number, item.place.line, line, line[:start] + new + line[end:])
        elif isinstance(item.subject, Placed) and isinstance(item.subject.block, Session | Objdump):
            yield from _outputs(number, item.subject, lines)


def mutated(changes: Sequence[Mutant], lines: Sequence[str]) -> str:
    """Return an article with changes of different lines."""
    new = {mutant.line: mutant.new for mutant in changes}
    return "\n".join(new.get(number, line) for number, line in enumerate(lines, 1))


def together(found: Iterable[Mutant]) -> Sequence[Sequence[Mutant]]:
    """Sort mutants into few groups; those of a group change different lines and different items."""
    groups: list[list[Mutant]] = []
    taken: list[set[tuple[str, int]]] = []
    for mutant in found:
        own = {("line", mutant.line), ("item", mutant.item)}
        at = next((n for n, used in enumerate(taken) if not used & own), len(groups))
        if at == len(groups):
            groups.append([])
            taken.append(set())
        groups[at].append(mutant)
        taken[at] |= own
    return groups


def _changes(said: Statement, line: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, text) for each change of a claim."""
    first = line.find(said.text, said.place.column - 1)
    assert first >= 0, line
    text = _BRACED.sub(lambda braced: " " * len(braced[0]), said.text)
    for part in _PART.finditer(text):
        sign = _SIGN.search(part[0])
        if sign is None:
            continue
        at = first + part.start() + sign.start()
        yield at, at + len(sign[0]), _OPPOSITE[sign[0]]
        if sign[0] != "==":
            continue  # another number may be smaller, or different, too
        for number in _LITERAL.finditer(part[0]):
            start = first + part.start() + number.start()
            yield start, start + len(number[0]), _other(number[0])
    head = line[said.place.column - 1 : first]
    for offset in _OFFSET.finditer(head):
        start = said.place.column - 1 + offset.start(1)
        yield start, start + len(offset[1]), "0x1000"


def _other(number: str) -> str:
    """Return another number, in the same base."""
    return hex(int(number, 16) + 1) if number.startswith("0x") else str(int(number) + 1)


def _outputs(item: int, placed: Placed, lines: Sequence[str]) -> Iterator[Mutant]:
    for number in range(len(placed.tail.lines)):
        place = placed.tail.at(number)
        line = lines[place.line - 1]
        if placed.tail.lines[number].startswith(_PROMPT) or line.strip() in ("", "..."):
            continue
        for new in _other_lines(line):
            yield Mutant(item, place.line, line, new)


def _other_lines(line: str) -> Iterator[str]:
    """Yield a line of output with its first number, its last character or its instruction changed, or gone."""
    number = re.search(r"(?<=0x)[0-9a-f]+|(?<=\+)\d+|\d+", line)
    if number:
        last = number.end() - 1
        yield line[:last] + ("1" if line[last] != "1" else "2") + line[last + 1 :]
    instruction = _INSTRUCTION.search(line)
    if instruction:
        yield f"{line[: instruction.start()]}xchg{line[instruction.end() :]}"
    yield line.rstrip()[:-1] + ("y" if line.rstrip()[-1] != "y" else "z")
