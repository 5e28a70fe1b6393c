"""Expressions follow C where they speak of C's variables: conversions, pointers, types, enumerators, literals."""

from __future__ import annotations

import pytest

from stackreel.binary import read_debug, read_image
from stackreel.claims import ExpressionError, evaluate
from stackreel.claims.restate import restated
from stackreel.claims.subjects import Recorded, TraceSubject
from stackreel.example import load_example
from stackreel.frames import Analyst
from stackreel.machine.pool import Emulator
from stackreel.trace.recorder import record
from stackreel.trace.request import Request, request_for
from support.build import compile_c
from support.project import ROOT

PROGRAM = r"""
typedef struct node { int value; struct node *next; } node_t;
typedef enum { RED, GREEN = 3, BLUE } colour;
enum { LIMIT = 64 };
int HIDDEN = 3, SHOWN = 4;
int table[4] = { 10, 20, 30, 40 };
int cx = 5;

int main(void) {
    enum { LOCAL = 9, HIDDEN = 8 };
    long l = -1;
    unsigned long ul = -1ul;
    int i = -1;
    unsigned ui = 4294967295u;
    unsigned char uc = 200;
    signed char neg = -1;
    short sh = -2;
    char ch = 'x', sp = '"';
    float half = 0.5f;
    double sm = 1e-7, huge = 1e300;
    long long wide = -2;
    node_t second = { 2, 0 }, n = { 1, &second };
    node_t *np = &n;
    int *ip = table, **pp = &ip;
    int part[4];
    void *raw = table;
    colour c = GREEN;
    char text[8] = "a\xff\n";
    char *msg = text;
    part[1] = 7;
    return l + ul + i + ui + uc + neg + sh + ch + sp + np->value + **pp + part[1] + c + *msg + LOCAL + LIMIT + HIDDEN
        + (raw != 0) + half + sm + huge + wide;
}
"""


def _recorded(program: bytes, name: str, request: Request) -> Recorded:
    with Emulator(1) as emulator:
        trace = record(request, emulator)
    image = read_image(program, name, trace.program.bias)
    debug = read_debug(image)
    return Recorded(trace, image, debug, Analyst(trace, image, debug), {})


@pytest.fixture(scope="module")
def here() -> TraceSubject:
    binary = compile_c(PROGRAM, "-O0", "-g", "-fno-pie", "-no-pie", "-static", "-fno-stack-protector")
    program = binary.read_bytes()
    run = _recorded(program, "it", Request(program, "/bin/it", ("/bin/it",), functions=("main",)))
    return run.at(f"step {len(run.trace) - 2}")


