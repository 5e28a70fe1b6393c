"""What a program's handlers are told of a fault, against the CPU and kernel of this machine; and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackreel.machine import context
from support.build import compile_c
from support.emulated import emulated, native, watch

DIVIDE = "xor %edx, %edx; xor %ecx, %ecx; idiv %ecx"
INSTRUCTIONS = (
    *(f"int ${n}" for n in (*range(20), 31, 32, 129, 255)),
    *("int3", "hlt", DIVIDE, DIVIDE, "hlt", "hlt", "ud2", "rdpmc", "mov %rax, %cr0", "cli"),
    *("in $0x80, %al", "in $0x80, %eax", "out %al, $0x80", "xor %ecx, %ecx; div %cx", "hlt"),
    *("movabs $0x1234567811223344, %rax; in $0x80, %eax", "cmp %eax, %eax; in $0x80, %ax; inc %eax"),
    *("mov $4, %dx; out %al, %dx; movl $7, val", "out %al, $0x80; ud2", "out %al, $0x80; sysenter; nop"),
    *("mov $39, %eax; out %al, $0x80; syscall", "out %al, $0x80; push %rax; jmp *-8", "out %al, $0x80; int3"),
    *(
        "out %al, $0x80; xor %ecx, %ecx; div %ecx",
        "mov val, %ecx; in $0x80, %al; in $0x80, %al; movl $7, val",
    ),
    *(
        "xor %edi, %edi; insb",
        "xor %esi, %esi; rep outsl; movl $7, val",
        "lea val, %rsi; outsb; movl $7, val",
    ),
    *("lea -70000(%rsp), %rdi; out %al, $0x80; rep stosb", "out %al, $0x80; 1: movl $7, val; jmp 1b"),
    *(
        "mov $0x2b, %eax; mov %eax, %ds; hlt",
        "mov $0x23, %eax; mov %eax, %es; mov $0x33, %eax; mov %eax, %es; hlt",
    ),
    *("mov $0x13, %eax; mov %ax, %ss", "mov $0xb, %eax; mov %eax, %es", "mov $0x18, %eax; mov %eax, %ds"),
    *("mov $0x33, %eax; mov %eax, %ss", "mov $0x63, %eax; mov %eax, %ds", "mov $0x7b, %eax; mov %eax, %ds"),
    *(
        "mov $0x83, %eax; mov %eax, %ds",
        "mov $7, %eax; mov %eax, %ds",
        "mov $0xf, %eax; mov %eax, %es",
        "hlt",
    ),
    *(
        "mov $3, %eax; mov %eax, %ds; hlt",
        "xor %eax, %eax; mov %eax, %ss",
        DIVIDE,
        "push $0x13; push $0; lretq",
    ),
    *(
        "mov $0xfff8, %eax; mov %eax, %fs",
        DIVIDE,
        "push $0x43; pop %gs",
        "out %al, $0x80",
        "pushq $0; push $0; lretq",
    ),
    *("mov 0x10, %eax", "movl $0, 0x10", "hlt", "mov 0x10, %eax", DIVIDE, "movl $0, 0x10", "hlt"),
    *("movl $1, -8", "movl -8, %ecx", "jmp *-8", "mov $-8, %rax; jmp *%rax", "movl $1, main(%rip)"),
    "movabs $0xffff800000000000, %rax; movl $1, (%rax)",
    "movabs $0x800000000000, %rax; movl $1, (%rax)",
    "movabs $0x7ffffffff000, %rax; movl $1, (%rax)",
)
"""Each is a fault; that the next ones are what they are shows that none is remembered."""

SHOW = r"""
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <ucontext.h>
static sigjmp_buf back;
int val;
static siginfo_t told;
static greg_t registers[NGREG];
static void handler(int number, siginfo_t *info, void *context) {
    told = *info;
    for (int i = 0; i < NGREG; i++) registers[i] = ((ucontext_t *)context)->uc_mcontext.gregs[i];
    siglongjmp(back, number);
}
static void show(void (*code)(void)) {
    int number = sigsetjmp(back, 1);
    if (!number) code();
    printf("signal %d code %d address %p trap %lld error %lld rip %lld rax %llx rcx %llx zf %lld val %d\n",
           number, told.si_code, number == SIGFPE || number == SIGILL ? 0 : told.si_addr,
           registers[REG_TRAPNO], registers[REG_ERR], registers[REG_RIP] - (long)code,
           registers[REG_RAX], registers[REG_RCX], registers[REG_EFL] & 64, val);
    val = 0;
}
"""


def program(*instructions: str) -> Path:
    cases = "".join(
        f'__asm__("case{i}: {code}; ret"); extern void case{i}(void);\n'
        for i, code in enumerate(instructions)
    )
    main = "".join(f"show(case{i});" for i in range(len(instructions)))
    install = (
        "struct sigaction a = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};"
        "for (int n = SIGILL; n <= SIGSEGV; n++) if (n != SIGKILL) sigaction(n, &a, 0);"
    )
    source = SHOW + cases + f"int main(void) {{ {install} {main} return 0; }}"
    return compile_c(source, "-static", "-no-pie", "-w")


@pytest.mark.oracle
def test_every_fault_is_told_as_this_machine_tells_it() -> None:
    binary = program(*INSTRUCTIONS)
    here, there = native(binary).stdout.decode().splitlines(), emulated(binary).stdout.decode().splitlines()
    assert len(here) == len(INSTRUCTIONS)
    assert [*zip(INSTRUCTIONS, there, strict=True)] == [*zip(INSTRUCTIONS, here, strict=True)]


def test_int1_traps_behind_itself() -> None:
    """As the manual has it (Intel SDM volume 2, INT1); a hypervisor may give the address of the instruction."""
    (line,) = emulated(program(".byte 0xf1")).stdout.decode().splitlines()
    assert line.startswith("signal 5 code 1 ")
    assert " trap 1 error 0 rip 1 " in line


def test_a_jump_to_an_address_no_cpu_takes_is_a_protection_fault() -> None:
    (line,) = emulated(program("movabs $0x8000000000000000, %rax; jmp *%rax")).stdout.decode().splitlines()
    assert line.startswith("signal 11 code 128 address (nil) trap 13 error 0 ")


@pytest.mark.oracle
def test_a_program_cannot_write_its_own_descriptors() -> None:
    source = r"""
    #include <signal.h>
    #include <stdlib.h>
    #include <sys/mman.h>
    static void handler(int number) { exit(number); }
    int main(void) {
        unsigned long *table = mmap((void *)0x10000, 4096, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        table[1] = 0x00cff3000000ffff;
        signal(SIGSEGV, handler);
        __asm__ volatile("mov %0, %%es" : : "r"(0xb));
        return 0;
    }
    """
    binary = compile_c(source, "-static")
    assert emulated(binary).ending.status == native(binary).returncode == 11


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        ("lea main(%rip), %rax; bts $63, %rax; call *%rax", "where a CPU would not"),
        ("lea val, %rdi; rep insb", "ins: the emulator writes to memory before it asks"),
        ("push $0x23; push $1f; lretq; 1: mov $1, %eax; int $0x80", "the program runs 32-bit code at 0x"),
        ("sysenter", "sysenter: the system calls of 32-bit programs"),
    ],
)
def test_what_only_the_emulator_would_do_is_refused(code: str, detail: str) -> None:
    ending = emulated(program(code)).ending
    assert ending.reason == "unsupported"
    assert detail in ending.detail


def test_a_fault_adds_no_step() -> None:
    source = """
    #include <signal.h>
    #include <stdlib.h>
    static void handler(int number) { exit(number); }
    void work(void);
    __asm__(".type work, @function; work: nop; in $0x80, %al; nop; nop; ret; .size work, . - work");
    int main(void) { signal(SIGSEGV, handler); work(); return 0; }
    """
    binary = compile_c(source, "-O2", "-static", "-no-pie")
    recording = emulated(binary, watch=watch(binary, "work")).recording
    assert recording is not None
    assert recording.sizes == bytes((1, 2))


def test_an_emulator_that_cannot_forget_a_fault_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "_fault_offsets", lambda: None)
    binary = program("ud2", "hlt")
    ending = emulated(binary).ending
    assert ending.reason == "unsupported"
    assert ending.detail.startswith("the emulator cannot go on after a fault at 0x")
