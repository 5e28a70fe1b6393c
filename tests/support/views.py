"""Stack views written by hand: the run of traces/c-sum at the moments T0 to T15 of the article.

`c_sum_views()` is what frames/ should say at those positions of `steps.c_sum_trace()`; `c_sum_listings()` what
listing/ should say of its two functions. `slot`, `frame` and `view` make small stacks of a test's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stackreel.binary.model import SymbolOffset
from stackreel.frames.model import Frame, Mark, Role, SavedRegister, Slot, SlotState, StackView
from stackreel.isa import X86_64
from stackreel.listing.model import FunctionListing, Instruction, Kind, MemoryOperand
from stackreel.trace.model import Access, Step
from support.steps import ARGV, LIBC_RETURN, c_sum_trace

E = 0x7FFFFFFFE000
MAIN_FRAME, SUM_FRAME = "main", "sum"

MOMENTS = {
    "T0": 0, "T1": 1, "T2": 2, "T3": 3, "T4": 7, "T5": 8, "T6": 9, "T7": 10, "T8": 12, "T9": 17, "T10": 18,
    "T11": 19, "T12": 20, "T12b": 25, "T13": 26, "T14": 27, "T15": 28,
}  # fmt: skip
"""Positions of the trace by the names of the article's table."""


def slot(
    address: int,
    size: int = 8,
    data: int | None = None,
    role: Role = "unused",
    name: str = "",
    *,
    type: str = "",
    value: str = "",
    symbol: SymbolOffset | None = None,
    state: SlotState | None = None,
    mark: Mark = "",
    frame: int | None = 0,
) -> Slot:
    content = None if data is None else (data & (1 << size * 8) - 1).to_bytes(size, "little")
    is_number = data is not None and role in ("parameter", "local") and size < 8
    shown = value or (str(data) if is_number else "")
    if not shown and data is not None:
        shown = f"{data:#x}"
    return Slot(address, size, content, role, name, type, shown, symbol,
                state or ("live" if data is not None else "unwritten"), mark, frame)  # fmt: skip


def frame(
    function: str,
    cfa: int,
    low: int,
    *,
    level: int = 0,
    pc: int = 0,
    returns: int | None = None,
    symbol: SymbolOffset | None = None,
    saved: Sequence[SavedRegister] = (),
) -> Frame:
    return Frame(level, function, pc, cfa, low, cfa - 8, returns, symbol, tuple(saved), (), "sum.c", 1)


def view(
    slots: Sequence[Slot],
    frames: Sequence[Frame] = (),
    *,
    executed: Step | None = None,
    popped: Sequence[Frame] = (),
    next_pc: int = 0,
    changed: Sequence[str] = (),
    position: int = 1,
    **registers: int,
) -> StackView:
    state = {r.name: 0 for r in X86_64.registers} | {"rip": next_pc} | registers
    ordered = tuple(sorted(slots, key=lambda s: -s.address))
    low = min(s.address for s in ordered)
    high = max(s.address + s.size for s in ordered)
    return StackView(position, executed, next_pc, state, frozenset(changed), tuple(frames), tuple(popped), ordered,
                     low, high)  # fmt: skip


def executed(
    pc: int,
    *,
    writes: Sequence[tuple[int, int, int]] = (),
    reads: Sequence[tuple[int, int, int]] = (),
    over: bool = False,
    **registers: int,
) -> Step:
    state = {r.name: 0 for r in X86_64.registers} | {"rip": pc} | registers
    return Step(
        0, pc, b"\x90", state, tuple(Access(*w) for w in writes), tuple(Access(*r) for r in reads), over
    )


# address, size, what, name, value as gdb prints it, position from which it is there; None: never
_MAIN = [
    (0x518, 8, "return address", "", 0, LIBC_RETURN, SymbolOffset("__libc_start_call_main", 122)),
    (0x510, 8, "saved register", "rbp", 1, 0x400580, None),
    (0x50C, 4, "local", "n", 20, 3, None),
    (0x508, 4, "padding", "", None, 0, None),
    (0x500, 8, "padding", "", None, 0, None),
    (0x4FC, 4, "parameter", "argc", 4, 1, None),
    (0x4F8, 4, "padding", "", None, 0, None),
    (0x4F0, 8, "parameter", "argv", 5, ARGV, None),
]
_SUM = [
    (0x4E8, 8, "return address", "", 8, 0x40055E, SymbolOffset("main", 30)),
    (0x4E0, 8, "saved register", "rbp", 9, E + 0x510, None),
    (0x4DC, 4, "local", "s", 16, 3, None),
    (0x4D8, 4, "unused", "", None, 0, None),
    (0x4D0, 8, "unused", "", None, 0, None),
    (0x4CC, 4, "parameter", "a", 11, 1, None),
    (0x4C8, 4, "parameter", "b", 12, 2, None),
]
_PRINTF = [  # what the call stepped over left
    (0x4E8, 8, "data", "", 25, 0x400575, None),
    (0x4E0, 8, "data", "", 25, 0, None),
]


