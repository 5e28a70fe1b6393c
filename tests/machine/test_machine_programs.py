"""Programs behave in the emulated process as they do on this machine: output, errors, exit status, signals."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackreel.errors import BinaryError, MachineError
from support.build import compile_c
from support.emulated import emulated, native

KINDS = {
    "static": ("gcc", "-static", "-no-pie"),
    "static-pie": ("gcc", "-static-pie"),
    "pie": ("gcc", "-pie", "-fPIE"),
    "no-pie": ("gcc", "-no-pie"),
    "musl": ("musl-gcc", "-static"),
}

EVERYDAY = r"""
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static __thread int mine = 41;
static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
int main(int argc, char **argv) {
    int numbers[] = {5, 3, 9, -2, 7};
    char line[80];
    for (int i = 0; i < argc; i++) printf("argument %d %zu\n", i, i ? strlen(argv[i]) : 0);
    printf("NAME=%s\n", getenv("NAME"));
    while (fgets(line, sizeof line, stdin)) printf("read %s", line);
    qsort(numbers, 5, sizeof *numbers, by_value);
    for (int i = 0; i < 5; i++) printf("%d ", numbers[i]);
    printf("%.17g %Lg %d\n", 2.0 / argc, 1.0L / 3, ++mine);
    char *text = malloc(100000);
    memset(text, 'x', 99999);
    text[99999] = 0;
    printf("%zu %s\n", strlen(text), strerror(ENOENT));
    fprintf(stderr, "to stderr\n");
    return 40 + argc;
}
"""


def build(source: str, kind: str, *flags: str) -> Path:
    cc, *options = KINDS[kind]
    return compile_c(source, *options, *flags, "-w", cc=cc)


@pytest.mark.oracle
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", ["-O0", "-O2"])
def test_an_everyday_program_does_the_same(kind: str, level: str) -> None:
    binary = build(EVERYDAY, kind, level)
    here = native(binary, "one", "", env={"NAME": "value"}, stdin=b"first\nsecond")
    there = emulated(binary, "one", "", env=(("NAME", "value"),), stdin=b"first\nsecond")
    assert (there.stdout, there.stderr) == (here.stdout, here.stderr)
    assert there.ending.reason == "exited"
    assert there.ending.status == here.returncode == 43
    assert there.notes == ()


ADDRESSES = r"""
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>
static __thread int mine;
int main(int argc, char **argv, char **envp) {
    char local;
    printf("stack %p %p %p %p\n", &local, argv, argv[0], envp);
    printf("program %p library %p loader %lx thread %p\n", main, puts, getauxval(AT_BASE), &mine);
    printf("heap %p %p %p\n", sbrk(0), malloc(10), malloc(1 << 20));
    for (size_t size = 4096; size <= 64 << 20; size *= 4)
        printf("mapped %p\n", mmap(0, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    printf("hinted %p\n", mmap((void *)0x600000000000, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    printf("vdso %lx execfn %s\n", getauxval(AT_SYSINFO_EHDR), (char *)getauxval(AT_EXECFN));
}
"""


@pytest.mark.oracle
@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_where_it_is_natively(kind: str) -> None:
    binary = build(ADDRESSES, kind)
    assert emulated(binary).stdout == native(binary).stdout


MEMORY = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)
#define SHOW(x) do { errno = 0; long r = (long)(x); printf("%s = %ld %d\n", #x, r, errno); } while (0)
static int deep(int n) { volatile char frame[1000]; frame[0] = n; return n ? deep(n - 1) + frame[0] : 0; }
int main(void) {
    SHOW(mmap(0, 1UL << 40, PROT_READ | PROT_WRITE, ANONYMOUS, -1, 0));
    char *huge = mmap(0, 1UL << 40, PROT_NONE, ANONYMOUS | MAP_NORESERVE, -1, 0);
    SHOW(mprotect(huge + (1UL << 39), 4096, PROT_READ | PROT_WRITE));
    huge[1UL << 39] = 7;
    SHOW(huge[1UL << 39]);
    char *p = mmap(0, 5 << 20, PROT_READ | PROT_WRITE, ANONYMOUS, -1, 0);
    memset(p, 1, 5 << 20);
    p[123] = 9;
    SHOW(p = mremap(p, 5 << 20, 20 << 20, MREMAP_MAYMOVE));
    SHOW(p[123] * 100 + p[19 << 20]);
    SHOW(madvise(p, 4096, MADV_DONTNEED));
    SHOW(p[123] * 100 + p[5000]);
    SHOW(munmap(p + 4096, 4096));
    SHOW(msync(p, 16384, MS_SYNC));
    SHOW(mprotect(p, 16384, PROT_READ));
    SHOW(mmap(p, 4096, PROT_READ, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
    SHOW(mmap(0, 0, PROT_READ, ANONYMOUS, -1, 0));
    SHOW(mmap(0, 10, PROT_READ, MAP_PRIVATE, 77, 0));
    SHOW(munmap(p + 1, 4096));
    SHOW(brk((void *)1));
    char *a = malloc(200000);
    SHOW(a = realloc(a, 2000000));
    SHOW(a = realloc(a, 20000000));
    for (int i = 0; i < 1000; i++) { char *x = malloc(i * 37); memset(x, i, i * 37); if (i % 3) free(x); }
    SHOW(sbrk(0));
    SHOW(deep(5000));
}
"""


@pytest.mark.oracle
def test_memory_is_managed_as_linux_does() -> None:
    binary = compile_c(MEMORY, "-O0", "-w")
    here, there = native(binary), emulated(binary)
    assert there.stdout.decode().splitlines() == here.stdout.decode().splitlines()
    assert there.ending.reason == "exited"


OVERFLOW = (
    "int f(int n) { volatile char b[999]; b[0] = n; return f(n + 1) + b[0]; } int main(void) { return f(0); }"
)


@pytest.mark.oracle
def test_a_stack_that_grows_without_end_is_a_segmentation_fault() -> None:
    binary = compile_c(OVERFLOW, "-O0", "-w")
    there = emulated(binary)
    assert native(binary).returncode == -11
    assert (there.ending.reason, there.ending.signal) == ("signal", 11)
    assert "while writing at 0x7fffff7f" in there.ending.detail


SIGNALS = r"""
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>
static sigjmp_buf back;
static volatile int count;
static greg_t reg(void *c, int n) { return ((ucontext_t *)c)->uc_mcontext.gregs[n]; }
static void fault(int s, siginfo_t *i, void *c) {
    printf("%d code %d address %p error %llx trap %llx\n", s, i->si_code,
           s == SIGSEGV ? i->si_addr : (void *)((long)i->si_addr - (long)reg(c, REG_RIP)), reg(c, REG_ERR),
           reg(c, REG_TRAPNO));
    siglongjmp(back, 1);
}
static void skip(int s, siginfo_t *i, void *c) {
    printf("%d code %d\n", s, i->si_code);
    if (s == SIGILL) ((ucontext_t *)c)->uc_mcontext.gregs[REG_RIP] += 2;
}
static void counted(int s) { double x = 1.5; count += s * x; }
unsigned long seen[4] = {7, 7, 7}, kept[2];
__asm__(".text\nnaked: movups %xmm15, seen(%rip); mov %rsp, seen+16(%rip); fnstcw seen+24(%rip); ret");
extern void naked(int);
static void install(int s, void (*f)(int, siginfo_t *, void *), int flags) {
    struct sigaction a = {.sa_sigaction = f, .sa_flags = SA_SIGINFO | flags};
    sigaction(s, &a, 0);
}
#define TRY(x) if (!sigsetjmp(back, 1)) { x; }
int main(void) {
    volatile int zero = 0;
    double number = 2.25;
    stack_t other = {.ss_sp = malloc(65536), .ss_size = 65536}, before;
    sigaltstack(&other, 0);
    install(SIGSEGV, fault, SA_ONSTACK);
    install(SIGFPE, fault, 0);
    install(SIGILL, skip, 0);
    install(SIGTRAP, skip, SA_RESETHAND);
    signal(SIGUSR1, counted);
    TRY(*(volatile int *)0x10 = 1)
    TRY((void)*(volatile int *)0x12345678)
    TRY(*(volatile char *)main = 1)
    TRY(((void (*)(void))0x1234)())
    TRY(((void (*)(void))other.ss_sp)())
    TRY((void)*(volatile long *)0xdeadbeefdeadbeef)
    TRY(printf("%d\n", 1 / zero))
    TRY(__asm__ volatile("hlt"))
    __asm__ volatile("ud2");
    __asm__ volatile("int3");
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    printf("count %d kept %g\n", count, number);
    signal(SIGUSR2, naked);
    __asm__ volatile("pcmpeqd %%xmm15, %%xmm15; syscall; movups %%xmm15, %0"
                     : "=m"(kept) : "a"(62), "D"(getpid()), "S"(SIGUSR2) : "rcx", "r11", "xmm15", "memory");
    printf("in the handler %lx %lx %lx %lx after it %lx %lx\n",
           seen[0], seen[1], seen[2] & 15, seen[3], *kept, kept[1]);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, 0);
    raise(SIGUSR1);
    raise(SIGUSR1);
    sigpending(&set);
    printf("blocked %d pending %d\n", count, sigismember(&set, SIGUSR1));
    sigprocmask(SIG_UNBLOCK, &set, 0);
    sigaltstack(0, &before);
    printf("count %d flags %d size %zu\n", count, before.ss_flags, before.ss_size);
    signal(SIGALRM, counted);
    struct itimerval_ { long a[4]; } soon = {{0, 0, 0, 1000}};
    setitimer(0, (void *)&soon, 0);
    pause();
    printf("alarm %d\n", count);
    fflush(stdout);
    abort();
}
"""


@pytest.mark.oracle
@pytest.mark.parametrize("kind", ["static", "pie"])
def test_signals_are_delivered_and_handled_as_linux_does(kind: str) -> None:
    binary = build(SIGNALS, kind, "-O1")
    here, there = native(binary), emulated(binary)
    assert there.stdout.decode().splitlines() == here.stdout.decode().splitlines()
    assert (there.ending.reason, there.ending.signal) == ("signal", 6)
    assert here.returncode == -6


@pytest.mark.oracle
@pytest.mark.parametrize("statement", ["*(int *)8 = 1;", '__asm__("ud2");', '__asm__("int3");', "raise(15);"])
def test_a_program_that_dies_of_a_signal_is_data(statement: str) -> None:
    source = "#include <signal.h>\nint main(void) { " + statement + " return 0; }"
    binary = compile_c(source, "-O0", "-w", "-static")
    here, there = native(binary), emulated(binary)
    assert there.ending.reason == "signal"
    assert -there.ending.signal == here.returncode
    assert there.ending.pc != 0


def test_a_program_of_c_plus_plus_throws_and_catches() -> None:
    source = """
    #include <iostream>
    #include <map>
    #include <stdexcept>
    int main() {
        std::map<std::string, int> seen;
        try { throw std::runtime_error("thrown"); } catch (std::exception &e) { seen[e.what()]++; }
        for (auto &s : seen) std::cout << s.first << ' ' << s.second << ' ' << (void *)&std::cout << std::endl;
    }
    """
    binary = compile_c(source, "-x", "c++", "-lstdc++", cc="g++")
    assert emulated(binary).stdout == native(binary).stdout


def test_what_cannot_be_run_says_why() -> None:
    binary = compile_c("int main(void) { return 0; }")
    with pytest.raises(MachineError, match="needs the interpreter") as missing:
        emulated(binary, sysroot="/var/empty")
    assert "-static" in missing.value.example
    with pytest.raises(BinaryError):
        emulated(binary, program=b"#!/bin/sh\n")
    with pytest.raises(BinaryError):
        emulated(binary, program=binary.read_bytes()[:100])


def test_an_instruction_of_avx_is_named() -> None:
    source = 'int main(void) { __asm__("vaddps %ymm0, %ymm1, %ymm2"); return 0; }'
    ending = emulated(compile_c(source, "-static")).ending
    assert (ending.reason, ending.signal) == ("signal", 4)
    assert "no AVX" in ending.detail


@pytest.mark.parametrize("path", ["program", "./program", "//program", "folder/../program"])
def test_a_program_under_a_relative_path_runs_from_the_root(path: str) -> None:
    binary = build('#include <stdio.h>\nint main(void) { return !fopen("/program", "r"); }', "static")
    done = emulated(binary, path=path)
    assert (done.ending.reason, done.ending.status) == ("exited", 0)