TRUE = [
    # conversions: one order, whatever is compared
    "l == ul", "not l < ul", "l == -1", "ul == -1", "ul == 0xffffffffffffffff", "i == ui", "ui == -1",
    "not ui < -1", "uc == 200", "not uc == -56", "uc > -56", "neg == -1", "not neg == 255", "neg < 0",
    "sh == -2", "not sh == 65534", "sh < 0", "uc + 100 == 300", "-uc == -200", "~uc == -201", "ui + 1 == 0",
    "i >> 1 == -1", "ui / 2 == 2147483647", "i / 2 == 0", "uc << 1 == 400", "'\\xff' == neg",
    "[&sh]:u16 == 65534", "[&sh]:i16 == -2", "not [&uc]:i8 == 200", "[&ul]:u64 == -1",
    # registers and untyped memory are bits
    "[&l] == -1", "[&l] == 0xffffffffffffffff", "[&l] == l", "[&l] == ul", "rip != -1",
    # pointers
    "ip == &table[0]", "ip + 1 == &table[1]", "1 + ip == &table[1]", "*(ip+1) == 20", "&table[3] - &table[1] == 2",
    "**pp == 10", "*pp == ip", "*(*pp + 2) == 30", "*&i == -1", "*table == 10", "*(table + 1) == 20",
    "(ip + 1)[1] == 30", "np + 1 - np == 1", "(*n.next).value == 2", "n.next->value == 2", "np->next->value == 2",
    "(&n)->value == 1", "&*ip == ip", "&(*ip) == table", "np->next == &second", "raw + 1 == [&raw] + 1",
    "*(part + 1) == 7", "part + 1 == &part[1]", "ip % 4 == 0", "rsp - &i != 0", "(&n)->next - &second == 0",
    # casts, sizes
    "(long)&table[3] - (long)&table[1] == 8", "(char *)&table[3] - (char *)&table[1] == 8", "(int)[&l]:u32 < 0",
    "(unsigned char)sh == 254", "((struct node *)[&np])->value == 1", "(int)3.7 == 3", "((node_t *)[&np])->value == 1",
    "(uint8_t)l == 255", "*(int *)[&ip] == 10",
    "sizeof(int) == 4", "sizeof(struct node) == 16", "sizeof(node_t) == 16", "sizeof(char *) == 8",
    "sizeof(int[3]) == 12", "sizeof(unsigned long) == 8", "sizeof(rsp) == 8", "sizeof(eax) == 4",
    "sizeof([rsp]:i8) == 1", "sizeof([rsp]) == 8", "sizeof([rsp]:f32) == 4", "sizeof(uc + 1) == 4",
    "sizeof(table) == 16", "sizeof(n.next) == 8", "sizeof(*np) == 16", "sizeof(uint16_t) == 2", "sizeof(main.l) == 8",
    # enumerators
    "c == GREEN", "c != RED", "BLUE == 4", "LIMIT == 64", "LOCAL == 9", "c < BLUE", "HIDDEN == 8", "SHOWN == 4",
    # names
    "main.ch == 'x'", "main.sp == '\"'", "*&cx == 5", "*&ch == 'x'", "$rsp == rsp", "$sp == (rsp & 0xffff)",
    "&ch == rbp - (rbp - (long)&ch)",
    # literals
    "sm == 1e-7", "sm == 1E-07", "huge == 1.0e+300", "half == 5e-1",
    'text == "a\\xff\\n"', 'text == "a\\377\\012"', "text[1] == '\\377'", "text[1] == '\\xFF'", "text[3] == '\\0'",
    '[msg]:str == "a\\377\\n"', "text[0] == '\\x61'", "text[0] == '\\141'", "'\\'' == 39", "'\\\\' == 92",
    'main.sp == \'"\'', "'&' + '|' == 162", '"a && b" == "a \\x26& b"',
]  # fmt: skip


@pytest.mark.parametrize("text", TRUE)
def test_what_c_says_is_so(here: TraceSubject, text: str) -> None:
    assert evaluate(text, here).holds


VALUES = {
    "c": "GREEN",
    "GREEN": "GREEN",
    "GREEN:d": "3",
    "text": r'"a\377\n"',
    "[msg]:str": r'"a\377\n"',
    "*np->next": "{value = 2, next = 0x0}",
    "ip[2]": "30",
    "(unsigned)i": "4294967295",
    "(double)i": "-1.0",
}


@pytest.mark.parametrize("text", VALUES)
def test_values_print(here: TraceSubject, text: str) -> None:
    assert str(evaluate(text, here)) == VALUES[text]


def test_a_string_is_claimable_as_it_is_printed(here: TraceSubject) -> None:
    for text in ("text", "[msg]:str"):
        assert evaluate(f"{text} == {evaluate(text, here)}", here).holds


