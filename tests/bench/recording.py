"""Recording against gdb: steps a second of the same function, in the same run of this script.

gdb single-steps with `stepi` from its own Python and reads nothing, which is the fastest it can do. stackreel
records every register, read and write, and its time includes starting the process.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support.build import compile_c
from support.project import environment

PROMISED = 100
GDB_STEPS = 5_000
CLI = "from stackreel.hosts.cli import main; main()"
LOOPS = 100_000
PROGRAM = """
#include <stdlib.h>
long work(long n) {
    long total = 0;
    for (long i = 0; i < n; i++) total += i ^ (total << 1);
    return total;
}
int main(int argc, char **argv) { return work(atol(argv[1])) & 1; }
"""
GDB_SCRIPT = """
import gdb, json, time
gdb.execute("set pagination off")
gdb.execute("break work")
gdb.execute("run", to_string=True)
begin = time.perf_counter()
for _ in range({steps}):
    gdb.execute("stepi", to_string=True)
with open({out!r}, "w") as out:
    json.dump(time.perf_counter() - begin, out)
gdb.execute("kill")
"""


def measure() -> bool:
    """Print both speeds and their ratio; tell whether it is the promised one."""
    program = compile_c(PROGRAM, "-O0", "-g", "-static")
    ours, theirs = stackreel(program), gdb(program)
    print("recording, steps a second")
    print(f"  gdb, scripted stepi   {theirs:>12,.0f}")
    print(f"  stackreel             {ours:>12,.0f}   {ours / theirs:.0f} times as many; promised: {PROMISED}")
    return ours >= PROMISED * theirs


def stackreel(program: Path) -> float:
    """Return the steps a second that `stackreel trace` records, between a long and a short run."""
    (many, long), (few, short) = trace(program, LOOPS), trace(program, 1)
    return (many - few) / (long - short)


def trace(program: Path, loops: int) -> tuple[int, float]:
    """Return the number of steps recorded, and the seconds it took."""
    options = ["--start", "work", "--functions", "work", "--format", "none", "--max-steps", "100000000"]
    command = [sys.executable, "-c", CLI, "trace", *options, str(program), str(loops)]
    begin = time.perf_counter()
    told = subprocess.run(command, env=environment(), check=True, capture_output=True, text=True).stdout
    seconds = time.perf_counter() - begin
    return int("".join(c for c in told.split()[0] if c.isdigit())), seconds


def gdb(program: Path) -> float:
    """Return the steps a second of gdb's `stepi`."""
    with tempfile.TemporaryDirectory() as folder:
        out, script = Path(folder) / "seconds", Path(folder) / "step.py"
        script.write_text(GDB_SCRIPT.format(steps=GDB_STEPS, out=str(out)))
        command = ["gdb", "-q", "-nx", "-batch", "-x", str(script), "--args", str(program), str(LOOPS)]
        subprocess.run(command, check=True, capture_output=True)
        return GDB_STEPS / float(json.loads(out.read_text()))
