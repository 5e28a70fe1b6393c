"""Every instruction of a static glibc binary, and a file of rare ones, against objdump; listings against gdb."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest

from stackreel.binary import DebugInfo, read_image
from stackreel.listing import as_gdb, as_objdump, list_functions
from stackreel.listing.decode import decode
from support.build import compile_c

Syntax = Literal["att", "intel"]

PROGRAM = """
#include <complex.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
static int less(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
static void *work(void *p) { return p; }
int main(int argc, char **argv) {
    int v[3] = {3, argc, 2};
    pthread_t t;
    regex_t r;
    qsort(v, 3, sizeof v[0], less);
    setlocale(LC_ALL, "");
    pthread_create(&t, 0, work, 0);
    if (regcomp(&r, argv[0], 0) == 0) regexec(&r, "x", 0, 0, 0);
    wprintf(L"%ls", L"x");
    long double l = sinl(argc) + tgammal(argc) + fmal(argc, 2, 3);
    printf("%f %Lf %f", sin(argc) + exp(argc) + pow(argc, 2.5) + tan(argc), l, cabs(csqrt(argc)));
    return scanf("%d", v) + strtol(argv[0], 0, 10);
}
"""

DIFFERENCES: dict[str, tuple[str, Callable[[str, str], bool]]] = {
    "ud1": (
        "Capstone ends ud1 after two bytes; binutils reads a ModRM byte too, as newer processors do",
        lambda want, got: want.startswith("ud1 "),
    ),
    "callw": (
        "66 before a call: binutils shows AMD's 16-bit form, Capstone Intel's, two bytes longer",
        lambda want, got: want.startswith("callw "),
    ),
}
"""All differences in spelling from binutils 2.40, by name: reason, and which pairs (objdump, ours) they cover."""


def objdump(binary: Path, syntax: Syntax) -> Iterator[tuple[int, bytes, str]]:
    """Yield address, bytes and text without symbols of every instruction objdump prints."""
    flags = ["-M", "intel"] if syntax == "intel" else []
    out = subprocess.run(
        ["objdump", "-d", "-w", *flags, str(binary)], capture_output=True, text=True, check=True
    ).stdout
    for line in out.splitlines():
        fields = line.split("\t")
        if len(fields) == 3:
            text = fields[2].partition("#")[0].rstrip()
            plain = re.sub(r" <[^>]*>$", "", text)
            if plain != text or re.match(r"(?:\w+ )*(?:call|j\w+|loop\w*)\s+[0-9a-f]+$", plain):
                plain = re.sub(r"(\s)([0-9a-f]+)$", r"\g<1>0x\2", plain)
            yield int(fields[0].strip().rstrip(":"), 16), bytes.fromhex(fields[1]), plain


def compare(binary: Path, syntax: Syntax) -> tuple[int, Counter[str], list[str]]:
    """Return the number of instructions, how many each known difference covers, and the unknown differences."""
    number, known, unknown = 0, Counter[str](), []
    for address, code, want in objdump(binary, syntax):
        number += 1
        size, spelled = decode(code, address, syntax)
        got = f"{spelled.head:<6} {spelled.operands}".rstrip()
        if got == want and size == len(code):
            continue
        row = next((name for name, (_, covers) in DIFFERENCES.items() if covers(want, got)), None)
        if row:
            known[row] += 1
        else:
            unknown.append(f"{address:#x} {code.hex()}: objdump {want!r}, ours {got!r} of {size} bytes")
    return number, known, unknown


@pytest.mark.oracle
@pytest.mark.parametrize("syntax", ["att", "intel"])
def test_every_instruction_of_a_static_glibc_binary(syntax: Syntax) -> None:
    binary = compile_c(PROGRAM, "-O2", "-static", "-lm", "-lpthread")
    number, known, unknown = compare(binary, syntax)
    print(f"{syntax}: {number} instructions, known differences: {dict(known)}, others: {len(unknown)}")
    assert number > 150_000
    assert unknown[:20] == []
    assert sum(known.values()) <= 10


@pytest.mark.oracle
@pytest.mark.parametrize("syntax", ["att", "intel"])
def test_rare_instructions(syntax: Syntax) -> None:
    rare = Path(__file__).parent / "rare.s"
    binary = compile_c(rare, "-c", "-Wa,-W", cc="gcc")
    number, known, unknown = compare(binary, syntax)
    assert number > 200
    assert unknown == []
    assert set(known) == set(DIFFERENCES), "a row of the table covers nothing any more"


PROGRAMS = {
    "calls": """
#include <stdio.h>
static double half(double x) { return x / 2; }
int counter;
struct pair { long a, b; } both;
int sum(int a, int b) {
    int s = a + b;

    /* a comment between */
    counter += s;
    return s;
}
int main(int argc, char **argv) {
    char text[40] = {0};
    for (int i = 0; i < argc; i++) {
        text[i] = argv[0][i];
        both.a += (int)half(i) + sum(i, 2);
    }
    puts(text);
    return sum(1, 2);
}
""",
    "switch": """
#include <stdlib.h>
int pick(int n) {
    switch (n) {
    case 0: return 3;
    case 1: return rand();
    case 2: return 11;
    case 3: exit(2);
    case 4: return 8;
    case 5: return abs(n);
    default: return n * 37;
    }
}
long fact(long n) { return n ? n * fact(n - 1) : 1; }
int main(int argc, char **argv) { return pick(argc) + (int)fact(argc); }
""",
    "literals": """
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
static const double table[] = {0.5, 1.5, 2.5};
static char word[16] = "hello";
__thread int own = 3;
const char *names[] = {"zero", "one", "two"};
double scaled(double x, int n) { return x * 3.25 + table[n % 3] - 1e-9 * n; }
float small(float x) { return x < 0.1f ? -x : x / 7.0f; }
const char *name(int n) { return n < 3 ? names[n] : "many"; }
int main(int argc, char **argv) {
    own += argc;
    printf("%s %f %f\\n", name(argc), scaled(argc, argc), small(argc));
    fputs(argc > 1 ? argv[1] : "nothing given", stderr);
    strcpy(word, "bye");
    return errno ? puts(word) : (int)fabs(-2.75 * argc);
}
""",
}
FLAGS = [
    ("-O0", "-no-pie", "-fno-pie"),
    ("-O2", "-no-pie", "-fno-pie"),
    ("-O2", "-pie", "-fPIE"),
    ("-O1", "-static"),
    ("-O1", "-static-pie", "-fPIE"),
    ("-O1", "-pie", "-fPIE", "-fno-plt"),
]
FUNCTIONS = {
    "calls": ["main", "sum"],
    "switch": ["main", "pick", "fact"],
    "literals": ["main", "scaled", "small", "name"],
}
CASES = [(name, flags, syntax) for name in PROGRAMS for flags in FLAGS for syntax in ("att", "intel")]


def gdb(binary: Path, syntax: Syntax, *commands: str) -> str:
    return subprocess.run(
        ["gdb", "-nx", "-batch", "-ex", f"set disassembly-flavor {syntax}"]
        + [part for command in commands for part in ("-ex", command)]
        + [str(binary)],
        capture_output=True,
        text=True,
        check=True,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin", "HOME": "/"},
    ).stdout


def printed(binary: Path, function: str, *flags: str) -> str:
    """Return what objdump prints of a function, from the empty line before its name on."""
    out = subprocess.run(
        ["objdump", "-d", f"--disassemble={function}", *flags, str(binary)],
        capture_output=True,
        text=True,
        check=True,
        cwd=binary.parent,
    ).stdout
    heading = out.index(f" <{function}>:\n") - len("\n" + 16 * "0")
    return out[heading:].split("\n\nDisassembly")[0].rstrip("\n") + "\n"


@pytest.mark.oracle
@pytest.mark.parametrize(("name", "flags", "syntax"), CASES)
def test_functions_as_gdb_and_objdump_print_them(name: str, flags: tuple[str, ...], syntax: Syntax) -> None:
    binary = compile_c(PROGRAMS[name], "-g", "-fcf-protection=full", *flags)
    functions = FUNCTIONS[name]
    image = read_image(binary.read_bytes(), binary.name)
    listing = list_functions(image, None, functions, syntax)
    plain = gdb(binary, syntax, *(f"disassemble {f}" for f in functions))
    assert as_gdb(listing) == plain
    raw = gdb(binary, syntax, *(f"disassemble /r {f}" for f in functions))
    assert as_gdb(listing, raw=True) == raw
    for function in functions:
        alone = list_functions(image, None, [function], syntax)
        for show in (True, False):
            more = ["-M", syntax, *([] if show else ["--no-show-raw-insn"])]
            assert as_objdump(alone, image.bfd, raw=show) == printed(binary, function, *more)


@pytest.mark.oracle
@pytest.mark.parametrize("syntax", ["att", "intel"])
def test_literals_are_named_after_the_symbol_before_them(syntax: Syntax) -> None:
    """No symbol of gdb's reaches a string literal; objdump names one all the same."""
    binary = compile_c(PROGRAMS["literals"], "-O1", "-pie", "-fPIE")
    image = read_image(binary.read_bytes(), binary.name)
    listing = list_functions(image, None, ["name"], syntax)
    assert re.search(r"# [0-9a-f]+ <_IO_stdin_used\+0x[0-9a-f]+>$", as_objdump(listing, image.bfd), re.M)
    assert re.search(r"# 0x[0-9a-f]+$", as_gdb(listing), re.M)


@pytest.mark.oracle
@pytest.mark.parametrize(("name", "flags", "syntax"), CASES)
def test_source_lines_as_gdb_and_objdump_print_them(
    name: str, flags: tuple[str, ...], syntax: Syntax
) -> None:
    binary = compile_c(PROGRAMS[name], "-g", "-fcf-protection=full", *flags)
    image = read_image(binary.read_bytes(), binary.name)
    functions = FUNCTIONS[name]
    listing = list_functions(image, DebugInfo(image), functions, syntax)
    source = {"program.c": PROGRAMS[name].splitlines()}
    mixed = gdb(binary, syntax, f"directory {binary.parent}", *(f"disassemble /s {f}" for f in functions))
    assert as_gdb(listing, source=source) == mixed[mixed.index("Dump") :]
    if "-O0" not in flags:
        return  # of several lines at one address objdump shows others than gdb, whose line table we have
    alone = list_functions(image, DebugInfo(image), functions[:1], syntax)
    assert as_objdump(alone, image.bfd, source=source) == printed(binary, functions[0], "-S", "-M", syntax)
