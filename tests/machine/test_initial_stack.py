"""The stack a program starts with is the kernel's, byte for byte but for the values named here."""

from __future__ import annotations

import os
import struct

import pytest

from stackreel.machine import stack, vdso
from stackreel.machine.cpuid import FEATURES_EDX, cpuid
from support.build import compile_c
from support.emulated import emulated, native, watch
from support.native import native_steps

DUMP = r"""
__asm__(".globl _start\n_start: mov %rsp, %rsi; movabs $0x7ffffffff000, %rdx; sub %rsi, %rdx;"
        "push %rsi; mov %rsp, %rsi; add $8, %rdx; mov $1, %edi; mov $1, %eax; syscall;"
        "xor %edi, %edi; mov $60, %eax; syscall");
"""
DIFFERENT = {
    **dict.fromkeys((stack.AT_UID, stack.AT_EUID, stack.AT_GID, stack.AT_EGID), "the user is always 1000"),
    stack.AT_HWCAP: "of the emulated CPU",
    stack.AT_HWCAP2: "of the emulated CPU",
    stack.AT_MINSIGSTKSZ: "a CPU without XSAVE saves less",
}


def dump(output: bytes) -> tuple[int, bytes]:
    (sp,) = struct.unpack_from("<Q", output)
    return sp, output[8:]


def split(block: bytes) -> tuple[bytes, list[tuple[int, int]], bytes]:
    """Return argc to the end of envp, the auxiliary vector, and the rest."""
    words = struct.unpack_from(f"<{len(block) // 8}Q", block)
    at = 2 + words[0]
    while words[at]:
        at += 1
    first = at = at + 1
    entries = []
    while not entries or entries[-1][0]:
        entries.append((words[at], words[at + 1]))
        at += 2
    return block[: first * 8], entries, block[at * 8 :]


@pytest.mark.oracle
@pytest.mark.parametrize("arguments", [(), ("a",), ("a", "bb", "ccc", "dddd"), ("x" * 77, "")])
@pytest.mark.parametrize("env", [{}, {"A": "1"}, {"HOME": "/home/bobo", "LANG": "C", "EMPTY": ""}])
def test_every_byte_is_the_kernels(arguments: tuple[str, ...], env: dict[str, str]) -> None:
    binary = compile_c(DUMP, "-static", "-nostdlib", "-w")
    here_sp, here = dump(native(binary, *arguments, env=env).stdout)
    there_sp, there = dump(emulated(binary, *arguments, env=tuple(env.items())).stdout)
    assert there_sp == here_sp
    (head, entries, tail), (own_head, own_entries, own_tail) = split(here), split(there)
    assert own_head == head
    assert [key for key, _ in own_entries] == [key for key, _ in entries]
    differing = {key for (key, a), (_, b) in zip(entries, own_entries, strict=True) if a != b}
    assert differing <= DIFFERENT.keys()
    random = dict(entries)[stack.AT_RANDOM] - here_sp - (len(here) - len(tail))
    assert own_tail[:random] == tail[:random]
    assert own_tail[random : random + 16] == stack.RANDOM_BYTES
    assert own_tail[random + 16 :] == tail[random + 16 :]


def test_the_values_that_differ_are_those_of_the_emulated_machine() -> None:
    binary = compile_c(DUMP, "-static", "-nostdlib", "-w")
    _, there = dump(emulated(binary).stdout)
    entries = dict(split(there)[1])
    assert entries[stack.AT_UID] == stack.USER
    assert entries[stack.AT_HWCAP] == FEATURES_EDX == cpuid(1, 0)[3]
    assert entries[stack.AT_HWCAP2] == 0


@pytest.mark.oracle
@pytest.mark.parametrize("flags", [("-static",), ("-static-pie",), ("-static", "-O2")])
@pytest.mark.parametrize("name", ["a", "longer-name"])
def test_rsp_at_main_of_a_static_program_is_the_native_one(flags: tuple[str, ...], name: str) -> None:
    compiled = compile_c(f"/* {name} */ int main(void) {{ return 0; }}", *flags)
    binary = compiled.with_name(name)
    if not binary.exists():
        os.link(compiled, binary)
    looked_at = watch(binary, "main")
    recording = emulated(binary, watch=looked_at).recording
    assert recording is not None
    (sp,) = struct.unpack_from("<Q", recording.columns[recording.registers.index("rsp")])
    run = native_steps(
        binary,
        [str(binary)],
        looked_at.start,
        looked_at.ranges,
        cpuid=cpuid,
        rewrite=lambda _, block: block,
        vdso=vdso.image(),
    )
    assert sp == run.steps[0].registers["rsp"]
