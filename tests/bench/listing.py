"""Disassembly: instructions a second, with their symbols and register lists, of a static binary's code."""

import time

from stackreel.binary import read_image
from stackreel.listing import disassemble
from support.build import compile_c

PROGRAM = "#include <stdio.h>\nint main(int argc, char **argv) { return printf(argv[argc - 1]); }\n"
BYTES = 200_000


def measure() -> bool:
    """Print the speed; it is promised to nobody."""
    binary = compile_c(PROGRAM, "-O2", "-static", "-w")
    image = read_image(binary.read_bytes(), binary.name)
    text = image.section(".text")
    code = image.read(text.address, min(text.size, BYTES))
    begin = time.perf_counter()
    number = sum(1 for _ in disassemble(code, text.address, "att", image.symbolize))
    print("listing, instructions a second")
    print(f"  stackreel             {number / (time.perf_counter() - begin):>12,.0f}")
    return True