def c_sum_views(*names: str) -> tuple[StackView, ...]:
    """The views at the moments `names`, all of them by default."""
    return tuple(_c_sum_view(MOMENTS[name]) for name in names or MOMENTS)


def _c_sum_view(k: int) -> StackView:
    trace = c_sum_trace()
    registers = trace.state(k)
    step = trace.step(k - 1) if k else None
    sp = registers["rsp"] - E
    in_main, in_sum = k < 28, 8 <= k < 19
    main_level = (1 if in_sum else 0) if in_main else -1
    sum_level = 0 if in_sum else -1 if in_main else -2
    rows = [(*cell, main_level) for cell in _MAIN] + [(*cell, sum_level) for cell in _SUM]
    if k >= 25:
        smashed = {cell[0] for cell in _PRINTF}
        rows = [row for row in rows if row[0] not in smashed] + [(*cell, None) for cell in _PRINTF]
    slots = [_slot(k, sp, step, row, in_main=in_main, in_sum=in_sum) for row in rows]
    main = frame("main", E + 0x520, E + (0x4F0 if in_sum else sp), level=main_level, returns=LIBC_RETURN,
                 saved=[SavedRegister("rbp", E + 0x510, 0x400580)] if 1 <= k < 27 else ())  # fmt: skip
    called = frame("sum", E + 0x4F0, E + sp, level=sum_level, returns=0x40055E,
                   saved=[SavedRegister("rbp", E + 0x4E0, E + 0x510)] if 9 <= k < 18 else ())  # fmt: skip
    frames = ((called, main) if in_sum else (main,)) if in_main else ()
    popped = (() if in_main else (main,)) + ((called,) if k >= 19 else ())
    changed = [
        n for n in ("rax", "rdi", "rsi", "rdx", "rsp", "rbp") if step and step.registers[n] != registers[n]
    ]
    return StackView(k, step, trace.pc(k), registers, frozenset(changed), frames, popped,
                     tuple(sorted(slots, key=lambda s: -s.address)), E + 0x4C8, E + 0x520)  # fmt: skip


def _slot(k: int, sp: int, step: Step | None, row: tuple, *, in_main: bool, in_sum: bool) -> Slot:  # type: ignore[type-arg]  # a row of the tables above
    offset, size, role, name, since, value, symbol, level = row
    is_there = since is not None and k >= since
    state: SlotState = "live"
    if offset < sp:
        is_used = offset < 0x4E0 and in_sum and k >= 11
        is_left = is_there or (role == "unused" and k >= 19)
        state = "red zone" if is_used and (is_there or k >= 11) else "stale" if is_left else "unwritten"
        if not is_there:
            state = "unwritten"
    elif not is_there:
        state = "unwritten"
    if state == "unwritten" and offset < sp and not in_sum:
        level = None
    is_known = is_there or offset >= sp or (in_sum and k >= 11)
    made = slot(E + offset, size, value if is_there else None, role, name if is_known else "",
                symbol=symbol, state=state, frame=level)  # fmt: skip
    if step is None:
        return made
    touched = {a.address: "written" for a in step.writes} | {a.address: "read" for a in step.reads}
    return replace(made, mark=touched.get(E + offset, ""))  # type: ignore[arg-type]  # the two marks


def _ins(  # noqa: PLR0917 - a row of a table
    function: str,
    at: int,
    base: int,
    code: str,
    mnemonic: str,
    operands: str = "",
    *,
    reads: str = "",
    writes: str = "",
    kind: Kind = "other",
    target: int | None = None,
    symbol: str = "",
    memory: tuple[str, int, int] | None = None,
) -> Instruction:
    operand = (MemoryOperand(memory[0], "", 1, memory[1], memory[2], ""),) if memory else ()
    return Instruction(
        base + at, bytes.fromhex(code), mnemonic, operands, f"{mnemonic} {operands}".rstrip(), kind, target,
        SymbolOffset(symbol, 0) if symbol else None, "", SymbolOffset(function, at), "sum.c", 1,
        frozenset(reads.split()), frozenset(writes.split()), operand,
    )  # fmt: skip


