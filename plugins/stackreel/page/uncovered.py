"""What an article says of the machine without a claim: numbers, registers with values and listings typed by hand.

A number is covered where a statement or a session of the same page has it; a register with a value also where a
statement on its line is about that register. Numbers in code of other languages count as theirs, unless the block
looks like a debugger's output. What an author excuses is told apart, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from stackreel.errors import Place
from stackreel.isa import BY_NAME
from stackreel.page.collect import Item, collect
from stackreel.page.context import Page
from stackreel.page.excused import excuses
from stackreel.page.fences import OURS, Fence, everything
from stackreel.page.statements import Statement
from stackreel.page.validate import Placed

_BEFORE, _AFTER = r"(?<![0-9A-Za-z_])", r"(?![0-9A-Za-z_])"
"""The ends of a word of letters that machines use: Chinese has no space before a number."""

_NUMBER = re.compile(rf"{_BEFORE}0(?:[xX][0-9a-fA-F]+|[bB][01]+){_AFTER}")
_X86 = BY_NAME["x86_64"]
_REGISTERS = {*_X86.parts, *(register.name for register in _X86.registers)}
_LONG = 3
"""Characters of a register's name that a sentence may begin with: `Rsp`, but not `Al`."""
_NAMES = sorted(
    {
        *_REGISTERS,
        *(name.upper() for name in (*_REGISTERS, *_X86.flag_bits)),
        *(name.capitalize() for name in _REGISTERS if len(name) >= _LONG),
    },
    key=len,
    reverse=True,
)
_IS = (
    r"={1,3}|:|\||←|->|=>|"
    r"(?:(?:now|still|then|also|again|just)\s+)*"
    r"(?:is|was|are|holds|held|contains|contained|becomes|became|gets|got|has|had|equals|receives|stores|stays|"
    r"remains|keeps|reads|shows|takes)"
    r"(?:\s+(?:now|still|again|exactly|set\s+to|equal\s+to|at|(?:the\s+)?(?:value|number)(?:\s+of)?))*|"
    r"set\s+to|"
    r"(?:现在|此时|这时|的值|里|中|仍然?|就|都|恰好|正好|还|又|也|已经?)*"
    r"(?:：|为|是|等于|有|存着|存的是|放着|放的是|装着|装的是|得到|拿到|变为|变成|变成了|成了|置为|设为|置成|置|仍是)"
)
"""What may stand between a register and its value."""
_REGISTER = re.compile(
    rf"(?P<open>`)?[%$]?{_BEFORE}(?P<name>{'|'.join(_NAMES)}){_AFTER}`?\s*(?:registers?\s*|寄存器\s*)?"
    rf"(?:{_IS})\s*(?P<quote>`)?\$?(?P<value>-?\d\w*)(?(quote)`?|(?(open)`?))"
)
_FLAG = re.compile(
    rf"`?{_BEFORE}(?P<name>{'|'.join(name.upper() for name in _X86.flag_bits)}){_AFTER}`?\s*(?:"
    r"(?:is|was|are|gets|becomes|became|stays|remains)(?:\s+(?:now|still|then|also|again))*\s+"
    r"(?:set|cleared|clear|unset)\b|"
    r"(?:标志位?|现在|此时|这时|已经?|仍然?|就|都|又|也|被|为)*(?:置位|置起|清零|清除|复位))"
)
"""A flag whose value is told by a word."""
_SUPPOSED = re.compile(
    r"\b(?:if|when|whether|unless|while|until|where|once)\b|如果|若|当|只要|只有|(?<![此这])时|的话|是否",
    re.IGNORECASE,
)
"""What makes a sentence no statement about a moment."""
_CLAUSE = re.compile(r"[.;。；！!？?|]")
_END = r"(?=\s*(?:$|[,;)\]，。；、）|]|\.(?!\d)|and\b|but\b|so\b))"
_VARIABLE = re.compile(
    rf"`(?P<name>[A-Za-z_]\w*)(?:\s*==?\s*(?P<value>-?\d\w*)`{_END}|`\s*"
    rf"(?:is|was|holds|equals|becomes|became|=|==|(?:现在|此时|这时|的值|里|仍然?|就|恰好|还|又|也|已经?)*(?:为|是|等于|变成了?|变为|得到))"
    rf"\s*(?P<quote>`)?(?P<said>-?\d\w*)(?(quote)`){_END})"
)
"""A variable, in code, with a number."""

_INDENTED = r"(?: {4}|\t)\s*"
_SESSION = r"=>\s*0x|(?:0x[0-9a-f]+ )?<[^>]*\+\d+>:|\(gdb\) "
_DUMPED = r"[0-9a-f]{4,16}:\s+[0-9a-f]{2}\s"
_MNEMONICS = (
    "push|pop|mov|movabs|lea|add|sub|xor|and|or|cmp|test|call|jmp|inc|dec|imul|shl|shr|sar|neg|not|xchg"
)
_WORDS = "|".join(sorted(_REGISTERS, key=len, reverse=True))
_INSTRUCTION = (
    rf"(?:\w+:\s+)?(?:[a-z]\w{{1,9}}\s+(?:[^\s,]+,\s*)*[^\s,]*%(?:{_WORDS}){_AFTER}|"
    rf"(?:{_MNEMONICS})\s+(?:(?:{_WORDS}){_AFTER}(?:,|\s*$)|\[|[a-z]+word\s+ptr\b))"
)
_LISTING = re.compile(rf"<\+\d+>:|^\s*(?:{_SESSION}|{_DUMPED})", re.MULTILINE)
_PLAIN = re.compile(rf"^\s*{_INSTRUCTION}", re.MULTILINE)
_LINE = re.compile(rf"[ >]*(?:{_SESSION})|[ >]*?{_INDENTED}(?:{_DUMPED}|{_INSTRUCTION})")
"""A line outside of fenced blocks that is of a listing."""
_ASSEMBLY = frozenset({"asm", "s", "gas", "nasm", "masm", "tasm", "goasm", "assembly", "x86asm", "objdump"})
_TEXT = frozenset({"", "text", "txt", "plain", "plaintext", "output", "console"})
_INCLUDED = re.compile(r"\s*(?:-{1,}8<-{1,}.*)?$")
_COMMENT = re.compile(r"<!--.*?-->")

