"""Areas of memory and the emulator's pages of them: against a model page by page, against the kernel, and in time."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from itertools import pairwise

import pytest

from stackreel.machine import Limits, backing
from stackreel.machine.areas import Area
from stackreel.machine.layout import MMAP_TOP, PAGE
from stackreel.machine.linux import PROT_EXEC, PROT_READ, PROT_WRITE
from stackreel.machine.memory import AddressSpace
from stackreel.machine.outcomes import LinuxError
from support.build import compile_c
from support.emulated import emulated, native

BASE = MMAP_TOP - 512 * PAGE
PAGES = 192
KINDS = (0, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC)
FILE = b"".join(bytes([n]) * PAGE for n in range(1, 40))


class Both:
    """A process's memory, and what its pages should be: protection, first byte, and the byte of its file."""

    def __init__(self, seed: int) -> None:
        self.chance, self.memory = random.Random(seed), AddressSpace(64 << 20)
        self.pages: dict[int, tuple[int, int, int]] = {}

    def map(self, first: int, count: int, _inside: list[int]) -> None:
        kind = self.chance.choice(KINDS)
        page = self.chance.randrange(30) if self.chance.random() < 0.3 else None
        low = BASE + first * PAGE
        area = Area(low, low + count * PAGE, kind)
        if page is not None:
            area = replace(area, file=FILE, file_low=low - page * PAGE)
        self.memory.map(area)
        for n in range(count):
            byte = FILE[(page + n) * PAGE] if page is not None and (page + n) * PAGE < len(FILE) else 0
            self.pages[first + n] = (kind, byte, byte)

    def unmap(self, first: int, count: int, inside: list[int]) -> None:
        self.memory.unmap(BASE + first * PAGE, count * PAGE)
        for n in inside:
            del self.pages[n]

    def protect(self, first: int, count: int, inside: list[int]) -> None:
        kind = self.chance.choice(KINDS)
        whole = [n for i, n in enumerate(inside) if n == first + i]
        try:
            self.memory.protect(BASE + first * PAGE, count * PAGE, kind)
        except LinuxError:
            assert len(whole) < count
        else:
            assert len(whole) == count
        for n in whole:
            self.pages[n] = (kind, *self.pages[n][1:])

    def discard(self, first: int, count: int, inside: list[int]) -> None:
        self.memory.discard(BASE + first * PAGE, count * PAGE)
        for n in inside:
            kind, _, of_file = self.pages[n]
            self.pages[n] = (kind, of_file, of_file)

    def reclaim(self, first: int, count: int, _inside: list[int]) -> None:
        self.memory._given.reclaim(BASE + first * PAGE, BASE + (first + count) * PAGE)

    def write(self, _first: int, _count: int, inside: list[int]) -> None:
        for n in inside[:3]:
            kind, _, of_file = self.pages[n]
            if kind & PROT_WRITE:
                byte = self.chance.randrange(256)
                self.memory.write(BASE + n * PAGE, bytes([byte]))
                self.pages[n] = (kind, byte, of_file)

    def compare(self) -> None:
        memory = self.memory
        for n in range(PAGES + 24):
            address, page = BASE + n * PAGE, self.pages.get(n)
            area = memory.area_at(address)
            assert memory.covered(address, address + PAGE) == (page is not None) == (area is not None)
            if area is not None and page is not None:
                assert area.protection == page[0]
                assert not page[0] or memory.peek(address, address + 1) in (b"\0", bytes([page[1]]))
        areas = list(memory.areas)
        assert all(a.low < a.high for a in areas)
        assert all(a.high <= b.low and not a.goes_on(b) for a, b in pairwise(areas))
        assert all(memory.covered(low, high) for low, high in memory.present(0, 1 << 47))

    def read_all(self) -> None:
        for n, (kind, byte, _) in self.pages.items():
            if kind:
                assert self.memory.read(BASE + n * PAGE, 1) == bytes([byte])


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("many", [3, 64])
def test_pages_are_what_a_model_says(seed: int, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backing, "_MANY", many)
    both = Both(seed)
    choices = (
        both.map,
        both.map,
        both.unmap,
        both.protect,
        both.discard,
        both.reclaim,
        both.write,
        both.write,
    )
    for step in range(300):
        first, count = both.chance.randrange(PAGES), both.chance.randint(1, 24)
        inside = [n for n in range(first, first + count) if n in both.pages]
        both.chance.choice(choices)(first, count, inside)
        if step % 4 == 0:
            both.compare()
        if step % 7 == 0:
            both.read_all()


def test_what_the_emulator_has_is_what_is_given() -> None:
    """Writes of the program itself, into pages given one by one, some of them made one region, some taken back."""
    source = """
    #include <sys/mman.h>
    int main(void) {
        static char *at[600];
        for (int i = 0; i < 600; i++) {
            at[i] = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            at[i][0] = i;
            at[i][4096] = i >> 8;
        }
        for (int i = 0; i < 600; i += 7) munmap(at[i], 8192);
        for (int i = 1; i < 600; i += 7) mprotect(at[i] + 4096, 4096, PROT_READ);
        for (int i = 0; i < 600; i++)
            if (i % 7 && ((unsigned char)at[i][0] | (unsigned char)at[i][4096] << 8) != i) return 1;
        return 0;
    }
    """
    ending = emulated(compile_c(source, "-static", "-O1")).ending
    assert (ending.reason, ending.status) == ("exited", 0)