WRONG = {
    "i != 42 && i != 120": (9, "`&&` is written `and`"),
    "i == 1 || i == 2": (8, "`||` is written `or`"),
    "!(i == 1)": (1, "`!` is written `not`"),
    "1 < 2 < 3": (1, "comparisons do not chain: write `1 < 2 and 2 < 3`"),
    "i == i == 1": (1, "write `i == i and i == 1`"),
    "017 == 15": (1, "`017` is octal in C, which is not known here: write `15` or `0xf`, or `17`"),
    "08": (1, "`08` begins with 0, as octal numbers of C do: write `8`"),
    "ch": (1, "`ch` is a register and a variable of main: write `$ch` for the register, `main.ch` for the"),
    "i == 1 and sp == 2": (12, "`sp` is a register and a variable of main: write `$sp`"),
    "cx": (1, "`cx` is a register and a variable: write `$cx` for the register, `*&cx` for the variable"),
    "sizeof(ch)": (8, "`ch` is a register and a variable of main"),
    "&table[1] - &n": (1, "pointers to `int` and to `node_t` have no difference; for bytes write `(long)`"),
    "ip + np": (1, "two pointers have no sum"),
    "&i - rsp": (1, "have no difference in elements; for bytes write `(long)`"),
    "*rsp": (2, "`rsp` is a register, which has no type of C: `[rsp]:i32` reads memory"),
    "*(rsp + 8)": (1, "`*` needs a pointer that has a type; `[address]:i32` reads memory"),
    "*raw": (1, "`*` needs a pointer, not void *"),
    "rsp->x": (1, "`rsp` is a register"),
    "sizeof(struct gone)": (1, "the program has no type `struct gone`"),
    "sizeof(gone)": (8, "no variable `gone` in main"),
    "sizeof(3 == 3)": (
        8,
        "a comparison has no size here; types, variables, registers and memory have a size",
    ),
    "sizeof(5)": (8, "a whole number has no size here; types, variables, registers and memory have a size"),
    "sizeof([rsp]:str)": (8, "text has no size here"),
    "sizeof(ZF)": (8, "`ZF` is one bit"),
    "(struct node)i": (1, "a whole number cannot be converted to `struct node`"),
    "'\\q'": (1, r"`\q` is no character; escapes are \n \t \0 \x41 \101"),
    '"\\x123"': (1, r"`\x123` is no character"),
    "1 == 1 or nosuch == 3": (11, "no variable `nosuch` in main"),
    "1 == 2 and nosuch == 3": (12, "no variable `nosuch` in main"),
    "main.il": (1, "no variable `il` in `main` at this moment; there are "),
    "xmm99": (1, "no variable or register `xmm99` in main; there are "),
    "i" + "[0]" * 600: (1, "more than 210 operations, one inside the other"),
    "n" + ".next" * 300: (1, "more than 210 operations, one inside the other"),
    "not " * 220 + "1 == 1": (841, "more than 210 operations, one inside the other"),
    "$nope": (1, "no variable or register `$nope`"),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_c_does_not_have_is_told(here: TraceSubject, text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, here)
    column, words = WRONG[text]
    assert words in caught.value.message
    assert caught.value.place is not None
    assert caught.value.place.column == column


@pytest.mark.parametrize("text", ["nx", "main.nx"])
def test_a_misspelt_variable_names_eight_at_most_and_the_near_ones_first(
    here: TraceSubject, text: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, here)
    listed = caught.value.message.split("there are ")[1].split("\n")[0]
    assert listed.count(",") == 7
    assert " more" in listed
    assert "n" in caught.value.near or "np" in caught.value.near


@pytest.mark.parametrize(("text", "meant"), [("rflags", "eflags"), ("xmm99", "xmm15"), ("r16", "r15")])
def test_what_looks_like_a_register_names_registers(here: TraceSubject, text: str, meant: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, here)
    assert meant in caught.value.near
    assert meant in caught.value.message.split("registers like it are ")[1]


@pytest.mark.parametrize(
    ("claim", "mended"),
    [
        ("c == RED and i == -1", "c == GREEN and i == -1"),
        ("text[1] == 'b'", "text[1] == '\\377'"),
        ('text == "b"', 'text == "a\\377\\n"'),
        ("sh == 0x5", "sh == -0x2"),
        ("sh == 0b1 and neg == 0x7", "sh == -0b10 and neg == -0x1"),
        ("uc == 0x5", "uc == 0xc8"),
        ("i == 0x5", "i == 0xffffffff"),
        ("i == 5", "i == -1"),
        ("wide == 0x5", "wide == 0xfffffffffffffffe"),
        ("uc == 'a'", "uc == 200"),
        ("ui == 'a'", "ui == '\\377'"),
        ("half == 'a'", "half == 0.5"),
        ("sm == 1.0", "sm == 1e-07"),
        ("huge == 1", "huge == 1e+300"),
    ],
)
def test_what_is_mended_is_claimable(here: TraceSubject, claim: str, mended: str) -> None:
    assert restated(claim, here) == mended
    assert evaluate(mended, here).holds


@pytest.mark.parametrize("claim", ["huge * huge == 1.0", "huge * huge - huge * huge == 1.0", "sh < -5"])
def test_what_no_literal_makes_true_is_not_mended(here: TraceSubject, claim: str) -> None:
    assert restated(claim, here) is None


def test_both_sides_are_printed_so_that_they_differ(here: TraceSubject) -> None:
    verdict = evaluate("sh == 0xfffe", here)
    assert (verdict.right, verdict.restated) == ("0xfffe", "-0x2")


def test_go_counts_bytes_and_compares_values() -> None:
    example = load_example(ROOT / "traces" / "go-memory-1.15")
    run = _recorded(example.program, example.name, request_for(example))
    entered = run.at("enter main.sum")
    assert evaluate("(&a + 8) - &a == 8 and &b - &a == 8 and a - 2 == -1", entered).holds
    assert evaluate("main.sum.a == a and sizeof(int) == 8 and sizeof(int32) == 4", entered).holds