Kind = Literal["number", "register", "flag", "variable", "listing", "comment"]


@dataclass(frozen=True)
class Uncovered:
    """Something an article says that nothing checks; `reason` is its author's, empty where none is given."""

    kind: Kind
    place: Place
    text: str
    reason: str = ""

    def __str__(self) -> str:
        """One line of a report."""
        said = f"{self.place}: {self.kind} {self.text}"
        return f"{said}  (typed: {self.reason})" if self.reason else said


def uncovered(page: Page, text: str) -> tuple[Uncovered, ...]:
    """Return what of the article `text` (its whole file) no claim covers, in the order of its lines."""
    lines = text.split("\n")
    excused = excuses(lines)
    used = set()
    told: list[Uncovered] = []
    for one in (*_in_prose(page, text, lines), *_listings(page, lines)):
        excuse = excused.over(one.place.line - 1)
        if excuse is not None:
            used.add(excuse)
        told.append(one if excuse is None else replace(one, reason=excuse.reason))
    idle = {one.line: "excuses what needs no excuse" for one in excused.found if one not in used}
    for line, message in (*excused.wrong.items(), *idle.items()):
        told.append(Uncovered("comment", Place(page.file, line + 1), message))
    return tuple(sorted(told, key=lambda one: one.place))


def _in_prose(page: Page, text: str, lines: Sequence[str]) -> Iterator[Uncovered]:
    items = collect(page, text)
    covered = frozenset(_numbers(items))
    inside = {n for fence in everything(lines) for n in range(fence.first, fence.last)}
    statements: dict[int, list[Statement]] = {}
    for item in items:
        if isinstance(item.subject, Statement) and item.place.column:
            statements.setdefault(item.place.line - 1, []).append(item.subject)
    was_listing = False
    for number, line in enumerate(lines):
        if number in inside:
            continue
        is_listing = _LINE.match(line) is not None
        if is_listing and not was_listing:
            yield Uncovered("listing", Place(page.file, number + 1), "in the text")
        elif not is_listing:
            yield from _in_line(Place(page.file, number + 1), line, statements.get(number, ()), covered)
        was_listing = is_listing


def _numbers(items: Sequence[Item]) -> Iterator[int]:
    """Yield the numbers that statements and sessions have."""
    for item in items:
        if isinstance(item.subject, Statement):
            said = item.subject.text
        elif isinstance(item.subject, Placed):
            said = "\n".join(item.subject.tail.lines)
        else:
            said = ""
        yield from (int(number, 0) for number in _NUMBER.findall(said))


def _in_line(
    place: Place, line: str, statements: Sequence[Statement], covered: frozenset[int]
) -> Iterator[Uncovered]:
    """Yield what a line says beside its `statements` of registers and numbers."""
    for statement in statements:
        begin = statement.place.column - 1
        line = _blanked(line, begin, begin + statement.shift + len(statement.text))
    for comment in _COMMENT.finditer(line):
        line = _blanked(line, *comment.span())
    about = " ".join(statement.text for statement in statements)
    for said in _REGISTER.finditer(line):
        line = _blanked(line, *said.span())
        value, column = said["value"], said.start() + 1
        is_covered = _NUMBER.fullmatch(value) is not None and int(value, 0) in covered
        if not is_covered and not _is_about(said["name"], about):
            yield Uncovered("register", replace(place, column=column), said[0])
    for said in _FLAG.finditer(line):
        begin = max((found.end() for found in _CLAUSE.finditer(line, 0, said.start())), default=0)
        end = next((found.start() for found in _CLAUSE.finditer(line, said.end())), len(line))
        if not _SUPPOSED.search(line[begin:end]) and not _is_about(said["name"], about):
            yield Uncovered("flag", replace(place, column=said.start() + 1), said[0])
    for said in _VARIABLE.finditer(line):
        line = _blanked(line, *said.span())
        if not _is_about(said["name"], about):
            yield Uncovered("variable", replace(place, column=said.start() + 1), said[0])
    for said in _NUMBER.finditer(line):
        if int(said[0], 0) not in covered:
            yield Uncovered("number", replace(place, column=said.start() + 1), said[0])


def _is_about(name: str, statements: str) -> bool:
    """Tell whether statements speak of a register, a flag or a variable."""
    return re.search(rf"{_BEFORE}{name}{_AFTER}", statements, re.IGNORECASE) is not None


def _blanked(line: str, begin: int, end: int) -> str:
    return line[:begin] + " " * (end - begin) + line[end:]


def _listings(page: Page, lines: Sequence[str]) -> Iterator[Uncovered]:
    for fence in everything(lines):
        if not fence.name.startswith(OURS) and _is_listing(fence):
            shown = f"in a block of {fence.name or 'text'}"
            yield Uncovered("listing", Place(page.file, fence.first + 1), shown)


def _is_listing(fence: Fence) -> bool:
    """Whether a fenced block holds instructions or a debugger's output; what is included from a file is not typed."""
    body = "\n".join(fence.body)
    name = fence.name.lower()
    if _LISTING.search(body):
        return True
    if name in _ASSEMBLY:
        return not all(_INCLUDED.match(line) for line in fence.body)
    return name in _TEXT and _PLAIN.search(body) is not None
