"""A program's image where the machine will put it."""

from __future__ import annotations

from stackreel.binary.image import Image, read_image
from stackreel.machine.layout import load_bias


def open_image(program: bytes, name: str) -> Image:
    """Return a program's image at the addresses it has when it runs. Raises BinaryError."""
    return read_image(program, name, load_bias(program, name))
