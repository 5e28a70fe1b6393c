"""What is recorded of a run: steps, registers, accesses, what code stepped over changed, where it ends."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import pytest

from stackreel.binary import read_image
from stackreel.errors import MachineError
from stackreel.machine import Recording, Report, load_bias
from stackreel.machine.model import Limits
from stackreel.machine.worker import run as run_here
from support.build import compile_c
from support.emulated import emulated, job_of, watch


@dataclass(frozen=True)
class Access:
    step: int
    address: int
    size: int
    value: int


class Run:
    """A report with its recording taken apart."""

    def __init__(self, binary: Path, *functions: str, **changes: object) -> None:
        job = {key: changes.pop(key) for key in ("limits", "stdin") if key in changes}
        self.job = job_of(binary, watch=watch(binary, *functions, **changes), **job)
        self.report: Report = run_here(self.job)
        assert self.report.recording is not None
        self.recording: Recording = self.report.recording
        r = self.recording
        self.count = len(r.sizes)
        assert len(r.over) == self.count
        self.states = self._states()
        self.pcs = [state["rip"] for state in self.states]
        self.writes = self._accesses(r.write_steps, r.write_addresses, r.write_sizes, r.write_values)
        self.reads = self._accesses(r.read_steps, r.read_addresses, r.read_sizes, r.read_values)

    def _states(self) -> list[dict[str, int]]:
        r, columns = self.recording, []
        for data, width in zip(r.columns, r.widths, strict=True):
            whole = data * (self.count + 1) if len(data) == width else data
            assert len(whole) == width * (self.count + 1)
            places = range(0, len(whole), width)
            columns.append([int.from_bytes(whole[at : at + width], "little") for at in places])
        return [dict(zip(r.registers, row, strict=True)) for row in zip(*columns, strict=True)]

    @staticmethod
    def _accesses(steps: bytes, addresses: bytes, sizes: bytes, values: bytes) -> list[Access]:
        count = len(sizes)
        rows = zip(
            struct.unpack(f"<{count}I", steps),
            struct.unpack(f"<{count}Q", addresses),
            sizes,
            struct.unpack(f"<{count}Q", values),
            strict=True,
        )
        found = [Access(*row) for row in rows]
        assert [a.step for a in found] == sorted(a.step for a in found)
        assert all(1 <= a.size <= 8 and a.value < 1 << 8 * a.size for a in found)
        return found

    def bytes_at(self, address: int, size: int, position: int) -> bytes:
        """Rebuild memory before step `position` from the snapshot and the writes."""
        memory: dict[int, int] = {}
        for low, contents in self.recording.snapshot:
            if low < address + size and low + len(contents) > address:
                memory.update(zip(range(low, low + len(contents)), contents, strict=True))
        for w in self.writes:
            if w.step < position:
                memory.update(enumerate(w.value.to_bytes(w.size, "little"), w.address))
        return bytes(memory[address + i] for i in range(size))


SUM = r"""
#include <stdio.h>
static int total = 5;
static int sum(int a, int b) { int s = a + b; total += s; return s; }
int main(void) { int n = sum(1, 2); printf("%d\n", n); return total; }
"""


def test_a_call_is_followed_and_another_stepped_over() -> None:
    binary = compile_c(SUM, "-O0", "-no-pie", "-fcf-protection=none")
    run = Run(binary, "main", "sum")
    image = read_image(binary.read_bytes(), "p")
    main, callee = image.function("main"), image.function("sum")
    assert (run.report.ending.reason, run.pcs[0]) == ("returned", main.low)
    assert run.pcs[-1] == run.report.ending.pc
    assert not main.low <= run.pcs[-1] < main.high
    assert all(main.low <= pc < main.high or callee.low <= pc < callee.high for pc in run.pcs[:-1])
    assert callee.low in run.pcs
    over = [i for i, flag in enumerate(run.recording.over) if flag]
    code = dict(run.recording.code)[main.low]
    assert len(over) == 1
    assert code[run.pcs[over[0]] - main.low] == 0xE8
    assert run.pcs[over[0] + 1] == run.pcs[over[0]] + 5
    assert run.states[-1]["rsp"] == run.states[0]["rsp"] + 8
    assert run.states[-1]["rax"] == 8
    for i in range(run.count - 1):
        if run.pcs[i + 1] != run.pcs[i] + run.recording.sizes[i]:
            assert code[run.pcs[i] - main.low] in (0xE8, 0xC3) or callee.low <= run.pcs[i] < callee.high


def test_writes_and_reads_belong_to_their_step() -> None:
    binary = compile_c(SUM, "-O0", "-no-pie", "-fcf-protection=none")
    run = Run(binary, "main", "sum")
    first = run.states[0]
    assert run.writes[0] == Access(0, first["rsp"] - 8, 8, first["rbp"])
    total = read_image(binary.read_bytes(), "p").symbol("total").address
    assert [(w.size, w.value) for w in run.writes if w.address == total] == [(4, 8)]
    assert [(r.size, r.value) for r in run.reads if r.address == total] == [(4, 5), (4, 8)]
    step = next(w.step for w in run.writes if w.address == total)
    assert run.bytes_at(total, 4, step) == (5).to_bytes(4, "little")
    assert run.bytes_at(total, 4, step + 1) == (8).to_bytes(4, "little")
    assert run.bytes_at(first["rsp"], 8, 0) == run.pcs[-1].to_bytes(8, "little")


OVER = r"""
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static int order[5] = {5, 4, 3, 2, 1};
static int compare(const void *a, const void *b) { return *(int *)a - *(int *)b; }
int main(void) {
    char text[40];
    int number = 1;
    char *block = malloc(64);
    memset(text, 'a', sizeof text);
    qsort(order, 5, sizeof *order, compare);
    strcpy(block, "on the heap");
    read(0, text + 3, 20);
    return number + text[3] + block[0];
}
"""


@pytest.mark.parametrize("kind", [("-static",), ()])
def test_what_code_stepped_over_changed_is_known(kind: tuple[str, ...]) -> None:
    binary = compile_c(OVER, "-O0", "-w", *kind)
    run = Run(binary, "main", stdin=b"0123456789")
    image = read_image(binary.read_bytes(), "p", load_bias(binary.read_bytes()))
    order = image.symbol("order").address
    assert run.bytes_at(order, 20, 0) == struct.pack("<5i", 5, 4, 3, 2, 1)
    assert run.bytes_at(order, 20, run.count) == struct.pack("<5i", 1, 2, 3, 4, 5)
    final = run.states[-1]
    text = next(w.address for w in run.writes if w.value == int.from_bytes(b"a" * 8, "little"))
    stack = run.bytes_at(run.recording.stack[0], final["rsp"] - run.recording.stack[0], run.count)
    assert b"aaa0123456789aaaa" in stack
    heap = next((low, data) for low, data in run.recording.snapshot[::-1])
    assert heap[0] <= text or text >= run.recording.stack[0]
    written = {w.address + i: b for w in run.writes for i, b in enumerate(w.value.to_bytes(w.size, "little"))}
    assert any(bytes(written.get(a + i, 0) for i in range(11)) == b"on the heap" for a in written)
    assert min(w.address for w in run.writes if w.address > 0x7FFF_0000_0000) >= run.recording.stack[0]


CALLBACK = r"""
#include <stdlib.h>
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
int main(void) { int v[] = {3, 1, 2}; qsort(v, 3, sizeof *v, compare); return v[0]; }
"""


def test_a_callback_is_reached_through_code_stepped_over() -> None:
    run = Run(compile_c(CALLBACK, "-O0", "-w"), "main", "compare")
    compare_at = watch(compile_c(CALLBACK, "-O0", "-w"), "compare").start
    entered = [i for i, pc in enumerate(run.pcs) if pc == compare_at]
    assert len(entered) >= 2
    for i in entered:
        assert run.recording.over[i - 1] == 1
    assert run.report.ending.reason == "returned"


FALLS = r"""
__asm__(".type first,@function; first: nop; mov $1,%eax; .size first,.-first;"
        ".type second,@function; second: add $1,%eax; ret; .size second,.-second;");
