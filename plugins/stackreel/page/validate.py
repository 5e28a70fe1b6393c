"""Turn a fence into a block, or into everything that is wrong with it, each at its own line.

The pydantic errors are put in an author's words here; an error without a row of its own keeps pydantic's.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stackreel.errors import BlockError, Place, StackreelError, near
from stackreel.page import body
from stackreel.page.blocks import EXAMPLES, KEY_EXAMPLES, KINDS, TAILED, Block, Options, key_of, keys
from stackreel.page.body import Body, Path
from stackreel.page.fences import NAMES, Fence, misspelt

Model = TypeVar("Model", bound=Options)


@dataclass(frozen=True)
class Tail:
    """The text of a block that is not YAML: its lines, the place of the first, and what stands before each."""

    lines: tuple[str, ...]
    place: Place
    column: int = 0

    def at(self, line: int) -> Place:
        """Return the place of a line, counted from 0."""
        return Place(self.place.file, self.place.line + line, self.column + 1)


@dataclass(frozen=True)
class Placed:
    """A block, its kind (`stack-figure`), and where it is written.

    `tail` is the text of a session or of checks, without lines where there is none. `errors` are what is wrong with
    it in itself: such a block is not shown, but what is right of it can be looked through for more.
    """

    kind: str
    block: Block
    body: Body
    tail: Tail = field(default_factory=lambda: Tail((), Place("")))
    errors: tuple[StackreelError, ...] = ()

    @property
    def place(self) -> Place:
        """Where the block opens."""
        return self.body.opening


@lru_cache(maxsize=1024)
def read_block(fence: Fence, place: Place) -> Placed | tuple[StackreelError, ...]:
    """Read the block of `fence`, which opens at `place`; what is wrong with it is returned, not raised.

    Where enough is right to go on, a block that knows its errors is returned. A build reads a block twice, for what
    it needs and for what it shows.
    """
    wrong = _not_a_block(fence, place) or _no_rule(fence, place)
    if wrong:
        return (wrong,)
    outside = _options_outside(fence, place)
    example = EXAMPLES[fence.name]
    head, tail = _split(fence, place)
    try:
        read = body.read("\n".join(head), place, example=example, column=len(fence.prefix))
    except BlockError as error:
        return (*outside, _no_prompt(fence, place, head) or error)
    block, errors = validate(KINDS[fence.name], read, what=fence.name)
    if outside:  # a key that is missing may be among the options outside
        errors = (*outside, *(error for error in errors if error.place != place))
    return Placed(fence.name, block, read, tail, errors) if block else errors


_RULE = "---"


def _split(fence: Fence, place: Place) -> tuple[tuple[str, ...], Tail]:
    """Return the YAML lines of a fence, and the text after the line `---` where the block has one."""
    lines, sign = fence.body, TAILED.get(fence.name)
    if sign is None:
        return lines, Tail((), place)
    rule = next((number for number, line in enumerate(lines) if line.strip() == _RULE), None)
    if rule is None:
        is_text = bool(sign) and any(line.lstrip().startswith(sign) for line in lines)
        rule, first = (0, 0) if is_text else (len(lines), len(lines))
    else:
        first = rule + 1
    start = Place(place.file, place.line + 1 + first, len(fence.prefix) + 1)
    return lines[:rule], Tail(lines[first:], start, len(fence.prefix))


def _not_a_block(fence: Fence, place: Place) -> BlockError | None:
    """Tell that a fence has a misspelt name, or that it never closes."""
    meant = misspelt(fence.name, NAMES)
    if meant:
        return BlockError(f"there is no block `{fence.name}`", place=place, near=meant)
    if not fence.closed:
        return BlockError(
            f"this `{fence.name}` block is never closed",
            place=place,
            example="the same backticks alone on a line, as deep as the first",
        )
    return None


def _no_rule(fence: Fence, place: Place) -> BlockError | None:
    """Tell that options stand right before a text, with no line between them that ends the options."""
    sign = TAILED.get(fence.name)
    if not sign or any(line.strip() == _RULE for line in fence.body):
        return None
    first = next((number for number, line in enumerate(fence.body) if line.lstrip().startswith(sign)), 0)
    named = [line.partition(":")[0] for line in fence.body[:first] if line.strip()]
    if not named or not all(name in keys(KINDS[fence.name]) for name in named):
        return None
    return BlockError(
        f"the options of `{fence.name}` end with a line `{_RULE}`, which is missing here",
        place=Place(place.file, place.line + 1 + first, len(fence.prefix) + 1),
        example=f"{_RULE}, then {fence.body[first].strip()}",
    )


_PROMPT = "(gdb)"


def _no_prompt(fence: Fence, place: Place, head: Sequence[str]) -> BlockError | None:
    """Tell that a command of a session stands where its options would, as nothing says that it is one."""
    if TAILED.get(fence.name) != _PROMPT:
        return None
    known = keys(KINDS[fence.name])
    for number, line in enumerate(head):
        word = re.match(r"\s*([^\s:：]*)", line)
        if not line.strip() or line.lstrip().startswith("#") or word is None:
            continue
        if word[1] in known or near(word[1], known):
            continue
        where = Place(place.file, place.line + 1 + number, len(fence.prefix) + 1)
        said = f"commands of `{fence.name}` begin with `{_PROMPT} `; without it, options are expected here"
        return BlockError(said, place=where, example=f"{_PROMPT} {line.strip()}")
    return None


def _options_outside(fence: Fence, place: Place) -> tuple[BlockError, ...]:
    """Tell that options stand on the opening line of a fence."""
    if not fence.rest:
        return ()
    said = f"options of `{fence.name}` go on lines of their own below the fence, not after it: {fence.rest}"
    return (BlockError(said, place=place, example=EXAMPLES[fence.name]),)


def validate(model: type[Model], read: Body, *, what: str) -> tuple[Model | None, tuple[StackreelError, ...]]:
    """Check `read` against `model`; `what` names the thing for the reader of the errors.

    Return what is right, None where too little is, and everything that is wrong, in the order of its lines.
    """
    data = dict(read.data)
    try:
        return model.model_validate(data), read.errors
    except ValidationError as error:
        details = error.errors(include_url=False)
    wrong = {str(detail["loc"][0]) for detail in details}
    flat = {
        empty for d in details if d["type"] == "extra_forbidden" and (empty := _above(d["loc"], model, read))
    }
    fresh = (
        d
        for d in details
        if (d["type"] != "missing" or d["loc"] not in read.keys)  # told: it cannot be read
        and not (d["type"] == "dict_type" and d["loc"][0] in flat)  # told: what is its own stands beside it
    )
    errors = [*read.errors, *(_error(detail, model, read, what) for detail in fresh)]
    told = tuple(sorted(errors, key=lambda one: one.place or read.opening))
    try:
        return model.model_validate({key: data[key] for key in data if key not in wrong}), told
    except ValidationError:  # a key that must be there is not, or is wrong
        return None, told


def _error(detail: ErrorDetails, model: type[Options], read: Body, what: str) -> BlockError:
    path: Path = tuple(part for part in detail["loc"] if part != "[key]")
    key = str(path[0]) if path else ""
    row = _MESSAGES.get(detail["type"])
    if detail["type"] == "extra_forbidden":
        known = keys(model)
        if above := _above(path, model, read):
            said = f"`{what}` has no key `{key}`; if it belongs to `{above}:`, indent it by two spaces"
            return BlockError(said, place=read.key(path), example=f"  {key}: {read.data[key]}")
        return BlockError(
            f"`{what}` has no key `{key}`; it has {', '.join(known)}",
            place=read.key(path),
            near=near(key, known),
        )
    if detail["type"] == "missing":
        return BlockError(
            f"`{what}` needs the key `{key}`", place=read.opening, example=KEY_EXAMPLES.get(key, "")
        )
    told = row(detail) if row else detail["msg"]
    name = (
        key
        if len(path) == 1
        else f"{key}, {path[-1] if isinstance(path[-1], str) else f'item {path[-1] + 1}'}"
    )
    return BlockError(
        f"`{name}` {told}",
        place=read.value(path),
        example=KEY_EXAMPLES.get(key, ""),
        near=_near_value(detail),
    )


def _above(path: tuple[int | str, ...], model: type[Options], read: Body) -> str:
    """Return the key above an unknown one that holds keys of its own, and has none; empty where there is none."""
    place = read.key(path)
    if len(path) != 1 or near(str(path[0]), keys(model)):
        return ""
    holders = [
        key
        for name, field in model.model_fields.items()
        if typing.get_origin(field.annotation) is dict
        and (key := key_of(name, model)) in read.data
        and read.data[key] is None
        and read.key((key,)) < place
    ]
    return max(holders, key=lambda key: read.key((key,)), default="")


def _got(detail: ErrorDetails) -> str:
    """Say what was written, by its YAML type."""
    value = detail["input"]
    for kind, word in _WORDS:
        if isinstance(value, kind):
            return f"{word} {value}".strip() if kind not in (dict, list) else word
    return "nothing" if value is None else repr(value)


_WORDS: tuple[tuple[type, str], ...] = (
    (bool, "yes or no, here"),
    (int, "the number"),
    (float, "the number"),
    (str, "the text"),
    (list, "a list"),
    (dict, "a mapping"),
)


def _one_of(detail: ErrorDetails) -> str:
    """Name the values there are."""
    return f"is one of {_expected(detail)}, not {_got(detail)}"


def _expected(detail: ErrorDetails) -> str:
    context: Mapping[str, Any] = detail.get("ctx", {})
    return str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")


def _near_value(detail: ErrorDetails) -> tuple[str, ...]:
    if detail["type"] != "literal_error" or not isinstance(detail["input"], str):
        return ()
    return near(detail["input"], _expected(detail).split(", "))


_MESSAGES: Mapping[str, Callable[[ErrorDetails], str]] = {
    "string_type": lambda d: f"is text, not {_got(d)}; put quotes around it if it is meant",
    "bool_type": lambda d: f"is true or false, not {_got(d)}",
    "tuple_type": lambda d: f"is a list, not {_got(d)}",
    "dict_type": lambda d: f"is a mapping from moments to text, not {_got(d)}",
    "literal_error": _one_of,
    "int_type": lambda d: f"is a whole number, not {_got(d)}",
    "greater_than_equal": lambda d: f"is at least {d.get('ctx', {}).get('ge')}, not {_got(d)}",
    "less_than_equal": lambda d: f"is at most {d.get('ctx', {}).get('le')}, not {_got(d)}",
    "string_pattern_mismatch": lambda d: (
        f"begins with a letter and holds letters, digits, `.`, `_` and `-`, unlike {_got(d)}"
    ),
}
"""What is said of each type of pydantic error, after the key's name."""
