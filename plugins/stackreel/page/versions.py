"""What decides a drawn block besides its inputs: our own code and the libraries it is made with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

import stackreel

_LIBRARIES = ("capstone", "pyelftools", "graphviz", "lark")


@lru_cache(maxsize=1)
def versions() -> Mapping[str, str]:
    """Return our version, a digest of our source, and the versions of the libraries."""
    digest = hashlib.sha256()
    for name, file in sorted(_sources(resources.files("stackreel"), ""), key=lambda source: source[0]):
        digest.update(f"{name}\0".encode() + file.read_bytes() + b"\0")
    return {
        "stackreel": stackreel.__version__,
        "source": digest.hexdigest(),
        **{name: metadata.version(name) for name in _LIBRARIES},
    }


def _sources(folder: Traversable, name: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            found += _sources(entry, path)
        elif entry.name.endswith((".py", ".lark")):
            found.append((path, entry))
    return found
