"""`stackreel run`: what passes through, what it answers, what it refuses."""

import os
import re
import signal
import struct
from pathlib import Path

import pytest

from support.build import compile_c
from support.command import inside, interrupted, into_closed_pipe, stackreel

Capture = pytest.CaptureFixture[bytes]
ECHO = """
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv) {
    for (int i = 0; i < argc; i++) printf("[%s]", argv[i]);
    char *given = getenv("GIVEN"), *path = getenv("PATH");
    printf("%s %s\\n", given ? given : "-", path ? path : "-");
    fflush(stdout);
    char buffer[64];
    long n = read(0, buffer, sizeof buffer);
    write(1, buffer, n);
    fprintf(stderr, "to stderr\\n");
    return 40 + argc;
}
"""
LOOP = "int main(void) { volatile int i = 0; for (;;) i = i + 1; }"
HUGE = """
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
int main(void) {
    void *p = mmap(0, 1UL << 40, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) { printf("refused %d\\n", errno == ENOMEM); return 0; }
    return 1;
}
"""


def test_arguments_environment_input_and_output_pass_through(tmp_path: Path) -> None:
    echo = compile_c(ECHO)
    (tmp_path / "input").write_bytes(b"a\0b\xff\n")
    done = stackreel(
        "run", "--env", "GIVEN=x=y", "--argv0", "zero", "--stdin", tmp_path / "input", echo,
        "-x", "--help", "--", "--env", "A=B",
    )  # fmt: skip
    assert done.stdout == b"[zero][-x][--help][--env][A=B]x=y -\na\0b\xff\n"
    assert done.stderr == b"to stderr\n"
    assert done.returncode == 45


def test_our_options_may_follow_the_program() -> None:
    done = stackreel("run", compile_c(ECHO), "one", "--env=GIVEN=here", "--argv0", "p", "-v")
    assert done.stdout == b"[p][one][-v]here -\n"


def test_all_that_follows_two_dashes_is_the_programs() -> None:
    echo = compile_c(ECHO)
    after = ("one", "--env", "X=1", "--argv0=p", "--help", "--", "-v")
    done = stackreel("run", "--argv0", "p", "--", echo, *after)
    assert done.stdout == b"[p][one][--env][X=1][--argv0=p][--help][--][-v]- -\n"
    assert stackreel("run", "--").stderr.strip().endswith(b"Missing argument 'ELF'.")


@pytest.mark.parametrize("everyone", [True, False])
def test_an_interrupt_ends_it_and_its_worker_in_one_line(everyone: bool) -> None:
    ready = 'int puts(const char *); int fflush(void *); int main(void) { puts("on"); fflush(0); for (;;) ; }'
    done = interrupted("run", compile_c(ready), everyone=everyone)
    assert (done.returncode, done.stdout) == (130, b"on\n")
    assert done.stderr.strip() == b"stackreel: interrupted"


def test_standard_input_is_empty_unless_asked_for() -> None:
    echo = compile_c(ECHO)
    assert stackreel("run", "--argv0", "p", echo, given=b"leak").stdout == b"[p]- -\n"
    assert stackreel("run", "--argv0", "p", "--stdin", "-", echo, given=b"meant").stdout == b"[p]- -\nmeant"


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("*(volatile int *)0 = 1;", signal.SIGSEGV),
        ("abort();", signal.SIGABRT),
        ("raise(SIGTERM);", signal.SIGTERM),
    ],
)
def test_a_program_killed_by_a_signal(body: str, number: int) -> None:
    source = f"#include <signal.h>\n#include <stdlib.h>\nint main(void) {{ {body} return 0; }}"
    done = stackreel("run", compile_c(source))
    assert done.returncode == 128 + number
    assert done.stderr == b""


def test_a_huge_mapping_is_refused_to_the_program() -> None:
    done = stackreel("run", compile_c(HUGE))
    assert (done.returncode, done.stdout) == (0, b"refused 1\n")


@pytest.mark.parametrize("limit", [("--max-instructions", "100000"), ("--timeout", "0.5")])
def test_an_endless_loop_is_stopped(limit: tuple[str, str]) -> None:
    done = stackreel("run", *limit, compile_c(LOOP))
    assert done.returncode == 125
    assert done.stderr.startswith(b"stackreel run: ")
    assert len(done.stderr.splitlines()) == 1


def elf(**changes: int) -> bytes:
    """Return a real program with fields of its ELF header changed: class, machine."""
    data = bytearray(compile_c("int main(void) { return 0; }").read_bytes())
    if "elf_class" in changes:
        data[4] = changes["elf_class"]
    if "machine" in changes:
        struct.pack_into("<H", data, 18, changes["machine"])
    return bytes(data)


@pytest.mark.parametrize(
    "bad",
    [
        ("script.sh", b"#!/bin/sh\n", "not an ELF"),
        ("empty", b"", "not an ELF"),
        ("cut", elf()[:100], "truncated"),
        ("arm", elf(machine=183), "AArch64"),
        ("old", elf(elf_class=1), "32-bit"),
    ],
)
@pytest.mark.parametrize("command", [("run",), ("trace",), ("listing",), ("figure", "--at", "start")])
def test_a_file_that_is_no_program_of_ours(
    tmp_path: Path, capfdbinary: Capture, command: tuple[str, ...], bad: tuple[str, bytes, str]
) -> None:
    name, content, said = bad
    file = tmp_path / name
    file.write_bytes(content)
    done = inside(capfdbinary, *command, file, *(["main"] if command == ("listing",) else []))
    assert done.returncode == (125 if command == ("run",) else 1)
    message = done.stderr.decode()
    assert name in message
    assert said in message
    assert command != ("run",) or len(message.splitlines()) == 1
    assert done.stdout == b""


