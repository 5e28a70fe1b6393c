"""Traces written by hand: nothing is emulated, every number is in the test.

`make_trace([step(0x400540, "55", rsp=0x7fffffffe510, writes=[(0x7fffffffe510, 0x400580)]), ...],
rip=0x400540, rsp=0x7fffffffe518)`: the keywords of `step` are registers as the step leaves them, those of
`make_trace` the registers at the start; others are 0. `c_sum_trace()` is the whole C example of the articles.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stackreel.isa import X86_64
from stackreel.trace.columns import access_columns, column
from stackreel.trace.model import AccessColumns, Area, End, MappedModule, StackMove
from stackreel.trace.trace import SCHEMA, Trace

Cell = tuple[int, int] | tuple[int, int, int]
"""(address, value), 8 bytes, or (address, value, size)."""


@dataclass(frozen=True)
class HandStep:
    pc: int
    code: bytes
    registers: Mapping[str, int]
    writes: tuple[Cell, ...]
    reads: tuple[Cell, ...]
    over: bool


def step(
    pc: int,
    code: str = "90",
    *,
    writes: Sequence[Cell] = (),
    reads: Sequence[Cell] = (),
    over: bool = False,
    **registers: int,
) -> HandStep:
    return HandStep(pc, bytes.fromhex(code), registers, tuple(writes), tuple(reads), over)


def make_trace(
    steps: Sequence[HandStep],
    *,
    end_pc: int = 0,
    stack: tuple[int, int] = (0x7FFFFFFDE000, 0x7FFFFFFFF000),
    snapshot: Sequence[tuple[int, bytes]] = (),
    modules: Sequence[MappedModule] = (MappedModule("/program", "00" * 32, 0, 0x400000, 0x403000),),
    areas: Sequence[Area] = (),
    end: End | None = None,
    stdout: bytes = b"",
    notes: Sequence[str] = (),
    moves: Sequence[StackMove] = (),
    **registers: int,
) -> Trace:
    state = {register.name: 0 for register in X86_64.registers} | registers
    pcs = [s.pc for s in steps] + [end_pc]
    rows = [state | {"rip": pcs[0]}]
    for made, pc in zip(steps, pcs[1:], strict=True):
        rows.append(rows[-1] | made.registers | {"rip": pc})
    return Trace(
        schema=SCHEMA,
        isa=X86_64.name,
        start=pcs[0],
        registers=tuple(r.name for r in X86_64.registers),
        columns={r.name: column((row[r.name] for row in rows), r.bits) for r in X86_64.registers},
        sizes=bytes(len(s.code) for s in steps),
        over=bytes(s.over for s in steps),
        writes=_accesses([s.writes for s in steps]),
        reads=_accesses([s.reads for s in steps]),
        snapshot=tuple(snapshot),
        stack=stack,
        code={s.pc: s.code for s in sorted(steps, key=lambda s: s.pc)},
        modules=tuple(modules),
        areas=tuple(areas),
        end=end or End("returned", 0, 0, end_pc, ""),
        stdout=stdout,
        notes=tuple(notes),
        moves=tuple(moves),
    )


def _accesses(of_steps: Sequence[tuple[Cell, ...]]) -> AccessColumns:
    rows = [
        (i, cell[0], cell[1], cell[2] if len(cell) == 3 else 8)
        for i, cells in enumerate(of_steps)
        for cell in cells
    ]
    steps, addresses, values, sizes = ([row[n] for row in rows] for n in range(4))
    return access_columns(len(of_steps), steps, array("Q", addresses), bytes(sizes), array("Q", values))


ARGV = 0x7FFFFFFFE5F8
LIBC_RETURN = 0x7FFFF7DF424A


def c_sum_trace() -> Trace:
    """main calling sum(1, 2), then printf stepped over: the program of traces/c-sum, step for step."""
    e = 0x7FFFFFFFE000
    steps = [
        step(0x400540, "55", rsp=e + 0x510, writes=[(e + 0x510, 0x400580)]),
        step(0x400541, "4889e5", rbp=e + 0x510),
        step(0x400544, "4883ec20", rsp=e + 0x4F0, eflags=0x202),
        step(0x400548, "897dec", writes=[(e + 0x4FC, 1, 4)]),
        step(0x40054B, "488975e0", writes=[(e + 0x4F0, ARGV)]),
        step(0x40054F, "be02000000", rsi=2),
        step(0x400554, "bf01000000", rdi=1),
        step(0x400559, "e8c8ffffff", rsp=e + 0x4E8, writes=[(e + 0x4E8, 0x40055E)]),
        step(0x400526, "55", rsp=e + 0x4E0, writes=[(e + 0x4E0, e + 0x510)]),
        step(0x400527, "4889e5", rbp=e + 0x4E0),
        step(0x40052A, "897dec", writes=[(e + 0x4CC, 1, 4)]),
        step(0x40052D, "8975e8", writes=[(e + 0x4C8, 2, 4)]),
        step(0x400530, "8b55ec", rdx=1, reads=[(e + 0x4CC, 1, 4)]),
        step(0x400533, "8b45e8", rax=2, reads=[(e + 0x4C8, 2, 4)]),
        step(0x400536, "01d0", rax=3, eflags=0x206),
        step(0x400538, "8945fc", writes=[(e + 0x4DC, 3, 4)]),
        step(0x40053B, "8b45fc", rax=3, reads=[(e + 0x4DC, 3, 4)]),
        step(0x40053E, "5d", rbp=e + 0x510, rsp=e + 0x4E8, reads=[(e + 0x4E0, e + 0x510)]),
        step(0x40053F, "c3", rsp=e + 0x4F0, reads=[(e + 0x4E8, 0x40055E)]),
        step(0x40055E, "8945fc", writes=[(e + 0x50C, 3, 4)]),
        step(0x400561, "8b45fc", rax=3, reads=[(e + 0x50C, 3, 4)]),
        step(0x400564, "89c6", rsi=3),
        step(0x400566, "bf04064000", rdi=0x400604),
        step(0x40056B, "b800000000", rax=0),
        step(
            0x400570,
            "e88bfeffff",
            over=True,
            rax=5,
            rdx=0,
            rsi=0,
            rdi=0x7FFFFFFFE000,
            writes=[(e + 0x4E8, 0x400575), (e + 0x4E0, 0)],
        ),
        step(0x400575, "b800000000", rax=0),
        step(0x40057A, "c9", rsp=e + 0x518, rbp=0x400580, reads=[(e + 0x510, 0x400580)]),
        step(0x40057B, "c3", rsp=e + 0x520, reads=[(e + 0x518, LIBC_RETURN)]),
    ]
    call = "/home/bobo/study/c/call"
    libc = 0x7FFFF7DCD000
    return make_trace(
        steps,
        end_pc=LIBC_RETURN,
        snapshot=[
            (e, bytes(0x518) + LIBC_RETURN.to_bytes(8, "little") + bytes(0xAE0)),
            (0x402008, bytes(0x18)),
        ],
        modules=[
            MappedModule(call, "00" * 32, 0, 0x3FF000, 0x403000),
            MappedModule("/lib/x86_64-linux-gnu/libc.so.6", "11" * 32, libc, libc, libc + 0x1E3000),
        ],
        areas=[
            Area(0x3FF000, 0x401000, "r-xp", call),
            Area(0x401000, 0x403000, "rw-p", call),
            Area(0x7FFFFFFDE000, 0x7FFFFFFFF000, "rw-p", "[stack]"),
        ],
        stdout=b"n: 3\n",
        rsp=e + 0x518,
        rbp=0x400580,
        rdi=1,
        rsi=ARGV,
        rdx=ARGV + 0x10,
        eflags=0x202,
    )