extern int first(void), second(void);
static int loop(void) { int n = 0; for (int i = 0; i < 3; i++) n += i; return n; }
int main(void) { int n = loop(); n += first(); return n + loop(); }
"""


def test_code_that_runs_on_behind_the_end_of_a_recorded_function_is_stepped_over() -> None:
    binary = compile_c(FALLS, "-O0", "-fcf-protection=none")
    run = Run(binary, "main", "first", "loop")
    first = watch(binary, "first")
    assert run.report.ending.reason == "returned"
    inside = [i for i, pc in enumerate(run.pcs) if first.start <= pc < first.ranges[0][1]]
    assert [run.recording.over[i] for i in inside] == [0, 1]
    assert sum(run.recording.over) == 1
    assert run.states[inside[-1] + 1]["rax"] == 2
    assert run.report == run_here(run.job, native=False)


def test_a_recording_of_many_chunks_is_whole() -> None:
    source = "int f(int n) { int s = 0; for (int i = 0; i < n; i++) s += i * n; return s; }"
    source += "int main(void) { return f(1000) == 499500000 ? 3 : 4; }"
    run = Run(compile_c(source, "-O0"), "main", "f")
    assert run.count > 7000
    assert [w.value for w in run.writes if w.value == 499500000]
    counted = [s["rax"] for s in run.states]
    assert counted[-1] == 3
    loop = max(set(run.pcs), key=run.pcs.count)
    assert run.pcs.count(loop) in (1000, 1001)
    assert run.report == run_here(run.job, native=False)


REPEAT = r"""
int work(char *p) {
    long n = 5;
    __asm__ volatile("mov $7, %%ecx; lea (%0), %%rdi; mov $1, %%al; rep stosb; mov $0, %%ecx; rep stosb;"
                     "mov $3, %%ecx; lea (%0), %%rsi; lea 100(%0), %%rdi; rep movsq" ::"r"(p)
                     : "rdi", "rsi", "rcx", "rax", "memory");
    return n;
}
int main(void) { char b[300] = {0}; return work(b) - 5; }
"""


def test_a_repeated_instruction_is_a_step_an_iteration() -> None:
    run = Run(compile_c(REPEAT, "-O0", "-w", "-static"), "work")
    repeated = [pc for pc, after in zip(run.pcs, run.pcs[1:], strict=False) if pc == after]
    assert len(repeated) == 6 + 0 + 2
    counts = {pc: run.pcs.count(pc) for pc in run.pcs}
    assert sorted(n for n in counts.values() if n > 1) == [3, 7]


def test_the_start_may_be_never_reached_or_the_end_an_exit() -> None:
    source = "#include <stdlib.h>\nint never(void) { return 1; }\n"
    source += "int main(int c, char **v) { if (c > 5) never(); exit(4); }"
    binary = compile_c(source, "-O0", "-w")
    report = emulated(binary, watch=watch(binary, "never"))
    assert (report.ending.reason, report.recording) == ("exited", None)
    run = Run(binary, "main")
    assert (run.report.ending.reason, run.report.ending.status) == ("exited", 4)
    assert run.recording.over[-1] == 1
    assert run.count == sum(1 for pc in run.pcs[:-1])


def test_a_recursive_function_returns_at_its_own_level() -> None:
    source = "int f(int n) { return n ? n * f(n - 1) : 1; } int main(void) { return f(5); }"
    run = Run(compile_c(source, "-O0"), "f", "main")
    assert run.report.ending.reason == "returned"
    assert run.pcs.count(run.pcs[0]) == 6
    assert run.states[-1]["rax"] == 120


def test_too_many_steps_are_a_limit() -> None:
    run = Run(compile_c("int main(void) { for (;;); }"), "main", max_steps=50)
    assert run.report.ending.reason == "limit"
    assert run.report.ending.detail.startswith("steps: the recording has 50 steps; raise max_steps")
    assert run.count == 50


@pytest.mark.parametrize(
    ("body", "ending"), [("*(volatile int *)8 = 1;", ("signal", 11)), ('__asm__("ud2");', ("signal", 4))]
)
def test_a_crash_is_recorded_up_to_the_instruction(body: str, ending: tuple[str, int]) -> None:
    run = Run(compile_c(f"int main(void) {{ {body} return 0; }}", "-O0"), "main")
    assert (run.report.ending.reason, run.report.ending.signal) == ending
    assert run.pcs[-1] == run.pcs[-2] == run.report.ending.pc


@pytest.mark.parametrize("store", ["push %rax", "mov %rax, -8(%rsp)", "call 1f\\n1:"])
def test_a_write_that_was_refused_has_not_been(store: str) -> None:
    source = f"""
    #include <signal.h>
    #include <stdlib.h>
    static void bad(int s) {{ exit(0); }}
    __attribute__((noinline)) static void store(void) {{
        __asm__ volatile("mov $0x10004, %esp\\n\\t{store}");
    }}
    static char own[65536];
    int main(void) {{
        stack_t other = {{own, 0, sizeof own}};
        struct sigaction action = {{.sa_handler = bad, .sa_flags = SA_ONSTACK}};
        sigaltstack(&other, 0);
        sigaction(SIGSEGV, &action, 0);
        store();
    }}
    """
    run = Run(compile_c(source, "-O0", "-static"), "store")
    assert run.report.ending.reason == "exited"
    assert not [write for write in run.writes if write.address < 0x10004]


def test_everything_steps_into_libraries() -> None:
    binary = compile_c(SUM, "-O0")
    plain, whole = Run(binary, "main", "sum"), Run(binary, "main", everything=True)
    assert whole.report.ending == plain.report.ending
    assert whole.count > 20 * plain.count
    assert not any(whole.recording.over)
    assert {s["rip"] for s in plain.states} <= {s["rip"] for s in whole.states}
    low = dict(whole.recording.code)
    assert sum(map(len, low.values())) >= len({s["rip"] for s in whole.states[:-1]})


def test_recording_may_start_at_the_entry_of_the_program() -> None:
    binary = compile_c("int main(void) { return 0; }", "-static", cc="musl-gcc")
    entry = read_image(binary.read_bytes(), "p").entry
    run = Run(binary, "main", start=entry, everything=True)
    assert run.pcs[0] == entry
    assert run.report.ending.reason == "exited"
    first = run.states[0]
    names = [n for n in first if n.startswith("r") and n not in ("rip", "rsp")]
    assert all(first[n] == 0 for n in names)
    assert all(first[f"xmm{n}"] == 0 for n in range(16))
    assert first["eflags"] == 0x202


@pytest.mark.parametrize("kind", [("-static",), ("-no-pie",), ("-pie",)])
def test_a_function_is_entered_directly_with_given_registers(kind: tuple[str, ...]) -> None:
    source = "long f(long a, long b) { long s = a + 2 * b; return s; } int main(void) { return f(1, 2); }"
    binary = compile_c(source, "-O0", "-fcf-protection=none", *kind)
    given = {"rsp": 0x7FFFFFFFE518, "rbp": 0x400580, "rdi": 5, "rsi": 7, "xmm3": 1 << 100}
    run = Run(binary, "f", registers=given)
    first = run.states[0]
    assert {name: first[name] for name in given} == given
    assert first["rax"] == first["r12"] == 0
    assert first["eflags"] == 0x202
    program = binary.read_bytes()
    entry = read_image(program, "p", load_bias(program)).entry
    assert run.report.ending.reason == "returned"
    assert (run.pcs[-1], run.states[-1]["rax"]) == (entry, 19)
    assert run.bytes_at(0x7FFFFFFFE518, 8, 0) == entry.to_bytes(8, "little")
    assert run.writes[0] == Access(0, 0x7FFFFFFFE510, 8, 0x400580)


def test_without_a_stack_pointer_main_gets_its_arguments() -> None:
    run = Run(compile_c("int main(int c, char **v) { return v[0][0]; }", "-O0"), "main", registers={"rbx": 9})
    first = run.states[0]
    assert (first["rdi"], first["rbx"]) == (1, 9)
    assert first["rsp"] % 16 == 8
    assert run.states[-1]["rax"] == ord("/")


@pytest.mark.parametrize(
    ("registers", "message"),
    [({"rbq": 1}, "no register rbq"), ({"rsp": 0x1000}, "cannot start with rsp 0x1000: no stack is there")],
)
def test_registers_that_cannot_be_are_errors(registers: dict[str, int], message: str) -> None:
    binary = compile_c("int main(void) { return 0; }")
    with pytest.raises(MachineError, match=message):
        Run(binary, "main", registers=registers)


def test_a_bound_of_the_run_ends_a_recording_with_what_there_is() -> None:
    source = "int main(void) { volatile int n = 0; for (;;) n++; }"
    run = Run(compile_c(source, "-static"), "main", limits=Limits(instructions=100_000), max_steps=1_000_000)
    assert run.report.ending.reason == "limit"
    assert run.count > 10_000


def test_mappings_and_modules_are_those_of_the_start() -> None:
    binary = compile_c(SUM, "-O0")
    report = Run(binary, "main").report
    names = [m.path.rsplit("/", 1)[-1] for m in report.modules]
    assert names == [binary.name, "ld-linux-x86-64.so.2", "libc.so.6"]
    assert report.modules[0].bias == 0x555555554000
    rows = {row.name for row in report.mappings}
    assert {"[stack]", "[vdso]", report.modules[2].path} <= rows
    libc = report.modules[2]
    mapped = [row for row in report.mappings if row.name == libc.path]
    assert libc.low == mapped[0].low == libc.bias
    assert {row.permissions for row in mapped} == {"r--p", "r-xp", "rw-p"}