def test_files_that_cannot_be_read(tmp_path: Path, capfdbinary: Capture) -> None:
    echo = compile_c(ECHO)
    for arguments, said in (
        ((tmp_path / "absent",), "No such file"),
        ((tmp_path,), "Is a directory"),
        (("--stdin", tmp_path / "absent", echo), "No such file"),
    ):
        done = inside(capfdbinary, "run", *arguments)
        assert done.returncode == 125
        assert said in done.stderr.decode()
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Missing argument 'ELF'"),
        (("--bogus", "program"), "No such option"),
        (("--memory", "lots", "program"), "is not a size; write 64M"),
        (("--memory", "0", "program"), "more than 0"),
        (("--env", "NAME", "program"), "write NAME=VALUE"),
        (("--timeout", "-1", "program"), "--timeout"),
        (("--max-instructions", "many", "program"), "--max-instructions"),
    ],
)
def test_wrong_usage(capfdbinary: Capture, arguments: tuple[str, ...], said: str) -> None:
    done = inside(capfdbinary, "run", *arguments)
    assert done.returncode == 2
    assert said in done.stderr.decode()


def test_memory_is_bounded() -> None:
    source = """
    #include <stdlib.h>
    #include <string.h>
    int main(void) {
        for (int i = 0; i < 64; i++) {
            char *p = malloc(1 << 20);
            if (!p) return 9;
            memset(p, i, 1 << 20);
        }
        return 0;
    }
    """
    program = compile_c(source)
    assert stackreel("run", program).returncode == 0
    assert stackreel("run", "--memory", "32M", program).returncode != 0


def test_nobody_reads_the_output() -> None:
    done = into_closed_pipe("trace", compile_c(ECHO))
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize(
    ("option", "code", "words"),
    [
        (("--memory", "1K"), 125, "uses more than 1024 bytes"),
        (("--timeout", "nan"), 2, "not a number of seconds"),
        (("--timeout", "inf"), 2, "'inf' is not a number of seconds; write 60"),
        (("--timeout", "soon"), 2, "'soon' is not a number of seconds; write 60"),
    ],
)
def test_bounds_that_are_none_are_one_message(option: tuple[str, str], code: int, words: str) -> None:
    program = compile_c("int main(void) { return 0; }", "-static")
    done = stackreel("run", *option, str(program))
    assert done.returncode == code
    assert words in str(done.stderr)
    assert "Traceback" not in str(done.stderr)


@pytest.mark.parametrize(
    "command", [("run",), ("trace",), ("listing",), ("figure", "--at", "start"), ("gdb",)]
)
@pytest.mark.parametrize("kind", ["device", "pipe", "folder", "large"])
def test_only_a_regular_file_is_read_as_a_program(
    tmp_path: Path, capfdbinary: Capture, command: tuple[str, ...], kind: str
) -> None:
    file, said = tmp_path / kind, "it is no regular file"
    if kind == "device":
        file = Path("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
        said = "Is a directory"
    else:
        file.touch()
        os.truncate(file, 1 << 40)
        said = "it has 1099511627776 bytes, more than 1073741824"
    rest = {"listing": ["main"], "gdb": ["-ex", "info registers"]}.get(command[0], [])
    done = inside(capfdbinary, *command, file, *rest)
    assert done.returncode == (125 if command == ("run",) else 1)
    assert f"cannot read {file}: {said}" in done.stderr.decode()


def test_input_without_end_is_refused(capfdbinary: Capture) -> None:
    done = inside(capfdbinary, "run", "--stdin", "/dev/zero", compile_c(LOOP))
    assert done.returncode == 125
    assert b"standard input from /dev/zero has more than 268435456 bytes" in done.stderr


def test_the_program_ends_with_a_command_that_is_told_to_end() -> None:
    """Its output is open in the worker too: that it is closed shows that nobody is left."""
    ready = 'int puts(const char *); int fflush(void *); int main(void) { puts("on"); fflush(0); for (;;) ; }'
    done = interrupted("run", compile_c(ready), everyone=False, by=signal.SIGTERM)
    assert (done.returncode, done.stdout) == (-signal.SIGTERM, b"on\n")
    assert interrupted("run", compile_c(ready), everyone=False, by=signal.SIGKILL).stdout == b"on\n"


def test_output_is_bounded_and_the_bound_can_be_raised(capfdbinary: Capture) -> None:
    program = compile_c(
        'int puts(const char *); int main(void) { for (int i = 0; i < 3000; i++) puts("more"); }'
    )
    stopped = inside(capfdbinary, "run", "--max-output", "1K", program)
    assert stopped.returncode == 125
    assert re.fullmatch(
        rb"stackreel run: stopped at 0x[0-9a-f]+: output: the program printed more than 1024 bytes; "
        rb"raise the limit on output\n",
        stopped.stderr,
    )
    assert len(stopped.stdout) == 1024
    silent = inside(capfdbinary, "run", "--max-output", "0", program)
    assert (silent.returncode, silent.stdout) == (125, b"")
    assert b"printed more than 0 bytes" in silent.stderr
    assert inside(capfdbinary, "run", "--max-output", "20K", program).stdout == b"more\n" * 3000
    traced = inside(capfdbinary, "trace", "--max-output", "1K", program)
    assert b'"reason": "limit"' in traced.stdout
    assert b'"reason": "returned"' in inside(capfdbinary, "trace", "--max-output", "20K", program).stdout
