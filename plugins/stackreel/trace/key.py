"""Everything a recorded trace depends on, as one key.

The program, how it is run and watched, the bounds, the shared libraries of the sysroot, unicorn's version and our
own: version, schema, and the source of the rooms that record. What the program may load beyond what its headers
name (dlopen, another search path) is caught after the fact by `unchanged`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import stackreel
from stackreel.binary.elf import PT_INTERP, parse_elf
from stackreel.errors import BinaryError
from stackreel.trace.request import Request
from stackreel.trace.trace import SCHEMA, Trace

ABSENT = "absent"

_ROOMS = ("errors", "isa", "binary", "machine", "trace")
_LIBRARY_FOLDERS = (
    "lib/x86_64-linux-gnu",
    "usr/lib/x86_64-linux-gnu",
    "lib64",
    "usr/lib64",
    "lib",
    "usr/lib",
    "usr/local/lib",
)


def cache_key(request: Request) -> str:
    """Return the key of what `request` records: 64 hexadecimal digits, and unicorn's version.

    The version stands apart, `ABSENT` where unicorn is not installed: then nothing can be recorded, and a trace
    that any version recorded serves.
    """
    limits = request.limits
    inputs = {
        "schema": SCHEMA,
        "version": stackreel.__version__,
        "source": source_digest(),
        "program": _digest(request.program),
        "path": request.path,
        "argv": request.argv,
        "env": request.env,
        "stdin": _digest(request.stdin),
        "files": {path: _digest(data) for path, data in request.files.items()},
        "libraries": dict(libraries(request.program, request.sysroot)),
        "start": request.start,
        "functions": request.functions,
        "everything": request.everything,
        "registers": dict(request.registers),
        "max_steps": request.max_steps,
        "limits": [limits.instructions, limits.seconds, limits.memory, limits.output],
    }
    return f"{_digest(json.dumps(inputs, sort_keys=True).encode())}-{unicorn_version()}"


def unchanged(trace: Trace, sysroot: str) -> bool:
    """Tell whether the libraries that were mapped when `trace` was recorded are those of the sysroot now."""
    return all(
        file_digest(Path(sysroot) / module.path.lstrip("/")) == module.sha256 for module in trace.modules[1:]
    )


def libraries(program: bytes, sysroot: str) -> Iterator[tuple[str, str]]:
    """Yield the interpreter and shared libraries the program's headers name, with their SHA-256.

    A name that is not found in the sysroot's usual folders has an empty digest; so has a file that is no ELF.
    """
    seen: set[str] = set()
    wanted = list(_names(program))
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        path = _find(name, Path(sysroot))
        yield name, file_digest(path) if path else ""
        if path:
            wanted += _needed(path, *_stamp(path))


def library_files(program: bytes, sysroot: str) -> Iterator[Path]:
    """Yield the files that decide what `libraries` yields: those found, and those looked for before them."""
    for name, _ in libraries(program, sysroot):
        for path in _places(name, Path(sysroot)):
            yield path
            if path.is_file():
                break


def unicorn_version() -> str:
    """Return unicorn's version as a part of a key, without loading it."""
    try:
        return re.sub(r"[^a-z0-9.]", "_", metadata.version("unicorn").lower())
    except metadata.PackageNotFoundError:
        return ABSENT


@lru_cache(maxsize=1)
def source_digest() -> str:
    """Return a digest of the source of the rooms whose code decides what a trace holds."""
    digest = hashlib.sha256()
    root = Path(stackreel.__file__).parent
    for room in _ROOMS:
        files = sorted((root / room).rglob("*.py")) or [root / f"{room}.py"]
        for file in files:
            digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, read again only where its size or time changed; empty where it is absent."""
    try:
        return _file_digest(path, *_stamp(path))
    except OSError:
        return ""


@lru_cache(maxsize=256)
def _file_digest(path: Path, _size: int, _time: int) -> str:
    return _digest(path.read_bytes())


@lru_cache(maxsize=256)
def _needed(path: Path, _size: int, _time: int) -> tuple[str, ...]:
    try:
        return _names(path.read_bytes())
    except OSError:
        return ()


def _names(data: bytes) -> tuple[str, ...]:
    try:
        elf = parse_elf(data, "library")
        header = elf.program(PT_INTERP)
        interpreter = elf.data[header.offset : header.offset + header.file_size] if header else b""
        names = [interpreter.split(b"\0", 1)[0].decode("utf-8", "replace"), *elf.needed()]
    except BinaryError:
        return ()
    return tuple(name for name in names if name)


def _find(name: str, sysroot: Path) -> Path | None:
    return next((path for path in _places(name, sysroot) if path.is_file()), None)


def _places(name: str, sysroot: Path) -> Iterator[Path]:
    """Yield where a library of this name may be, in the order in which it is looked for."""
    if "/" in name:
        yield sysroot / name.lstrip("/")
    else:
        yield from (sysroot / folder / name for folder in _LIBRARY_FOLDERS)


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
