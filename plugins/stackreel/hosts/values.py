"""Values of command-line options that need reading: sizes, environment settings, lists of names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SECONDS = 1e9
_SIZE = re.compile(r"(?P<number>\d+)(?P<unit>[KMGT]?)(?:i?B)?", re.IGNORECASE)


def size(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """Read a size in bytes that is more than 0: `64M`, `1G`, `4096`; K, M, G and T are powers of 1024."""
    number = bound(ctx, param, value)
    if number == 0:
        raise click.BadParameter("the size must be more than 0")
    return number


def bound(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """Read the most bytes there may be, written like a size; 0 is for none."""
    found = _SIZE.fullmatch(value.strip())
    if found is None:
        raise click.BadParameter(f"{value!r} is not a size; write 64M, 1G or a number of bytes")
    return int(found["number"]) * _UNITS[found["unit"].upper()]


def settings(
    ctx: click.Context, param: click.Parameter, values: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Read environment settings `NAME=VALUE`."""
    pairs = []
    for value in values:
        name, sign, content = value.partition("=")
        if not name or not sign:
            raise click.BadParameter(f"{value!r} is not an environment setting; write NAME=VALUE")
        pairs.append((name, content))
    return tuple(pairs)


def writable(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Read the file to write, `-` for standard output: what cannot be written is told before the work is done."""
    if value is None or value == "-":
        return value
    if not value or Path(value).is_dir():
        raise click.BadParameter(
            f"{value!r} is a folder; write the name of a file in it" if value else "no name"
        )
    if not Path(value).absolute().parent.is_dir():
        raise click.BadParameter(f"there is no folder {str(Path(value).parent)!r}; make it first")
    return value


def names(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:
    """Read names separated by commas."""
    return tuple(name.strip() for name in value.split(",") if name.strip())


def seconds(ctx: click.Context, param: click.Parameter, value: str | float) -> float:
    """Read a number of seconds; nan, which passes every comparison, is none."""
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number <= _SECONDS:
        raise click.BadParameter(f"{value!r} is not a number of seconds; write 60")
    return number
