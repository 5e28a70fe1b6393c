"""The routines in machine code are what their comments say, and change nothing but the speed."""

from __future__ import annotations

import inspect
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from stackreel.machine import native
from stackreel.machine.worker import run
from support.build import compile_c
from support.emulated import job_of, watch

PROGRAM = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
int main(void) {
    int v[200];
    for (int i = 0; i < 200; i++) v[i] = i * 7919 % 1009;
    qsort(v, 200, sizeof *v, by_value);
    printf("%d %d %f\n", v[0], fib(10), v[100] / 3.0);
    return v[199] & 63;
}
"""


@pytest.mark.parametrize("functions", [("main", "fib"), ("main", "by_value"), ("fib",)])
def test_with_and_without_them_a_run_is_the_same(functions: tuple[str, ...]) -> None:
    binary = compile_c(PROGRAM, "-O1", "-fno-inline", "-w")
    job = job_of(binary, watch=watch(binary, *functions))
    assert run(job, native=True) == run(job, native=False)
    plain = replace(job, watch=None)
    assert run(plain, native=True) == run(plain, native=False)


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["_ON_BLOCK", "_ON_ACCESS", "_ON_CODE"])
def test_their_bytes_are_the_instructions_written_beside_them(name: str, tmp_path: Path) -> None:
    code: bytes = getattr(native, name)
    body = inspect.getsource(native).split(f"{name} = bytes.fromhex(", 1)[1].split("\n)", 1)[0]
    written = [line.split("#", 1)[1].strip() for line in body.splitlines() if "#" in line]
    file = tmp_path / "code"
    file.write_bytes(code)
    out = subprocess.run(
        ["objdump", "-D", "-b", "binary", "-m", "i386:x86-64", "--no-show-raw-insn", str(file)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = re.findall(r"^ *([0-9a-f]+):\t(.*)$", out, re.MULTILINE)
    labels = {}
    for (address, _), comment in zip(found, written, strict=True):
        if ":" in comment:
            labels[comment.split(":")[0]] = "0x" + address
    for (_, instruction), comment in zip(found, written, strict=True):
        expected = comment.split(": ")[-1]
        mnemonic, _, operands = expected.partition(" ")
        operands = labels.get(operands.strip(), operands.strip())
        plain = re.sub(r"0x([0-9a-f]+)", lambda m: str(int(m[1], 16)), " ".join(instruction.split()))
        wanted = re.sub(r"0x([0-9a-f]+)", lambda m: str(int(m[1], 16)), f"{mnemonic} {operands}".strip())
        assert plain.strip() == wanted


def test_a_host_that_allows_no_machine_code_is_python_s(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(code: bytes) -> native.Routine:
        raise OSError(13, "the host does not allow executable memory")

    assert native.is_supported()
    job = job_of(compile_c(PROGRAM, "-O1", "-fno-inline", "-w"))
    expected = run(job)
    monkeypatch.setattr(native, "Routine", refuse)
    native.is_supported.cache_clear()
    try:
        assert not native.is_supported()
        assert run(job) == expected
    finally:
        native.is_supported.cache_clear()
