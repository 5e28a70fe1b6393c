"""Which Go made a binary: the build information that the linker leaves in every Go program, stripped or not.

Takes an image, returns the version as `go version FILE` prints it. Follows `debug/buildinfo` of Go: a header
aligned to 16 bytes in `.go.buildinfo` (or at the start of the data segment), whose strings stand behind it since
Go 1.18 and are pointed to before. Trusts nothing: what does not fit is no version.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stackreel.errors import BinaryError

if TYPE_CHECKING:
    from stackreel.binary.image import Image

_MAGIC = b"\xff Go buildinf:"
_HEADER = 32
_INLINE = 2
_LONGEST = 256
_SEARCHED = 1 << 16
_RELEASE = re.compile(r"go(\d+)\.(\d+)")


def go_version(image: Image) -> str:
    """Return the version (`go1.15.15`) of the Go that linked the image; empty where it is no Go program."""
    for address, size in _places(image):
        try:
            found = _version(image, image.read(address, min(size, _SEARCHED)))
        except BinaryError:
            continue
        if found:
            return found
    return ""


def go_release(version: str) -> tuple[int, int] | None:
    """Return major and minor number of a version (`go1.15.15`: 1, 15); None for a development version or none."""
    match = _RELEASE.match(version)
    return (int(match[1]), int(match[2])) if match else None


def _places(image: Image) -> list[tuple[int, int]]:
    named = [(s.address, s.size) for s in image.sections if s.name == ".go.buildinfo" and s.address]
    return named or [(s.address, s.file_size) for s in image.segments if "w" in s.permissions]


def _version(image: Image, data: bytes) -> str:
    at = data.find(_MAGIC)
    while at >= 0 and at % 16:
        at = data.find(_MAGIC, at + 1)
    header = data[at : at + _HEADER] if at >= 0 else b""
    if len(header) < _HEADER:
        return ""
    if header[15] & _INLINE:
        start = at + _HEADER
        length, start = _varint(data, start)
        text = data[start : start + length]
    else:
        pointer = int.from_bytes(header[16:24], "little") + image.bias
        string = image.read(pointer, 16)
        length = int.from_bytes(string[8:], "little")
        if length > _LONGEST:
            return ""
        text = image.read(int.from_bytes(string[:8], "little") + image.bias, length)
    return text.decode("utf-8", "replace") if len(text) == length <= _LONGEST else ""


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 21, 7):
        byte = data[at] if at < len(data) else 0
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return value, at