GIVEN_BACK = """
#include <stdlib.h>
#include <sys/mman.h>
int main(int argc, char **argv) {
    long size = 12L << 20, piece = atol(argv[1]);
    for (int round = 0; round < 4; round++) {
        char *p = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (long k = 0; k < size; k += 4096) p[k] = 1;
        for (long k = 0; k < size; k += piece) madvise(p + k, piece, MADV_DONTNEED);
        p[5 << 20] = 7;
        char *q = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (long k = 0; k < size; k += 4096) q[k] = 1;
        for (long k = 0; k < size; k += 4096) if (p[k] != (k == 5 << 20 ? 7 : 0)) return 1;
        munmap(q, size);
        for (long k = 0; k < size; k += piece) madvise(p + k, piece, MADV_DONTNEED);
    }
    return 0;
}
"""


@pytest.mark.parametrize("piece", [4096, 1 << 16, 3 << 19])
def test_what_is_given_back_in_pieces_is_not_counted(piece: int) -> None:
    report = emulated(compile_c(GIVEN_BACK, "-static", "-O1"), str(piece), limits=Limits(memory=32 << 20))
    assert (report.ending.reason, report.ending.status) == ("exited", 0)


MANY = """
#include <stdlib.h>
#include <sys/mman.h>
int main(int argc, char **argv) {
    int count = atoi(argv[1]), touch = atoi(argv[2]), guard = atoi(argv[3]);
    for (int i = 0; i < count; i++) {
        char *p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED) return 2;
        if (guard) mprotect(p, 4096, PROT_NONE);
        if (touch) p[4096] = 1;
    }
    return 0;
}
"""


@pytest.mark.parametrize(
    ("count", "touch", "guard"), [(10_000, 0, 0), (10_000, 1, 0), (10_000, 0, 1), (5_000, 1, 1)]
)
def test_many_mappings_take_time_in_proportion(count: int, touch: int, guard: int) -> None:
    binary = compile_c(MANY, "-static", "-O1")
    begin = time.process_time()
    assert emulated(binary, str(count), str(touch), str(guard)).ending.status == 0
    assert time.process_time() - begin < 10


APART = """
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(int argc, char **argv) {
    long count = atol(argv[1]), shown = atol(argv[2]);
    char *p = mmap(0, count * 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (long i = 0; i < count; i++) p[i * 8192] = i, p[i * 8192 + 4096] = i >> 8;
    for (long i = 0; i < count; i++) mprotect(p + i * 8192, 4096, PROT_READ);
    for (long i = count - 1; i >= 0; i--)
        if (p[i * 8192] != (char)i || p[i * 8192 + 4096]++ != (char)(i >> 8)) return 1;
    write(1, p, shown * 8192);
    for (long i = 0; i < count; i++) munmap(p + i * 7 % count * 8192, 4096);
    for (long i = 0; i < count; i++) if (p[i * 8192 + 4096] != (char)((i >> 8) + 1)) return 2;
    for (long i = 0; i < count; i++) madvise(p + i * 8192 + 4096, 4096, MADV_DONTNEED);
    for (long i = 0; i < count; i++) if (p[i * 8192 + 4096]) return 3;
    return 0;
}
"""


@pytest.mark.oracle
def test_pages_that_differ_from_their_neighbours_take_time_in_proportion() -> None:
    """Every second page of what was written is read-only, then unmapped; the kernel reads 600 of them at once."""
    binary = compile_c(APART, "-static", "-O1")
    begin = time.process_time()
    report = emulated(binary, "2000", "300")
    assert time.process_time() - begin < 20
    assert (report.ending.reason, report.ending.status) == ("exited", 0)
    assert report.stdout == native(binary, "2000", "300").stdout


SHOW_MAPS = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
static char text[65536], *base;
static void show(void) {
    int fd = open("/proc/self/maps", O_RDONLY), n, size = 0;
    while ((n = read(fd, text + size, sizeof text - 1 - size)) > 0) size += n;
    close(fd);
    text[size] = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(0, "\n")) {
        unsigned long low, high;
        char kind[5];
        sscanf(line, "%lx-%lx %4s", &low, &high, kind);
        if (low >= (long)base && low < (long)base + (64 << 12))
            printf("%lu %lu %s\n", (low - (long)base) >> 12, (high - (long)base) >> 12, kind);
    }
    puts("");
}
static void map(int first, int count, int kind, int flags) {
    mmap(base + first * 4096L, count * 4096L, kind, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | flags, -1, 0);
}
int main(void) {
    base = (char *)0x10000000;
    map(0, 4, 3, 0); map(4, 4, 3, 0); show();
    map(10, 2, 1, 0); map(12, 2, 3, 0); map(8, 2, 3, 0); show();
    mprotect(base + 2 * 4096, 3 * 4096, 1); show();
    mprotect(base + 4 * 4096, 8 * 4096, 1); show();
    munmap(base + 3 * 4096, 2 * 4096); show();
    mprotect(base, 3 * 4096, 3); map(3, 2, 3, 0); show();
    munmap(base, 64 * 4096); show();
}
"""


@pytest.mark.oracle
def test_neighbours_that_are_alike_are_one_as_in_the_kernel() -> None:
    binary = compile_c(SHOW_MAPS, "-static")
    here = native(binary).stdout
    assert b"0 8 rw-p" in here
    assert emulated(binary).stdout == here


LAST_MAPS = r"""
#include <stdio.h>
#include <string.h>
int main(void) {
    char line[400];
    for (FILE *file = fopen("/proc/self/maps", "r"); fgets(line, sizeof line, file);)
        if (strchr(line, '[') && !strstr(line, "[vsyscall]")) fputs(line, stdout);
    return 0;
}
"""


@pytest.mark.oracle
def test_the_areas_that_the_kernel_makes_are_those_of_this_machine() -> None:
    binary = compile_c(LAST_MAPS, "-static", "-no-pie")
    here = native(binary).stdout
    assert b"r--p 00000000 00:00 0                          [vvar]\n" in here
    assert emulated(binary).stdout == here
