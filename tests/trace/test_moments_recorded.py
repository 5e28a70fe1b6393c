"""Moments in recorded programs: each activation of a recursive function returns what its own argument asks for."""

from pathlib import Path

import pytest

from stackreel.binary import read_image
from stackreel.errors import MomentError
from stackreel.listing import list_functions
from stackreel.machine import load_bias
from stackreel.machine.pool import Emulator
from stackreel.trace import Moments, Request, program_names, record
from support.build import compile_c

SOURCE = """\
#include <setjmp.h>
static jmp_buf back;
__attribute__((noinline)) int fib(int n) {
    if (n < 2) return n;
    return fib(n - 1) + fib(n - 2);
}
__attribute__((noinline)) void jump(int depth) { if (depth) jump(depth - 1); longjmp(back, 7); }
int main(void) {
    int r = setjmp(back);
    if (!r) jump(3);
    return fib(7) + r;
}
"""
FIB = (0, 1, 1, 2, 3, 5, 8, 13)
FLAGS = (("-O0", "-g"), ("-O2", "-g"), ("-O0", "-g", "-static"))


@pytest.fixture(scope="module", params=FLAGS, ids=" ".join)
def moments(request: pytest.FixtureRequest) -> Moments:
    program = compile_c(SOURCE, *request.param).read_bytes()
    wanted = Request(program, "/program", ("program",), functions=("main", "fib", "jump"))
    with Emulator(1) as emulator:
        trace = record(wanted, emulator)
    return Moments(trace, program_names(program, "program"), {})


def activations(moments: Moments, function: str) -> int:
    count = 0
    while True:
        try:
            moments.resolve(f"enter {function} #{count + 1}")
        except MomentError:
            return count
        count += 1


def test_every_activation_leaves_with_its_own_result(moments: Moments) -> None:
    trace, entered = moments.trace, activations(moments, "fib")
    assert entered > 10
    for n in range(1, entered + 1):
        start, end = moments.resolve(f"enter fib #{n}"), moments.resolve(f"leave fib #{n}")
        assert trace.register("eax", end) == FIB[trace.register("edi", start)]
        assert trace.register("rsp", end) == trace.register("rsp", start) + 8
        assert trace.memory(start).read(trace.register("rsp", start), 8) == trace.pc(end).to_bytes(
            8, "little"
        )


def test_longjmp_leaves_all_it_jumps_over_at_once(moments: Moments) -> None:
    entered = activations(moments, "jump")
    assert entered in (1, 4)  # the compiler may make a loop of it
    ends = {moments.resolve(f"leave jump #{n}") for n in range(1, entered + 1)}
    assert len(ends) == 1
    (end,) = ends
    assert moments.trace.register("eax", end) == 7
    assert moments.names.function_at(moments.trace.pc(end)) == moments.names.function("main")


def test_main_leaves_at_the_end(moments: Moments) -> None:
    assert moments.resolve("leave main") == len(moments.trace)
    assert moments.trace.register("eax", len(moments.trace)) == 20


def test_a_line_with_two_calls_is_done_after_both(moments: Moments) -> None:
    done = moments.resolve("after program.c:5")
    assert moments.trace.register("eax", done) in FIB
    assert done > moments.resolve("leave fib #2")


def test_every_position_has_a_spelling_that_means_it(moments: Moments) -> None:
    for k in range(len(moments.trace) + 1):
        assert moments.resolve(moments.spell(k)) == k


def test_functions_of_one_name_are_told_apart_by_their_lines(tmp_path: Path) -> None:
    other = tmp_path / "other.c"
    other.write_text("static int twin(int x) { return x + 2; }\nint outer(int x) { return twin(x); }\n")
    source = "int outer(int);\n\nstatic int twin(int x) { return x + 1; }\nint main(void) { return twin(outer(4)); }"
    program = compile_c(source, "-O0", "-g", str(other)).read_bytes()
    image = read_image(program, "program", load_bias(program))
    assert len(image.functions("twin")) == 2
    wanted = Request(program, "/program", ("program",), functions=("main", "outer", "twin"))
    with Emulator(1) as emulator:
        trace = record(wanted, emulator)
    moments = Moments(trace, program_names(program, "program"), {})
    for text in ("enter twin", "twin+4", "after twin+4", "twin"):
        with pytest.raises(MomentError, match="has 2 local functions named twin: at 0x") as caught:
            moments.resolve(text)
        assert caught.value.near == ("other.c:1", "program.c:3")
    lows = [trace.pc(moments.resolve(near)) for near in ("other.c:1", "program.c:3")]
    assert [image.function_at(low) for low in lows] == list(image.functions("twin"))
    listing = list_functions(image, None, ("twin",), "att")
    assert [f.low for f in listing.functions] == [f.low for f in image.functions("twin")]
