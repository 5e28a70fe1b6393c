"""Read the YAML of a block or of front matter, keeping where every key and value stands.

Takes text, returns plain data and places; what keys there are is `blocks.py`'s. One deliberate difference
from YAML: `#` before a digit does not begin a comment, because `sum+4 #3` is a moment (the third time there).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from stackreel.errors import BlockError, Place
from stackreel.page.slips import Slip, slip

_COUNT = re.compile(r"(?<=\S)([ \t]+)#(?=\d)")
_STAND_IN = "\ue000"
"""A private-use character in the place of such a `#` while YAML reads: one for one, so columns stay right."""

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Body:
    """What a block says: `data` as plain Python, `keys` and `values` the places of each by its path.

    `errors` are keys and values that are left out of `data`, as they cannot be read or are there twice.
    """

    data: Mapping[str, object]
    keys: Mapping[Path, Place]
    values: Mapping[Path, Place]
    opening: Place
    errors: tuple[BlockError, ...] = ()

    def key(self, path: Path) -> Place:
        """Where the key of `path` stands, or the nearest thing above it that has a place."""
        return self._nearest(path, self.keys)

    def value(self, path: Path) -> Place:
        """Where the value of `path` stands, or the nearest thing above it that has a place."""
        return self._nearest(path, self.values)

    def _nearest(self, path: Path, places: Mapping[Path, Place]) -> Place:
        for length in range(len(path), 0, -1):
            if path[:length] in places:
                return places[path[:length]]
        return self.opening


def read(text: str, opening: Place, *, example: str, column: int = 0) -> Body:
    """Read the YAML mapping `text`, which begins on the line after `opening`; no text is an empty mapping.

    `example` is a right form to show with an error, `column` what stands before the text on each line.
    Raises BlockError where it is not YAML or not a mapping.
    """
    reader = _Reader(opening, column, example)
    try:
        root = _compose(text)
    except yaml.YAMLError as error:
        raise reader.refused(text, error) from error
    if root is None:
        return Body({}, {}, {}, opening)
    found = None if isinstance(root, yaml.MappingNode) else slip(text, root.start_mark.line)
    if found:
        raise reader.slipped(found)
    return reader.body(root)


def read_key(text: str, key: str, opening: Place, *, example: str) -> Body | None:
    """Read the mapping under `key` of the YAML `text` (front matter), None where there is none.

    The rest of the text is not judged: it belongs to others. Raises BlockError as `read` does, also where the rest
    keeps the key from being read.
    """
    try:
        root = _compose(text)
    except yaml.YAMLError as error:
        if re.search(rf"^{re.escape(key)}\s*[:：]", text, re.MULTILINE) is None:
            return None
        raise _Reader(opening, 0, example).refused(text, error) from error
    if not isinstance(root, yaml.MappingNode):
        return None
    for key_node, value_node in root.value:
        if isinstance(key_node, yaml.ScalarNode) and key_node.value == key:
            reader = _Reader(opening, 0, example)
            return reader.body(value_node, reader.place(key_node.start_mark))
    return None


def _compose(text: str) -> yaml.Node | None:
    """Compose with libyaml where it is installed, as it is fast; what it refuses the other one says better."""
    prepared = _COUNT.sub(rf"\1{_STAND_IN}", text)
    root: yaml.Node | None
    try:
        root = yaml.compose(prepared, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        root = yaml.compose(prepared, Loader=yaml.SafeLoader)
    return root


class _Reader:
    """Turns YAML nodes into data and notes their places on the way."""

    def __init__(self, opening: Place, column: int, example: str) -> None:
        self.keys: dict[Path, Place] = {}
        self.values: dict[Path, Place] = {}
        self.errors: list[BlockError] = []
        self._opening = opening
        self._column = column
        self._example = example
        self._constructor = yaml.constructor.SafeConstructor()

    def place(self, mark: yaml.Mark) -> Place:
        """Turn YAML's mark (from 0, in the body) into a place of the author's file."""
        return Place(self._opening.file, self._opening.line + 1 + mark.line, self._column + mark.column + 1)

    def refused(self, text: str, error: yaml.YAMLError) -> BlockError:
        """Return the error for a text that YAML refused with `error`."""
        mark = None
        said = str(error).splitlines()[0]
        if isinstance(error, yaml.MarkedYAMLError):
            mark = error.problem_mark or error.context_mark
            said = " ".join(part for part in (error.context, error.problem) if part)
        found = slip(text, mark.line) if mark else None
        if found:
            return self.slipped(found)
        place = self.place(mark) if mark else self._opening
        return BlockError(f"this is not YAML: {said}", place=place, example=self._example)

    def slipped(self, found: Slip) -> BlockError:
        """Return the error for a slip that is known by name."""
        line = self._opening.line + 1 + found.line
        place = Place(self._opening.file, line, self._column + found.column + 1)
        return BlockError(f"this is not YAML: {found.said}", place=place, example=found.example)

    def body(self, root: yaml.Node, opening: Place | None = None) -> Body:
        """Read a whole mapping; errors and keys without a place of their own are at `opening`."""
        if not isinstance(root, yaml.MappingNode):
            raise BlockError(
                "`key: value` lines are expected here, and this is not one",
                place=self.place(root.start_mark),
                example=self._example,
            )
        data = self.mapping(root, ())
        return Body(data, self.keys, self.values, opening or self._opening, tuple(self.errors))

    def _wrong(self, message: str, place: Place) -> None:
        self.errors.append(BlockError(message, place=place, example=self._example))

    def _twice(self, key: str, first: Place, place: Place, value: yaml.Node) -> None:
        said = f"the key `{key}` is there twice, first on line {first.line}; keep one of the two"
        line = f"{key}: {value.value}" if isinstance(value, yaml.ScalarNode) else f"{key}: …"
        self.errors.append(BlockError(said, place=place, example=line.replace(_STAND_IN, "#")))

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        """Read a mapping; a key that is not text keeps its spelling."""
        data: dict[str, object] = {}
        for key_node, value_node in node.value:
            place = self.place(key_node.start_mark)
            if not isinstance(key_node, yaml.ScalarNode):
                self._wrong("a key must be a word or a moment", place)
                continue
            key = key_node.value.replace(_STAND_IN, "#")
            if (*path, key) in self.keys:
                self._twice(key, self.keys[(*path, key)], place, value_node)
                continue
            self.keys[(*path, key)] = place
            try:
                data[key] = self._value(value_node, (*path, key))
            except BlockError as error:
                self.errors.append(error)
        return data

    def _value(self, node: yaml.Node, path: Path) -> object:
        self.values[path] = self.place(node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, number)) for number, item in enumerate(node.value)]
        try:
            value = self._constructor.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2024-13-40
            raise BlockError(
                f"cannot read this value: {node.value}", place=self.values[path], example=self._example
            ) from error
        return value.replace(_STAND_IN, "#") if isinstance(value, str) else value
