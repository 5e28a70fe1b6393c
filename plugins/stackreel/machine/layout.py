"""Where Linux 6.18 puts things in an x86-64 process when address space randomisation is off.

Pure arithmetic on numbers and program headers, no emulator. Follows fs/binfmt_elf.c and arch/x86/mm/mmap.c: a
position independent program with an interpreter goes to two thirds of the address space, one without (a
static-pie) into the area of mmap, which grows down from 128 MiB below the top of the stack.
"""

from __future__ import annotations

from stackreel.binary.elf import PT_INTERP, ElfFile, ProgramHeader, parse_elf
from stackreel.errors import BinaryError

PAGE = 4096
TASK_SIZE = 0x7FFF_FFFF_F000
STACK_TOP = TASK_SIZE
STACK_LIMIT = 8 << 20
STACK_START_SIZE = 0x21000
"""What the kernel maps of the stack at once: the page of the strings and 128 KiB below."""

STACK_GAP = 256 * PAGE
MMAP_TOP = TASK_SIZE - (128 << 20)
PIE_BASE = 0x5555_5555_4000
BRK_OF_STATIC_PIE = 0x5555_5555_5000
LOWEST = 0x10000
HUGE_PAGE = 2 << 20
VVAR_SIZE = 6 * PAGE
"""The data pages of the kernel's clock, below the vDSO; ours needs none, so they are zero."""

VVAR_CLOCK_SIZE = 2 * PAGE
"""The upper ones of them, which are of the clocks of hypervisors; the kernel maps them apart."""


def page_down(address: int) -> int:
    """Round down to a page."""
    return address & -PAGE


def page_up(address: int) -> int:
    """Round up to a page."""
    return (address + PAGE - 1) & -PAGE


def load_bias(program: bytes, name: str = "program") -> int:
    """Return what is added to the addresses of a program's file when it runs: 0 for fixed addresses.

    Raises BinaryError where the bytes are no ELF64 x86-64 program.
    """
    return bias_of(parse_elf(program, name))


def bias_of(elf: ElfFile) -> int:
    """Return the bias of a parsed program; see `load_bias`."""
    low, high = extent(elf)
    if not elf.is_dyn:
        return 0
    align = max((p.align for p in elf.loads() if _is_power_of_two(p.align)), default=PAGE)
    if elf.program(PT_INTERP) is not None:
        return page_down((PIE_BASE & -max(align, PAGE)) - low)
    return ((MMAP_TOP - (high - low)) & -max(align, PAGE)) - low


def extent(elf: ElfFile) -> tuple[int, int]:
    """Return the half-open page range of all segments, without bias. Raises BinaryError where nothing is loaded."""
    loads = [p for p in elf.loads() if p.memory_size]
    if not loads:
        raise BinaryError(f"{elf.name} cannot be run: it has no segment to load")
    return page_down(min(p.address for p in loads)), page_up(max(_end(p) for p in loads))


def _end(p: ProgramHeader) -> int:
    return p.address + p.memory_size


def _is_power_of_two(n: int) -> bool:
    return n > 0 and n & (n - 1) == 0
