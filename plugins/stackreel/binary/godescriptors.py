"""What Go's runtime knows of types: the names in the descriptors that interfaces point to, and in their itabs.

A value in an interface is two words: a descriptor of its type (`interface{}`), or an itab, which names the interface
and the type, and the value or its address. Follows `runtime/type.go` and `runtime/iface.go` of Go 1.15 and
`internal/abi` of later ones: `str` is an offset from where descriptors begin, the symbol runtime.types. Trusts
nothing: what does not look like a descriptor has no name.
"""

from __future__ import annotations

from collections.abc import Callable

from stackreel.binary.gobuild import go_release
from stackreel.binary.image import Image
from stackreel.errors import SymbolError

Read = Callable[[int, int], bytes | None]
"""Memory: so many bytes at an address, None where they are not known."""

_HASH = 16
_FLAGS = 20
_NAME = 40
_EXTRA_STAR = 2  # the name is that of the pointer to the type
_WORD = 8
_VARINT = (1, 17)  # since this release a name's length is a varint
_LONGEST = 1 << 12


def type_named(address: int, image: Image, read: Read) -> str:
    """Return the name of the type that a descriptor describes (`int`, `*main.Point`), empty where there is none."""
    try:
        low, high = image.symbol("runtime.types").address, image.symbol("runtime.etypes").address
    except SymbolError:
        return ""
    header = read(address, _NAME + 4) if low <= address < high else None
    if header is None:
        return ""
    name = _name(low + int.from_bytes(header[_NAME:], "little", signed=True), image, read)
    return name.removeprefix("*") if header[_FLAGS] & _EXTRA_STAR else name


def itab_named(address: int, image: Image, read: Read) -> str:
    """Return the type and the interface an itab stands for, `main.Point,main.Shape`, as its symbol has them."""
    words = read(address, _HASH + 4) if address else None
    if words is None:
        return ""
    interface, dynamic = (int.from_bytes(words[at : at + _WORD], "little") for at in (0, _WORD))
    names = [type_named(at, image, read) for at in (dynamic, interface)]
    if not all(names) or read(dynamic + _HASH, 4) != words[_HASH:]:
        return ""
    return ",".join(names)


def _name(address: int, image: Image, read: Read) -> str:
    """Return the name that is kept at an address: a byte of flags, its length, its bytes."""
    head = read(address, 3)
    if head is None:
        return ""
    release = go_release(image.go_version)
    if release is not None and release < _VARINT:
        size, at = head[1] << 8 | head[2], address + 3
    elif head[1] & 0x80:
        size, at = head[1] & 0x7F | head[2] << 7, address + 3
    else:
        size, at = head[1], address + 2
    found = read(at, size) if 0 < size <= _LONGEST else None
    if found is None:
        return ""
    try:
        text = found.decode()
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""
