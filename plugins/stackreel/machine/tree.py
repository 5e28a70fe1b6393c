"""The files a program sees: what its example declares, a few devices, and libraries of a sysroot, read-only.

Of /sys there is the one file that every Go program reads at its start and that says the same on every x86-64.

Of the sysroot only regular files below /lib*, /usr/lib* and the folders on the way exist. Symbolic links are
followed inside the sysroot and never out of it, whatever they say. The loader's cache /etc/ld.so.cache does not
exist (it would make a run depend on what else the machine has installed) unless an example declares it.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stackreel.machine.linux import Errno
from stackreel.machine.outcomes import LinuxError

_LIBRARIES = re.compile(r"/(usr/)?lib(32|64|x32)?(/|$)")
_MOST_LINKS = 40
_LARGEST = 256 << 20

Kind = Literal["file", "folder", "null", "zero", "random"]
_DEVICES: Mapping[str, Kind] = {
    "/dev/null": "null",
    "/dev/zero": "zero",
    "/dev/urandom": "random",
    "/dev/random": "random",
}
_KERNEL = {"/sys/kernel/mm/transparent_hugepage/hpage_pmd_size": b"2097152\n"}
"""What the kernel says of itself: a huge page is what one entry of the second page table level maps."""


@dataclass(frozen=True)
class Node:
    """A file, folder or device under its canonical path; `data` of a file, `is_library` where the sysroot has it."""

    path: str
    kind: Kind
    data: bytes | None = None
    is_library: bool = False

    @property
    def inode(self) -> int:
        """A number that is the same for the same path on every host."""
        return zlib.crc32(self.path.encode("utf-8", "surrogateescape")) | 1 << 32


def absolute(path: str) -> str:
    """Return a path in its plain form, from the root: there is no other folder it could be relative to."""
    return posixpath.normpath("/" + path.lstrip("/"))


class Tree:
    """Looks paths up; reads files of the sysroot once."""

    def __init__(self, files: Mapping[str, bytes], sysroot: str) -> None:
        self._declared = {**_KERNEL, **{absolute(path): data for path, data in files.items()}}
        self._folders = {"/", "/dev", "/proc", "/proc/self", "/tmp"}
        for path in self._declared:
            while path != "/":
                path = posixpath.dirname(path)  # noqa: PLW2901 - walking up
                self._folders.add(path)
        self._sysroot = Path(sysroot)
        self._read: dict[str, bytes] = {}

    def lookup(self, path: str) -> Node | None:
        """Return what an absolute path names, following links; None where there is nothing. Raises LinuxError ELOOP."""
        path = absolute(path)
        if path in self._declared:
            return Node(path, "file", self._declared[path])
        if path in _DEVICES:
            return Node(path, _DEVICES[path])
        if path in self._folders:
            return Node(path, "folder")
        return self._library(path)

    def names_in(self, folder: str) -> list[str]:
        """Return the names of declared files and folders directly in a folder, sorted."""
        known = {*self._declared, *self._folders, *_DEVICES}
        return sorted({posixpath.basename(p) for p in known if posixpath.dirname(p) == folder and p != "/"})

    def _library(self, path: str) -> Node | None:
        canonical = self._resolve(path)
        if canonical is None or not _LIBRARIES.match(canonical):
            return None
        host = self._host(canonical)
        try:
            if host.is_dir():
                return Node(canonical, "folder", is_library=True)
            if not host.is_file() or host.stat().st_size > _LARGEST:
                return None
            if canonical not in self._read:
                self._read[canonical] = host.read_bytes()
        except OSError:
            return None
        return Node(canonical, "file", self._read[canonical], is_library=True)

    def _host(self, canonical: str) -> Path:
        return self._sysroot / canonical.lstrip("/")

    def _resolve(self, path: str) -> str | None:
        """Follow links component by component, as if the sysroot were the root."""
        todo = [part for part in path.split("/") if part]
        done: list[str] = []
        links = 0
        while todo:
            part = todo.pop(0)
            if part == "..":
                done = done[:-1]
                continue
            if part == ".":
                continue
            if not _LIBRARIES.match("/" + "/".join([*done, part])) and (done or part != "usr"):
                return None
            here = self._host("/".join([*done, part]))
            try:
                target = str(here.readlink()) if here.is_symlink() else None
            except OSError:
                return None
            if target is None:
                done.append(part)
                continue
            links += 1
            if links > _MOST_LINKS:
                raise LinuxError(Errno.ELOOP)
            if target.startswith("/"):
                done = []
            todo = [p for p in target.split("/") if p] + todo
        return "/" + "/".join(done)
