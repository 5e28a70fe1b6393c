"""A replayed session and gdb's own, command by command; what differs must be explained by a rule with a name.

A rule takes one difference out of both answers. Each is a difference between the two processes, or a thing a trace
does not hold, or one that gdb itself does oddly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stackreel.binary import read_debug, read_image
from stackreel.claims.gdb import Session, UnrecordedError
from stackreel.machine.pool import Emulator
from stackreel.trace import Request, record

Rule = Callable[[str, str, str], tuple[str, str]]
"""From a command, gdb's answer and ours to both with one difference taken out."""


def process_id(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """The kernel gives the native process a number of its own."""
    return re.sub(r"process \d+", "process 1000", theirs), ours


def mask_registers(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """k0 to k7 are listed where the CPU has AVX-512; the emulated one has not."""
    return re.sub(r"^k\d .*\n", "", theirs, flags=re.MULTILINE), ours


def leftover_registers(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """What libc's start-up code left in a register depends on the string routines it chose for the CPU."""
    if not command.startswith("info registers"):
        return theirs, ours
    pattern = re.compile(r"^(r8 +)\S+ +\S+$|^(xmm\d+ +).*$", re.MULTILINE)
    return pattern.sub(r"\1\2", theirs), pattern.sub(r"\1\2", ours)


def thread_library(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """gdb says whether it found libthread_db; the test keeps it from finding one."""
    return re.sub(r"^warning: Unable to find libthread_db.*\n", "", theirs, flags=re.MULTILINE), ours


def library_addresses(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """The kernel's vDSO is not the emulator's, so that shared libraries lie elsewhere.

    An int that was not set may hold the low half of such an address: -134 million and some. `info registers` has
    such an address in decimal too.
    """
    pattern = re.compile(r"0x(00007f|7f)fff7[0-9a-f]{6}\b( +\d{15}$)?|-134[0-9]{6}\b", re.MULTILINE)
    return pattern.sub("0x(library)", theirs), pattern.sub("0x(library)", ours)


def beyond_main(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """gdb goes on into libc's frames once main has returned; the trace ends there."""
    is_libc = "__libc_start_call_main" in theirs and ours.startswith("unrecorded: ")
    return ("", "") if is_libc else (theirs, ours)


def library_names(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """gdb reads the symbols and the code of shared libraries, which are not in a trace: a replay refuses to guess."""
    is_library = ours.startswith("unrecorded: ") and ("shared libraries" in ours or "libc.so.6" in ours)
    return ("", "") if is_library else (theirs, ours)


def wide_result(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """gdb 13 does not know where a 128-bit integer is returned and shows 0; it is in rdx:rax (psABI 3.2.3)."""
    pattern = re.compile(r"^(Value returned is \$\d+ = ).*$", re.MULTILINE)
    return (pattern.sub(r"\1", theirs), pattern.sub(r"\1", ours)) if "= 0\n" in theirs else (theirs, ours)


def kernel_areas(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """The kernel's vsyscall page is no area of the guest, and gdb reads symbols of the kernel's vDSO."""
    pattern = re.compile(r"^.*(\[vsyscall\]|system-supplied DSO).*\n", re.MULTILINE)
    return pattern.sub("", theirs), pattern.sub("", ours)


def read_only_after_start(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """The kernel keeps an area apart whose protection was changed; the emulator joins it with an equal neighbour."""
    if command != "info proc mappings":
        return theirs, ours
    pattern = re.compile(r"^.* r--p .*\n", re.MULTILINE)
    return pattern.sub("", theirs), pattern.sub("", ours)


C_RULES: tuple[Rule, ...] = (
    process_id, mask_registers, leftover_registers, thread_library, library_addresses, beyond_main,
    library_names, wide_result, kernel_areas, read_only_after_start,
)  # fmt: skip


def threads(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """gdb tells of the threads that Go's runtime starts, and which of them stops; a trace is about a goroutine."""
    theirs = re.sub(r"^\[(New|Switching to) (LWP|Thread) .*\]\n", "", theirs, flags=re.MULTILINE)
    theirs = re.sub(r'^Thread 1 "\w+" hit ', "", theirs, flags=re.MULTILINE)
    return theirs.replace("child LWP", "child process"), ours


def random_heap(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """Go 1.26 and later place the heap, where goroutines' stacks are, at random; within a page they agree.

    In Go 1.15 a stack may lie on another page where the kernel scheduled its threads otherwise.
    """
    for pattern, what in (
        (r"0x(?:0000)?(?!7f|0000)[0-9a-f]{7,9}([0-9a-f]{3})\b *(?:\d{12,15}$)?", r"0x(heap)\1 "),
        (r"(?<==)( ?)\d{12,15}\b", r"\1(heap)"),
    ):
        theirs = re.sub(pattern, what, theirs, flags=re.MULTILINE)
        ours = re.sub(pattern, what, ours, flags=re.MULTILINE)
    return theirs, ours


def printed(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """What the program prints shows up in gdb when it is printed: numbers alone on a line."""
    return re.sub(r"^\d+( \d+)*\n", "", theirs, flags=re.MULTILINE), ours


def random_arenas(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """How much Go 1.26 and later reserve around the heap goes with where it is."""
    if command != "info proc mappings":
        return theirs, ours
    pattern = re.compile(r"^ +0x\S+ +0x\S+ +0x\S+ +0x0  (rw-|---)p *\n", re.MULTILINE)
    return pattern.sub("", theirs), pattern.sub("", ours)


def scheduler_registers(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """In registers that pass nothing the scheduler left what goes with the CPUs and the kernel's timing.

    With Go 1.15 these are r8 to r15; with arguments in registers (Go internal ABI, amd64) r12, r13 and r15.
    """
    if command not in ("info registers", "i registers"):
        return theirs, ours
    on_stack = re.search(r"^rsp +0xc000", theirs, re.MULTILINE)
    pattern = re.compile(r"^(r8|r9|r1[0-5]) .*$" if on_stack else r"^(r12|r13|r15) .*$", re.MULTILINE)
    return pattern.sub(r"\1", theirs), pattern.sub(r"\1", ours)


def bracketed_names(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """gdb takes Go's `main.sum` for a name of another language, and writes `main[sum]`, once the program runs."""
    return re.sub(
        r"(?m)(?<![\w.])([a-z]\w*)\[([A-Za-z_]\w*)\](?=>|\+| \+ | in section)", r"\1.\2", theirs
    ), ours


def unread_package(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """gdb does not know the package main before a breakpoint or a line made it read its debug information."""
    return ("", "") if theirs == 'No symbol "main" in current context.\n' else (theirs, ours)


def undefined_flags(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """A multiplication leaves AF undefined (Intel SDM, IMUL); the CPU and the emulator leave different things."""

    def without(found: re.Match[str]) -> str:
        return f"{found[1]}{int(found[2], 16) & ~0x10:#x} [{found[3].replace(' AF', '')}]"

    pattern = re.compile(r"^(eflags +)(0x[0-9a-f]+) +\[(.*)\]$", re.MULTILINE)
    return pattern.sub(without, theirs), pattern.sub(without, ours)


def leftover_locals(command: str, theirs: str, ours: str) -> tuple[str, str]:
    """What start-up code left on the stack, in a variable not set yet: the upper half of an address there."""
    pattern = re.compile(r"^( *\w+) = (32767|6\.95\d+e-310|0)$", re.MULTILINE)
    if command not in ("info locals", "info args"):
        return theirs, ours
    return pattern.sub(r"\1 = (left over)", theirs), pattern.sub(r"\1 = (left over)", ours)


GO_RULES: tuple[Rule, ...] = (
    threads,
    *C_RULES,
    printed,
    scheduler_registers,
    random_heap,
    random_arenas,
    bracketed_names,
)


ALONE = {"GODEBUG": "asyncpreemptoff=1"}
"""A goroutine that a debugger stops for long is preempted, and leaves its registers below its stack. From main on
the session lets the other threads rest, so that none asks for it at the next call."""


@dataclass(frozen=True)
class Compared:
    """The differences no rule explains, and how often each rule was needed."""

    differences: tuple[str, ...]
    used: Counter[str]


def compared(
    session: Session, commands: Sequence[str], answers: Sequence[str], rules: Sequence[Rule]
) -> Compared:
    """Run the commands in a session and compare with gdb's answers to them."""
    found: list[str] = []
    used: Counter[str] = Counter()
    for command, theirs in zip(commands, answers, strict=True):
        left, right = trimmed(theirs), trimmed(answer(session, command))
        for rule in rules:
            if left == right:
                break
            before = (left, right)
            left, right = rule(command, left, right)
            used[rule.__name__] += (left, right) != before
        if left != right:
            found.append(f"{command}\n--- gdb\n{left}--- ours\n{right}")
    return Compared(tuple(found), used)


def answer(session: Session, command: str) -> str:
    """Return what a session prints, a refusal as such."""
    try:
        return session.run(command)
    except UnrecordedError as error:
        return f"unrecorded: {error.message}\n"


def trimmed(text: str) -> str:
    """Return text without spaces at the ends of its lines."""
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)


def opened(binary: Path, source: Path, emulator: Emulator, traced: Request) -> Session:
    """Return a session over the program recorded as `traced` says, not yet started."""
    trace = record(traced, emulator)
    image = read_image(traced.program, binary.name, trace.program.bias)
    return Session(trace, image, read_debug(image), {source.name: source.read_text()}, None, traced.functions)
