"""A folder of results that are expensive to make again, found by everything they depend on.

An entry is a file named by kind and key. It is written to a temporary name and renamed, so a reader sees all of
it or nothing; it begins with the SHA-256 of the rest, and one that does not fit it is dropped. The cache is an
optimisation alone: a folder that cannot be written, or is wiped meanwhile, costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import time
from pathlib import Path

_DIGEST = 64
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


class Cache:
    """Bytes by kind (`trace`, `svg`) and key, under `folder`."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when the first entry is written."""
        self.folder = folder

    def get(self, kind: str, key: str) -> bytes | None:
        """Return an entry, None where there is none. A damaged one is dropped."""
        path = self._path(kind, key)
        try:
            stored = path.read_bytes()
        except OSError:
            return None
        data = stored[_DIGEST + 1 :]
        if stored[: _DIGEST + 1] != _head(data):
            self.drop(kind, key)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # `prune` keeps what was used last
        return data

    def keys(self, kind: str, prefix: str) -> list[str]:
        """Return the keys of a kind that begin with `prefix`, the one used last first."""
        found: list[tuple[float, str]] = []
        for path in self.folder.glob(f"{kind}/{prefix}*"):
            with contextlib.suppress(OSError):
                found.append((path.stat().st_mtime, path.name))
        return [name for _, name in sorted(found, reverse=True)]

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Store an entry, if the folder can be written."""
        path = self._path(kind, key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_head(data) + data)
                Path(temporary).replace(path)
            except OSError:
                Path(temporary).unlink(missing_ok=True)
                raise

    def drop(self, kind: str, key: str) -> None:
        """Forget an entry."""
        with contextlib.suppress(OSError):
            self._path(kind, key).unlink()

    def prune(self, *, size: int = 512 << 20, age: float = 90 * 86400.0) -> int:
        """Remove entries not used for `age` seconds, then the least recently used above `size` bytes.

        Returns how many were removed. Files that are not of this cache are left alone.
        """
        found: list[tuple[float, int, Path]] = []
        for path in self.folder.glob("*/*"):
            with contextlib.suppress(OSError):
                if path.is_file():
                    status = path.stat()
                    found.append((status.st_mtime, status.st_size, path))
        oldest, total, removed = time.time() - age, 0, 0
        for used, length, path in sorted(found, reverse=True):
            total += length
            if used < oldest or total > size:
                with contextlib.suppress(OSError):
                    path.unlink()
                    removed += 1
        return removed

    def _path(self, kind: str, key: str) -> Path:
        if not _NAME.fullmatch(kind) or not _NAME.fullmatch(key):
            raise ValueError(f"{kind!r}/{key!r} cannot be the name of a cache entry")
        return self.folder / kind / key


def _head(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode("ascii") + b"\n"
