"""One sentence a step, for each kind of instruction, in the words of both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stackreel import figure
from stackreel.binary.model import SymbolOffset
from stackreel.figure.narration import family
from stackreel.isa import X86_64
from stackreel.listing.model import FunctionListing, Instruction, Kind
from stackreel.trace.model import End, StackMove, Step
from support.views import E, c_sum_listings, executed, frame, slot, view

PC = 0x401000


def instruction(
    mnemonic: str, operands: str = "", reads: str = "", writes: str = "", kind: Kind = "other"
) -> Instruction:
    base = c_sum_listings()[0].instructions[0]
    return replace(base, address=PC, mnemonic=mnemonic, operands=operands, reads=frozenset(reads.split()),
                   writes=frozenset(writes.split()), kind=kind, location=None)  # fmt: skip


def say(made: Instruction, step: Step, language: str = "en", next_pc: int = PC + 4, **registers: int) -> str:
    slots = [slot(E + 8, 8, 0x401234, "return address"), slot(E + 4, 4, 3, "local", "n", value="3"),
             slot(E, 4, 9, "local", "m", value="9")]  # fmt: skip
    state = {"rsp": E} | registers
    changed = [
        name for name, value in (state | {"rip": next_pc}).items() if step.registers.get(name) != value
    ]
    seen = view(slots, [frame("f", E + 16, E)], executed=step, next_pc=next_pc, changed=changed, **state)
    after = replace(made, address=PC + 4, mnemonic="nop")
    listing = FunctionListing("f", PC, PC + 8, (made, after))
    (scene,) = figure.compose([seen], [listing], X86_64, ident="s", language=language)
    return figure.sentence(scene)


@pytest.mark.parametrize(
    ("made", "step", "after", "said"),
    [
        (instruction("lea", "-0x4(%rbp),%rax", "rbp", "rax"), executed(PC, rsp=E), {"rax": E + 4},
         "lea: puts address 0x7fffffffe004 into rax, without touching memory"),
        (instruction("add", "$0x10,%rsp", "rsp", "rsp eflags"), executed(PC, rsp=E - 16), {},
         "add: raises rsp by 0x10 to 0x7fffffffe000"),
        (instruction("sub", "$0x10,%rsp", "rsp", "rsp eflags"), executed(PC, rsp=E + 16), {},
         "sub: lowers rsp by 0x10 to 0x7fffffffe000"),
        (instruction("addl", "$0x1,-0x4(%rbp)", "rbp", "eflags"),
         executed(PC, rsp=E, reads=[(E + 4, 2, 4)], writes=[(E + 4, 3, 4)]), {},
         "addl: changes n at 0x7fffffffe004 from 2 to 3"),
        (instruction("cmpl", "$0x1,-0x4(%rbp)", "rbp", "eflags"), executed(PC, rsp=E, reads=[(E + 4, 3, 4)]), {},
         "cmpl: reads 3 from n at 0x7fffffffe004"),
        (instruction("cmp", "%eax,%edx", "rax rdx", "eflags"), executed(PC, rsp=E), {"eflags": 0x41},
         "cmp: compares and only sets flags: ZF=1 SF=0 CF=1 OF=0"),
        (instruction("mov", "0x2ee4(%rip),%eax", "rip", "rax"), executed(PC, rsp=E, reads=[(0x404010, 7, 4)]),
         {"rax": 7}, "mov: reads 7 from 0x404010 into eax"),
        (instruction("movzbl", "%al,%ecx", "rax", "rcx"), executed(PC, rsp=E, rax=0x141), {"rax": 0x141, "rcx": 0x41},
         "movzbl: copies al, 65, to ecx"),
        (instruction("imul", "%edx,%eax", "rax rdx", "rax eflags"), executed(PC, rsp=E), {"rax": 0xFFFFFFFF},
         "imul: eax becomes -1"),
        (instruction("xchg", "%rax,%rdx", "rax rdx", "rax rdx"), executed(PC, rsp=E), {"rax": 1},
         "xchg: changes rax, rdx"),
        (instruction("nop"), executed(PC, rsp=E), {}, "nop: changes neither registers nor memory"),
        (instruction("endbr64"), executed(PC, rsp=E), {}, "endbr64: changes neither registers nor memory"),
        (instruction("jmp", "0x401004", kind="jump"), executed(PC, rsp=E), {}, "jmp: goes on at 0x401004"),
        (replace(instruction("jle", "0x401004", "eflags", kind="branch"), target=PC + 4), executed(PC, rsp=E), {},
         "jle: the condition holds; goes on at 0x401004"),
        (replace(instruction("jle", "0x401088", "eflags", kind="branch"), target=PC + 0x88), executed(PC, rsp=E), {},
         "jle: the condition does not hold; goes on with the next instruction"),
        (instruction("push", "$0x5", "rsp", "rsp"), executed(PC, rsp=E + 8, writes=[(E, 5, 8)]), {},
         "push: stores 0x5 at 0x7fffffffe000"),
        (instruction("syscall", "", "rax", "rax rcx r11", "syscall"), executed(PC, rsp=E), {"rax": 6},
         "syscall: asks the kernel; rax = 6"),
        (replace(instruction("call", "*%rax", "rax rsp", "rsp", "call"), code=bytes(4)),
         executed(PC, rsp=E, over=True), {"rax": 0}, "call: runs *%rax in one step"),
        (replace(instruction("call", "0x401088", "rsp", "rsp", "call"), code=bytes(2), target=0x401088),
         executed(PC, rsp=E, over=True), {"rax": 0}, "call: runs 0x401088 until it comes to 0x401004"),
        (instruction("ret", "", "rsp", "rsp", "return"), executed(PC, rsp=E, over=True), {},
         "ret: goes back into code not shown, which comes to 0x401004"),
    ],
)  # fmt: skip
def test_sentences(made: Instruction, step: Step, after: dict[str, int], said: str) -> None:
    assert say(made, step, **after) == said
    assert say(made, step, "zh", **after) != said


@pytest.mark.parametrize(
    ("mnemonic", "kind"),
    [("movl", "move"), ("MOVQ", "move"), ("movslq", "move"), ("pushq", "push"), ("LEAQ", "address"),
     ("testb", "compare"),
     ("leaveq", "leave"), ("nopw", "nothing"), ("add", ""), ("", "")],
)  # fmt: skip
def test_families(mnemonic: str, kind: str) -> None:
    assert family(mnemonic) == kind


def test_sentences_end_without_a_stop() -> None:
    made = instruction("imul", "%edx,%eax", "rax rdx", "rax eflags")
    for language in ("en", "zh"):
        assert say(made, executed(PC, rsp=E), language)[-1] not in ".。"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "call: runs runtime.morestack; the stack moves from 0xc000022000–0xc000022800 (2 KiB)"
               " to 0xc00004c000–0xc00004d000 (4 KiB)"),
        ("zh", "call：执行 runtime.morestack；栈从 0xc000022000–0xc000022800（2 KiB）"
               "搬到 0xc00004c000–0xc00004d000（4 KiB）"),
    ],
)  # fmt: skip
def test_a_move_of_the_stack_is_said(language: str, said: str) -> None:
    made = replace(
        instruction("call", kind="call"), target=0x458C20, symbol=SymbolOffset("runtime.morestack", 0)
    )
    step = executed(PC, rsp=E, over=True)
    move = StackMove(0, (0xC000022000, 0xC000022800), (0xC00004C000, 0xC00004D000))
    assert say(made, replace(step, move=move), language) == said


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [
        (4, "cpuid: changes r10, r11, r12, r13", "cpuid：改变 r10、r11、r12、r13"),
        (
            7,
            "cpuid: changes r10, r11, r12, r13, r14, r15 and others",
            "cpuid：改变 r10、r11、r12、r13、r14、r15 等",
        ),
    ],
)
def test_no_register_is_left_out_silently(count: int, english: str, chinese: str) -> None:
    names = ("r10", "r11", "r12", "r13", "r14", "r15", "r8")[:count]
    made = instruction("cpuid", writes=" ".join(names))
    assert say(made, executed(PC, rsp=E)) == english
    assert say(made, executed(PC, rsp=E), "zh") == chinese


def ended(
    made: Instruction,
    step: Step,
    end: End,
    language: str,
    next_pc: int = 0x47D38B,
    *,
    changed: tuple[str, ...] = (),
    **registers: int,
) -> figure.Scene:
    state = {"rsp": E} | registers
    seen = view([slot(E, 8, 3, "local", "n")], [frame("f", E + 8, E)], executed=step, next_pc=next_pc,
                changed=changed, **state)  # fmt: skip
    seen = replace(seen, end=end, next_symbol=SymbolOffset("exit", 11))
    listing = FunctionListing("f", PC, PC + 8, (made, replace(made, address=PC + 4)))
    (scene,) = figure.compose([seen], [listing], X86_64, ident="s", language=language)
    return scene


EXITED, KILLED = End("exited", 2, 0, 0x47D38B, ""), End("signal", 0, 6, 0x47D38B, "")
STOPPED = End("limit", 0, 0, 0x47D38B, "1000 steps")


@pytest.mark.parametrize(
    ("kind", "end", "language", "said"),
    [
        ("call", EXITED, "en", "call: runs panic, in which the program ends with exit status 2"),
        ("call", EXITED, "zh", "call：执行 panic，其间程序结束，退出状态为 2"),
        ("call", KILLED, "en", "call: runs panic, in which SIGABRT kills the program at 0x47d38b <exit+11>"),
        ("call", STOPPED, "en", "call: runs panic, in which the recording stops at 0x47d38b <exit+11>"),
        ("other", EXITED, "en", "call: goes to code not shown, in which the program ends with exit status 2"),
        ("syscall", EXITED, "en", "call: asks the kernel; the program ends with exit status 2"),
    ],
)
def test_the_end_of_the_program_is_said(kind: Kind, end: End, language: str, said: str) -> None:
    made = replace(instruction("call", kind=kind), target=0x458C20, symbol=SymbolOffset("panic", 0))
    scene = ended(made, executed(PC, rsp=E, over=True), end, language)
    assert scene.sentence == said
    is_over = end.reason != "limit"
    assert [line.text for line in scene.code if line.is_next] == [
        {"en": "ended at 0x47d38b, outside this code", "zh": "在 0x47d38b 结束，不在这段代码里"}[language]
        if is_over
        else "goes on at 0x47d38b, outside this code"
    ]


@pytest.mark.parametrize(
    ("kind", "over", "said"),
    [
        ("call", True, "call: runs 0x458c20 in one step; rax = 7"),
        ("syscall", False, "syscall: asks the kernel; rax = 7"),
        ("return", True, "ret: goes back into code not shown, which comes to 0x401004"),
        ("other", False, "mov: changes neither registers nor memory"),
    ],
)
@pytest.mark.parametrize("reason", ["limit", "unsupported"])
def test_what_was_over_when_the_recording_stopped_is_told_as_ever(
    reason: str, kind: Kind, *, over: bool, said: str
) -> None:
    name = {"return": "ret", "other": "mov"}.get(kind, kind)
    made = replace(instruction(name, kind=kind), code=bytes(4), target=0x458C20)
    end = End(reason, 0, 0, PC + 4, "1000 steps")
    step = executed(PC, rsp=E, over=over)
    scene = ended(made, step, end, "en", PC + 4, changed=("rax",), rax=7)
    assert scene.sentence == said
    assert code_description(scene) == f"Just executed: {name}. Next: {name}."


def test_a_system_call_that_the_recording_stops_in_has_no_result() -> None:
    made = instruction("syscall", kind="syscall")
    scene = ended(made, executed(PC, rsp=E, rax=34), replace(STOPPED, pc=PC + 4), "en", PC + 4, rax=34)
    assert scene.sentence == "syscall: asks the kernel; the recording stops at 0x401004 <exit+11>"


def code_description(scene: figure.Scene) -> str:
    (drawing,) = figure.draw([scene])
    return drawing.panels[0].description


@pytest.mark.parametrize(
    ("end", "next_pc", "language", "said"),
    [
        (EXITED, PC + 4, "en", "Just executed: syscall. The program ended at 0x401004."),
        (EXITED, PC + 4, "zh", "刚执行完：syscall。 程序在 0x401004 结束。"),
        (KILLED, PC + 4, "en", "Just executed: syscall. The program ended at 0x401004."),
        (
            EXITED,
            0x47D38B,
            "en",
            "Just executed: syscall. The program ended at 0x47d38b, outside the code shown.",
        ),
        (
            STOPPED,
            0x47D38B,
            "en",
            "Just executed: syscall. Execution goes on at 0x47d38b, outside the code shown.",
        ),
        (replace(KILLED, pc=PC), PC, "en", "Not carried out: syscall."),
        (replace(KILLED, pc=PC), PC, "zh", "没有完成：syscall。"),
    ],
)
def test_the_code_panel_describes_nothing_to_come_after_the_end(
    end: End, next_pc: int, language: str, said: str
) -> None:
    made = instruction("syscall", kind="syscall")
    assert code_description(ended(made, executed(PC, rsp=E), end, language, next_pc)) == said


def test_an_instruction_that_a_signal_ends_was_not_carried_out() -> None:
    end = End("signal", 0, 11, PC, "")
    scene = ended(instruction("push", "%rax", "rsp", "rsp rax"), executed(PC, rsp=E), end, "en", next_pc=PC)
    assert scene.sentence == "push: is not carried out; SIGSEGV kills the program at 0x401000 <exit+11>"
    assert scene.title == "Stack where push %rax in f fails"
    assert {"rip", "rsp"} <= {line.name for line in scene.registers}
    assert [line.name for line in scene.registers if line.change] == []
    assert not {"changed", "same"} & set(scene.key)


def test_where_code_stepped_over_comes_to_is_named_by_its_symbol() -> None:
    made = replace(instruction("call", "*%rax", kind="call"), code=bytes(2))
    seen = view(
        [slot(E, 8)], [frame("f", E + 8, E)], executed=executed(PC, rsp=E, over=True), next_pc=0x500000, rsp=E
    )
    listing = FunctionListing("f", PC, PC + 4, (made,))
    (scene,) = figure.compose(
        [replace(seen, next_symbol=SymbolOffset("exit", 11))], [listing], X86_64, ident="s", language="en"
    )
    assert scene.sentence == "call: runs *%rax until it comes to 0x500000 <exit+11>"
