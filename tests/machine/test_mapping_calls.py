"""mprotect, mremap and madvise, compared with the kernel of this machine."""

from __future__ import annotations

import pytest

from support.build import compile_c
from support.emulated import emulated, native

COMMON = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#define SHOW(x) do { errno = 0; long r = (long)(x); \
    printf("%s = %ld%s%s\n", #x, r, r < 0 ? " " : "", r < 0 ? strerrorname_np(errno) : ""); } while (0)
static sigjmp_buf back;
static void handler(int number) { siglongjmp(back, number); }
static int can_write(volatile char *at) {
    if (sigsetjmp(back, 1)) return 0;
    *at = *at;
    return 1;
}
static char *map(int pages) {
    return mmap(0, pages * 4096L, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
"""

PROTECT = r"""
int main(void) {
    signal(SIGSEGV, handler);
    char *p = map(4), *none = map(2), local;
    munmap(p + 4096, 4096);
    munmap(none, 8192);
    p[8192] = 1;
    SHOW(mprotect(p, 4 * 4096, PROT_READ));
    SHOW(can_write(p));
    SHOW(can_write(p + 8192));
    SHOW(can_write(p + 3 * 4096));
    SHOW(mprotect(p + 4096, 3 * 4096, PROT_READ));
    SHOW(can_write(p + 8192));
    SHOW(mprotect(p + 8192, 1 << 20, PROT_READ));
    SHOW(mprotect(p, 0, PROT_READ | PROT_GROWSUP));
    SHOW(mprotect(p, 0, PROT_READ | PROT_GROWSDOWN));
    SHOW(mprotect(p, 0, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP));
    SHOW(mprotect(p + 1, 0, PROT_READ | PROT_GROWSUP));
    SHOW(mprotect(p, 4096, 0x100 | PROT_GROWSUP));
    SHOW(mprotect(p, 4096, PROT_READ | PROT_GROWSUP));
    SHOW(mprotect(none, 4096, PROT_READ | PROT_GROWSUP));
    SHOW(mprotect(none, 4096, PROT_READ | PROT_GROWSDOWN));
    SHOW(mprotect(none, 4096, 0x100));
    SHOW(mprotect(p, -1, PROT_READ));
    SHOW(mprotect(p, -4096, PROT_READ));
    SHOW(mprotect((void *)-4096, 8192, 0x100));
    char *top = (char *)((long)&local & -4096);
    SHOW(mprotect(top, 4096, PROT_READ | PROT_WRITE | PROT_GROWSDOWN));
    SHOW(can_write(top - 100 * 4096));
    return 0;
}
"""

REMAP = r"""
int main(int argc, char **argv) {
    signal(SIGSEGV, handler);
    int fd = open(argv[0], O_RDONLY);
    char *p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    p[4097] = 77;
    char *q = mremap(p, 8192, 16384, MREMAP_MAYMOVE);
    SHOW(memcmp(q, "\177ELF", 4));
    SHOW(q[4097]);
    char *whole = mmap(0, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 4096);
    munmap(whole + 4096, 4 * 4096);
    SHOW(mremap(whole, 4096, 3 * 4096, 0) == whole);
    char *middle = map(8);
    SHOW(mremap(whole + 4096, 4096, 2 * 4096, MREMAP_MAYMOVE | MREMAP_FIXED, middle + 4096) == middle + 4096);
    char *direct = mmap(0, 6 * 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    SHOW(memcmp(whole, direct + 4096, 4096));
    SHOW(memcmp(whole + 8192, direct + 3 * 4096, 4096));
    SHOW(memcmp(middle + 4096, direct + 2 * 4096, 2 * 4096));
    SHOW(middle[0] + middle[3 * 4096]);
    SHOW(can_write(whole + 4096));
    SHOW(madvise(q, 16384, MADV_DONTNEED));
    SHOW(memcmp(q, direct, 16384));
    char *holes = map(3);
    holes[0] = holes[8192] = 9;
    munmap(holes + 4096, 4096);
    SHOW(madvise(holes, 3 * 4096, MADV_DONTNEED));
    SHOW(holes[0] + holes[8192]);
    return 0;
}
"""


@pytest.mark.oracle
@pytest.mark.parametrize("body", [PROTECT, REMAP], ids=["mprotect", "mremap"])
def test_answers_are_those_of_the_kernel(body: str) -> None:
    binary = compile_c(COMMON + body, "-static", "-w", "-O0")
    here, there = native(binary), emulated(binary)
    assert there.stdout.decode().splitlines() == here.stdout.decode().splitlines()
    assert here.returncode == there.ending.status == 0
