"""Every run is bounded; a bound is data that names itself and says what to raise."""

from __future__ import annotations

import time

import pytest

from stackreel.machine import Limits
from support.build import compile_c
from support.emulated import emulated

LOOP = "int main(void) { for (;;); }"
HOG = "#include <stdlib.h>\n#include <string.h>\nint main(void) { for (;;) memset(malloc(1 << 20), 1, 1 << 20); }"
FLOOD = '#include <stdio.h>\nint main(void) { for (;;) puts("more and more"); }'
STACK = "#include <string.h>\nint main(void) { char b[7 << 20]; memset(b, 1, sizeof b); return b[99] - 1; }"


def test_instructions_end_an_endless_loop_at_the_same_place_each_time() -> None:
    binary = compile_c(LOOP, "-static")
    first, second = (emulated(binary, limits=Limits(instructions=5_000_000)) for _ in range(2))
    assert first == second
    assert first.ending.reason == "limit"
    assert first.ending.detail.startswith("instructions: the program would execute more than 5000000; raise")
    assert 4_999_000 < first.instructions <= 5_000_000


def test_time_ends_an_endless_loop() -> None:
    started = time.monotonic()
    ending = emulated(compile_c(LOOP, "-static"), limits=Limits(seconds=0.5)).ending
    assert ending.reason == "limit"
    assert ending.detail.startswith("seconds: the program ran longer than 0.5 s; raise")
    assert time.monotonic() - started < 5


def test_memory_ends_a_program_that_takes_it_all() -> None:
    ending = emulated(compile_c(HOG, "-w"), limits=Limits(memory=64 << 20)).ending
    assert ending.reason == "limit"
    assert ending.detail.startswith("memory: the program uses more than 67108864 bytes; raise")


@pytest.mark.parametrize("megabytes", [4, 16])
def test_the_stack_counts_as_memory(megabytes: int) -> None:
    ending = emulated(compile_c(STACK, "-static", "-w"), limits=Limits(memory=megabytes << 20)).ending
    assert ending.reason == ("exited" if megabytes == 16 else "limit")


def test_memory_asked_for_in_a_system_call_is_bounded() -> None:
    source = """
    #define _GNU_SOURCE
    #include <fcntl.h>
    #include <sys/mman.h>
    #include <unistd.h>
    int main(void) {
        char *p = mmap(0, 1L << 33, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        int f = open("/dev/zero", O_RDONLY);
        for (long n; (n = read(f, p, 1 << 30)) > 0; p += n);
    }
    """
    ending = emulated(compile_c(source, "-w"), limits=Limits(memory=32 << 20)).ending
    assert ending.reason == "limit"
    assert ending.detail.startswith("memory:")


def test_output_ends_a_flood_and_what_came_before_is_kept() -> None:
    report = emulated(compile_c(FLOOD), limits=Limits(output=100_000))
    assert report.ending.reason == "limit"
    assert report.ending.detail.startswith("output: the program printed more than 100000 bytes; raise")
    assert len(report.stdout) == 100_000


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("mov $5, %ecx; 1: dec %ecx; jnz 1b; xor %edi, %edi; mov $60, %eax; syscall", 14),
        ("mov $5, %ecx; rep stosb; hlt", 1),
        ("nop; nop; mov 0, %eax; nop; nop", 2),
        ("nop; mov $39, %eax; syscall; nop; jmp 1f; nop; 1: nop; ud2", 6),
    ],
)
def test_instructions_are_counted_one_by_one(code: str, count: int) -> None:
    binary = compile_c(f'__asm__(".globl _start\\n_start: {code}");', "-static", "-nostdlib")
    assert emulated(binary).instructions == count


def test_a_program_within_its_bounds_is_not_disturbed() -> None:
    binary = compile_c("int main(void) { return 3; }", "-static")
    count = emulated(binary).instructions
    assert emulated(binary, limits=Limits(instructions=count + 1)).ending.status == 3
    assert emulated(binary, limits=Limits(instructions=count // 2)).ending.reason == "limit"
