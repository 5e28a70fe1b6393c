"""`readelf` and `nm` with the options that are known, compared with binutils on many files."""

from __future__ import annotations

import contextlib
import struct
import subprocess
import time
from pathlib import Path

import pytest

from stackreel.binary import read_image
from stackreel.binary.elf import parse_elf
from stackreel.binary.readelf import TOOLS, readelf
from stackreel.errors import BinaryError
from support.build import compile_c
from support.project import ROOT

pytestmark = pytest.mark.oracle

THREADS = "__thread int a = 1; __thread int b; int c; int main(void) { return a + b + c; }"
WEAK = (
    "__attribute__((weak)) int x = 1; extern __attribute__((weak)) int y; __attribute__((weak)) void f(void) {}"
    "static int p(void) { return 1; } static void *pick(void) { return p; }"
    'int chosen(void) __attribute__((ifunc("pick"))); const int k[9] = {1};'
    "int main(void) { f(); return x + (&y != 0) + chosen() + k[0]; }"
)
BUILT = {
    "pie": ("int main(void) { return 0; }", ()),
    "static": ("int main(void) { return 0; }", ("-static",)),
    "static-pie": ("int main(void) { return 0; }", ("-static-pie", "-g")),
    "shared": ("int f(void) { return 0; }", ("-shared", "-fPIC")),
    "threads": (THREADS, ("-g",)),
    "weak": (WEAK, ()),
    "stripped": (THREADS, ("-s",)),
    "stripped static": (THREADS, ("-s", "-static")),
    "with relocations": (WEAK, ("-Wl,--emit-relocs",)),
    "versions": (WEAK, ("-shared", "-fPIC", "-Wl,--default-symver", "-Wl,-soname,lib.so")),
    "large": (
        '__attribute__((section(".lbss,\\"awl\\",@nobits#"))) char far[9]; int main(void) { return far[0]; }',
        (),
    ),
    "long names": (f"int {'x' * 21}, {'y' * 22}, big[90000]; int main(void) {{ return 0; }}", ()),
    "musl": ("int main(void) { return 0; }", ()),
}
EXAMPLES = ("c-sum", "c-sum-clang", "go-sum-1.15", "go-sum-1.27", "go-frames-1.27")


def files() -> dict[str, Path]:
    found = {
        name: compile_c(source, *flags, cc="musl-gcc" if name == "musl" else "gcc")
        for name, (source, flags) in BUILT.items()
    }
    for name in EXAMPLES:
        found[name] = next(p for p in (ROOT / "traces" / name).iterdir() if not p.suffix and p.is_file())
    return found


@pytest.mark.parametrize("name", [*BUILT, *EXAMPLES])
@pytest.mark.parametrize("tool", TOOLS)
def test_same_as_binutils(name: str, tool: str) -> None:
    compare(files()[name], tool)


@pytest.mark.parametrize("tool", ["readelf -l", "readelf -lW"])
def test_no_alignment(tool: str, tmp_path: Path) -> None:
    data = bytearray((ROOT / "traces/c-sum/sum").read_bytes())
    last = 64 + 10 * 56  # the 11th program header
    data[last + 48 : last + 56] = bytes(8)
    (tmp_path / "sum").write_bytes(data)
    compare(tmp_path / "sum", tool)


def compare(file: Path, tool: str) -> None:
    done = subprocess.run(
        [*tool.split(), file], capture_output=True, check=False, env={"LC_ALL": "C", "PATH": "/usr/bin"}
    )
    theirs = done.stdout.decode()
    if done.stderr or not theirs:
        assert not theirs
        with pytest.raises(BinaryError, match="no symbols"):
            readelf(file.read_bytes(), tool)
    else:
        assert readelf(file.read_bytes(), tool) == theirs


@pytest.mark.parametrize("name", ["Größe", "bell\a"])
def test_names_whose_cut_is_not_known_are_refused(name: str) -> None:
    other = "z" * len(name.encode())
    program = compile_c(f"int {other}; int main(void) {{ return 0; }}").read_bytes()
    changed = program.replace(other.encode(), name.encode())
    with pytest.raises(BinaryError, match="cannot be told of this file"):
        readelf(changed, "readelf -s")


@pytest.mark.parametrize("tool", TOOLS)
def test_damaged_files_are_an_error(tool: str) -> None:
    data = bytearray((ROOT / "traces/c-sum/sum").read_bytes())
    for at in range(0, 64, 3):
        bad = bytes(data[:at]) + b"\xff" * 3 + bytes(data[at + 3 :])
        try:
            readelf(bad, tool)
        except BinaryError:
            continue
    with pytest.raises(BinaryError):
        readelf(b"", tool)


@pytest.mark.parametrize(
    ("entry", "count"),
    [
        (struct.pack("<HHIII", 1, 1, 0, 16, 0), 0xFFFF),
        (struct.pack("<HHIII", 1, 0xFFFF, 0, 0, 16), 1),
        (struct.pack("<HHIII", 1, 0xFFFF, 0, 0, 1), 1),
        (struct.pack("<HHIII", 1, 0, 0, 0, 1), 1),
        (struct.pack("<HHIII", 1, 1, 0, 0xFFFF0, 0), 1),
    ],
)
def test_a_damaged_table_of_versions_takes_no_time(entry: bytes, count: int) -> None:
    """64 KiB of an entry whose links or counts are wrong, and a section header that says there are many of them."""
    data = bytearray((ROOT / "traces/c-sum/sum").read_bytes())
    sections = parse_elf(bytes(data), "sum").sections
    number = next(n for n, section in enumerate(sections) if section.name == ".gnu.version_r")
    row = struct.unpack_from("<Q", data, 40)[0] + number * 64
    struct.pack_into("<QQ", data, row + 24, len(data), 1 << 16)
    struct.pack_into("<I", data, row + 44, count << 16)
    data += entry * (1 << 12)
    begin = time.process_time()
    with contextlib.suppress(BinaryError):
        readelf(bytes(data), "readelf -s")
    assert read_image(bytes(data), "sum").bfd.printed(0x2000, 0x401126)
    assert time.process_time() - begin < 3
