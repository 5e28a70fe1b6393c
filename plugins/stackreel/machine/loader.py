"""Maps a program and its interpreter and builds the initial stack: what `execve` leaves behind.

Follows load_elf_binary (fs/binfmt_elf.c): segments in file order, later ones over earlier ones where they share
a page, zero bytes behind the file's part of a segment, permissions as the headers say, brk behind the last
one. PT_TLS, relocation and IRELATIVE are the program's own work, as on Linux. PT_GNU_STACK with the execute bit
makes the stack executable.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from stackreel.binary.elf import PT_GNU_STACK, PT_INTERP, ElfFile, parse_elf
from stackreel.errors import MachineError
from stackreel.machine import stack, vdso
from stackreel.machine.areas import Area
from stackreel.machine.layout import (
    BRK_OF_STATIC_PIE,
    PAGE,
    STACK_START_SIZE,
    STACK_TOP,
    TASK_SIZE,
    VVAR_CLOCK_SIZE,
    VVAR_SIZE,
    bias_of,
    extent,
    page_down,
    page_up,
)
from stackreel.machine.linux import PROT_EXEC, PROT_READ, PROT_WRITE
from stackreel.machine.memory import AddressSpace
from stackreel.machine.model import Job, Module
from stackreel.machine.tree import Tree

_WORD = (1 << 64) - 1


@dataclass(frozen=True)
class Loaded:
    """Where the program is: `entry` is its own, `first` where the process starts (the interpreter's or its own).

    `modules` are the program and its interpreter; `writable` the program's writable segments, `brk` the start
    of the heap. `damage` is what is wrong with the program's section table, which nothing here needs.
    """

    entry: int
    first: int
    bias: int
    brk: int
    stack: stack.InitialStack
    modules: tuple[Module, ...]
    writable: tuple[tuple[int, int], ...]
    damage: str


def load(memory: AddressSpace, job: Job, tree: Tree) -> Loaded:
    """Set up the process of a job.

    Raises BinaryError for bytes that are no program, MachineError for a missing interpreter.
    """
    elf = parse_elf(job.program, job.path)
    bias = bias_of(elf)
    interpreter = _interpreter(elf, tree)
    _map_segments(memory, elf, bias, job.path)
    modules = [_module(elf, bias, job.path)]
    entry = (elf.entry + bias) & _WORD
    base, first = 0, entry
    if interpreter is not None:
        path, linker = interpreter
        low, high = extent(linker)
        base = memory.find_gap(high - low) - low
        _map_segments(memory, linker, base, path)
        modules.append(_module(linker, base, path))
        first = (linker.entry + base) & _WORD
    clock = memory.find_gap(VVAR_SIZE + vdso.SIZE)
    kernel = clock + VVAR_SIZE
    memory.map(Area(clock, kernel - VVAR_CLOCK_SIZE, PROT_READ, "[vvar]"))
    memory.map(Area(kernel - VVAR_CLOCK_SIZE, kernel, PROT_READ, "[vvar_vclock]"))
    code = vdso.image()
    memory.map(Area(kernel, kernel + vdso.SIZE, PROT_READ | PROT_EXEC, "[vdso]", file=code, file_low=kernel))
    stack_header = elf.program(PT_GNU_STACK)
    executable = PROT_EXEC if stack_header is not None and stack_header.flags & 1 else 0
    protection = PROT_READ | PROT_WRITE | executable
    memory.map(Area(STACK_TOP - STACK_START_SIZE, STACK_TOP, protection, "[stack]", grows_down=True))
    start = stack.Start(_phdr(elf, bias), len(elf.programs), entry, base, kernel)
    initial = stack.build(
        start,
        job.path.encode("utf-8", "surrogateescape"),
        [text.encode("utf-8", "surrogateescape") for text in job.argv],
        [f"{name}={value}".encode("utf-8", "surrogateescape") for name, value in job.env],
    )
    if len(initial.contents) > STACK_START_SIZE - PAGE:
        raise MachineError(
            f"the arguments and environment of {job.path} are too long: {len(initial.contents)} bytes"
        )
    memory.poke(initial.sp, initial.contents)
    brk = page_up(max(p.address + p.memory_size for p in elf.loads()) + bias)
    if elf.is_dyn and interpreter is None:
        brk = BRK_OF_STATIC_PIE
    writable = tuple((p.address + bias, p.address + bias + p.memory_size) for p in elf.loads() if p.flags & 2)
    return Loaded(entry, first, bias, brk, initial, tuple(modules), writable, elf.damage)


def _interpreter(elf: ElfFile, tree: Tree) -> tuple[str, ElfFile] | None:
    header = elf.program(PT_INTERP)
    if header is None:
        return None
    raw = elf.data[header.offset : header.offset + header.file_size].split(b"\0", 1)[0]
    path = raw.decode("utf-8", "surrogateescape")
    found = tree.lookup(path)
    if found is None or found.data is None:
        raise MachineError(
            f"{elf.name} needs the interpreter {path}, which the sysroot does not have",
            example="link the program with -static, or name a sysroot that holds its libraries",
        )
    return found.path, parse_elf(found.data, found.path)


def _map_segments(memory: AddressSpace, elf: ElfFile, bias: int, name: str) -> None:
    for p in elf.loads():
        if not p.memory_size:
            continue
        address = p.address + bias
        low, high = page_down(address), page_up(address + p.memory_size)
        if low < PAGE or high > TASK_SIZE:
            raise MachineError(f"{elf.name} cannot be run: a segment belongs at {address:#x}")
        protection = sum(
            bit for flag, bit in ((4, PROT_READ), (2, PROT_WRITE), (1, PROT_EXEC)) if p.flags & flag
        )
        file_end = address + p.file_size
        file_pages = page_up(file_end) if p.file_size else low
        if file_pages > low:
            memory.map(
                Area(low, file_pages, protection, name, file=elf.data, file_low=low - page_down(p.offset))
            )
            if p.memory_size > p.file_size and p.flags & 2:
                memory.poke(file_end, bytes(min(file_pages, high) - file_end))
        if high > file_pages:
            memory.map(Area(file_pages, high, protection))


def _module(elf: ElfFile, bias: int, path: str) -> Module:
    low, high = extent(elf)
    return Module(path, hashlib.sha256(elf.data).hexdigest(), bias, low + bias, high + bias)


def _phdr(elf: ElfFile, bias: int) -> int:
    for p in elf.loads():
        if p.offset <= elf.phdr_offset < p.offset + p.file_size:
            return elf.phdr_offset - p.offset + p.address + bias
    return 0