def c_sum_listings() -> tuple[FunctionListing, ...]:
    """main and sum, as gdb prints them in AT&T syntax."""

    def m(at: int, code: str, mnemonic: str, operands: str = "", **more: object) -> Instruction:
        return _ins("main", at, 0x400540, code, mnemonic, operands, **more)  # type: ignore[arg-type]  # passed on

    def s(at: int, code: str, mnemonic: str, operands: str = "", **more: object) -> Instruction:
        return _ins("sum", at, 0x400526, code, mnemonic, operands, **more)  # type: ignore[arg-type]  # passed on

    main = (
        m(0, "55", "push", "%rbp", reads="rbp rsp", writes="rsp"),
        m(1, "4889e5", "mov", "%rsp,%rbp", reads="rsp", writes="rbp"),
        m(4, "4883ec20", "sub", "$0x20,%rsp", reads="rsp", writes="rsp eflags"),
        m(8, "897dec", "mov", "%edi,-0x14(%rbp)", reads="rdi rbp", memory=("rbp", -0x14, 4)),
        m(11, "488975e0", "mov", "%rsi,-0x20(%rbp)", reads="rsi rbp", memory=("rbp", -0x20, 8)),
        m(15, "be02000000", "mov", "$0x2,%esi", writes="rsi"),
        m(20, "bf01000000", "mov", "$0x1,%edi", writes="rdi"),
        m(25, "e8c8ffffff", "call", "0x400526", reads="rsp", writes="rsp", kind="call", target=0x400526, symbol="sum"),
        m(30, "8945fc", "mov", "%eax,-0x4(%rbp)", reads="rax rbp", memory=("rbp", -4, 4)),
        m(33, "8b45fc", "mov", "-0x4(%rbp),%eax", reads="rbp", writes="rax", memory=("rbp", -4, 4)),
        m(36, "89c6", "mov", "%eax,%esi", reads="rax", writes="rsi"),
        m(38, "bf04064000", "mov", "$0x400604,%edi", writes="rdi"),
        m(43, "b800000000", "mov", "$0x0,%eax", writes="rax"),
        m(48, "e88bfeffff", "call", "0x400400", reads="rsp", writes="rsp", kind="call", target=0x400400,
          symbol="printf@plt"),
        m(53, "b800000000", "mov", "$0x0,%eax", writes="rax"),
        m(58, "c9", "leave", reads="rbp", writes="rbp rsp"),
        m(59, "c3", "ret", reads="rsp", writes="rsp", kind="return"),
    )  # fmt: skip
    called = (
        s(0, "55", "push", "%rbp", reads="rbp rsp", writes="rsp"),
        s(1, "4889e5", "mov", "%rsp,%rbp", reads="rsp", writes="rbp"),
        s(4, "897dec", "mov", "%edi,-0x14(%rbp)", reads="rdi rbp", memory=("rbp", -0x14, 4)),
        s(7, "8975e8", "mov", "%esi,-0x18(%rbp)", reads="rsi rbp", memory=("rbp", -0x18, 4)),
        s(10, "8b55ec", "mov", "-0x14(%rbp),%edx", reads="rbp", writes="rdx", memory=("rbp", -0x14, 4)),
        s(13, "8b45e8", "mov", "-0x18(%rbp),%eax", reads="rbp", writes="rax", memory=("rbp", -0x18, 4)),
        s(16, "01d0", "add", "%edx,%eax", reads="rdx rax", writes="rax eflags"),
        s(18, "8945fc", "mov", "%eax,-0x4(%rbp)", reads="rax rbp", memory=("rbp", -4, 4)),
        s(21, "8b45fc", "mov", "-0x4(%rbp),%eax", reads="rbp", writes="rax", memory=("rbp", -4, 4)),
        s(24, "5d", "pop", "%rbp", reads="rsp", writes="rbp rsp"),
        s(25, "c3", "ret", reads="rsp", writes="rsp", kind="return"),
    )
    return (
        FunctionListing("main", 0x400540, 0x40057C, main),
        FunctionListing("sum", 0x400526, 0x400540, called),
    )
