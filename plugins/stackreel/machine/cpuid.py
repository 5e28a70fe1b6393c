"""What `cpuid` says: a fixed CPU, a Westmere as Unicorn implements it, whatever the host is.

Leaves and bits: Intel SDM volume 2A, CPUID. Features are those of x86-64-v2 with AES and PCLMULQDQ; there is no
XSAVE, hence no AVX, and no RDRAND. A program chooses its code paths by this, so it is part of the trace.
"""

from __future__ import annotations

BRAND = "stackreel x86-64-v2 (Westmere)"

FEATURES_EDX = 0x078B_FBFD
"""FPU DE PSE TSC MSR PAE MCE CX8 APIC SEP MTRR PGE MCA CMOV PAT PSE36 CLFLUSH MMX FXSR SSE SSE2: AT_HWCAP."""

_FEATURES_ECX = 0x0298_2203  # SSE3 PCLMULQDQ SSSE3 CX16 SSE4.1 SSE4.2 POPCNT AES
_VENDOR = (0x756E_6547, 0x6C65_746E, 0x4965_6E69)  # "GenuineIntel" in ebx, ecx, edx
_SIGNATURE = 0x206C1  # family 6, model 44, stepping 1

_LEAVES: dict[tuple[int, int], tuple[int, int, int, int]] = {
    (0, 0): (0xB, _VENDOR[0], _VENDOR[1], _VENDOR[2]),
    (1, 0): (_SIGNATURE, 0x0800, _FEATURES_ECX, FEATURES_EDX),
    (2, 0): (1, 0, 0, 0x002C_307D),
    (4, 0): (0x121, 0x01C0_003F, 0x3F, 1),  # L1 data, 32 KiB
    (4, 1): (0x122, 0x01C0_003F, 0x3F, 1),  # L1 code, 32 KiB
    (4, 2): (0x143, 0x01C0_003F, 0x1FF, 1),  # L2, 256 KiB
    (4, 3): (0x163, 0x03C0_003F, 0x1FFF, 1),  # L3, 8 MiB
    (5, 0): (0, 0, 3, 0),
    (6, 0): (4, 0, 0, 0),
    (0x8000_0000, 0): (0x8000_0008, 0, 0, 0),
    (0x8000_0001, 0): (0, 0, 1, 0x2010_0800),  # LAHF in long mode; SYSCALL, NX, LM
    (0x8000_0006, 0): (0, 0, 0x0100_6040, 0),
    (0x8000_0008, 0): (0x3028, 0, 0, 0),
}
_BY_SUBLEAF = {4}


def cpuid(leaf: int, subleaf: int) -> tuple[int, int, int, int]:
    """Return eax, ebx, ecx, edx of a leaf; zeroes where the CPU has none."""
    if 0x8000_0002 <= leaf <= 0x8000_0004:
        text = BRAND.encode().ljust(48, b"\0")
        part = text[16 * (leaf - 0x8000_0002) :][:16]
        a, b, c, d = (int.from_bytes(part[i : i + 4], "little") for i in range(0, 16, 4))
        return a, b, c, d
    return _LEAVES.get((leaf, subleaf if leaf in _BY_SUBLEAF else 0), (0, 0, 0, 0))
